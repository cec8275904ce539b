//! Targets that misbehave: the books balance all the same, nothing is doubled, nothing is lost.

use handover::migration::{Migration, SqliteStore, SqliteTarget};
use handover::testing::{Misbehaviour, Unreliable};

use super::demo::{Demo, entities};

/// More contacts than go into a batch.
fn ready() -> Demo {
    let demo = Demo::new();
    let row = |number| format!("k{number},Name {number},k{number}@example.com,,a\n");
    let rows: String = (0..200).map(row).collect();
    demo.input("contacts.csv", &format!("id,name,email,phone,company\n{rows}"));
    let mut migration = demo.migration();
    let plan = migration.plan().unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    demo
}

fn with(demo: &Demo, misbehaviour: Misbehaviour, at: u64) -> Migration {
    let target = Unreliable::new(SqliteTarget::path(demo.path("crm.db")), misbehaviour, at);
    let store = SqliteStore::open(demo.path("store.db")).unwrap();
    entities(Migration::new("crm_a", store, target), demo.folder.path()).batch_records(64)
}

fn undisturbed() -> (String, String) {
    let demo = ready();
    let mut migration = demo.migration().batch_records(64);
    let plan = migration.last_plan().unwrap().unwrap();
    migration.apply(&plan.hash).unwrap();
    (demo.dump(), demo.ledger())
}

#[test]
fn answers_in_another_order_are_joined() {
    let demo = ready();
    let mut migration = with(&demo, Misbehaviour::OtherOrder, 0);
    let plan = migration.last_plan().unwrap().unwrap();
    migration.apply(&plan.hash).unwrap();
    assert!((demo.dump(), demo.ledger()) == undisturbed());
}

#[test]
fn what_is_not_known_is_looked_up_before_it_is_sent_again() {
    let cases = [
        (Misbehaviour::HalfThenLost, "the connection was lost"),
        (Misbehaviour::LostAfterwards, "the connection was lost"),
        (Misbehaviour::HalfAnswered, "records, which are in doubt: resume the run"),
        (Misbehaviour::DoesNotKnow, "records, which are in doubt: resume the run"),
        (Misbehaviour::AnswersForOthers, "an answer for a record that was not sent"),
        (Misbehaviour::Contradicts, "two answers for one record, which do not agree"),
    ];
    let expected = undisturbed();
    for (misbehaviour, words) in cases {
        for at in [1, 2, 3, 5] {
            let demo = ready();
            let mut migration = with(&demo, misbehaviour, at);
            let plan = migration.last_plan().unwrap().unwrap();
            let error = migration.apply(&plan.hash).unwrap_err().to_string();
            assert!(error.contains(words), "{misbehaviour:?} at {at}: {error}");
            drop(migration);
            let refused = demo.migration().plan().unwrap_err().to_string();
            assert_eq!(refused, "run 1 did not come to its end: resume it, or undo it");
            demo.migration().batch_records(64).resume().unwrap();
            assert!(demo.dump() == expected.0, "{misbehaviour:?} at {at}: the target differs");
            assert!(demo.ledger() == expected.1, "{misbehaviour:?} at {at}: the ledger differs");
        }
    }
}

#[test]
fn a_batch_that_is_refused_whole_is_set_aside_with_its_reasons() {
    let demo = ready();
    let mut migration = with(&demo, Misbehaviour::RefusesAll, 4);
    let plan = migration.last_plan().unwrap().unwrap();
    let report = migration.apply(&plan.hash).unwrap();
    let contacts = &report.entities[0];
    assert_eq!((contacts.tally.of("rejected"), contacts.tally.of("created")), (64, 136));
    let ledger = demo.ledger();
    let line = ledger.lines().find(|line| line.contains("|k100|")).unwrap();
    assert_eq!(line, "crm_a|contact|k100|rejected|NULL|101|0|not today [sink]");
}
