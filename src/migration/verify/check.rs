//! A sink that writes nothing: it looks whether the target holds what it is given.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::compare::{Against, differs, is_number};
use super::keys::{KeySet, hash_of};
use super::refused::Refused;
use super::report::{Discrepancy, EntityCheck, Found, Rule, SumCheck};
use super::sample::{Field, Sample, Samples};
use super::sums::Sum;
use crate::error::{Error, Result};
use crate::migration::load::asides::identity;
use crate::migration::load::bound::{Bound, Written};
use crate::migration::load::parents::Parents;
use crate::migration::load::refer::{Pointed, key_of, pointed};
use crate::migration::load::{Part, Queue};
use crate::migration::store::{Disposition, Entry, Store};
use crate::migration::target::{Target, TargetId};
use crate::protect::masked;
use crate::record::{Record, RecordId, Value};
use crate::schema::Schema;
use crate::sink::{Rows, SinkWriter};

/// How many records are compared together.
const BATCH: usize = 16 << 10;

/// What checkers of all entities write into.
pub(super) struct Books<'v> {
    pub store: &'v mut dyn Store,
    pub target: &'v mut dyn Target,
    pub found: &'v mut Found,
    pub refused: &'v Refused,
    pub samples: &'v mut Samples,
    /// Whether personal values are shown on the sheet.
    pub shows_personal: bool,
}

/// Compares the records of an entity with their rows.
pub(super) struct Checker<'c, 'v> {
    books: &'c mut Books<'v>,
    part: &'c Part<'c>,
    queue: Arc<Queue>,
    /// Rows that several records have.
    shared: HashSet<TargetId>,
    bound: Option<Bound>,
    parents: Vec<Parents>,
    /// Which written columns are personal, how far each may be off, and the sums of either side.
    columns: Vec<Column>,
    pub seen: KeySet,
    pub check: EntityCheck,
}

struct Column {
    is_personal: bool,
    refers: bool,
    tolerance: f64,
    sums: Option<(Sum, Sum)>,
}

/// A record that has a row.
struct Due {
    /// Its place in the batch.
    place: usize,
    id: TargetId,
    disposition: Disposition,
    against: Against,
    /// Positions of references that point to nothing.
    orphans: Vec<usize>,
    found: bool,
}

impl<'c, 'v> Checker<'c, 'v> {
    pub fn new(
        books: &'c mut Books<'v>,
        part: &'c Part<'c>,
        queue: Arc<Queue>,
        shared: HashSet<TargetId>,
    ) -> Self {
        let parents = part.to.iter().map(|(to, _)| Parents::new(*to)).collect();
        let (entity, table) = (part.label.clone(), part.entity.table.clone());
        let check = EntityCheck { entity, table, ..EntityCheck::default() };
        let (bound, columns, seen) = (None, Vec::new(), KeySet::default());
        Checker { books, part, queue, shared, bound, parents, columns, seen, check }
    }

    fn run(&mut self, rows: &mut Rows<'_>, bound: &Bound) -> Result<()> {
        let (mut records, mut count) = (Vec::new(), BATCH);
        while count == BATCH {
            count = fill(rows, &mut records)?;
            self.batch(&mut records[..count], bound)?;
            self.asides()?;
            self.parents.iter_mut().for_each(Parents::trim);
        }
        self.sums(bound);
        Ok(())
    }

    fn batch(&mut self, records: &mut [Record], bound: &Bound) -> Result<()> {
        let keys: Vec<Cow<'_, str>> = records.iter().map(key).collect();
        let keys: Vec<String> = keys.into_iter().map(Cow::into_owned).collect();
        let entries = self.entries(&keys, records)?;
        let mut due = Vec::with_capacity(records.len());
        for (place, (entry, key)) in entries.into_iter().zip(&keys).enumerate() {
            due.extend(self.due(place, entry, key)?);
        }
        self.refer(&mut due, records, bound)?;
        for (position, owners) in bound.handed(&self.part.entity.table, self.part.standing) {
            for due in &mut due {
                let Some(given) = owners.get(&due.id) else { continue };
                records[due.place].set_value(position, given.to.value());
                due.orphans.retain(|orphan| *orphan != position);
            }
        }
        let found = self.compare(&mut due, records, &keys, bound)?;
        found.into_iter().for_each(|(_, discrepancy)| self.books.found.add(discrepancy));
        Ok(())
    }

