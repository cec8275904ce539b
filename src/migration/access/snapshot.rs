//! What users reach in a system as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::matrix::{Matrix, User};
use super::ownership::Ownership;
use super::role::{Action, Scope};

/// What every user reaches, by what their roles give and by who owns how many rows.
///
/// It is a source as well, for any sink: a table of the columns `user`,
/// `entity`, `action`, `scope` and `rows`, in the order of the users' ids.
///
/// ```
/// use handover::migration::access::{Action, Matrix, Ownership, Role, Scope, Snapshot, User};
///
/// let given = Matrix::new().role(Role::new("sales").allow("contact", Action::Read, Scope::Team));
/// let users = ["u1", "u2"].map(|id| User::new(id).role("sales").team("north"));
/// let owned = Ownership::new().with("contact", "u1", 10).with("contact", "u2", 5);
///
/// let snapshot = Snapshot::of(&given, &users, &owned);
/// assert_eq!(snapshot.rows("u1", "contact", Action::Read), 15);
/// assert_eq!(snapshot.rows("u1", "contact", Action::Write), 0);
/// ```
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(super) given: Matrix,
    pub(super) users: BTreeMap<String, User>,
    pub(super) owned: Ownership,
    /// The rows of each entity, by the team of their owner.
    teams: BTreeMap<String, BTreeMap<String, u64>>,
    totals: BTreeMap<String, u64>,
}

/// What one user reaches by one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reach<'a> {
    /// The user's id.
    pub user: &'a str,
    /// The entity.
    pub entity: &'a str,
    /// The action.
    pub action: Action,
    /// How far it goes.
    pub scope: Scope,
    /// How many rows that are.
    pub rows: u64,
}

impl Snapshot {
    /// What these users reach, where roles give that and rows are owned so.
    pub fn of(given: &Matrix, users: &[User], owned: &Ownership) -> Self {
        let users: BTreeMap<String, User> =
            users.iter().map(|user| (user.id.clone(), user.clone())).collect();
        let mut teams: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        let mut totals: BTreeMap<String, u64> = BTreeMap::new();
        for entity in owned.entities() {
            for (owner, rows) in owned.owners(entity) {
                add(totals.entry(entity.to_owned()).or_default(), rows);
                if let Some(team) = users.get(owner).and_then(|owner| owner.team.clone()) {
                    add(teams.entry(entity.to_owned()).or_default().entry(team).or_default(), rows);
                }
            }
        }
        Snapshot { given: given.clone(), users, owned: owned.clone(), teams, totals }
    }

    /// How many rows a user reaches by an action; 0 for a user who is not known.
    pub fn rows(&self, user: &str, entity: &str, action: Action) -> u64 {
        self.users.get(user).map_or(0, |user| {
            let scope = self.given.scope(user, entity, action);
            self.within(user, entity, scope)
        })
    }

    /// What every user reaches by every action, where it is more than nothing:
    /// by the ids of the users, the entities and the actions.
    pub fn reaches(&self) -> impl Iterator<Item = Reach<'_>> {
        let entities = self.entities();
        self.users.values().flat_map(move |user| {
            let pairs =
                entities.clone().into_iter().flat_map(|entity| Action::ALL.map(|action| (entity, action)));
            pairs.filter_map(|(entity, action)| {
                let scope = self.given.scope(user, entity, action);
                let rows = self.within(user, entity, scope);
                (scope > Scope::None).then_some(Reach { user: &user.id, entity, action, scope, rows })
            })
        })
    }

    /// The entities of which there are rows or rights.
    pub(super) fn entities(&self) -> BTreeSet<&str> {
        let rights = self.given.roles.values().flat_map(|role| role.entities.keys());
        let own = self.users.values().flat_map(|user| user.own.keys());
        rights.chain(own).map(String::as_str).chain(self.owned.entities()).collect()
    }

    /// The rows within a scope of a user.
    pub(super) fn within(&self, user: &User, entity: &str, scope: Scope) -> u64 {
        let own = || self.owned.of(entity, &user.id);
        match scope {
            Scope::None => 0,
            Scope::Own => own(),
            Scope::Team => match &user.team {
                Some(team) => self.teams.get(entity).and_then(|teams| teams.get(team)).copied().unwrap_or(0),
                None => own(),
            },
            Scope::All => self.totals.get(entity).copied().unwrap_or(0),
        }
    }

    /// The team of an owner.
    pub(super) fn team(&self, owner: &str) -> Option<&str> {
        self.users.get(owner)?.team.as_deref()
    }
}

fn add(count: &mut u64, rows: u64) {
    *count = count.saturating_add(rows);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pipeline;
    use crate::sink::Collect;

    #[test]
    fn rows_are_counted_by_scope() {
        let given = Matrix::from_toml(
            r#"
            [roles.sales]
            contact = { read = "team", write = "own" }
            [roles.audit]
            contact = { export = "all" }
            "#,
        )
        .unwrap();
        let users = [
            User::new("u1").role("sales").team("north"),
            User::new("u2").role("sales").role("audit").team("north"),
            User::new("u3").role("sales"),
            User::new("u4").role("sales").active(false),
        ];
        let owned =
            Ownership::new().with("contact", "u1", 1).with("contact", "u2", 20).with("contact", "u3", 300);
        let owned = owned.with("contact", "u9", 4000).with("contact", "", 50000);
        let snapshot = Snapshot::of(&given, &users, &owned);
        let mut table = Collect::new();
        Pipeline::from(&snapshot).to(&mut table).run().unwrap();
        let rows: Vec<String> = table
            .records()
            .iter()
            .map(|row| (0..5).map(|at| row.value(at).to_string()).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            rows,
            [
                "u1 contact read team 21",
                "u1 contact write own 1",
                "u2 contact read team 21",
                "u2 contact write own 20",
                "u2 contact export all 54321",
                "u3 contact read team 300",
                "u3 contact write own 300",
            ]
        );
    }
}
