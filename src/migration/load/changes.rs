//! What is written into the rows of a batch.

use std::collections::HashMap;
use std::sync::Arc;

use super::Loader;
use super::bound::Bound;
use super::merge::{Meeting, difference};
use super::row::{Fate, Row, Write};
use crate::error::{Fault, Result};
use crate::migration::entity::WritePolicy;
use crate::migration::store::JournalLine;
use crate::migration::target::{Op, TargetId};
use crate::record::{Record, Value};

impl Loader<'_, '_> {
    /// Compares records with the rows that they meet, and makes rows of those that meet none.
    pub(super) fn compare(&mut self, batch: &mut [Row], records: &[Record], bound: &Bound) -> Result<()> {
        let met: Vec<TargetId> = batch.iter().filter_map(|row| met(row).cloned()).collect();
        let there = self.fetch(&met, bound)?;
        for (row, record) in batch.iter_mut().zip(records) {
            match &row.fate {
                Fate::Meets(id, meeting) => {
                    let (id, meeting) = (id.clone(), *meeting);
                    row.fate = match there.get(&id) {
                        Some(found) => self.change(row, record, found, (id, meeting), bound),
                        None => Fate::Refused(Fault::new("its row is gone from the target").rule("write")),
                    };
                }
                Fate::Open => row.fate = self.create(record, bound),
                _ => {}
            }
        }
        let new: Vec<usize> = (0..batch.len()).filter(|at| is_new(&batch[*at])).collect();
        let ids = self.session.reserve(&self.part.entity.table, new.len())?;
        for (at, id) in new.into_iter().zip(ids) {
            if let Fate::Written(write) = &mut batch[at].fate {
                write.op = Op::Create(id);
            }
        }
        Ok(())
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
        let Some(difference) = difference(bound, record, found, meeting, &mut self.hash) else {
            return stays(self.hash.of(found, bound.row()));
        };
        if let Some(fault) = misfit(bound, &difference.change) {
            return Fate::Refused(fault);
        }
        let journal = JournalLine {
            batch: 0,
            line: 0,
            table: Arc::clone(&self.part.shape.table),
            target: id.clone(),
            before: Some(difference.before),
            after: Some(difference.after),
            record: Some((self.part.id, row.key.clone(), row.known.clone())),
        };
        let (op, record, hash) = (Op::Update(id), difference.change, difference.written);
        Fate::Written(Box::new(Write { op, record, hash, journal: Some(journal) }))
    }

    fn create(&mut self, record: &Record, bound: &Bound) -> Fate {
        let mut new = Record::new(Arc::clone(&bound.schema));
        bound.new_row(record, &mut new);
        for (place, one) in bound.written.iter().enumerate() {
            if one.column.required && new.value(place).is_null() {
                let fault = Fault::new("is empty, and the target needs a value");
                return Fate::Refused(fault.rule("target").column(Arc::clone(&one.column.name)));
            }
        }
        if let Some(fault) = misfit(bound, &new) {
            return Fate::Refused(fault);
        }
        let hash = self.hash.of(&new, bound.row());
        Fate::Written(Box::new(Write { op: Op::Create(None), record: new, hash, journal: None }))
    }
}

fn met(row: &Row) -> Option<&TargetId> {
    match &row.fate {
        Fate::Meets(id, _) => Some(id),
        _ => None,
    }
}

fn is_new(row: &Row) -> bool {
    matches!(&row.fate, Fate::Written(write) if matches!(write.op, Op::Create(_)))
}

/// What the target's columns cannot hold of a row.
fn misfit(bound: &Bound, row: &Record) -> Option<Fault> {
    bound.written.iter().find_map(|one| {
        let most = one.column.max_chars?;
        let Value::Text(text) = row.get(&one.column.name).ok()? else { return None };
        let is_longer = text.len() > most && text.chars().count() > most;
        let message = || format!("is longer than the {most} characters that the target's column holds");
        is_longer.then(|| Fault::new(message()).rule("target").column(Arc::clone(&one.column.name)))
    })
}
