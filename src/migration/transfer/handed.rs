//! A row that changes hands, as it stands in the journal.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::migration::row::{from_json, to_json};
use crate::migration::store::JournalLine;
use crate::migration::target::TargetId;

/// A row that goes from one owner to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handed {
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
