//! Loading the records of one entity: a sink that looks before it writes.
//!
//! Records are taken a batch at a time. Of each batch it is found out which
//! records are known, what they refer to and which rows they meet; then it is
//! written down what will be done; then it is done; and with the next page it
//! is confirmed. A run that ends in between leaves one batch in doubt, and
//! what that means is found out in [`doubt`].

pub(crate) mod asides;
pub(crate) mod bound;
mod changes;
pub(crate) mod detect;
pub(crate) mod doubt;
mod intake;
mod ledger;
mod matches;
pub(crate) mod merge;
pub(crate) mod parents;
mod placeholder;
mod recognise;
pub(crate) mod refer;
pub(crate) mod relink;
mod row;
mod seen;
mod session;
mod twice;
pub(crate) mod water;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::error::{Error, Fault, Result};
use crate::migration::entity::{Entity, WritePolicy};
use crate::migration::handed::Standing;
use crate::migration::row::RowHash;
use crate::migration::store::{Disposition, EntityId, Entry, Event};
use crate::migration::target::{Change, Outcome, TableShape, TargetId};
use crate::record::{Record, RecordId};
use crate::schema::Schema;
use crate::sink::{Answer, Rows, SinkWriter};
use asides::Ended;
use bound::Bound;
use doubt::Counted;
use intake::{Intake, Taken};
use matches::Matches;
use merge::Meeting;
use parents::Parents;
use row::{Fate, Row};
use session::Begins;
use twice::Twice;
use water::HighWater;

pub(crate) use asides::Queue;
pub(crate) use session::{AGAIN, DONE, Sending, Session};

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
    /// The keys of the records that are sent again, where the others are as they were before.
    pub only: Option<BTreeSet<&'e str>>,
    /// What transfers have given.
    pub standing: &'e Standing,
}

impl Part<'_> {
    /// What finds the rows that each reference points to.
    pub fn parents(&self) -> Vec<Parents> {
        let references = self.to.iter().zip(&self.entity.references);
        references.map(|((to, _), reference)| Parents::new(*to, reference)).collect()
    }

    /// Whether a record is sent again, whatever the ledger says of it.
    pub fn repairs(&self, key: &str) -> bool {
        self.only.as_ref().is_some_and(|only| only.contains(key))
    }
}

/// A sink for the records of an entity.
pub(crate) struct Loader<'l, 'm> {
    session: &'l mut Session<'m>,
    part: &'l Part<'l>,
    queue: Arc<Queue>,
    bound: Option<Bound>,
    matches: Option<Matches>,
    parents: Vec<Parents>,
    /// What an attempt that was cut short has counted.
    counted: Counted,
    hash: RowHash,
    /// The last row of the last batch that was written down.
    sent_row: u64,
    /// What is sent of a batch, and the places of its records there.
    changes: Vec<Change>,
    places: Vec<usize>,
    /// Records that are used again, and what a batch was in.
    spare: Vec<Record>,
    emptied: Vec<Row>,
    /// Keys of several records, once it is known that there may be some.
    twice: Option<Twice>,
    /// Whether the run has loaded records of it before.
    goes_on: bool,
    /// Records that are to be entered without a row, and those that are on their way to that.
    ended: Vec<Ended>,
    refused: HashSet<RecordId>,
    /// The rows of records into which others may have been merged.
    settled: Option<HashMap<RecordId, Settled>>,
    /// Those of them that have been answered for.
    answered: Vec<RecordId>,
    /// A batch that is written down and not sent.
    flight: Option<Flight>,
    /// What is to be said of records.
    answers: Vec<(RecordId, Answer)>,
    /// The id of the first row of the input, where ids are numbers that the target lets us choose.
    base: Option<i64>,
}

/// The row of a record that others may have been merged into.
struct Settled {
    key: String,
    id: TargetId,
}

