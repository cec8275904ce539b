//! What the next migration and the people who repair records read: from every
//! old id to the new one, and what was set aside.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::builder::Migration;
use super::store::{Disposition, EntityId, Entry, Store};
use crate::error::{Error, Result};
use crate::record::Value;
use crate::schema::Schema;
use crate::sink::file::Target as Pending;
use crate::source::{Feed, SourceReader};

/// How many lines of the ledger are looked at together.
const LINES: usize = 16 << 10;
/// How many times a record is followed that was merged into one which was merged itself.
const STEPS: usize = 100;

/// A table of the columns `system`, `entity`, `id`, `target_id` and `disposition`: every record that has
/// a row, in the order of the entities and of their keys. Merged ones have the row of the
/// record that they went into in the end.
///
/// It is a source, so that any sink writes it; and what it wrote can be read by
/// the migration of the next system.
///
/// ```no_run
/// # fn export(mut migration: handover::migration::Migration) -> Result<(), Box<dyn std::error::Error>> {
/// use handover::{CsvSink, Pipeline};
///
/// Pipeline::from(migration.crosswalk()?).to(CsvSink::path("crosswalk.csv")).run()?;
/// # Ok(())
/// # }
/// ```
pub struct Crosswalk<'m> {
    store: &'m mut dyn Store,
    entities: Vec<(String, String, EntityId)>,
}

impl SourceReader for Crosswalk<'_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("crosswalk")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Schema::text(["system", "entity", "id", "target_id", "disposition"])
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for (system, name, entity) in &self.entities {
            let mut after = Some(String::new());
            while let Some(from) = after {
                let lines = lines(self.store, *entity, &from)?;
                after = (lines.len() == LINES).then(|| lines.last().map(|(key, _)| key.clone())).flatten();
                for (key, entry) in lines.into_iter().filter(|(_, entry)| entry.disposition.has_row()) {
                    let disposition = entry.disposition.name();
                    let Some(id) = follow(self.store, *entity, entry)?.1.target else { continue };
                    let record = feed.record();
                    let row = [system, name, &key, &id.to_string(), disposition];
                    row.iter().enumerate().for_each(|(at, text)| record.set_value(at, Value::Text(text)));
                    feed.push()?;
                }
            }
        }
        Ok(())
    }
}

/// Some lines of the ledger, from behind a key on.
fn lines(store: &mut dyn Store, entity: EntityId, after: &str) -> Result<Vec<(String, Entry)>> {
    let mut lines = Vec::new();
    store.scan_after(entity, after, &mut |key, entry| {
        lines.push((key.to_owned(), entry));
        Ok(lines.len() < LINES)
    })?;
    Ok(lines)
}

/// The records that a record was merged into, one after the other, and the line of the last.
pub(crate) fn follow(store: &mut dyn Store, entity: EntityId, entry: Entry) -> Result<(Vec<String>, Entry)> {
    let (mut into, mut entry) = (Vec::new(), entry);
    while entry.disposition == Disposition::Merged && into.len() < STEPS {
        let Some(key) = entry.note.as_deref() else { break };
        let Some(next) = store.look_up(entity, &[key])?.pop().flatten() else { break };
        into.push(key.to_owned());
        entry = next;
    }
    Ok((into, entry))
}

impl Migration {
    /// From every old id to the new one, over all systems and entities that the store knows.
    pub fn crosswalk(&mut self) -> Result<Crosswalk<'_>> {
        let entities = self.store.entities()?;
        Ok(Crosswalk { store: &mut *self.store, entities })
    }

    /// Writes the records of an entity (its label: `crm_a/contact`) that are set aside into a file of JSON
    /// Lines, as they were read and with their reasons, and says how many there are. What was
    /// repaired there is read by [`JsonRejects`](crate::source::JsonRejects).
    ///
    /// The file is not sealed, because people are to work on it.
    ///
    /// # Errors
    ///
    /// Where there is no such entity, where a record was sealed with another key, and where the file cannot be written.
    pub fn rejects(&mut self, entity: &str, path: impl AsRef<Path>) -> Result<u64> {
        let id = known_entity(&mut *self.store, entity)?;
        let open = still_open(&mut *self.store, id)?;
        let mut file = Pending::file(path.as_ref())?;
        let mut count = 0;
        self.store.asides(id, &mut |aside| {
            if !open.contains(&aside.key) {
                return Ok(());
            }
            count += 1;
            file.write(aside.raw.trim_end().as_bytes())?;
            file.write(b"\n")
        })?;
        file.finish()?.publish()?;
        Ok(count)
    }
}

/// The number of an entity that the store knows. The error names those there are.
pub(crate) fn known_entity(store: &mut dyn Store, label: &str) -> Result<EntityId> {
    let all = store.entities()?;
    let labels: Vec<String> = all.iter().map(|(system, name, _)| format!("{system}/{name}")).collect();
    match labels.iter().position(|known| known == label) {
        Some(at) => Ok(all[at].2),
        None if all.is_empty() => Err(Error::bind(format!("no entity `{label}`: nothing was migrated yet"))),
        None => Err(Error::bind(format!("no entity `{label}`: there are {}", labels.join(", ")))),
    }
}

/// The keys of records that were set aside and not written since.
fn still_open(store: &mut dyn Store, entity: EntityId) -> Result<BTreeSet<String>> {
    let mut keys = Vec::new();
    store.asides(entity, &mut |aside| {
        keys.push(aside.key);
        Ok(())
    })?;
    let borrowed: Vec<&str> = keys.iter().map(String::as_str).collect();
    let entries = store.look_up(entity, &borrowed)?;
    let is_open = |entry: Option<Entry>| {
        entry.is_some_and(|entry| matches!(entry.disposition, Disposition::Rejected | Disposition::Parked))
    };
    Ok(keys
        .into_iter()
        .zip(entries)
        .filter(|(_, entry)| is_open(entry.clone()))
        .map(|(key, _)| key)
        .collect())
}
