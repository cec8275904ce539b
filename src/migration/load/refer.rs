//! References: from the source's keys to rows of the target.

use std::collections::{BTreeMap, HashSet};

use super::asides::PARKED;
use super::bound::{Bound, Refers};
use super::parents::{Parent, Parents};
use super::placeholder::Missing;
use super::row::{Fate, Row};
use super::{Loader, Part};
use crate::error::{Error, Fault, Result};
use crate::migration::entity::{Inactive, Orphans, Reference};
use crate::migration::run::AbsentOwner;
use crate::migration::store::{EntityId, Tally};
use crate::migration::target::TargetId;
use crate::record::{Record, Value};
use crate::source::ledger_key;

impl Loader<'_, '_> {
    /// Puts the ids of rows in place of the keys that records refer to. Rows are made to stand for
    /// others only where nothing else keeps a record from being written.
    pub(super) fn refer(&mut self, batch: &mut [Row], records: &mut [Record], bound: &Bound) -> Result<()> {
        for makes_rows in [false, true] {
            let is_meant =
                |refers: &Refers| matches!(refers.reference.orphans, Orphans::Placeholder(_)) == makes_rows;
            self.look_up_parents(batch, records, (bound, &is_meant))?;
            for (number, refers) in bound.refers.iter().enumerate().filter(|(_, one)| is_meant(one)) {
                for (row, record) in batch.iter_mut().zip(&mut *records) {
                    let counts_again = self.counts_again(row);
                    let Some(key) = key_of(record, refers.position).filter(|_| row.is_open() || counts_again)
                    else {
                        continue;
                    };
                    if counts_again {
                        self.count_again((number, refers), row, &key)?;
                    } else if refers.deferred {
                        row.deferred.push((number, key));
                        record.set_value(refers.position, Value::Null);
                    } else {
                        self.resolve((number, refers), row, record, &key)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Makes sure that it is known what references point to, and makes rows for who is missing: in the
    /// order in which they are met, which does not depend on where batches end.
    fn look_up_parents(
        &mut self,
        batch: &[Row],
        records: &[Record],
        (bound, is_meant): (&Bound, &dyn Fn(&Refers) -> bool),
    ) -> Result<()> {
        let is_due = |refers: &Refers| !refers.deferred && is_meant(refers);
        let refer: Vec<bool> = batch.iter().map(|row| row.is_open() || self.counts_again(row)).collect();
        let mut missing: BTreeMap<EntityId, Vec<(usize, String, &Reference)>> = BTreeMap::new();
        for (refers, parents) in bound.refers.iter().zip(&mut self.parents).filter(|(one, _)| is_due(one)) {
            let open = batch.iter().zip(records).enumerate().filter(|(at, _)| refer[*at]);
            let key = |(at, (_, record))| Some((at, key_of(record, refers.position)?));
            let keys: Vec<(usize, String)> = open.filter_map(key).collect();
            let named = keys.iter().map(|(_, key)| key.as_str());
            parents.look_up(self.session.store, named.chain(refers.reference.stand_ins()))?;
            let lacking = keys.into_iter().filter(|(_, key)| parents.lacks(key));
            let of_entity = missing.entry(refers.to).or_default();
            of_entity.extend(lacking.map(|(at, key)| (at, key, &refers.reference)));
        }
        for (entity, mut keys) in missing.into_iter().filter(|(_, keys)| !keys.is_empty()) {
            self.land_ahead()?;
            keys.sort_by_key(|(at, ..)| *at);
            let mut seen = HashSet::new();
            keys.retain(|(_, key, _)| seen.insert(key.clone()));
            let keys = keys.into_iter().map(|(_, key, reference)| (key, reference)).collect();
            let place = (self.part.phase, self.sent_row);
            for (key, id) in self.session.stand_for(Missing { entity, keys }, self.part.tables, place)? {
                let of_entity =
                    bound.refers.iter().zip(&mut self.parents).filter(|(one, _)| one.to == entity);
                of_entity.for_each(|(_, parents)| parents.learn(&key, id.clone()));
            }
        }
        Ok(())
    }

    /// Whether a record was written before the run was cut short, and what its references were counted
    /// as is not known any more.
    fn counts_again(&self, row: &Row) -> bool {
        let known = row.known.as_deref().filter(|known| known.batch >= self.session.first_batch);
        let is_again = matches!(row.fate, Fate::Settled(_));
        is_again && known.is_some_and(|known| self.counted.lacks(row.id.row, known.batch))
    }

    fn count_again(&self, (number, refers): (usize, &Refers), row: &mut Row, key: &str) -> Result<()> {
        if refers.deferred {
            return Ok(());
        }
        let points = pointed(&refers.reference, &self.parents[number], key);
        points.count(&mut row.counts, self.part, &refers.reference, key)
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
        points.count(&mut row.counts, self.part, reference, key)?;
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

/// The key in a column of a record, as the ledger has it; none where it is empty.
pub(crate) fn key_of(record: &Record, position: usize) -> Option<String> {
    let value = record.value(position);
    (!value.is_blank()).then(|| match value {
        Value::Text(text) => ledger_key(text.trim()).into_owned(),
        value => value.to_string(),
    })
}
