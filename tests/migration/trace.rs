//! The whole story of one record.

use handover::migration::{Entity, TraceOptions, VerifyOptions};
use handover::{CsvSource, Mapping};

use super::crosswalk::{apply, merging};
use super::demo::Demo;

const CREATED: &str = "\
crm_a/company a: created
read from companies.csv:2
  id: a
  name: Alpha
  city: Berlin
  parent: c
  owner: u1
mapped to
  legacy_id: a
  name: Alpha
  city: Berlin
  parent_id: c
  owner_id: u1
written as row 1 of companies
  id: 1
  legacy_id: a
  name: Alpha
  city: Berlin
  parent_id: 3
  owner_id: 1
  note: 
  version: 0
owned by row 1 of users, says owner_id
  id: 1
  name: Li Na
  email: l***@e***.cn
  status: active
changed by run 1
  parent_id: `` -> `3`
run 1 (apply) began 2027-01-15T08:00:00Z by li, plan PLAN, approved by wang 2027-01-15T08:00:00Z
verified 2027-01-15T08:00:00Z
";

const UPDATED: &str = "\
crm_a/contact 1: updated
read from contacts.csv:2
  id: 1
  name: Anna Schmidt
  email: a***@e***.com
  phone: 1***
  company: a
mapped to
  legacy_id: 1
  name: Anna Schmidt
  email: a***@e***.com
  phone: 1***
  company_id: a
written as row 10 of contacts
  id: 10
  legacy_id: 1
  name: Anna
  email: a***@e***.com
  phone: 1***
  company_id: 1
changed by run 1
  legacy_id: `` -> `1`
  phone: `` -> `1***`
  company_id: `` -> `1`
run 1 (apply) began 2027-01-15T08:00:00Z by li, plan PLAN, approved by wang 2027-01-15T08:00:00Z
not verified since
";

const REJECTED: &str = "\
crm_a/company e: rejected, city: is longer than the 10 characters that the target's column holds [target]
read from companies.csv:6
  id: e
  name: Epsilon
  city: A city of a very long name
  parent: 
  owner: 
mapped to
  legacy_id: e
  name: Epsilon
  city: A city of a very long name
  parent_id: 
  owner_id: 
it has no row in companies
run 1 (apply) began 2027-01-15T08:00:00Z by li, plan PLAN, approved by wang 2027-01-15T08:00:00Z
not verified since
";

fn story(demo: &Demo, entity: &str, key: &str) -> String {
    let story = demo.migration().trace("crm_a", entity, key, TraceOptions::default()).unwrap().to_string();
    let folder = format!("{}/", demo.folder.path().display());
    // The plan's hash is over the folder's name.
    let plan = demo.migration().last_plan().unwrap().unwrap();
    story.replace(&folder, "").replace(plan.short_hash(), "PLAN")
}

#[test]
fn of_a_record_that_was_created() {
    let demo = Demo::new();
    demo.apply();
    demo.migration().verify(VerifyOptions::default()).unwrap();
    assert_eq!(story(&demo, "company", "a"), CREATED);
}

#[test]
fn of_a_record_that_was_updated_and_taken_back() {
    let demo = Demo::new();
    let report = demo.apply();
    assert_eq!(story(&demo, "contact", "1"), UPDATED);
    demo.migration().undo(report.run, Default::default()).unwrap();
    let undone = story(&demo, "contact", "1");
    assert!(undone.starts_with("crm_a/contact 1: undone, row 10, taken back by run 2\n"), "{undone}");
    assert!(undone.contains("it has no row in contacts\n"), "{undone}");
    assert!(undone.contains(", taken back by run 2\nnot verified since\n"), "{undone}");
}

#[test]
fn of_a_record_that_was_rejected() {
    let demo = Demo::new();
    demo.apply();
    assert_eq!(story(&demo, "company", "e"), REJECTED);
    let without_key = story(&demo, "contact", "#6");
    let reason = "crm_a/contact #6: rejected, has no key, by which it could be found again [identity]\n";
    assert!(without_key.starts_with(&format!("{reason}read from contacts.csv:7\n")), "{without_key}");
}

#[test]
fn of_a_record_that_was_merged() {
    let demo = Demo::new();
    demo.input("companies.csv", "id,name,city,parent,owner\na,A,Bonn,,\nb,A,Bonn,,\nc,C,Rom,,\n");
    let mut migration = merging(&demo);
    apply(&mut migration);
    let story = migration.trace("crm_a", "company", "b", TraceOptions::default()).unwrap();
    assert_eq!((story.disposition.as_str(), story.target.as_deref()), ("merged", Some("1")));
    assert_eq!(story.merged_into, ["a"]);
    assert!(story.to_string().contains("merged into a\nwritten as row 1 of companies\n"), "{story}");
}

#[test]
fn what_becomes_personal_is_masked_in_the_source_whatever_it_holds() {
    let demo = Demo::new();
    // The name is the city, the note is not moved, and the phone is written in another way.
    let path = demo.path("people.csv");
    std::fs::write(&path, "no,who,town,tel,note\n1,Bonn,Bonn,0228 1234,Bonn\n").unwrap();
    let people = Entity::new("person", move || CsvSource::path(&path))
        .key("no")
        .table("contacts")
        .mapping(
            Mapping::new()
                .rename("no", "legacy_id")
                .rename("who", "name")
                .rename("town", "email")
                .rename("tel", "phone")
                .ignore("note"),
        )
        .personal(["name", "phone"]);
    let mut migration = demo.migration().entity(people);
    super::crosswalk::apply(&mut migration);
    let story = migration.trace("crm_a", "person", "1", TraceOptions::default()).unwrap();
    let read: Vec<String> =
        story.read.iter().map(|field| format!("{}: {}", field.column, field.value)).collect();
    assert_eq!(read, ["no: 1", "who: B***", "town: Bonn", "tel: *********34", "note: B***"]);
}

#[test]
fn of_nobody() {
    let demo = Demo::new();
    demo.apply();
    let error = |entity: &str, key: &str| {
        demo.migration().trace("crm_a", entity, key, TraceOptions::default()).unwrap_err().to_string()
    };
    assert_eq!(
        error("deal", "a"),
        "no entity `crm_a/deal`: there are crm_a/contact, crm_a/company, crm_a/user"
    );
    assert_eq!(
        error("company", "bb"),
        "the ledger knows no crm_a/company of the key `bb`; behind it come c, d, e"
    );
    assert_eq!(error("company", "x"), "the ledger knows no crm_a/company of the key `x`");
}
