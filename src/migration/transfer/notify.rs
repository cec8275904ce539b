//! Whom to notify of a transfer.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::sheet::Handover;
use super::users::Person;
use crate::error::Result;
use crate::migration::handed::Handed;
use crate::migration::target::TargetId;
use crate::record::Value;
use crate::schema::{Field, Kind, Schema};
use crate::source::{Feed, SourceReader};

/// Somebody to be notified of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Notice {
    /// The id of the user.
    pub user: String,
    /// What they have to do with it.
    pub part: Notified,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// Their e-mail address, where it is known.
    pub email: Option<String>,
    /// Whether they are there and active: an old owner need not be.
    pub active: bool,
    /// From whom the rows came.
    pub old_owners: Vec<String>,
    /// How many rows of each table, in the order in which they were handed over.
    pub tables: Vec<(String, u64)>,
}

/// What somebody has to do with a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notified {
    /// They received rows.
    Receiver,
    /// The rows were theirs.
    OldOwner,
    /// They manage somebody who received rows, or whose rows they were.
    Manager,
}

impl Notified {
    /// Its name: `receiver`, `old owner`, `manager`.
    pub fn name(self) -> &'static str {
        match self {
            Notified::Receiver => "receiver",
            Notified::OldOwner => "old owner",
            Notified::Manager => "manager",
        }
    }
}

/// Whom to notify: receivers, old owners, and managers where it is said who they are.
///
/// It is a source as well, for any sink: a table of the columns `user`, `part`, `name`,
/// `email`, `active`, `old_owners`, `rows`, `tables` and `effective`. It holds addresses: it is for those who write to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notices {
    rows: Vec<Notice>,
    effective: Option<String>,
}

impl Notices {
    /// The notices: by their parts, and then by the ids of the users.
    pub fn rows(&self) -> &[Notice] {
        &self.rows
    }
}

impl Handover<'_> {
    /// Whom to notify of what was handed over. A manager is told of each row once, whether it came from
    /// their people or went to them.
    pub fn notices(&mut self) -> Result<Notices> {
        let ids: BTreeSet<&TargetId> = self.rows.iter().flat_map(|row| [&row.from, &row.to]).collect();
        let mut people = self.users.look_up(self.target, ids.iter().copied())?;
        let managers: BTreeMap<TargetId, TargetId> =
            people.iter().filter_map(|(id, person)| Some((id.clone(), person.manager.clone()?))).collect();
        let more: BTreeSet<&TargetId> = managers.values().filter(|id| !people.contains_key(id)).collect();
        people.extend(self.users.look_up(self.target, more)?);
        let mut told: BTreeMap<(Notified, &TargetId), Told<'_>> = BTreeMap::new();
        for row in &self.rows {
            told.entry((Notified::Receiver, &row.to)).or_default().add(row);
            told.entry((Notified::OldOwner, &row.from)).or_default().add(row);
            let managers: BTreeSet<&TargetId> =
                [&row.from, &row.to].into_iter().filter_map(|id| managers.get(id)).collect();
            for manager in managers {
                told.entry((Notified::Manager, manager)).or_default().add(row);
            }
        }
        let rows = told.into_iter().map(|((part, id), told)| told.notice(part, id, people.get(id)));
        Ok(Notices { rows: rows.collect(), effective: self.effective.clone() })
    }
}

/// The rows that somebody is told of.
#[derive(Default)]
struct Told<'r> {
    tables: Vec<(&'r str, u64)>,
    owners: BTreeSet<&'r TargetId>,
}

impl<'r> Told<'r> {
    fn add(&mut self, row: &'r Handed) {
        match self.tables.iter_mut().find(|(table, _)| *table == &*row.table) {
            Some((_, rows)) => *rows += 1,
            None => self.tables.push((&row.table, 1)),
        }
        self.owners.insert(&row.from);
    }

    fn notice(self, part: Notified, id: &TargetId, person: Option<&Person>) -> Notice {
        Notice {
            user: id.to_string(),
            part,
            name: person.and_then(|person| person.name.clone()),
            email: person.and_then(|person| person.email.clone()),
            active: person.is_some_and(|person| person.active),
            old_owners: self.owners.into_iter().map(ToString::to_string).collect(),
            tables: self.tables.into_iter().map(|(table, rows)| (table.to_owned(), rows)).collect(),
        }
    }
}

impl SourceReader for &Notices {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("notices")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let columns = [
            ("user", Kind::Text),
            ("part", Kind::Text),
            ("name", Kind::Text),
            ("email", Kind::Text),
            ("active", Kind::Bool),
            ("old_owners", Kind::Text),
            ("rows", Kind::Int),
            ("tables", Kind::Text),
            ("effective", Kind::Text),
        ];
        Schema::new(columns.map(|(name, kind)| Field::new(name, kind)))
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for notice in &self.rows {
            let tables: Vec<String> =
                notice.tables.iter().map(|(table, rows)| format!("{table}: {rows}")).collect();
            let rows: u64 = notice.tables.iter().map(|(_, rows)| rows).sum();
            let (owners, tables) = (notice.old_owners.join(", "), tables.join(", "));
            let values = [
                Value::Text(&notice.user),
                Value::Text(notice.part.name()),
                notice.name.as_deref().into(),
                notice.email.as_deref().into(),
                Value::Bool(notice.active),
                Value::Text(&owners),
                Value::Int(i64::try_from(rows).unwrap_or(i64::MAX)),
                Value::Text(&tables),
                self.effective.as_deref().into(),
            ];
            let record = feed.record();
            values.into_iter().enumerate().for_each(|(position, value)| record.set_value(position, value));
            feed.push()?;
        }
        Ok(())
    }
}
