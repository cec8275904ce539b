//! How often a property is tried.

use proptest::test_runner::Config;

/// So many cases of a property, or, with `PROPTEST_CASES=2560` for the usual 256,
/// ten times as many. A case that fails is printed, and becomes a test of its
/// own; no file of seeds is kept.
pub fn cases(cases: u32) -> Config {
    let asked = Config::default();
    let cases = (u64::from(cases) * u64::from(asked.cases)).div_ceil(256);
    Config { cases: u32::try_from(cases).unwrap_or(u32::MAX), failure_persistence: None, ..asked }
}