/// A batch that is written down.
#[derive(Default)]
struct Flight {
    number: u64,
    batch: Vec<Row>,
    changes: Vec<Change>,
    /// The places of the changes in the batch.
    places: Vec<usize>,
    /// What the target said, where it had to be sent before the next one was written down.
    landed: Option<Vec<Outcome>>,
}

impl Flight {
    /// What is to be sent of it.
    fn sending<'s>(&'s self, table: &'s str) -> Option<Sending<'s>> {
        let Flight { number, changes, .. } = self;
        (!changes.is_empty() && self.landed.is_none()).then_some(Sending { batch: *number, table, changes })
    }
}

/// What the audit log says of a load that began.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Loading {
    pub entity: String,
    pub phase: u32,
    /// The columns that are written.
    pub columns: Vec<String>,
    /// The id of the first row of the input.
    pub base: Option<i64>,
}

/// The last load of an entity in the audit log, in a run or in any.
pub(crate) fn loading(events: &[Event], label: &str, run: Option<u64>) -> Option<Loading> {
    let of_run = |event: &&Event| event.what == "loading" && (run.is_none() || event.run == run);
    let last = |event: &Event| {
        serde_json::from_str(&event.detail).ok().filter(|loading: &Loading| loading.entity == label)
    };
    events.iter().rev().filter(of_run).find_map(last)
}

impl<'l, 'm> Loader<'l, 'm> {
    /// `merges` says whether records are merged into others, `goes_on` whether some have been read before.
    pub fn new(
        session: &'l mut Session<'m>,
        part: &'l Part<'l>,
        queue: Arc<Queue>,
        (merges, goes_on): (bool, bool),
    ) -> Result<Self> {
        let parents = part.parents();
        let counted = Counted::read(session, part)?;
        let twice = merges.then(|| Twice::read(part.entity, merges)).transpose()?;
        Ok(Loader {
            session,
            part,
            queue,
            bound: None,
            matches: None,
            parents,
            counted,
            hash: RowHash::default(),
            sent_row: 0,
            changes: Vec::new(),
            places: Vec::new(),
            spare: Vec::new(),
            emptied: Vec::new(),
            twice,
            goes_on,
            ended: Vec::new(),
            refused: HashSet::new(),
            settled: merges.then(HashMap::new),
            answered: Vec::new(),
            flight: None,
            answers: Vec::new(),
            base: None,
        })
    }

    fn load(&mut self, rows: &mut Rows<'_>, bound: &Bound) -> Result<()> {
        if self.part.entity.match_by.is_some() {
            self.matches = Some(Matches::detected(self.session, self.part)?);
        } else if !bound.match_on.is_empty() {
            self.matches = Some(Matches::by_values(self.session, self.part)?);
        }
        let mut intake = self.begin(bound)?;
        rows.answers_each();
        let mut taken = intake.fill(rows, Taken::default())?;
        loop {
            let ended = self.gather(&mut intake);
            self.look_up(&mut taken)?;
            self.tell_apart(&mut taken, &ended)?;
            self.decide(&mut taken, bound)?;
            while let Some(rest) = taken.split_off_shared() {
                self.compare(&mut taken, bound)?;
                self.deliver(taken, bound, |_| Ok(Taken::default()))?;
                self.answer(rows)?;
                taken = rest;
                self.gather(&mut intake);
            }
            self.compare(&mut taken, bound)?;
            let more = taken.more;
            taken = self.deliver(taken, bound, |used| match more {
                true => intake.fill(rows, used),
                false => Ok(Taken::default()),
            })?;
            if !more {
                self.land()?;
            }
            self.answer(rows)?;
            rows.mark_durable();
            if !more {
                self.gather(&mut intake);
                return self.finish();
            }
        }
    }

    /// Tells the pipeline what became of the records of which it is known.
    fn answer(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        for (id, answer) in self.answers.drain(..) {
            if matches!(answer, Answer::Refused(_)) {
                self.refused.insert(id);
            }
            rows.answer(id, answer)?;
            self.answered.extend(self.settled.as_ref().map(|_| id));
        }
        Ok(())
    }

