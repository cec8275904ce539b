//! Several rules in a row, and what to do when one of them fails.

use super::Normalizer;

/// Rules that are applied one after the other, to every value of a column.
///
/// A list of rules is a chain: `[trim(), fold_width(), email()]`. The methods
/// say what else should happen.
pub struct Chain {
    pub(crate) rules: Vec<Box<dyn Normalizer>>,
    pub(crate) original: Option<String>,
    pub(crate) on_fault: OnFault,
}

/// What becomes of a value that a rule finds fault with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFault {
    /// The record is rejected.
    #[default]
    Reject,
    /// The value stays as it was before the chain, with a warning.
    Keep,
    /// The value becomes null, with a warning.
    Clear,
}

impl Chain {
    /// Keeps the value as it was before the chain in a second column, which
    /// is added behind the others and must not be there yet.
    #[must_use]
    pub fn keep_original(mut self, column: impl Into<String>) -> Self {
        self.original = Some(column.into());
        self
    }

    /// What becomes of a value that a rule finds fault with; by default the
    /// record is rejected.
    #[must_use]
    pub fn on_fault(mut self, on_fault: OnFault) -> Self {
        self.on_fault = on_fault;
        self
    }
}

impl From<Vec<Box<dyn Normalizer>>> for Chain {
    fn from(rules: Vec<Box<dyn Normalizer>>) -> Self {
        Chain { rules, original: None, on_fault: OnFault::default() }
    }
}

impl<const N: usize> From<[Box<dyn Normalizer>; N]> for Chain {
    fn from(rules: [Box<dyn Normalizer>; N]) -> Self {
        Chain::from(Vec::from(rules))
    }
}

impl<N: Normalizer + 'static> From<N> for Chain {
    fn from(rule: N) -> Self {
        Chain::from(vec![Box::new(rule) as Box<dyn Normalizer>])
    }
}
