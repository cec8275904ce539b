//! References: from the source's keys to rows of the target.

use super::asides::PARKED;
use super::bound::{Bound, Refers};
use super::parents::{Parent, Parents};
use super::placeholder::Missing;
use super::row::Row;
use super::{Loader, Part};
use crate::error::{Error, Fault, Result};
use crate::migration::entity::{Inactive, Orphans, Reference};
use crate::migration::run::AbsentOwner;
use crate::migration::store::Tally;
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
                        self.resolve((number, refers), row, record, &key)?;
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
        let keys = keys.iter().map(String::as_str);
        let missing = self.parents[number].of(self.session.store, &refers.reference, keys)?;
        if missing.is_empty() {
            return Ok(());
        }
        self.land()?;
        let missing = Missing { entity: refers.to, reference: &refers.reference, keys: missing };
        let place = (self.part.phase, self.sent_row);
        for (key, id) in self.session.stand_for(missing, self.part.tables, place)? {
            self.parents[number].learn(&key, id);
        }
        Ok(())
    }

    fn resolve(
        &mut self,
        (number, refers): (usize, &Refers),
        row: &mut Row,
        record: &mut Record,
        key: &str,
    ) -> Result<()> {
        let Refers { position, reference, .. } = refers;
        let points = pointed(reference, &self.parents[number], key);
        points.count(&mut self.session.tally, self.part, reference, key)?;
        let column = reference.column.as_str();
        let fault = |what: &str| Fault::new(what.to_owned()).column(column);
        let to = &reference.to;
        match (points.to, &reference.orphans) {
            (Pointed::Row(id), _) => record.set_value(*position, id.value()),
            (Pointed::Nobody, _)
            | (Pointed::Orphan, Orphans::Null | Orphans::Placeholder(_) | Orphans::GiveTo(_)) => {
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
        Ok(())
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

/// What a reference points to in the end, and whether what it names is inactive, or not there.
pub(crate) struct Points<'p> {
    pub to: Pointed<'p>,
    inactive: bool,
    orphan: bool,
}

/// What a key points to that was looked up.
pub(crate) fn pointed<'p>(reference: &Reference, parents: &'p Parents, key: &str) -> Points<'p> {
    let of = |parent: Option<&'p Parent>| parent.map_or(Pointed::Orphan, |parent| Pointed::Row(&parent.id));
    let parent = parents.get(key);
    let inactive = parent.is_some_and(|parent| parent.inactive);
    let to = match &reference.inactive {
        Inactive::Null if inactive => Pointed::Nobody,
        Inactive::Reject if inactive => Pointed::Refused,
        Inactive::GiveTo(other) if inactive => of(parents.get(other)),
        _ => of(parent),
    };
    let orphan = to == Pointed::Orphan;
    let to = match &reference.orphans {
        Orphans::GiveTo(other) if orphan => of(parents.get(other)),
        _ => to,
    };
    Points { to, inactive, orphan }
}

impl Points<'_> {
    /// Counts who is inactive, and who is not there; owners by their keys.
    ///
    /// # Errors
    ///
    /// Where somebody is to stand in for who is not there, and is not there either.
    pub fn count(&self, tally: &mut Tally, part: &Part<'_>, reference: &Reference, key: &str) -> Result<()> {
        let column = reference.column.as_str();
        let is_owner = part.entity.owner.as_deref() == Some(column);
        for (what, _) in [("inactive", self.inactive), ("orphan", self.orphan)].iter().filter(|(_, is)| *is) {
            tally.add(&format!("{column}: {what}"), 1);
            if is_owner {
                tally.add(&AbsentOwner::counted(what, key), 1);
            }
        }
        match (&reference.orphans, &self.to) {
            (Orphans::GiveTo(other), Pointed::Orphan) => {
                let message = format!("its orphans are given to `{other}`, who is not there");
                Err(Error::bind(message).at(format!("{}.{column}", part.label)))
            }
            _ => Ok(()),
        }
    }
}

/// The key in a column of a record; none where it is empty.
pub(crate) fn key_of(record: &Record, position: usize) -> Option<String> {
    let value = record.value(position);
    (!value.is_blank()).then(|| match value {
        Value::Text(text) => text.trim().to_owned(),
        value => value.to_string(),
    })
}
