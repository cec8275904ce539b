//! What becomes of values: case tables, laws, and accuracy on what others have labelled.

mod email;
mod laws;
mod mojibake;
mod tables;
