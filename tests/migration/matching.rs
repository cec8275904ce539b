//! Records that are in the target already, found by a duplicate detector.

use handover::dedupe::{DuplicateDetector, ExactKeys, Links, Records};
use handover::migration::{Entity, FieldPolicy, Migration, RunReport, SqliteStore, SqliteTarget};
use handover::testing::{Misbehaviour, Unreliable};
use handover::{CsvSource, Mapping, Schema};

use super::demo::Demo;
use super::sqlite::{execute, query};

const THERE: &str = "
    UPDATE contacts SET phone = NULL, email = 'anna@example.com' WHERE id = 10;
    INSERT INTO contacts (id, name, phone) VALUES (11, 'Bo', '138'), (12, 'Bo, too', '138');
    INSERT INTO contacts (id, name, email) VALUES (13, 'Cy', 'cy@example.com');
";
const PEOPLE: &str = "id,name,email,phone\n\
    1,Anna S.,ANNA@example.com,123\n2,A. Schmidt,,123\n3,Bo Li,,138\n4,Bo again,bo@example.com,138\n\
    5,Dee,dee@example.com,\n6,Cy Wu,cy@example.com,555\n";

fn demo() -> Demo {
    let demo = Demo::new();
    execute(&demo.path("crm.db"), THERE);
    demo.input("people.csv", PEOPLE);
    demo
}

fn keys() -> ExactKeys {
    ExactKeys::on(["email"]).ignore_case().or_on(["phone"])
}

/// Contacts, and how they are found in the target.
fn contacts<D: DuplicateDetector + 'static>(demo: &Demo, detector: fn() -> D) -> Entity {
    let path = demo.path("people.csv");
    Entity::new("contact", move || CsvSource::path(&path))
        .pipeline(|pipeline| {
            Ok(pipeline.map(Mapping::new().rename("id", "legacy_id").copy(["name", "email", "phone"])))
        })
        .field("name", FieldPolicy::NeverOverwrite)
        .match_by(move || Ok(detector()))
}

fn migration<D: DuplicateDetector + 'static>(demo: &Demo, detector: fn() -> D) -> Migration {
    let store = SqliteStore::open(demo.path("store.db")).unwrap();
    let target = SqliteTarget::path(demo.path("crm.db"));
    Migration::new("crm_a", store, target).entity(contacts(demo, detector)).batch_records(2)
}

/// Plans, approves and applies; what is done is what was planned.
fn apply(mut migration: Migration) -> RunReport {
    let plan = migration.plan().unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    let report = migration.apply(&plan.hash).unwrap();
    assert_eq!(plan.entities[0].tally, report.entities[0].tally);
    report
}

fn rows(demo: &Demo) -> Vec<String> {
    let dump = demo.dump();
    dump.lines().filter_map(|line| line.strip_prefix("contacts: ")).map(str::to_owned).collect()
}

fn tally(report: &RunReport) -> Vec<(&str, i64)> {
    report.entities[0].tally.0.iter().map(|(what, count)| (what.as_str(), *count)).collect()
}

#[test]
fn what_a_detector_finds_is_updated_and_what_it_does_not_is_made() {
    let demo = demo();
    let before = demo.dump();
    let report = apply(migration(&demo, keys));
    assert_eq!(
        rows(&demo),
        [
            "10|1|Anna|ANNA@example.com|123|NULL",
            // Of two rows that are equally likely the first is meant. The second record that is this
            // row only fills what the first left empty.
            "11|3|Bo|bo@example.com|138|NULL",
            "12|NULL|Bo, too|NULL|138|NULL",
            "13|6|Cy|cy@example.com|555|NULL",
            // It has the phone of record 1 and not of its row: no chain is followed.
            "15|2|A. Schmidt|NULL|123|NULL",
            "18|5|Dee|dee@example.com|NULL|NULL",
        ]
    );
    assert_eq!(tally(&report), [("created", 2), ("matched", 4), ("updated", 4)]);
    let verification = migration(&demo, keys).verify(Default::default()).unwrap();
    assert!(verification.is_clean(), "{verification}");

    let store = rusqlite::Connection::open(demo.path("store.db")).unwrap();
    let found =
        query(&store, "SELECT key, target_id, fills, probability FROM matched WHERE run = 1 ORDER BY key");
    let found: Vec<String> = found.iter().map(|row| row.join("|")).collect();
    assert_eq!(found, ["1|10|0|1", "3|11|0|1", "4|11|1|1", "6|13|0|1"]);

    let (after, ledger) = (demo.dump(), demo.ledger());
    let second = apply(migration(&demo, keys));
    assert_eq!(tally(&second), [("as before", 6)]);
    assert_eq!((demo.dump(), demo.ledger()), (after, ledger));
    for run in [second.run, report.run] {
        let undone = migration(&demo, keys).undo(run, Default::default()).unwrap();
        assert_eq!(undone.left, []);
    }
    assert_eq!(demo.dump(), before);
}

