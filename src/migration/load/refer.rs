//! References: from the source's keys to rows of the target.

use std::collections::HashSet;

use super::Loader;
use super::asides::PARKED;
use super::bound::{Bound, Refers};
use super::parents::{Parent, Parents};
use super::placeholder::Missing;
use super::row::Row;
use crate::error::{Fault, Result};
use crate::migration::entity::{Inactive, Orphans, Reference};
use crate::migration::run::AbsentOwner;
use crate::migration::target::TargetId;
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
        let stand_in = refers.reference.inactive.stand_in();
        let parents = &mut self.parents[number];
        parents.look_up(self.session.store, keys.iter().map(String::as_str).chain(stand_in))?;
        if let Orphans::Placeholder(values) = &refers.reference.orphans {
            // In the order in which they are met, which does not depend on where batches end.
            let mut seen = HashSet::new();
            let is_missing =
                |key: &String| self.parents[number].get(key).is_none() && seen.insert(key.clone());
            let missing: Vec<String> = keys.into_iter().filter(is_missing).collect();
            if missing.is_empty() {
                return Ok(());
            }
            self.land()?;
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
        let (pointed, inactive) = pointed(reference, &self.parents[number], key);
        let is_owner = self.part.entity.owner.as_deref() == Some(column);
        let is_orphan = pointed == Pointed::Orphan;
        for (what, _) in [("inactive", inactive), ("orphan", is_orphan)].iter().filter(|(_, holds)| *holds) {
            self.session.tally.add(&format!("{column}: {what}"), 1);
            if is_owner {
                self.session.tally.add(&AbsentOwner::counted(what, key), 1);
            }
        }
        let fault = |what: &str| Fault::new(what.to_owned()).column(column);
        let to = &reference.to;
        match (pointed, &reference.orphans) {
            (Pointed::Row(id), _) => record.set_value(*position, id.value()),
            (Pointed::Nobody, _) | (Pointed::Orphan, Orphans::Null | Orphans::Placeholder(_)) => {
                row.nobody.push(*position);
                record.set_value(*position, Value::Null);
            }
            (Pointed::Refused, _) => {
                row.refuse(fault(&format!("refers to a {to} who is inactive")).rule("reference"));
            }
            (Pointed::Orphan, Orphans::Reject) => {
                row.refuse(fault(&format!("refers to a {to} that is not there")).rule("reference"));
            }
            (Pointed::Orphan, Orphans::Park) => {
                row.refuse(fault(&format!("waits for a {to} that is not there")).rule(PARKED));
            }
        }
    }
}

/// What a reference points to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pointed<'p> {
    /// A row.
    Row(&'p TargetId),
    /// Nothing, because whom it points to is not to be given anything.
    Nobody,
    /// Nothing, and the record is not wanted, for the same reason.
    Refused,
    /// Nothing that is there.
    Orphan,
}

/// What a key points to that was looked up, and whether that is inactive.
pub(crate) fn pointed<'p>(reference: &Reference, parents: &'p Parents, key: &str) -> (Pointed<'p>, bool) {
    let of = |parent: Option<&'p Parent>| parent.map_or(Pointed::Orphan, |parent| Pointed::Row(&parent.id));
    let parent = parents.get(key);
    if !parent.is_some_and(|parent| parent.inactive) {
        return (of(parent), false);
    }
    let pointed = match &reference.inactive {
        Inactive::Keep => of(parent),
        Inactive::Null => Pointed::Nobody,
        Inactive::Reject => Pointed::Refused,
        Inactive::GiveTo(other) => of(parents.get(other)),
    };
    (pointed, true)
}

/// The key in a column of a record; none where it is empty.
pub(crate) fn key_of(record: &Record, position: usize) -> Option<String> {
    let value = record.value(position);
    (!value.is_blank()).then(|| match value {
        Value::Text(text) => text.trim().to_owned(),
        value => value.to_string(),
    })
}
