//! References that are set afterwards, because what they point to was loaded later.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::parents::Parents;
use super::placeholder::Missing;
use super::refer::{Pointed, pointed};
use super::session::Sending;
use super::{DONE, Part, Session};
use crate::error::Result;
use crate::migration::entity::{FieldPolicy, Orphans};
use crate::migration::row::{RowHash, same, to_json};
use crate::migration::store::{Deferred, Disposition, Entry, JournalLine, Note, Tally};
use crate::migration::target::{Change, Op, Outcome, TargetId};
use crate::record::{Record, Value};
use crate::schema::{Field, Kind, Schema};

/// Sets one reference of an entity in all its rows. `columns` are those that
/// the load wrote, and the row's hash is made of.
pub(crate) fn relink(
    session: &mut Session<'_>,
    part: &Part<'_>,
    reference: usize,
    columns: &[String],
) -> Result<()> {
    let mut relink = Relink::new(session, part, reference, columns)?;
    let mut after = String::new();
    loop {
        let most = relink.session.batch;
        let waiting = relink.session.store.deferred(part.id, &relink.column, &after, most)?;
        let Some(last) = waiting.last() else { break };
        after.clone_from(&last.key);
        relink.batch(waiting)?;
    }
    let Relink { session, resolved, waiting, .. } = relink;
    session.tally.merge(&waiting);
    session.page.resolved.extend(resolved);
    session.intend(part.phase, part.id, DONE, false).map(drop)
}

struct Relink<'r, 'm> {
    session: &'r mut Session<'m>,
    part: &'r Part<'r>,
    reference: usize,
    column: Arc<str>,
    names: Vec<&'r str>,
    kinds: Vec<(usize, Kind)>,
    place: usize,
    schema: Arc<Schema>,
    hash: RowHash,
    parents: Parents,
    /// References that were set with the batch before.
    resolved: Vec<Deferred>,
    /// What those are counted as that still wait, and are met again if the run is cut short.
    waiting: Tally,
}

impl<'r, 'm> Relink<'r, 'm> {
    fn new(
        session: &'r mut Session<'m>,
        part: &'r Part<'r>,
        reference: usize,
        columns: &'r [String],
    ) -> Result<Self> {
        let column: Arc<str> = part.entity.references[reference].column.as_str().into();
        let kind = part.shape.column(&column)?.kind;
        let mut kinds = Vec::new();
        for (place, name) in columns.iter().enumerate() {
            kinds.push((place, part.shape.column(name)?.kind));
        }
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let place = names.iter().position(|name| **name == *column).unwrap_or_default();
        let schema = Schema::new([Field::new(Arc::clone(&column), kind)])?;
        let (hash, parents) =
            (RowHash::default(), Parents::new(part.to[reference].0, &part.entity.references[reference]));
        let (resolved, waiting) = (Vec::new(), Tally::default());
        Ok(Relink {
            session,
            part,
            reference,
            column,
            names,
            kinds,
            place,
            schema,
            hash,
            parents,
            resolved,
            waiting,
        })
    }

    fn batch(&mut self, waiting: Vec<Deferred>) -> Result<()> {
        self.look_up_parents(&waiting)?;
        let keys: Vec<&str> = waiting.iter().map(|one| one.key.as_str()).collect();
        let children = self.session.store.look_up(self.part.id, &keys)?;
        let children: HashMap<&str, Entry> =
            keys.iter().copied().zip(children).filter_map(|(key, entry)| Some((key, entry?))).collect();
        let rows = self.rows(children.values().filter_map(|entry| entry.target.as_ref()))?;
        let (mut changes, mut changed, mut done) = (Vec::new(), Vec::new(), Vec::new());
        for one in &waiting {
            let child =
                children.get(one.key.as_str()).filter(|entry| entry.disposition != Disposition::Undone);
            let row = child.and_then(|entry| Some((entry, rows.get(entry.target.as_ref()?)?)));
            let Some((entry, row)) = row else {
                done.push(one.clone());
                continue;
            };
            let reference = &self.part.entity.references[self.reference];
            let points = pointed(reference, &self.parents, &one.parent);
            let waits = points.to == Pointed::Orphan && reference.orphans == Orphans::Park;
            let tally = if waits { &mut self.waiting } else { &mut self.session.tally };
            points.count(tally, self.part, reference, &one.parent)?;
            if let Pointed::Row(parent) = points.to
                && let parent = parent.clone()
                && let Some(change) = self.set(one, entry, row, &parent, changes.len())
            {
                changes.push(change);
                changed.push((one.key.as_str(), parent));
            }
            done.extend((!waits).then(|| one.clone()));
        }
        self.parents.trim();
        let sent = !changes.is_empty();
        self.session.page.resolved.append(&mut self.resolved);
        let batch = self.session.intend(self.part.phase, self.part.id, 0, sent)?;
        self.resolved = done;
        if sent {
            let table = &self.part.entity.table;
            let outcomes = self.session.send(Sending { batch, table, changes: &changes })?;
            for (one, outcome) in changed.into_iter().zip(outcomes) {
                let known = children.get(one.0).cloned();
                match outcome {
                    Outcome::Refused(fault) => self.not_set(one, known, &fault.to_string()),
                    Outcome::Gone => self.not_set(one, known, super::GONE),
                    Outcome::Done(_) | Outcome::Unknown => {}
                }
            }
        }
        Ok(())
    }

