//! Rows that were in the target before anything was moved, found by what they hold.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::migration::row::canonical;
use crate::migration::store::{Disposition, EntityId, Store};
use crate::migration::target::{TableShape, Target, TargetId};
use crate::record::{Record, Value};
use crate::schema::Kind;

/// The rows of a table by the values of some columns, apart from case and white space around them.
pub(crate) struct Matches {
    by_values: HashMap<u64, (TargetId, bool)>,
    text: String,
}

impl Matches {
    /// Reads the table. Rows that this run made are left out, so that a run that
    /// is resumed finds what the first attempt found. A row that belongs to a record already is marked as taken.
    pub fn read(
        store: &mut dyn Store,
        target: &mut dyn Target,
        (entity, shape, columns): (EntityId, &TableShape, &[&str]),
        first_batch: u64,
    ) -> Result<Self> {
        let (mut made, mut taken) = (HashMap::new(), HashMap::new());
        store.scan(entity, &mut |_, entry| {
            if let Some(id) = entry.target {
                let by_this_run = entry.batch >= first_batch;
                match (entry.disposition, by_this_run) {
                    (Disposition::Created | Disposition::Placeholder, true) => drop(made.insert(id, ())),
                    (Disposition::Undone, _) => {}
                    _ => drop(taken.insert(id, ())),
                }
            }
            Ok(())
        })?;
        let mut matches = Matches { by_values: HashMap::new(), text: String::new() };
        let positions: Vec<usize> = (0..columns.len()).collect();
        target.scan(&shape.table, columns, &mut |row| {
            let id = TargetId::parse(row.key().unwrap_or_default());
            if !made.contains_key(&id)
                && let Some(values) = matches.values(row, &positions)
            {
                let is_taken = taken.contains_key(&id);
                // Of several rows with the same values the first is meant.
                matches.by_values.entry(values).or_insert((id, is_taken));
            }
            Ok(())
        })?;
        Ok(matches)
    }

    /// The row that has the values of a record, and whether another record has taken it. It is taken then.
    pub fn take(&mut self, record: &Record, positions: &[usize]) -> Option<(TargetId, bool)> {
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
