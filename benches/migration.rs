//! What a migration costs, against what cannot be done without.
//!
//! `cargo bench --bench migration --features full [-- ROWS [ROUNDS [CONTEST]]]`, a hundred
//! thousand rows and five rounds unless said otherwise.

#[allow(dead_code)]
mod common;
#[path = "common/contest.rs"]
mod contest;

use std::path::{Path, PathBuf};

use handover::migration::target::{SqliteTarget, Target};
use handover::migration::{Entity, Migration, SqliteStore, UndoOptions, VerifyOptions};
use handover::sink::table::Table;
use handover::testing::{Misbehaviour, Unreliable};
use handover::{CsvSource, Mapping, Pipeline, Result, Rows, SinkWriter, SqliteSink};

use contest::{Contest, Entry, Outcome, prepared};

/// The columns that are moved, apart from the key.
const COLUMNS: [&str; 9] =
    ["name", "company", "phone", "email", "birth_date", "city", "address", "owner", "created_at"];

const CONTESTS: [Contest; 2] = [
    Contest {
        name: "load",
        input: common::customers,
        share: 1.0,
        entries: &[
            Entry { name: "a plain pipeline", against: None, run: plain_load },
            Entry { name: "load", against: Some(("a plain pipeline", 2.0)), run: load },
            Entry { name: "resume at 90 %", against: Some(("load", 0.2)), run: resume },
            Entry { name: "undo", against: Some(("load", 1.0)), run: undo },
        ],
    },
    Contest {
        name: "verify",
        input: migrated,
        share: 1.0,
        entries: &[
            Entry { name: "a read of both sides", against: None, run: plain_read },
            Entry { name: "verify", against: Some(("a read of both sides", 1.5)), run: verify },
        ],
    },
];

fn main() -> Outcome {
    contest::main(&CONTESTS, 100_000, 5)
}

/// A folder of its own with the customers and an empty table for them; gives the file of the customers.
fn fresh(customers: &Path, folder: &Path) -> PathBuf {
    std::fs::create_dir_all(folder).expect("a folder");
    let path = folder.join("customers.csv");
    std::fs::copy(customers, &path).expect("a copy");
    let columns = COLUMNS.map(|name| format!("{name} TEXT")).join(", ");
    let sql = format!("CREATE TABLE contacts (id INTEGER PRIMARY KEY, legacy_id TEXT, {columns})");
    rusqlite::Connection::open(folder.join("crm.db"))
        .and_then(|crm| crm.execute_batch(&sql))
        .expect("a table");
    path
}

/// The customers of a migration that has been applied, on first use.
fn migrated(rows: u64) -> PathBuf {
    let name = format!("target/bench-data/migrated-{rows}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if !folder.exists() {
        let parts = folder.with_extension("part");
        let _ = std::fs::remove_dir_all(&parts);
        let customers = fresh(&common::customers(rows), &parts);
        apply(&customers).expect("an applied migration");
        std::fs::rename(&parts, &folder).expect("a folder");
    }
    folder.join("customers.csv")
}

fn mapping() -> Mapping {
    Mapping::new().rename("customer_id", "legacy_id").copy(COLUMNS)
}

/// The migration of customers into the database beside them.
fn migration(customers: &Path) -> Result<Migration> {
    migration_into(customers, SqliteTarget::path(customers.with_file_name("crm.db")))
}

fn migration_into(customers: &Path, target: impl Target + 'static) -> Result<Migration> {
    let source = customers.to_owned();
    let contacts = Entity::new("contact", move || CsvSource::path(&source))
        .key("customer_id")
        .pipeline(|pipeline| Ok(pipeline.map(mapping())));
    let store = SqliteStore::open(customers.with_file_name("store.db"))?;
    Ok(Migration::new("crm_a", store, target).entity(contacts))
}

/// A plan that may be applied.
fn approved(migration: &mut Migration) -> Result<String> {
    let plan = migration.plan()?;
    migration.approve(&plan.hash, "bench", "")?;
    Ok(plan.hash)
}

fn apply(customers: &Path) -> Outcome {
    let mut migration = migration(customers)?;
    let plan = approved(&mut migration)?;
    migration.apply(&plan)?;
    Ok(())
}

fn plain_load(customers: &Path, folder: &Path) -> Outcome {
    let customers = fresh(customers, folder);
    prepared();
    let sink = SqliteSink::path(customers.with_file_name("crm.db"), Table::named("contacts"));
    Pipeline::from(CsvSource::path(&customers)).map(mapping()).to(sink).run()?;
    Ok(())
}

fn load(customers: &Path, folder: &Path) -> Outcome {
    let mut migration = migration(&fresh(customers, folder))?;
    let plan = approved(&mut migration)?;
    prepared();
    migration.apply(&plan)?;
    Ok(())
}

fn resume(customers: &Path, folder: &Path) -> Outcome {
    let customers = fresh(customers, folder);
    let rows = std::fs::read_to_string(&customers)?.lines().count() - 1;
    let crm = || SqliteTarget::path(customers.with_file_name("crm.db"));
    let plan = approved(&mut migration(&customers)?)?;
    let lost = Unreliable::new(crm(), Misbehaviour::LostAfterwards, 90);
    let cut = migration_into(&customers, lost)?.batch_records(rows / 100).apply(&plan);
    cut.expect_err("the connection was lost");
    prepared();
    migration(&customers)?.resume()?;
    Ok(())
}

fn undo(customers: &Path, folder: &Path) -> Outcome {
    let customers = fresh(customers, folder);
    apply(&customers)?;
    let mut migration = migration(&customers)?;
    prepared();
    let undone = migration.undo(1, UndoOptions::default())?;
    assert!(undone.left.is_empty());
    Ok(())
}

fn plain_read(customers: &Path, _output: &Path) -> Outcome {
    let mut count = Count(0);
    Pipeline::from(CsvSource::path(customers)).map(mapping()).to(&mut count).run()?;
    let mut target = SqliteTarget::path(customers.with_file_name("crm.db"));
    let (columns, mut rows) = ([&["legacy_id"][..], &COLUMNS].concat(), 0);
    target.scan("contacts", &columns, &mut |_| {
        rows += 1;
        Ok(())
    })?;
    assert_eq!(count.0, rows);
    Ok(())
}

fn verify(customers: &Path, _output: &Path) -> Outcome {
    let verification = migration(customers)?.verify(VerifyOptions::default())?;
    assert!(verification.is_clean(), "{verification}");
    Ok(())
}

struct Count(u64);

impl SinkWriter for Count {
    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        while rows.next()?.is_some() {
            self.0 += 1;
        }
        Ok(())
    }
}
