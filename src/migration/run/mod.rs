//! A run over all entities: the same for a plan, which is tried on copies, and
//! for what is applied.

mod owners;
mod steps;

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::migration::audit::Audit;
use crate::migration::entity::Entity;
use crate::migration::handed::Standing;
use crate::migration::load::detect::{Detection, is_detected};
use crate::migration::load::doubt::{self, Known};
use crate::migration::load::relink::relink;
use crate::migration::load::water::HighWater;
use crate::migration::load::{AGAIN, DONE, Loader, Part, Queue, Session, loading};
use crate::migration::plan::Purpose;
use crate::migration::store::{Batch, EntityId, Event, Store, Tally};
use crate::migration::target::Target;
use crate::pipeline::{Cancel, Counts, Pipeline, Rejects, Report};
use crate::source::SourceReader;
use crate::source::identified::Identified;

pub use owners::AbsentOwner;
pub(crate) use steps::{Step, Steps};

/// What became of the records of an entity.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EntityReport {
    /// System and name: `crm_a/contact`.
    pub entity: String,
    /// The table.
    pub table: String,
    /// How often each thing happened, over the whole run, also where it was cut short and resumed.
    pub tally: Tally,
    /// Who is named as an owner and is not there, or is inactive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<AbsentOwner>,
    /// The newest value of the [high-water column](Entity::high_water) that was met so far: a later
    /// run begins there, once this one is finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high_water: Option<String>,
    /// What the pipeline says of the last attempt: what was read, found, changed and left out.
    #[serde(skip_deserializing)]
    pub pipeline: Option<Report>,
}

/// How fast a run may be, and how much it holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Threads that map, normalize and judge; as many as there are cores by default.
    pub threads: Option<usize>,
    /// Records that are written together.
    pub batch: usize,
}

/// How a run is done.
pub(crate) struct Conduct<'c> {
    pub entities: &'c [Entity],
    pub steps: &'c Steps,
    pub cancel: &'c Cancel,
    pub pace: Pace,
    /// Whether all records are moved, or only those to be repaired.
    pub purpose: &'c Purpose,
}

impl Conduct<'_> {
    /// Does what is left of a run, and reports on all of it.
    pub fn run(
        &self,
        store: &mut dyn Store,
        target: &mut dyn Target,
        run: u64,
        audit: Audit,
    ) -> Result<Vec<EntityReport>> {
        let ids = self.ids(store)?;
        let tables = self.tables(&ids);
        let events = store.events()?;
        let standing = Standing::read(store, &events)?;
        let mut session = Session::new(store, target, run, audit, self.pace.batch)?;
        self.settle(&mut session, &ids)?;
        let mut reports = HashMap::new();
        for (phase, step) in (0..).zip(&self.steps.steps) {
            let batches = session.store.batches(run)?;
            let of_phase = |batch: &&Batch| batch.phase == phase;
            if batches.iter().filter(of_phase).any(|batch| batch.last_row == DONE) {
                continue;
            }
            let (Step::Load(number) | Step::Relink(number, _)) = *step;
            let part = self.part(session.target, (number, phase), &ids, &tables, &standing)?;
            let own = |batch: &&Batch| batch.phase == phase && batch.entity == part.id;
            match *step {
                Step::Load(_) => {
                    let checkpoint = batches.iter().rev().find(own).map_or(0, |batch| batch.last_row);
                    let report = self.load(&mut session, &part, checkpoint)?;
                    reports.insert(number, report);
                }
                Step::Relink(_, reference) => {
                    let columns = columns_of(&session.store.events()?, &part.label);
                    relink(&mut session, &part, reference, &columns)?;
                }
            }
        }
        self.reports(session.store, run, &ids, reports)
    }

    /// Finds out what became of what a run has sent last.
    pub fn settle_run(
        &self,
        store: &mut dyn Store,
        target: &mut dyn Target,
        run: u64,
        audit: Audit,
    ) -> Result<()> {
        let ids = self.ids(store)?;
        let mut session = Session::new(store, target, run, audit, self.pace.batch)?;
        self.settle(&mut session, &ids)
    }

    /// The numbers of the entities in the store.
    pub fn ids(&self, store: &mut dyn Store) -> Result<Vec<EntityId>> {
        let id = |label: &String| {
            let (system, name) = label.split_once('/').unwrap_or(("", label));
            store.entity(system, name)
        };
        self.steps.labels.iter().map(id).collect()
    }

    /// The tables of the entities.
    pub fn tables(&self, ids: &[EntityId]) -> Vec<(EntityId, String)> {
        ids.iter().copied().zip(self.entities.iter().map(|entity| entity.table.clone())).collect()
    }

    /// An entity, as it is loaded or verified.
    pub fn part<'p>(
        &'p self,
        target: &mut dyn Target,
        (number, phase): (usize, u32),
        ids: &[EntityId],
        tables: &'p [(EntityId, String)],
        standing: &'p Standing,
    ) -> Result<Part<'p>> {
        let entity = &self.entities[number];
        let to = self.steps.to[number].iter().map(|(to, deferred)| (ids[*to], *deferred)).collect();
        let shape = target.describe(&entity.table)?;
        Ok(Part {
            entity,
            label: self.steps.labels[number].clone(),
            id: ids[number],
            to,
            phase,
            shape,
            tables,
            only: self.purpose.only(&self.steps.labels[number]),
            standing,
        })
    }

    /// Finds out what became of what was sent before the run was cut short.
    fn settle(&self, session: &mut Session<'_>, ids: &[EntityId]) -> Result<()> {
        let events = session.store.events()?;
        let mut known = |id: EntityId, session: &mut Session<'_>| {
            let number = ids.iter().position(|known| *known == id);
            let number = number
                .ok_or_else(|| Error::bind("an entity that was being loaded is not declared any more"))?;
            let entity = &self.entities[number];
            let shape = session.target.describe(&entity.table)?;
            let columns = columns_of(&events, &self.steps.labels[number]);
            Ok(Known { shape, columns, external_key: entity.external_key.clone() })
        };
        doubt::settle(session, &mut known)
    }

    fn load(&self, session: &mut Session<'_>, part: &Part<'_>, checkpoint: u64) -> Result<Report> {
        self.detect(session, part)?;
        let first = session.next_batch;
        // The row of the checkpoint may have been split, and not all of its parts sent.
        let skip = checkpoint.saturating_sub(1);
        let mut pipeline = pipeline_of(part.entity, skip)?;
        if pipeline.merges() && skip > 0 {
            pipeline = pipeline_of(part.entity, 0)?;
        }
        let queue = Arc::new(Queue::default());
        let loader = Loader::new(session, part, Arc::clone(&queue), (pipeline.merges(), skip > 0))?;
        let shortened: Pipeline<'_> = pipeline;
        let report = self.pass(shortened.observe(queue).to(loader), part)?;
        balance(session, part, first, &report.counts)?;
        Ok(report)
    }

    /// Finds the records that are rows of the target already, where a detector is to do that.
    fn detect(&self, session: &mut Session<'_>, part: &Part<'_>) -> Result<()> {
        let Some(detector) = &part.entity.match_by else { return Ok(()) };
        if is_detected(session, part)? {
            return Ok(());
        }
        let pipeline: Pipeline<'_> = pipeline_of(part.entity, 0)?;
        let detection = Detection::new(session, part, detector()?);
        self.pass(pipeline.to(detection), part).map(drop)
    }

    /// Runs a pipeline over the records of an entity.
    fn pass(&self, mut pipeline: Pipeline<'_>, part: &Part<'_>) -> Result<Report> {
        if let Some(threads) = self.pace.threads {
            pipeline = pipeline.threads(threads);
        }
        let pipeline = pipeline.rejects(Rejects::observed()).cancel(self.cancel.clone());
        pipeline.run().map_err(|failed| Error::from(failed).within(&part.label))
    }

    fn reports(
        &self,
        store: &mut dyn Store,
        run: u64,
        ids: &[EntityId],
        mut pipelines: HashMap<usize, Report>,
    ) -> Result<Vec<EntityReport>> {
        let batches = store.batches(run)?;
        let report = |(number, id): (usize, &EntityId)| {
            let mut tally = Tally::default();
            batches.iter().filter(|batch| batch.entity == *id).for_each(|batch| tally.merge(&batch.tally));
            tally.0.remove(AGAIN);
            tally.0.retain(|_, count| *count != 0);
            let owners = AbsentOwner::take(&mut tally);
            let high_water = HighWater::take(&mut tally);
            let (entity, table) = (self.steps.labels[number].clone(), self.entities[number].table.clone());
            EntityReport { entity, table, tally, owners, high_water, pipeline: pipelines.remove(&number) }
        };
        Ok(ids.iter().enumerate().map(report).collect())
    }
}

