//! References: from the source's keys to rows of the target.

use std::sync::Arc;

use super::Loader;
use super::asides::PARKED;
use super::bound::{Bound, Refers};
use super::placeholder::Missing;
use super::row::Row;
use crate::error::{Fault, Result};
use crate::migration::entity::{Inactive, Orphans};
use crate::record::{Record, Value};

impl Loader<'_, '_> {
    /// Puts the ids of rows in place of the keys that records refer to.
    pub(super) fn refer(&mut self, batch: &mut [Row], records: &mut [Record], bound: &Bound) -> Result<()> {
        for (number, refers) in bound.refers.iter().enumerate() {
            if refers.deferred {
                for (row, record) in batch.iter_mut().zip(&mut *records).filter(|(row, _)| row.is_open()) {
                    if let Some(key) = key_of(record, refers.position) {
                        row.deferred.push((number, key));
                        record.set_value(refers.position, Value::Null);
                    }
                }
            } else {
                self.look_up_parents(number, refers, batch, records)?;
                for (row, record) in batch.iter_mut().zip(&mut *records).filter(|(row, _)| row.is_open()) {
                    if let Some(key) = key_of(record, refers.position) {
                        self.resolve((number, refers), row, record, &key);
                    }
                }
            }
        }
        Ok(())
    }

    fn look_up_parents(
        &mut self,
        number: usize,
        refers: &Refers,
        batch: &[Row],
        records: &[Record],
    ) -> Result<()> {
        let open = || batch.iter().zip(records).filter(|(row, _)| row.is_open());
        let keys: Vec<String> = open().filter_map(|(_, record)| key_of(record, refers.position)).collect();
        let stand_in = match &refers.reference.inactive {
            Inactive::GiveTo(key) => Some(key.as_str()),
            _ => None,
        };
        let parents = &mut self.parents[number];
        parents.look_up(self.session.store, keys.iter().map(String::as_str).chain(stand_in))?;
        if let Orphans::Placeholder(values) = &refers.reference.orphans {
            let mut missing: Vec<String> =
                keys.into_iter().filter(|key| self.parents[number].get(key).is_none()).collect();
            missing.sort_unstable();
            missing.dedup();
            let missing = Missing { entity: refers.to, name: &refers.reference.to, keys: missing, values };
            let place = (self.part.phase, self.sent_row);
            for (key, id) in self.session.stand_for(missing, self.part.tables, place)? {
                self.parents[number].learn(&key, id);
            }
        }
        Ok(())
    }

    fn resolve(&mut self, (number, refers): (usize, &Refers), row: &mut Row, record: &mut Record, key: &str) {
        let Refers { position, reference, .. } = refers;
        let column = reference.column.as_str();
        let mut parent = self.parents[number].get(key).cloned();
        if parent.as_ref().is_some_and(|parent| parent.inactive) {
            self.session.tally.add(&format!("{column}: inactive"), 1);
            let fault = || Fault::new(format!("refers to a {} who is inactive", reference.to));
            match &reference.inactive {
                Inactive::Keep => {}
                Inactive::Null => return record.set_value(*position, Value::Null),
                Inactive::Reject => return row.refuse(fault().rule("reference").column(column)),
                Inactive::GiveTo(other) => parent = self.parents[number].get(other).cloned(),
            }
        }
        let Some(parent) = parent else {
            self.session.tally.add(&format!("{column}: orphan"), 1);
            let fault = |what: &str| {
                Fault::new(format!("{what} a {} that is not there", reference.to)).column(column)
            };
            return match &reference.orphans {
                Orphans::Null | Orphans::Placeholder(_) => record.set_value(*position, Value::Null),
                Orphans::Reject => row.refuse(fault("refers to").rule("reference")),
                Orphans::Park => row.refuse(fault("waits for").rule(PARKED)),
            };
        };
        record.set_value(*position, parent.id.value());
    }
}

/// The key in a column of a record; none where it is empty.
fn key_of(record: &Record, position: usize) -> Option<String> {
    let value = record.value(position);
    (!value.is_blank()).then(|| match value {
        Value::Text(text) => text.trim().to_owned(),
        value => value.to_string(),
    })
}
