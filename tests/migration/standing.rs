//! What a transfer has given stands: against verifying, against repairs, and against later runs.

use std::time::Duration;

use handover::Clock;
use handover::migration::transfer::{Holding, Receivers, Transfer, Users};
use handover::migration::{Entity, Inactive, Migration, Orphans, Reference, UndoOptions, WritePolicy};
use handover::migration::{SqliteStore, SqliteTarget};
use handover::{CsvSource, Mapping};
use tempfile::TempDir;

use super::sqlite::{execute, query};

const TABLES: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE companies (id INTEGER PRIMARY KEY, name TEXT, city TEXT, owner_id INTEGER);
    INSERT INTO users VALUES (1, 'Li'), (2, 'Wang'), (3, 'Zhao');
";
const COMPANIES: &str =
    "id,name,city,owner\na,Alpha,Bonn,u1\nb,Beta,Rom,u1\nc,Gamma,Oslo,u2\nd,Delta,Wien,u1\n";

struct Crm(TempDir);

impl Crm {
    /// A migration that was applied, after which user 1 handed over to user 3.
    fn handed_over() -> (Self, u64) {
        let crm = Crm(tempfile::tempdir().unwrap());
        crm.write("users.csv", "id,name\nu1,Li\nu2,Wang\nu3,Zhao\n");
        crm.write("companies.csv", COMPANIES);
        execute(&crm.0.path().join("crm.db"), TABLES);
        crm.apply();
        let run = crm.transfer(1, 3);
        assert_eq!(crm.owners(), "1:3 2:3 3:2 4:3");
        (crm, run)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn migration(&self) -> Migration {
        let path = |name: &str| self.0.path().join(name);
        let source = |name: &str| {
            let path = path(name);
            move || CsvSource::path(&path)
        };
        let users = Entity::new("user", source("users.csv"))
            .pipeline(|pipeline| Ok(pipeline.map(Mapping::new().copy("name").ignore("id"))))
            .match_on("name")
            .write(WritePolicy::LinkOnly);
        let companies = Entity::new("company", source("companies.csv"))
            .table("companies")
            .pipeline(|pipeline| {
                let mapping = Mapping::new().ignore("id").copy(["name", "city"]).rename("owner", "owner_id");
                Ok(pipeline.map(mapping))
            })
            .refer(Reference::new("owner_id", "user", Orphans::Null).inactive(Inactive::Keep))
            .owner("owner_id");
        let (store, target) = (SqliteStore::open(path("store.db")), SqliteTarget::path(path("crm.db")));
        Migration::new("crm_a", store.unwrap(), target)
            .entity(users)
            .entity(companies)
            .clock(Clock::new(|| Duration::from_secs(1_800_000_000)))
            .threads(1)
    }

    fn apply(&self) -> u64 {
        let mut migration = self.migration();
        let plan = migration.plan().unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        let report = migration.apply(&plan.hash).unwrap();
        for (planned, done) in plan.entities.iter().zip(&report.entities) {
            assert_eq!(planned.tally, done.tally, "plan and apply of {}", planned.entity);
        }
        report.run
    }

    fn transfer(&self, from: i64, to: i64) -> u64 {
        let transfer = Transfer::new(from)
            .root(Holding::new("companies", "owner_id"))
            .users(Users::new("users"))
            .to(Receivers::one(to));
        let mut migration = self.migration();
        let plan = migration.plan_transfer(&transfer).unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        migration.transfer(&transfer, &plan.hash).unwrap().run
    }

    fn undo(&self, run: u64) {
        assert_eq!(self.migration().undo(run, UndoOptions::default()).unwrap().left, []);
    }

    fn execute(&self, sql: &str) {
        execute(&self.0.path().join("crm.db"), sql);
    }

    fn found(&self) -> Vec<String> {
        let verification = self.migration().verify(Default::default()).unwrap();
        verification.findings.iter().map(ToString::to_string).collect()
    }

    fn repair(&self) {
        let mut migration = self.migration();
        let verification = migration.verify(Default::default()).unwrap();
        let plan = migration.repair(&verification).unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        migration.apply(&plan.hash).unwrap();
    }

    /// The rows with their owners.
    fn owners(&self) -> String {
        let connection = rusqlite::Connection::open(self.0.path().join("crm.db")).unwrap();
        let rows = query(&connection, "SELECT id, owner_id FROM companies ORDER BY id");
        rows.iter().map(|row| row.join(":")).collect::<Vec<_>>().join(" ")
    }
}

const NOTHING: [&str; 0] = [];

#[test]
fn verifying_expects_the_new_owner_and_a_repair_gives_it_back() {
    let (crm, run) = Crm::handed_over();
    assert_eq!(crm.found(), NOTHING);
    crm.execute("UPDATE companies SET owner_id = 2 WHERE id = 2");
    assert_eq!(crm.found(), ["crm_a/company:b:owner_id: points to row 2, and should to row 3 (row 2)"]);
    crm.repair();
    assert_eq!(crm.owners(), "1:3 2:3 3:2 4:3");
    assert_eq!(crm.found(), NOTHING);
    crm.undo(run + 1);
    crm.execute("UPDATE companies SET owner_id = 3 WHERE id = 2");
    crm.undo(run);
    assert_eq!((crm.owners().as_str(), crm.found()), ("1:1 2:1 3:2 4:1", vec![]));
}

#[test]
fn a_row_that_is_gone_is_made_again_for_its_new_owner() {
    let (crm, _) = Crm::handed_over();
    crm.execute("DELETE FROM companies WHERE id = 4");
    crm.repair();
    assert_eq!((crm.owners().as_str(), crm.found()), ("1:3 2:3 3:2 4:3", vec![]));
}

#[test]
fn a_later_run_gives_nothing_back_unless_the_source_names_somebody_else() {
    let (crm, _) = Crm::handed_over();
    // Alpha has moved, Beta has another owner, Delta has neither.
    crm.write(
        "companies.csv",
        &COMPANIES.replace("Alpha,Bonn", "Alpha,Köln").replace("b,Beta,Rom,u1", "b,Beta,Rom,u2"),
    );
    let run = crm.apply();
    assert_eq!((crm.owners().as_str(), crm.found()), ("1:3 2:2 3:2 4:3", vec![]));
    crm.execute("UPDATE companies SET owner_id = 1 WHERE id = 1");
    let found = ["crm_a/company:a:owner_id: points to row 1, and should to row 3 (row 1)"];
    assert_eq!(crm.found(), found);
    crm.execute("UPDATE companies SET owner_id = 3 WHERE id = 1");
    crm.undo(run);
    assert_eq!(crm.owners(), "1:3 2:3 3:2 4:3");
}

#[test]
fn the_last_of_several_transfers_counts() {
    let (crm, first) = Crm::handed_over();
    let second = crm.transfer(3, 2);
    assert_eq!((crm.owners().as_str(), crm.found()), ("1:2 2:2 3:2 4:2", vec![]));
    crm.write("companies.csv", &COMPANIES.replace("Bonn", "Köln"));
    let run = crm.apply();
    assert_eq!((crm.owners().as_str(), crm.found()), ("1:2 2:2 3:2 4:2", vec![]));
    crm.undo(run);
    crm.undo(second);
    crm.write("companies.csv", COMPANIES);
    assert_eq!((crm.owners().as_str(), crm.found()), ("1:3 2:3 3:2 4:3", vec![]));
    crm.undo(first);
    assert_eq!((crm.owners().as_str(), crm.found()), ("1:1 2:1 3:2 4:1", vec![]));
}
