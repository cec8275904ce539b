//! What a run that was cut short may have sent without hearing of it: it is
//! looked up in the target before anything is sent again.

use std::collections::HashMap;

use super::detect::DETECTED;
use super::{DONE, Part, Session};
use crate::error::Result;
use crate::migration::row::{RowHash, canonical, from_json};
use crate::migration::store::{Batch, Disposition, Entry, JournalLine, Note};
use crate::migration::target::{TableShape, TargetId};
use crate::record::{Record, Value};

/// How the rows of an entity are recognised.
pub(crate) struct Known {
    pub shape: TableShape,
    /// The columns that were written.
    pub columns: Vec<String>,
    pub external_key: Option<String>,
}

/// Finds out what became of every batch in doubt, and books it: what arrived
/// is confirmed, and the ledger forgets what did not.
pub(crate) fn settle(
    session: &mut Session<'_>,
    known: &mut dyn FnMut(u32, &mut Session<'_>) -> Result<Known>,
) -> Result<()> {
    let batches = session.store.batches(session.run)?;
    // All of a batch in doubt is read again, and so is what came after it: what it set aside
    // is written down only with the page that confirms it.
    let mut ceilings = HashMap::new();
    for (at, batch) in batches.iter().enumerate().filter(|(_, batch)| !batch.confirmed) {
        let earlier =
            batches[..at].iter().rev().find(|one| one.phase == batch.phase && one.entity == batch.entity);
        let ceiling = ceilings.entry((batch.phase, batch.entity)).or_insert(DONE);
        let checkpoint = earlier.map_or(0, |one| one.last_row).min(*ceiling);
        *ceiling = checkpoint;
        let known = known(batch.entity, session)?;
        Doubt { session, batch, known }.settle(checkpoint)?;
    }
    Ok(())
}

/// Whether what is counted of a batch in doubt still holds: the ledger has it, or the page that
/// the batch stands on. All else is counted when the records are read again.
fn stays_counted(what: &str) -> bool {
    let is_booked = Disposition::ALL.iter().any(|one| one.name() == what);
    is_booked || DETECTED.contains(&what) || Note::not_set(what).is_some()
}

/// Whether a record was counted when it was sent: not where only a reference of its row was set, which
/// is what batches without a row of the input do.
fn is_counted(batch: &Batch, entry: &Entry) -> bool {
    batch.last_row > 0 || entry.disposition == Disposition::Placeholder
}

/// Up to which record an attempt that was cut short has counted all.
pub(crate) struct Counted {
    row: u64,
    batch: u64,
}

impl Counted {
    pub fn read(session: &mut Session<'_>, part: &Part<'_>) -> Result<Self> {
        let mut batches = session.store.batches(session.run)?;
        batches.retain(|batch| batch.phase == part.phase && batch.entity == part.id);
        let row = batches.iter().map(|batch| batch.last_row).max().unwrap_or_default();
        // Batches that were in doubt stand behind the one whose last row they have.
        let batch = batches.iter().find(|batch| batch.last_row == row).map_or(0, |batch| batch.id);
        Ok(Counted { row, batch })
    }

    /// Whether a record was counted that is read again.
    pub fn has(&self, row: u64) -> bool {
        row <= self.row
    }

    /// Whether what was counted of a record with its batch does not hold any more.
    pub fn lacks(&self, row: u64, batch: u64) -> bool {
        (row, batch) > (self.row, self.batch)
    }
}

struct Doubt<'d, 'm> {
    session: &'d mut Session<'m>,
    batch: &'d Batch,
    known: Known,
}

impl Doubt<'_, '_> {
    fn settle(mut self, checkpoint: u64) -> Result<()> {
        let lines: HashMap<String, JournalLine> = self
            .session
            .store
            .journal(self.batch.id)?
            .into_iter()
            .filter_map(|line| line.record.clone().map(|(_, key, _)| (key, line)))
            .collect();
        let sent = self.session.store.sent_with(self.batch)?;
        let rows = self.rows(&sent)?;
        let mut hash = RowHash::default();
        let mut tally = self.batch.tally.clone();
        tally.0.retain(|what, _| stays_counted(what));
        let mut lost = 0;
        for (key, mut entry) in sent.iter().map(|(key, entry)| (key.as_str(), entry.clone())) {
            let row = match &entry.target {
                Some(id) => rows.get(&id.to_string()),
                None => rows.get(key),
            };
            let arrived = row.is_some_and(|row| self.is_as_sent(row, &entry, lines.get(key), &mut hash));
            let entity = self.batch.entity;
            if arrived && entry.target.is_none() {
                entry.target = row.and_then(|row| row.key()).map(TargetId::parse);
                self.session.page.entries.push((entity, key.to_owned(), entry));
            } else if !arrived {
                lost += 1;
                if is_counted(self.batch, &entry) {
                    tally.add(entry.disposition.name(), -1);
                }
                match lines.get(key).and_then(|line| line.record.clone()?.2) {
                    Some(before) => self.session.page.entries.push((entity, key.to_owned(), before)),
                    None if entry.disposition == Disposition::Placeholder && entry.row != 0 => {
                        let aside = Entry { disposition: Disposition::Rejected, target: None, ..entry };
                        self.session.page.entries.push((entity, key.to_owned(), aside));
                    }
                    None => self.session.page.forgotten.push((entity, key.to_owned())),
                }
            }
        }
        if lost == sent.len() && lost > 0 && tally.0.values().all(|count| *count == 0) {
            self.session.page.withdrawn.push(self.batch.id);
        } else {
            let batch = Batch { last_row: checkpoint, confirmed: true, tally, ..self.batch.clone() };
            self.session.page.batch = Some(batch);
        }
        self.session.store.write(&self.session.page)?;
        self.session.page.clear();
        Ok(())
    }

    /// The rows of records, by id or by the source's key.
    fn rows(&mut self, sent: &[(String, Entry)]) -> Result<HashMap<String, Record>> {
        let Known { shape, columns, external_key } = &self.known;
        let mut names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let by_key = external_key.as_deref().filter(|_| sent.iter().any(|(_, entry)| entry.target.is_none()));
        names.extend(by_key.filter(|_| true));
        let values: Vec<Value<'_>> = sent
            .iter()
            .filter_map(|(key, entry)| match (&entry.target, by_key) {
                (_, Some(_)) => Some(Value::Text(key)),
                (Some(id), None) => Some(id.value()),
                (None, None) => None,
            })
            .collect();
        let mut rows = HashMap::new();
        let key_place = names.len().saturating_sub(1);
        let mut keep = |row: &Record| {
            if by_key.is_some() {
                rows.insert(row.value(key_place).to_string(), row.clone());
            }
            rows.insert(row.key().unwrap_or_default().to_owned(), row.clone());
            Ok(())
        };
        let column = by_key.unwrap_or(&shape.id);
        self.session.target.find(&shape.table, &names, column, &values, &mut keep)?;
        Ok(rows)
    }

    /// Whether a row is what was sent.
    fn is_as_sent(
        &self,
        row: &Record,
        entry: &Entry,
        line: Option<&JournalLine>,
        hash: &mut RowHash,
    ) -> bool {
        if let Some(after) = line.and_then(|line| line.after.as_deref()).filter(|after| *after != "{}") {
            return from_json(after).is_some_and(|after| {
                after.iter().all(|(name, value)| {
                    let Ok(column) = self.known.shape.column(name) else { return false };
                    let value = value.as_deref().map_or(Value::Null, Value::Text);
                    let there = row.get(name).unwrap_or(Value::Null);
                    canonical(value, column.kind) == canonical(there, column.kind)
                })
            });
        }
        if entry.disposition == Disposition::Placeholder || entry.target.is_none() {
            return true;
        }
        let kinds = self.known.columns.iter().enumerate().map(|(place, name)| {
            (place, self.known.shape.column(name).map_or(crate::schema::Kind::Any, |column| column.kind))
        });
        hash.of(row, kinds) == entry.written
    }
}
