//! Verifying, field by field: what is appended, numbers that may be off, sums, references, the sheet.

use std::fs;

use handover::migration::{
    Entity, FieldPolicy, Inactive, Migration, Orphans, Reference, SqliteStore, SqliteTarget, Verification,
    VerifyOptions,
};
use handover::{CsvSource, Mapping};

use super::demo::Demo;
use super::sqlite::{differ, execute};

const TABLE: &str = "
    CREATE TABLE deals (id INTEGER PRIMARY KEY, legacy_id TEXT, name TEXT, amount DECIMAL, weight REAL, due DATE,
        remark TEXT);
    INSERT INTO deals VALUES (5, NULL, 'Big', 1, 1, NULL, 'old');
";
const DEALS: &str = "id,name,amount,weight,due,remark\n\
    1,Big,10.50,1.25,2026-03-01,new\n2,Small,0.30,2,2026-03-02,new\n3,Third,-5,,,\n";

/// Deals, of which the first is there already.
fn deals() -> Demo {
    let demo = Demo::new();
    execute(&demo.path("crm.db"), TABLE);
    demo.input("deals.csv", DEALS);
    demo
}

fn migration(demo: &Demo) -> Migration {
    let path = demo.path("deals.csv");
    let deals = Entity::new("deal", move || CsvSource::path(&path))
        .pipeline(|pipeline| {
            let mapping = Mapping::new().rename("id", "legacy_id");
            Ok(pipeline.map(mapping.copy(["name", "amount", "weight", "due", "remark"])))
        })
        .match_on("name")
        .field("remark", FieldPolicy::Append("; ".into()))
        .tolerance("amount", 0.01)
        .tolerance("due", 2.0);
    let store = SqliteStore::open(demo.path("store.db")).unwrap();
    Migration::new("crm_a", store, SqliteTarget::path(demo.path("crm.db"))).entity(deals)
}

fn apply(mut migration: Migration) {
    let plan = migration.plan().unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    migration.apply(&plan.hash).unwrap();
}

/// Deals that have been moved.
fn moved() -> Demo {
    let demo = deals();
    apply(migration(&demo));
    demo
}

fn verified(migration: &mut Migration) -> Verification {
    migration.verify(VerifyOptions::default()).unwrap()
}

/// What was found, a line each.
fn found(verification: &Verification) -> Vec<String> {
    verification.findings.iter().map(|one| format!("{}: {one}", one.rule.name())).collect()
}

/// What is found after something was changed by hand.
fn planted(demo: &Demo, sql: &str) -> Vec<String> {
    execute(&demo.path("crm.db"), sql);
    found(&verified(&mut migration(demo)))
}

/// Repairs what is found, and gives what is left.
fn repaired(mut migration: Migration) -> Vec<String> {
    let verification = verified(&mut migration);
    let plan = migration.repair(&verification).unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    migration.apply(&plan.hash).unwrap();
    found(&verified(&mut migration))
}

fn rows(demo: &Demo, table: &str) -> Vec<String> {
    let dump = demo.dump();
    dump.lines().filter_map(|line| line.strip_prefix(table)).map(str::to_owned).collect()
}

#[test]
fn what_is_appended_is_looked_for_among_the_parts() {
    let demo = moved();
    assert_eq!(planted(&demo, ""), [""; 0]);
    assert_eq!(
        rows(&demo, "deals: "),
        [
            "5|1|Big|10.5|1.25|2026-03-01|old; new",
            "7|2|Small|0.3|2|2026-03-02|new",
            "8|3|Third|-5|NULL|NULL|NULL"
        ]
    );
    for remark in ["new", "new; old", "seen; new; old"] {
        assert_eq!(planted(&demo, &format!("UPDATE deals SET remark = '{remark}' WHERE id = 5")), [""; 0]);
    }
    for remark in ["old", "old; newer", "renew", "old, new"] {
        let sql = format!("UPDATE deals SET remark = '{remark}' WHERE id = 5");
        let finding = format!("field: crm_a/deal:1:remark: is `{remark}`, and should be `new` (row 5)");
        assert_eq!(planted(&demo, &sql), [finding]);
    }
    assert_eq!(repaired(migration(&demo)), [""; 0]);
    assert_eq!(rows(&demo, "deals: ")[0], "5|1|Big|10.5|1.25|2026-03-01|old, new; new");
}

