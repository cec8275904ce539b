//! Rows that were there: put back as they were.

use std::collections::HashMap;
use std::sync::Arc;

use super::{CHANGED, GONE, Undo};
use crate::error::{Error, Result};
use crate::migration::row::{canonical, from_json};
use crate::migration::store::{Batch, Disposition, Entry, JournalLine, Page};
use crate::migration::target::{Change, Op, Outcome, TableShape, TargetId, fetch};
use crate::record::{Record, Value};
use crate::schema::{Field, Schema};

type Columns = Vec<(String, Option<String>)>;

impl Undo<'_> {
    /// Takes back the changes of a batch, the last first.
    pub(super) fn changed(&mut self, batch: &Batch) -> Result<()> {
        let mut lines = self.store.journal(batch.id)?;
        lines.reverse();
        while !lines.is_empty() {
            let mut seen = HashMap::new();
            let together = lines
                .iter()
                .take_while(|line| line.table == lines[0].table && seen.insert(&line.target, ()).is_none())
                .count();
            let rest = lines.split_off(together);
            self.restore(&lines)?;
            lines = rest;
        }
        Ok(())
    }

    /// Restores rows of one table, none of which is there twice.
    fn restore(&mut self, lines: &[JournalLine]) -> Result<()> {
        let Some(table) = lines.first().map(|line| Arc::clone(&line.table)) else { return Ok(()) };
        let shape = self.target.describe(&table)?;
        let rows = self.rows_of(lines, &shape)?;
        let (mut changes, mut page) = (Vec::new(), Page::default());
        for (at, line) in lines.iter().enumerate() {
            let (before, after) = (columns(line.before.as_deref())?, columns(line.after.as_deref())?);
            let current = rows.get(&line.target);
            let is = |columns: &Columns| current.is_some_and(|row| holds(row, columns, &shape));
            let to_write = !before.is_empty() && !is(&before);
            if to_write && current.is_none() {
                self.leave(&table, &line.target, GONE);
            } else if to_write && !is(&after) && !self.options.overrule {
                self.leave(&table, &line.target, CHANGED);
                continue;
            } else if to_write {
                let record = record_of(&before, &shape)?;
                changes.push(Change { token: at as u64, op: Op::Update(line.target.clone()), record });
            }
            page.entries.extend(self.ledger_before(line)?);
        }
        let outcomes = if changes.is_empty() { Vec::new() } else { self.target.write(&table, &changes)? };
        for (token, outcome) in outcomes {
            let line = usize::try_from(token).ok().and_then(|at| lines.get(at));
            let line =
                line.ok_or_else(|| Error::other("an answer for a row that was not sent").at(&table))?;
            match outcome {
                Outcome::Done(_) => self.report.restored += 1,
                Outcome::Refused(fault) => {
                    page.entries.retain(|(entity, key, _)| !line.is_of(*entity, key));
                    self.leave(&table, &line.target, fault.to_string());
                }
                Outcome::Gone => self.leave(&table, &line.target, GONE),
                Outcome::Unknown => return Err(Error::other("no answer: take the run back again").at(&table)),
            }
        }
        self.store.write(&page)
    }

    fn rows_of(&mut self, lines: &[JournalLine], shape: &TableShape) -> Result<HashMap<TargetId, Record>> {
        let names: Vec<&str> = shape.columns.iter().map(|column| &*column.name).collect();
        let writes = lines.iter().filter(|line| line.before.as_deref().is_some_and(|before| before != "{}"));
        fetch(self.target, shape, &names, writes.map(|line| &line.target))
    }

    /// The line of the ledger as it was before.
    fn ledger_before(&mut self, line: &JournalLine) -> Result<Option<(u32, String, Entry)>> {
        let Some((entity, key, previous)) = line.record.clone() else { return Ok(None) };
        if let Some(previous) = previous {
            return Ok(Some((entity, key, previous)));
        }
        let now = self.store.look_up(entity, &[&key])?.pop().flatten();
        // An undo that was cut short may have done it already.
        let now = now.filter(|entry| entry.disposition != Disposition::Undone);
        Ok(now.map(|entry| (entity, key, super::created::undone(entry, self.report.run))))
    }
}

impl JournalLine {
    fn is_of(&self, entity: u32, key: &str) -> bool {
        self.record.as_ref().is_some_and(|(of, known, _)| *of == entity && known == key)
    }
}

fn columns(json: Option<&str>) -> Result<Columns> {
    let broken = || Error::format("a line of the journal is not readable");
    json.map_or(Ok(Vec::new()), |json| from_json(json).ok_or_else(broken))
}

/// Whether a row has these values.
fn holds(row: &Record, columns: &Columns, shape: &TableShape) -> bool {
    columns.iter().all(|(name, value)| {
        let (Ok(column), Ok(there)) = (shape.column(name), row.get(name)) else { return false };
        let value = value.as_deref().map_or(Value::Null, Value::Text);
        canonical(value, column.kind) == canonical(there, column.kind)
    })
}

fn record_of(columns: &Columns, shape: &TableShape) -> Result<Record> {
    let mut fields = Vec::new();
    for (name, _) in columns {
        fields.push(Field::new(name.as_str(), shape.column(name)?.kind));
    }
    let mut record = Record::new(Schema::new(fields)?);
    for (position, (_, value)) in columns.iter().enumerate() {
        record.set_value(position, value.as_deref().map_or(Value::Null, Value::Text));
    }
    Ok(record)
}
