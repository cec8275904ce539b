//! What is written into the rows of a batch.

use std::collections::HashMap;
use std::sync::Arc;

use super::bound::{Bound, Written};
use super::intake::Taken;
use super::merge::{Meeting, difference};
use super::row::{Fate, Row};
use super::{GONE, Loader};
use crate::error::{Fault, Result};
use crate::migration::entity::WritePolicy;
use crate::migration::store::JournalLine;
use crate::migration::target::{Change, Op, TargetId};
use crate::record::{Record, Value};

impl Loader<'_, '_> {
    /// Compares records with the rows that they meet, and makes rows of those that meet none.
    pub(super) fn compare(&mut self, taken: &mut Taken, bound: &Bound) -> Result<()> {
        let Taken { batch, records, .. } = taken;
        let met: Vec<TargetId> = batch.iter().filter_map(|row| met(row).cloned()).collect();
        if !met.is_empty() {
            // What the batch before changes must be there to be met.
            self.land_ahead()?;
        }
        self.keep_handed(batch, records, bound);
        let there = self.fetch(&met, bound)?;
        let mut again = HashMap::new();
        self.places.clear();
        for (at, (row, record)) in batch.iter_mut().zip(records).enumerate() {
            match &row.fate {
                Fate::Meets(id, meeting) => {
                    let (id, meeting) = (id.clone(), *meeting);
                    row.fate = match there.get(&id) {
                        Some(found) => self.change(row, record, found, (id, meeting), bound),
                        None if self.part.repairs(&row.key) => {
                            let made = self.create(row, record, bound);
                            if let Fate::Created(_) = made {
                                again.insert(self.changes.len() - 1, id);
                            }
                            made
                        }
                        None => Fate::Refused(Fault::new(GONE).rule("write")),
                    };
                }
                Fate::Open => row.fate = self.create(row, record, bound),
                _ => {}
            }
            if matches!(row.fate, Fate::Created(_) | Fate::Updated(..)) {
                self.places.push(at);
            }
        }
        if self.base.is_none() {
            self.reserve()?;
        }
        for (at, id) in again {
            // A row that is made again has its old id, where the target takes ids.
            if let Op::Create(given @ Some(_)) = &mut self.changes[at].op {
                *given = Some(id);
            }
        }
        Ok(())
    }

    /// Asks the target for the ids of new rows.
    fn reserve(&mut self) -> Result<()> {
        // What it answers depends on what it has.
        self.land_ahead()?;
        let is_new = |change: &&mut Change| matches!(change.op, Op::Create(_));
        let new = self.changes.iter_mut().filter(is_new).count();
        let ids = self.session.reserve(&self.part.entity.table, new)?;
        for (change, id) in self.changes.iter_mut().filter(is_new).zip(ids) {
            change.op = Op::Create(id);
        }
        Ok(())
    }

    /// The id of a new row: that of its row in the input, counted on from the first id. So it
    /// depends on nothing else, and a run that goes on gives the same. Further parts of a row that was split have
    /// ids far behind, which needs columns of 64 bits.
    fn id_of(&self, row: &Row) -> Option<TargetId> {
        let (row, part) = (i64::try_from(row.id.row).ok()?, i64::from(row.id.part));
        Some(TargetId::Number(self.base?.checked_add(row - 1)?.checked_add(part << 40)?))
    }

    /// The written columns of rows, by id.
    fn fetch(&mut self, ids: &[TargetId], bound: &Bound) -> Result<HashMap<TargetId, Record>> {
        let mut there = HashMap::with_capacity(ids.len());
        if ids.is_empty() {
            return Ok(there);
        }
        let values: Vec<Value<'_>> = ids.iter().map(TargetId::value).collect();
        let shape = &self.part.shape;
        let mut keep = |row: &Record| {
            there.insert(TargetId::parse(row.key().unwrap_or_default()), row.clone());
            Ok(())
        };
        self.session.target.find(&shape.table, &bound.names(), &shape.id, &values, &mut keep)?;
        Ok(there)
    }

    fn change(
        &mut self,
        row: &Row,
        record: &Record,
        found: &Record,
        (id, meeting): (TargetId, Meeting),
        bound: &Bound,
    ) -> Fate {
        let stays = |hash| Fate::Stays(id.clone(), hash);
        let is_left_alone = matches!(self.part.entity.write, WritePolicy::CreateOnly | WritePolicy::LinkOnly);
        if is_left_alone && meeting != Meeting::Replace {
            return stays(self.hash.of(found, bound.row()));
        }
        let Some(difference) = difference(bound, (record, &row.nobody), found, meeting, &mut self.hash)
        else {
            return stays(self.hash.of(found, bound.row()));
        };
        let value = |_, one: &Written| difference.change.get(&one.column.name).unwrap_or(Value::Null);
        if let Some(fault) = misfit(bound, value) {
            return Fate::Refused(fault);
        }
        let journal = JournalLine {
            batch: 0,
            line: 0,
            table: Arc::clone(&self.part.shape.table),
            target: id.clone(),
            before: Some(difference.before),
            after: Some(difference.after),
            record: Some((self.part.id, row.key.clone(), row.known.as_deref().cloned())),
        };
        self.push(Op::Update(id), difference.change);
        // A record behind it may have the same row.
        Fate::Updated(difference.written, Box::new(journal))
    }

    fn push(&mut self, op: Op, record: Record) {
        self.changes.push(Change { token: self.changes.len() as u64, op, record });
    }

    fn create(&mut self, row: &Row, record: &mut Record, bound: &Bound) -> Fate {
        let mut new = self.spare.pop().unwrap_or_else(|| Record::new(Arc::clone(&bound.schema)));
        bound.new_row(record, &mut new);
        for (place, one) in bound.written.iter().enumerate() {
            if one.column.required && new.value(place).is_null() {
                let fault = Fault::new("is empty, and the target needs a value");
                return Fate::Refused(fault.rule("target").column(Arc::clone(&one.column.name)));
            }
        }
        if let Some(fault) = misfit(bound, |place, _| new.value(place)) {
            return Fate::Refused(fault);
        }
        // Where nothing refers, the row is the record.
        let is_same = bound.refers.is_empty();
        let hash = if is_same { row.hash } else { self.hash.of(&new, bound.row()) };
        self.push(Op::Create(self.id_of(row)), new);
        Fate::Created(hash)
    }
}

fn met(row: &Row) -> Option<&TargetId> {
    match &row.fate {
        Fate::Meets(id, _) => Some(id),
        _ => None,
    }
}

/// What the target's columns cannot hold of a row.
fn misfit<'v>(bound: &Bound, value: impl Fn(usize, &Written) -> Value<'v>) -> Option<Fault> {
    bound.written.iter().enumerate().find_map(|(place, one)| {
        let most = one.column.max_chars?;
        let Value::Text(text) = value(place, one) else { return None };
        let is_longer = text.len() > most && text.chars().count() > most;
        let message = || format!("is longer than the {most} characters that the target's column holds");
        is_longer.then(|| Fault::new(message()).rule("target").column(Arc::clone(&one.column.name)))
    })
}
