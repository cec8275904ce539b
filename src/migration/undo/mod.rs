//! Taking a run back, newest first.

mod changed;
mod created;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::audit::Audit;
use super::builder::Migration;
use super::plan::Purpose;
use super::run::{Conduct, columns_of};
use super::runs::{next_run, runs};
use super::store::{Batch, EntityId, Event, Page, Store};
use super::target::{Target, TargetId};
use crate::error::{Error, Result};

/// How a run is taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndoOptions {
    /// Whether rows are taken back that somebody has changed since: what they
    /// wrote is lost. By default such rows are reported and left alone.
    pub overrule: bool,
}

impl UndoOptions {
    /// Rows that somebody has changed since are taken back, too.
    #[must_use]
    pub fn overrule(mut self) -> Self {
        self.overrule = true;
        self
    }
}

/// What taking a run back did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UndoReport {
    /// The number of this run.
    pub run: u64,
    /// The run that was taken back.
    pub of: u64,
    /// Rows that were made and are deleted.
    pub deleted: u64,
    /// Changes of rows that are as they were before.
    pub restored: u64,
    /// Rows that are left as they are, and why.
    pub left: Vec<Left>,
}

/// A row that is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Left {
    /// The table.
    pub table: String,
    /// The row's id.
    pub id: String,
    /// Why.
    pub why: String,
}

impl Migration {
    /// Takes a run back: the rows that it made are deleted, those that it changed are
    /// as they were, and the ledger knows of it. A run that was cut short
    /// can be taken back as well. Doing it again goes on with what is left.
    ///
    /// # Errors
    ///
    /// Where there is no such run, where it was taken back already, and where a later one must be first.
    pub fn undo(&mut self, run: u64, options: UndoOptions) -> Result<UndoReport> {
        let events = self.events()?;
        may_be_undone(&events, run)?;
        let steps = self.steps()?;
        self.knows_all_of(run, &steps.labels)?;
        let number = next_run(&events);
        let plan = runs(&events).into_iter().find(|known| known.run == run).and_then(|known| known.plan);
        let detail = serde_json::json!({ "kind": "undo", "of": run }).to_string();
        let mut audit =
            Audit::after(&mut *self.store, &self.who, &self.clock)?.about(plan.as_deref(), Some(number));
        self.store.write(&Page { events: vec![audit.event("undo began", detail)], ..Page::default() })?;
        let conduct = Conduct {
            entities: &self.entities,
            steps: &steps,
            cancel: &self.cancel,
            pace: self.pace,
            purpose: &Purpose::Move,
        };
        conduct.settle_run(&mut *self.store, &mut *self.target, run, audit)?;
        let tables = conduct.ids(&mut *self.store)?.into_iter().zip(&self.entities).zip(&steps.labels);
        let tables = tables.map(|((id, entity), label)| {
            (id, Written { table: entity.table.clone(), columns: columns_of(&events, label) })
        });
        let mut undo = Undo {
            store: &mut *self.store,
            target: &mut *self.target,
            written: tables.collect(),
            options,
            report: UndoReport { run: number, of: run, ..UndoReport::default() },
        };
        undo.run()?;
        let report = undo.report;
        let mut detail = serde_json::json!(report);
        detail["left"] = serde_json::json!(report.left.len());
        audit = Audit::after(&mut *self.store, &self.who, &self.clock)?.about(plan.as_deref(), Some(number));
        let what = if report.left.is_empty() { "run ended" } else { "undo left rows" };
        self.store.write(&Page { events: vec![audit.event(what, detail.to_string())], ..Page::default() })?;
        Ok(report)
    }

    /// Refuses, before anything is done, to take back what another migration wrote into the same store.
    fn knows_all_of(&mut self, run: u64, labels: &[String]) -> Result<()> {
        let written: BTreeSet<EntityId> = self.store.batches(run)?.iter().map(|batch| batch.entity).collect();
        let all = self.store.entities()?.into_iter();
        let own =
            all.filter(|(.., id)| written.contains(id)).map(|(system, name, _)| format!("{system}/{name}"));
        match own.into_iter().find(|label| !labels.contains(label)) {
            None => Ok(()),
            Some(label) => Err(Error::bind(format!("run {run} wrote `{label}`, which is not declared here"))),
        }
    }
}

/// Refuses to take back what is not there, or what is not the last.
fn may_be_undone(events: &[Event], run: u64) -> Result<()> {
    let runs = runs(events);
    let at = runs.iter().position(|known| known.run == run);
    let Some(at) = at else { return Err(Error::bind(format!("there is no run {run} to be taken back"))) };
    if let Some(by) = runs[at].undone_by {
        return Err(Error::bind(format!("run {run} was taken back already, by run {by}")));
    }
    match runs[at + 1..].iter().find(|later| later.undone_by.is_none()) {
        None => Ok(()),
        Some(later) => {
            let message = format!("run {} was made after run {run}: take it back first", later.run);
            Err(Error::bind(message))
        }
    }
}

/// The table of an entity, and the columns that were written there.
struct Written {
    table: String,
    columns: Vec<String>,
}

/// A run that is taken back.
struct Undo<'u> {
    store: &'u mut dyn Store,
    target: &'u mut dyn Target,
    written: BTreeMap<EntityId, Written>,
    options: UndoOptions,
    report: UndoReport,
}

impl Undo<'_> {
    fn run(&mut self) -> Result<()> {
        let batches = self.store.batches(self.report.of)?;
        for phase in batches.chunk_by(|one, other| one.phase == other.phase).rev() {
            for batch in phase.iter().rev() {
                self.changed(batch)?;
            }
            let mut entities: Vec<EntityId> = phase.iter().map(|batch| batch.entity).collect();
            entities.sort_unstable();
            entities.dedup();
            // What was loaded comes before what stands for others in its wake.
            entities
                .sort_by_key(|entity| phase.iter().rev().position(|batch: &Batch| batch.entity == *entity));
            for entity in entities {
                self.created(entity, phase)?;
            }
        }
        Ok(())
    }

    fn leave(&mut self, table: &str, id: &TargetId, why: impl Into<String>) {
        self.report.left.push(Left { table: table.to_owned(), id: id.to_string(), why: why.into() });
    }
}

/// Why a row is left alone.
pub(crate) const CHANGED: &str = "somebody has changed it since";
pub(crate) const GONE: &str = "it is gone from the target";
