//! Handing over: written into the journal as a whole, then done batch by batch.
//!
//! Before the first row is changed the journal has all of them, and a batch after
//! the last that says so. A run that was cut short before that begins again; one that was cut short
//! later goes on by the journal, and finds out from each row's owner whether it is
//! done. So it makes no difference how often it is repeated.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::Transfer;
use super::plan::digest_of;
use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::migration::approval;
use crate::migration::backup::{Backup, back_up};
use crate::migration::handed::Handed;
use crate::migration::load::{DONE, Sending, Session};
use crate::migration::plan::Plan;
use crate::migration::row::same;
use crate::migration::runs::{RunState, backups_of, next_run, runs, unfinished};
use crate::migration::store::{Batch, EntityId, Event, Page, Store, Tally};
use crate::migration::target::{Change, Op, Outcome, TargetId, fetch};
use crate::migration::undo::{CHANGED, GONE, Left};
use crate::pipeline::Cancel;
use crate::record::Record;
use crate::schema::{Field, Schema};

/// How many rows are changed together at most.
const ROWS: usize = 10_000;
/// The entity of the batches: rows are handed over, whatever they were made of.
const NO_ENTITY: EntityId = 0;

/// What a transfer did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TransferReport {
    /// The run's number.
    pub run: u64,
    /// The plan.
    pub plan: String,
    /// When it took effect, as RFC 3339 in UTC.
    pub effective: Option<String>,
    /// Who received how many rows, over the whole run, also where it was cut short.
    pub handed: Vec<HandedOver>,
    /// Rows that are left as they are, and why.
    pub left: Vec<Left>,
    /// Where the rows are, as they were before.
    pub backups: Vec<Backup>,
}

/// How many rows of a table somebody received: `contacts: 12 to 3`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HandedOver {
    /// The table.
    pub table: String,
    /// Who received them.
    pub receiver: String,
    /// How many.
    pub rows: u64,
}

impl fmt::Display for HandedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} to {}", self.table, self.rows, self.receiver)
    }
}

/// What is known when a transfer begins, or goes on.
struct Start {
    run: u64,
    /// How it is told in the audit log.
    told: (&'static str, serde_json::Value),
    backups: Vec<Backup>,
    /// The rows, where the journal does not have all of them.
    rows: Option<Vec<Handed>>,
}

impl Migration {
    /// Hands over what was planned. A transfer that was cut short goes on when this is called again with
    /// its plan; [`undo`](Self::undo) takes it back.
    ///
    /// # Errors
    ///
    /// Where approvals are missing, before it takes effect, where it is declared otherwise than in the
    /// plan, where the rows or the receivers are not those of the plan any more, where
    /// another run is not finished, and where something fails.
    pub fn transfer(&mut self, transfer: &Transfer, plan: &str) -> Result<TransferReport> {
        let events = self.events()?;
        let plan = self.known_plan(plan)?;
        let Some(planned) = plan.transfer() else {
            return Err(Error::bind(format!("plan {} is not of a transfer: apply it", plan.short_hash())));
        };
        if plan.mapping != transfer.digest() {
            return Err(changed("the transfer has", &plan));
        }
        approval::check(&*self.approval, &plan, &events)?;
        transfer.check_due(&self.clock)?;
        let is_open = |run: &RunState| !run.ended && run.plan.as_ref() == Some(&plan.hash);
        let Start { run, told: (what, detail), backups, rows } = match runs(&events).into_iter().find(is_open)
        {
            Some(open) => self.go_on(transfer, &plan, open.run, &events)?,
            None => self.begin(transfer, &plan, &events)?,
        };
        let audit = self.log(&plan, run, what, detail.to_string())?;
        let together = self.pace.batch.min(ROWS);
        if let Some(rows) = rows {
            note(&mut *self.store, run, &rows, together)?;
        }
        let mut session = Session::new(&mut *self.store, &mut *self.target, run, audit, together)?;
        let (handed, left) = hand_over(&mut session, &self.cancel)?;
        let effective = planned.effective.clone();
        let report = TransferReport { run, plan: plan.hash.clone(), effective, handed, left, backups };
        let mut detail = serde_json::json!(report);
        detail["left"] = serde_json::json!(report.left.len());
        self.log(&plan, run, "run ended", detail.to_string())?;
        Ok(report)
    }

    fn begin(&mut self, transfer: &Transfer, plan: &Plan, events: &[Event]) -> Result<Start> {
        unfinished(events)?;
        let rows = self.as_planned(transfer, plan, events)?;
        let run = next_run(events);
        let name = format!("run-{run}-{}", plan.short_hash());
        let folders = (&self.backups[..], name.as_str());
        let backups = back_up(&mut *self.store, &mut *self.target, &plan.hash, folders, self.key.as_ref())?;
        let (from, effective) = (&transfer.from, transfer.effective_text()?);
        let detail = serde_json::json!({
            "kind": "transfer", "from": from, "effective": effective, "backups": backups,
        });
        Ok(Start { run, told: ("run began", detail), backups, rows: Some(rows) })
    }

