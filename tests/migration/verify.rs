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
    assert_eq!(found(&verification), [""; 0]);
    assert!(verification.is_clean());
}

#[test]
fn what_is_planted_is_found_and_repaired() {
    let demo = Demo::new();
    demo.apply();
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
    assert_eq!(
        found(&verification),
        [
            "field: crm_a/contact:1:phone: is empty, and should be `1***` (row 10)",
            "missing: crm_a/contact:2: its row is gone from the target (row 12)",
            "field: crm_a/company:a:city: is `Bonn`, and should be `Berlin` (row 1)",
            "reference: crm_a/company:b:parent_id: points to nothing, and should to row 1 (row 2)",
            "field: crm_a/company:c:name: is `x`, and should be `Gamma` (row 3)",
            "reference: crm_a/company:c:owner_id: points to row 2, and should to nothing (row 3)",
        ]
    );
    assert_eq!(repaired(&demo, &verification), [""; 0]);
    assert_eq!(demo.dump(), before);
}

#[test]
fn what_only_the_source_or_only_the_ledger_has_is_found() {
    let demo = Demo::new();
    demo.apply();
    let companies = std::fs::read_to_string(demo.path("companies.csv")).unwrap();
    let without_d: String =
        companies.lines().filter(|line| !line.starts_with("d,")).map(|line| format!("{line}\n")).collect();
    demo.input("companies.csv", &format!("{without_d}g,New,Rom,,\n"));
    let verification = verified(&demo);
    assert_eq!(
        found(&verification),
        [
            "unknown: crm_a/company:g: the source has it, and the ledger does not know that it was written",
            "no-source: crm_a/company:d: was written, and the source has it no longer (row 4)",
        ]
    );
    assert_eq!(
        repaired(&demo, &verification),
        ["no-source: crm_a/company:d: was written, and the source has it no longer (row 4)"]
    );
    assert!(demo.dump().contains("|g|New|Rom|NULL|NULL|NULL|0\n"));
}

#[test]
fn rows_that_point_to_nothing_are_found_whoever_wrote_them() {
    let demo = Demo::new();
    demo.apply();
    plant(
        &demo,
        "INSERT INTO contacts (id, name, company_id) VALUES (77, 'own', 99); DELETE FROM companies WHERE id = 2",
    );
    let verification = verified(&demo);
    assert_eq!(
        found(&verification),
        [
            "missing: crm_a/company:b: its row is gone from the target (row 2)",
            "dangling: crm_a/company:parent_id: points to row 2, which is not in `companies` (row 3)",
            "dangling: crm_a/contact:company_id: points to row 2, which is not in `companies` (row 12)",
            "dangling: crm_a/contact:company_id: points to row 99, which is not in `companies` (row 77)",
        ]
    );
    let page = verification.to_string();
    assert!(page.contains("contacts.company_id -> companies: 3 rows, 2 point to nothing\n"), "{page}");
    assert_eq!(
        repaired(&demo, &verification),
        ["dangling: crm_a/contact:company_id: points to row 99, which is not in `companies` (row 77)"]
    );
}

#[test]
fn what_is_in_doubt_is_found() {
    let demo = Demo::new();
    demo.apply();
    execute(
        &demo.path("store.db"),
        "UPDATE batch SET confirmed = 0 WHERE id = (SELECT batch FROM ledger WHERE key = '2')",
    );
    assert_eq!(
        found(&verified(&demo)),
        [
            "in-doubt: crm_a/contact:1: run 1 ended before it was known what became of it",
            "in-doubt: crm_a/contact:2: run 1 ended before it was known what became of it",
        ]
    );
}

#[test]
fn a_sheet_for_human_eyes_shows_some_of_each_kind_and_masks_what_is_personal() {
    let demo = Demo::new();
    demo.apply();
    let sheet = |options: VerifyOptions| {
        let verification = demo.migration().verify(options).unwrap();
        let mut rows = handover::sink::Collect::new();
        handover::Pipeline::from(verification.sample(1).unwrap()).to(&mut rows).run().unwrap();
        let row = |record: &handover::Record| {
            record.values().map(|value| value.to_string()).collect::<Vec<_>>().join("|")
        };
        rows.records().iter().map(row).collect::<Vec<_>>()
    };
    let rows = sheet(VerifyOptions::default());
    assert_eq!(rows, sheet(VerifyOptions::default().samples(1)));
    let expected = [
        "crm_a/contact|created|2|12|legacy_id|2|2",
        "crm_a/contact|updated|1|10|name|Anna Schmidt|Anna",
        "crm_a/user|unchanged|u1|1|email|L***@e***.cn|l***@e***.cn",
    ];
    for row in expected {
        assert!(rows.iter().any(|known| known == row), "{row} in {rows:#?}");
    }
}

#[test]
fn verifying_is_written_down() {
    let demo = Demo::new();
    demo.apply();
    let verification = verified(&demo);
    let events = demo.migration().events().unwrap();
    let event = events.last().unwrap();
    assert_eq!((event.what.as_str(), event.who.as_str()), ("verified", "li"));
    let detail = format!(
        r#"{{"compared":8,"digest":"{}","found":{{}},"known":0,"tampering":0}}"#,
        verification.digest
    );
    assert_eq!(event.detail, detail);
}

#[test]
fn what_the_target_refused_is_known_until_the_source_says_something_else() {
    let demo = Demo::new();
    execute(
        &demo.path("crm.db"),
        "CREATE TRIGGER own BEFORE UPDATE OF parent_id ON companies WHEN NEW.parent_id = NEW.id \
         BEGIN SELECT RAISE(ABORT, 'its own parent'); END",
    );
    demo.apply();
    let verification = verified(&demo);
    assert_eq!(found(&verification), [""; 0]);
    let known: Vec<String> = verification.known.iter().map(ToString::to_string).collect();
    let message = "crm_a/company:d:parent_id: points to nothing, and should to row 4, which the target refused: \
                   its own parent (row 4)";
    assert_eq!(known, [message]);

    let companies = std::fs::read_to_string(demo.path("companies.csv")).unwrap();
    demo.input("companies.csv", &companies.replace("Köln,d,", "Köln,a,"));
    let verification = verified(&demo);
    let message = "reference: crm_a/company:d:parent_id: points to nothing, and should to row 1 (row 4)";
    assert_eq!((found(&verification), verification.known), (vec![message.to_owned()], vec![]));
    demo.apply();
    let verification = verified(&demo);
    assert_eq!((found(&verification), verification.known), (vec![], vec![]));
}

#[test]
fn a_whole_crm_is_as_it_should_be() {
    let legacy = super::legacy::Legacy::new();
    let mut migration = legacy.migration();
    legacy.apply(&mut migration);
    let verification = migration.verify(VerifyOptions::default()).unwrap();
    assert_eq!(found(&verification), [""; 0]);
    assert!(verification.is_clean());
    // Its parent was merged into itself, and the target does not let a row be its own parent.
    let refused = "legacy/company:A-00346:parent_id: points to nothing, and should to row 1345, which the target \
                   refused: CHECK constraint failed: parent_id <> id (row 1345)";
    assert_eq!(verification.known.iter().map(ToString::to_string).collect::<Vec<_>>(), [refused]);
    assert!(
        verification.to_string().contains(&format!("\nNot set, as the target refused it\n  {refused}\n"))
    );
    let error = migration.repair(&verification).map(drop).unwrap_err().to_string();
    assert_eq!(error, "nothing was found that sending records again can make right");
}
