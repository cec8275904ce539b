//! Making a plan, by doing it on copies.

use std::collections::{BTreeMap, HashSet};

use super::{EntityPlan, Plan, inputs, mapping_digest, snapshots};
use crate::error::{Error, ErrorKind, Result, Severity};
use crate::figures::many;
use crate::migration::audit::{Audit, moment};
use crate::migration::next_run;
use crate::migration::run::{Conduct, EntityReport};
use crate::migration::store::{Disposition, EntityId, Entry, JournalLine, Page, Store};
use crate::migration::target::{Target, TargetId};
use crate::pipeline::Clock;

/// What a plan is made of.
pub(crate) struct Making<'m> {
    pub name: &'m str,
    pub version: &'m str,
    pub conduct: Conduct<'m>,
    pub clock: &'m Clock,
}

/// How many rows are written down at once that a plan would touch.
const TOUCHED: usize = 10_000;

/// Tries a run on copies, and writes down in the store what it would touch.
pub(crate) fn make(
    making: &Making<'_>,
    store: &mut dyn Store,
    target: &mut dyn Target,
    who: &str,
) -> Result<Plan> {
    let Making { name, version, conduct, clock } = making;
    let folder =
        tempfile::tempdir().map_err(|error| Error::io("cannot make a folder for a rehearsal", error))?;
    let mut tables: Vec<&str> = conduct.entities.iter().map(|entity| entity.table.as_str()).collect();
    tables.sort_unstable();
    tables.dedup();
    let inputs = inputs(conduct.entities, &conduct.steps.labels)?;
    let snapshots = snapshots(conduct.entities, target)?;
    let began = clock.now();
    // Where space is short, it is there, and not where the originals are.
    let there = |error: Error| match error.kind() {
        ErrorKind::Io => error.at(format_args!("rehearsal in {}", folder.path().display())),
        _ => error,
    };
    let mut copy = target.rehearsal(&tables, folder.path()).map_err(there)?;
    let mut books = store.rehearsal(folder.path()).map_err(there)?;
    let run = next_run(&books.events()?);
    let audit = Audit::after(&mut *books, who, clock)?.about(None, Some(run));
    let reports = conduct.run(&mut *books, &mut *copy, run, audit).map_err(there)?;
    let milliseconds = u64::try_from((clock.now().saturating_sub(began)).as_millis()).unwrap_or(u64::MAX);
    let entities: Vec<EntityPlan> = reports.iter().map(entity_plan).collect();
    let mut plan = Plan {
        migration: (*name).to_owned(),
        made: moment(clock),
        purpose: conduct.purpose.clone(),
        inputs,
        mapping: mapping_digest(conduct.entities, &conduct.steps.labels, version),
        target: snapshots,
        touched: 0,
        risks: risks(&entities),
        entities,
        milliseconds,
        hash: String::new(),
    };
    let ids = conduct.ids(&mut *books)?;
    let made = made(&mut *books, store, &conduct.tables(&ids))?;
    plan.touched = touched(&mut *books, run, &made, &mut |_, _| Ok(()))?;
    plan.hash = plan.expected_hash()?;
    keep(&plan, store, (who, clock), &mut |each| touched(&mut *books, run, &made, each).map(drop))?;
    Ok(plan)
}

/// Takes a row that a plan would change: its table and its id.
type Touch<'t> = dyn FnMut(&str, TargetId) -> Result<()> + 't;

