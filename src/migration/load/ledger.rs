//! What a batch leaves in the ledger and in the journal.

use std::sync::Arc;

use super::asides::Ended;
use super::bound::Bound;
use super::row::{Fate, Row};
use super::{AGAIN, Loader};
use crate::error::Result;
use crate::migration::store::{Deferred, Disposition, Entry, JournalLine, SetAside};
use crate::migration::target::{Change, Op, TargetId};

impl Loader<'_, '_> {
    /// Enters the records of a batch. Gives the changes, and the places of their records in the batch.
    pub(super) fn enter(&mut self, batch: &mut [Row], bound: &Bound) -> Result<(Vec<Change>, Vec<usize>)> {
        let (mut changes, mut places, mut line) =
            (Vec::new(), Vec::new(), self.session.page.journal.len() as u32);
        let number = self.session.next_batch;
        for (at, row) in batch.iter_mut().enumerate() {
            let mut entry = Entry::new(Disposition::Unchanged, number, row.id.row);
            (entry.hash, entry.inactive) = (row.hash, row.inactive);
            match &mut row.fate {
                Fate::Settled(_) => {
                    let of_this_run = |known: &Entry| known.batch >= self.session.first_batch;
                    let is_again = row.known.as_ref().is_some_and(of_this_run);
                    self.session.tally.add(if is_again { AGAIN } else { "as before" }, 1);
                    continue;
                }
                Fate::Stays(id, written) => (entry.target, entry.written) = (Some(id.clone()), *written),
                Fate::Written(write) => {
                    entry.written = write.hash;
                    (entry.disposition, entry.target) = match &write.op {
                        Op::Create(id) => (Disposition::Created, id.clone()),
                        Op::Update(id) | Op::Delete(id) => (Disposition::Updated, Some(id.clone())),
                    };
                    if let Some(mut journal) = write.journal.take() {
                        (journal.batch, journal.line) = (number, line);
                        line += 1;
                        self.session.page.journal.push(journal);
                    }
                    let record = std::mem::replace(
                        &mut write.record,
                        crate::record::Record::new(Arc::clone(&bound.schema)),
                    );
                    changes.push(Change { token: changes.len() as u64, op: write.op.clone(), record });
                    places.push(at);
                }
                Fate::Open | Fate::Refused(_) | Fate::Meets(..) => continue,
            }
            if entry.disposition == Disposition::Unchanged
                && let (Some(known), Some(id)) = (&row.known, &entry.target)
            {
                // What was known of the row before is put back when the run is undone.
                self.session.page.journal.push(only_ledger(
                    number,
                    line,
                    bound_table(self),
                    id,
                    row_of(self, row, known),
                ));
                line += 1;
            }
            self.session.tally.add(entry.disposition.name(), 1);
            if let Some(id) = &entry.target {
                self.settled.insert(row.id, (row.key.clone(), id.clone()));
            }
            for (reference, parent) in row.deferred.drain(..) {
                let column = bound.refers[reference].reference.column.as_str().into();
                let (entity, key) = (self.part.id, row.key.clone());
                self.session.page.deferred.push(Deferred { entity, column, key, parent });
            }
            self.session.page.entries.push((self.part.id, row.key.clone(), entry));
        }
        Ok((changes, places))
    }

    /// The target has given a row its id.
    pub(super) fn learn_id(&mut self, row: &mut Row, id: TargetId, batch: u64) {
        if let Fate::Written(write) = &mut row.fate
            && write.op == Op::Create(None)
        {
            let mut entry = Entry::new(Disposition::Created, batch, row.id.row);
            (entry.hash, entry.written, entry.inactive) = (row.hash, write.hash, row.inactive);
            entry.target = Some(id.clone());
            self.session.page.entries.push((self.part.id, row.key.clone(), entry));
            self.settled.insert(row.id, (row.key.clone(), id));
        }
    }

    /// Enters the records that ended without being written.
    pub(super) fn take_asides(&mut self) -> Result<()> {
        let ended = self.queue.take();
        let keys: Vec<&str> = ended.iter().map(|one| one.key.as_str()).collect();
        let known = self.session.store.look_up(self.part.id, &keys)?;
        for (one, known) in ended.into_iter().zip(known) {
            self.set_aside(one, known);
        }
        self.settled.clear();
        Ok(())
    }

    fn set_aside(&mut self, ended: Ended, known: Option<Entry>) {
        let Ended { key, row, disposition, note, place, raw, survivor } = ended;
        let number = self.session.next_batch;
        let mut entry = Entry::new(disposition, number, row);
        entry.note = Some(note.as_str().into()).filter(|_| !note.is_empty());
        let known = known.filter(|known| known.disposition != Disposition::Undone);
        let of_this_run = known.as_ref().is_some_and(|known| known.batch >= self.session.first_batch);
        if let Some((into, id)) = survivor.and_then(|survivor| self.settled.get(&survivor)) {
            (entry.note, entry.target) = (Some(into.as_str().into()), Some(id.clone()));
        } else if let Some(known) =
            known.as_ref().filter(|known| !of_this_run || known.disposition != Disposition::Created)
        {
            (entry.target, entry.hash, entry.written) = (known.target.clone(), known.hash, known.written);
        }
        if let Some(known) = known.filter(|known| !of_this_run && known.target.is_some()) {
            let line = self.session.page.journal.len() as u32;
            let id = known.target.clone();
            if let Some(id) = id {
                let record = (self.part.id, key.clone(), Some(known));
                self.session.page.journal.push(only_ledger(number, line, bound_table(self), &id, record));
            }
        }
        self.session.tally.add(disposition.name(), 1);
        if let Some(raw) = raw {
            let (entity, key, reasons) = (self.part.id, key.clone(), note);
            self.session.page.asides.push(SetAside { entity, key, place, reasons, raw });
        }
        self.session.page.entries.push((self.part.id, key, entry));
    }
}

type Known = (u32, String, Option<Entry>);

fn row_of(loader: &Loader<'_, '_>, row: &Row, known: &Entry) -> Known {
    (loader.part.id, row.key.clone(), Some(known.clone()))
}

fn bound_table(loader: &Loader<'_, '_>) -> Arc<str> {
    Arc::clone(&loader.part.shape.table)
}

/// A line of the journal for a record whose row is left as it is.
fn only_ledger(batch: u64, line: u32, table: Arc<str>, id: &TargetId, record: Known) -> JournalLine {
    let nothing = Some("{}".to_owned());
    JournalLine {
        batch,
        line,
        table,
        target: id.clone(),
        before: nothing.clone(),
        after: nothing,
        record: Some(record),
    }
}
