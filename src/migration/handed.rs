//! Rows that change hands, as they stand in the journal, and whose they are by that.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::migration::row::{from_json, to_json};
use crate::migration::runs::runs;
use crate::migration::store::{Event, JournalLine, Store};
use crate::migration::target::TargetId;
use crate::record::Value;

/// A row that goes from one owner to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handed {
    pub table: Arc<str>,
    /// The column that holds the owner.
    pub owner: Arc<str>,
    pub id: TargetId,
    pub from: TargetId,
    pub to: TargetId,
}

impl Handed {
    /// The line of the journal by which it is taken back.
    pub fn line(&self, batch: u64, line: u32) -> JournalLine {
        let json = |owner: &TargetId| Some(to_json([(&*self.owner, owner.value())].into_iter()));
        JournalLine {
            batch,
            line,
            table: Arc::clone(&self.table),
            target: self.id.clone(),
            before: json(&self.from),
            after: json(&self.to),
            record: None,
        }
    }

    /// Whether another row is of the same table, and of the same column of owners.
    pub fn is_beside(&self, other: &Handed) -> bool {
        (&self.table, &self.owner) == (&other.table, &other.owner)
    }

    /// What a line of the journal of a transfer says.
    pub fn of(line: JournalLine) -> Result<Self> {
        let (before, after) = (one_column(line.before.as_deref()), one_column(line.after.as_deref()));
        match (before, after) {
            (Some((owner, from)), Some((same, to))) if owner == same => {
                Ok(Handed { table: line.table, owner: owner.into(), id: line.target, from, to })
            }
            _ => Err(Error::format("a line of the journal is not readable")),
        }
    }
}

/// The column of an object that has just one, and the owner in it.
fn one_column(json: Option<&str>) -> Option<(String, TargetId)> {
    match <[_; 1]>::try_from(from_json(json?)?).ok()? {
        [(column, Some(owner))] => Some((column, TargetId::parse(&owner))),
        _ => None,
    }
}

/// The rows that a transfer was to hand over, in their order.
pub(crate) fn rows_of(store: &mut dyn Store, run: u64) -> Result<Vec<Handed>> {
    let mut rows = Vec::new();
    for batch in store.batches(run)? {
        for line in store.journal(batch.id)? {
            rows.push(Handed::of(line)?);
        }
    }
    Ok(rows)
}

/// The rows of a table that were handed over, by their ids.
pub(crate) type Owners = HashMap<TargetId, Given>;

/// Whose a row is by the transfers that handed it over.
pub(crate) struct Given {
    /// From whom the first of them took it.
    from: TargetId,
    pub to: TargetId,
}

impl Given {
    /// Whether a value is the owner from whom the row was taken.
    pub fn is_from(&self, value: Value<'_>) -> bool {
        !value.is_blank() && TargetId::parse(&value.to_string()) == self.from
    }
}

/// What transfers have given that were not taken back, unless a later run gave the
/// row to somebody else, as the source said.
#[derive(Default)]
pub(crate) struct Standing(BTreeMap<Arc<str>, BTreeMap<Arc<str>, Owners>>);

impl Standing {
    pub fn read(store: &mut dyn Store, events: &[Event]) -> Result<Self> {
        let mut standing = Standing::default();
        for run in runs(events).into_iter().filter(|run| run.undone_by.is_none()) {
            if run.kind == "transfer" {
                rows_of(store, run.run)?.into_iter().for_each(|row| standing.give(row));
            } else if !standing.0.is_empty() {
                for batch in store.batches(run.run)? {
                    store.journal(batch.id)?.iter().for_each(|line| standing.overwrite(line));
                }
            }
        }
        Ok(standing)
    }

    /// The rows of a table that were handed over by what stands in a column.
    pub fn owners(&self, table: &str, column: &str) -> Option<&Owners> {
        self.0.get(table)?.get(column)
    }

    fn give(&mut self, row: Handed) {
        let Handed { table, owner, id, from, to } = row;
        let owners = self.0.entry(table).or_default().entry(owner).or_default();
        owners.entry(id).and_modify(|given| given.to = to.clone()).or_insert(Given { from, to });
    }

    fn overwrite(&mut self, line: &JournalLine) {
        let Some(columns) = self.0.get_mut(&line.table) else { return };
        for (column, value) in line.after.as_deref().and_then(from_json).unwrap_or_default() {
            let Some(owners) = columns.get_mut(&*column) else { continue };
            let value = value.as_deref().map(TargetId::parse);
            if owners.get(&line.target).is_some_and(|given| value.as_ref() != Some(&given.to)) {
                owners.remove(&line.target);
            }
        }
    }
}