    /// What the ledger says of records; what it says of a row where another record has the same key.
    fn entries(&mut self, keys: &[String], records: &[Record]) -> Result<Vec<Option<Entry>>> {
        let borrowed: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut entries = self.books.store.look_up(self.part.id, &borrowed)?;
        let elsewhere = |(entry, record): (&Option<Entry>, &Record)| {
            entry.as_ref().is_some_and(|entry| entry.row != record.id().row)
        };
        let moved: Vec<usize> =
            (0..entries.len()).filter(|at| elsewhere((&entries[*at], &records[*at]))).collect();
        if moved.is_empty() {
            return Ok(entries);
        }
        let rows: Vec<String> = moved.iter().map(|at| identity(records[*at].id(), None)).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        for (at, entry) in moved.into_iter().zip(self.books.store.look_up(self.part.id, &rows)?) {
            if let Some(entry) = entry.filter(|entry| entry.disposition == Disposition::Rejected) {
                entries[at] = Some(entry);
            }
        }
        Ok(entries)
    }

    /// What is to be compared of a record, if anything is.
    fn due(&mut self, place: usize, entry: Option<Entry>, key: &str) -> Result<Option<Due>> {
        let finding = |rule, message: &str| Discrepancy::new(&self.part.label, rule, message).key(key);
        let known = entry
            .filter(|entry| !matches!(entry.disposition, Disposition::Undone | Disposition::Placeholder));
        let Some(entry) = known else {
            let message = "the source has it, and the ledger does not know that it was written";
            self.books.found.add(finding(Rule::Unknown, message));
            return Ok(None);
        };
        self.seen.add(hash_of(key))?;
        use Disposition::{Created, Unchanged, Updated};
        if !matches!(entry.disposition, Created | Unchanged | Updated) {
            return Ok(None);
        }
        let Some(id) = entry.target else { return Ok(None) };
        let against = Against::of(self.part.entity, entry.disposition, self.shared.contains(&id));
        let (disposition, orphans, found) = (entry.disposition, Vec::new(), false);
        Ok(Some(Due { place, id, disposition, against, orphans, found }))
    }

    /// Puts the ids of rows in place of the keys that records refer to.
    fn refer(&mut self, due: &mut [Due], records: &mut [Record], bound: &Bound) -> Result<()> {
        for (number, refers) in bound.refers.iter().enumerate() {
            let keys: Vec<Option<String>> =
                due.iter().map(|due| key_of(&records[due.place], refers.position)).collect();
            let parents = &mut self.parents[number];
            let known = keys.iter().flatten().map(String::as_str).chain(refers.reference.stand_ins());
            parents.look_up(self.books.store, known)?;
            for (due, key) in due.iter_mut().zip(&keys) {
                let Some(key) = key else { continue };
                let value = match pointed(&refers.reference, parents, key).to {
                    Pointed::Row(id) => id.value(),
                    Pointed::Nobody | Pointed::Refused | Pointed::Orphan => {
                        // What is set afterwards waits, and is left as it is.
                        due.orphans.extend((!refers.deferred).then_some(refers.position));
                        Value::Null
                    }
                };
                records[due.place].set_value(refers.position, value);
            }
        }
        Ok(())
    }

    /// Compares records with their rows. Gives what was found, in the order of the records.
    fn compare(
        &mut self,
        due: &mut [Due],
        records: &[Record],
        keys: &[String],
        bound: &Bound,
    ) -> Result<Vec<(usize, Discrepancy)>> {
        if due.is_empty() {
            return Ok(Vec::new());
        }
        due.sort_by(|one, other| one.id.cmp(&other.id));
        let ids: Vec<TargetId> = due.iter().map(|due| due.id.clone()).collect();
        let values: Vec<Value<'_>> = ids.iter().map(TargetId::value).collect();
        let (mut found, mut cursor) = (Vec::new(), 0);
        let Checker { books, part, columns, check, .. } = self;
        let Books { target, samples, shows_personal, refused, .. } = &mut **books;
        let shape = &part.shape;
        target.find(&shape.table, &bound.names(), &shape.id, &values, &mut |row| {
            let id = TargetId::parse(row.key().unwrap_or_default());
            if ids.get(cursor) != Some(&id) {
                cursor = ids.partition_point(|known| *known < id);
            }
            while ids.get(cursor) == Some(&id) {
                let due = &mut due[cursor];
                due.found = true;
                check.compared += 1;
                let (key, record) = (&keys[due.place], &records[due.place]);
                let pair = Pair { part, key, record, row, due, refused };
                pair.compare(bound, columns, &mut found);
                let stratum = (&*part.label, due.disposition.name());
                samples.offer(stratum, &keys[due.place], || {
                    sample(&keys[due.place], (&records[due.place], row), bound, columns, *shows_personal)
                });
                cursor += 1;
            }
            Ok(())
        })?;
        for due in due.iter().filter(|due| !due.found) {
            let missing = Discrepancy::new(&part.label, Rule::Missing, "its row is gone from the target");
            found.push((due.place, missing.key(&keys[due.place]).target(&due.id)));
        }
        found.sort_by_key(|(place, _)| *place);
        Ok(found)
    }

