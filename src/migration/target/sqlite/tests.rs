use std::path::PathBuf;

use rusqlite::Connection;
use tempfile::TempDir;

use super::SqliteTarget;
use crate::error::Error;
use crate::migration::target::{Change, Op, Outcome, Target, TargetId};
use crate::record::{Record, Value};
use crate::schema::{Field, Kind, Schema};

struct Crm {
    target: SqliteTarget,
    path: PathBuf,
    folder: TempDir,
}

/// A database that these statements make.
fn crm(sql: &str) -> Crm {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crm.db");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    Crm { target: SqliteTarget::path(&path), path, folder }
}

const PEOPLE: &str = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, \
                      mail VARCHAR(40) COLLATE NOCASE UNIQUE, score REAL)";

fn record<'v>(values: &[(&str, Value<'v>)]) -> Record {
    let fields = values.iter().map(|(name, value)| Field::new(*name, value.kind().unwrap_or_default()));
    let schema = Schema::new(fields).unwrap();
    Record::of(schema, values.iter().map(|(_, value)| *value)).unwrap()
}

fn changes(changes: impl IntoIterator<Item = (Op, Record)>) -> Vec<Change> {
    let numbered = changes.into_iter().enumerate();
    numbered.map(|(at, (op, record))| Change { token: at as u64, op, record }).collect()
}

fn number(id: i64) -> TargetId {
    TargetId::Number(id)
}

fn done(id: i64) -> String {
    format!("{id}")
}

impl Crm {
    /// What becomes of changes, in words.
    fn write(&mut self, table: &str, of: impl IntoIterator<Item = (Op, Record)>) -> Vec<String> {
        let outcomes = self.target.write(table, &changes(of)).unwrap();
        let outcomes = outcomes.into_iter().enumerate().map(|(at, (token, outcome))| {
            assert_eq!(token, at as u64);
            match outcome {
                Outcome::Done(id) => id.to_string(),
                Outcome::Refused(fault) => {
                    format!("{}: {fault}", fault.column_name().unwrap_or(fault.rule_name()))
                }
                other => format!("{other:?}"),
            }
        });
        outcomes.collect()
    }

