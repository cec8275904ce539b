//! Runs that begin where the last one came to.

use handover::migration::{Entity, Migration, Orphans, Reference, RunReport, SqliteStore, SqliteTarget};
use handover::testing::{Misbehaviour, Unreliable};
use handover::{CsvSource, Mapping, validate};

use super::demo::Demo;
use super::sqlite::execute;

const HEAD: &str = "id,name,city,changed\n";
const FIRST: &str = "a,Alpha,Berlin,2026-03-01\nb,Beta,Bonn,2026-03-09T10:00:00+08:00\nc,Gamma,Rom,2026-03-09 02:00\n\
    d,Delta,Oslo,\ne,Epsilon,Wien,soon\nr,,Prag,2026-03-01\n";
const CONTACTS: &str = "id,name,company,changed\n1,Anna,zz,2026-03-01\n2,Bo,a,2026-03-02\n";

fn demo() -> Demo {
    let demo = Demo::new();
    execute(&demo.path("crm.db"), "DELETE FROM contacts");
    demo.input("companies.csv", &format!("{HEAD}{FIRST}"));
    demo.input("contacts.csv", CONTACTS);
    demo
}

fn entities(demo: &Demo, migration: Migration) -> Migration {
    let source = |name: &str| {
        let path = demo.path(name);
        move || CsvSource::path(&path)
    };
    let companies = Entity::new("company", source("companies.csv"))
        .table("companies")
        .pipeline(|pipeline| {
            let mapping = Mapping::new().rename("id", "legacy_id").copy(["name", "city", "changed"]);
            Ok(pipeline.map(mapping).validate(validate::required("name")))
        })
        .transient("changed")
        .high_water("changed");
    let contacts = Entity::new("contact", source("contacts.csv"))
        .pipeline(|pipeline| {
            let mapping = Mapping::new().rename("id", "legacy_id").copy(["name", "changed"]);
            Ok(pipeline.map(mapping.rename("company", "company_id")))
        })
        .transient("changed")
        .high_water("changed")
        .refer(Reference::new("company_id", "company", Orphans::Park));
    migration.entity(companies).entity(contacts).batch_records(2)
}

fn migration(demo: &Demo) -> Migration {
    let store = SqliteStore::open(demo.path("store.db")).unwrap();
    entities(demo, Migration::new("crm_a", store, SqliteTarget::path(demo.path("crm.db"))))
}

/// Plans, approves and applies; what is done is what was planned.
fn apply(demo: &Demo) -> RunReport {
    let mut migration = migration(demo);
    let plan = migration.plan().unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    let report = migration.apply(&plan.hash).unwrap();
    for (planned, done) in plan.entities.iter().zip(&report.entities) {
        assert_eq!(planned.tally, done.tally, "plan and apply of {}", planned.entity);
    }
    report
}

fn tally(report: &RunReport, entity: usize) -> Vec<(&str, i64)> {
    report.entities[entity].tally.0.iter().map(|(what, count)| (what.as_str(), *count)).collect()
}

fn marks(report: &RunReport) -> Vec<Option<&str>> {
    report.entities.iter().map(|entity| entity.high_water.as_deref()).collect()
}

fn rows(demo: &Demo, table: &str) -> Vec<String> {
    let dump = demo.dump();
    let of = |line: &str| Some(line.strip_prefix(table)?.split('|').take(4).collect::<Vec<_>>().join("|"));
    dump.lines().filter_map(of).collect()
}

/// Every name has changed, and some records were changed since; new ones are there.
const SECOND: &str = "a,Alpha 2,Berlin,2026-03-01\nb,Beta 2,Bonn,2026-03-09T10:00:00+08:00\n\
    c,Gamma 2,Rom,2026-03-10\nd,Delta 2,Oslo,\ne,Epsilon 2,Wien,soon\nr,Repaired,Prag,2026-03-01\n\
    zz,Late,Nice,2026-01-01\n";