#[test]
fn a_record_that_comes_later_joins_the_row_of_another_and_takes_nothing_from_it() {
    let demo = demo();
    apply(migration(&demo, keys));
    demo.input("people.csv", &format!("{PEOPLE}7,Dee Two,dee@example.com,777\n"));
    let report = apply(migration(&demo, keys));
    assert_eq!(rows(&demo)[5], "18|5|Dee|dee@example.com|777|NULL");
    assert_eq!(tally(&report), [("as before", 6), ("matched", 1), ("updated", 1)]);
}

#[test]
fn who_shares_a_row_takes_nothing_from_it_later_either() {
    let demo = demo();
    apply(migration(&demo, keys));
    let changed =
        PEOPLE.replace("bo@example.com,138", "bo2@example.com,999").replace("Bo Li,,138", "Bo Li,,139");
    demo.input("people.csv", &changed);
    let report = apply(migration(&demo, keys));
    assert_eq!(rows(&demo)[1], "11|3|Bo|bo@example.com|139|NULL");
    assert_eq!(tally(&report), [("as before", 4), ("unchanged", 1), ("updated", 1)]);
}

/// Takes everybody called Cy for one, nearly.
struct Likely;

impl DuplicateDetector for Likely {
    fn bind(&mut self, _: &Schema) -> handover::Result<()> {
        Ok(())
    }

    fn detect(&mut self, records: &Records, links: &mut Links) -> handover::Result<()> {
        let is_cy = |at: &usize| records.row(*at).is_ok_and(|row| row.value(1).to_string().starts_with("Cy"));
        let all: Vec<usize> = (0..records.len()).filter(is_cy).collect();
        links.maybe(all[1], all[0], 0.9);
        links.maybe(0, 4, 0.2);
        Ok(())
    }
}

#[test]
fn a_pair_that_is_doubtful_is_not_joined_and_told() {
    let demo = demo();
    let risk = "crm_a/contact: 1 record that may be in the target already, and would not be joined to it";
    assert_eq!(migration(&demo, || Likely).plan().unwrap().risks, [risk]);
    let report = apply(migration(&demo, || Likely));
    assert_eq!(tally(&report), [("created", 6), ("doubtful", 1)]);
    let notes = migration(&demo, || Likely).store().notes(1).unwrap();
    let note = |note: &handover::migration::store::Note| {
        format!("{} {:?} {}: {}", note.entity, note.key, note.rule, note.message)
    };
    assert_eq!(
        notes.iter().map(note).collect::<Vec<_>>(),
        [
            "crm_a/contact Some(\"6\") match: may be row 13, with a probability of 0.900; it was not joined to it"
        ]
    );
    assert_eq!(tally(&apply(migration(&demo, || Likely))), [("as before", 6)], "nobody is looked for twice");
}

