//! Which records of a batch are known, and which have not changed since.

use super::Loader;
use super::asides::{IDENTITY, identity};
use super::intake::Intake;
use super::row::{Fate, Row};
use super::twice::Twice;
use crate::error::{Fault, Result};
use crate::migration::store::{Disposition, Entry};
use crate::sink::Answer;

impl Loader<'_, '_> {
    /// Looks up in the ledger the records that it may know.
    pub(super) fn recognise(&mut self, batch: &mut [Row], doubtful: &[usize]) -> Result<()> {
        if doubtful.is_empty() {
            return Ok(());
        }
        let keys: Vec<&str> = doubtful.iter().map(|at| batch[*at].key.as_str()).collect();
        let known = self.session.store.look_up(self.part.id, &keys)?;
        for (at, entry) in doubtful.iter().zip(known) {
            if batch[*at].is_open() {
                self.compare_with_ledger(&mut batch[*at], entry);
            }
        }
        Ok(())
    }

    /// Takes in the records that ended before they got here, or were refused and have come back. Says
    /// whether one may have the key of another.
    pub(super) fn gather(&mut self, intake: &mut Intake<'_>) -> bool {
        let mut met = false;
        for mut one in self.queue.take() {
            match self.refused.remove(&one.id) {
                true if one.same_key => one.key = identity(one.id, None),
                true => {}
                false => met |= intake.meet(&one.key),
            }
            self.ended.push(one);
        }
        met
    }

    /// Refuses the records whose key is another's. `met` says that there may be some.
    pub(super) fn tell_apart(&mut self, batch: &mut [Row], met: bool) -> Result<()> {
        if met && self.twice.is_none() {
            self.twice = Some(Twice::read(self.part.entity, false)?);
        }
        let Some(twice) = &mut self.twice else { return Ok(()) };
        for row in batch.iter_mut().filter(|row| row.is_open()) {
            if !twice.claim(&row.key, row.id.row) {
                row.refuse(same_key(&self.part.entity.key));
            }
        }
        Ok(())
    }

    fn compare_with_ledger(&self, row: &mut Row, entry: Option<Entry>) {
        let of_this_run = entry.as_ref().filter(|entry| entry.batch >= self.session.first_batch);
        let is_another =
            |entry: &Entry| entry.row != row.id.row && entry.disposition != Disposition::Placeholder;
        if of_this_run.is_some_and(is_another) {
            return row.refuse(same_key(&self.part.entity.key));
        }
        let is_as_before = |entry: &Entry| {
            entry.hash == row.hash && entry.inactive == row.inactive && answer(entry).is_some()
        };
        if let Some(answer) = of_this_run.and_then(answer) {
            row.fate = Fate::Settled(answer);
        } else if of_this_run.is_some_and(|entry| entry.is_aside(row.id.row)) {
            row.refuse(Fault::new("was set aside before the run was cut short"));
        } else if row.is_old && entry.as_ref().is_some_and(|entry| answer(entry).is_some()) {
            row.fate = Fate::Passed;
        } else if match &self.part.only {
            Some(_) => !self.part.repairs(&row.key),
            None => entry.as_ref().is_some_and(is_as_before),
        } {
            row.fate = Fate::Settled(Answer::Unchanged);
        }
        row.known = entry.filter(|entry| entry.disposition != Disposition::Undone).map(Box::new);
    }
}

fn same_key(column: &str) -> Fault {
    Fault::new("another record has the same key").rule(IDENTITY).column(column)
}

/// What was said of a record that has been written.
fn answer(entry: &Entry) -> Option<Answer> {
    match entry.disposition {
        Disposition::Created => Some(Answer::Created),
        Disposition::Updated => Some(Answer::Updated),
        Disposition::Unchanged => Some(Answer::Unchanged),
        _ => None,
    }
}
