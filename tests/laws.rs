//! The laws of the design, each as a property of generated runs.

mod books;
mod bytes;
mod place;
mod replay;
mod round_trip;
