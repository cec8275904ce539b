//! The people to whom rows are handed over.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Transfer;
use super::holding::is_one_of;
use crate::error::{Error, Result};
use crate::migration::target::{TableShape, Target, TargetId, fetch};
use crate::names::Names;
use crate::record::Record;

/// The table of users in the target: who is there, who is active, and how they are told.
///
/// ```
/// use handover::migration::transfer::Users;
///
/// let users = Users::new("users").active("status", ["active"]).name("name").email("email").manager("manager_id");
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct Users {
    pub(super) table: String,
    active: Option<(String, Names)>,
    /// Whom to notify, and how, is no part of what a plan is bound to.
    #[serde(skip)]
    name: Option<String>,
    #[serde(skip)]
    email: Option<String>,
    #[serde(skip)]
    manager: Option<String>,
    #[serde(skip)]
    pub(super) role: Option<String>,
    #[serde(skip)]
    pub(super) team: Option<String>,
}

/// A user as the target knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub active: bool,
    pub name: Option<String>,
    pub email: Option<String>,
    pub manager: Option<TargetId>,
}

impl Users {
    /// The users of a table.
    pub fn new(table: impl Into<String>) -> Self {
        let (active, name, email, manager, role, team) = (None, None, None, None, None, None);
        Users { table: table.into(), active, name, email, manager, role, team }
    }

    /// Only those are active who have one of these values in a column. Without it all are.
    #[must_use]
    pub fn active(mut self, column: impl Into<String>, values: impl Into<Names>) -> Self {
        self.active = Some((column.into(), values.into()));
        self
    }

    /// The column of the name, for those who notify.
    #[must_use]
    pub fn name(mut self, column: impl Into<String>) -> Self {
        self.name = Some(column.into());
        self
    }

    /// The column of the e-mail address, for those who notify.
    #[must_use]
    pub fn email(mut self, column: impl Into<String>) -> Self {
        self.email = Some(column.into());
        self
    }

    /// The column that holds the id of each user's manager, who is to be notified as well.
    #[must_use]
    pub fn manager(mut self, column: impl Into<String>) -> Self {
        self.manager = Some(column.into());
        self
    }

    /// The column of the role, by which [access](super::Access) is compared.
    #[must_use]
    pub fn role(mut self, column: impl Into<String>) -> Self {
        self.role = Some(column.into());
        self
    }

    /// The column of the team, by which access is compared as well.
    #[must_use]
    pub fn team(mut self, column: impl Into<String>) -> Self {
        self.team = Some(column.into());
        self
    }

    /// The column that says who is active.
    pub(super) fn deciding(&self) -> impl Iterator<Item = &str> {
        self.active.iter().map(|(column, _)| column.as_str())
    }

    pub(super) fn is_active(&self, row: &Record, shape: &TableShape) -> Result<bool> {
        let is = |(column, values): &(String, Names)| is_one_of(row, column, values, shape);
        self.active.as_ref().map_or(Ok(true), is)
    }

    /// Those of these ids who are there.
    pub(super) fn look_up<'i>(
        &self,
        target: &mut dyn Target,
        ids: impl IntoIterator<Item = &'i TargetId>,
    ) -> Result<BTreeMap<TargetId, Person>> {
        let shape = target.describe(&self.table)?;
        let told = [&self.name, &self.email, &self.manager].into_iter().flatten().map(String::as_str);
        let mut names: Vec<&str> = self.deciding().chain(told).collect();
        names.sort_unstable();
        names.dedup();
        names.iter().try_for_each(|name| shape.column(name).map(drop))?;
        let person = |(id, row): (TargetId, Record)| {
            let text = |column: &Option<String>| {
                let value = row.get(column.as_deref()?).ok()?;
                (!value.is_blank()).then(|| value.to_string())
            };
            let active = self.is_active(&row, &shape)?;
            let (name, email) = (text(&self.name), text(&self.email));
            Ok((id, Person { active, name, email, manager: text(&self.manager).map(TargetId::from) }))
        };
        fetch(target, &shape, &names, ids)?.into_iter().map(person).collect()
    }

    /// Refuses receivers who are not there, are not active, or are those from whom rows are taken.
    pub(super) fn check(&self, transfer: &Transfer, target: &mut dyn Target) -> Result<()> {
        let receivers = transfer.receivers()?.everybody();
        let people = self.look_up(target, &receivers)?;
        let wrong = receivers.iter().filter_map(|id| match people.get(id) {
            _ if transfer.from.contains(id) => Some(format!("receiver {id} is whom rows are taken from")),
            None => Some(format!("receiver {id} is not known")),
            Some(person) if !person.active => Some(format!("receiver {id} is not active")),
            Some(_) => None,
        });
        let wrong: Vec<String> = wrong.collect();
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(Error::bind(wrong.join("; ")).at(&self.table)),
        }
    }
}
