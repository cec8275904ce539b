//! What a batch leaves in the ledger and in the journal.

use std::sync::Arc;

use super::asides::{Ended, identity};
use super::bound::Bound;
use super::row::{Fate, Row};
use super::{AGAIN, Loader, Settled};
use crate::error::Result;
use crate::migration::entity::{Entity, FieldPolicy, WritePolicy};
use crate::migration::store::{Deferred, Disposition, Entry, JournalLine, SHARED, SetAside};
use crate::migration::target::{Op, TargetId};

impl Loader<'_, '_> {
    /// Enters the records of a batch.
    pub(super) fn enter(&mut self, batch: &mut [Row], bound: &Bound) {
        let mut line = self.session.page.journal.len() as u32;
        let number = self.session.next_batch;
        let mut sent = 0;
        for row in batch {
            self.session.tally.merge(&row.counts);
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
                settled.insert(row.id, Settled { key: row.key.clone(), id: id.clone() });
            }
            let deferred = std::mem::take(&mut row.deferred).into_iter();
            for (reference, parent) in
                deferred.filter(|(one, _)| sets_later(self.part.entity, row, *one, bound))
            {
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
            Fate::Passed | Fate::Settled(_) if self.counted.has(row.id.row) => AGAIN,
            Fate::Passed => "passed over",
            Fate::Settled(_) if row.known.as_deref().is_some_and(of_this_run) => AGAIN,
            Fate::Settled(_) => "as before",
            _ => return,
        };
        self.session.tally.add(what, 1);
        let id = row.known.as_deref().and_then(|known| known.target.clone());
        if let (Some(settled), Some(id)) = (&mut self.settled, id) {
            settled.insert(row.id, Settled { key: row.key.clone(), id });
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
                settled.insert(row.id, Settled { key: row.key.clone(), id });
            }
        }
    }

    /// Enters the records that ended without being written.
    pub(super) fn take_asides(&mut self) -> Result<()> {
        let mut ended = std::mem::take(&mut self.ended);
        if ended.is_empty() && self.settled.is_none() {
            return Ok(());
        }
        if let Some(twice) = &self.twice {
            for one in ended.iter_mut().filter(|one| !twice.has(&one.key, one.id.row)) {
                one.key = identity(one.id, None).into_owned();
            }
        }
        let keys: Vec<&str> = ended.iter().map(|one| one.key.as_str()).collect();
        let known = self.session.store.look_up(self.part.id, &keys)?;
        for (one, known) in ended.into_iter().zip(known) {
            self.set_aside(one, known)?;
        }
        // Who was merged into those that were answered for is entered now.
        for id in self.answered.drain(..) {
            self.settled.as_mut().map(|settled| settled.remove(&id));
        }
        Ok(())
    }

    fn set_aside(&mut self, ended: Ended, known: Option<Entry>) -> Result<()> {
        let Ended { id, key, disposition, note, place, raw, survivor, .. } = ended;
        let number = self.session.next_batch;
        let mut entry = Entry::new(disposition, number, id.row);
        entry.note = Some(note.as_str().into()).filter(|_| !note.is_empty());
        let known = known.filter(|known| known.disposition != Disposition::Undone);
        let of_this_run = known.as_ref().is_some_and(|known| known.batch >= self.session.first_batch);
        if of_this_run && known.as_ref().is_some_and(|known| known.is_aside(id.row)) {
            // It was entered before the run was cut short.
            self.session.tally.add(AGAIN, 1);
            return Ok(());
        }
        if let Some(into) = survivor.and_then(|survivor| self.settled.as_ref()?.get(&survivor)) {
            (entry.note, entry.target) = (Some(into.key.as_str().into()), Some(into.id.clone()));
        } else if let Some(known) =
            known.as_ref().filter(|known| !of_this_run || known.disposition != Disposition::Created)
        {
            (entry.target, entry.hash, entry.written) = (known.target.clone(), known.hash, known.written);
            if known.shares_row() {
                entry.note = Some(format!("{SHARED}; {note}").trim_end_matches("; ").into());
            }
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

/// Whether a reference that waits may be set in the row of a record.
fn sets_later(entity: &Entity, row: &Row, reference: usize, bound: &Bound) -> bool {
    let position = bound.refers[reference].position;
    let Some(one) = bound.written.iter().find(|one| one.position == position) else { return false };
    let stood_for = row.known.as_deref().is_some_and(|known| known.disposition == Disposition::Placeholder);
    let stays = one.policy == FieldPolicy::NeverOverwrite || entity.write == WritePolicy::CreateOnly;
    stood_for || !stays || matches!(row.fate, Fate::Created(_))
}
