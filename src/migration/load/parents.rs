//! From the source's keys of other records to their rows in the target.

use std::collections::HashMap;

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
    /// Whether who is only stood for is there.
    takes_placeholders: bool,
}

impl Parents {
    pub fn new(entity: EntityId, reference: &Reference) -> Self {
        let takes_placeholders = matches!(reference.orphans, Orphans::Placeholder(_));
        Parents { entity, known: HashMap::new(), takes_placeholders }
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
            let entry = entry.filter(|entry| match entry.disposition {
                Disposition::Undone => false,
                Disposition::Placeholder => self.takes_placeholders,
                _ => true,
            });
            let parent = entry.and_then(|entry| Some(Parent { id: entry.target?, inactive: entry.inactive }));
            self.known.insert(key.to_owned(), parent);
        }
        Ok(())
    }

    /// Whether a row is to be made for a key that was looked up.
    pub fn lacks(&self, key: &str) -> bool {
        self.takes_placeholders && self.get(key).is_none()
    }

    /// The row of a key that was looked up.
    pub fn get(&self, key: &str) -> Option<&Parent> {
        self.known.get(key)?.as_ref()
    }

    /// A row has been made for a key.
    pub fn learn(&mut self, key: &str, id: TargetId) {
        if !self.takes_placeholders {
            return;
        }
        self.known.insert(key.to_owned(), Some(Parent { id, inactive: false }));
    }

    /// Forgets, when it is too much; not while keys of a batch are looked at.
    pub fn trim(&mut self) {
        if self.known.len() > REMEMBERED {
            self.known.clear();
        }
    }
}