#[test]
fn a_row_that_was_made_of_a_record_holds_nothing_besides() {
    let demo = moved();
    let before = demo.dump();
    assert_eq!(
        planted(&demo, "UPDATE deals SET remark = 'x; new' WHERE id = 7"),
        ["field: crm_a/deal:2:remark: is `x; new`, and should be `new` (row 7)"]
    );
    assert_eq!(repaired(migration(&demo)), [""; 0]);
    assert_eq!(differ(&demo.dump(), &before), None);
}

#[test]
fn numbers_may_be_off_by_their_tolerance_and_no_more() {
    let demo = moved();
    let before = demo.dump();
    for amount in ["0.31", "0.29", "0.305", "0.31000"] {
        assert_eq!(planted(&demo, &format!("UPDATE deals SET amount = {amount} WHERE id = 7")), [""; 0]);
    }
    for amount in ["0.311", "0.289", "1"] {
        assert_eq!(
            planted(&demo, &format!("UPDATE deals SET amount = {amount} WHERE id = 7"))[0],
            format!("field: crm_a/deal:2:amount: is `{amount}`, and should be `0.30` (row 7)")
        );
    }
    assert_eq!(repaired(migration(&demo)), [""; 0]);
    assert_eq!(differ(&demo.dump(), &before), None);
    // A column without a tolerance has none, and neither have days.
    assert_eq!(
        planted(&demo, "UPDATE deals SET weight = 1.2500001, due = '2026-03-02' WHERE id = 5"),
        [
            "field: crm_a/deal:1:weight: is `1.2500001`, and should be `1.25` (row 5)",
            "field: crm_a/deal:1:due: is `2026-03-02`, and should be `2026-03-01` (row 5)",
            "sum: crm_a/deal:weight: adds up to 3.2500001, and should to 3.25",
        ]
    );
}

#[test]
fn columns_of_numbers_add_up_within_the_tolerances_of_their_fields() {
    let demo = moved();
    let sums = |amount: &str| {
        let all = format!(
            "              sum of amount: 5.8 in the source, {amount} in the target\n              \
             sum of weight: 3.25 in the source, 3.25 in the target\n"
        );
        let page = verified(&mut migration(&demo)).to_string();
        assert!(page.contains(&all), "{page}");
    };
    sums("5.8");
    assert_eq!(planted(&demo, "UPDATE deals SET amount = amount + 0.0078125 WHERE id <> 7"), [""; 0]);
    sums("5.815625");
    // Of three fields, each may be off by a hundredth: so may their sum by three.
    let of_field = |id, is: &str, should: &str| {
        format!("field: crm_a/deal:{}:amount: is `{is}`, and should be `{should}` (row {id})", id - 5)
    };
    assert_eq!(
        planted(
            &demo,
            "UPDATE deals SET amount = 0.33 WHERE id = 7; UPDATE deals SET amount = 10.5 WHERE id = 5; \
                        UPDATE deals SET amount = -5 WHERE id = 8"
        ),
        [of_field(7, "0.33", "0.30")]
    );
    assert_eq!(
        planted(&demo, "UPDATE deals SET amount = 0.331 WHERE id = 7"),
        [
            of_field(7, "0.331", "0.30"),
            "sum: crm_a/deal:amount: adds up to 5.831, and should to 5.8".to_owned()
        ]
    );
    sums("5.831");
    assert_eq!(repaired(migration(&demo)), [""; 0]);
    sums("5.8");
}

