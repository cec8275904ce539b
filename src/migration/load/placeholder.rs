//! Rows that stand for records which others refer to and nobody has read.

use std::sync::Arc;

use super::session::{Sending, Session};
use crate::error::{Error, Result};
use crate::migration::entity::{Orphans, Reference};
use crate::migration::row::RowHash;
use crate::migration::store::{Disposition, EntityId, Entry};
use crate::migration::target::{Change, Op, Outcome, TableShape, TargetId};
use crate::record::{Record, Value};
use crate::schema::{Field, Schema};

/// Whom rows stand for.
pub(super) struct Missing<'k> {
    pub entity: EntityId,
    /// Each with what refers to it, and says which values the row has; a `{key}` in one stands for the key.
    pub keys: Vec<(String, &'k Reference)>,
}

impl Session<'_> {
    /// Makes rows for keys of an entity, and says which. The batch is confirmed with the next page.
    pub(super) fn stand_for(
        &mut self,
        missing: Missing<'_>,
        tables: &[(EntityId, String)],
        (phase, last_row): (u32, u64),
    ) -> Result<Vec<(String, TargetId)>> {
        let Missing { entity, keys } = missing;
        let Some((_, reference)) = keys.first() else { return Ok(Vec::new()) };
        let name = &reference.to;
        let Some((_, table)) = tables.iter().find(|(known, _)| *known == entity) else {
            return Err(Error::bind(format!("no table is known for `{name}`")));
        };
        let shape = self.target.describe(table)?;
        let ids = self.reserve(table, keys.len())?;
        let (mut changes, mut hash) = (Vec::new(), RowHash::default());
        let borrowed: Vec<&str> = keys.iter().map(|(key, _)| key.as_str()).collect();
        let known = self.store.look_up(entity, &borrowed)?;
        for (token, (((key, reference), known), id)) in (0..).zip(keys.iter().zip(known).zip(ids)) {
            let record = row_for(key, reference, &shape)?;
            // Who was set aside is stood for, too, and keeps the reasons.
            let known = known.filter(|known| known.disposition != Disposition::Undone);
            let (row, note) = known.map_or((0, None), |known| (known.row, known.note));
            let mut entry = Entry { note, ..Entry::new(Disposition::Placeholder, self.next_batch, row) };
            entry.target.clone_from(&id);
            let kinds = record.schema().fields().iter().map(Field::kind).enumerate();
            entry.written = hash.of(&record, kinds);
            self.page.entries.push((entity, key.clone(), entry));
            changes.push(Change { token, op: Op::Create(id), record });
        }
        let of_children = std::mem::take(&mut self.tally);
        self.tally.add(Disposition::Placeholder.name(), keys.len() as i64);
        let batch = self.intend_between(phase, entity, last_row)?;
        self.tally = of_children;
        let outcomes = self.send(Sending { batch, table, changes: &changes })?;
        let mut made = Vec::new();
        for ((key, _), outcome) in keys.into_iter().zip(outcomes) {
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

fn row_for(key: &str, reference: &Reference, shape: &TableShape) -> Result<Record> {
    let values = match &reference.orphans {
        Orphans::Placeholder(values) => &values[..],
        _ => &[],
    };
    let columns = values.iter().map(|(column, _)| shape.column(column)).collect::<Result<Vec<_>>>()?;
    let fields = columns.iter().map(|column| Field::new(Arc::clone(&column.name), column.kind));
    let mut record = Record::new(Schema::new(fields)?);
    for (position, (_, value)) in values.iter().enumerate() {
        record.set_value(position, Value::Text(&value.replace("{key}", key)));
    }
    Ok(record)
}