    /// The keys and the columns of the rows that are found.
    fn find(&mut self, table: &str, column: &str, values: &[Value<'_>]) -> Vec<String> {
        let mut found = Vec::new();
        let mut each = |record: &Record| {
            found.push(record.key().unwrap().to_owned());
            Ok(())
        };
        self.target.find(table, &[], column, values, &mut each).unwrap();
        found
    }

    fn rows(&mut self, table: &str, columns: &[&str]) -> Vec<String> {
        let mut rows = Vec::new();
        let mut each = |record: &Record| {
            let values: Vec<String> = record.values().map(|value| value.to_string()).collect();
            rows.push(format!("{}|{}", record.key().unwrap(), values.join("|")));
            Ok(())
        };
        self.target.scan(table, columns, &mut each).unwrap();
        rows
    }
}

fn message<T>(result: Result<T, Error>) -> String {
    let error = result.err().unwrap().to_string();
    error.split_once("crm.db").unwrap().1.to_owned()
}

#[test]
fn tables_are_described() {
    let mut crm = crm("CREATE TABLE t (Id INTEGER PRIMARY KEY, code VARCHAR(18) NOT NULL UNIQUE, \
         status TEXT NOT NULL DEFAULT 'new', made DATETIME DEFAULT CURRENT_TIMESTAMP, \
         done BOOLEAN DEFAULT 0, twice INTEGER AS (done * 2), a, b, UNIQUE (a, b)); \
         CREATE UNIQUE INDEX part ON t (a) WHERE b = 1; \
         CREATE VIEW v AS SELECT 1; CREATE TABLE loose (x); CREATE TABLE pair (x, y, PRIMARY KEY (x, y))");
    let shape = crm.target.describe("T").unwrap();
    assert_eq!((&*shape.table, &*shape.id), ("t", "Id"));
    let columns: Vec<String> = shape
        .columns
        .iter()
        .map(|c| {
            let flags = [
                (c.required, "required"),
                (c.unique, "unique"),
                (c.own_default, "own"),
                (c.computed, "computed"),
            ];
            let flags: Vec<_> = flags.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
            format!("{} {} {:?} {:?} {}", c.name, c.kind, c.max_chars, c.default, flags.join(" "))
        })
        .collect();
    assert_eq!(
        columns,
        [
            "Id int None None unique own",
            "code text Some(18) None required unique",
            "status text None Some(\"new\") ",
            "made datetime None None own",
            "done bool None Some(\"false\") ",
            "twice int None None computed",
            "a any None None ",
            "b any None None ",
        ]
    );
    assert_eq!(message(crm.target.describe("u")), "[u]: no table `u`. The tables are: loose, pair, t, v");
    assert_eq!(message(crm.target.describe("v")), "[v]: is a view: records are written into tables");
    assert_eq!(
        message(crm.target.describe("loose")),
        "[loose]: the table has no primary key: its rows cannot be told apart"
    );
    assert_eq!(
        message(crm.target.describe("pair")),
        "[pair]: the primary key (x, y) has several columns, and an id is one value"
    );
}

#[test]
fn one_of_many_is_refused_and_the_others_are_written() {
    let mut crm = crm(PEOPLE);
    let name = |name| record(&[("name", Value::Text(name))]);
    let mail = |mail| record(&[("name", Value::Text("x")), ("mail", Value::Text(mail))]);
    let answers = crm.write(
        "people",
        [
            (Op::Create(Some(number(5))), name("An")),
            (Op::Create(None), mail("a@x")),
            (Op::Create(Some(number(5))), name("Bo")),
            (Op::Create(Some(number(9))), mail("A@x")),
            (Op::Create(None), record(&[("score", Value::Float(f64::NAN)), ("name", Value::Text("x"))])),
            (Op::Update(number(5)), record(&[("score", Value::Float(1.5)), ("mail", Value::Text("b@x"))])),
            (Op::Update(number(5)), record(&[("mail", Value::Null)])),
            (Op::Update(number(7)), name("Cy")),
            (Op::Update(number(6)), record(&[("name", Value::Null)])),
            (Op::Delete(TargetId::Text("005".into())), record(&[])),
            (Op::Delete(number(8)), record(&[])),
            (Op::Create(Some(number(8))), name("Di")),
            (Op::Delete(number(8)), record(&[])),
            (Op::Update(number(6)), record(&[])),
        ],
    );
    let constraint = |words: &str| format!("constraint: {words}");
    let lost = "score: a column declared REAL would not keep it as it is written".to_owned();
    let gone = || "Gone".to_owned();
    let expected = [
        done(5),
        done(6),
        constraint("UNIQUE constraint failed: people.id"),
        constraint("UNIQUE constraint failed: people.mail"),
        lost,
        done(5),
        done(5),
        gone(),
        constraint("NOT NULL constraint failed: people.name"),
        gone(),
        gone(),
        done(8),
        done(8),
        done(6),
    ];
    assert_eq!(answers, expected);
    assert_eq!(crm.rows("people", &["name", "mail", "score"]), ["5|An||1.5", "6|x|a@x|"]);
}

#[test]
fn rows_are_found_exactly() {
    let mut crm = crm(&format!(
        "{PEOPLE}; CREATE TABLE codes (id TEXT PRIMARY KEY COLLATE NOCASE, n INTEGER, x); \
         INSERT INTO codes VALUES ('007', 1, 1), ('7', 7, '1'), ('aB', 7, 1.5), ('ü', NULL, NULL); \
         INSERT INTO people (id, name, mail) SELECT value, 'n' || (value % 10), 'M' || value FROM generate_series(1, 300)"
    ).replace("generate_series(1, 300)", "(WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s LIMIT 300) SELECT value FROM s)"));
    let text = Value::Text;
    assert_eq!(crm.find("codes", "id", &[text("007"), text("Ab"), Value::Int(7), text("7")]), ["007", "7"]);
    assert_eq!(crm.find("codes", "n", &[text("007"), Value::Null]), Vec::<String>::new());
    assert_eq!(crm.find("codes", "n", &[text("7"), Value::Int(7)]), ["7", "aB"]);
    assert_eq!(crm.find("codes", "x", &[Value::Int(1), Value::Float(1.5)]), ["007", "aB"]);
    assert_eq!(crm.find("codes", "x", &[text("1")]), ["7"]);
    assert_eq!(crm.find("people", "mail", &[text("M3"), text("m4")]), ["3"]);
    assert_eq!(crm.find("people", "name", &[text("n9"), text("N8")]).len(), 30);
    // Near each other, they are read in one go; far from each other, one by one.
    let ids = [5, 3, 5, 999, 7].map(Value::Int);
    assert_eq!(crm.find("people", "id", &ids[..3]), ["3", "5"]);
    assert_eq!(crm.find("people", "id", &ids), ["3", "5", "7"]);
    assert_eq!(crm.find("people", "id", &[]), Vec::<String>::new());
}

#[test]
fn ids_go_on_behind_the_greatest() {
    let mut crm = crm(&format!(
        "{PEOPLE}; CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, x); \
         INSERT INTO counted VALUES (40, 1); DELETE FROM counted; INSERT INTO counted VALUES (7, 1); \
         CREATE TABLE named (id TEXT PRIMARY KEY); CREATE TABLE full (id INTEGER PRIMARY KEY); \
         INSERT INTO full VALUES (9223372036854775806)"
    ));
    let mut reserve = |table: &str, count| crm.target.reserve(table, count);
    assert_eq!(reserve("people", 2).unwrap(), Some(vec![number(1), number(2)]));
    assert_eq!(reserve("people", 1).unwrap(), Some(vec![number(1)]));
    assert_eq!(reserve("counted", 1).unwrap(), Some(vec![number(41)]));
    assert_eq!(reserve("named", 1).unwrap(), None);
    assert_eq!(reserve("full", 1).unwrap(), Some(vec![number(i64::MAX)]));
    assert_eq!(message(reserve("full", 2)), "[full]: there are not as many ids left as are needed");
    let answers = crm.write("named", [(Op::Create(None), record(&[]))]);
    assert_eq!(answers, ["id: a new row needs an id: the table gives none"]);
}

#[test]
fn what_a_trigger_did_is_undone_with_its_row() {
    let mut crm = crm(&format!(
        "{PEOPLE}; CREATE TABLE log (id INTEGER PRIMARY KEY, what); \
         CREATE TRIGGER a AFTER INSERT ON people BEGIN INSERT INTO log (what) VALUES (NEW.name); \
         SELECT RAISE(ABORT, 'no names of one letter') WHERE length(NEW.name) = 1; END; \
         CREATE TRIGGER b BEFORE UPDATE ON people BEGIN SELECT RAISE(IGNORE); END"
    ));
    let name = |name| record(&[("name", Value::Text(name))]);
    let answers = crm.write(
        "people",
        [
            (Op::Create(None), name("x")),
            (Op::Create(None), name("An")),
            (Op::Update(number(1)), name("Bo")),
            (Op::Update(number(2)), name("Bo")),
        ],
    );
    let expected =
        ["constraint: no names of one letter", "1", "trigger: a trigger of the table leaves it out", "Gone"];
    assert_eq!(answers, expected);
    assert_eq!(crm.rows("log", &["what"]), ["1|An"]);
}

#[test]
fn rows_refer_to_rows_that_are_there() {
    let mut crm = crm(&format!(
        "{PEOPLE}; CREATE TABLE deals (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people (id)); \
         CREATE TABLE late (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED)"
    ));
    let owner = || record(&[("owner", Value::Int(3))]);
    let broken = "constraint: FOREIGN KEY constraint failed";
    assert_eq!(crm.write("deals", [(Op::Create(None), owner())]), [broken]);
    let late = crm.target.write("late", &changes([(Op::Create(None), owner())]));
    assert_eq!(
        message(late),
        "[late]: FOREIGN KEY constraint failed: `late` refers to rows of `people` that are not there"
    );
    assert_eq!(crm.rows("late", &[]), Vec::<String>::new());
    let name = record(&[("name", Value::Text("An"))]);
    crm.write("people", [(Op::Create(Some(number(3))), name)]);
    assert_eq!(crm.write("deals", [(Op::Create(None), owner())]), ["1"]);
    assert_eq!(crm.write("people", [(Op::Delete(number(3)), record(&[]))]), [broken]);
}

#[test]
fn what_cannot_be_written_at_all_is_an_error() {
    let mut crm =
        crm("CREATE TABLE t (id INTEGER PRIMARY KEY, x, y AS (x)); INSERT INTO t VALUES (1, x'ff')");
    let mut write = |column: &str| {
        let create = Op::Create(Some(number(1)));
        message(crm.target.write("t", &changes([(create, record(&[(column, Value::Int(1))]))])))
    };
    assert_eq!(write("z"), "[t]: no column `z`. The columns are: id, x, y");
    assert_eq!(write("y"), "[t]: column `y` is computed by the database");
    assert_eq!(write("id"), "[t]: column `id` is the id, which the change says and not the record");
    let read = crm.target.scan("t", &["x"], &mut |_| Ok(()));
    assert_eq!(message(read), "[t]: column `x`: binary data that is no text");
}

#[test]
fn a_rehearsal_leaves_the_original_alone() {
    let mut crm = crm(PEOPLE);
    let name = |name| record(&[("name", Value::Text(name))]);
    crm.write("people", [(Op::Create(None), name("An"))]);
    let mut copy = crm.target.rehearsal(&["people"], crm.folder.path()).unwrap();
    assert_eq!(copy.name(), crm.target.name());
    let create = changes([(Op::Create(None), name("Bo"))]);
    assert_eq!(copy.write("people", &create).unwrap(), [(0, Outcome::Done(number(2)))]);
    assert_eq!(crm.rows("people", &["name"]), ["1|An"]);
    drop(copy);
    assert_eq!(std::fs::read_dir(crm.folder.path()).unwrap().count(), 1);
    assert!(crm.target.rehearsal(&["poeple"], crm.folder.path()).is_err());
}

#[test]
fn kinds_come_back_as_they_were() {
    let mut crm = crm("CREATE TABLE k (id INTEGER PRIMARY KEY, b BOOLEAN, i INTEGER, f REAL, \
         d DECIMAL TEXT, day DATE, time DATETIME, t TEXT, a)");
    let parse = |text, kind| Value::parse(text, kind).unwrap();
    let values = [
        ("b", Value::Bool(true)),
        ("i", Value::Int(i64::MIN)),
        ("f", Value::Float(0.1)),
        ("d", parse("1.50", Kind::Decimal)),
        ("day", parse("2024-02-29", Kind::Date)),
        ("time", parse("2024-02-29T08:30:00.5+08:00", Kind::DateTime)),
        ("t", Value::Text("007")),
        ("a", Value::Int(7)),
    ];
    crm.write("k", [(Op::Create(None), record(&values))]);
    let columns = values.map(|(name, _)| name);
    let mut found = 0;
    let mut each = |record: &Record| {
        assert!(record.values().eq(values.iter().map(|(_, value)| *value)));
        found += 1;
        Ok(())
    };
    crm.target.scan("k", &columns, &mut each).unwrap();
    assert_eq!(found, 1);
    assert!(crm.path.exists());
}
