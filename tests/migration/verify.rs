//! Verifying: clean runs are clean, and whatever is planted is found, named and repaired.

use handover::migration::{Verification, VerifyOptions};

use super::demo::Demo;
use super::sqlite::execute;

fn verified(demo: &Demo) -> Verification {
    demo.migration().verify(VerifyOptions::default()).unwrap()
}

/// What was found, a line each.
fn found(verification: &Verification) -> Vec<String> {
    verification.findings.iter().map(|one| format!("{}: {one}", one.rule.name())).collect()
}

fn plant(demo: &Demo, sql: &str) {
    execute(&demo.path("crm.db"), &format!("PRAGMA foreign_keys = OFF; {sql}"));
}

/// Repairs what was found, and gives what is left.
fn repaired(demo: &Demo, verification: &Verification) -> Vec<String> {
    let mut migration = demo.migration();
    let plan = migration.repair(verification).unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    let report = migration.apply(&plan.hash).unwrap();
    for (planned, done) in plan.entities.iter().zip(&report.entities) {
        assert_eq!(planned.tally, done.tally, "plan and apply of {}", planned.entity);
    }
    found(&verified(demo))
}

#[test]
fn a_run_that_is_as_it_should_be_is_clean() {
    let demo = Demo::new();
    demo.apply();
    let verification = verified(&demo);
    println!("{verification}");
    assert_eq!(found(&verification), [""; 0]);
    assert!(verification.is_clean());
}

#[test]
fn what_is_planted_is_found_and_repaired() {
    let demo = Demo::new();
    demo.apply();
    println!("{}", demo.dump());
    let before = demo.dump();
    plant(
        &demo,
        "UPDATE companies SET city = 'Bonn' WHERE legacy_id = 'a'; \
         UPDATE companies SET owner_id = 2, name = 'x' WHERE legacy_id = 'c'; \
         UPDATE companies SET parent_id = NULL WHERE legacy_id = 'b'; \
         DELETE FROM contacts WHERE legacy_id = '2'; \
         UPDATE contacts SET phone = NULL WHERE id = 10;",
    );
    let verification = verified(&demo);
    println!("{verification}");
    assert_eq!(
        found(&verification),
        [
            "field: crm_a/contact:1:phone: is empty, and should be `123` (row 10)",
            "missing: crm_a/contact:2: its row is gone from the target (row 11)",
            "field: crm_a/company:a:city: is `Bonn`, and should be `Berlin` (row 1)",
            "reference: crm_a/company:b:parent_id: points to nothing, and should to row 1 (row 2)",
            "field: crm_a/company:c:name: is `x`, and should be `Gamma` (row 3)",
            "reference: crm_a/company:c:owner_id: points to row 2, and should to nothing (row 3)",
        ]
    );
    assert_eq!(repaired(&demo, &verification), [""; 0]);
    assert_eq!(demo.dump(), before);
}
