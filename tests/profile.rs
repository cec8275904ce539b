//! What is told of sources, and which mapping is proposed.

mod headers;
mod noise;
mod report;
