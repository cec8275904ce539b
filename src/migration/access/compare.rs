//! Where users reach more than the matrix of least privilege allows.

use std::fmt;

use serde::Serialize;

use super::matrix::{Matrix, User};
use super::ownership::Transfers;
use super::role::{Action, FieldAccess, Scope};
use super::snapshot::Snapshot;
use super::words::{counted, listed, plural};

/// Something that a user can do, or owns, and should not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Widening {
    /// What kind it is.
    pub kind: WideningKind,
    /// The id of the user; empty where it is nobody.
    pub user: String,
    /// The entity; empty where it is about none.
    pub entity: String,
    /// How many rows it is about.
    pub rows: u64,
    /// What it is, in a line for people.
    pub message: String,
}

impl fmt::Display for Widening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The kinds of [`Widening`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WideningKind {
    /// A user who is inactive owns rows.
    InactiveOwner,
    /// Rows are owned by a user who is not known.
    UnknownOwner,
    /// More rows than before are owned by nobody.
    Orphans,
    /// A user has a role that the matrix does not know.
    UnknownRole,
    /// A user has a right that none of their roles gives.
    OwnRight,
    /// A user reaches rows that the matrix does not allow.
    Rows,
    /// A user reaches a field that the matrix does not allow.
    Field,
    /// A user reaches what they handed over, which the matrix does not allow.
    HandedOver,
}

/// Everything that goes beyond the matrix after a transfer, first by owners, then by
/// users, then by what was handed over, each in the order of ids.
///
/// What was already so before is told with *still*, what is new or more with *now*.
pub fn compare(before: &Snapshot, after: &Snapshot, transfers: &Transfers, matrix: &Matrix) -> Vec<Widening> {
    let mut comparison = Comparison { before, after, matrix, found: Vec::new() };
    comparison.owners();
    for user in after.users.values().filter(|user| user.active) {
        comparison.roles(user);
        for entity in after.entities() {
            Action::ALL.into_iter().for_each(|action| comparison.own_right(user, entity, action));
            Action::ALL.into_iter().for_each(|action| comparison.rows(user, entity, action));
            matrix.fields(entity).into_iter().for_each(|field| comparison.field(user, entity, field));
        }
    }
    comparison.handed_over(transfers);
    comparison.found
}

struct Comparison<'a> {
    before: &'a Snapshot,
    after: &'a Snapshot,
    matrix: &'a Matrix,
    found: Vec<Widening>,
}

