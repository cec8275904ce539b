//! The tests of values alone, which are built faster.

mod common;
mod values;
