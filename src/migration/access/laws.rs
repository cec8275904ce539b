//! What holds for any roles, users and transfers: rows are counted as they are
//! reached one by one, what the matrix gives is no finding, and a probe
//! expects what the matrix says.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const USERS: [&str; 4] = ["u1", "u2", "u3", "u4"];
const ROLES: [&str; 3] = ["sales", "lead", "audit"];
const TEAMS: [Option<&str>; 3] = [None, Some("north"), Some("south")];

fn scope() -> impl Strategy<Value = Scope> {
    select(vec![Scope::None, Scope::Own, Scope::Team, Scope::All])
}

fn matrix() -> impl Strategy<Value = Matrix> {
    vec((vec((select(&Action::ALL[..]), scope()), 0..4), any::<[bool; 2]>()), 3).prop_map(|roles| {
        ROLES.iter().zip(roles).fold(Matrix::new(), |matrix, (name, (rights, [hidden, read_only]))| {
            let given = |role: Role, (action, scope)| role.allow("contact", action, scope);
            let mut role = rights.into_iter().fold(Role::new(*name), given);
            role = if hidden { role.hide("contact", "salary") } else { role };
            matrix.role(if read_only { role.read_only("contact", "limit") } else { role })
        })
    })
}

fn users() -> impl Strategy<Value = Vec<User>> {
    vec((vec(select(&ROLES[..]), 0..3), select(&TEAMS[..]), any::<bool>()), USERS.len()).prop_map(|users| {
        let user = |(id, (roles, team, active)): (&&str, (Vec<&str>, Option<&str>, bool))| {
            let user = roles.into_iter().fold(User::new(*id).active(active), User::role);
            team.into_iter().fold(user, User::team)
        };
        USERS.iter().zip(users).map(user).collect()
    })
}

fn owned() -> impl Strategy<Value = Ownership> {
    let owner = select(vec!["", "u1", "u2", "u3", "u4", "u9"]);
    vec((owner, 0u64..9), 0..6).prop_map(|rows| {
        rows.into_iter().fold(Ownership::new(), |owned, (owner, rows)| owned.with("contact", owner, rows))
    })
}

fn transfers() -> impl Strategy<Value = Transfers> {
    let user = || select(vec!["", "u1", "u2", "u3", "u4"]);
    vec((user(), user()), 0..12).prop_map(|moves| {
        let mut transfers = Transfers::sampling(2);
        let each = moves.into_iter().enumerate();
        each.for_each(|(id, (from, to))| transfers.add("contact", &format!("C-{id}"), from, to));
        transfers
    })
}

fn team<'a>(users: &'a [User], id: &str) -> Option<&'a str> {
    users.iter().find(|user| user.id == id).and_then(|user| user.team.as_deref())
}

proptest! {
    #[test]
    fn rows_are_counted_as_they_are_reached(matrix in matrix(), users in users(), owned in owned()) {
        let snapshot = Snapshot::of(&matrix, &users, &owned);
        for user in &users {
            for action in Action::ALL {
                let reached = |owner: &str| matrix.effective(user, "contact", action, owner, team(&users, owner));
                let rows: u64 =
                    owned.owners("contact").filter(|(owner, _)| reached(owner)).map(|(_, rows)| rows).sum();
                prop_assert_eq!(snapshot.rows(&user.id, "contact", action), rows);
            }
        }
    }

    #[test]
    fn what_the_matrix_gives_is_no_finding(
        matrix in matrix(),
        users in users(),
        owned in owned(),
        transfers in transfers(),
    ) {
        let before = Snapshot::of(&matrix, &users, &owned);
        let after = Snapshot::of(&matrix, &users, &owned.after(&transfers));
        for found in compare(&before, &after, &transfers, &matrix) {
            let of_owners = matches!(
                found.kind,
                WideningKind::InactiveOwner | WideningKind::UnknownOwner | WideningKind::Orphans
            );
            prop_assert!(of_owners, "{}", found);
        }
    }

    #[test]
    fn whoever_reaches_more_than_the_matrix_gives_is_told(
        needed in matrix(),
        given in matrix(),
        users in users(),
        owned in owned(),
    ) {
        let none = Transfers::sampling(0);
        let snapshot = Snapshot::of(&given, &users, &owned);
        let allowed = Snapshot::of(&needed, &users, &owned);
        let found = compare(&snapshot, &snapshot, &none, &needed);
        for reach in snapshot.reaches() {
            let more = reach.rows > allowed.rows(reach.user, "contact", reach.action);
            let line = format!("user {} can still {} ", reach.user, reach.action.name());
            let told = found.iter().any(|it| it.kind == WideningKind::Rows && it.message.starts_with(&line));
            prop_assert!(told || !more, "{:?}", reach);
        }
    }

    #[test]
    fn a_probe_expects_what_the_matrix_says(matrix in matrix(), users in users(), transfers in transfers()) {
        let owners: std::collections::BTreeMap<&str, &str> = transfers
            .groups
            .iter()
            .flat_map(|((_, _, to), group)| group.sample().map(|(_, record)| (record, to.as_str())))
            .collect();
        for probe in Probes::of(&matrix, &users, &transfers).rows() {
            let user = users.iter().find(|user| user.id == probe.user).unwrap();
            let owner = owners[probe.record.as_str()];
            let can = matrix.effective(user, "contact", probe.action, owner, team(&users, owner));
            prop_assert_eq!(can, probe.expected == Expected::Allow);
            prop_assert!(!can || !probe.reason.starts_with("outsider"));
        }
    }
}
