//! With a key, the store holds no value that anybody else can read.

use handover::migration::transfer::{Holding, Receivers, Transfer, Users};
use handover::migration::{Migration, TraceOptions, UndoOptions};
use handover::protect::Key;
use handover::{Error, source::JsonRejects};

use super::crosswalk::{apply, rows};
use super::demo::Demo;
use super::sqlite::query;

fn key(last: u8) -> Key {
    let mut bytes = *b"thirty-two bytes, out of a vault";
    bytes[31] = last;
    Key::from_bytes(bytes).unwrap()
}

fn sealed(demo: &Demo) -> Migration {
    demo.migration().sealed(key(1))
}

fn error<T>(result: Result<T, Error>) -> String {
    result.err().expect("an error").to_string()
}

/// The values of columns of the store.
fn stored(demo: &Demo, sql: &str) -> Vec<String> {
    let store = rusqlite::Connection::open(demo.path("store.db")).unwrap();
    query(&store, sql).into_iter().flatten().filter(|text| text != "NULL" && text != "{}").collect()
}

#[test]
fn no_value_stands_in_the_store_as_it_is() {
    let demo = Demo::new();
    // The target says what it refuses to set afterwards.
    let refusing = "CREATE TRIGGER t BEFORE UPDATE OF parent_id ON companies WHEN NEW.id = 2 \
                    BEGIN SELECT RAISE(ABORT, 'not for Beta'); END";
    super::sqlite::execute(&demo.path("crm.db"), refusing);
    let mut migration = sealed(&demo);
    apply(&mut migration);
    let columns = ["SELECT before, after FROM journal", "SELECT raw FROM aside", "SELECT message FROM note"];
    for values in columns.map(|sql| stored(&demo, sql)) {
        assert!(!values.is_empty() && values.iter().all(|value| value.starts_with("he1:")), "{values:?}");
    }
    let notes = migration.store().notes(1).unwrap();
    assert!(notes[0].message.contains("not for Beta"), "{notes:?}");
    assert_eq!(error(demo.migration().store().notes(1)), "is sealed, and there is no key");
}

#[test]
fn who_has_the_key_reads_it_and_nobody_else() {
    let demo = Demo::new();
    let before = demo.dump();
    apply(&mut sealed(&demo));
    let trace = |mut migration: Migration| migration.trace("crm_a", "contact", "1", TraceOptions::default());
    assert!(trace(sealed(&demo)).unwrap().to_string().contains("phone: `` -> `1***`"));
    let sealed_line = |text: String| {
        let (place, why) = text.split_once(" in the journal: ").unwrap_or_else(|| panic!("{text}"));
        assert!(place.starts_with("line "), "{text}");
        why.to_owned()
    };
    assert_eq!(sealed_line(error(trace(demo.migration()))), "is sealed, and there is no key");
    let wrong = error(trace(demo.migration().sealed(key(2))));
    assert_eq!(wrong, "the audit log: line 1 was not written with this key");
    let undo = |mut migration: Migration| migration.undo(1, UndoOptions::default());
    assert_eq!(error(undo(demo.migration())), "the audit log: is sealed, and there is no key");
    assert!(sealed(&demo).verify(Default::default()).unwrap().is_clean());
    assert_eq!(undo(sealed(&demo)).unwrap().left, []);
    assert_eq!(demo.dump(), before);
}

#[test]
fn rejects_and_backups_are_read_with_the_key() {
    let demo = Demo::new();
    apply(&mut sealed(&demo));
    let path = demo.path("rejects.jsonl");
    assert_eq!(sealed(&demo).rejects("crm_a/company", &path).unwrap(), 2);
    assert_eq!(rows(JsonRejects::path(&path)).len(), 2);
    let refused = error(demo.migration().rejects("crm_a/company", &path));
    assert!(refused.ends_with("companies.csv:6: is sealed, and there is no key"), "{refused}");
    let backup = std::fs::read_dir(demo.path("backup")).unwrap().next().unwrap().unwrap().path();
    assert!(!std::fs::read_to_string(backup).unwrap().contains("Anna"));
    assert!(sealed(&demo).verify(Default::default()).unwrap().tampering.is_empty(), "backups can be read");
}

#[test]
fn what_was_handed_over_stands_for_whoever_has_the_key() {
    let demo = Demo::new();
    super::sqlite::execute(
        &demo.path("crm.db"),
        "INSERT INTO users VALUES (3, 'Zhao', 'zhao@example.cn', 'active')",
    );
    let mut migration = sealed(&demo);
    apply(&mut migration);
    let transfer = Transfer::new(1)
        .root(Holding::new("companies", "owner_id"))
        .users(Users::new("users"))
        .to(Receivers::one(3));
    let plan = migration.plan_transfer(&transfer).unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    migration.transfer(&transfer, &plan.hash).unwrap();
    assert!(migration.verify(Default::default()).unwrap().is_clean());
    let refused = error(demo.migration().verify(Default::default()));
    assert_eq!(refused, "the audit log: is sealed, and there is no key");
}
