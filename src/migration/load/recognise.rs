//! Which records of a batch are known, and which have not changed since.

use std::collections::HashMap;

use super::Loader;
use super::asides::IDENTITY;
use super::row::{Fate, Row};
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
        let mut first = HashMap::with_capacity(batch.len());
        for (at, row) in batch.iter().enumerate() {
            first.entry(row.key.as_str()).or_insert(at);
        }
        let again: Vec<bool> = doubtful.iter().map(|at| first[batch[*at].key.as_str()] != *at).collect();
        for ((at, entry), again) in doubtful.iter().zip(known).zip(again) {
            if batch[*at].is_open() {
                self.compare_with_ledger(&mut batch[*at], entry, again);
            }
        }
        Ok(())
    }

    fn compare_with_ledger(&self, row: &mut Row, entry: Option<Entry>, again: bool) {
        let of_this_run = entry.as_ref().filter(|entry| entry.batch >= self.session.first_batch);
        let is_another =
            |entry: &Entry| entry.row != row.id.row && entry.disposition != Disposition::Placeholder;
        if again || of_this_run.is_some_and(is_another) {
            let fault = Fault::new("another record has the same key");
            return row.refuse(fault.rule(IDENTITY).column(&*self.part.entity.key));
        }
        let is_as_before = |entry: &Entry| {
            entry.hash == row.hash && entry.inactive == row.inactive && answer(entry).is_some()
        };
        if let Some(answer) = of_this_run.and_then(answer) {
            row.fate = Fate::Settled(answer);
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

/// What was said of a record that has been written.
fn answer(entry: &Entry) -> Option<Answer> {
    match entry.disposition {
        Disposition::Created => Some(Answer::Created),
        Disposition::Updated => Some(Answer::Updated),
        Disposition::Unchanged => Some(Answer::Unchanged),
        _ => None,
    }
}
