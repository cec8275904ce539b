//! The pairs that blocking finds, each once, whichever rules find it.

use super::block::{Blocking, Rule, Sizes};
use super::field::Table;
use super::sample::retain_shared;
use super::universe::Universe;
use crate::error::Result;

/// The pairs of records that agree on some rule.
pub(crate) struct Candidates {
    /// For each rule its pairs, in order.
    found: Vec<Vec<u64>>,
    records: usize,
}

/// A pair in one number, which is ordered as the pair is.
fn packed(a: u32, b: u32) -> u64 {
    u64::from(a.min(b)) << 32 | u64::from(a.max(b))
}

impl Candidates {
    /// Finds the pairs of all rules, and takes down how large their blocks are.
    pub fn of(table: &Table, universe: &Universe, blocking: &mut Blocking, threads: usize) -> Result<Self> {
        let largest = blocking.largest;
        let found =
            super::parallel::each(blocking.rules.iter_mut().collect(), threads, |rule: &mut Rule| {
                let (entries, bits) = entries(table, rule);
                let (mut pairs, mut sizes) = (Vec::new(), Sizes::default());
                let record = |entry: &u64| (entry & ((1 << bits) - 1)) as u32;
                for block in entries.chunk_by(|a, b| a >> bits == b >> bits) {
                    if !sizes.take(block.len(), largest) {
                        continue;
                    }
                    for (place, a) in block.iter().enumerate() {
                        let others = block[place + 1..].iter().map(record);
                        let others = others.filter(|b| universe.comparable(record(a), *b));
                        pairs.extend(others.map(|b| packed(record(a), b)));
                    }
                }
                pairs.sort_unstable();
                rule.sizes = sizes;
                Ok(pairs)
            })?;
        Ok(Candidates { found, records: table.len() })
    }

    /// The records in so many parts that the pairs of each are near one another.
    pub fn parts(&self) -> Vec<std::ops::Range<u32>> {
        const PAIRS: usize = 1 << 14;
        let pairs: usize = self.found.iter().map(Vec::len).sum();
        let size = (self.records / (pairs / PAIRS + 1)).max(1);
        (0..self.records).step_by(size).map(|start| start as u32..(start + size) as u32).collect()
    }

    /// The pairs whose first record is in a part.
    pub fn of_part(&self, part: std::ops::Range<u32>) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for found in &self.found {
            let before = |record: u32| found.partition_point(|pair| *pair < packed_from(record));
            pairs.extend_from_slice(&found[before(part.start)..before(part.end)]);
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs.into_iter().map(|pair| ((pair >> 32) as u32, pair as u32)).collect()
    }
}

/// Less than every pair from this record on.
fn packed_from(record: u32) -> u64 {
    u64::from(record) << 32
}

/// The high bits of each key of a rule with the record that has it, in order,
/// without most that stand alone; and how many bits the record takes.
fn entries(table: &Table, rule: &Rule) -> (Vec<u64>, u32) {
    let bits = usize::BITS - table.len().leading_zeros();
    let (mut keys, mut spare) = (Vec::new(), Vec::new());
    let mut entries = Vec::with_capacity(table.len());
    for record in 0..table.len() as u32 {
        rule.of(table, record, &mut keys, &mut spare);
        entries.extend(keys.iter().map(|key| key >> bits << bits | u64::from(record)));
    }
    retain_shared(&mut entries, |entry| entry >> bits);
    entries.sort_unstable();
    entries.dedup();
    (entries, bits)
}