    /// The target does not take a reference: the ledger says again what it said of the row.
    fn not_set(&mut self, (key, parent): (&str, TargetId), known: Option<Entry>, why: &str) {
        let message = format!("row {parent}: {why}");
        let note = Note::of_not_set(self.session.run, &self.part.label, key, &self.column, message);
        self.session.tally.add(&note.rule, 1);
        self.session.page.notes.push(note);
        self.session.page.entries.extend(known.map(|entry| (self.part.id, key.to_owned(), entry)));
    }

    /// Makes sure that it is known what references point to, and makes rows for who is missing.
    fn look_up_parents(&mut self, waiting: &[Deferred]) -> Result<()> {
        let (entity, _) = self.part.to[self.reference];
        let reference = &self.part.entity.references[self.reference];
        let keys = || waiting.iter().map(|one| one.parent.as_str());
        self.parents.look_up(self.session.store, keys().chain(reference.stand_ins()))?;
        let mut seen = HashSet::new();
        let lacking = keys().filter(|key| self.parents.lacks(key) && seen.insert(*key));
        let keys: Vec<_> = lacking.map(|key| (key.to_owned(), reference)).collect();
        if !keys.is_empty() {
            self.confirm()?;
        }
        let place = (self.part.phase, 0);
        for (key, id) in self.session.stand_for(Missing { entity, keys }, self.part.tables, place)? {
            self.parents.learn(&key, id);
        }
        Ok(())
    }

    /// Writes down what came of the batch before.
    fn confirm(&mut self) -> Result<()> {
        self.session.page.resolved.append(&mut self.resolved);
        self.session.intend(self.part.phase, self.part.id, 0, false).map(drop)
    }

    fn rows<'i>(&mut self, ids: impl Iterator<Item = &'i TargetId>) -> Result<HashMap<TargetId, Record>> {
        let values: Vec<Value<'_>> = ids.map(TargetId::value).collect();
        let mut rows = HashMap::with_capacity(values.len());
        let mut keep = |row: &Record| {
            rows.insert(TargetId::parse(row.key().unwrap_or_default()), row.clone());
            Ok(())
        };
        let shape = &self.part.shape;
        self.session.target.find(&shape.table, &self.names, &shape.id, &values, &mut keep)?;
        Ok(rows)
    }

    /// The change that sets a reference; none where it is set already.
    fn set(
        &mut self,
        one: &Deferred,
        entry: &Entry,
        row: &Record,
        parent: &TargetId,
        number: usize,
    ) -> Option<Change> {
        let (old, id) = (row.value(self.place), entry.target.clone()?);
        let handed = self.part.standing.owners(&self.part.entity.table, &self.column);
        let stays = handed.and_then(|owners| owners.get(&id)).is_some_and(|it| it.is_from(parent.value()));
        let fills = entry.shares_row() || self.part.entity.policy_of(&self.column) == FieldPolicy::FillEmpty;
        if stays || fills && !old.is_blank() || same(old, parent.value(), self.kinds[self.place].1) {
            return None;
        }
        let mut after = row.clone();
        after.set_value(self.place, parent.value());
        let json = |value| Some(to_json([(&*self.column, value)].into_iter()));
        let batch = self.session.next_batch;
        self.session.page.journal.push(JournalLine {
            batch,
            line: number as u32,
            table: Arc::clone(&self.part.shape.table),
            target: id.clone(),
            before: json(old),
            after: json(parent.value()),
            record: Some((self.part.id, one.key.clone(), Some(entry.clone()))),
        });
        let mut entry = entry.clone();
        (entry.batch, entry.written) = (batch, self.hash.of(&after, self.kinds.iter().copied()));
        self.session.page.entries.push((self.part.id, one.key.clone(), entry));
        let mut record = Record::new(Arc::clone(&self.schema));
        record.set_value(0, parent.value());
        Some(Change { token: number as u64, op: Op::Update(id), record })
    }
}