/// The pipeline of an entity, from a row of its input on.
pub(crate) fn pipeline_of(entity: &Entity, skip: u64) -> Result<Pipeline<'static>> {
    shaped(entity, Identified::new((entity.open)()?, &entity.key, skip))
}

/// The pipeline of an entity for a single record.
pub(crate) fn pipeline_of_one(entity: &Entity, key: &str) -> Result<Pipeline<'static>> {
    shaped(entity, Identified::new((entity.open)()?, &entity.key, 0).only(key))
}

fn shaped(entity: &Entity, source: Identified<Box<dyn SourceReader>>) -> Result<Pipeline<'static>> {
    let mut pipeline = Pipeline::from(source);
    if let Some(mapping) = &entity.mapping {
        pipeline = pipeline.map(mapping.clone());
    }
    match &entity.pipeline {
        Some(shape) => shape(pipeline),
        None => Ok(pipeline),
    }
}

/// Makes sure that the ledger has every record that the pipeline has.
fn balance(session: &mut Session<'_>, part: &Part<'_>, first: u64, counts: &Counts) -> Result<()> {
    const DISPOSITIONS: [&str; 10] = [
        "created",
        "updated",
        "unchanged",
        "as before",
        "passed over",
        "merged",
        "rejected",
        "filtered",
        "parked",
        AGAIN,
    ];
    let mut tally = Tally::default();
    let batches = session.store.batches(session.run)?;
    let own = |batch: &&Batch| batch.phase == part.phase && batch.entity == part.id && batch.id >= first;
    batches.iter().filter(own).for_each(|batch| tally.merge(&batch.tally));
    let booked: i64 = DISPOSITIONS.iter().map(|one| tally.of(one)).sum();
    let came_in = counts.read + counts.split;
    if i64::try_from(came_in).is_ok_and(|came_in| came_in == booked) {
        return Ok(());
    }
    let message = format!("{came_in} records came in, and {booked} are in the ledger");
    Err(Error::new(ErrorKind::Unbalanced, message).at(&part.label))
}

/// The columns that were written when an entity was loaded last.
pub(crate) fn columns_of(events: &[Event], label: &str) -> Vec<String> {
    loading(events, label, None).map(|loading| loading.columns).unwrap_or_default()
}
