//! The laws of the design, each as a property of generated runs.

mod books;
mod bytes;
mod place;
mod replay;
mod round_trip;

use proptest::test_runner::Config;

/// So many cases of a property. A case that fails is printed, and becomes a
/// test of its own; no file of seeds is kept.
fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}