#[test]
fn what_is_older_than_the_mark_is_passed_over_unless_it_has_no_row() {
    let demo = demo();
    let first = apply(&demo);
    assert_eq!(tally(&first, 0), [("created", 5), ("rejected", 1)]);
    assert_eq!(marks(&first), [Some("2026-03-09T10:00:00+08:00"), Some("2026-03-02")]);

    demo.input("companies.csv", &format!("{HEAD}{SECOND}"));
    demo.input("contacts.csv", &CONTACTS.replace("Bo", "Bo 2").replace("Anna", "Anna 2"));
    let second = apply(&demo);
    assert_eq!(
        rows(&demo, "companies: "),
        [
            "1|a|Alpha|Berlin",
            // As old as the mark: what was changed at that moment, after it was read, is not lost.
            "2|b|Beta 2|Bonn",
            "3|c|Gamma 2|Rom",
            "4|d|Delta 2|Oslo",
            "5|e|Epsilon 2|Wien",
            // It was rejected, and nobody knew this one.
            "11|r|Repaired|Prag",
            "12|zz|Late|Nice",
        ]
    );
    assert_eq!(tally(&second, 0), [("created", 2), ("passed over", 1), ("updated", 4)]);
    // The first was parked, and its company is there.
    assert_eq!(rows(&demo, "contacts: "), ["2|2|Bo 2|NULL", "3|1|Anna 2|NULL"]);
    assert_eq!(tally(&second, 1), [("created", 1), ("updated", 1)]);
    assert_eq!(marks(&second), [Some("2026-03-10"), Some("2026-03-02")]);
}

#[test]
fn a_run_that_is_taken_back_takes_its_mark_along() {
    let demo = demo();
    apply(&demo);
    demo.input("companies.csv", &format!("{HEAD}{SECOND}"));
    let second = apply(&demo);
    let after = rows(&demo, "companies: ");
    migration(&demo).undo(second.run, Default::default()).unwrap();
    assert_eq!(tally(&apply(&demo), 0), tally(&second, 0));
    assert_eq!(rows(&demo, "companies: "), after);
    let last = apply(&demo);
    assert_eq!(tally(&last, 0), [("as before", 3), ("passed over", 4)]);
    assert_eq!(marks(&last)[0], Some("2026-03-10"));
}

#[test]
fn the_mark_moves_when_the_run_is_finished() {
    let undisturbed = {
        let demo = demo();
        apply(&demo);
        demo.input("companies.csv", &format!("{HEAD}{SECOND}"));
        apply(&demo);
        (demo.dump(), demo.ledger())
    };
    for (at, misbehaviour) in
        (1..=3).flat_map(|at| [Misbehaviour::HalfThenLost, Misbehaviour::LostAfterwards].map(|one| (at, one)))
    {
        let demo = demo();
        apply(&demo);
        demo.input("companies.csv", &format!("{HEAD}{SECOND}"));
        let store = SqliteStore::open(demo.path("store.db")).unwrap();
        let target = Unreliable::new(SqliteTarget::path(demo.path("crm.db")), misbehaviour, at);
        let mut cut = entities(&demo, Migration::new("crm_a", store, target));
        let plan = cut.plan().unwrap();
        cut.approve(&plan.hash, "wang", "").unwrap();
        cut.apply(&plan.hash).unwrap_err();
        drop(cut);
        let report = migration(&demo).resume().unwrap();
        assert_eq!((demo.dump(), demo.ledger()), undisturbed, "{misbehaviour:?} at {at}");
        assert_eq!(marks(&report), [Some("2026-03-10"), Some("2026-03-02")]);
    }
}

#[test]
fn verifying_knows_what_was_passed_over_and_repairing_it_leaves_the_mark() {
    let demo = demo();
    apply(&demo);
    demo.input("companies.csv", &format!("{HEAD}{FIRST}").replace("Alpha,Berlin", "Alpha,Rostock"));
    assert_eq!(tally(&apply(&demo), 0)[1], ("passed over", 1));
    let mut migration = migration(&demo);
    let verification = migration.verify(Default::default()).unwrap();
    let found: Vec<String> = verification.findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["crm_a/company:a:city: is `Berlin`, and should be `Rostock` (row 1)"]);
    let plan = migration.repair(&verification).unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    assert_eq!(marks(&migration.apply(&plan.hash).unwrap()), [None, None]);
    assert!(migration.verify(Default::default()).unwrap().is_clean());
    drop(migration);
    assert_eq!(marks(&apply(&demo))[0], Some("2026-03-09T10:00:00+08:00"));
}
