//! Whatever is changed by other hands is found and named.

use handover::migration::VerifyOptions;
use handover::protect::Key;

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
fn lines_that_are_taken_from_the_end_of_the_audit_log_are_named() {
    let cut = |sql: &str| named_after(sql).remove(0);
    let missing = cut("DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)");
    assert_eq!(missing, "the audit log: line 7, the last, is missing");
    let missing = cut("DELETE FROM audit WHERE number > 3");
    assert_eq!(missing, "the audit log: lines 4 to 7, the last, are missing");
    assert_eq!(cut("DELETE FROM head"), "the audit log: what says where it ends is gone");
    assert_eq!(cut("UPDATE head SET number = 5"), "the audit log: it does not end with line 5, as it says");
    let demo = Demo::new();
    demo.apply();
    execute(&demo.path("store.db"), "DELETE FROM audit WHERE number > 3");
    let refused = demo.migration().plan().unwrap_err().to_string();
    assert_eq!(refused, "the audit log: lines 4 to 7, the last, are missing");
}

/// Takes lines from the end of the audit log as somebody does who knows how a store is made.
const CUT: &str = "DELETE FROM audit WHERE number > 3; \
                   UPDATE head SET (number, hash) = (SELECT number, hash FROM audit WHERE number = 3)";

#[test]
fn with_a_key_nobody_else_can_say_where_the_audit_log_ends() {
    let key = || Key::from_bytes(*b"thirty-two bytes, out of a vault").unwrap();
    let after = |sql: &str| {
        let demo = Demo::new();
        let mut migration = demo.migration().sealed(key());
        super::crosswalk::apply(&mut migration);
        execute(&demo.path("store.db"), sql);
        migration.events().map(drop).unwrap_err().to_string()
    };
    assert_eq!(after(CUT), "the audit log: what says where it ends was not written with this key");
    assert_eq!(
        after(&format!("{CUT}; UPDATE head SET seal = NULL")),
        "the audit log: what says where it ends was not written with this key"
    );
    assert_eq!(
        after("UPDATE audit SET seal = NULL WHERE number = 5"),
        "the audit log: line 5 was not written with this key"
    );
    // Without a key it cannot be told.
    let demo = Demo::new();
    demo.apply();
    execute(&demo.path("store.db"), CUT);
    assert_eq!(demo.migration().events().unwrap().len(), 3);
}

#[test]
fn a_log_that_was_begun_without_a_key_goes_on_with_one() {
    let key = || Key::from_bytes(*b"thirty-two bytes, out of a vault").unwrap();
    let demo = Demo::new();
    demo.apply();
    let mut migration = demo.migration().sealed(key());
    assert!(migration.verify(VerifyOptions::default()).unwrap().is_clean());
    assert!(migration.events().unwrap().last().unwrap().seal.is_some());
    // Nobody goes on without it by mistake.
    let refused = demo.migration().verify(VerifyOptions::default()).unwrap_err().to_string();
    assert_eq!(refused, "the audit log: is sealed, and there is no key");
}

#[test]
fn what_was_written_down_elsewhere_shows_an_older_log() {
    let demo = Demo::new();
    demo.apply();
    let copy = std::fs::read(demo.path("store.db")).unwrap();
    demo.migration().verify(VerifyOptions::default()).unwrap();
    let head = demo.migration().audit_head().unwrap().unwrap();
    assert_eq!(head.to_string(), format!("8 {}", head.hash));
    demo.migration().check_audit(head.number, &head.hash).unwrap();
    let error =
        |demo: &Demo, number, hash: &str| demo.migration().check_audit(number, hash).unwrap_err().to_string();
    assert_eq!(error(&demo, 6, &head.hash), "the audit log: line 6 is not the one that was written down");
    std::fs::write(demo.path("store.db"), copy).unwrap();
    assert_eq!(error(&demo, head.number, &head.hash), "the audit log: line 8 is missing, there are 7");

    let path = demo.path("audit.jsonl");
    assert_eq!(demo.migration().write_audit(&path).unwrap(), 7);
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let what = lines.iter().map(|line| line["what"].as_str().unwrap()).collect::<Vec<_>>().join(", ");
    assert_eq!(what, "plan made, approved, run began, loading, loading, loading, run ended");
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
    assert!(changed[0].ends_with(".backup.jsonl: the backup is not what was written"), "{changed:?}");
    let gone = named(|demo| std::fs::remove_file(backup(demo)).unwrap());
    assert!(gone[0].contains(".backup.jsonl: cannot read"), "{gone:?}");
}