    fn go_on(&mut self, transfer: &Transfer, plan: &Plan, run: u64, events: &[Event]) -> Result<Start> {
        transfer.known_users()?.check(transfer, &mut *self.target)?;
        let is_noted = self.store.batches(run)?.iter().any(|batch| batch.last_row == DONE);
        let rows = if is_noted { None } else { Some(self.as_planned(transfer, plan, events)?) };
        let told = ("run resumed", serde_json::json!({}));
        Ok(Start { run, told, backups: backups_of(events, run), rows })
    }

    /// The rows that change hands, which must be those of the plan.
    fn as_planned(&mut self, transfer: &Transfer, plan: &Plan, events: &[Event]) -> Result<Vec<Handed>> {
        let handed = self.find_handed(transfer, events)?.handed;
        match plan.transfer().is_some_and(|planned| planned.rows == digest_of(&handed)) {
            true => Ok(handed),
            false => Err(changed("what is to be handed over has", plan)),
        }
    }
}

fn changed(what: &str, plan: &Plan) -> Error {
    Error::bind(format!("{what} changed since plan {}: make a new plan", plan.short_hash()))
}

/// Writes all rows into the journal, in place of what an attempt before wrote that did not come to
/// the end of them. No batch is in doubt: what became of it is read from its rows.
fn note(store: &mut dyn Store, run: u64, rows: &[Handed], most: usize) -> Result<()> {
    let mut page = Page::default();
    page.withdrawn.extend(store.batches(run)?.iter().map(|batch| batch.id));
    let (mut id, mut phase) = (store.last_batch()? + 1, 0);
    let batch = |id, phase, last_row| Batch {
        id,
        run,
        phase,
        entity: NO_ENTITY,
        last_row,
        confirmed: true,
        tally: Tally::default(),
    };
    for of_table in rows.chunk_by(Handed::is_beside) {
        for together in of_table.chunks(most) {
            page.batch = Some(batch(id, phase, 0));
            page.journal.extend((0..).zip(together).map(|(line, row)| row.line(id, line)));
            store.write(&page)?;
            page.clear();
            id += 1;
        }
        phase += 1;
    }
    page.batch = Some(batch(id, phase, DONE));
    store.write(&page)
}

/// Changes the owners of all rows in the journal that have their old ones.
fn hand_over(session: &mut Session<'_>, cancel: &Cancel) -> Result<(Vec<HandedOver>, Vec<Left>)> {
    let (mut counts, mut left) = (BTreeMap::new(), Vec::new());
    for batch in session.store.batches(session.run)? {
        cancel.check()?;
        let lines = session.store.journal(batch.id)?;
        let rows: Vec<Handed> = lines.into_iter().map(Handed::of).collect::<Result<_>>()?;
        for row in send(session, batch.id, &rows, &mut left)? {
            *counts.entry((batch.phase, row.table.clone(), row.to.clone())).or_default() += 1;
        }
    }
    let handed = counts.into_iter().map(|((_, table, receiver), rows)| HandedOver {
        table: table.to_string(),
        receiver: receiver.to_string(),
        rows,
    });
    Ok((handed.collect(), left))
}

/// Sends rows of one table, and gives those that have their new owner now.
fn send<'r>(
    session: &mut Session<'_>,
    batch: u64,
    rows: &'r [Handed],
    left: &mut Vec<Left>,
) -> Result<Vec<&'r Handed>> {
    let Some(Handed { table, owner, .. }) = rows.first() else { return Ok(Vec::new()) };
    let shape = session.target.describe(table)?;
    let kind = shape.column(owner)?.kind;
    let there = fetch(session.target, &shape, &[owner], rows.iter().map(|row| &row.id))?;
    let schema = Schema::new([Field::new(Arc::clone(owner), kind)])?;
    let mut leave = |row: &Handed, why: String| {
        left.push(Left { table: table.to_string(), id: row.id.to_string(), why });
    };
    let (mut done, mut sent, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let is =
            |owner: &TargetId| there.get(&row.id).is_some_and(|now| same(now.value(0), owner.value(), kind));
        if is(&row.to) {
            done.push(row);
        } else if is(&row.from) {
            let mut record = Record::new(Arc::clone(&schema));
            record.set_value(0, row.to.value());
            changes.push(Change { token: sent.len() as u64, op: Op::Update(row.id.clone()), record });
            sent.push(row);
        } else {
            leave(row, if there.contains_key(&row.id) { CHANGED } else { GONE }.to_owned());
        }
    }
    let outcomes = if changes.is_empty() {
        Vec::new()
    } else {
        session.send(Sending { batch, table, changes: &changes })?
    };
    for (row, outcome) in sent.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Done(_) => done.push(row),
            Outcome::Refused(fault) => leave(row, fault.to_string()),
            Outcome::Gone | Outcome::Unknown => leave(row, GONE.to_owned()),
        }
    }
    Ok(done)
}
