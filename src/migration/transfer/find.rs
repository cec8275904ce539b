//! Which rows change hands, and to whom: found out in the target, which is only read.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Transfer;
use super::history::History;
use super::holding::Holding;
use super::receivers::Deal;
use crate::error::{Error, Result};
use crate::migration::handed::Handed;
use crate::migration::target::{TableShape, Target, TargetId, fetch, id_of};
use crate::record::{Record, Value};

/// The rows of the old owners.
pub(super) struct Found {
    /// Those that change hands: table by table in the order of the declaration, and by their ids.
    pub handed: Vec<Handed>,
    pub tables: Vec<Held>,
}

/// A table, or one of its columns that hold owners.
pub(super) struct Held {
    pub shape: TableShape,
    pub owner: Arc<str>,
    /// The rows of the old owners, and what is to become of each.
    rows: HashMap<TargetId, (TargetId, Fate)>,
    /// Rows to which two ways lead, and to different receivers.
    pub torn: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    To(TargetId),
    /// It stays, because of what it says itself.
    Stays(String),
    /// It stays, because what it belongs to does.
    Behind(String),
}

impl Held {
    /// How many rows the old owners have.
    pub fn owned(&self) -> u64 {
        self.rows.len() as u64
    }

    /// How many rows stay, by the reasons.
    pub fn stays(&self) -> Vec<(String, u64)> {
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        for (_, fate) in self.rows.values() {
            if let Fate::Stays(reason) | Fate::Behind(reason) = fate {
                *reasons.entry(reason).or_default() += 1;
            }
        }
        reasons.into_iter().map(|(reason, rows)| (reason.to_owned(), rows)).collect()
    }

    fn handed(&self) -> Vec<Handed> {
        let table = Arc::clone(&self.shape.table);
        let to = |(id, (from, fate)): (&TargetId, &(TargetId, Fate))| {
            let Fate::To(to) = fate else { return None };
            let (table, owner) = (Arc::clone(&table), Arc::clone(&self.owner));
            Some(Handed { table, owner, id: id.clone(), from: from.clone(), to: to.clone() })
        };
        let mut handed: Vec<Handed> = self.rows.iter().filter_map(to).collect();
        handed.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        handed
    }

    /// Books what is to become of a row. To hand it over counts for more than to leave it.
    fn book(&mut self, id: TargetId, from: TargetId, fate: Fate) {
        match (self.rows.get(&id).map(|(_, known)| known), &fate) {
            (Some(Fate::To(known)), Fate::To(to)) => self.torn += u64::from(known != to),
            (Some(Fate::To(_)), _) | (Some(Fate::Stays(_)), Fate::Behind(_)) => {}
            _ => drop(self.rows.insert(id, (from, fate))),
        }
    }
}

/// Finds the rows of a transfer.
pub(super) fn find(transfer: &Transfer, history: &History, target: &mut dyn Target) -> Result<Found> {
    if transfer.roots.is_empty() {
        return Err(Error::bind("it is not said which table is handed over"));
    }
    transfer.known_users()?.check(transfer, target)?;
    let deal = Deal::new(transfer.receivers()?, &history.given)?;
    let mut finder = Finder { transfer, history, target, tables: Vec::new() };
    finder.roots(deal)?;
    let tables = finder.tables;
    Ok(Found { handed: tables.iter().flat_map(Held::handed).collect(), tables })
}

struct Finder<'f> {
    transfer: &'f Transfer,
    history: &'f History,
    target: &'f mut dyn Target,
    tables: Vec<Held>,
}

impl<'f> Finder<'f> {
    fn roots(&mut self, mut deal: Deal<'f>) -> Result<()> {
        for root in &self.transfer.roots {
            let at = self.held(root)?;
            let mut rows = self.owned(root, at, self.transfer.receivers()?.columns())?;
            rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
            deal.begin(root, &self.tables[at].shape, self.target)?;
            for (id, row) in rows {
                let held = &mut self.tables[at];
                let fate = match root.stays(&row, &held.shape)? {
                    Some(reason) => Fate::Stays(reason),
                    None => match deal.next(&id, &row, &held.shape) {
                        Some(receiver) => Fate::To(receiver),
                        None => Fate::Stays("nobody is to receive it".to_owned()),
                    },
                };
                held.book(id, owner_of(&row), fate);
            }
            self.followers(root, at)?;
        }
        Ok(())
    }

    fn followers(&mut self, holding: &Holding, at: usize) -> Result<()> {
        for (refers, follower) in &holding.cascades {
            let to = self.held(follower)?;
            self.follow(follower, to, refers, at)?;
            self.followers(follower, to)?;
        }
        Ok(())
    }

