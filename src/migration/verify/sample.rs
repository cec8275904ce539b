//! Records to be looked at by people: some of each kind, chosen by a hash of the key.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::keys::hash_of;
use crate::error::Result;
use crate::record::{Record, Value};
use crate::schema::Schema;
use crate::source::Memory;

/// A field of a record on the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub column: String,
    pub source: String,
    pub target: String,
}

/// A record on the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    pub key: String,
    pub target: String,
    pub fields: Vec<Field>,
}

/// The records of each stratum: of an entity, those that ended in the same way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Samples {
    most: usize,
    strata: BTreeMap<(String, &'static str), BTreeMap<u64, Sample>>,
}

const COLUMNS: [&str; 7] = ["entity", "disposition", "key", "target_id", "column", "source", "target"];

impl Samples {
    /// At most so many of each stratum.
    pub fn new(most: usize) -> Self {
        Samples { most, strata: BTreeMap::new() }
    }

    /// Takes a record if it is one of those with the least hashes.
    pub fn offer(
        &mut self,
        (entity, disposition): (&str, &'static str),
        key: &str,
        make: impl FnOnce() -> Sample,
    ) {
        let hash = hash_of(key);
        if !self.strata.keys().any(|(known, how)| known == entity && *how == disposition) {
            self.strata.insert((entity.to_owned(), disposition), BTreeMap::new());
        }
        let stratum = self.strata.iter_mut().find(|((known, how), _)| known == entity && *how == disposition);
        let Some((_, stratum)) = stratum else { return };
        let is_least = stratum.last_key_value().is_none_or(|(last, _)| hash < *last);
        if self.most > 0 && (stratum.len() < self.most || is_least) {
            stratum.insert(hash, make());
            if stratum.len() > self.most {
                stratum.pop_last();
            }
        }
    }

    /// The sheet: a row for each field of at most so many records of each stratum.
    pub fn sheet(&self, most: usize) -> Result<Memory> {
        let schema = Schema::text(COLUMNS)?;
        let mut rows = Vec::new();
        for ((entity, disposition), stratum) in &self.strata {
            for sample in stratum.values().take(most) {
                for Field { column, source, target } in &sample.fields {
                    let values = [entity, *disposition, &sample.key, &sample.target, column, source, target];
                    let mut row = Record::new(Arc::clone(&schema));
                    values.iter().enumerate().for_each(|(at, value)| row.set_value(at, Value::Text(value)));
                    rows.push(row);
                }
            }
        }
        Ok(Memory::new("sample", schema, rows))
    }
}
