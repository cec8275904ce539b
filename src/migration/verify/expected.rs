//! What the target should hold: records, with what the ledger says of them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::compare::Against;
use super::ledger::Seen;
use super::report::{Discrepancy, Rule};
use crate::error::Result;
use crate::migration::load::asides::identity;
use crate::migration::load::bound::Bound;
use crate::migration::load::parents::Parents;
use crate::migration::load::refer::{Pointed, key_of, pointed};
use crate::migration::load::{Part, Queue};
use crate::migration::store::{Disposition, Entry, Store};
use crate::migration::target::TargetId;
use crate::record::{Record, RecordId, Value};
use crate::sink::Rows;

/// How many records are compared together.
const BATCH: usize = 16 << 10;

/// Records that are compared together.
#[derive(Default)]
pub(super) struct Batch {
    /// The records, as their rows should be, and perhaps others behind them that are left from before.
    pub records: Vec<Record>,
    pub due: Vec<Due>,
    /// What was found before a row was looked at.
    pub found: Vec<Discrepancy>,
    /// Whether there may be more.
    pub more: bool,
}

/// A record that has a row.
pub(super) struct Due {
    /// Its place in the batch.
    pub place: usize,
    pub id: TargetId,
    pub disposition: Disposition,
    pub against: Against,
    /// Positions of references that point to nothing.
    pub orphans: Vec<usize>,
}

/// Asks the ledger about the records of an entity.
pub(super) struct Expected<'c> {
    store: &'c mut dyn Store,
    part: &'c Part<'c>,
    queue: Arc<Queue>,
    /// Rows that several records have.
    shared: HashSet<TargetId>,
    parents: Vec<Parents>,
    /// What the source leads to.
    pub seen: Seen,
}

impl<'c> Expected<'c> {
    pub fn new(
        store: &'c mut dyn Store,
        part: &'c Part<'c>,
        queue: Arc<Queue>,
        shared: HashSet<TargetId>,
    ) -> Self {
        let parents = part.parents();
        Expected { store, part, queue, shared, parents, seen: Seen::default() }
    }

    /// The next records. What a batch before was held in is used again.
    pub fn next(&mut self, rows: &mut Rows<'_>, bound: &Bound, used: Batch) -> Result<Batch> {
        let Batch { mut records, mut due, mut found, .. } = used;
        due.clear();
        found.clear();
        let count = fill(rows, &mut records)?;
        let own = &mut records[..count];
        let mut keys: Vec<Cow<'_, str>> = own.iter().map(key).collect();
        let ids: Vec<RecordId> = own.iter().map(Record::id).collect();
        let entries = self.entries(&mut keys, &ids)?;
        for (place, (entry, key)) in entries.into_iter().zip(&keys).enumerate() {
            due.extend(self.due(place, entry, key, &mut found)?);
        }
        self.refer(&mut due, own, bound)?;
        for (position, owners) in bound.handed(&self.part.entity.table, self.part.standing) {
            for due in &mut due {
                let Some(given) = owners.get(&due.id) else { continue };
                own[due.place].set_value(position, given.to.value());
                due.orphans.retain(|orphan| *orphan != position);
            }
        }
        self.asides(&mut found)?;
        self.parents.iter_mut().for_each(Parents::trim);
        Ok(Batch { records, due, found, more: count == BATCH })
    }

    /// What the ledger says of records: under their keys or, where another has the key, their rows,
    /// which are put in the keys' place.
    fn entries(&mut self, keys: &mut [Cow<'_, str>], ids: &[RecordId]) -> Result<Vec<Option<Entry>>> {
        let borrowed: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let mut entries = self.store.look_up(self.part.id, &borrowed)?;
        let is_elsewhere = |at: &usize| entries[*at].as_ref().is_none_or(|entry| entry.row != ids[*at].row);
        let elsewhere: Vec<usize> = (0..entries.len()).filter(is_elsewhere).collect();
        let rows: Vec<_> = elsewhere.iter().map(|at| identity(ids[*at], None)).collect();
        let borrowed: Vec<&str> = rows.iter().map(|row| &**row).collect();
        let by_row = self.store.look_up(self.part.id, &borrowed)?;
        for ((at, entry), row) in elsewhere.into_iter().zip(by_row).zip(rows) {
            if entry.as_ref().is_some_and(|entry| entry.row == ids[at].row) {
                (entries[at], keys[at]) = (entry, row);
            }
        }
        Ok(entries)
    }

    /// What is to be compared of a record, if anything is.
    fn due(
        &mut self,
        place: usize,
        entry: Option<Entry>,
        key: &str,
        found: &mut Vec<Discrepancy>,
    ) -> Result<Option<Due>> {
        let finding = |rule, message: &str| Discrepancy::new(&self.part.label, rule, message).key(key);
        let is_known = |entry: &Entry| match entry.disposition {
            Disposition::Undone => false,
            Disposition::Placeholder => entry.row != 0,
            _ => true,
        };
        let known = entry.filter(is_known);
        let Some(entry) = known else {
            let message = "the source has it, and the ledger does not know that it was written";
            found.push(finding(Rule::Unknown, message));
            return Ok(None);
        };
        self.seen.add(key, entry.disposition)?;
        use Disposition::{Created, Unchanged, Updated};
        if !matches!(entry.disposition, Created | Unchanged | Updated) {
            return Ok(None);
        }
        let is_shared = |id| entry.shares_row() || self.shared.contains(id);
        let Some((id, is_shared)) = entry.target.as_ref().map(|id| (id.clone(), is_shared(id))) else {
            return Ok(None);
        };
        let against = Against::of(self.part.entity, entry.disposition, is_shared);
        let (disposition, orphans) = (entry.disposition, Vec::new());
        Ok(Some(Due { place, id, disposition, against, orphans }))
    }

    /// Puts the ids of rows in place of the keys that records refer to.
    fn refer(&mut self, due: &mut [Due], records: &mut [Record], bound: &Bound) -> Result<()> {
        for (number, refers) in bound.refers.iter().enumerate() {
            let keys: Vec<Option<String>> =
                due.iter().map(|due| key_of(&records[due.place], refers.position)).collect();
            let parents = &mut self.parents[number];
            let known = keys.iter().flatten().map(String::as_str).chain(refers.reference.stand_ins());
            parents.look_up(self.store, known)?;
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

    /// Looks whether the ledger knows the records that end before they get here.
    pub fn asides(&mut self, found: &mut Vec<Discrepancy>) -> Result<()> {
        let ended = self.queue.take();
        let ids: Vec<RecordId> = ended.iter().map(|one| one.id).collect();
        let mut keys: Vec<Cow<'_, str>> = ended.into_iter().map(|one| one.key.into()).collect();
        let entries = self.entries(&mut keys, &ids)?;
        for (key, entry) in keys.iter().zip(entries) {
            match entry {
                Some(entry) if entry.disposition != Disposition::Undone => {
                    self.seen.add(key, entry.disposition)?;
                }
                _ => {
                    let message = "the source has it, and the ledger does not know that it was set aside";
                    let unknown = Discrepancy::new(&self.part.label, Rule::Unknown, message);
                    found.push(unknown.key(key));
                }
            }
        }
        Ok(())
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

/// The key by which the ledger knows a record.
pub(super) fn key(record: &Record) -> Cow<'_, str> {
    identity(record.id(), record.key())
}
