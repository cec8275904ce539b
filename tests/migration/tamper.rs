//! Whatever is changed by other hands is found and named.

use handover::migration::VerifyOptions;

use super::demo::Demo;
use super::sqlite::execute;

/// What is named after something was done to an applied migration.
fn named(change: impl FnOnce(&Demo)) -> Vec<String> {
    let demo = Demo::new();
    demo.apply();
    change(&demo);
    let verification = demo.migration().verify(VerifyOptions::default()).unwrap();
    assert!(!verification.is_clean());
    let folder = format!("{}/", demo.folder.path().display());
    verification.tampering.iter().map(|what| what.replace(&folder, "")).collect()
}

fn named_after(sql: &str) -> Vec<String> {
    named(|demo| execute(&demo.path("store.db"), sql))
}

#[test]
fn a_line_of_the_ledger_is_named() {
    assert_eq!(
        named_after("UPDATE ledger SET target_id = 2 WHERE key = 'a'"),
        ["crm_a/company: the ledger's line of record a: was changed by something else than a migration"]
    );
}

#[test]
fn a_line_of_the_journal_is_named() {
    let found = named_after("UPDATE journal SET before = '{\"phone\":\"5\"}' WHERE before LIKE '%phone%'");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("line 0 of batch "), "{found:?}");
    assert!(
        found[0].ends_with(" in the journal: was changed by something else than a migration"),
        "{found:?}"
    );
}

#[test]
fn a_line_of_the_audit_log_is_named() {
    let changed = ["the audit log: line 2 was changed, or does not belong here"];
    assert_eq!(named_after("UPDATE audit SET who = 'zhao' WHERE number = 2"), changed);
    assert_eq!(
        named_after("DELETE FROM audit WHERE number = 2"),
        [
            "line 3 of the audit log: approves a plan that was not made".to_owned(),
            "the audit log: line 2 is missing".to_owned(),
        ][1..]
    );
}

#[test]
fn a_plan_and_an_approval_are_named() {
    let found =
        named_after("UPDATE audit SET detail = replace(detail, 'crm_a', 'crm_b') WHERE what = 'plan made'");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], "the audit log: line 1 was changed, or does not belong here");
    assert!(found[1].ends_with(", line 1 of the audit log: was changed after it was made"), "{found:?}");
    let found = named_after("UPDATE audit SET plan = 'abc' WHERE what = 'approved'");
    let second = "line 2 of the audit log: approves a plan that was not made";
    assert_eq!(found, ["the audit log: line 2 was changed, or does not belong here", second]);
}

#[test]
fn a_backup_is_named() {
    let backup = |demo: &Demo| {
        let mut files = std::fs::read_dir(demo.path("backup")).unwrap().map(|entry| entry.unwrap().path());
        files.next().unwrap()
    };
    let changed = named(|demo| {
        let text = std::fs::read_to_string(backup(demo)).unwrap();
        std::fs::write(backup(demo), text.replace("Anna", "Anne")).unwrap();
    });
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert!(changed[0].starts_with("backup/run-1-"), "{changed:?}");
    assert!(
        changed[0].ends_with(".backup.jsonl: the backup was changed after it was written"),
        "{changed:?}"
    );
    let gone = named(|demo| std::fs::remove_file(backup(demo)).unwrap());
    assert!(gone[0].contains(".backup.jsonl: cannot read"), "{gone:?}");
}
