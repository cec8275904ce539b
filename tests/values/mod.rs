//! What becomes of values: case tables, laws, and accuracy on what others have labelled.

mod company;
mod date;
mod email;
mod geo;
mod laws;
mod mojibake;
mod number;
mod person;
#[cfg(any(feature = "phone", feature = "phonenumber"))]
mod phone;
mod tables;
mod text;
mod url;
