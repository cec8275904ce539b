//! From every old id to the new one, and what was set aside, read again.

use handover::dedupe::{Dedupe, ExactKeys};
use handover::migration::{Entity, Migration, SqliteStore, SqliteTarget, VerifyOptions};
use handover::sink::Collect;
use handover::source::JsonRejects;
use handover::{CsvSource, Mapping, Pipeline, Record, SourceReader};

use super::demo::Demo;
use super::sqlite::execute;

/// The rows of a source, each value as text.
pub fn rows(source: impl SourceReader) -> Vec<String> {
    let mut rows = Collect::new();
    Pipeline::from(source).to(&mut rows).run().unwrap();
    let row = |record: &Record| record.values().map(|value| value.to_string()).collect::<Vec<_>>().join("|");
    rows.records().iter().map(row).collect()
}

/// Companies of which some are the same.
pub fn merging(demo: &Demo) -> Migration {
    let path = demo.path("companies.csv");
    let companies =
        Entity::new("company", move || CsvSource::path(&path)).table("companies").pipeline(|pipeline| {
            let mapping =
                Mapping::new().rename("id", "legacy_id").copy(["name", "city"]).ignore(["parent", "owner"]);
            Ok(pipeline.map(mapping).dedupe(Dedupe::by(ExactKeys::on(["city"]))))
        });
    let store = SqliteStore::open(demo.path("merging.db")).unwrap();
    Migration::new("crm_a", store, SqliteTarget::path(demo.path("crm.db"))).entity(companies).by("li")
}

pub fn apply(migration: &mut Migration) {
    let plan = migration.plan().unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    migration.apply(&plan.hash).unwrap();
}

#[test]
fn every_record_with_a_row_is_in_it() {
    let demo = Demo::new();
    demo.apply();
    assert_eq!(
        rows(demo.migration().crosswalk().unwrap()),
        [
            "crm_a|contact|1|10|updated",
            "crm_a|contact|2|12|created",
            "crm_a|company|a|1|created",
            "crm_a|company|b|2|created",
            "crm_a|company|c|3|created",
            "crm_a|company|d|4|created",
            "crm_a|user|u1|1|unchanged",
            "crm_a|user|u2|2|unchanged",
        ]
    );
}

#[test]
fn merged_records_have_the_row_of_their_survivor() {
    let demo = Demo::new();
    demo.input("companies.csv", "id,name,city,parent,owner\na,A,Bonn,,\nb,A,Bonn,,\nc,C,Rom,,\n");
    let mut migration = merging(&demo);
    apply(&mut migration);
    let expected = ["crm_a|company|a|1|created", "crm_a|company|b|1|merged", "crm_a|company|c|3|created"];
    assert_eq!(rows(migration.crosswalk().unwrap()), expected);
    let verification = migration.verify(VerifyOptions::default()).unwrap();
    assert!(verification.is_clean(), "{verification}");
    execute(&demo.path("crm.db"), "DELETE FROM companies WHERE id = 1");
    let found = migration.verify(VerifyOptions::default()).unwrap().findings;
    let found: Vec<String> = found.iter().map(|one| one.to_string()).collect();
    assert_eq!(
        found,
        [
            "crm_a/company:a: its row is gone from the target (row 1)",
            "crm_a/company:b: was merged into a, whose row is gone (row 1)",
        ]
    );
}

#[test]
fn what_was_set_aside_is_read_again() {
    let demo = Demo::new();
    demo.apply();
    let path = demo.path("rejects.jsonl");
    assert_eq!(demo.migration().rejects("crm_a/company", &path).unwrap(), 2);
    assert_eq!(rows(JsonRejects::path(&path)), ["e|Epsilon|A city of a very long name||", "f||Paris||"]);
    let error = demo.migration().rejects("crm_a/compny", &path).unwrap_err().to_string();
    assert_eq!(error, "no entity `crm_a/compny`: there are crm_a/contact, crm_a/company, crm_a/user");
}
