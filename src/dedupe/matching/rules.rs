//! The rules by which pairs were found, in words and figures.

use std::fmt;

use serde::Serialize;

use super::block::{Blocking, Rule};
use super::compare::Key;
use super::field::Table;
use crate::figures::grouped;

/// How the pairs that were compared were found. For people by `{}`, a line for each rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockingReport {
    /// The rules: a pair was compared where both records agree on one of them.
    pub rules: Vec<BlockingRule>,
    /// The share of pairs of one customer, from 0 to 1, that agree on a rule, as
    /// far as can be told beforehand: by how often each key survives mistakes,
    /// and where values are missing.
    pub recall: f64,
    /// Blocks of more records were skipped.
    pub limit: usize,
}

/// A rule of blocking, and what it found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockingRule {
    /// On what both records agree: `name roughly and city`.
    pub rule: String,
    /// How many pairs do, nearly, without those of blocks that were skipped: estimated
    /// from the first 50,000 records.
    pub pairs: u64,
    /// How many records the largest block has that was not skipped.
    pub largest: usize,
    /// How many blocks were skipped because they have too many records.
    pub skipped: u64,
    /// How many records the largest of those has; none is 0.
    pub largest_skipped: usize,
}

impl BlockingReport {
    pub(super) fn of(blocking: &Blocking, table: &Table) -> Self {
        let rule = |rule: &Rule| BlockingRule {
            rule: in_words(&rule.keys, table),
            pairs: rule.pairs.round() as u64,
            largest: rule.sizes.largest,
            skipped: rule.sizes.skipped,
            largest_skipped: rule.sizes.oversized,
        };
        BlockingReport {
            rules: blocking.rules.iter().map(rule).collect(),
            recall: blocking.recall,
            limit: blocking.largest,
        }
    }
}

/// What a rule asks for: `name roughly and a word of company`.
pub(super) fn in_words(keys: &[(usize, Key)], table: &Table) -> String {
    let key = |(field, key): &(usize, Key)| {
        let name = table.name(*field);
        match key {
            Key::Whole => name.to_owned(),
            Key::Rough => format!("{name} roughly"),
            Key::Word => format!("a word of {name}"),
        }
    };
    keys.iter().map(key).collect::<Vec<_>>().join(" and ")
}

impl fmt::Display for BlockingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = self.rules.iter().map(|rule| rule.rule.chars().count()).max().unwrap_or_default();
        let width = longest.clamp("agree on".len(), 60);
        write!(f, "{:width$}  {:>12}  {:>13}  blocks skipped", "agree on", "pairs", "largest block")?;
        for rule in &self.rules {
            let (pairs, largest) = (grouped(rule.pairs), grouped(rule.largest as u64));
            write!(f, "\n{:width$}  {pairs:>12}  {largest:>13}  ", rule.rule)?;
            match rule.skipped {
                0 => f.write_str("none")?,
                some => {
                    let largest = grouped(rule.largest_skipped as u64);
                    write!(f, "{}, of up to {largest} records", grouped(some))?;
                }
            }
        }
        let (limit, recall) = (grouped(self.limit as u64), 100.0 * self.recall);
        write!(f, "\nBlocks of more than {limit} records are skipped. ")?;
        write!(f, "An estimated {recall:.1} % of all duplicates agree on a rule.")
    }
}
