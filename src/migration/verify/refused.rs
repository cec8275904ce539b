//! References that the target did not take, as the runs have noted.

use std::collections::HashMap;

use crate::error::Result;
use crate::migration::runs::runs;
use crate::migration::store::{Event, Note, Store};
use crate::record::Value;

/// What the target said to references, by entity, key and column.
#[derive(Default)]
pub(super) struct Refused(HashMap<(String, String, String), String>);

impl Refused {
    /// Reads the notes of the runs that stand.
    pub fn read(store: &mut dyn Store, events: &[Event]) -> Result<Self> {
        let mut refused = HashMap::new();
        for run in runs(events).iter().filter(|run| run.undone_by.is_none()) {
            for Note { entity, key, rule, message, .. } in store.notes(run.run)? {
                if let (Some(column), Some(key)) = (Note::not_set(&rule), key) {
                    refused.insert((entity, key, column.to_owned()), message);
                }
            }
        }
        Ok(Refused(refused))
    }

    /// Why a record does not point to a row, if that was tried.
    pub fn why(&self, entity: &str, key: &str, column: &str, row: Value<'_>) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        let message = self.0.get(&(entity.to_owned(), key.to_owned(), column.to_owned()))?;
        message.strip_prefix(&format!("row {row}: "))
    }
}
