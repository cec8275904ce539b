//! From the source's keys of other records to their rows in the target.

use std::collections::{HashMap, HashSet};

use crate::error::Result;
use crate::migration::entity::{Orphans, Reference};
use crate::migration::store::{Disposition, EntityId, Store};
use crate::migration::target::TargetId;

/// How many answers are remembered: whoever refers to few others asks the store only once for each.
const REMEMBERED: usize = 100_000;

/// The row of a record that others refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parent {
    pub id: TargetId,
    pub inactive: bool,
}

/// Finds the rows of the records of one entity.
pub(crate) struct Parents {
    entity: EntityId,
    known: HashMap<String, Option<Parent>>,
}

impl Parents {
    pub fn new(entity: EntityId) -> Self {
        Parents { entity, known: HashMap::new() }
    }

    /// Makes sure that the rows of these keys are known.
    pub fn look_up<'k>(&mut self, store: &mut dyn Store, keys: impl Iterator<Item = &'k str>) -> Result<()> {
        let mut unknown: Vec<&str> = keys.filter(|key| !self.known.contains_key(*key)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() {
            return Ok(());
        }
        let found = store.look_up(self.entity, &unknown)?;
        for (key, entry) in unknown.into_iter().zip(found) {
            let entry = entry.filter(|entry| entry.disposition != Disposition::Undone);
            let parent = entry.and_then(|entry| Some(Parent { id: entry.target?, inactive: entry.inactive }));
            self.known.insert(key.to_owned(), parent);
        }
        Ok(())
    }

    /// Makes sure that it is known what a reference points to. Gives the keys for
    /// which rows are to be made, in the order in which they are met, which does not depend on where batches end.
    pub fn of<'k>(
        &mut self,
        store: &mut dyn Store,
        reference: &'k Reference,
        keys: impl Iterator<Item = &'k str> + Clone,
    ) -> Result<Vec<String>> {
        self.look_up(store, keys.clone().chain(reference.stand_ins()))?;
        let mut seen = HashSet::new();
        Ok(match reference.orphans {
            Orphans::Placeholder(_) => {
                keys.filter(|key| self.get(key).is_none() && seen.insert(*key)).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        })
    }

    /// The row of a key that was looked up.
    pub fn get(&self, key: &str) -> Option<&Parent> {
        self.known.get(key)?.as_ref()
    }

    /// A row has been made for a key.
    pub fn learn(&mut self, key: &str, id: TargetId) {
        self.known.insert(key.to_owned(), Some(Parent { id, inactive: false }));
    }

    /// Forgets, when it is too much; not while keys of a batch are looked at.
    pub fn trim(&mut self) {
        if self.known.len() > REMEMBERED {
            self.known.clear();
        }
    }
}
