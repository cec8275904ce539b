//! The whole story of one record: where it was read, which rules changed it,
//! what it was merged into, where it was written, who owns it, by which
//! run, and when it was verified.
//!
//! What happened on the way is found out by sending the record, and no
//! other, through the pipeline again; what was done is in the ledger, the journal and the audit log.

mod reread;
mod story;

use std::collections::BTreeSet;

use super::approval::approvals;
use super::builder::Migration;
use super::crosswalk::{follow, known_entity};
use super::entity::Entity;
use super::row::from_json;
use super::run::Steps;
use super::runs::runs;
use super::store::{Disposition, EntityId, Entry, Event, JournalLine, Store};
use super::target::{Target, TargetId};
use crate::error::{Error, Result};
use crate::protect::masked;
use crate::record::{Record, Value};

pub use story::{Owner, RowChange, Story, StoryField, StoryRun};

/// How a story is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceOptions {
    /// Whether personal values are shown, which are masked by default.
    pub shows_personal: bool,
}

impl TraceOptions {
    /// Personal values are shown.
    #[must_use]
    pub fn show_personal(mut self) -> Self {
        self.shows_personal = true;
        self
    }
}

impl Migration {
    /// Tells the whole story of one record, by the key that it has in its system.
    ///
    /// ```no_run
    /// # fn story(mut migration: handover::migration::Migration) -> Result<(), handover::Error> {
    /// println!("{}", migration.trace("crm_a", "contact", "4711", Default::default())?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the store knows no such entity, or no such record of it; and where the source or the target cannot be read.
    pub fn trace(&mut self, system: &str, entity: &str, key: &str, options: TraceOptions) -> Result<Story> {
        let label = format!("{system}/{entity}");
        let steps = self.steps()?;
        let id = known_entity(&mut *self.store, &label)?;
        let number = steps.labels.iter().position(|known| *known == label);
        let number =
            number.ok_or_else(|| Error::bind(format!("entity `{label}` is not declared any more")))?;
        let Some(entry) = self.store.look_up(id, &[key])?.pop().flatten() else {
            return Err(unknown(&mut *self.store, (id, &label), key)?);
        };
        let (entity, show) = (&self.entities[number], Show { all: options.shows_personal });
        let mut story = Story {
            key: key.to_owned(),
            disposition: entry.disposition.name().to_owned(),
            table: entity.table.clone(),
            ..Story::default()
        };
        reread::reread(entity, key, show, &mut story)?;
        let events = self.events()?;
        let Migration { store, target, entities, .. } = self;
        let mut tale = Tale { store: &mut **store, target: &mut **target, entities, steps: &steps, show };
        tale.written(id, number, entry, &events, &mut story)?;
        story.entity = label;
        Ok(story)
    }
}

/// What is shown of values.
#[derive(Debug, Clone, Copy)]
struct Show {
    all: bool,
}

impl Show {
    /// A column and its value.
    fn field(self, entity: &Entity, column: &str, value: &str) -> StoryField {
        let is_personal = entity.personal.iter().any(|known| **known == *column);
        let value = if is_personal && !self.all { masked(value) } else { value.to_owned() };
        StoryField { column: column.to_owned(), value }
    }

    fn record(self, entity: &Entity, record: &Record) -> Vec<StoryField> {
        let fields = record.schema().names().zip(record.values());
        fields.map(|(name, value)| self.field(entity, name, &value.to_string())).collect()
    }

    fn json(self, entity: &Entity, json: Option<&str>) -> Vec<StoryField> {
        let pairs = json.and_then(from_json).unwrap_or_default();
        pairs
            .iter()
            .map(|(name, value)| self.field(entity, name, value.as_deref().unwrap_or_default()))
            .collect()
    }
}

/// What tells what became of a record.
struct Tale<'t> {
    store: &'t mut dyn Store,
    target: &'t mut dyn Target,
    entities: &'t [Entity],
    steps: &'t Steps,
    show: Show,
}

