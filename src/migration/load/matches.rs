//! Rows that were in the target before anything was moved, and the records that they are.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::{Part, Session};
use crate::error::Result;
use crate::migration::row::canonical;
use crate::migration::store::{Disposition, Entry, Store};
use crate::migration::target::{TargetId, id_of};
use crate::record::{Record, Value};
use crate::schema::Kind;

/// Rows that belong to records.
#[derive(Default)]
pub(super) struct Owned {
    /// Those that this run made: a run that is resumed finds what the first attempt found.
    pub made: HashSet<TargetId>,
    pub taken: HashSet<TargetId>,
}

impl Owned {
    /// Reads them, and those of the other entities that go into the same table.
    pub fn read(store: &mut dyn Store, part: &Part<'_>, first_batch: u64) -> Result<Self> {
        let mut owned = Owned::default();
        for (entity, _) in part.tables.iter().filter(|(_, table)| *table == part.entity.table) {
            let is_own = *entity == part.id;
            store.scan(*entity, &mut |_, entry| {
                owned.take(entry, is_own, first_batch);
                Ok(())
            })?;
        }
        Ok(owned)
    }

    fn take(&mut self, entry: Entry, is_own: bool, first_batch: u64) {
        let by_this_run = entry.batch >= first_batch;
        match (entry.target, entry.disposition) {
            (None, _) | (_, Disposition::Undone) => false,
            (Some(id), Disposition::Placeholder) if by_this_run => self.made.insert(id),
            (Some(id), Disposition::Created) if by_this_run && is_own => self.made.insert(id),
            (Some(id), _) => self.taken.insert(id),
        };
    }
}

/// The rows of a table that records are.
#[derive(Default)]
pub(super) struct Matches {
    /// By the values of some columns, apart from case and white space around them.
    by_values: HashMap<u64, (TargetId, bool)>,
    /// By the keys of the records that a detector found.
    by_key: HashMap<String, (TargetId, bool)>,
    text: String,
}

impl Matches {
    /// The rows by the values of the columns that are matched on. A row that
    /// belongs to a record already is marked as taken.
    pub fn by_values(session: &mut Session<'_>, part: &Part<'_>) -> Result<Self> {
        let columns: Vec<&str> = part.entity.match_on.iter().map(|name| &**name).collect();
        let Owned { made, taken } = Owned::read(session.store, part, session.first_batch)?;
        let mut matches = Matches::default();
        let positions: Vec<usize> = (0..columns.len()).collect();
        session.target.scan(&part.shape.table, &columns, &mut |row| {
            let id = id_of(row);
            if !made.contains(&id)
                && let Some(values) = matches.values(row, &positions)
            {
                let is_taken = taken.contains(&id);
                // Of several rows with the same values the first is meant.
                matches.by_values.entry(values).or_insert((id, is_taken));
            }
            Ok(())
        })?;
        Ok(matches)
    }

    /// The rows that a detector found for this run.
    pub fn detected(session: &mut Session<'_>, part: &Part<'_>) -> Result<Self> {
        let found = session.store.matches(session.run, part.id)?;
        let by_key = found.into_iter().map(|one| (one.key, (one.target, one.fills))).collect();
        Ok(Matches { by_key, ..Matches::default() })
    }

    /// The row that a record is, and whether another record has taken it. It is taken then.
    pub fn take(&mut self, key: &str, record: &Record, positions: &[usize]) -> Option<(TargetId, bool)> {
        if let Some(found) = self.by_key.get(key) {
            return Some(found.clone());
        }
        let values = self.values(record, positions)?;
        let (id, taken) = self.by_values.get_mut(&values)?;
        Some((id.clone(), std::mem::replace(taken, true)))
    }

    /// A hash of the values; none where one of them is empty.
    fn values(&mut self, record: &Record, positions: &[usize]) -> Option<u64> {
        self.text.clear();
        for &position in positions {
            let value = record.value(position);
            let value = match value {
                Value::Text(text) => Value::Text(text.trim()),
                value => value,
            };
            let shown = canonical(value, Kind::Any);
            if shown.is_empty() {
                return None;
            }
            self.text.push_str(&shown.to_lowercase());
            self.text.push('\0');
        }
        let mut eight = [0; 8];
        eight.copy_from_slice(&Sha256::digest(&self.text)[..8]);
        Some(u64::from_le_bytes(eight))
    }
}
