//! What the target holds, beside what it should.

use super::compare::{differs, is_number};
use super::expected::{Batch, Due, key};
use super::refused::Refused;
use super::report::{Discrepancy, EntityCheck, Rule, SumCheck};
use super::sample::{Field, Sample, Samples};
use super::sums::Sum;
use crate::error::Result;
use crate::migration::load::Part;
use crate::migration::load::bound::{Bound, Written};
use crate::migration::target::{Target, TargetId};
use crate::protect::masked;
use crate::record::{Record, Value};

/// Looks at the rows of an entity.
pub(super) struct Beside<'c> {
    target: &'c mut dyn Target,
    samples: &'c mut Samples,
    part: &'c Part<'c>,
    refused: &'c Refused,
    /// Whether personal values are shown on the sheet.
    shows_personal: bool,
    /// Which written columns are personal, how far each may be off, and the sums of either side.
    columns: Vec<Column>,
    pub check: EntityCheck,
}

struct Column {
    is_personal: bool,
    refers: bool,
    tolerance: f64,
    sums: Option<(Sum, Sum)>,
}

impl<'c> Beside<'c> {
    pub fn new(
        target: &'c mut dyn Target,
        (samples, shows_personal): (&'c mut Samples, bool),
        part: &'c Part<'c>,
        refused: &'c Refused,
    ) -> Self {
        let (entity, table) = (part.label.clone(), part.entity.table.clone());
        let check = EntityCheck { entity, table, ..EntityCheck::default() };
        Beside { target, samples, part, refused, shows_personal, columns: Vec::new(), check }
    }

    /// The name of the table, where it stands.
    pub fn name(&self) -> String {
        format!("{}[{}]", self.target.name(), self.part.entity.table)
    }

    /// Takes up the columns that are compared.
    pub fn bind(&mut self, bound: &Bound) {
        let entity = self.part.entity;
        let column = |one: &Written| {
            let name = &*one.column.name;
            let refers = bound.refers.iter().any(|refers| refers.position == one.position);
            let sums = (is_number(one.column.kind) && !refers).then(Default::default);
            let tolerance =
                entity.tolerances.iter().find(|(known, _)| known == name).map_or(0.0, |(_, most)| *most);
            let is_personal = entity.personal.iter().any(|known| **known == *name);
            Column { is_personal, refers, tolerance, sums }
        };
        self.columns = bound.written.iter().map(column).collect();
    }

    /// Compares records with their rows. Gives what was found, in the order of the records.
    pub fn compare(&mut self, batch: &mut Batch, bound: &Bound) -> Result<Vec<Discrepancy>> {
        let Batch { records, due, .. } = batch;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        due.sort_by(|one, other| one.id.cmp(&other.id));
        let values: Vec<Value<'_>> = due.iter().map(|due| due.id.value()).collect();
        let (mut found, mut cursor) = (Vec::new(), 0);
        let mut is_there = vec![false; due.len()];
        let Beside { target, samples, part, refused, columns, check, shows_personal } = self;
        let shape = &part.shape;
        target.find(&shape.table, &bound.names(), &shape.id, &values, &mut |row| {
            let id = TargetId::parse(row.key().unwrap_or_default());
            if due.get(cursor).is_none_or(|due| due.id != id) {
                cursor = due.partition_point(|known| known.id < id);
            }
            while let Some(due) = due.get(cursor).filter(|due| due.id == id) {
                is_there[cursor] = true;
                check.compared += 1;
                let record = &records[due.place];
                Pair { part, record, row, due, refused }.compare(bound, columns, &mut found);
                let (stratum, key) = ((&*part.label, due.disposition.name()), key(record));
                samples.offer(stratum, &key, || sample(&key, (record, row), bound, columns, *shows_personal));
                cursor += 1;
            }
            Ok(())
        })?;
        for (due, _) in due.iter().zip(is_there).filter(|(_, is_there)| !is_there) {
            let missing = Discrepancy::new(&part.label, Rule::Missing, "its row is gone from the target");
            found.push((due.place, missing.key(&key(&records[due.place])).target(&due.id)));
        }
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, discrepancy)| discrepancy).collect())
    }

    /// Compares the sums of either side.
    pub fn sums(&mut self, bound: &Bound) -> Vec<Discrepancy> {
        let mut found = Vec::new();
        for (one, column) in bound.written.iter().zip(&self.columns) {
            let Some((source, target)) = &column.sums else { continue };
            let name = &*one.column.name;
            let shown = |sum: &Sum| shown(Value::Text(&sum.to_string()), column.is_personal);
            let check = SumCheck { column: name.to_owned(), source: shown(source), target: shown(target) };
            if source.distance(target) > column.tolerance * self.check.compared as f64 {
                let message = format!("adds up to {}, and should to {}", check.target, check.source);
                found.push(Discrepancy::new(&self.part.label, Rule::Sum, message).column(name));
            }
            self.check.sums.push(check);
        }
        found
    }
}

