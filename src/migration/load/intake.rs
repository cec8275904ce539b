//! Taking records in: what can be said of them without asking the store or the target.

use std::sync::Arc;

use super::asides::{IDENTITY, identity};
use super::bound::Bound;
use super::row::{Fate, Row};
use super::seen::Seen;
use super::water::HighWater;
use crate::error::{Fault, Result};
use crate::migration::entity::Entity;
use crate::migration::row::RowHash;
use crate::record::Record;
use crate::sink::Rows;

/// A batch of records, as it was pulled.
#[derive(Default)]
pub(super) struct Taken {
    pub batch: Vec<Row>,
    /// The records, and perhaps others behind them that are left from before.
    pub records: Vec<Record>,
    /// The places of those that the ledger may know.
    pub doubtful: Vec<usize>,
    /// The last row that was pulled.
    pub last_row: u64,
    /// Where the high-water column has come to, as it stands in the tally.
    pub reached: Option<String>,
    /// Whether there may be more.
    pub more: bool,
}

/// Pulls batches of records.
pub(super) struct Intake<'i> {
    entity: &'i Entity,
    bound: &'i Bound,
    /// How many records are taken at a time.
    most: usize,
    hash: RowHash,
    /// The keys that were met, where the ledger knew none before.
    seen: Option<Seen>,
    /// Where an earlier run has come to, where all records are moved that are newer.
    high_water: Option<HighWater>,
    last_row: u64,
}

impl<'i> Intake<'i> {
    /// Takes so many at a time; `is_new` says whether the ledger knows no record before the first.
    pub fn new(
        entity: &'i Entity,
        bound: &'i Bound,
        (most, is_new): (usize, bool),
        high_water: Option<HighWater>,
    ) -> Self {
        let (hash, seen) = (RowHash::default(), is_new.then(Seen::new));
        Intake { entity, bound, most, hash, seen, high_water, last_row: 0 }
    }

    /// Takes in a batch. What a batch before was held in is used again.
    pub fn fill(&mut self, rows: &mut Rows<'_>, taken: Taken) -> Result<Taken> {
        let Taken { mut batch, mut records, mut doubtful, .. } = taken;
        (batch.clear(), doubtful.clear());
        let mut more = true;
        while more && batch.len() < self.most {
            let Some(record) = rows.next()? else {
                more = false;
                continue;
            };
            if records.len() == batch.len() {
                records.push(Record::new(Arc::clone(record.schema())));
            }
            records[batch.len()].copy_from(record, record.schema());
            batch.push(self.row(record));
        }
        match &mut self.seen {
            // All at once, so that the waits for the memory go on together.
            Some(seen) => doubtful.extend((0..batch.len()).filter(|at| seen.insert(&batch[*at].key))),
            None => doubtful.extend(0..batch.len()),
        }
        let water = self.high_water.as_ref().filter(|_| !batch.is_empty());
        let reached = water.and_then(HighWater::reached);
        Ok(Taken { batch, records, doubtful, last_row: self.last_row, reached, more })
    }

    fn row(&mut self, record: &Record) -> Row {
        let fate = match record.key() {
            Some(_) => Fate::Open,
            None => Fate::Refused(Fault::new("has no key, by which it could be found again").rule(IDENTITY)),
        };
        let (id, key) = (record.id(), identity(record.id(), record.key()));
        self.last_row = id.row;
        let (deferred, nobody) = (Vec::new(), Vec::new());
        let hash = self.hash.of(record, self.bound.mapped());
        let is_old = self.high_water.as_mut().is_some_and(|water| water.is_below(record));
        let (known, inactive, shares) = (None, self.is_inactive(record), false);
        Row { id, key, known, hash, inactive, is_old, shares, deferred, nobody, fate }
    }

    fn is_inactive(&self, record: &Record) -> bool {
        let values = self.entity.inactive.as_ref().zip(self.bound.inactive);
        values.is_some_and(|((_, values), position)| {
            let value = record.value(position).to_string();
            values.iter().any(|known| **known == *value)
        })
    }
}