    /// Finds out where the ids begin, and whether the ledger knows any record, and writes down
    /// what is loaded. A run that goes on gives its rows the ids that it would have given them.
    fn begin<'i>(&mut self, bound: &'i Bound) -> Result<Intake<'i>>
    where
        'l: 'i,
    {
        let (label, phase, columns) = (&self.part.label, self.part.phase, bound.names());
        let events = self.session.store.events()?;
        let position = bound.high_water.filter(|_| self.part.only.is_none());
        let high_water = position.map(|position| HighWater::new(position, &events, label));
        let began = loading(&events, label, Some(self.session.run));
        let began = began.filter(|began| began.phase == phase).and_then(|began| began.base);
        self.base = match began {
            Some(base) => Some(base),
            None => match self.session.reserve(&self.part.entity.table, 1)?.pop().flatten() {
                Some(TargetId::Number(base)) => Some(base),
                _ => None,
            },
        };
        let detail = Loading {
            entity: label.clone(),
            phase,
            columns: columns.into_iter().map(str::to_owned).collect(),
            base: self.base,
        };
        self.session.event("loading", serde_json::json!(detail).to_string());
        let mut is_new = true;
        self.session.store.scan_after(self.part.id, "", &mut |_, _| {
            is_new = false;
            Ok(false)
        })?;
        let is_new = is_new && self.part.only.is_none();
        Ok(Intake::new(self.part.entity, bound, (self.session.batch, is_new, self.goes_on), high_water))
    }

    /// Decides what becomes of each record of a batch.
    fn decide(&mut self, taken: &mut Taken, bound: &Bound) -> Result<()> {
        let Taken { batch, records, .. } = taken;
        self.recognise(batch);
        self.refer(batch, records, bound)?;
        for (row, record) in batch.iter_mut().zip(&*records).filter(|(row, _)| row.is_open()) {
            self.meet(row, record, bound);
        }
        Ok(())
    }

    /// Leaves rows that were handed over with their new owners, unless the record has changed and
    /// names somebody else than the one from whom they were taken.
    fn keep_handed(&self, batch: &mut [Row], records: &mut [Record], bound: &Bound) {
        for (position, owners) in bound.handed(&self.part.entity.table, self.part.standing) {
            for (row, record) in batch.iter_mut().zip(&mut *records) {
                let Fate::Meets(id, _) = &row.fate else { continue };
                let Some(given) = owners.get(id) else { continue };
                let is_as_before = row.known.as_deref().is_some_and(|known| known.hash == row.hash);
                if is_as_before || given.is_from(record.value(position)) {
                    record.set_value(position, given.to.value());
                    row.nobody.retain(|nobody| *nobody != position);
                }
            }
        }
    }

    /// Finds the row that a record meets, if there is one.
    fn meet(&mut self, row: &mut Row, record: &Record, bound: &Bound) {
        let policy = self.part.entity.write;
        let known = row.known.as_ref().and_then(|entry| Some((entry.target.clone()?, &**entry)));
        let met = match known {
            Some((id, entry)) => Some((id, self.meeting(&row.key, entry))),
            None => self
                .matches
                .as_mut()
                .and_then(|matches| matches.take(&row.key, record, &bound.match_on))
                .map(|(id, taken)| (id, if taken { Meeting::Fill } else { Meeting::Policies })),
        };
        row.shares = matches!(met, Some((_, Meeting::Fill)));
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

    /// How a record meets the row that it has.
    fn meeting(&self, key: &str, known: &Entry) -> Meeting {
        match known.disposition {
            Disposition::Placeholder => Meeting::Replace,
            // The row was made of the record, and is to be what it was made.
            Disposition::Created if self.part.repairs(key) => Meeting::Replace,
            _ if known.shares_row() => Meeting::Fill,
            _ => Meeting::Policies,
        }
    }

    /// Writes down what will be done with a batch, while the one before is sent and the next one is taken in.
    fn deliver(
        &mut self,
        mut taken: Taken,
        bound: &Bound,
        next: impl FnOnce(Taken) -> Result<Taken>,
    ) -> Result<Taken> {
        self.take_asides()?;
        self.enter(&mut taken.batch, bound);
        if let Some(reached) = &taken.reached {
            self.session.tally.add(reached, 1);
        }
        let (last_row, is_sent) = (taken.last_row, !self.changes.is_empty());
        let batch = std::mem::replace(&mut taken.batch, std::mem::take(&mut self.emptied));
        let begins = Begins { phase: self.part.phase, entity: self.part.id, last_row, is_sent };
        let mut flight = self.flight.take().unwrap_or_default();
        let sending = flight.sending(&self.part.entity.table);
        let (number, outcomes, next) = self.session.exchange(&begins, sending, || next(taken))?;
        let landed = flight.landed.take();
        self.session.confirm(landed.as_ref().map(|_| flight.number));
        self.book_all(&mut flight, landed.unwrap_or(outcomes))?;
        self.sent_row = last_row;
        self.parents.iter_mut().for_each(Parents::trim);
        (flight.number, self.emptied) = (number, std::mem::replace(&mut flight.batch, batch));
        std::mem::swap(&mut flight.changes, &mut self.changes);
        std::mem::swap(&mut flight.places, &mut self.places);
        match is_sent {
            true => self.flight = Some(flight),
            false => self.book_all(&mut flight, Vec::new())?,
        }
        Ok(next)
    }

    /// Sends the batch that is written down, if there is one, because what comes next depends on it. It is
    /// booked and confirmed as if it had been sent beside the next page: what it sets aside stands on the one after.
    fn land_ahead(&mut self) -> Result<()> {
        let Some(flight) = &mut self.flight else { return Ok(()) };
        if let Some(sending) = flight.sending(&self.part.entity.table) {
            flight.landed = Some(self.session.send_ahead(&sending)?);
        }
        Ok(())
    }

    /// Sends the last batch.
    fn land(&mut self) -> Result<()> {
        let Some(mut flight) = self.flight.take() else { return Ok(()) };
        let Some(sending) = flight.sending(&self.part.entity.table) else { return Ok(()) };
        let outcomes = self.session.send(sending)?;
        self.book_all(&mut flight, outcomes)
    }

    /// Books what became of a batch, which is empty then.
    fn book_all(&mut self, flight: &mut Flight, outcomes: Vec<Outcome>) -> Result<()> {
        for (place, outcome) in flight.places.drain(..).zip(outcomes) {
            self.book(&mut flight.batch[place], outcome, flight.number)?;
        }
        self.spare.extend(flight.changes.drain(..).map(|change| change.record));
        self.spare.truncate(self.session.batch);
        self.answers.extend(flight.batch.drain(..).map(|mut row| (row.id, row.answer())));
        Ok(())
    }

    /// Books what the target said of a change.
    fn book(&mut self, row: &mut Row, outcome: Outcome, batch: u64) -> Result<()> {
        let fault = match outcome {
            Outcome::Done(id) => {
                self.learn_id(row, id, batch);
                return Ok(());
            }
            Outcome::Refused(fault) => fault,
            Outcome::Gone => Fault::new(GONE).rule("write"),
            Outcome::Unknown => return Err(Error::other("a change without an answer")),
        };
        // It was counted when it was sent, and is counted again when it is set aside.
        if let Some(disposition) = row.disposition() {
            self.session.tally.add(disposition.name(), -1);
        }
        row.refuse(fault);
        Ok(())
    }

    /// Books what was set aside last, and marks the phase as done.
    fn finish(&mut self) -> Result<()> {
        self.take_asides()?;
        self.session.intend(self.part.phase, self.part.id, DONE, false).map(drop)
    }
}

/// Why a record is set aside whose row somebody has deleted.
const GONE: &str = "its row is gone from the target";

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