#[test]
fn what_policies_leave_alone_is_in_no_sum() {
    let demo = deals();
    let keeps = |demo: &Demo| {
        let path = demo.path("deals.csv");
        let deals = Entity::new("deal", move || CsvSource::path(&path))
            .pipeline(|pipeline| {
                Ok(pipeline.map(Mapping::new().rename("id", "legacy_id").copy(["name", "amount", "weight"])))
            })
            .match_on("name")
            .field("amount", FieldPolicy::FillEmpty)
            .personal("amount");
        let store = SqliteStore::open(demo.path("store.db")).unwrap();
        Migration::new("crm_a", store, SqliteTarget::path(demo.path("crm.db"))).entity(deals)
    };
    demo.input(
        "deals.csv",
        &DEALS
            .replace(",due,remark", "")
            .replace(",2026-03-01,new", "")
            .replace(",2026-03-02,new", "")
            .replace("-5,,,", "-5,"),
    );
    apply(keeps(&demo));
    let verification = verified(&mut keeps(&demo));
    assert_eq!(found(&verification), [""; 0]);
    let sums: Vec<String> = verification.entities[0]
        .sums
        .iter()
        .map(|sum| format!("{}: {} {}", sum.column, sum.source, sum.target))
        .collect();
    // Of what is personal, not even the sum is shown.
    assert_eq!(sums, ["amount: -*** -***", "weight: 3.25 3.25"]);
}

/// Companies and contacts that refer to whom rows were made for, or somebody else.
fn referring(demo: &Demo) -> Migration {
    let source = |name: &str| {
        let path = demo.path(name);
        move || CsvSource::path(&path)
    };
    let companies = Entity::new("company", source("companies.csv"))
        .table("companies")
        .pipeline(
            |pipeline| Ok(pipeline.map(Mapping::new().rename("id", "legacy_id").copy(["name", "city"]))),
        )
        .inactive_when("city", "closed");
    let orphans = Orphans::Placeholder(vec![("name".into(), "? {key}".into())]);
    let contacts = Entity::new("contact", source("contacts.csv"))
        .pipeline(|pipeline| {
            let mapping = Mapping::new().rename("id", "legacy_id").copy("name");
            Ok(pipeline.map(mapping.rename("company", "company_id")))
        })
        .refer(Reference::new("company_id", "company", orphans).inactive(Inactive::GiveTo("a".into())));
    let store = SqliteStore::open(demo.path("store.db")).unwrap();
    let target = SqliteTarget::path(demo.path("crm.db"));
    Migration::new("crm_a", store, target).entity(companies).entity(contacts)
}

/// What these two have moved: `zz` is nowhere, and `n` has no name.
fn referred() -> Demo {
    let demo = Demo::new();
    execute(&demo.path("crm.db"), "DELETE FROM contacts");
    demo.input("companies.csv", "id,name,city\na,Alpha,Berlin\nb,Beta,closed\nn,,Rom\n");
    demo.input("contacts.csv", "id,name,company\n1,Anna,b\n2,Bo,zz\n3,Cy,a\n4,Dee,\n5,Eve,n\n6,Flo,zz\n");
    apply(referring(&demo));
    demo
}

const STOOD_FOR: [&str; 2] = [
    "placeholder: crm_a/company:n: a row stands for it, because it was set aside (row 4)",
    "placeholder: crm_a/company:zz: a row stands for it, because it was never read (row 3)",
];

#[test]
fn whom_rows_stand_for_is_told_until_they_come() {
    let demo = referred();
    let verification = verified(&mut referring(&demo));
    assert_eq!(found(&verification), STOOD_FOR);
    assert_eq!(verification.found.of("placeholder"), 2);
    let error = referring(&demo).repair(&verification).map(drop).unwrap_err().to_string();
    assert_eq!(error, "nothing was found that sending records again can make right");

    execute(&demo.path("crm.db"), "PRAGMA foreign_keys = OFF; DELETE FROM companies WHERE id = 3");
    assert_eq!(
        found(&verified(&mut referring(&demo))),
        [
            STOOD_FOR[0],
            "missing: crm_a/company:zz: the row that stood for it is gone (row 3)",
            "dangling: crm_a/contact:company_id: points to row 3, which is not in `companies` (row 2)",
            "dangling: crm_a/contact:company_id: points to row 3, which is not in `companies` (row 6)",
        ]
    );
    execute(&demo.path("crm.db"), "INSERT INTO companies (id, name) VALUES (3, '? zz')");
    demo.input("companies.csv", "id,name,city\na,Alpha,Berlin\nb,Beta,closed\nn,Nu,Rom\nzz,Zeta,\n");
    apply(referring(&demo));
    assert_eq!(found(&verified(&mut referring(&demo))), [""; 0]);
    let names: Vec<String> =
        rows(&demo, "companies: ").iter().map(|row| row.split('|').nth(2).unwrap().to_owned()).collect();
    assert_eq!(names, ["Alpha", "Beta", "Zeta", "Nu"]);
}