/// A record beside its row.
struct Pair<'p> {
    part: &'p Part<'p>,
    record: &'p Record,
    row: &'p Record,
    due: &'p Due,
    refused: &'p Refused,
}

impl Pair<'_> {
    fn compare(&self, bound: &Bound, columns: &mut [Column], found: &mut Vec<(usize, Discrepancy)>) {
        for (at, (one, column)) in bound.written.iter().zip(columns).enumerate() {
            let (new, there) = (self.record.value(one.position), self.row.value(at));
            if let Some((source, target)) = &mut column.sums
                && self.due.against.is_equal(&one.policy)
                && !new.is_blank()
            {
                source.add(new, one.column.kind);
                target.add(there, one.column.kind);
            }
            let orphan = self.due.orphans.contains(&one.position);
            if differs(one, (new, there), self.due.against, (column.tolerance, orphan)) {
                found.push((self.due.place, self.finding(one, column, (new, there))));
            }
        }
    }

    fn finding(&self, one: &Written, column: &Column, (new, there): (Value<'_>, Value<'_>)) -> Discrepancy {
        let row = |value: Value<'_>| match value.is_blank() {
            true => "nothing".to_owned(),
            false => format!("row {value}"),
        };
        let text = |value: Value<'_>| match value.is_blank() {
            true => "empty".to_owned(),
            false => format!("`{}`", shown(value, column.is_personal)),
        };
        let (key, name) = (key(self.record), &one.column.name);
        let points = || format!("points to {}, and should to {}", row(there), row(new));
        let refused = || self.refused.why(&self.part.label, &key, name, new).filter(|_| there.is_blank());
        let (rule, message) = match column.refers.then(refused) {
            Some(Some(why)) => (Rule::NotSet, format!("{}, which the target refused: {why}", points())),
            Some(None) => (Rule::Reference, points()),
            None => (Rule::Field, format!("is {}, and should be {}", text(there), text(new))),
        };
        let finding = Discrepancy::new(&self.part.label, rule, message);
        finding.key(&key).target(&self.due.id).column(name)
    }
}

fn sample(
    key: &str,
    (record, row): (&Record, &Record),
    bound: &Bound,
    columns: &[Column],
    all: bool,
) -> Sample {
    let fields = bound.written.iter().zip(columns).enumerate().map(|(at, (one, column))| {
        let show = |value| shown(value, column.is_personal && !all);
        let (source, target) = (show(record.value(one.position)), show(row.value(at)));
        Field { column: one.column.name.to_string(), source, target }
    });
    let target = row.key().unwrap_or_default().to_owned();
    Sample { key: key.to_owned(), target, fields: fields.collect() }
}

/// A value for people.
fn shown(value: Value<'_>, is_personal: bool) -> String {
    let text = value.to_string();
    if is_personal { masked(&text) } else { text }
}
