//! Loading the records of one entity: a sink that looks before it writes.
//!
//! Records are taken a batch at a time. Of each batch it is found out which
//! records are known, what they refer to and which rows they meet; then it is
//! written down what will be done; then it is done; and with the next page it
//! is confirmed. A run that ends in between leaves one batch in doubt, and
//! what that means is found out in [`doubt`].

mod asides;
mod bound;
mod changes;
pub(crate) mod doubt;
mod ledger;
mod matches;
mod merge;
mod parents;
mod placeholder;
mod refer;
pub(crate) mod relink;
mod row;
mod session;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Error, Fault, Result};
use crate::migration::entity::{Entity, WritePolicy};
use crate::migration::row::RowHash;
use crate::migration::store::{Disposition, EntityId};
use crate::migration::target::{Outcome, TableShape, TargetId};
use crate::record::{Record, RecordId};
use crate::schema::Schema;
use crate::sink::{Answer, Rows, SinkWriter};
use asides::{IDENTITY, identity};
use bound::Bound;
use matches::Matches;
use merge::Meeting;
use parents::Parents;
use row::{Fate, Row};

pub(crate) use asides::Queue;
pub(crate) use session::{AGAIN, BATCH, DONE, Session};

/// What is loaded: an entity, where its references point, and which part of the run this is.
pub(crate) struct Part<'e> {
    pub entity: &'e Entity,
    /// System and name: `crm_a/contact`.
    pub label: String,
    pub id: EntityId,
    /// For each reference: the entity, and whether it is set afterwards.
    pub to: Vec<(EntityId, bool)>,
    pub phase: u32,
    pub shape: TableShape,
    /// The tables of all entities.
    pub tables: &'e [(EntityId, String)],
}

/// A sink for the records of an entity.
pub(crate) struct Loader<'l, 'm> {
    session: &'l mut Session<'m>,
    part: &'l Part<'l>,
    queue: Arc<Queue>,
    bound: Option<Bound>,
    matches: Option<Matches>,
    parents: Vec<Parents>,
    hash: RowHash,
    /// The last row that was pulled, and that of the last batch that was sent.
    last_row: u64,
    sent_row: u64,
    /// The rows of the records that were answered for last: others may have been merged into them.
    settled: HashMap<RecordId, (String, TargetId)>,
}

impl<'l, 'm> Loader<'l, 'm> {
    pub fn new(session: &'l mut Session<'m>, part: &'l Part<'l>, queue: Arc<Queue>) -> Self {
        let parents = part.to.iter().map(|(to, _)| Parents::new(*to)).collect();
        Loader {
            session,
            part,
            queue,
            bound: None,
            matches: None,
            parents,
            hash: RowHash::default(),
            last_row: 0,
            sent_row: 0,
            settled: HashMap::new(),
        }
    }

    fn load(&mut self, rows: &mut Rows<'_>, bound: &Bound) -> Result<()> {
        if !bound.match_on.is_empty() {
            let columns: Vec<&str> = self.part.entity.match_on.iter().map(|name| &**name).collect();
            let of = (self.part.id, &self.part.shape, &columns[..]);
            let Session { store, target, first_batch, .. } = &mut *self.session;
            self.matches = Some(Matches::read(*store, *target, of, *first_batch)?);
        }
        let detail = serde_json::json!({
            "entity": self.part.label, "phase": self.part.phase, "columns": bound.names(),
        });
        self.session.event("loading", detail.to_string());
        rows.answers_each();
        let (mut batch, mut records) = (Vec::new(), Vec::new());
        loop {
            let more = self.fill(rows, &mut batch, &mut records)?;
            self.decide(&mut batch, &mut records, bound)?;
            for (id, answer) in self.deliver(&mut batch, bound)? {
                rows.answer(id, answer)?;
            }
            rows.mark_durable();
            if !more {
                return self.finish();
            }
        }
    }

