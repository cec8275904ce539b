//! Records that meet the row of another record, in the same run and in a later one: what was
//! there first keeps what it has.

use handover::migration::{Entity, FieldPolicy, Migration, RunReport, SqliteStore, SqliteTarget};
use handover::{CsvSource, Mapping, validate};

use super::demo::Demo;
use super::sqlite::execute;

const HEAD: &str = "id,name,email,phone\n";

fn demo(people: &str) -> Demo {
    let demo = Demo::new();
    execute(&demo.path("crm.db"), "DELETE FROM contacts WHERE id <> 10");
    move_in(&demo, people);
    demo
}

fn move_in(demo: &Demo, people: &str) {
    demo.input("people.csv", &format!("{HEAD}{people}"));
}

/// People of one system, who have a name and are found by their mail.
fn people(demo: &Demo, system: &str, file: &str) -> Entity {
    let path = demo.path(file);
    Entity::new("contact", move || CsvSource::path(&path))
        .system(system)
        .pipeline(|pipeline| {
            let mapping = Mapping::new().rename("id", "legacy_id").copy(["name", "email", "phone"]);
            Ok(pipeline.map(mapping).validate(validate::required("name")))
        })
        .match_on("email")
        .field("legacy_id", FieldPolicy::FillEmpty)
}

fn migration(demo: &Demo) -> Migration {
    let store = SqliteStore::open(demo.path("store.db")).unwrap();
    let migration = Migration::new("crm_a", store, SqliteTarget::path(demo.path("crm.db")));
    migration.entity(people(demo, "crm_a", "people.csv")).batch_records(2)
}

/// Plans, approves and applies; what is done is what was planned, and verifies.
fn apply(mut migration: Migration) -> RunReport {
    let plan = migration.plan().unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    let report = migration.apply(&plan.hash).unwrap();
    for (planned, done) in plan.entities.iter().zip(&report.entities) {
        assert_eq!(planned.tally, done.tally, "plan and apply of {}", planned.entity);
    }
    let verification = migration.verify(Default::default()).unwrap();
    assert!(verification.is_clean(), "{verification}");
    report
}

fn tally(report: &RunReport, entity: usize) -> Vec<(&str, i64)> {
    report.entities[entity].tally.0.iter().map(|(what, count)| (what.as_str(), *count)).collect()
}

fn rows(demo: &Demo) -> Vec<String> {
    let dump = demo.dump();
    dump.lines().filter_map(|line| line.strip_prefix("contacts: ")).map(str::to_owned).collect()
}

/// What the ledger says of a key.
fn line(demo: &Demo, key: &str) -> String {
    let ledger = demo.ledger();
    ledger.lines().find_map(|line| line.strip_prefix(&format!("crm_a|contact|{key}|"))).unwrap().to_owned()
}

const SHARES: &str = "its row is another record's, of which only what was empty is filled";

#[test]
fn who_comes_later_fills_what_another_left_empty_and_takes_nothing() {
    let demo = demo("A,Ann,ann@x.de,\n");
    apply(migration(&demo));
    assert_eq!(rows(&demo)[1], "11|A|Ann|ann@x.de|NULL|NULL");
    let before = demo.dump();

    move_in(&demo, "A,Ann,ann@x.de,\nB,Bert,ANN@x.de ,555\n");
    let second = apply(migration(&demo));
    assert_eq!(rows(&demo)[1..], ["11|A|Ann|ann@x.de|555|NULL"]);
    assert_eq!(tally(&second, 0), [("as before", 1), ("updated", 1)]);
    assert_eq!(line(&demo, "B"), format!("updated|11|2|0|{SHARES}"));

    // Whose row it is changes it, and the other one still takes nothing.
    move_in(&demo, "A,Anna,ann@x.de,\nB,Bertram,ann@x.de,777\n");
    let third = apply(migration(&demo));
    assert_eq!(rows(&demo)[1..], ["11|A|Anna|ann@x.de|555|NULL"]);
    assert_eq!(line(&demo, "B"), format!("unchanged|11|2|0|{SHARES}"));
    for run in [third.run, second.run] {
        assert_eq!(migration(&demo).undo(run, Default::default()).unwrap().left, []);
    }
    assert_eq!(demo.dump(), before);
}