/// Writes a plan down: the rows that are there and would be changed, and then the plan itself.
pub(crate) fn keep(
    plan: &Plan,
    store: &mut dyn Store,
    (who, clock): (&str, &Clock),
    rows: &mut dyn FnMut(&mut Touch<'_>) -> Result<()>,
) -> Result<()> {
    let mut page = Page::default();
    rows(&mut |table, id| {
        page.touched.push((plan.hash.clone(), table.into(), id));
        if page.touched.len() == TOUCHED {
            store.write(&page)?;
            page.clear();
        }
        Ok(())
    })?;
    let detail =
        serde_json::to_string(plan).map_err(|error| Error::other("cannot write a plan").caused_by(error))?;
    let mut audit = Audit::after(store, who, clock)?.about(Some(&plan.hash), None);
    page.events.push(audit.event("plan made", detail));
    store.write(&page)
}

/// Rows and their tables.
type Rows = HashSet<(String, TargetId)>;

/// The rows that were made in the rehearsal, of tables that several entities go into: a record
/// of another one may have changed them.
fn made(books: &mut dyn Store, store: &mut dyn Store, tables: &[(EntityId, String)]) -> Result<Rows> {
    let mut made = HashSet::new();
    let several = |table: &str| tables.iter().filter(|(_, known)| known == table).count() > 1;
    for (entity, table) in tables.iter().filter(|(_, table)| several(table)) {
        let row = |entry: Entry| {
            let is_made = matches!(entry.disposition, Disposition::Created | Disposition::Placeholder);
            Some((table.clone(), entry.target.filter(|_| is_made)?))
        };
        books.scan(*entity, &mut |_, entry| {
            made.extend(row(entry));
            Ok(())
        })?;
        store.scan(*entity, &mut |_, entry| {
            row(entry).map(|before| made.remove(&before));
            Ok(())
        })?;
    }
    Ok(made)
}

/// Gives the rows that were there and were changed in a run, and says how many changes there were.
fn touched(books: &mut dyn Store, run: u64, made: &Rows, each: &mut Touch<'_>) -> Result<u64> {
    let batches = books.batches(run)?;
    let first = batches.first().map_or(u64::MAX, |batch| batch.id);
    let mut count = 0;
    for batch in batches {
        for line in books.journal(batch.id)? {
            let changes = line.before.as_deref().is_some_and(|before| before != "{}");
            let row = (line.table.to_string(), line.target.clone());
            if changes && !was_made_since(&line, first) && !made.contains(&row) {
                count += 1;
                each(&line.table, line.target)?;
            }
        }
    }
    Ok(count)
}

/// Whether a row was made by the run that changed it: there is nothing to back up.
fn was_made_since(line: &JournalLine, first: u64) -> bool {
    let previous = line.record.as_ref().and_then(|(.., entry)| entry.as_ref());
    previous.is_some_and(|entry| {
        entry.batch >= first && matches!(entry.disposition, Disposition::Created | Disposition::Placeholder)
    })
}

fn entity_plan(report: &EntityReport) -> EntityPlan {
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    let mut read = 0;
    if let Some(pipeline) = &report.pipeline {
        read = pipeline.counts.read + pipeline.counts.split;
        for tally in pipeline.findings.iter().filter(|tally| tally.severity == Severity::Error) {
            let reason = [tally.column.as_str(), tally.rule.as_str()].join(": ");
            *reasons.entry(reason.trim_matches([':', ' ']).to_owned()).or_default() += tally.count;
        }
        for (reason, count) in &pipeline.filtered {
            *reasons.entry(reason.clone()).or_default() += count;
        }
    }
    let (entity, table, tally) = (report.entity.clone(), report.table.clone(), report.tally.clone());
    let owners = report.owners.clone();
    EntityPlan { entity, table, read, tally, reasons: reasons.into_iter().collect(), owners }
}

/// What a person should think about.
fn risks(entities: &[EntityPlan]) -> Vec<String> {
    let mut risks = Vec::new();
    for EntityPlan { entity, read, tally, .. } in entities {
        let aside = tally.of("rejected") + tally.of("parked");
        if aside > 0 && aside * 20 > i64::try_from(*read).unwrap_or(i64::MAX) {
            risks.push(format!(
                "{entity}: {aside} of {read} records would be set aside, more than one in twenty"
            ));
        }
        let many = |what, noun| many(tally.of(what).unsigned_abs(), noun);
        for what in tally.0.keys() {
            let points = match what.split_once(": ") {
                Some((column, "orphan")) => Some((column, "nothing")),
                Some((column, "inactive")) => Some((column, "somebody inactive")),
                _ => None,
            };
            risks.extend(
                points.map(|(column, to)| {
                    format!("{entity}: {} in `{column}` to {to}", many(what, "reference"))
                }),
            );
        }
        if tally.of("doubtful") > 0 {
            let records = many("doubtful", "record");
            risks.push(format!(
                "{entity}: {records} that may be in the target already, and would not be joined to it"
            ));
        }
        if tally.of("updated") > 0 {
            risks.push(format!("{entity}: {} of the target would be changed", many("updated", "row")));
        }
    }
    risks
}