    /// Takes in a batch; says whether there may be more.
    fn fill(&mut self, rows: &mut Rows<'_>, batch: &mut Vec<Row>, records: &mut Vec<Record>) -> Result<bool> {
        batch.clear();
        while batch.len() < BATCH {
            let Some(record) = rows.next()? else { return Ok(false) };
            if records.len() == batch.len() {
                records.push(Record::new(Arc::clone(record.schema())));
            }
            records[batch.len()].copy_from(record, record.schema());
            let fate = match record.key() {
                Some(_) => Fate::Open,
                None => {
                    Fate::Refused(Fault::new("has no key, by which it could be found again").rule(IDENTITY))
                }
            };
            let (id, key) = (record.id(), identity(record.id(), record.key()));
            self.last_row = id.row;
            batch.push(Row { id, key, known: None, hash: 0, inactive: false, deferred: Vec::new(), fate });
        }
        Ok(true)
    }

    /// Decides what becomes of each record of a batch.
    fn decide(&mut self, batch: &mut [Row], records: &mut [Record], bound: &Bound) -> Result<()> {
        self.recognise(batch, records, bound)?;
        self.refer(batch, records, bound)?;
        for (row, record) in batch.iter_mut().zip(&*records).filter(|(row, _)| row.is_open()) {
            self.meet(row, record, bound);
        }
        self.compare(batch, records, bound)
    }

    /// Finds out which records are known, and which of them have not changed since.
    fn recognise(&mut self, batch: &mut [Row], records: &[Record], bound: &Bound) -> Result<()> {
        let keys: Vec<&str> = batch.iter().map(|row| row.key.as_str()).collect();
        let known = self.session.store.look_up(self.part.id, &keys)?;
        let mut seen = HashMap::with_capacity(batch.len());
        for (at, entry) in known.into_iter().enumerate() {
            let (row, record) = (&mut batch[at], &records[at]);
            row.hash = self.hash.of(record, bound.mapped());
            row.inactive = self.is_inactive(record, bound);
            if !row.is_open() {
                continue;
            }
            let of_this_run = entry.as_ref().filter(|entry| entry.batch >= self.session.first_batch);
            let is_placeholder = |disposition| disposition == Disposition::Placeholder;
            let again = of_this_run
                .is_some_and(|entry| entry.row != row.id.row && !is_placeholder(entry.disposition));
            if again || seen.insert(row.key.clone(), ()).is_some() {
                row.refuse(
                    Fault::new("another record has the same key")
                        .rule(IDENTITY)
                        .column(&*self.part.entity.key),
                );
            } else if let Some(answer) = of_this_run.and_then(answered) {
                row.fate = Fate::Settled(answer);
            } else if entry.as_ref().is_some_and(|entry| {
                entry.hash == row.hash && entry.inactive == row.inactive && is_written(entry.disposition)
            }) {
                row.fate = Fate::Settled(Answer::Unchanged);
            }
            if let (Fate::Settled(_), Some(id)) =
                (&row.fate, entry.as_ref().and_then(|entry| entry.target.clone()))
            {
                self.settled.insert(row.id, (row.key.clone(), id));
            }
            row.known = entry.filter(|entry| entry.disposition != Disposition::Undone);
        }
        Ok(())
    }

    fn is_inactive(&self, record: &Record, bound: &Bound) -> bool {
        let values = self.part.entity.inactive.as_ref().zip(bound.inactive);
        values.is_some_and(|((_, values), position)| {
            let value = record.value(position).to_string();
            values.iter().any(|known| **known == *value)
        })
    }

    /// Finds the row that a record meets, if there is one.
    fn meet(&mut self, row: &mut Row, record: &Record, bound: &Bound) {
        let policy = self.part.entity.write;
        let known = row.known.as_ref().and_then(|entry| Some((entry.target.clone()?, entry.disposition)));
        let met = match known {
            Some((id, Disposition::Placeholder)) => Some((id, Meeting::Replace)),
            Some((id, Disposition::Merged)) => Some((id, Meeting::Fill)),
            Some((id, _)) => Some((id, Meeting::Policies)),
            None => self
                .matches
                .as_mut()
                .and_then(|matches| matches.take(record, &bound.match_on))
                .map(|(id, taken)| (id, if taken { Meeting::Fill } else { Meeting::Policies })),
        };
        row.fate = match (met, policy) {
            (Some((id, meeting)), _) => Fate::Meets(id, meeting),
            (None, WritePolicy::Upsert | WritePolicy::CreateOnly) => Fate::Open,
            (None, WritePolicy::UpdateOnly) => {
                Fate::Refused(Fault::new("the target has no row of it to update").rule("write"))
            }
            (None, WritePolicy::LinkOnly) => {
                Fate::Refused(Fault::new("the target does not have it").rule("write"))
            }
        };
    }