impl Tale<'_> {
    fn written(
        &mut self,
        id: EntityId,
        number: usize,
        entry: Entry,
        events: &[Event],
        story: &mut Story,
    ) -> Result<()> {
        let entity = &self.entities[number];
        if entry.disposition != Disposition::Merged {
            story.reasons = entry.note.as_deref().map(str::to_owned);
        }
        let mut batches = BTreeSet::from([entry.batch]);
        let (into, last) = follow(self.store, id, entry)?;
        story.merged_into = into;
        if let Some(target) = last.target.filter(|_| last.disposition.has_row()) {
            story.target = Some(target.to_string());
            let lines = self.store.journal_of(&entity.table, &target)?;
            batches.extend(lines.iter().map(|line| line.batch));
            batches.extend(lines.iter().filter_map(|line| Some(line.record.as_ref()?.2.as_ref()?.batch)));
            let row = self.row(&entity.table, &target)?;
            if let Some(row) = &row {
                story.owner = self.owner(number, row)?;
            }
            story.row = row.map(|row| self.show.record(entity, &row));
            self.changes(entity, &lines, events, story)?;
        }
        self.runs(&batches, events, story)
    }

    /// A row as it is now.
    fn row(&mut self, table: &str, id: &TargetId) -> Result<Option<Record>> {
        let shape = self.target.describe(table)?;
        let columns: Vec<&str> = shape.columns.iter().map(|column| &*column.name).collect();
        let mut found = None;
        self.target.find(table, &columns, &shape.id, &[id.value()], &mut |row| {
            found = Some(row.clone());
            Ok(())
        })?;
        Ok(found)
    }

    fn owner(&mut self, number: usize, row: &Record) -> Result<Option<Owner>> {
        let entity = &self.entities[number];
        let Some(column) = &entity.owner else { return Ok(None) };
        let reference = entity.references.iter().position(|reference| reference.column == *column);
        let (Some(reference), Ok(value)) = (reference, row.get(column)) else { return Ok(None) };
        let Some(id) = TargetId::of(value) else { return Ok(None) };
        let user = &self.entities[self.steps.to[number][reference].0];
        let found = self.row(&user.table, &id)?;
        let row = found.map(|row| self.show.record(user, &row)).unwrap_or_default();
        Ok(Some(Owner { column: column.clone(), table: user.table.clone(), id: id.to_string(), row }))
    }

    fn changes(
        &mut self,
        entity: &Entity,
        lines: &[JournalLine],
        events: &[Event],
        story: &mut Story,
    ) -> Result<()> {
        let run_of = self.run_of(&lines.iter().map(|line| line.batch).collect(), events)?;
        for line in lines.iter().filter(|line| line.after.as_deref() != Some("{}")) {
            let record = line.record.as_ref().map(|(_, key, _)| key.clone());
            story.changes.push(RowChange {
                run: run_of.iter().find(|(batch, _)| *batch == line.batch).map_or(0, |(_, run)| *run),
                record: record.filter(|key| *key != story.key),
                before: self.show.json(entity, line.before.as_deref()),
                after: self.show.json(entity, line.after.as_deref()),
            });
        }
        Ok(())
    }

    /// The runs of batches.
    fn run_of(&mut self, batches: &BTreeSet<u64>, events: &[Event]) -> Result<Vec<(u64, u64)>> {
        let mut found = Vec::new();
        for run in runs(events) {
            let own = self.store.batches(run.run)?.into_iter().filter(|batch| batches.contains(&batch.id));
            found.extend(own.map(|batch| (batch.id, run.run)));
        }
        Ok(found)
    }

    fn runs(&mut self, batches: &BTreeSet<u64>, events: &[Event], story: &mut Story) -> Result<()> {
        let of_batches: BTreeSet<u64> =
            self.run_of(batches, events)?.into_iter().map(|(_, run)| run).collect();
        let mut last = 0;
        for state in runs(events).into_iter().filter(|state| of_batches.contains(&state.run)) {
            let is_meant = |event: &&Event| event.run == Some(state.run);
            let Some(began) = events.iter().find(is_meant) else { continue };
            let concerns =
                |event: &&Event| is_meant(event) || event.run.is_some() && event.run == state.undone_by;
            last = last.max(events.iter().rev().find(concerns).map_or(0, |event| event.number));
            story.runs.push(StoryRun {
                run: state.run,
                kind: state.kind,
                at: began.at.clone(),
                who: began.who.clone(),
                approvals: state.plan.as_deref().map(|plan| approvals(events, plan)).unwrap_or_default(),
                plan: state.plan,
                undone_by: state.undone_by,
            });
        }
        let verified = events.iter().rev().find(|event| event.what == "verified" && event.number > last);
        story.verified = verified.map(|event| event.at.clone());
        Ok(())
    }
}

/// What is said of a key that the ledger does not know.
fn unknown(store: &mut dyn Store, (entity, label): (EntityId, &str), key: &str) -> Result<Error> {
    let mut near = Vec::new();
    store.scan_after(entity, key, &mut |known, _| {
        near.push(known.to_owned());
        Ok(near.len() < 3)
    })?;
    let near = match near.is_empty() {
        true => String::new(),
        false => format!("; behind it come {}", near.join(", ")),
    };
    Ok(Error::bind(format!("the ledger knows no {label} of the key `{key}`{near}")))
}

/// A value as text, apart from what is empty.
fn text(value: Value<'_>) -> Option<String> {
    (!value.is_blank()).then(|| value.to_string())
}
