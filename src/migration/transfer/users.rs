//! The people to whom rows are handed over.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Transfer;
use super::holding::is_one_of;
use crate::error::{Error, Result};
use crate::migration::target::{Target, TargetId, fetch};
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
    table: String,
    active: Option<(String, Names)>,
    /// Whom to notify, and how, is no part of what a plan is bound to.
    #[serde(skip)]
    name: Option<String>,
    #[serde(skip)]
    email: Option<String>,
    #[serde(skip)]
    manager: Option<String>,
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
        Users { table: table.into(), active: None, name: None, email: None, manager: None }
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

    /// Those of these ids who are there.
    pub(super) fn look_up<'i>(
        &self,
        target: &mut dyn Target,
        ids: impl IntoIterator<Item = &'i TargetId>,
    ) -> Result<BTreeMap<TargetId, Person>> {
        let shape = target.describe(&self.table)?;
        let active = self.active.as_ref().map(|(column, _)| column);
        let columns = [active, self.name.as_ref(), self.email.as_ref(), self.manager.as_ref()];
        let mut names: Vec<&str> = columns.into_iter().flatten().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names.iter().try_for_each(|name| shape.column(name).map(drop))?;
        let person = |(id, row): (TargetId, Record)| {
            let text = |column: &Option<String>| {
                let value = row.get(column.as_deref()?).ok()?;
                (!value.is_blank()).then(|| value.to_string())
            };
            let active = match &self.active {
                Some((column, values)) => is_one_of(&row, column, values, &shape)?,
                None => true,
            };
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