impl Comparison<'_> {
    fn found(&mut self, kind: WideningKind, user: &str, entity: &str, rows: u64, message: String) {
        self.found.push(Widening { kind, user: user.to_owned(), entity: entity.to_owned(), rows, message });
    }

    fn owners(&mut self) {
        let after = self.after;
        for entity in after.owned.entities() {
            for (owner, rows) in after.owned.owners(entity) {
                let what = counted(rows, entity);
                let (kind, message) = match after.users.get(owner) {
                    Some(user) if user.active => continue,
                    Some(_) => (
                        WideningKind::InactiveOwner,
                        format!("user {owner} is inactive and still owns {what}"),
                    ),
                    None if !owner.is_empty() => {
                        (WideningKind::UnknownOwner, format!("user {owner} is not known and owns {what}"))
                    }
                    None if rows > self.before.owned.of(entity, "") => {
                        (WideningKind::Orphans, format!("nobody owns {what}"))
                    }
                    None => continue,
                };
                self.found(kind, owner, entity, rows, message);
            }
        }
    }

    fn roles(&mut self, user: &User) {
        for role in user.roles.iter().filter(|role| !self.matrix.roles.contains_key(*role)) {
            let message = format!("user {} has the role {role}, which the matrix does not know", user.id);
            self.found.push(Widening {
                kind: WideningKind::UnknownRole,
                user: user.id.clone(),
                entity: String::new(),
                rows: 0,
                message,
            });
        }
    }

    fn own_right(&mut self, user: &User, entity: &str, action: Action) {
        let scope = self.after.given.scope(user, entity, action);
        if scope <= self.after.given.scope_by_role(user, entity, action) {
            return;
        }
        let (name, things) = (action.name(), plural(entity));
        let what = match scope {
            Scope::None | Scope::Own => format!("their own {things}"),
            Scope::Team => format!("the {things} of their team"),
            Scope::All => format!("all {things}"),
        };
        let message = format!("user {} can {name} {what} by a right that none of their roles gives", user.id);
        let rows = self.after.within(user, entity, scope);
        self.found(WideningKind::OwnRight, &user.id, entity, rows, message);
    }

    fn rows(&mut self, user: &User, entity: &str, action: Action) {
        let Some((scope, allowed, rows)) = beyond(self.after, self.matrix, user, entity, action) else {
            return;
        };
        let before = self.before.users.get(&user.id);
        let before = before.and_then(|user| beyond(self.before, self.matrix, user, entity, action));
        let still = before.is_some_and(|(was, _, had)| was >= scope && had >= rows);
        let whose = match (scope, &user.team) {
            (Scope::All, _) => "of all teams".to_owned(),
            (Scope::Team, Some(team)) => format!("of team {team}"),
            _ => "of their own".to_owned(),
        };
        let message = format!(
            "user {} can {} {} {} {whose}, where the matrix allows {}",
            user.id,
            when(still),
            action.name(),
            counted(rows, entity),
            allowed.name()
        );
        self.found(WideningKind::Rows, &user.id, entity, rows, message);
    }

    fn field(&mut self, user: &User, entity: &str, field: &str) {
        let (given, allowed) =
            (self.after.given.field(user, entity, field), self.matrix.field_by_role(user, entity, field));
        // Where the matrix allows no rows at all, that was told.
        let told = |action| self.matrix.scope_by_role(user, entity, action) == Scope::None;
        let (can, rule) = match (given, allowed) {
            (FieldAccess::Write, FieldAccess::Hidden) if !told(Action::Read) => ("read and write", "hides"),
            (FieldAccess::ReadOnly, FieldAccess::Hidden) if !told(Action::Read) => ("read", "hides"),
            (FieldAccess::Write, FieldAccess::ReadOnly) if !told(Action::Write) => {
                ("write", "makes read-only")
            }
            _ => return,
        };
        let before = self.before.users.get(&user.id);
        let still = before.is_some_and(|user| self.before.given.field(user, entity, field) >= given);
        let (id, when, things) = (&user.id, when(still), plural(entity));
        let message =
            format!("user {id} can {when} {can} the field {field} of {things}, which the matrix {rule}");
        let rows = self.after.rows(id, entity, Action::Read);
        self.found(WideningKind::Field, id, entity, rows, message);
    }

    fn handed_over(&mut self, transfers: &Transfers) {
        for ((entity, from, to), group) in &transfers.groups {
            let Some(user) = self.after.users.get(from) else { continue };
            let team = self.after.team(to);
            let kept = Action::ALL.into_iter().filter(|action| {
                let allowed = self.matrix.scope_by_role(user, entity, *action);
                self.after.given.effective(user, entity, *action, to, team)
                    && !user.reaches(allowed, to, team)
            });
            let kept: Vec<&str> = kept.map(Action::name).collect();
            if kept.is_empty() {
                continue;
            }
            let to = if to.is_empty() { "nobody".to_owned() } else { format!("user {to}") };
            let them = if group.count == 1 { "it" } else { "them" };
            let message = format!(
                "user {from} handed {} over to {to} and can still {} {them}, which the matrix does not allow",
                counted(group.count, entity),
                listed(&kept)
            );
            self.found(WideningKind::HandedOver, from, entity, group.count, message);
        }
    }
}

/// The scope that is given and the one that is allowed, where the first is the wider, and the rows between.
fn beyond(
    snapshot: &Snapshot,
    matrix: &Matrix,
    user: &User,
    entity: &str,
    action: Action,
) -> Option<(Scope, Scope, u64)> {
    let given = snapshot.given.scope(user, entity, action);
    let allowed = matrix.scope_by_role(user, entity, action);
    let rows = |scope| snapshot.within(user, entity, scope);
    (given > allowed).then(|| (given, allowed, rows(given).saturating_sub(rows(allowed))))
}

fn when(still: bool) -> &'static str {
    if still { "still" } else { "now" }
}

#[cfg(test)]
mod tests {
    use super::super::ownership::Ownership;
    use super::*;

    const NEEDED: &str = r#"
        [roles.sales]
        contact = { read = "team", write = "own", hidden = ["salary"], read_only = ["limit"] }
        [roles.lead]
        contact = { read = "all", write = "team", transfer = "team" }
    "#;

    fn told(given: [&str; 2], users: &[User], owned: &Ownership, transfers: &Transfers) -> Vec<String> {
        let [before, after] = given.map(|text| Matrix::from_toml(text).unwrap());
        let before = Snapshot::of(&before, users, owned);
        let after = Snapshot::of(&after, users, &owned.after(transfers));
        let found = compare(&before, &after, transfers, &Matrix::from_toml(NEEDED).unwrap());
        found.iter().map(ToString::to_string).collect()
    }

    fn team() -> Vec<User> {
        ["u7", "u8"].into_iter().map(|id| User::new(id).role("sales").team("north")).collect()
    }

