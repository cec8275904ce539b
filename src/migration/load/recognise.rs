//! Which records of a batch are known, and which have not changed since.

use std::collections::HashSet;

use super::Loader;
use super::asides::{IDENTITY, identity};
use super::intake::{Intake, Taken};
use super::row::{Fate, Row};
use super::twice::Twice;
use crate::error::{Fault, Result};
use crate::migration::store::{Disposition, Entry};
use crate::sink::Answer;

impl Loader<'_, '_> {
    /// Looks up in the ledger the records that it may know.
    pub(super) fn look_up(&mut self, taken: &mut Taken) -> Result<()> {
        let Taken { batch, doubtful, .. } = taken;
        let keys: Vec<&str> = doubtful.iter().map(|at| batch[*at].key.as_str()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let known = self.session.store.look_up(self.part.id, &keys)?;
        for (at, entry) in doubtful.iter().zip(known) {
            batch[*at].known = entry.map(Box::new);
        }
        Ok(())
    }

    /// Decides on the records that the ledger knows.
    pub(super) fn recognise(&mut self, batch: &mut [Row]) {
        for row in batch {
            let entry = row.known.take().filter(|_| row.is_open());
            if row.is_open() {
                self.compare_with_ledger(row, entry);
            }
        }
    }

    /// Takes in the records that ended before they got here, or were refused and have come back. Gives
    /// the places of those that may have the key of another.
    pub(super) fn gather(&mut self, intake: &mut Intake<'_>) -> Vec<usize> {
        let mut met = Vec::new();
        for mut one in self.queue.take() {
            match self.refused.remove(&one.id) {
                true if one.same_key => one.key = identity(one.id, None).into_owned(),
                true => {}
                false if intake.meet(&one.key) => met.push(self.ended.len()),
                false => {}
            }
            self.ended.push(one);
        }
        met
    }

    /// Refuses the records whose key is another's. Some that have ended may have such a key.
    pub(super) fn tell_apart(&mut self, taken: &mut Taken, ended: &[usize]) -> Result<()> {
        if self.twice.is_none() && self.has_twins(taken, ended)? {
            self.twice = Some(Twice::read(self.part.entity, false)?);
        }
        let Some(twice) = &mut self.twice else { return Ok(()) };
        for row in taken.batch.iter_mut().filter(|row| row.is_open()) {
            if !twice.claim(&row.key, row.id.row) {
                row.refuse(same_key(&self.part.entity.key));
            }
        }
        Ok(())
    }

    /// Whether one of the records that may have the key of another has it.
    fn has_twins(&mut self, taken: &Taken, ended: &[usize]) -> Result<bool> {
        let keys: Vec<&str> = ended.iter().map(|at| self.ended[*at].key.as_str()).collect();
        let known = self.session.store.look_up(self.part.id, &keys)?;
        let ended = ended.iter().zip(&known).map(|(at, known)| (&self.ended[*at], known.as_ref()));
        let met = taken.met.iter().map(|at| &taken.batch[*at]);
        let met: Vec<(&str, u64, Option<&Entry>)> = met
            .map(|row| (row.key.as_str(), row.id.row, row.known.as_deref()))
            .chain(ended.map(|(one, known)| (one.key.as_str(), one.id.row, known)))
            .collect();
        let known_twin = |known: &Entry, row| match known.batch >= self.session.first_batch {
            true => known.row != row && known.disposition != Disposition::Placeholder,
            // A record that is as it was before leaves its line as it is.
            false => answer(known).is_some(),
        };
        if met.iter().any(|(_, row, known)| known.is_some_and(|known| known_twin(known, *row))) {
            return Ok(true);
        }
        let doubtful: HashSet<&str> = met.iter().map(|(key, ..)| *key).collect();
        // Those that were refused in the last batch have not come back yet.
        let under_way = self.flight.iter().flat_map(|flight| &flight.batch);
        let keys = taken.batch.iter().chain(under_way).map(|row| &row.key);
        let keys = keys.chain(self.ended.iter().map(|one| &one.key));
        let mut once = HashSet::new();
        Ok(keys.filter(|key| doubtful.contains(key.as_str())).any(|key| !once.insert(key)))
    }

    fn compare_with_ledger(&self, row: &mut Row, entry: Option<Box<Entry>>) {
        let of_this_run = entry.as_deref().filter(|entry| entry.batch >= self.session.first_batch);
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
        } else if row.is_old && entry.as_deref().is_some_and(|entry| answer(entry).is_some()) {
            row.fate = Fate::Passed;
        } else if match &self.part.only {
            Some(_) => !self.part.repairs(&row.key),
            None => entry.as_deref().is_some_and(is_as_before),
        } {
            row.fate = Fate::Settled(Answer::Unchanged);
        }
        row.known = entry.filter(|entry| entry.disposition != Disposition::Undone);
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
