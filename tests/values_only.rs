//! The tests of values alone, which are built faster.

mod common;
#[cfg(feature = "csv")]
mod profile;
mod values;
