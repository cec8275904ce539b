//! What to try in the target, to see that access is as it should be.

use std::collections::BTreeMap;

use serde::Serialize;

use super::matrix::{Matrix, User};
use super::ownership::Transfers;
use super::role::{Action, Scope};

/// One thing to try: as this user, do this with this record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// The id of the user.
    pub user: String,
    /// The entity.
    pub entity: String,
    /// The id of the record.
    pub record: String,
    /// What is tried.
    pub action: Action,
    /// What should come of it.
    pub expected: Expected,
    /// Why: who the user is to the record, and how far their roles go.
    pub reason: String,
}

/// What should come of a [`Probe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    /// The system lets the user do it.
    Allow,
    /// The system does not.
    Deny,
}

impl Expected {
    /// `allow` or `deny`.
    pub fn name(self) -> &'static str {
        match self {
            Expected::Allow => "allow",
            Expected::Deny => "deny",
        }
    }
}

/// What to try in the target, for a sample of the records that changed hands.
///
/// Each record is tried by its new owner, by its old one, and by an outsider: a user who is
/// active and whom the matrix does not let near it. They read and write;
/// what should come of it is what the matrix says. So an old owner is denied,
/// unless their role reaches the record all the same.
///
/// It is a source as well, for any sink: a table of the columns `user`,
/// `entity`, `record`, `action`, `expected` and `reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probes {
    rows: Vec<Probe>,
}

impl Probes {
    /// What to try of the records that were sampled, by entities, old and new owners.
    pub fn of(matrix: &Matrix, users: &[User], transfers: &Transfers) -> Self {
        let users = users.iter().map(|user| (user.id.as_str(), user)).collect();
        let mut writer = Writer { matrix, users, rows: Vec::new() };
        for ((entity, from, to), group) in &transfers.groups {
            let owner =
                Owner { id: to, team: writer.users.get(to.as_str()).and_then(|user| user.team.as_deref()) };
            let outsiders = writer.outsiders(entity, from, owner);
            for (hash, record) in group.sample() {
                let row = Row { entity, record, owner };
                writer.probe(to, "new owner", row);
                writer.probe(from, "old owner", row);
                let chosen = (u64::from_be_bytes(*hash) % outsiders.len().max(1) as u64) as usize;
                if let Some(outsider) = outsiders.get(chosen) {
                    writer.probe(outsider, "outsider", row);
                }
            }
        }
        Probes { rows: writer.rows }
    }

    /// The probes, in their order.
    pub fn rows(&self) -> &[Probe] {
        &self.rows
    }
}

/// Whose a record is now.
#[derive(Clone, Copy)]
struct Owner<'a> {
    id: &'a str,
    team: Option<&'a str>,
}

#[derive(Clone, Copy)]
struct Row<'a> {
    entity: &'a str,
    record: &'a str,
    owner: Owner<'a>,
}

struct Writer<'a> {
    matrix: &'a Matrix,
    users: BTreeMap<&'a str, &'a User>,
    rows: Vec<Probe>,
}

impl<'a> Writer<'a> {
    /// The active users who have no access to what this owner has.
    fn outsiders(&self, entity: &str, from: &str, owner: Owner<'_>) -> Vec<&'a str> {
        let outside = |user: &&&User| {
            let denied = |action| {
                let scope = self.matrix.scope_by_role(user, entity, action);
                !user.reaches(scope, owner.id, owner.team)
            };
            user.active
                && ![from, owner.id].contains(&&*user.id)
                && denied(Action::Read)
                && denied(Action::Write)
        };
        self.users.values().filter(outside).map(|user| user.id.as_str()).collect()
    }

    fn probe(&mut self, user: &str, who: &str, row: Row<'_>) {
        if user.is_empty() {
            return;
        }
        let known = self.users.get(user);
        for action in [Action::Read, Action::Write] {
            let scope = known.map_or(Scope::None, |user| self.matrix.scope_by_role(user, row.entity, action));
            let reached = known.is_some_and(|user| user.reaches(scope, row.owner.id, row.owner.team));
            self.rows.push(Probe {
                user: user.to_owned(),
                entity: row.entity.to_owned(),
                record: row.record.to_owned(),
                action,
                expected: if reached { Expected::Allow } else { Expected::Deny },
                reason: match known {
                    None => format!("{who}, not known"),
                    Some(user) if !user.active => format!("{who}, inactive"),
                    Some(_) => format!("{who}, scope {}", scope.name()),
                },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pipeline;
    use crate::sink::Collect;

    fn told(users: &[User], transfers: &Transfers) -> Vec<String> {
        let matrix = Matrix::from_toml(
            r#"
            [roles.sales]
            contact = { read = "team", write = "own" }
            [roles.lead]
            contact = { read = "all", write = "team" }
            "#,
        );
        let probes = Probes::of(&matrix.unwrap(), users, transfers);
        let mut table = Collect::new();
        Pipeline::from(&probes).to(&mut table).run().unwrap();
        let line =
            |row: &crate::Record| -> Vec<String> { (0..6).map(|at| row.value(at).to_string()).collect() };
        table.records().iter().map(|row| line(row).join(" ")).collect()
    }

    fn sales(id: &str, team: &str) -> User {
        User::new(id).role("sales").team(team)
    }

    #[test]
    fn old_owners_new_owners_and_outsiders_are_tried() {
        let users =
            [sales("u1", "north"), sales("u2", "north"), sales("u3", "south"), User::new("u4").role("lead")];
        let mut transfers = Transfers::sampling(1);
        transfers.add("contact", "C-1", "u1", "u2");
        assert_eq!(
            told(&users, &transfers),
            [
                "u2 contact C-1 read allow new owner, scope team",
                "u2 contact C-1 write allow new owner, scope own",
                "u1 contact C-1 read allow old owner, scope team",
                "u1 contact C-1 write deny old owner, scope own",
                "u3 contact C-1 read deny outsider, scope team",
                "u3 contact C-1 write deny outsider, scope own",
            ]
        );
    }

    #[test]
    fn who_cannot_be_let_in_is_denied_with_the_reason() {
        let users = [sales("u1", "north").active(false), User::new("u2").role("intern")];
        let mut transfers = Transfers::sampling(1);
        transfers.add("contact", "C-1", "u1", "u2");
        transfers.add("contact", "C-2", "", "u9");
        let found = told(&users, &transfers);
        let reads: Vec<&str> =
            found.iter().map(String::as_str).filter(|row| row.contains(" read ")).collect();
        assert_eq!(
            reads,
            [
                "u9 contact C-2 read deny new owner, not known",
                "u2 contact C-2 read deny outsider, scope none",
                "u2 contact C-1 read deny new owner, scope none",
                "u1 contact C-1 read deny old owner, inactive",
            ]
        );
    }

    #[test]
    fn a_sample_is_as_long_as_was_asked_and_meets_several_outsiders() {
        let users: Vec<User> = (0..9).map(|id| sales(&format!("u{id}"), &format!("t{id}"))).collect();
        let mut transfers = Transfers::sampling(5);
        (0..1000).for_each(|id| transfers.add("contact", &format!("C-{id}"), "u1", "u2"));
        let found = told(&users, &transfers);
        assert_eq!(found.len(), 5 * 6);
        let outsiders: Vec<&str> =
            found.iter().filter(|row| row.contains("read deny outsider")).map(|row| &row[..2]).collect();
        assert_eq!(outsiders, ["u8", "u7", "u8", "u0", "u5"]);
    }
}