    fn owned() -> Ownership {
        Ownership::new().with("contact", "u7", 3).with("contact", "u8", 12).with("contact", "u9", 0)
    }

    #[test]
    fn what_the_matrix_allows_is_no_finding() {
        let mut transfers = Transfers::sampling(1);
        transfers.add("contact", "1", "u8", "u7");
        let mut users = team();
        users.push(User::new("u1").role("lead").team("north"));
        assert_eq!(told([NEEDED, NEEDED], &users, &owned(), &transfers), [""; 0]);
        assert_eq!(told(["roles = {}", "roles = {}"], &users, &owned(), &transfers), [""; 0]);
    }

    #[test]
    fn a_wider_scope_is_told_with_its_rows() {
        let wide = NEEDED.replace("write = \"own\"", "write = \"all\", export = \"own\"");
        let none = Transfers::sampling(0);
        assert_eq!(
            told([NEEDED, &wide], &team()[..1], &owned(), &none),
            [
                "user u8 is not known and owns 12 contacts",
                "user u7 can now write 12 contacts of all teams, where the matrix allows own",
                "user u7 can now export 3 contacts of their own, where the matrix allows none",
            ]
        );
        let found = told([&wide, &wide], &team()[..1], &owned(), &none);
        assert_eq!(found[1], "user u7 can still write 12 contacts of all teams, where the matrix allows own");
    }

    #[test]
    fn more_rows_within_a_scope_that_was_too_wide_are_new() {
        let wide = NEEDED.replace("write = \"own\"", "write = \"team\"");
        let mut transfers = Transfers::sampling(0);
        (0..4).for_each(|id| transfers.add("contact", &id.to_string(), "", "u8"));
        let owned = owned().with("contact", "", 5);
        assert_eq!(
            told([&wide, &wide], &team(), &owned, &transfers),
            [
                "user u7 can now write 16 contacts of team north, where the matrix allows own",
                "user u8 can still write 3 contacts of team north, where the matrix allows own",
            ]
        );
    }

    #[test]
    fn owners_who_should_own_nothing_are_told() {
        let mut transfers = Transfers::sampling(0);
        transfers.add("contact", "1", "u7", "");
        let users = vec![team().remove(0), team().remove(1).active(false)];
        let owned = owned().with("company", "u9", 1);
        assert_eq!(
            told([NEEDED, NEEDED], &users, &owned, &transfers),
            [
                "user u9 is not known and owns 1 company",
                "nobody owns 1 contact",
                "user u8 is inactive and still owns 12 contacts",
            ]
        );
    }

    #[test]
    fn rights_that_no_role_gives_are_told() {
        let users = [
            User::new("u7").role("sales").team("north").grant("contact", Action::Export, Scope::All),
            User::new("u8").role("admin").grant("contact", Action::Read, Scope::Team),
        ];
        let none = Transfers::sampling(0);
        assert_eq!(
            told([NEEDED, NEEDED], &users, &owned(), &none),
            [
                "user u7 can export all contacts by a right that none of their roles gives",
                "user u7 can still export 15 contacts of all teams, where the matrix allows none",
                "user u8 has the role admin, which the matrix does not know",
                "user u8 can read the contacts of their team by a right that none of their roles gives",
                "user u8 can still read 12 contacts of their own, where the matrix allows none",
            ]
        );
    }

    #[test]
    fn fields_that_the_matrix_hides_are_told() {
        let wide = NEEDED.replace("[\"salary\"]", "[]").replace("[\"limit\"]", "[\"salary\"]");
        let none = Transfers::sampling(0);
        assert_eq!(
            told([NEEDED, &wide], &team()[..1], &Ownership::new(), &none),
            [
                "user u7 can now write the field limit of contacts, which the matrix makes read-only",
                "user u7 can now read the field salary of contacts, which the matrix hides",
            ]
        );
    }

    #[test]
    fn who_keeps_what_was_handed_over_is_told() {
        let wide = NEEDED.replace("write = \"own\"", "write = \"team\", delete = \"team\"");
        let mut transfers = Transfers::sampling(0);
        (0..5).for_each(|id| transfers.add("contact", &id.to_string(), "u8", "u7"));
        transfers.add("contact", "9", "u8", "u3");
        let found = told([NEEDED, &wide], &team(), &owned(), &transfers);
        let over = "user u8 handed 5 contacts over to user u7 and can still write and delete them";
        assert_eq!(found.last().unwrap(), &format!("{over}, which the matrix does not allow"));
        assert!(!found.iter().any(|found| found.contains("u3 and")), "u3 is of no team");
    }
}
