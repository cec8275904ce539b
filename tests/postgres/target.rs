//! A PostgreSQL database as the target of a migration.

use handover::migration::target::{Change, Op, Outcome, PostgresTarget, Target, TargetId};
use handover::{ErrorKind, Field, Kind, Record, Schema, Value};

use super::cluster::database;
use crate::common::keeps_its_word;

fn changes(of: impl IntoIterator<Item = (Op, &'static [(&'static str, Value<'static>)])>) -> Vec<Change> {
    let change = |(op, values): (Op, &[(&str, Value<'_>)])| {
        let fields = values.iter().map(|(name, value)| Field::new(*name, value.kind().unwrap_or(Kind::Text)));
        let schema = Schema::new(fields).unwrap();
        Change { token: 0, op, record: Record::of(schema, values.iter().map(|(_, value)| *value)).unwrap() }
    };
    of.into_iter().map(change).collect()
}

/// What becomes of changes, in words.
fn write(
    target: &mut PostgresTarget,
    table: &str,
    of: impl IntoIterator<Item = (Op, &'static [(&'static str, Value<'static>)])>,
) -> Vec<String> {
    let outcomes = target.write(table, &changes(of)).unwrap().into_iter();
    let word = |outcome| match outcome {
        Outcome::Done(id) => id.to_string(),
        Outcome::Refused(fault) => format!("{}: {fault}", fault.column_name().unwrap_or("-")),
        other => format!("{other:?}"),
    };
    outcomes.map(|(_, outcome)| word(outcome)).collect()
}

fn found(target: &mut PostgresTarget, table: &str, column: &str, values: &[Value<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    let mut each = |record: &Record| {
        found.push(record.key().unwrap().to_owned());
        Ok(())
    };
    target.find(table, &[], column, values, &mut each).unwrap();
    found
}

const X: &[(&str, Value<'static>)] = &[("x", Value::Int(1))];
const NOTHING: &[(&str, Value<'static>)] = &[];

fn create(id: i64) -> Op {
    Op::Create(Some(TargetId::Number(id)))
}

#[test]
fn a_target_keeps_its_word() {
    for id in ["int GENERATED ALWAYS AS IDENTITY", "bigserial"] {
        let Some(mut database) = database() else { return };
        database.run(&format!(
            "CREATE TABLE people (id {id} PRIMARY KEY, name text NOT NULL, mail varchar(20) UNIQUE, \
             status text DEFAULT 'new', score double precision, paid numeric, born date, seen timestamptz, \
             active boolean DEFAULT false, made timestamp DEFAULT now()); \
             CREATE TABLE codes (id text PRIMARY KEY, label text)"
        ));
        keeps_its_word(&mut PostgresTarget::connect(&database.url));
        // Others go on behind the ids that were given; a row that was refused had taken one.
        let next = "INSERT INTO people (name) VALUES ('next') RETURNING id";
        assert_eq!(database.rows(next), ["2002"]);
    }
}

#[test]
fn sequences_go_on_behind_the_rows() {
    let Some(mut database) = database() else { return };
    database.run(
        "CREATE SEQUENCE s; CREATE TABLE \"a b\" (\"the \"\"id\" int PRIMARY KEY DEFAULT nextval('s'), x int); \
         CREATE TABLE bare (id int PRIMARY KEY, x int)",
    );
    let mut target = PostgresTarget::connect(&database.url);
    assert_eq!(write(&mut target, "a b", [(Op::Create(None), X), (create(1), X)]), ["2", "1"]);
    assert_eq!(write(&mut target, "a b", [(Op::Create(None), X)]), ["3"]);
    assert_eq!(write(&mut target, "a b", [(create(7), X)]), ["7"]);
    assert_eq!(database.rows("SELECT nextval('s')"), ["8"]);
    assert_eq!(write(&mut target, "a b", [(create(4), X)]), ["4"]);
    assert_eq!(database.rows("SELECT nextval('s')"), ["9"]);
    let refused = ["id: a new row needs an id: the table gives none"];
    assert_eq!(write(&mut target, "bare", [(Op::Create(None), X)]), refused);
    assert_eq!(target.reserve("bare", 1).unwrap(), Some(vec![TargetId::Number(1)]));
}

#[test]
fn ids_of_other_types_are_found_as_they_are_written() {
    let Some(mut database) = database() else { return };
    database.run(
        "CREATE SCHEMA sales; CREATE TYPE stage AS ENUM ('won', 'lost'); \
         CREATE TABLE sales.deals (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), x int, stage stage, net char(4)); \
         CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false); \
         CREATE TABLE folded (id text COLLATE any_case PRIMARY KEY, x int)",
    );
    let mut target = PostgresTarget::connect(&database.url);
    let deal = &[("x", Value::Int(1)), ("stage", Value::Text("won")), ("net", Value::Text("ab"))];
    let given = write(&mut target, "sales.deals", [(Op::Create(None), &deal[..])]).remove(0);
    assert_eq!(given.len(), 36);
    assert_eq!(target.describe("sales.deals").unwrap().table.as_ref(), "sales.deals");
    let upper = given.to_uppercase();
    let values = [Value::Text(&upper), Value::Text("x"), Value::Text(&given)];
    assert_eq!(found(&mut target, "sales.deals", "id", &values), std::slice::from_ref(&given));
    assert_eq!(
        found(&mut target, "sales.deals", "stage", &["none".into(), "won".into()]),
        std::slice::from_ref(&given)
    );
    assert_eq!(found(&mut target, "sales.deals", "net", &["ab".into()]), std::slice::from_ref(&given));
    let refused =
        write(&mut target, "sales.deals", [(Op::Create(None), &[("stage", Value::Text("open"))][..])]);
    assert_eq!(refused, ["stage: invalid input value for enum stage"]);

    let id = |id: &str| TargetId::Text(id.into());
    assert_eq!(write(&mut target, "folded", [(Op::Create(Some(id("Ab"))), X)]), ["Ab"]);
    assert_eq!(
        write(&mut target, "folded", [(Op::Update(id("ab")), X), (Op::Delete(id("AB")), NOTHING)]),
        ["Gone", "Gone"]
    );
    assert_eq!(found(&mut target, "folded", "id", &["ab".into(), "Ab".into()]), ["Ab"]);
    let shown = target.describe("folder").unwrap_err().to_string();
    assert!(shown.contains("[folder]: no table `folder`, did you mean `folded`?"), "{shown}");
}

#[test]
fn what_triggers_do_is_told() {
    let Some(mut database) = database() else { return };
    database.run(
        "CREATE TABLE t (id int PRIMARY KEY, x int, y int GENERATED ALWAYS AS (x * 2) STORED); INSERT INTO t VALUES (1, 5); \
         CREATE TABLE below (id int PRIMARY KEY, x int REFERENCES t); INSERT INTO below VALUES (1, 1); \
         CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN \
         IF NEW.id = 3 THEN RAISE EXCEPTION 'not three'; END IF; RETURN CASE WHEN NEW.id = 4 THEN NULL ELSE NEW END; END$$; \
         CREATE TRIGGER no BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION no()",
    );
    let mut target = PostgresTarget::connect(&database.url);
    let left_out = "-: a trigger or a rule of the table left the row out";
    let answers = write(&mut target, "t", [(create(2), X), (create(3), X), (create(4), X), (create(5), X)]);
    assert_eq!(answers, ["2", "-: not three", left_out, "5"]);
    database.run(
        "ALTER TABLE t DISABLE TRIGGER no; INSERT INTO t VALUES (4, 1); ALTER TABLE t ENABLE TRIGGER no",
    );
    let update = |id| Op::Update(TargetId::Number(id));
    let delete = |id| (Op::Delete(TargetId::Number(id)), NOTHING);
    let answers =
        write(&mut target, "t", [(update(4), X), (update(9), X), (update(5), X), delete(1), delete(2)]);
    let refers = "-: update or delete on table \"t\" violates foreign key constraint \"below_x_fkey\" on table \"below\"";
    assert_eq!(answers, [left_out, "Gone", "5", refers, "2"]);
    assert_eq!(database.rows("SELECT id, x, y FROM t ORDER BY id"), ["1|5|10", "4|1|2", "5|1|2"]);
    let computed = target.write("t", &changes([(update(1), &[("y", Value::Int(1))][..])])).unwrap_err();
    assert!(computed.to_string().ends_with("[t]: column `y` is computed by the database"), "{computed}");
}

#[test]
fn a_connection_that_was_lost_is_opened_again() {
    let Some(mut database) = database() else { return };
    database.run("CREATE TABLE t (id int PRIMARY KEY, x int)");
    let mut target = PostgresTarget::connect(&database.url);
    assert_eq!(write(&mut target, "t", [(create(1), X)]), ["1"]);
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert_eq!(database.rows(end), ["t"]);
    assert_eq!(write(&mut target, "t", [(create(2), X)]), ["2"]);
    // What the caller does not want is an error of the caller's own, and the next call goes on.
    let stopped = target.scan("t", &["x"], &mut |_| Err(handover::Error::other("enough")));
    assert!(stopped.unwrap_err().to_string().ends_with("[t]: enough"));
    let mut count = 0;
    let mut each = |_: &Record| {
        count += 1;
        Ok(())
    };
    target.scan("t", &[], &mut each).unwrap();
    assert_eq!(count, 2);
    let shown = PostgresTarget::connect("postgres://bob:secret@127.0.0.1:1/crm").describe("t").unwrap_err();
    assert_eq!(shown.kind(), ErrorKind::Connection);
    assert!(shown.to_string().starts_with("postgres://127.0.0.1:1/crm[t]: cannot connect"), "{shown}");
}