    /// Looks whether the ledger knows the records that end before they get here.
    pub fn asides(&mut self) -> Result<()> {
        let ended = self.queue.take();
        let keys: Vec<&str> = ended.iter().map(|one| one.key.as_str()).collect();
        for (key, entry) in keys.iter().zip(self.books.store.look_up(self.part.id, &keys)?) {
            match entry {
                Some(entry) if entry.disposition != Disposition::Undone => self.seen.add(hash_of(key))?,
                _ => {
                    let message = "the source has it, and the ledger does not know that it was set aside";
                    let unknown = Discrepancy::new(&self.part.label, Rule::Unknown, message);
                    self.books.found.add(unknown.key(key));
                }
            }
        }
        Ok(())
    }

    fn sums(&mut self, bound: &Bound) {
        for (one, column) in bound.written.iter().zip(&self.columns) {
            let Some((source, target)) = &column.sums else { continue };
            let name = &*one.column.name;
            let shown = |sum: &Sum| shown(Value::Text(&sum.to_string()), column.is_personal);
            let check = SumCheck { column: name.to_owned(), source: shown(source), target: shown(target) };
            if source.distance(target) > column.tolerance * self.check.compared as f64 {
                let message = format!("adds up to {}, and should to {}", check.target, check.source);
                self.books.found.add(Discrepancy::new(&self.part.label, Rule::Sum, message).column(name));
            }
            self.check.sums.push(check);
        }
    }
}

/// A record beside its row.
struct Pair<'p> {
    part: &'p Part<'p>,
    key: &'p str,
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
        let name = &one.column.name;
        let points = || format!("points to {}, and should to {}", row(there), row(new));
        let refused = || self.refused.why(&self.part.label, self.key, name, new).filter(|_| there.is_blank());
        let (rule, message) = match column.refers.then(refused) {
            Some(Some(why)) => (Rule::NotSet, format!("{}, which the target refused: {why}", points())),
            Some(None) => (Rule::Reference, points()),
            None => (Rule::Field, format!("is {}, and should be {}", text(there), text(new))),
        };
        let finding = Discrepancy::new(&self.part.label, rule, message);
        finding.key(self.key).target(&self.due.id).column(name)
    }
}

/// Takes in a batch, and says how many records there are.
fn fill(rows: &mut Rows<'_>, records: &mut Vec<Record>) -> Result<usize> {
    let mut count = 0;
    while count < BATCH {
        let Some(record) = rows.next()? else { break };
        if records.len() == count {
            records.push(Record::new(Arc::clone(record.schema())));
        }
        records[count].copy_from(record, record.schema());
        count += 1;
    }
    Ok(count)
}

fn key(record: &Record) -> Cow<'_, str> {
    match (record.id(), record.key()) {
        (RecordId { part: 0, .. }, Some(key)) => Cow::Borrowed(key),
        (id, key) => Cow::Owned(identity(id, key)),
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

impl SinkWriter for Checker<'_, '_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}[{}]", self.books.target.name(), self.part.entity.table))
    }

    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        let entity = self.part.entity;
        let bound = Bound::new(entity, &self.part.to, &self.part.shape, schema)?;
        let column = |one: &Written| {
            let name = &*one.column.name;
            let refers = bound.refers.iter().any(|refers| refers.position == one.position);
            let sums = (is_number(one.column.kind) && !refers).then(Default::default);
            let tolerance =
                entity.tolerances.iter().find(|(known, _)| known == name).map_or(0.0, |(_, most)| *most);
            Column {
                is_personal: entity.personal.iter().any(|known| **known == *name),
                refers,
                tolerance,
                sums,
            }
        };
        self.columns = bound.written.iter().map(column).collect();
        self.bound = Some(bound);
        Ok(())
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        match self.bound.take() {
            Some(bound) => self.run(rows, &bound),
            None => Err(Error::bind("the sink was not bound")),
        }
    }
}

/// The records by their rows, for whoever reads the ledger: rows that several records have.
pub(super) fn shared(store: &mut dyn Store, part: &Part<'_>) -> Result<HashSet<TargetId>> {
    let mut once: HashMap<TargetId, bool> = HashMap::new();
    if part.entity.match_on.is_empty() && part.entity.match_by.is_none() {
        return Ok(HashSet::new());
    }
    store.scan(part.id, &mut |_, entry| {
        if let (Disposition::Created | Disposition::Updated | Disposition::Unchanged, Some(id)) =
            (entry.disposition, entry.target)
        {
            once.entry(id).and_modify(|again| *again = true).or_insert(false);
        }
        Ok(())
    })?;
    Ok(once.into_iter().filter_map(|(id, again)| again.then_some(id)).collect())
}