#[test]
fn references_point_to_whom_they_were_given() {
    let demo = referred();
    let before = demo.dump();
    let verification = verified(&mut referring(&demo));
    let of = |verification: &Verification| {
        let all = verification.references.iter();
        let shown = |one: &handover::migration::ReferenceCheck| {
            format!("{}.{} -> {}: {} {}", one.table, one.column, one.to, one.rows, one.dangling)
        };
        all.map(shown).collect::<Vec<_>>()
    };
    assert_eq!(of(&verification), ["contacts.company_id -> companies: 5 0"]);
    execute(
        &demo.path("crm.db"),
        "PRAGMA foreign_keys = OFF; UPDATE contacts SET company_id = 2 WHERE id = 1; \
         UPDATE contacts SET company_id = 99 WHERE id = 2; UPDATE contacts SET company_id = NULL WHERE id = 3; \
         UPDATE contacts SET company_id = 1 WHERE id = 5",
    );
    let verification = verified(&mut referring(&demo));
    assert_eq!(
        found(&verification),
        [
            STOOD_FOR[0],
            STOOD_FOR[1],
            "reference: crm_a/contact:1:company_id: points to row 2, and should to row 1 (row 1)",
            "reference: crm_a/contact:2:company_id: points to row 99, and should to row 3 (row 2)",
            "reference: crm_a/contact:3:company_id: points to nothing, and should to row 1 (row 3)",
            "reference: crm_a/contact:5:company_id: points to row 1, and should to row 4 (row 5)",
            "dangling: crm_a/contact:company_id: points to row 99, which is not in `companies` (row 2)",
        ]
    );
    assert_eq!(of(&verification), ["contacts.company_id -> companies: 4 1"]);
    assert_eq!(repaired(referring(&demo)), STOOD_FOR);
    assert_eq!(differ(&demo.dump(), &before), None);
}

/// The records on a sheet of at most so many of each stratum, when so many are kept.
fn sheet(migration: &mut Migration, kept: usize, most: usize) -> Vec<String> {
    let verification = migration.verify(VerifyOptions::default().samples(kept)).unwrap();
    let mut rows = handover::sink::Collect::new();
    handover::Pipeline::from(verification.sample(most).unwrap()).to(&mut rows).run().unwrap();
    let cells = |record: &handover::Record| record.values().take(3).map(|value| value.to_string()).collect();
    let mut shown: Vec<String> =
        rows.records().iter().map(cells).map(|cells: Vec<_>| cells.join("|")).collect();
    shown.dedup();
    shown
}

#[test]
fn a_sheet_has_the_same_records_of_each_stratum_however_they_come() {
    let demo = deals();
    execute(
        &demo.path("crm.db"),
        "INSERT INTO deals (id, legacy_id, name, remark) VALUES (6, '40', 'Same', 'x')",
    );
    let rows: Vec<String> = (4..40).map(|number| format!("{number},Deal {number},{number},,,\n")).collect();
    let input = |rows: &[String]| demo.input("deals.csv", &format!("{DEALS}40,Same,,,,x\n{}", rows.concat()));
    input(&rows);
    apply(migration(&demo));
    let expected = [
        "crm_a/deal|created|14",
        "crm_a/deal|created|8",
        "crm_a/deal|created|34",
        "crm_a/deal|unchanged|40",
        "crm_a/deal|updated|1",
    ];
    assert_eq!(sheet(&mut migration(&demo), 25, 3), expected);
    assert_eq!(sheet(&mut migration(&demo), 3, 25), expected);
    assert_eq!(sheet(&mut migration(&demo), 1, 25), [expected[0], expected[3], expected[4]]);
    assert_eq!(sheet(&mut migration(&demo), 0, 25), [""; 0]);
    let backwards: Vec<String> = rows.into_iter().rev().collect();
    fs::remove_file(demo.path("deals.csv")).unwrap();
    input(&backwards);
    assert_eq!(sheet(&mut migration(&demo), 3, 3), expected);
}
