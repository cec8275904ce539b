//! A batch of changes, in the transaction of a session.

use std::sync::Arc;

use ::postgres::Client;

use super::group::{Group, Verb, groups};
use super::table::Known;
use super::{create, ids, keyed};
use crate::error::{Fault, Result};
use crate::migration::target::{Change, Op, Outcome, TargetId};
use crate::postgres::failure;
use crate::record::Record;
use crate::sink::postgres::lines::Lines;
use crate::sink::postgres::target::Typed;
use crate::sink::table::Column;

/// Writes a batch, and answers in its order.
pub(super) fn write(client: &mut Client, table: &str, changes: &[Change]) -> Result<Vec<Outcome>> {
    let table = Known::of(client, table)?;
    if changes.iter().any(|change| matches!(change.op, Op::Create(Some(_)))) {
        // Whoever takes an id from the sequence meanwhile would take one of these.
        let lock = format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", table.quoted);
        client.batch_execute(&lock).map_err(|error| failure("cannot lock the table", error))?;
    }
    let mut outcomes = vec![Outcome::Unknown; changes.len()];
    for group in groups(changes) {
        let batch = Batch { table: &table, changes, outcomes: &mut outcomes };
        match group.verb {
            Verb::Create => create::write(client, batch, &group)?,
            Verb::Update | Verb::Delete => keyed::write(client, batch, &group)?,
        }
    }
    let created = changes.iter().zip(&outcomes).filter_map(|pair| match pair {
        (Change { op: Op::Create(Some(_)), .. }, Outcome::Done(TargetId::Number(id))) => Some(*id),
        _ => None,
    });
    ids::move_on(client, &table, created.max())?;
    Ok(outcomes)
}

/// A batch on its way: its changes, and what is known of each.
pub(super) struct Batch<'b> {
    pub table: &'b Known,
    pub changes: &'b [Change],
    pub outcomes: &'b mut [Outcome],
}

/// Rows of a group that can be sent.
#[derive(Default)]
pub(super) struct Rows {
    pub lines: Lines,
    /// The place of each row's change in the batch, and its id.
    pub of: Vec<(usize, TargetId)>,
}

/// The columns of a group, with the names that statements have for them.
pub(super) struct Columns<'t> {
    pub id: &'t Column<Typed>,
    pub filled: Vec<&'t Column<Typed>>,
}

impl<'t> Columns<'t> {
    pub fn of(table: &'t Known, group: &Group<'_>) -> Result<Self> {
        let filled = match group.verb {
            Verb::Delete => Vec::new(),
            Verb::Create | Verb::Update => table.filled(group.schema)?,
        };
        Ok(Columns { id: table.id(), filled })
    }

    /// All, the id first.
    pub fn iter(&self) -> impl Iterator<Item = &'t Column<Typed>> {
        std::iter::once(self.id).chain(self.filled.iter().copied())
    }

    /// Appends the values of a record behind what stands in a line already.
    pub fn encode(&self, record: &Record, line: &mut Vec<u8>) -> Result<(), Fault> {
        for (position, column) in self.filled.iter().enumerate() {
            line.push(b'\t');
            let encoded = column.of.fit.encode(record.value(position), line);
            encoded.map_err(|fault| fault.column(Arc::clone(record.schema().name(position))))?;
        }
        Ok(())
    }
}
