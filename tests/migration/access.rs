//! Who may do what before and after rows were handed over.

use handover::migration::access::{Matrix, Snapshot, User, compare};
use handover::migration::transfer::{Access, Receivers, Transfer};

use super::transfer::{Crm, companies, to, users};

#[test]
fn access_is_compared_before_anything_is_done() {
    let crm = Crm::new();
    let transfer = to(companies().called("company"), Receivers::one(3));
    let before = crm.dump();
    let (owned, changes) = crm.migration().ownership(&transfer, 2).unwrap();
    assert_eq!(changes.count(), 5);
    let needed = Matrix::from_toml("[roles.sales]\ncompany = { read = \"own\" }").unwrap();
    let given = Matrix::from_toml("[roles.sales]\ncompany = { read = \"team\" }").unwrap();
    let users = ["3", "7"].map(|id| User::new(id).role("sales").team("north"));
    let snapshots = [owned.clone(), owned.after(&changes)].map(|owned| Snapshot::of(&given, &users, &owned));
    let found: Vec<String> = compare(&snapshots[0], &snapshots[1], &changes, &needed)
        .iter()
        .map(ToString::to_string)
        .filter(|line| line.contains("handed"))
        .collect();
    let over =
        "user 7 handed 5 companies over to user 3 and can still read them, which the matrix does not allow";
    assert_eq!(found, [over]);
    assert_eq!(crm.dump(), before);
}

#[test]
fn what_users_could_do_and_should_not_is_at_risk_and_is_tried_afterwards() {
    let crm = Crm::new();
    crm.execute("ALTER TABLE users ADD COLUMN role TEXT; UPDATE users SET role = 'sales' WHERE id IN (3, 8)");
    let matrix =
        |read| Matrix::from_toml(&format!("[roles.sales]\ncompany = {{ read = \"{read}\" }}")).unwrap();
    let access = Access::new(matrix("own")).given(matrix("all")).sample(1).probes(crm.path("probes.csv"));
    let transfer = Transfer::new(7)
        .root(companies().called("company").show("name"))
        .users(users().role("role"))
        .to(Receivers::one(3))
        .sheets(crm.path("sheets"), "csv")
        .notices(crm.path("notices.csv"));
    let mut migration = crm.migration().access(access).declare("leaving", transfer.clone());
    let plan = migration.plan_transfer(&transfer).unwrap();
    assert_eq!(
        plan.risks,
        [
            "user 7 is inactive and still owns 1 company",
            "user 3 can still read 2 companies of all teams, where the matrix allows own",
            "user 8 can still read 7 companies of all teams, where the matrix allows own",
        ]
    );
    migration.approve(&plan.hash, "wang", "").unwrap();
    let transfer = migration.declared_for(&plan).unwrap();
    let run = migration.transfer(&transfer, &plan.hash).unwrap().run;
    let paths = migration.handover(&transfer, run).unwrap().write().unwrap();
    assert_eq!(paths, ["sheets/run-1-to-3.csv", "notices.csv", "probes.csv"].map(|name| crm.path(name)));
    let probes = std::fs::read_to_string(&paths[2]).unwrap();
    assert_eq!(
        probes,
        "user,entity,record,action,expected,reason\n\
         3,company,10,read,allow,\"new owner, scope own\"\n\
         3,company,10,write,deny,\"new owner, scope none\"\n\
         7,company,10,read,deny,\"old owner, inactive\"\n\
         7,company,10,write,deny,\"old owner, inactive\"\n\
         1,company,10,read,deny,\"outsider, scope none\"\n\
         1,company,10,write,deny,\"outsider, scope none\"\n"
    );

    let no_role = Transfer::new(7).root(companies()).users(users()).to(Receivers::one(3));
    let error = migration.plan_transfer(&no_role).unwrap_err().to_string();
    assert_eq!(error, "users: it is not said which column holds the users' roles");
    let other = to(companies(), Receivers::one(4));
    let other = migration.declared_for(&crm.plan(&other)).unwrap_err().to_string();
    assert!(other.ends_with(" is not declared as it was"), "{other}");
}
