//! All roles together, and the users who have them.

use std::collections::{BTreeMap, BTreeSet};

use super::role::{Action, FieldAccess, Rights, Role, Scope};

/// What each role gives: what a system is set up to give, or what is needed and no more.
///
/// ```
/// use handover::migration::access::{Action, Matrix, Role, Scope, User};
///
/// let matrix = Matrix::new()
///     .role(Role::new("sales").allow("contact", Action::Write, Scope::Own))
///     .role(Role::new("lead").allow("contact", Action::Write, Scope::Team));
///
/// let anna = User::new("u1").role("sales").team("north");
/// assert!(matrix.effective(&anna, "contact", Action::Write, "u1", Some("north")));
/// assert!(!matrix.effective(&anna, "contact", Action::Write, "u2", Some("north")));
/// assert!(matrix.effective(&anna.role("lead"), "contact", Action::Write, "u2", Some("north")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matrix {
    pub(super) roles: BTreeMap<String, Role>,
}

/// Somebody who uses a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub(super) id: String,
    pub(super) roles: BTreeSet<String>,
    pub(super) team: Option<String>,
    pub(super) active: bool,
    /// Rights that were given to the user and not to a role.
    pub(super) own: BTreeMap<String, Rights>,
}

impl User {
    /// A user who is active, and has no role and no team.
    pub fn new(id: impl Into<String>) -> Self {
        User { id: id.into(), roles: BTreeSet::new(), team: None, active: true, own: BTreeMap::new() }
    }

    /// The same user, with a role more.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.insert(role.into());
        self
    }

    /// The same user, in a team.
    #[must_use]
    pub fn team(mut self, team: impl Into<String>) -> Self {
        self.team = Some(team.into());
        self
    }

    /// The same user, who is active or not.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }

    /// The same user, with a right that was given to them and not to a role.
    #[must_use]
    pub fn grant(mut self, entity: impl Into<String>, action: Action, scope: Scope) -> Self {
        self.own.entry(entity.into()).or_default().widen(action, scope);
        self
    }

    /// Whether a scope of this user reaches a row of that owner.
    pub(super) fn reaches(&self, scope: Scope, owner: &str, owner_team: Option<&str>) -> bool {
        let own = !owner.is_empty() && self.id == owner;
        match scope {
            Scope::None => false,
            Scope::Own => own,
            Scope::Team => own || self.team.is_some() && self.team.as_deref() == owner_team,
            Scope::All => true,
        }
    }
}

impl Matrix {
    /// A matrix without roles.
    pub fn new() -> Self {
        Matrix::default()
    }

    /// Adds a role, in place of one of its name.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.roles.insert(role.name.clone(), role);
        self
    }

    /// The scope of an action for a user: the widest of their roles and of the
    /// rights of their own; none for a user who is inactive.
    pub fn scope(&self, user: &User, entity: &str, action: Action) -> Scope {
        self.rights(user, entity, true).map(|rights| rights.scope(action)).max().unwrap_or_default()
    }

    /// The same by roles only.
    pub(super) fn scope_by_role(&self, user: &User, entity: &str, action: Action) -> Scope {
        self.rights(user, entity, false).map(|rights| rights.scope(action)).max().unwrap_or_default()
    }

    /// Whether a user can do this with a row of that owner, who is in that team.
    pub fn effective(
        &self,
        user: &User,
        entity: &str,
        action: Action,
        owner: &str,
        owner_team: Option<&str>,
    ) -> bool {
        user.reaches(self.scope(user, entity, action), owner, owner_team)
    }

    /// What a user can do with a field of the rows that they reach: the most
    /// that one of their roles gives, or a right of their own.
    pub fn field(&self, user: &User, entity: &str, field: &str) -> FieldAccess {
        widest(self.rights(user, entity, true), field)
    }

    /// The same by roles only.
    pub(super) fn field_by_role(&self, user: &User, entity: &str, field: &str) -> FieldAccess {
        widest(self.rights(user, entity, false), field)
    }

    /// The fields of an entity that a role hides or makes read-only.
    pub(super) fn fields(&self, entity: &str) -> BTreeSet<&str> {
        let rights = self.roles.values().filter_map(|role| role.entities.get(entity));
        rights.flat_map(|rights| rights.hidden.iter().chain(&rights.read_only)).map(String::as_str).collect()
    }

    /// The rights that count for a user: of their roles, and of their own if asked for.
    fn rights<'a>(&'a self, user: &'a User, entity: &'a str, own: bool) -> impl Iterator<Item = &'a Rights> {
        let by_role = user.roles.iter().filter_map(move |role| self.roles.get(role)?.entities.get(entity));
        let own = user.own.get(entity).filter(|_| own);
        by_role.chain(own).filter(|_| user.active)
    }
}

fn widest<'a>(rights: impl Iterator<Item = &'a Rights>, field: &str) -> FieldAccess {
    rights.map(|rights| rights.field(field)).max().unwrap_or(FieldAccess::Hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Matrix {
        Matrix::from_toml(
            r#"
            [roles.sales]
            contact = { read = "team", write = "own", hidden = ["salary"], read_only = ["limit"] }

            [roles.auditor]
            contact = { read = "all", export = "all", hidden = ["notes"] }
            "#,
        )
        .unwrap()
    }

    #[test]
    fn a_scope_reaches_rows_by_their_owner() {
        let reached = |user: &User, action| {
            let rows = [("u1", Some("north")), ("u2", Some("north")), ("u3", Some("south")), ("", None)];
            rows.map(|(owner, team)| matrix().effective(user, "contact", action, owner, team))
        };
        let sales = User::new("u1").role("sales").team("north");
        assert_eq!(reached(&sales, Action::Read), [true, true, false, false]);
        assert_eq!(reached(&sales, Action::Write), [true, false, false, false]);
        assert_eq!(reached(&sales, Action::Delete), [false; 4]);
        let both = sales.clone().role("auditor");
        assert_eq!(reached(&both, Action::Read), [true; 4]);
        assert_eq!(reached(&both, Action::Write), [true, false, false, false]);
        assert_eq!(reached(&both.active(false), Action::Read), [false; 4]);
        assert_eq!(
            reached(&sales.clone().grant("contact", Action::Delete, Scope::Team), Action::Delete),
            [true, true, false, false]
        );
        assert_eq!(reached(&User::new("").role("sales"), Action::Read), [false; 4], "nobody owns nothing");
        assert_eq!(
            reached(&User::new("u1").role("sales"), Action::Read),
            [true, false, false, false],
            "no team"
        );
        assert_eq!(reached(&User::new("u1").role("boss"), Action::Read), [false; 4]);
    }

    #[test]
    fn a_field_is_what_the_widest_role_makes_of_it() {
        use FieldAccess::{Hidden, ReadOnly, Write};
        let fields = |user: &User| {
            ["salary", "limit", "notes", "name"].map(|field| matrix().field(user, "contact", field))
        };
        let sales = User::new("u1").role("sales");
        assert_eq!(fields(&sales), [Hidden, ReadOnly, Write, Write]);
        assert_eq!(fields(&User::new("u1").role("auditor")), [ReadOnly, ReadOnly, Hidden, ReadOnly]);
        assert_eq!(fields(&sales.clone().role("auditor")), [ReadOnly, ReadOnly, Write, Write]);
        assert_eq!(fields(&sales.active(false)), [Hidden; 4]);
        assert_eq!(matrix().field(&User::new("u1").role("sales"), "deal", "name"), Hidden);
    }
}
