//! What a batch leaves in the ledger and in the journal.

use std::sync::Arc;

use super::asides::Ended;
use super::bound::Bound;
use super::row::{Fate, Row};
use super::{AGAIN, Loader, Settled};
use crate::error::Result;
use crate::migration::store::{Deferred, Disposition, Entry, JournalLine, SHARED, SetAside};
use crate::migration::target::{Op, TargetId};

impl Loader<'_, '_> {
    /// Enters the records of a batch.
    pub(super) fn enter(&mut self, batch: &mut [Row], bound: &Bound) {
        let mut line = self.session.page.journal.len() as u32;
        let number = self.session.next_batch;
        let mut sent = 0;
        for row in batch {
            let Some(disposition) = row.disposition() else {
                self.pass_over(row);
                continue;
            };
            self.session.tally.add(disposition.name(), 1);
            let mut entry = Entry::new(disposition, number, row.id.row);
            (entry.hash, entry.inactive) = (row.hash, row.inactive);
            entry.note = row.shares.then(|| SHARED.into());
            match &row.fate {
                Fate::Stays(id, written) => (entry.target, entry.written) = (Some(id.clone()), *written),
                Fate::Created(written) | Fate::Updated(written, _) => {
                    entry.written = *written;
                    entry.target = match &self.changes[sent].op {
                        Op::Create(id) => id.clone(),
                        Op::Update(id) | Op::Delete(id) => Some(id.clone()),
                    };
                    sent += 1;
                }
                _ => {}
            }
            if let Some(journal) = self.line_of(row, &entry) {
                self.session.page.journal.push(JournalLine { batch: number, line, ..journal });
                line += 1;
            }
            if let (Some(settled), Some(id)) = (&mut self.settled, &entry.target) {
                settled.insert(row.id, Settled { key: row.key.clone(), id: id.clone(), batch: number });
            }
            for (reference, parent) in row.deferred.drain(..) {
                let column = bound.refers[reference].reference.column.as_str().into();
                let (entity, key) = (self.part.id, row.key.clone());
                self.session.page.deferred.push(Deferred { entity, column, key, parent });
            }
            let key = match entry.target {
                Some(_) => std::mem::take(&mut row.key),
                // Its line is written again when the target has given it an id.
                None => row.key.clone(),
            };
            self.session.page.entries.push((self.part.id, key, entry));
        }
    }

    /// A record of which nothing is written.
    fn pass_over(&mut self, row: &Row) {
        let of_this_run = |known: &Entry| known.batch >= self.session.first_batch;
        let what = match row.fate {
            Fate::Passed => "passed over",
            Fate::Settled(_) if row.known.as_deref().is_some_and(of_this_run) => AGAIN,
            Fate::Settled(_) => "as before",
            _ => return,
        };
        self.session.tally.add(what, 1);
        let id = row.known.as_deref().and_then(|known| known.target.clone());
        if let (Some(settled), Some(id)) = (&mut self.settled, id) {
            settled.insert(row.id, Settled { key: row.key.clone(), id, batch: self.session.next_batch });
        }
    }

    /// How a record's row is put back and, where it stays, what was known of it.
    fn line_of(&self, row: &mut Row, entry: &Entry) -> Option<JournalLine> {
        match (&mut row.fate, &entry.target, row.known.as_deref()) {
            (Fate::Updated(_, journal), ..) => Some((**journal).clone()),
            (Fate::Stays(..), Some(id), Some(known)) => {
                Some(self.only_ledger(id, (self.part.id, row.key.clone(), Some(known.clone()))))
            }
            _ => None,
        }
    }

    /// The target has given a row its id.
    pub(super) fn learn_id(&mut self, row: &mut Row, id: TargetId, batch: u64) {
        if let Fate::Created(written) = row.fate
            && !row.key.is_empty()
        {
            let mut entry = Entry::new(Disposition::Created, batch, row.id.row);
            (entry.hash, entry.written, entry.inactive) = (row.hash, written, row.inactive);
            entry.target = Some(id.clone());
            self.session.page.entries.push((self.part.id, row.key.clone(), entry));
            if let Some(settled) = &mut self.settled {
                settled.insert(row.id, Settled { key: row.key.clone(), id, batch });
            }
        }
    }

    /// Enters the records that ended without being written.
    pub(super) fn take_asides(&mut self) -> Result<()> {
        let ended = self.queue.take();
        if ended.is_empty() && self.settled.is_none() {
            return Ok(());
        }
        let keys: Vec<&str> = ended.iter().map(|one| one.key.as_str()).collect();
        let known = self.session.store.look_up(self.part.id, &keys)?;
        for (one, known) in ended.into_iter().zip(known) {
            self.set_aside(one, known)?;
        }
        // Those of the batch that is on its way have not been answered for.
        let on_its_way = self.flight.as_ref().map_or(u64::MAX, |flight| flight.number);
        if let Some(settled) = &mut self.settled {
            settled.retain(|_, one| one.batch >= on_its_way);
        }
        Ok(())
    }

    fn set_aside(&mut self, ended: Ended, known: Option<Entry>) -> Result<()> {
        let Ended { key, row, disposition, note, place, raw, survivor } = ended;
        let number = self.session.next_batch;
        let mut entry = Entry::new(disposition, number, row);
        entry.note = Some(note.as_str().into()).filter(|_| !note.is_empty());
        let known = known.filter(|known| known.disposition != Disposition::Undone);
        let of_this_run = known.as_ref().is_some_and(|known| known.batch >= self.session.first_batch);
        if let Some(into) = survivor.and_then(|survivor| self.settled.as_ref()?.get(&survivor)) {
            (entry.note, entry.target) = (Some(into.key.as_str().into()), Some(into.id.clone()));
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
                let journal = self.only_ledger(&id, record);
                self.session.page.journal.push(JournalLine { batch: number, line, ..journal });
            }
        }
        self.session.tally.add(disposition.name(), 1);
        if let Some(raw) = raw {
            let (entity, key, reasons) = (self.part.id, key.clone(), note);
            self.session.page.asides.push(SetAside { entity, key, place, reasons, raw });
        }
        self.session.page.entries.push((self.part.id, key, entry));
        Ok(())
    }

    /// A line of the journal for a record whose row is left as it is.
    fn only_ledger(&self, id: &TargetId, record: Known) -> JournalLine {
        let nothing = Some("{}".to_owned());
        let table = Arc::clone(&self.part.shape.table);
        let (target, before, after) = (id.clone(), nothing.clone(), nothing);
        JournalLine { batch: 0, line: 0, table, target, before, after, record: Some(record) }
    }
}

type Known = (u32, String, Option<Entry>);
