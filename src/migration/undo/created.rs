//! Rows that were made: deleted again.

use std::collections::{BTreeMap, HashMap};
use std::thread;

use super::{CHANGED, Left, Undo, Written};
use crate::error::{Error, ErrorKind, Result};
use crate::migration::row::{RowHash, canonical};
use crate::migration::store::{Batch, Disposition, EntityId, Entry, Page, Store};
use crate::migration::target::{Change, Op, Outcome, TableShape, Target, TargetId};
use crate::record::{Record, Value};
use crate::schema::{Kind, Schema};

/// How many rows are deleted together.
const ROWS: usize = 16 << 10;

type Line = (String, Entry);

impl Undo<'_> {
    /// Deletes the rows that a phase made of an entity, and lets the ledger
    /// know of all records that went through it.
    pub(super) fn created(&mut self, entity: EntityId, phase: &[Batch]) -> Result<()> {
        let own = phase.iter().filter(|batch| batch.entity == entity).map(|batch| batch.id);
        let (first, last) = (own.clone().min().unwrap_or(u64::MAX), own.max().unwrap_or(0));
        let mut ledger = Ledger { entity, first, last, after: String::new() };
        let mut lines = ledger.next(self.store)?;
        if lines.is_empty() {
            return Ok(());
        }
        let written = self.written.get(&entity);
        let written = written.ok_or_else(|| Error::bind("an entity of the run is not declared any more"))?;
        let shape = self.target.describe(&written.table)?;
        let mut rows = Rows::new(written, &shape, self.options.overrule);
        let mut page = Page::default();
        while !lines.is_empty() {
            // What was deleted before is written down, and what comes next is read, while rows are deleted.
            let (store, target) = (&mut *self.store, &mut *self.target);
            let (deleted, next) = thread::scope(|scope| {
                let rest = scope.spawn(|| {
                    store.write(&page)?;
                    ledger.next(store)
                });
                (rows.delete(target, &lines), rest.join())
            });
            let next = next.map_err(|_| Error::new(ErrorKind::Panic, "the store panicked"))??;
            let deleted = deleted?;
            page.clear();
            for (at, (key, entry)) in lines.into_iter().enumerate() {
                if !deleted.left.contains_key(&at) {
                    page.entries.push((entity, key, undone(entry, self.report.run)));
                }
            }
            self.report.deleted += deleted.count;
            self.report.left.extend(deleted.left.into_values());
            lines = next;
        }
        self.store.write(&page)
    }
}

/// The lines of an entity's ledger that belong to some batches, in the order of their keys.
struct Ledger {
    entity: EntityId,
    first: u64,
    last: u64,
    after: String,
}

impl Ledger {
    fn next(&mut self, store: &mut dyn Store) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        store.scan_after(self.entity, &self.after, &mut |key, entry| {
            if (self.first..=self.last).contains(&entry.batch) && entry.disposition != Disposition::Undone {
                lines.push((key.to_owned(), entry));
            }
            Ok(lines.len() < ROWS)
        })?;
        if let Some((key, _)) = lines.last() {
            self.after.clone_from(key);
        }
        Ok(lines)
    }
}

/// The rows of a table, and how they were left.
struct Rows<'r> {
    shape: &'r TableShape,
    /// The columns that were written, in the order of their hash, and the others.
    written: Vec<(usize, Kind)>,
    others: Vec<usize>,
    /// Whether rows are deleted that somebody has changed since.
    overrule: bool,
    hash: RowHash,
}

/// What became of the rows of some lines: how many are gone, and which are left, by the number of the line.
struct Deleted {
    count: u64,
    left: BTreeMap<usize, Left>,
}

impl<'r> Rows<'r> {
    fn new(written: &Written, shape: &'r TableShape, overrule: bool) -> Self {
        let place = |name: &String| shape.columns.iter().position(|column| *column.name == **name);
        let places: Vec<usize> = written.columns.iter().filter_map(place).collect();
        let others = (0..shape.columns.len()).filter(|place| !places.contains(place)).collect();
        let written = places.into_iter().map(|place| (place, shape.columns[place].kind)).collect();
        Rows { shape, written, others, overrule, hash: RowHash::default() }
    }

    /// Deletes the rows that are there and that nobody has changed.
    fn delete(&mut self, target: &mut dyn Target, lines: &[Line]) -> Result<Deleted> {
        let table = &*self.shape.table;
        let left = |id: &TargetId, why: String| Left { table: table.to_owned(), id: id.to_string(), why };
        let mut deleted = Deleted { count: 0, left: BTreeMap::new() };
        let mut changes = Vec::new();
        let nothing = Schema::new([])?;
        for (at, is_untouched) in self.look_at(target, lines)? {
            let Some(id) = &lines[at].1.target else { continue };
            if is_untouched || self.overrule {
                let record = Record::new(nothing.clone());
                changes.push(Change { token: at as u64, op: Op::Delete(id.clone()), record });
            } else {
                deleted.left.insert(at, left(id, CHANGED.to_owned()));
            }
        }
        let outcomes = if changes.is_empty() { Vec::new() } else { target.write(table, &changes)? };
        for (token, outcome) in outcomes {
            let at = usize::try_from(token).ok().filter(|at| *at < lines.len());
            let at = at.ok_or_else(|| Error::other("an answer for a row that was not sent").at(table))?;
            match (outcome, &lines[at].1.target) {
                (Outcome::Done(_) | Outcome::Gone, _) => deleted.count += 1,
                (Outcome::Refused(fault), Some(id)) => {
                    deleted.left.insert(at, left(id, fault.to_string()));
                }
                _ => return Err(Error::other("no answer: take the run back again").at(table)),
            }
        }
        Ok(deleted)
    }

    /// The lines whose rows are there, each with whether its row is as it was left.
    fn look_at(&mut self, target: &mut dyn Target, lines: &[Line]) -> Result<Vec<(usize, bool)>> {
        let made = || lines.iter().enumerate().filter(|(_, (_, entry))| is_made(entry));
        let ids = || made().filter_map(|(at, (_, entry))| Some((entry.target.as_ref()?, at)));
        let places: HashMap<&TargetId, usize> = ids().collect();
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let shape = self.shape;
        let ids: Vec<Value<'_>> = ids().map(|(id, _)| id.value()).collect();
        let names: Vec<&str> = shape.columns.iter().map(|column| &*column.name).collect();
        let mut there = Vec::with_capacity(ids.len());
        target.find(&shape.table, &names, &shape.id, &ids, &mut |row| {
            if let Some(at) = places.get(&TargetId::parse(row.key().unwrap_or_default())) {
                there.push((*at, self.is_untouched(row, &lines[*at].1)));
            }
            Ok(())
        })?;
        there.sort_unstable();
        Ok(there)
    }

    /// Whether a row is as it was left: the columns that were written have the
    /// same hash, and the others what the target puts there of itself.
    fn is_untouched(&mut self, row: &Record, entry: &Entry) -> bool {
        if entry.disposition == Disposition::Placeholder {
            return true;
        }
        let is_default = |place: &usize| {
            let column = &self.shape.columns[*place];
            let default =
                || canonical(column.default.as_deref().map_or(Value::Null, Value::Text), column.kind);
            column.computed
                || column.own_default
                || column.name == self.shape.id
                || canonical(row.value(*place), column.kind) == default()
        };
        self.hash.of(row, self.written.iter().copied()) == entry.written && self.others.iter().all(is_default)
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
