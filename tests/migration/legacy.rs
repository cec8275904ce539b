//! The legacy CRM of the examples: moved, and every planted defect ends where it should.

use std::path::{Path, PathBuf};

use handover::migration::Migration;
use rusqlite::Connection;
use tempfile::TempDir;

use super::sqlite::{dump, execute, query};

const FILES: [&str; 10] = [
    "users.csv",
    "companies.xlsx",
    "contacts.csv",
    "deals.json",
    "activities.jsonl",
    "mapping/companies.toml",
    "mapping/contacts.toml",
    "mapping/deals.toml",
    "mapping/activities.toml",
    "migration.toml",
];

fn example(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "examples/data/legacy_crm", name].iter().collect()
}

/// A copy of the example in a folder of its own, with a target that is new.
struct Legacy {
    folder: TempDir,
}

impl Legacy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("mapping")).unwrap();
        for name in FILES {
            std::fs::copy(example(name), folder.path().join(name)).unwrap();
        }
        let text = std::fs::read_to_string(example("migration.toml")).unwrap();
        let here = text.replace("../../../target/handover/legacy_crm/", "");
        std::fs::write(folder.path().join("migration.toml"), here).unwrap();
        let sql = std::fs::read_to_string(example("target_sqlite.sql")).unwrap();
        execute(&folder.path().join("crm.db"), &sql);
        Legacy { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn migration(&self) -> Migration {
        Migration::load(self.path("migration.toml")).unwrap()
    }

    fn query(&self, sql: &str) -> Vec<Vec<String>> {
        query(&Connection::open(self.path("crm.db")).unwrap(), sql)
    }

    fn books(&self, sql: &str) -> Vec<Vec<String>> {
        query(&Connection::open(self.path("store.db")).unwrap(), sql)
    }
}

#[test]
fn try_it() {
    let legacy = Legacy::new();
    let before = dump(&legacy.path("crm.db"));
    let mut migration = legacy.migration();
    let plan = migration.plan().unwrap();
    println!("{plan}");
    migration.approve(&plan.hash, "wang", "").unwrap();
    migration.approve(&plan.hash, "zhao", "").unwrap();
    let report = migration.apply(&plan.hash).unwrap();
    for (planned, done) in plan.entities.iter().zip(&report.entities) {
        assert_eq!(planned.tally, done.tally, "plan and apply of {}", planned.entity);
        if let Some(p) = &done.pipeline {
            println!("{p}");
        }
    }
    let undone = migration.undo(report.run, Default::default()).unwrap();
    println!("{undone:?}");
    similar(&before, &dump(&legacy.path("crm.db")));
}

fn similar(one: &str, other: &str) {
    for (one, other) in one.lines().zip(other.lines()).filter(|(one, other)| one != other).take(5) {
        println!("- {one}\n+ {other}");
    }
    assert!(one == other);
}