#[test]
fn who_was_set_aside_in_between_still_shares_the_row() {
    let demo = demo("A,Ann,ann@x.de,\nC,Cy,cy@x.de,1\n");
    apply(migration(&demo));
    let both = "A,Ann,ann@x.de,\nC,Cy,cy@x.de,1\nB,Bert,ann@x.de,\n";
    move_in(&demo, both);
    apply(migration(&demo));
    for _ in 0..2 {
        move_in(&demo, &both.replace("Bert", ""));
        let report = apply(migration(&demo));
        assert_eq!(tally(&report, 0), [("as before", 2), ("rejected", 1)]);
        assert_eq!(line(&demo, "B"), format!("rejected|11|3|0|{SHARES}; name: missing [required]"));
    }
    move_in(&demo, &both.replace("Bert,ann@x.de,", "Bertram,ann@x.de,555"));
    apply(migration(&demo));
    assert_eq!(rows(&demo)[1], "11|A|Ann|ann@x.de|555|NULL");
    assert_eq!(line(&demo, "B"), format!("updated|11|3|0|{SHARES}"));
}

#[test]
fn who_was_merged_and_then_set_aside_still_shares_the_row() {
    let demo = demo("A,Ann,ann@x.de,\nB,Bert,ann@x.de,555\n");
    let merging = |demo: &Demo| {
        let path = demo.path("people.csv");
        let people = Entity::new("contact", move || CsvSource::path(&path)).pipeline(|pipeline| {
            use handover::dedupe::{Dedupe, ExactKeys, Rule, Survivorship};
            let mapping = Mapping::new().rename("id", "legacy_id").copy(["name", "email", "phone"]);
            let once =
                Dedupe::by(ExactKeys::on("email")).survivorship(Survivorship::new().rest(Rule::fill()));
            Ok(pipeline.map(mapping).validate(validate::required("name")).dedupe(once))
        });
        let store = SqliteStore::open(demo.path("store.db")).unwrap();
        Migration::new("crm_a", store, SqliteTarget::path(demo.path("crm.db"))).entity(people)
    };
    apply(merging(&demo));
    assert_eq!(line(&demo, "B"), "merged|11|2|0|A");
    move_in(&demo, "A,Ann,ann@x.de,\nB,,ann@x.de,555\n");
    apply(merging(&demo));
    move_in(&demo, "A,Ann,ann@x.de,\nB,Bertram,bert@x.de,777\n");
    apply(merging(&demo));
    assert_eq!(rows(&demo)[1..], ["11|A|Ann|ann@x.de|555|NULL"]);
    assert_eq!(line(&demo, "B"), format!("unchanged|11|2|0|{SHARES}"));
}

#[test]
fn who_was_rejected_finds_what_was_made_meanwhile() {
    let demo = demo("B,,ann@x.de,555\nA,Ann,ann@x.de,\n");
    apply(migration(&demo));
    move_in(&demo, "B,Bert,ann@x.de,555\nA,Ann,ann@x.de,\n");
    apply(migration(&demo));
    assert_eq!(rows(&demo)[1..], ["12|A|Ann|ann@x.de|555|NULL"]);
    assert_eq!(line(&demo, "B"), format!("updated|12|1|0|{SHARES}"));
}

#[test]
fn two_kinds_of_record_in_one_table_share_rows_as_one_kind_does() {
    let demo = demo("A,Ann,ann@x.de,\nC,Cy,anna@example.com,1\n");
    demo.input("others.csv", &format!("{HEAD}B,Bert,ann@x.de,555\nD,Dee,ANNA@example.com,2\n"));
    let before = demo.dump();
    let both =
        |demo: &Demo| migration(demo).entity(people(demo, "crm_b", "others.csv")).backup(demo.path("backup"));
    let plan = both(&demo).plan().unwrap();
    assert_eq!(plan.touched, 1, "a row that was there");
    let run = apply(both(&demo)).run;
    assert_eq!(rows(&demo), ["10|C|Cy|anna@example.com|1|NULL", "11|A|Ann|ann@x.de|555|NULL"]);
    assert_eq!(both(&demo).undo(run, Default::default()).unwrap().left, []);
    assert_eq!(demo.dump(), before);
}

#[test]
fn what_is_never_overwritten_is_not_filled_either() {
    let demo = demo("A,Ann,anna@example.com,\nB,Bert,anna@example.com,555\n");
    let keeps = |demo: &Demo| {
        let people = people(demo, "crm_a", "people.csv").field("phone", FieldPolicy::NeverOverwrite);
        let store = SqliteStore::open(demo.path("store.db")).unwrap();
        Migration::new("crm_a", store, SqliteTarget::path(demo.path("crm.db"))).entity(people)
    };
    apply(keeps(&demo));
    assert_eq!(rows(&demo), ["10|A|Ann|anna@example.com|NULL|NULL"]);
}
