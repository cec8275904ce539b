//! Matching by likeness: records that are the same customer although nothing in them is written alike.

pub mod distance;
pub mod nicknames;
pub mod phonetic;
mod role;

pub use role::{Guess, Role, Roles};
