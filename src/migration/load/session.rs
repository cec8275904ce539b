//! One run, as its parts share it.

use std::thread::{self, ScopedJoinHandle};

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

/// A batch that begins.
pub(crate) struct Begins {
    pub phase: u32,
    pub entity: EntityId,
    /// The last row of the input that it, or one before it, holds.
    pub last_row: u64,
    /// Whether anything is sent with it.
    pub is_sent: bool,
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
        let id = self.begin(&Begins { phase, entity, last_row, is_sent });
        self.store.write(&self.page)?;
        self.page.clear();
        Ok(id)
    }

    /// The same with a batch that comes between others: what they sent is confirmed with their own pages.
    pub fn intend_between(&mut self, phase: u32, entity: EntityId, last_row: u64) -> Result<u64> {
        let arrived = std::mem::take(&mut self.arrived);
        let id = self.intend(phase, entity, last_row, true);
        self.arrived = arrived;
        id
    }

    /// The same, while changes of the batch before are sent and something else is done.
    /// Where there is nothing to write, there is no batch.
    pub fn exchange<T>(
        &mut self,
        begins: &Begins,
        sending: Option<Sending<'_>>,
        meanwhile: impl FnOnce() -> Result<T>,
    ) -> Result<(u64, Vec<Outcome>, T)> {
        let nothing = self.page.is_empty() && self.tally.0.is_empty() && !begins.is_sent;
        if nothing && sending.is_none() {
            return Ok((0, Vec::new(), meanwhile()?));
        }
        let id = self.begin(begins);
        let (store, page, target) = (&mut *self.store, &self.page, &mut *self.target);
        let (written, answers, done) = thread::scope(|scope| {
            let write = scope.spawn(move || store.write(page));
            let send =
                sending.as_ref().map(|sent| scope.spawn(move || target.write(sent.table, sent.changes)));
            let done = meanwhile();
            (write.join(), send.map(ScopedJoinHandle::join), done)
        });
        let panicked = |who: &str| Error::new(ErrorKind::Panic, format!("the {who} panicked"));
        written.map_err(|_| panicked("store"))??;
        self.page.clear();
        let answers = answers.transpose().map_err(|_| panicked("target"))?.transpose()?;
        let Some((sending, answers)) = sending.zip(answers) else { return Ok((id, Vec::new(), done?)) };
        let outcomes = self.outcomes(&sending, answers)?;
        self.confirm(Some(sending.batch));
        Ok((id, outcomes, done?))
    }

    /// Puts a batch on the page, and what has arrived since the last one.
    fn begin(&mut self, begins: &Begins) -> u64 {
        let Begins { phase, entity, last_row, is_sent } = *begins;
        let id = self.next_batch;
        let confirmed = last_row == DONE;
        self.page.confirmed.append(&mut self.arrived);
        self.arrived.extend((!is_sent && !confirmed).then_some(id));
        let tally = std::mem::take(&mut self.tally);
        self.page.batch = Some(Batch { id, run: self.run, phase, entity, last_row, confirmed, tally });
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
        let outcomes = self.send_ahead(&sending)?;
        self.confirm(Some(sending.batch));
        Ok(outcomes)
    }

    /// The same; the batch is [confirmed](Self::confirm) later.
    pub fn send_ahead(&mut self, sending: &Sending<'_>) -> Result<Vec<Outcome>> {
        let answers = self.target.write(sending.table, sending.changes)?;
        self.outcomes(sending, answers)
    }

    /// A batch has arrived, and is confirmed with the next page.
    pub fn confirm(&mut self, batch: Option<u64>) {
        self.arrived.extend(batch);
    }

    fn outcomes(&self, sending: &Sending<'_>, answers: Vec<(u64, Outcome)>) -> Result<Vec<Outcome>> {
        let Sending { table, changes, .. } = sending;
        let name = self.target.name().into_owned();
        let nonsense = |what: String| Error::new(ErrorKind::Unbalanced, what).at(format!("{name}[{table}]"));
        let is_next = |(place, (token, _)): (usize, &(u64, Outcome))| *token == place as u64;
        let in_order = answers.len() == changes.len() && answers.iter().enumerate().all(is_next);
        let outcomes: Vec<Outcome> = match in_order {
            true => answers.into_iter().map(|(_, outcome)| outcome).collect(),
            false => sorted(answers, changes.len()).map_err(nonsense)?,
        };
        match outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Unknown)).count() {
            0 => Ok(outcomes),
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

/// The outcomes in the order of their tokens, each once. Where there is none, nobody knows.
fn sorted(answers: Vec<(u64, Outcome)>, count: usize) -> Result<Vec<Outcome>, String> {
    let mut outcomes: Vec<Option<Outcome>> = vec![None; count];
    for (token, outcome) in answers {
        let place = usize::try_from(token).ok().and_then(|token| outcomes.get_mut(token));
        match place {
            Some(place @ None) => *place = Some(outcome),
            Some(Some(known)) if *known == outcome => {}
            Some(_) => return Err("two answers for one record, which do not agree".to_owned()),
            None => return Err("an answer for a record that was not sent".to_owned()),
        }
    }
    Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Unknown)).collect())
}