    /// Finds out what becomes of rows that refer to those of another table.
    fn follow(&mut self, follower: &Holding, to: usize, refers: &str, at: usize) -> Result<()> {
        let rows = self.owned(follower, to, [refers])?;
        let earlier = self.handed_earlier(&rows, refers, at)?;
        let mut fates = Vec::with_capacity(rows.len());
        for (id, row) in rows {
            let parent = reference(&row, refers);
            let now = parent.as_ref().and_then(|parent| self.tables[at].rows.get(parent));
            let fate = match (parent.as_ref(), now) {
                (None, _) => Fate::Behind(format!("its `{refers}` is empty")),
                (_, Some((_, Fate::To(receiver)))) => Fate::To(receiver.clone()),
                (Some(parent), _) => match earlier.get(parent) {
                    Some(fate) => fate.clone(),
                    None => Fate::Behind(format!("its `{refers}` is not handed over")),
                },
            };
            let fate = match (follower.stays(&row, &self.tables[to].shape)?, fate) {
                (Some(reason), Fate::To(_)) => Fate::Stays(reason),
                (_, fate) => fate,
            };
            fates.push((id, owner_of(&row), fate));
        }
        for (id, from, fate) in fates {
            self.tables[to].book(id, from, fate);
        }
        Ok(())
    }

    /// What becomes of rows whose parents were handed over by an earlier transfer: they go where
    /// their parents went, if those are still there.
    fn handed_earlier(
        &mut self,
        rows: &[(TargetId, Record)],
        refers: &str,
        at: usize,
    ) -> Result<HashMap<TargetId, Fate>> {
        let Held { shape, owner, .. } = &self.tables[at];
        let receiver = |parent: &TargetId| self.history.receiver(&shape.table, owner, parent);
        let parents: HashMap<TargetId, &TargetId> = rows
            .iter()
            .filter_map(|(_, row)| reference(row, refers))
            .filter_map(|parent| receiver(&parent).map(|receiver| (parent, receiver)))
            .collect();
        let there = fetch(self.target, shape, &[owner], parents.keys())?;
        let people = self.transfer.known_users()?.look_up(self.target, parents.values().copied())?;
        let fate = |(parent, receiver): (TargetId, &TargetId)| {
            let fate = match there.get(&parent).map(owner_of) {
                Some(owner) if owner != *receiver => {
                    Fate::Behind(format!("its `{refers}` has gone on to somebody else"))
                }
                Some(_) if people.get(receiver).is_some_and(|person| person.active) => {
                    Fate::To(receiver.clone())
                }
                _ => Fate::Behind(format!("who received its `{refers}` is not active")),
            };
            (parent, fate)
        };
        Ok(parents.into_iter().map(fate).collect())
    }

    /// The place of a table among those that were looked at.
    fn held(&mut self, holding: &Holding) -> Result<usize> {
        let shape = self.target.describe(&holding.table)?;
        let owner = Arc::clone(&shape.column(&holding.owner)?.name);
        let known =
            self.tables.iter().position(|held| held.shape.table == shape.table && held.owner == owner);
        Ok(known.unwrap_or_else(|| {
            self.tables.push(Held { shape, owner, rows: HashMap::new(), torn: 0 });
            self.tables.len() - 1
        }))
    }

    /// The rows of the old owners: the owner first, then the columns that decide.
    fn owned<'c>(
        &mut self,
        holding: &'c Holding,
        at: usize,
        more: impl IntoIterator<Item = &'c str>,
    ) -> Result<Vec<(TargetId, Record)>> {
        let Held { shape, owner, .. } = &self.tables[at];
        let mut columns: Vec<&str> = vec![owner];
        for column in holding.deciding().chain(more) {
            shape.column(column)?;
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let from: Vec<Value<'_>> = self.transfer.from.iter().map(TargetId::value).collect();
        let mut rows = Vec::new();
        self.target.find(&shape.table, &columns, owner, &from, &mut |row| {
            rows.push((id_of(row), row.clone()));
            Ok(())
        })?;
        Ok(rows)
    }
}

/// The owner of a row, which is its first column.
pub(super) fn owner_of(row: &Record) -> TargetId {
    TargetId::parse(&row.value(0).to_string())
}

/// The row that another refers to.
fn reference(row: &Record, column: &str) -> Option<TargetId> {
    let value = row.get(column).ok().filter(|value| !value.is_blank())?;
    Some(TargetId::parse(&value.to_string()))
}
