//! A small migration that other tests vary: users, companies that refer to
//! each other, and contacts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use handover::migration::store::SqliteStore;
use handover::migration::{
    Entity, FieldPolicy, Inactive, Migration, Orphans, Reference, SqliteTarget, WritePolicy,
};
use handover::{Clock, CsvSource, Mapping};
use tempfile::TempDir;

/// A folder with inputs, a target and a store.
pub struct Demo {
    pub folder: TempDir,
}

pub const TABLES: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE, status TEXT);
    CREATE TABLE companies (id INTEGER PRIMARY KEY, legacy_id TEXT, name TEXT NOT NULL, city VARCHAR(10),
        parent_id INTEGER REFERENCES companies (id), owner_id INTEGER REFERENCES users (id), note TEXT,
        version INTEGER DEFAULT 0);
    CREATE TABLE contacts (id INTEGER PRIMARY KEY, legacy_id TEXT, name TEXT NOT NULL, email TEXT, phone TEXT,
        company_id INTEGER REFERENCES companies (id), CHECK (name <> 'refused'));
    INSERT INTO users VALUES (1, 'Li Na', 'li@example.cn', 'active'), (2, 'Wang', 'Wang@example.cn', 'inactive');
    INSERT INTO contacts VALUES (10, NULL, 'Anna', 'anna@example.com', NULL, NULL);
";

const USERS: &str = "id,name,email,status\nu1,李娜,LI@example.cn,active\nu2,王,wang@example.cn,inactive\nu3,Nobody,no@example.cn,active\n";
const COMPANIES: &str = "id,name,city,parent,owner\n\
    a,Alpha,Berlin,c,u1\nb,Beta,Shanghai,a,u2\nc,Gamma,,b,u3\nd,Delta,Köln,d,\ne,Epsilon,A city of a very long name,,\nf,,Paris,,\n";
const CONTACTS: &str = "id,name,email,phone,company\n\
    1,Anna Schmidt,anna@example.com,123,a\n2,Bo,bo@example.com,,b\n3,Cy,cy@example.com,,zz\n\
    4,refused,de@example.com,,a\n2,Bo again,bo2@example.com,,b\n,Nokey,no@example.com,,b\n5,Eve,eve@example.com,,f\n";

impl Demo {
    pub fn new() -> Self {
        let demo = Demo { folder: tempfile::tempdir().unwrap() };
        demo.input("users.csv", USERS);
        demo.input("companies.csv", COMPANIES);
        demo.input("contacts.csv", CONTACTS);
        super::sqlite::execute(&demo.path("crm.db"), TABLES);
        demo
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn input(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn migration(&self) -> Migration {
        migration(self.folder.path())
    }

    /// Plans, approves and applies.
    pub fn apply(&self) -> handover::migration::RunReport {
        let mut migration = self.migration();
        let plan = migration.plan().unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        let report = migration.apply(&plan.hash).unwrap();
        for (planned, done) in plan.entities.iter().zip(&report.entities) {
            assert_eq!(planned.tally, done.tally, "plan and apply of {}", planned.entity);
        }
        report
    }

    /// What became of every record, but for the numbers of batches.
    pub fn ledger(&self) -> String {
        super::sqlite::ledger(&self.path("store.db"))
    }

    pub fn dump(&self) -> String {
        super::sqlite::dump(&self.path("crm.db"))
    }
}

/// The migration in a folder.
pub fn migration(folder: &Path) -> Migration {
    let store = SqliteStore::open(folder.join("store.db")).unwrap();
    entities(Migration::new("crm_a", store, SqliteTarget::path(folder.join("crm.db"))), folder)
}

/// What is moved from a folder.
pub fn entities(migration: Migration, folder: &Path) -> Migration {
    let path = |name: &str| folder.join(name);
    let source = |name: &str| {
        let path = path(name);
        move || CsvSource::path(&path)
    };
    let users = Entity::new("user", source("users.csv"))
        .pipeline(|pipeline| Ok(pipeline.map(Mapping::new().copy(["name", "email", "status"]).ignore("id"))))
        .match_on("email")
        .write(WritePolicy::LinkOnly)
        .personal("email")
        .inactive_when("status", ["inactive"]);
    let companies = Entity::new("company", source("companies.csv"))
        .table("companies")
        .pipeline(|pipeline| {
            let mapping = Mapping::new().rename("id", "legacy_id").copy(["name", "city"]);
            Ok(pipeline.map(mapping.rename("parent", "parent_id").rename("owner", "owner_id")))
        })
        .refer(Reference::new("parent_id", "company", Orphans::Null))
        .refer(Reference::new("owner_id", "user", Orphans::Null).inactive(Inactive::Keep))
        .owner("owner_id");
    let contacts = Entity::new("contact", source("contacts.csv"))
        .pipeline(|pipeline| {
            let mapping = Mapping::new().rename("id", "legacy_id").copy(["name", "email", "phone"]);
            Ok(pipeline.map(mapping.rename("company", "company_id")))
        })
        .match_on("email")
        .personal(["email", "phone"])
        .field("phone", FieldPolicy::FillEmpty)
        .field("name", FieldPolicy::NeverOverwrite)
        .refer(Reference::new("company_id", "company", Orphans::Park));
    migration
        .entity(contacts)
        .entity(companies)
        .entity(users)
        .by("li")
        .backup(path("backup"))
        .clock(Clock::new(|| Duration::from_secs(1_800_000_000)))
        .threads(1)
}
