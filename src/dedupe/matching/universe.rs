//! Which pairs of records there are.

use std::collections::BTreeMap;

use super::words::{hash, mix};
use crate::dedupe::Records;
use crate::error::Result;

/// Which pairs of records there are to compare.
#[derive(Debug, Clone)]
pub(crate) struct Universe {
    /// The input of each record, where that matters.
    sides: Option<Vec<u32>>,
    /// Whether only records of different inputs are compared.
    pub across: bool,
    /// The input whose records are not compared with one another.
    known: Option<u32>,
    pub records: usize,
    /// Some records, chosen by what they are called and not by where they stand.
    pub sample: Vec<u32>,
}

/// How many records are learnt from.
const SAMPLE: usize = 100_000;

impl Universe {
    pub fn of(records: &Records, across: bool, known: Option<u32>) -> Result<Self> {
        let mut sides = (across || known.is_some()).then(Vec::new);
        let mut order = Vec::with_capacity(records.len());
        records.each(|position, row| {
            let id = row.id();
            if let Some(sides) = &mut sides {
                sides.push(id.input);
            }
            let called = row.key().map_or(mix(id.row), hash);
            order.push((mix(called ^ u64::from(id.input)), position as u32));
            Ok(())
        })?;
        if order.len() > SAMPLE {
            order.select_nth_unstable(SAMPLE);
            order.truncate(SAMPLE);
        }
        order.sort_unstable();
        let sample = order.into_iter().map(|(_, position)| position).collect();
        Ok(Universe { sides, across, known, records: records.len(), sample })
    }

    /// Whether two records may be compared at all.
    pub fn comparable(&self, a: u32, b: u32) -> bool {
        let Some(sides) = &self.sides else { return a != b };
        let (x, y) = (sides[a as usize], sides[b as usize]);
        a != b && (x != y || !self.across && self.known != Some(x))
    }

    /// How many pairs there are.
    pub fn pairs(&self) -> f64 {
        let all = |count: usize| count as f64 * (count as f64 - 1.0) / 2.0;
        let mut counts = self.counts();
        counts.retain(|side, _| self.across || self.known == Some(*side));
        (all(self.records) - counts.into_values().map(all).sum::<f64>()).max(1.0)
    }

    /// How many pairs of one customer there can be, where a record has one counterpart.
    pub fn counterparts(&self) -> usize {
        let counts = self.counts();
        let most = counts.values().copied().max().unwrap_or(0);
        (self.records - most).min(self.records / 2)
    }

    fn counts(&self) -> BTreeMap<u32, usize> {
        let mut counts = BTreeMap::new();
        for side in self.sides.iter().flatten() {
            *counts.entry(*side).or_insert(0) += 1;
        }
        counts
    }

    /// For how many records one of the sample stands.
    pub fn scale(&self) -> f64 {
        self.records as f64 / self.sample.len().max(1) as f64
    }
}
