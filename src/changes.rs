//! How often each rule changed a value of each column.

use std::collections::BTreeMap;

/// Counters, one for each rule on each column; adding is an array increment.
/// Workers count apart and are summed at the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    names: Vec<(String, String)>,
    counts: Vec<u64>,
}

impl Changes {
    /// Makes counters, each for a column and a rule, and returns the first's number.
    pub fn register(&mut self, counters: impl IntoIterator<Item = (String, String)>) -> usize {
        let first = self.names.len();
        self.names.extend(counters);
        self.counts.resize(self.names.len(), 0);
        first
    }

    /// Counts one change.
    pub fn add(&mut self, counter: usize) {
        self.counts[counter] += 1;
    }

    /// Adds the counts of another set of the same counters.
    pub fn merge(&mut self, other: &Changes) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, count)| *sum += count);
    }

    /// The counts that are not zero, by column and rule.
    pub fn rows(&self) -> BTreeMap<(&str, &str), u64> {
        let mut rows = BTreeMap::new();
        for ((column, rule), count) in self.names.iter().zip(&self.counts).filter(|(_, count)| **count > 0) {
            *rows.entry((column.as_str(), rule.as_str())).or_default() += count;
        }
        rows
    }
}