#[test]
fn a_run_that_was_cut_short_joins_the_same_rows() {
    let undisturbed = {
        let demo = demo();
        apply(migration(&demo, keys));
        (demo.dump(), demo.ledger())
    };
    let cut = |misbehaviour, at| {
        let demo = demo();
        let store = SqliteStore::open(demo.path("store.db")).unwrap();
        let target = Unreliable::new(SqliteTarget::path(demo.path("crm.db")), misbehaviour, at);
        let mut cut = Migration::new("crm_a", store, target).entity(contacts(&demo, keys)).batch_records(2);
        let plan = cut.plan().unwrap();
        cut.approve(&plan.hash, "wang", "").unwrap();
        let error = cut.apply(&plan.hash).unwrap_err().to_string();
        assert!(error.contains("the connection was lost"), "{error}");
        drop(cut);
        // What it would find now is something else: the rows have changed.
        let report = migration(&demo, keys).resume().unwrap();
        assert_eq!(tally(&report), [("created", 2), ("matched", 4), ("updated", 4)]);
        assert_eq!((demo.dump(), demo.ledger()), undisturbed, "{misbehaviour:?} at {at}");
    };
    for at in 1..=3 {
        cut(Misbehaviour::HalfThenLost, at);
        cut(Misbehaviour::LostAfterwards, at);
    }
}

/// A migration file, whose contacts are found as one line of it says.
fn file(demo: &Demo, found: &str) -> Migration {
    let text = format!(
        r#"
        system = "crm_a"
        store = "store.db"
        target = "sqlite:crm.db"
        [entity.contact]
        source = "people.csv"
        mapping = {{ column = [{{ name = "legacy_id", from = "id" }}], rest = "keep" }}
        fields = {{ name = "never-overwrite" }}
        {found}
        "#
    );
    demo.input("migration.toml", &text);
    Migration::load(demo.path("migration.toml")).unwrap()
}

#[test]
fn a_file_says_how_rows_are_found() {
    let demo = demo();
    let report = apply(file(&demo, r#"match_by = { on = ["email", "phone"], ignore_case = true }"#));
    assert_eq!(tally(&report), [("created", 2), ("matched", 4), ("updated", 4)]);
}

#[test]
fn rows_are_found_by_likeness() {
    let demo = demo();
    execute(
        &demo.path("crm.db"),
        "DELETE FROM contacts; INSERT INTO contacts (id, name, email, phone) VALUES
         (1, 'Katharina Brandstetter', 'k.brandstetter@example.com', '+4915112345671'),
         (2, 'Jonathan Whitfield', 'jon.whitfield@example.org', '+14155550132'),
         (3, 'Marguerite Delacroix', NULL, '+33612345673'),
         (4, 'Sofia Lindqvist', 'sofia@example.net', NULL),
         (5, 'Peter Mueller', 'pm@example.net', '+4915112345675')",
    );
    demo.input(
        "people.csv",
        "id,name,email,phone\n\
         a,Katarina Brandstetter,k.brandstetter@example.com,+4915112345671\n\
         b,Jonathan Whitfeld,jon.whitfield@example.org,\n\
         c,Marguerite Delacroix,m.delacroix@example.org,+33612345673\n\
         d,Tobias Okonkwo,tobias@example.org,+4915112349999\n\
         e,Peter Miller,,+12125550199\n",
    );
    let roles = r#"name = "person_name", email = "email", phone = "phone", legacy_id = "ignore""#;
    let line = format!("match_by = {{ like = {{ {roles} }}, threshold = 0.9 }}");
    let report = apply(file(&demo, &line));
    assert_eq!(tally(&report), [("created", 2), ("matched", 3), ("updated", 3)]);
    let rows: Vec<String> =
        rows(&demo).iter().map(|row| row.split('|').take(3).collect::<Vec<_>>().join("|")).collect();
    let expected = [
        "1|a|Katharina Brandstetter",
        "2|b|Jonathan Whitfield",
        "3|c|Marguerite Delacroix",
        "4|NULL|Sofia Lindqvist",
        "5|NULL|Peter Mueller",
        "9|d|Tobias Okonkwo",
        "10|e|Peter Miller",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn rows_are_found_in_one_way() {
    let demo = demo();
    let store = SqliteStore::open(demo.path("store.db")).unwrap();
    let entity = contacts(&demo, keys).match_on("email");
    let mut both = Migration::new("crm_a", store, SqliteTarget::path(demo.path("crm.db"))).entity(entity);
    assert_eq!(
        both.plan().unwrap_err().to_string(),
        "crm_a/contact: rows are found either by equal values (match_on) or by a detector (match_by)"
    );
}
