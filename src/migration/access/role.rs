//! What a role gives: actions on rows within a scope, and fields.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::names::Names;

/// The rows that an action reaches, by their owners. Each holds those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// None.
    #[default]
    None,
    /// Those of the user.
    Own,
    /// Those of the users of the user's team.
    Team,
    /// All.
    All,
}

impl Scope {
    /// `none`, `own`, `team` or `all`.
    pub fn name(self) -> &'static str {
        match self {
            Scope::None => "none",
            Scope::Own => "own",
            Scope::Team => "team",
            Scope::All => "all",
        }
    }
}

/// What a user does with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Sees it.
    Read,
    /// Changes it.
    Write,
    /// Gives it another owner.
    Transfer,
    /// Deletes it.
    Delete,
    /// Takes it out of the system, in a file.
    Export,
}

impl Action {
    /// All of them, in their order.
    pub const ALL: [Action; 5] =
        [Action::Read, Action::Write, Action::Transfer, Action::Delete, Action::Export];

    /// `read`, `write`, `transfer`, `delete` or `export`.
    pub fn name(self) -> &'static str {
        match self {
            Action::Read => "read",
            Action::Write => "write",
            Action::Transfer => "transfer",
            Action::Delete => "delete",
            Action::Export => "export",
        }
    }
}

/// What a user does with one field of the rows that they reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldAccess {
    /// Nothing: it is not shown.
    Hidden,
    /// Sees it.
    ReadOnly,
    /// Changes it.
    Write,
}

/// What a role gives. What is not said is not given; a field that is not
/// named can be seen and changed as its row can.
///
/// ```
/// use handover::migration::access::{Action, Role, Scope};
///
/// let sales = Role::new("sales")
///     .allow("contact", Action::Read, Scope::Team)
///     .allow("contact", Action::Write, Scope::Own)
///     .hide("contact", "salary");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub(super) name: String,
    pub(super) entities: BTreeMap<String, Rights>,
}

/// The rights of a role, or of a user, on one entity.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rights {
    pub read: Scope,
    pub write: Scope,
    pub transfer: Scope,
    pub delete: Scope,
    pub export: Scope,
    pub hidden: BTreeSet<String>,
    pub read_only: BTreeSet<String>,
}

impl Rights {
    pub fn scope(&self, action: Action) -> Scope {
        match action {
            Action::Read => self.read,
            Action::Write => self.write,
            Action::Transfer => self.transfer,
            Action::Delete => self.delete,
            Action::Export => self.export,
        }
    }

    pub fn widen(&mut self, action: Action, scope: Scope) {
        let place = match action {
            Action::Read => &mut self.read,
            Action::Write => &mut self.write,
            Action::Transfer => &mut self.transfer,
            Action::Delete => &mut self.delete,
            Action::Export => &mut self.export,
        };
        *place = scope.max(*place);
    }

    /// What these rights make of a field: nothing, where they reach no row.
    pub fn field(&self, field: &str) -> FieldAccess {
        if self.read == Scope::None || self.hidden.contains(field) {
            FieldAccess::Hidden
        } else if self.write == Scope::None || self.read_only.contains(field) {
            FieldAccess::ReadOnly
        } else {
            FieldAccess::Write
        }
    }
}

impl Role {
    /// A role that gives nothing yet.
    pub fn new(name: impl Into<String>) -> Self {
        Role { name: name.into(), entities: BTreeMap::new() }
    }

    /// Gives an action on the rows within a scope. Of two that are given, the wider counts.
    #[must_use]
    pub fn allow(mut self, entity: impl Into<String>, action: Action, scope: Scope) -> Self {
        self.rights(entity).widen(action, scope);
        self
    }

    /// Hides fields: they are not shown, and cannot be changed.
    #[must_use]
    pub fn hide(mut self, entity: impl Into<String>, fields: impl Into<Names>) -> Self {
        self.rights(entity).hidden.extend(fields.into().iter().map(|field| field.to_string()));
        self
    }

    /// Makes fields read-only: they are shown, and cannot be changed.
    #[must_use]
    pub fn read_only(mut self, entity: impl Into<String>, fields: impl Into<Names>) -> Self {
        self.rights(entity).read_only.extend(fields.into().iter().map(|field| field.to_string()));
        self
    }

    fn rights(&mut self, entity: impl Into<String>) -> &mut Rights {
        self.entities.entry(entity.into()).or_default()
    }
}
