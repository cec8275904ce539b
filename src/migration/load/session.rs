//! One run, as its parts share it.

use std::thread;

use crate::error::{Error, ErrorKind, Result};
use crate::migration::audit::Audit;
use crate::migration::store::{Batch, EntityId, Page, Store, Tally};
use crate::migration::target::{Change, Outcome, Target, TargetId};

/// The row of a batch that is the last of its phase.
pub(crate) const DONE: u64 = i64::MAX as u64;

/// How records are counted that this run has written already, and meets again because it was cut short.
pub(crate) const AGAIN: &str = "again";

/// A run that is under way.
pub(crate) struct Session<'m> {
    pub store: &'m mut dyn Store,
    pub target: &'m mut dyn Target,
    /// The run, and its first batch: what has an earlier one was written by an earlier run.
    pub run: u64,
    pub first_batch: u64,
    pub next_batch: u64,
    /// How many records are written together.
    pub batch: usize,
    /// What is to be written with the next page.
    pub page: Page,
    pub tally: Tally,
    /// Batches that have arrived: the next page confirms them.
    arrived: Vec<u64>,
    audit: Audit,
}

/// Changes of a batch, on their way into a table. The token of a change is its place among them.
pub(crate) struct Sending<'s> {
    pub batch: u64,
    pub table: &'s str,
    pub changes: &'s [Change],
}

impl<'m> Session<'m> {
    /// Goes on with a run.
    pub fn new(
        store: &'m mut dyn Store,
        target: &'m mut dyn Target,
        run: u64,
        audit: Audit,
        batch: usize,
    ) -> Result<Self> {
        let next_batch = store.last_batch()? + 1;
        let first_batch = store.batches(run)?.first().map_or(next_batch, |batch| batch.id);
        let (page, tally) = (Page::default(), Tally::default());
        Ok(Session {
            store,
            target,
            run,
            first_batch,
            next_batch,
            batch,
            page,
            tally,
            arrived: Vec::new(),
            audit,
        })
    }

    /// Writes the page down, with a batch that holds it together. Whatever is
    /// sent after that is in doubt until a later page confirms it.
    pub fn intend(&mut self, phase: u32, entity: EntityId, last_row: u64, is_sent: bool) -> Result<u64> {
        let id = self.begin(phase, entity, last_row, is_sent);
        self.store.write(&self.page)?;
        self.page.clear();
        Ok(id)
    }

    /// The same, while changes of the batch before are sent.
    pub fn intend_beside(
        &mut self,
        (phase, entity, last_row, is_sent): (u32, EntityId, u64, bool),
        sending: Sending<'_>,
    ) -> Result<(u64, Vec<Outcome>)> {
        let id = self.begin(phase, entity, last_row, is_sent);
        let (store, page, target) = (&mut *self.store, &self.page, &mut *self.target);
        let (written, answers) = thread::scope(|scope| {
            let writing = scope.spawn(move || store.write(page));
            let answers = target.write(sending.table, sending.changes);
            (writing.join(), answers)
        });
        written.map_err(|_| Error::new(ErrorKind::Panic, "the store panicked"))??;
        self.page.clear();
        Ok((id, self.outcomes(&sending, answers?)?))
    }

    /// Puts a batch on the page, and what has arrived since the last one.
    fn begin(&mut self, phase: u32, entity: EntityId, last_row: u64, is_sent: bool) -> u64 {
        let id = self.next_batch;
        let (confirmed, keys) = (last_row == DONE, Vec::new());
        self.page.confirmed.append(&mut self.arrived);
        self.arrived.extend((!is_sent && !confirmed).then_some(id));
        let tally = std::mem::take(&mut self.tally);
        self.page.batch = Some(Batch { id, run: self.run, phase, entity, last_row, confirmed, keys, tally });
        self.next_batch += 1;
        id
    }

    /// Sends changes of a batch that was written down, and gives what became of each, in their order.
    ///
    /// # Errors
    ///
    /// Where the target fails, where it does not answer for each, and where
    /// what it answers makes no sense: the batch is in doubt then.
    pub fn send(&mut self, sending: Sending<'_>) -> Result<Vec<Outcome>> {
        let answers = self.target.write(sending.table, sending.changes)?;
        self.outcomes(&sending, answers)
    }

    fn outcomes(&mut self, sending: &Sending<'_>, answers: Vec<(u64, Outcome)>) -> Result<Vec<Outcome>> {
        let Sending { batch, table, changes } = sending;
        let name = self.target.name().into_owned();
        let nonsense = |what: String| Error::new(ErrorKind::Unbalanced, what).at(format!("{name}[{table}]"));
        let mut outcomes: Vec<Option<Outcome>> = vec![None; changes.len()];
        for (token, outcome) in answers {
            let place = usize::try_from(token).ok().and_then(|token| outcomes.get_mut(token));
            match place {
                Some(place @ None) => *place = Some(outcome),
                Some(Some(known)) if *known == outcome => {}
                Some(_) => return Err(nonsense("two answers for one record, which do not agree".into())),
                None => return Err(nonsense("an answer for a record that was not sent".into())),
            }
        }
        let open = |outcome: &&Option<Outcome>| matches!(outcome, None | Some(Outcome::Unknown));
        match outcomes.iter().filter(open).count() {
            0 => {
                self.arrived.push(*batch);
                Ok(outcomes.into_iter().flatten().collect())
            }
            open => {
                Err(nonsense(format!("no answer for {open} records, which are in doubt: resume the run")))
            }
        }
    }

    /// Puts a line of the audit log on the page.
    pub fn event(&mut self, what: &str, detail: String) {
        let event = self.audit.event(what, detail);
        self.page.events.push(event);
    }

    /// Ids for new rows; none where the target gives them.
    pub fn reserve(&mut self, table: &str, count: usize) -> Result<Vec<Option<TargetId>>> {
        match self.target.reserve(table, count)? {
            Some(ids) if ids.len() == count => Ok(ids.into_iter().map(Some).collect()),
            Some(ids) => {
                let message = format!("{} ids were given where {count} were asked for", ids.len());
                Err(Error::new(ErrorKind::Unbalanced, message).at(self.target.name()))
            }
            None => Ok(vec![None; count]),
        }
    }
}
