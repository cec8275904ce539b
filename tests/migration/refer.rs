//! What references end at that point to nothing, or to somebody inactive.

use handover::migration::{Entity, Inactive, Migration, Orphans, Reference, SqliteStore, SqliteTarget};
use handover::{CsvSource, Mapping};

use super::demo::Demo;
use super::sqlite::execute;

/// Companies of which some are closed, and contacts of them. `g` and `zz` are nowhere.
const COMPANIES: &str = "id,name,city,parent\na,Alpha,Berlin,b\nb,Beta,closed,\nc,Gamma,Rom,b\nd,Delta,Oslo,zz\ne,Epsilon,Wien,a\n";
const CONTACTS: &str = "id,name,company\n1,Anna,b\n2,Bo,zz\n3,Cy,a\n4,Dee,\n";

fn demo() -> Demo {
    let demo = Demo::new();
    execute(&demo.path("crm.db"), "DELETE FROM contacts");
    demo.input("companies.csv", COMPANIES);
    demo.input("contacts.csv", CONTACTS);
    demo
}

/// Both of them refer to companies by the same rules: companies in the second pass, contacts in the first.
fn migration(demo: &Demo, orphans: Orphans, inactive: Inactive) -> Migration {
    let source = |name: &str| {
        let path = demo.path(name);
        move || CsvSource::path(&path)
    };
    let refer = |column: &str| Reference::new(column, "company", orphans.clone()).inactive(inactive.clone());
    let companies = Entity::new("company", source("companies.csv"))
        .table("companies")
        .pipeline(|pipeline| {
            let mapping = Mapping::new().rename("id", "legacy_id").copy(["name", "city"]);
            Ok(pipeline.map(mapping.rename("parent", "parent_id")))
        })
        .refer(refer("parent_id"))
        .owner("parent_id")
        .inactive_when("city", "closed");
    let contacts = Entity::new("contact", source("contacts.csv"))
        .pipeline(|pipeline| {
            let mapping = Mapping::new().rename("id", "legacy_id").copy("name");
            Ok(pipeline.map(mapping.rename("company", "company_id")))
        })
        .refer(refer("company_id"))
        .owner("company_id");
    let store = SqliteStore::open(demo.path("store.db")).unwrap();
    let target = SqliteTarget::path(demo.path("crm.db"));
    Migration::new("crm_a", store, target).entity(companies).entity(contacts)
}

/// What companies and contacts point to, what is counted of it, and who is named in vain.
fn moved(orphans: Orphans, inactive: Inactive) -> (String, String, Vec<String>, Vec<String>) {
    let demo = demo();
    let before = demo.dump();
    let mut migration = migration(&demo, orphans, inactive);
    let plan = migration.plan().unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    let report = migration.apply(&plan.hash).unwrap();
    let (mut counts, mut owners) = (Vec::new(), Vec::new());
    for (planned, done) in plan.entities.iter().zip(&report.entities) {
        assert_eq!(planned.tally, done.tally, "plan and apply of {}", planned.entity);
        assert_eq!(planned.owners, done.owners, "plan and apply of {}", planned.entity);
        let is_of_reference = |what: &&String| what.contains(": ");
        counts.extend(
            done.tally.0.keys().filter(is_of_reference).map(|what| format!("{what} {}", done.tally.of(what))),
        );
        owners
            .extend(done.owners.iter().map(|owner| format!("{} {} {}", owner.key, owner.why, owner.records)));
    }
    let verification = migration.verify(Default::default()).unwrap();
    assert!(verification.is_clean(), "{verification}");
    let points = |table: &str, key: usize, column: usize| {
        let dump = demo.dump();
        let rows = dump.lines().filter_map(|line| line.strip_prefix(table)).map(|row| {
            let cells: Vec<&str> = row.split('|').collect();
            format!("{}>{}", cells[key], cells[column])
        });
        rows.collect::<Vec<_>>().join(" ")
    };
    let moved = (points("companies: ", 1, 4), points("contacts: ", 1, 5), counts, owners);
    migration.undo(report.run, Default::default()).unwrap();
    assert_eq!(demo.dump(), before);
    moved
}

#[test]
fn the_second_pass_treats_the_inactive_as_the_first_does() {
    let all =
        ["parent_id: inactive 2", "parent_id: orphan 1", "company_id: inactive 1", "company_id: orphan 1"];
    let owners = ["b inactive 2", "zz orphan 1", "b inactive 1", "zz orphan 1"];
    for (inactive, companies, contacts) in [
        (Inactive::Keep, "a>2 b>NULL c>2 d>NULL e>1", "1>2 2>NULL 3>1 4>NULL"),
        (Inactive::Null, "a>NULL b>NULL c>NULL d>NULL e>1", "1>NULL 2>NULL 3>1 4>NULL"),
        (Inactive::GiveTo("e".into()), "a>5 b>NULL c>5 d>NULL e>1", "1>5 2>NULL 3>1 4>NULL"),
    ] {
        let (of_companies, of_contacts, counts, named) = moved(Orphans::Null, inactive.clone());
        assert_eq!((of_companies.as_str(), of_contacts.as_str()), (companies, contacts), "{inactive:?}");
        assert_eq!(counts, all, "{inactive:?}");
        assert_eq!(named, owners, "{inactive:?}");
    }
}

#[test]
fn orphans_are_given_to_somebody_in_both_passes() {
    let (companies, contacts, counts, owners) = moved(Orphans::GiveTo("e".into()), Inactive::Null);
    // What refers to nobody stays with nobody.
    assert_eq!(
        (companies.as_str(), contacts.as_str()),
        ("a>NULL b>NULL c>NULL d>5 e>1", "1>NULL 2>5 3>1 4>NULL")
    );
    let all =
        ["parent_id: inactive 2", "parent_id: orphan 1", "company_id: inactive 1", "company_id: orphan 1"];
    assert_eq!(counts, all);
    assert_eq!(owners, ["b inactive 2", "zz orphan 1", "b inactive 1", "zz orphan 1"]);
    // Who is to be given what the inactive have is nowhere either.
    let (companies, contacts, ..) = moved(Orphans::GiveTo("e".into()), Inactive::GiveTo("zz".into()));
    assert_eq!((companies.as_str(), contacts.as_str()), ("a>5 b>NULL c>5 d>5 e>1", "1>5 2>5 3>1 4>NULL"));
}

#[test]
fn somebody_who_is_not_there_is_given_nothing() {
    let demo = demo();
    let error = migration(&demo, Orphans::GiveTo("g".into()), Inactive::Keep).plan().unwrap_err().to_string();
    assert_eq!(error, "crm_a/company.parent_id: its orphans are given to `g`, who is not there");
}

#[test]
fn nobody_is_rejected_in_the_second_pass() {
    let demo = demo();
    let error = |orphans, inactive| migration(&demo, orphans, inactive).plan().unwrap_err().to_string();
    assert_eq!(
        error(Orphans::Reject, Inactive::Keep),
        "crm_a/company.parent_id: its orphans cannot be rejected, because it is set after the records are written: \
         let them be null, be parked, be given to somebody, or have a placeholder"
    );
    assert_eq!(
        error(Orphans::Null, Inactive::Reject),
        "crm_a/company.parent_id: who refers to somebody inactive cannot be rejected, because it is set after the \
         records are written: let the reference be kept, be null, or be given to somebody"
    );
}
