//! Which record it is, in this run and in the next.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::Records;
use crate::error::{Error, Result};

/// A record by its source's name and the source's own key: what stays the same
/// when rows are in another order.
///
/// Where a run has one input only, its name says nothing and is blank: the same
/// export is called otherwise next month.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordKey {
    /// The input's name, blank where there is one input.
    pub source: Arc<str>,
    /// The source's own key.
    pub key: Box<str>,
}

impl RecordKey {
    /// The record of a key in an input of several.
    pub fn new(source: &str, key: &str) -> Self {
        RecordKey { source: source.into(), key: key.into() }
    }

    /// The record of a key where there is one input.
    pub fn only(key: &str) -> Self {
        RecordKey::new("", key)
    }
}

/// `K7`, or `crm:K7` where there are several inputs.
impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.source {
            "" => f.write_str(&self.key),
            source => write!(f, "{source}:{}", self.key),
        }
    }
}

/// The records of a run by their keys, and keys by their records.
#[derive(Debug)]
pub(super) struct Keyed<'a> {
    records: &'a Records,
    /// The inputs' names, in the order of their numbers.
    inputs: Vec<Arc<str>>,
}

/// Who has a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    Nobody,
    One(usize),
    Several,
}

/// Where the records of some keys stand, for each input.
pub(super) struct Located<'k>(Vec<HashMap<&'k str, Found>>);

impl<'a> Keyed<'a> {
    pub fn new(records: &'a Records, inputs: &[impl AsRef<str>]) -> Self {
        Keyed { records, inputs: inputs.iter().map(|input| input.as_ref().into()).collect() }
    }

    /// Whether keys name their sources.
    pub fn names_sources(&self) -> bool {
        self.inputs.len() > 1
    }

    /// The key of a record; fails if it has none.
    pub fn key(&self, record: u32) -> Result<RecordKey> {
        let row = self.records.row(record as usize)?;
        let id = row.id();
        let input = self.inputs.get(id.input as usize).filter(|_| self.names_sources());
        match row.key() {
            Some(key) => Ok(RecordKey::new(input.map_or("", |input| input), key)),
            None => Err(Error::bind(format!(
                "row {} of input {} has no key by which it is found again: declare the column that holds it",
                id.row,
                id.input + 1
            ))),
        }
    }

    /// Looks for the records of some keys. Fails if a key names no source where there are several.
    pub fn locate<'k>(&self, keys: impl Iterator<Item = &'k RecordKey>) -> Result<Located<'k>> {
        let mut wanted: Vec<HashMap<&str, Found>> = vec![HashMap::new(); self.inputs.len()];
        for key in keys {
            if key.source.is_empty() && self.names_sources() {
                return Err(Error::bind("a decision names no source, and there are several inputs"));
            }
            if let Some(input) = self.input(key) {
                wanted[input].insert(&key.key, Found::Nobody);
            }
        }
        for (position, row) in self.records.rows(0..self.records.len()).enumerate() {
            let row = row?;
            let wanted = wanted.get_mut(row.id().input as usize);
            if let Some(found) = wanted.zip(row.key()).and_then(|(wanted, key)| wanted.get_mut(key)) {
                *found = if let Found::Nobody = found { Found::One(position) } else { Found::Several };
            }
        }
        Ok(Located(wanted))
    }

    /// Who has a key, after [`locate`](Self::locate).
    pub fn find(&self, located: &Located<'_>, key: &RecordKey) -> Found {
        let found = self.input(key).and_then(|input| located.0[input].get(&*key.key));
        found.copied().unwrap_or(Found::Nobody)
    }

    fn input(&self, key: &RecordKey) -> Option<usize> {
        let only = key.source.is_empty() && !self.names_sources();
        if only {
            Some(0).filter(|_| !self.inputs.is_empty())
        } else {
            self.inputs.iter().position(|input| *input == key.source)
        }
    }
}
