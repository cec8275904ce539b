//! Taking runs back.

use handover::migration::UndoOptions;

use super::demo::Demo;
use super::sqlite;

#[test]
fn what_somebody_has_changed_since_is_left_alone() {
    let demo = Demo::new();
    let run = demo.apply().run;
    sqlite::execute(
        &demo.path("crm.db"),
        "UPDATE contacts SET phone = '999' WHERE id = 10; UPDATE companies SET note = 'call them' WHERE id = 4",
    );
    let report = demo.migration().undo(run, UndoOptions::default()).unwrap();
    let left: Vec<String> =
        report.left.iter().map(|left| format!("{} {}: {}", left.table, left.id, left.why)).collect();
    assert_eq!(
        left,
        [
            "contacts 10: somebody has changed it since",
            // The contact that is left refers to it.
            "companies 1: FOREIGN KEY constraint failed",
            "companies 4: somebody has changed it since",
        ]
    );
    let dump = demo.dump();
    assert!(dump.contains("contacts: 10|1|Anna|anna@example.com|999|1\n"), "{dump}");
    assert!(dump.contains("companies: 4|"), "{dump}");
}

#[test]
fn told_to_it_takes_back_what_was_changed_since() {
    let demo = Demo::new();
    let before = demo.dump();
    let run = demo.apply().run;
    sqlite::execute(&demo.path("crm.db"), "UPDATE contacts SET phone = '999' WHERE id = 10");
    demo.migration().undo(run, UndoOptions::default().overrule()).unwrap();
    assert_eq!(demo.dump(), before);
}

#[test]
fn a_run_is_taken_back_once_and_the_last_first() {
    let demo = Demo::new();
    let before = demo.dump();
    let first = demo.apply().run;
    demo.input("companies.csv", "id,name,city,parent,owner\na,Alpha AG,Berlin,c,u1\ng,Neu,Bonn,,\n");
    let after_first = demo.dump();
    let second = demo.apply().run;
    let error = |run| demo.migration().undo(run, UndoOptions::default()).unwrap_err().to_string();
    assert_eq!(error(first), format!("run {second} was made after run {first}: take it back first"));
    demo.migration().undo(second, UndoOptions::default()).unwrap();
    assert_eq!(demo.dump(), after_first);
    assert_eq!(error(second), format!("run {second} was taken back already, by run {}", second + 1));
    demo.migration().undo(first, UndoOptions::default()).unwrap();
    assert_eq!(demo.dump(), before);
    assert_eq!(error(99), "there is no run 99 to be taken back");
}

#[test]
fn what_was_taken_back_can_be_done_again() {
    let demo = Demo::new();
    let run = demo.apply().run;
    let (after, ledger) = (demo.dump(), demo.ledger());
    demo.migration().undo(run, UndoOptions::default()).unwrap();
    demo.apply();
    assert_eq!(demo.dump(), after);
    assert_eq!(demo.ledger(), ledger);
}