    /// Writes down what will be done, does it, and gives the answers.
    fn deliver(&mut self, batch: &mut Vec<Row>, bound: &Bound) -> Result<Vec<(RecordId, Answer)>> {
        self.take_asides()?;
        let (changes, places) = self.enter(batch, bound)?;
        let keys: Vec<String> = places.iter().map(|place| batch[*place].key.clone()).collect();
        if keys.is_empty() && self.session.page.is_empty() && self.session.tally.0.is_empty() {
            return Ok(self.answers(batch));
        }
        let is_sent = !keys.is_empty();
        let id = self.session.intend(self.part.phase, self.part.id, self.last_row, keys)?;
        if is_sent {
            let outcomes = self.session.send(&self.part.entity.table, &changes)?;
            for (place, outcome) in places.into_iter().zip(outcomes) {
                self.book(&mut batch[place], outcome, id)?;
            }
        }
        self.sent_row = self.last_row;
        self.parents.iter_mut().for_each(Parents::trim);
        Ok(self.answers(batch))
    }

    /// Books what the target said of a change.
    fn book(&mut self, row: &mut Row, outcome: Outcome, batch: u64) -> Result<()> {
        match outcome {
            Outcome::Done(id) => self.learn_id(row, id, batch),
            Outcome::Refused(fault) => row.refuse(fault),
            Outcome::Gone => row.refuse(Fault::new("its row is gone from the target").rule("write")),
            Outcome::Unknown => return Err(Error::other("a change without an answer")),
        }
        if matches!(row.fate, Fate::Refused(_)) {
            // It was counted when it was sent, and is counted again when it is set aside.
            self.session.tally.add(disposition_sent(row).name(), -1);
        }
        Ok(())
    }

    fn answers(&mut self, batch: &mut [Row]) -> Vec<(RecordId, Answer)> {
        let answer = |row: &mut Row| {
            let answer = match std::mem::replace(&mut row.fate, Fate::Open) {
                Fate::Settled(answer) => answer,
                Fate::Refused(fault) => Answer::Refused(fault),
                Fate::Stays(..) => Answer::Unchanged,
                Fate::Written(write) => match write.op {
                    crate::migration::target::Op::Create(_) => Answer::Created,
                    _ => Answer::Updated,
                },
                Fate::Open | Fate::Meets(..) => Answer::Unknown,
            };
            (row.id, answer)
        };
        batch.iter_mut().map(answer).collect()
    }

    /// Books what was set aside last, and marks the phase as done.
    fn finish(&mut self) -> Result<()> {
        self.take_asides()?;
        self.session.intend(self.part.phase, self.part.id, DONE, Vec::new()).map(drop)
    }
}

/// What was said of a record of this run that is met again, because the run goes on after it was cut short.
fn answered(entry: &crate::migration::store::Entry) -> Option<Answer> {
    match entry.disposition {
        Disposition::Created => Some(Answer::Created),
        Disposition::Updated => Some(Answer::Updated),
        Disposition::Unchanged => Some(Answer::Unchanged),
        _ => None,
    }
}

fn is_written(disposition: Disposition) -> bool {
    matches!(disposition, Disposition::Created | Disposition::Updated | Disposition::Unchanged)
}

/// How a record was counted when it was sent.
fn disposition_sent(row: &Row) -> Disposition {
    match row.known.as_ref().and_then(|known| known.target.as_ref()) {
        Some(_) => Disposition::Updated,
        None => Disposition::Created,
    }
}

impl SinkWriter for Loader<'_, '_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}[{}]", self.session.target.name(), self.part.entity.table))
    }

    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        self.bound = Some(Bound::new(self.part.entity, &self.part.to, &self.part.shape, schema)?);
        Ok(())
    }

    fn commits_midway(&self) -> bool {
        true
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        match self.bound.take() {
            Some(bound) => self.load(rows, &bound),
            None => Err(Error::bind("the sink was not bound")),
        }
    }
}
