//! Rows that stand for records which others refer to and nobody has read.

use std::sync::Arc;

use super::session::{Sending, Session};
use crate::error::{Error, Result};
use crate::migration::entity::{Orphans, Reference};
use crate::migration::row::RowHash;
use crate::migration::store::{Disposition, EntityId, Entry};
use crate::migration::target::{Change, Op, Outcome, TargetId};
use crate::record::{Record, Value};
use crate::schema::{Field, Schema};

/// Whom rows stand for.
pub(super) struct Missing<'k> {
    pub entity: EntityId,
    /// What refers to them, and says which values the rows have; a `{key}` in one stands for the key.
    pub reference: &'k Reference,
    pub keys: Vec<String>,
}

impl Session<'_> {
    /// Makes rows for keys of an entity, and says which. The batch is confirmed with the next page.
    pub(super) fn stand_for(
        &mut self,
        missing: Missing<'_>,
        tables: &[(EntityId, String)],
        (phase, last_row): (u32, u64),
    ) -> Result<Vec<(String, TargetId)>> {
        let Missing { entity, reference, keys } = missing;
        let Orphans::Placeholder(values) = &reference.orphans else { return Ok(Vec::new()) };
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let name = &reference.to;
        let Some((_, table)) = tables.iter().find(|(known, _)| *known == entity) else {
            return Err(Error::bind(format!("no table is known for `{name}`")));
        };
        let shape = self.target.describe(table)?;
        let columns = values.iter().map(|(column, _)| shape.column(column)).collect::<Result<Vec<_>>>()?;
        let fields = columns.iter().map(|column| Field::new(Arc::clone(&column.name), column.kind));
        let schema = Schema::new(fields)?;
        let kinds: Vec<_> = columns.iter().map(|column| column.kind).enumerate().collect();
        let ids = self.reserve(table, keys.len())?;
        let (mut changes, mut hash) = (Vec::new(), RowHash::default());
        for (token, (key, id)) in (0..).zip(keys.iter().zip(ids)) {
            let mut record = Record::new(Arc::clone(&schema));
            for (position, (_, value)) in values.iter().enumerate() {
                record.set_value(position, Value::Text(&value.replace("{key}", key)));
            }
            let mut entry = Entry::new(Disposition::Placeholder, self.next_batch, 0);
            entry.target.clone_from(&id);
            entry.written = hash.of(&record, kinds.iter().copied());
            self.page.entries.push((entity, key.clone(), entry));
            changes.push(Change { token, op: Op::Create(id), record });
        }
        let of_children = std::mem::take(&mut self.tally);
        self.tally.add(Disposition::Placeholder.name(), keys.len() as i64);
        let batch = self.intend(phase, entity, last_row, true)?;
        self.tally = of_children;
        let outcomes = self.send(Sending { batch, table, changes: &changes })?;
        let mut made = Vec::new();
        for (key, outcome) in keys.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Done(id) => made.push((key, id)),
                Outcome::Refused(fault) => {
                    let message = format!("a placeholder for a {name} is refused: {fault}");
                    return Err(Error::bind(message).at(table));
                }
                Outcome::Gone | Outcome::Unknown => {
                    return Err(Error::other("no answer for a placeholder").at(table));
                }
            }
        }
        Ok(made)
    }
}
