//! The legacy CRM of the examples: moved, and every planted defect ends where it should.

use std::collections::HashMap;
use std::path::PathBuf;

use handover::migration::{Migration, Plan, RunReport};
use rusqlite::Connection;
use serde_json::Value as Json;
use tempfile::TempDir;

use super::sqlite::{dump, execute, query};

const FILES: [&str; 11] = [
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
    "roles.toml",
];

pub fn example(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "examples/data/legacy_crm", name].iter().collect()
}

/// A copy of the example in a folder of its own, with a target that is new.
pub struct Legacy {
    folder: TempDir,
}

impl Legacy {
    pub fn new() -> Self {
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

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn migration(&self) -> Migration {
        Migration::load(self.path("migration.toml")).unwrap()
    }

    /// Plans, and lets it be approved.
    pub fn approved(migration: &mut Migration) -> Plan {
        let plan = migration.plan().unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        migration.approve(&plan.hash, "zhao", "").unwrap();
        plan
    }

    /// Plans, approves and applies; what is done is what was planned.
    pub fn apply(&self, migration: &mut Migration) -> RunReport {
        let plan = Legacy::approved(migration);
        let report = migration.apply(&plan.hash).unwrap();
        for (planned, done) in plan.entities.iter().zip(&report.entities) {
            assert_eq!(planned.tally, done.tally, "plan and apply of {}", planned.entity);
        }
        report
    }

    /// The target's rows. The counter of ids is left out: ids that were given once are not given again.
    pub fn dump(&self) -> String {
        let dump = dump(&self.path("crm.db"));
        dump.lines()
            .filter(|line| !line.starts_with("sqlite_sequence: "))
            .map(|line| format!("{line}\n"))
            .collect()
    }

    fn target(&self, sql: &str) -> Vec<Vec<String>> {
        query(&Connection::open(self.path("crm.db")).unwrap(), sql)
    }

    /// What became of each record of an entity: disposition, id and note, by its key.
    fn ledger(&self, entity: &str) -> HashMap<String, [String; 3]> {
        let store = Connection::open(self.path("store.db")).unwrap();
        let sql = format!("SELECT key, disposition, target_id, note FROM record WHERE entity = '{entity}'");
        let rows = query(&store, &sql).into_iter();
        rows.map(|row| <[String; 4]>::try_from(row).unwrap()).map(|[key, a, b, c]| (key, [a, b, c])).collect()
    }
}

/// The ids that are planted under a name; of pairs the second.
fn planted(kind: &str, name: &str) -> Vec<String> {
    let all: Json = serde_json::from_slice(&std::fs::read(example("expected.json")).unwrap()).unwrap();
    let ids = all[kind][name].as_array().unwrap_or_else(|| panic!("{kind}.{name}"));
    let id = |one: &Json| one.as_str().or(one[1].as_str()).unwrap().to_owned();
    ids.iter().map(id).collect()
}

fn target_of(kind: &str) -> Json {
    let all: Json = serde_json::from_slice(&std::fs::read(example("expected.json")).unwrap()).unwrap();
    all["target"][kind].clone()
}

#[test]
fn what_is_planted_ends_where_it_should() {
    let legacy = Legacy::new();
    let mut migration = legacy.migration();
    let report = legacy.apply(&mut migration);
    let came: Vec<u64> =
        report.entities.iter().map(|entity| entity.pipeline.as_ref().unwrap().counts.read).collect();
    assert_eq!(came, [40, 900, 2400, 1300, 2500]);
    assert!(report.entities.iter().all(|entity| entity.pipeline.as_ref().unwrap().counts.balanced()));
    assert_eq!(legacy.target("PRAGMA foreign_key_check"), [[""; 0]; 0]);

    let ends = |entity: &str, kind: &str, defects: &[&str], disposition: &str, note: &str| {
        let ledger = legacy.ledger(entity);
        for (defect, key) in
            defects.iter().flat_map(|name| planted(kind, name).into_iter().map(move |key| (name, key)))
        {
            let [ended, _, said] = &ledger[&key];
            assert_eq!(ended, disposition, "{defect} {key}");
            assert!(said.contains(note), "{defect} {key}: {said}");
        }
    };
    ends("user", "target", &["users_not_there"], "rejected", "the target does not have it");
    ends("company", "companies", &["no_name"], "rejected", "name: missing");
    ends("company", "companies", &["bad_date"], "rejected", "created_on");
    ends("contact", "contacts", &["bad_email"], "rejected", "email");
    ends("contact", "contacts", &["no_name"], "rejected", "name: missing");
    ends("contact", "contacts", &["title_too_long"], "rejected", "title: too long");
    ends("deal", "deals", &["unknown_stage"], "rejected", "stage: not in the value map");
    ends("deal", "deals", &["no_title"], "rejected", "title: missing");
    ends("deal", "deals", &["amount_out_of_range"], "rejected", "amount");
    ends("deal", "deals", &["company_nowhere", "company_rejected"], "parked", "waits for a company");
    ends("activity", "activities", &["contact_nowhere", "contact_rejected"], "parked", "waits for a contact");
    ends("activity", "activities", &["deal_nowhere", "deal_rejected"], "parked", "waits for a deal");

    duplicates_are_one(&legacy);
    what_the_target_refused_is_known(&mut migration);
    who_is_there_is_found(&legacy);
    references_point_where_they_should(&legacy);
    values_are_translated(&legacy);
}

/// The company that is its own parent has none, because the target refuses it.
fn what_the_target_refused_is_known(migration: &mut Migration) {
    let verification = migration.verify(Default::default()).unwrap();
    assert!(verification.tampering.is_empty());
    assert!(verification.references.iter().all(|reference| reference.dangling == 0));
    assert!(verification.is_clean(), "{verification}");
    let found: Vec<_> =
        verification.known.iter().map(|one| (one.key.as_deref(), one.column.as_deref())).collect();
    assert_eq!(found, [(Some(planted("companies", "parent_is_itself")[0].as_str()), Some("parent_id"))]);
    let notes = migration.store().notes(1).unwrap();
    assert_eq!(notes.iter().map(|note| note.rule.as_str()).collect::<Vec<_>>(), ["parent_id: not set"]);
}

/// Of a pair one is merged into the other, and both are the same row.
fn duplicates_are_one(legacy: &Legacy) {
    let all: Json = serde_json::from_slice(&std::fs::read(example("expected.json")).unwrap()).unwrap();
    for (kind, entity, ways) in [
        ("companies", "company", &["credit_code", "phone"][..]),
        ("contacts", "contact", &["mobile", "email", "both"]),
    ] {
        let ledger = legacy.ledger(entity);
        for way in ways {
            let pairs = &all[kind][format!("duplicates_by_{way}")];
            for pair in serde_json::from_value::<Vec<[String; 2]>>(pairs.clone()).unwrap() {
                let [one, other] = pair.each_ref().map(|key| &ledger[key]);
                let merged = [one, other].into_iter().filter(|[ended, ..]| ended == "merged").count();
                assert_eq!((merged, &one[1]), (1, &other[1]), "{pair:?}");
            }
        }
    }
}

/// Rows that were in the target are those that they should be, and the two people of one number are told apart.
fn who_is_there_is_found(legacy: &Legacy) {
    let users = legacy.ledger("user");
    for (old, new) in target_of("users").as_object().unwrap() {
        assert_eq!(users[old][..2], ["unchanged".to_owned(), new.to_string()], "{old}");
    }
    for (kind, entity) in [("companies", "company"), ("contacts", "contact")] {
        let ledger = legacy.ledger(entity);
        for row in target_of(kind).as_array().unwrap() {
            let [ended, id, _] = &ledger[row["legacy"].as_str().unwrap()];
            assert_eq!((ended.as_str(), id), ("updated", &row["target"].to_string()));
        }
    }
    let contacts = legacy.ledger("contact");
    assert_eq!(contacts["C-002337"][0], "created");
    assert_eq!(contacts["#2337"][..2], ["rejected", "NULL"]);
}

fn references_point_where_they_should(legacy: &Legacy) {
    let [companies, contacts, deals] = ["company", "contact", "deal"].map(|entity| legacy.ledger(entity));
    let id_of = |ledger: &HashMap<String, [String; 3]>, key: &str| ledger[key][1].clone();
    let column = |table: &str, column: &str, key: &str| {
        let sql = format!("SELECT \"{column}\" FROM {table} WHERE legacy_id = '{key}'");
        legacy.target(&sql).concat().concat()
    };
    let cycle = planted("companies", "parent_cycle");
    for (child, parent) in cycle.iter().zip(cycle.iter().cycle().skip(1)) {
        assert_eq!(column("companies", "parent_id", child), id_of(&companies, parent));
    }
    for name in ["parent_is_itself", "parent_nowhere"] {
        for key in planted("companies", name) {
            assert_eq!(column("companies", "parent_id", &key), "NULL", "{name} {key}");
        }
    }
    let copies = planted("companies", "duplicates_by_credit_code");
    for (key, copy) in planted("companies", "parent_is_a_copy").iter().zip(&copies) {
        assert_eq!(column("companies", "parent_id", key), id_of(&companies, copy));
    }
    for name in ["company_nowhere", "company_rejected", "without_company"] {
        for key in planted("contacts", name) {
            assert_eq!(column("contacts", "company_id", &key), "NULL", "{name} {key}");
        }
    }
    for key in planted("contacts", "company_is_a_copy") {
        assert_ne!(column("contacts", "company_id", &key), "NULL", "{key}");
    }
    for key in planted("deals", "contact_rejected") {
        assert_eq!(column("deals", "contact_id", &key), "NULL", "{key}");
    }
    let copies = planted("contacts", "duplicates_by_mobile");
    for (key, copy) in planted("deals", "contact_is_a_copy").iter().zip(&copies) {
        assert_eq!(column("deals", "contact_id", key), id_of(&contacts, copy));
    }
    assert!(planted("deals", "company_is_a_copy").iter().all(|key| deals[key][0] == "created"));
    owners_are_those_who_are_there(&column);
}

fn owners_are_those_who_are_there(column: &dyn Fn(&str, &str, &str) -> String) {
    // U001 looks after customers of whom nobody does; what was done and sold is nobody else's work.
    for (table, owner) in [("companies", "11"), ("contacts", "11"), ("deals", "NULL"), ("activities", "NULL")]
    {
        for name in ["unknown_owner", "owner_without_email"] {
            for key in planted(table, name) {
                assert_eq!(column(table, "owner_id", &key), owner, "{table} {name} {key}");
            }
        }
    }
    for key in planted("companies", "inactive_owner") {
        assert_eq!(column("companies", "owner_id", &key), "11", "{key}");
    }
    let users = target_of("users");
    let left = planted("users", "inactive");
    let left: Vec<String> = left.iter().filter_map(|user| users.get(user)).map(Json::to_string).collect();
    for key in planted("deals", "closed_with_inactive_owner") {
        let owner = column("deals", "owner_id", &key);
        assert!(owner == "NULL" || left.contains(&owner), "whoever closed it keeps the credit: {owner}");
    }
}

fn values_are_translated(legacy: &Legacy) {
    let other = legacy.target("SELECT legacy_id FROM companies WHERE industry = 'other' AND id >= 1000");
    let mut other = other.concat();
    let mut unknown = planted("companies", "unknown_industry");
    other.sort();
    unknown.sort();
    assert_eq!(other, unknown);
    let names = legacy.target("SELECT count(*) FROM contacts WHERE name IN ('李㐂', '王𠮷', '陈𬭎', '赵䶮')");
    assert_eq!(names, [["4"]]);
    let nobodys = ["companies", "contacts", "deals", "activities"].map(|table| {
        let sql = format!("SELECT count(*) FROM {table} WHERE id >= 1000 AND owner_id IS NULL");
        legacy.target(&sql).concat().concat()
    });
    assert_eq!(nobodys, ["0", "0", "247", "471"], "rows without an owner");
    let open = legacy.target("SELECT count(*) FROM companies WHERE id >= 1000 AND created_on IS NULL");
    assert_eq!(open, [["0"]], "every date was read");
    let revenue = legacy.target("SELECT count(*) FROM companies WHERE annual_revenue >= 200000");
    assert!(revenue.concat()[0].parse::<u32>().unwrap() > 600);
}

#[test]
fn doing_it_again_changes_nothing_and_undoing_it_leaves_no_trace() {
    let legacy = Legacy::new();
    let before = legacy.dump();
    let mut migration = legacy.migration();
    let first = legacy.apply(&mut migration);
    let after = legacy.dump();
    let second = legacy.apply(&mut migration);
    assert_eq!(legacy.dump(), after);
    for entity in &second.entities {
        let written = ["created", "updated"].map(|what| entity.tally.of(what));
        assert_eq!(written, [0, 0], "{}", entity.entity);
    }
    for run in [second.run, first.run] {
        let undone = migration.undo(run, Default::default()).unwrap();
        assert_eq!(undone.left, []);
    }
    assert!(legacy.dump() == before, "the target is as it was");
}

#[test]
fn papers_tell_of_it_and_name_nobody() {
    let legacy = Legacy::new();
    let mut migration = legacy.migration();
    let plan = migration.plan().unwrap();
    let readiness = migration.readiness_report(&plan).unwrap();
    assert!(readiness.contains("**Not yet**: it has 0 of 2 approvals."), "{readiness}");
    assert!(readiness.contains("| U003 | legacy/company | not there | 4 |"), "{readiness}");
    legacy.apply(&mut migration);
    let written = migration.write_papers(legacy.path("papers")).unwrap();
    let names: Vec<_> = written.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    let expected = [
        "data_dictionary.md",
        "data_dictionary.csv",
        "completeness.md",
        "completeness.csv",
        "readiness.md",
        "go_live.md",
    ];
    assert_eq!(names, expected);
    let all: String = written.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for line in [
        "| user | email | trim, email | users | email | text | yes | 120 | only looked for | yes |",
        "| company | 统一社会信用代码 | strip_control, trim, empty_to_null; credit_code_cn | companies | credit_code \
         | text |  | 18 | overwrite |  |",
        "| legacy/contact | contacts | 2,219 | 40 | 0 | 120 | 21 | 0 | 0 |",
        "| company | 11 | 王** | 199 | phone | 198 | 99 |",
    ] {
        assert!(all.contains(line), "{line}");
    }
    for name in ["王晓明", "wang.xiaoming", "Amy Chen"] {
        assert!(!all.contains(name), "{name}");
    }
}
