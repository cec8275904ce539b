//! Rows that were made: deleted again.

use std::collections::HashMap;

use super::{CHANGED, Undo};
use crate::error::{Error, Result};
use crate::migration::row::{RowHash, canonical};
use crate::migration::store::{Batch, Disposition, EntityId, Entry, Page};
use crate::migration::target::{Change, Op, Outcome, TableShape, TargetId, fetch};
use crate::record::{Record, Value};
use crate::schema::{Kind, Schema};

/// How many rows are deleted together.
const ROWS: usize = 10_000;

type Line = (String, Entry);

impl Undo<'_> {
    /// Deletes the rows that a phase made of an entity, and lets the ledger
    /// know of all records that went through it.
    pub(super) fn created(&mut self, entity: EntityId, phase: &[Batch]) -> Result<()> {
        let own = phase.iter().filter(|batch| batch.entity == entity).map(|batch| batch.id);
        let (first, last) = (own.clone().min().unwrap_or(u64::MAX), own.max().unwrap_or(0));
        let mut after = String::new();
        loop {
            let lines = self.lines(entity, (first, last), &mut after)?;
            if lines.is_empty() {
                return Ok(());
            }
            self.delete(entity, lines)?;
        }
    }

    /// The next lines of the ledger that belong to batches, after a key.
    fn lines(
        &mut self,
        entity: EntityId,
        (first, last): (u64, u64),
        after: &mut String,
    ) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        self.store.scan_after(entity, after, &mut |key, entry| {
            if (first..=last).contains(&entry.batch) && entry.disposition != Disposition::Undone {
                lines.push((key.to_owned(), entry));
            }
            Ok(lines.len() < ROWS)
        })?;
        if let Some((key, _)) = lines.last() {
            after.clone_from(key);
        }
        Ok(lines)
    }

    fn delete(&mut self, entity: EntityId, lines: Vec<Line>) -> Result<()> {
        let table = self.written.get(&entity).map(|written| written.table.clone());
        let table = table.ok_or_else(|| Error::bind("an entity of the run is not declared any more"))?;
        let shape = self.target.describe(&table)?;
        let rows = self.rows(&lines, &shape)?;
        let (mut changes, mut page) = (Vec::new(), Page::default());
        let mut hash = RowHash::default();
        let nothing = Schema::new([])?;
        for (at, (key, entry)) in lines.iter().enumerate() {
            if let Some(id) = entry.target.as_ref().filter(|_| is_made(entry))
                && let Some(row) = rows.get(id)
            {
                if !self.options.overrule && !self.is_untouched(entity, row, entry, &shape, &mut hash) {
                    self.leave(&table, id, CHANGED);
                    continue;
                }
                let record = Record::new(nothing.clone());
                changes.push(Change { token: at as u64, op: Op::Delete(id.clone()), record });
            }
            page.entries.push((entity, key.clone(), undone(entry.clone(), self.report.run)));
        }
        let outcomes = if changes.is_empty() { Vec::new() } else { self.target.write(&table, &changes)? };
        for (token, outcome) in outcomes {
            let line = usize::try_from(token).ok().and_then(|at| lines.get(at));
            let (key, entry) =
                line.ok_or_else(|| Error::other("an answer for a row that was not sent").at(&table))?;
            match (outcome, &entry.target) {
                (Outcome::Done(_) | Outcome::Gone, _) => self.report.deleted += 1,
                (Outcome::Refused(fault), Some(id)) => {
                    page.entries.retain(|(_, known, _)| known != key);
                    self.leave(&table, id, fault.to_string());
                }
                _ => return Err(Error::other("no answer: take the run back again").at(&table)),
            }
        }
        self.store.write(&page)
    }

    fn rows(&mut self, lines: &[Line], shape: &TableShape) -> Result<HashMap<TargetId, Record>> {
        let names: Vec<&str> = shape.columns.iter().map(|column| &*column.name).collect();
        let made = lines.iter().filter(|(_, entry)| is_made(entry));
        fetch(self.target, shape, &names, made.filter_map(|(_, entry)| entry.target.as_ref()))
    }

    /// Whether a row is as it was left: the columns that were written have the
    /// same hash, and the others what the target puts there of itself.
    fn is_untouched(
        &self,
        entity: EntityId,
        row: &Record,
        entry: &Entry,
        shape: &TableShape,
        hash: &mut RowHash,
    ) -> bool {
        if entry.disposition == Disposition::Placeholder {
            return true;
        }
        let Some(written) = self.written.get(&entity) else { return false };
        let place = |name: &str| shape.columns.iter().position(|column| *column.name == *name);
        let kind = |place: usize| shape.columns.get(place).map_or(Kind::Any, |column| column.kind);
        let places: Vec<usize> = written.columns.iter().filter_map(|name| place(name)).collect();
        let same = hash.of(row, places.iter().map(|place| (*place, kind(*place)))) == entry.written;
        let others = shape.columns.iter().enumerate().filter(|(place, _)| !places.contains(place));
        let is_default = |(place, column): (usize, &crate::migration::target::TargetColumn)| {
            let default = column.default.as_deref().map_or(Value::Null, Value::Text);
            let there = row.value(place);
            column.computed
                || column.own_default
                || column.name == shape.id
                || canonical(there, column.kind) == canonical(default, column.kind)
        };
        same && others.into_iter().all(is_default)
    }
}

fn is_made(entry: &Entry) -> bool {
    matches!(entry.disposition, Disposition::Created | Disposition::Placeholder)
}

/// The line of a record that has been taken back by a run.
pub(super) fn undone(entry: Entry, run: u64) -> Entry {
    let note = entry.target.as_ref().map(|id| format!("row {id}, taken back by run {run}").into());
    Entry { disposition: Disposition::Undone, target: None, note, ..entry }
}
