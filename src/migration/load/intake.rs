//! Taking records in: what can be said of them without asking the store or the target.

use std::collections::HashSet;
use std::sync::Arc;

use super::asides::{IDENTITY, identity};
use super::bound::Bound;
use super::row::{Fate, Row};
use super::seen::Seen;
use super::water::HighWater;
use crate::error::{Fault, Result};
use crate::migration::entity::Entity;
use crate::migration::row::RowHash;
use crate::migration::store::Tally;
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
    /// The places of those that may have the key of another.
    pub met: Vec<usize>,
    /// The last row that was pulled.
    pub last_row: u64,
    /// Where the high-water column has come to, as it stands in the tally.
    pub reached: Option<String>,
    /// Whether there may be more.
    pub more: bool,
}

impl Taken {
    /// Takes off what begins with a record whose row an earlier one meets as well: it is to
    /// meet what that one has made of it.
    pub fn split_off_shared(&mut self) -> Option<Taken> {
        let mut met = HashSet::new();
        let is_shared = |row: &Row| matches!(&row.fate, Fate::Meets(id, _) if !met.insert(id.clone()));
        let at = self.batch.iter().position(is_shared)?;
        let (last_row, more) = (self.last_row, self.more);
        let (batch, records) = (self.batch.split_off(at), self.records.split_off(at));
        self.last_row = self.batch.last().map_or(0, |row| row.id.row);
        let reached = self.reached.take();
        Some(Taken { batch, records, reached, last_row, more, ..Taken::default() })
    }
}

/// Pulls batches of records.
pub(super) struct Intake<'i> {
    entity: &'i Entity,
    bound: &'i Bound,
    /// How many records are taken at a time.
    most: usize,
    hash: RowHash,
    /// The keys that were met, and whether the ledger knew none before.
    seen: Seen,
    is_new: bool,
    /// Whether records that this run has met before are passed over.
    goes_on: bool,
    /// Where an earlier run has come to, where all records are moved that are newer.
    high_water: Option<HighWater>,
    last_row: u64,
}

impl<'i> Intake<'i> {
    /// Takes so many at a time; `is_new` says whether the ledger knows no record before the first,
    /// `goes_on` whether this run has met others, which are not read again.
    pub fn new(
        entity: &'i Entity,
        bound: &'i Bound,
        (most, is_new, goes_on): (usize, bool, bool),
        high_water: Option<HighWater>,
    ) -> Self {
        let (hash, seen) = (RowHash::default(), Seen::new());
        Intake { entity, bound, most, hash, seen, is_new, goes_on, high_water, last_row: 0 }
    }

    /// Takes in a batch. What a batch before was held in is used again.
    pub fn fill(&mut self, rows: &mut Rows<'_>, taken: Taken) -> Result<Taken> {
        let Taken { mut batch, mut records, mut doubtful, mut met, .. } = taken;
        batch.clear();
        doubtful.clear();
        met.clear();
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
        // All at once, so that the waits for the memory go on together.
        met.extend((0..batch.len()).filter(|at| self.seen.insert(&batch[*at].key) | self.goes_on));
        match self.is_new {
            true => doubtful.extend(&met),
            false => doubtful.extend(0..batch.len()),
        }
        let water = self.high_water.as_ref().filter(|_| !batch.is_empty());
        let reached = water.and_then(HighWater::reached);
        Ok(Taken { batch, records, doubtful, met, last_row: self.last_row, reached, more })
    }

    /// Takes note of the key of a record that ended before it got here. Says whether it may be another's.
    pub fn meet(&mut self, key: &str) -> bool {
        self.seen.insert(key) | self.goes_on
    }

    fn row(&mut self, record: &Record) -> Row {
        let fate = match record.key() {
            Some(_) => Fate::Open,
            None => Fate::Refused(Fault::new("has no key, by which it could be found again").rule(IDENTITY)),
        };
        let (id, key) = (record.id(), identity(record.id(), record.key()).into_owned());
        self.last_row = id.row;
        let (deferred, nobody) = (Vec::new(), Vec::new());
        let hash = self.hash.of(record, self.bound.mapped());
        let is_old = self.high_water.as_mut().is_some_and(|water| water.is_below(record));
        let (known, inactive, shares, counts) = (None, self.is_inactive(record), false, Tally::default());
        Row { id, key, known, hash, inactive, is_old, shares, deferred, nobody, counts, fate }
    }

    fn is_inactive(&self, record: &Record) -> bool {
        let values = self.entity.inactive.as_ref().zip(self.bound.inactive);
        values.is_some_and(|((_, values), position)| {
            let value = record.value(position).to_string();
            values.iter().any(|known| **known == *value)
        })
    }
}
