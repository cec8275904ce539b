//! Tables, views and queries, read.

use std::fs;

use handover::sink::Collect;
use handover::sink::table::Table;
use handover::{ErrorKind, Kind, Pipeline, Record, Rejects, SourceReader, SqliteSource, Value};

use super::{Database, Heard, counts};
use crate::common::read;

const CUSTOMERS: &str = "
    CREATE TABLE customers (
        id INTEGER PRIMARY KEY, name TEXT, \"select\" VARCHAR(20), credit REAL, amount DECIMAL(10,2),
        vip BOOLEAN, born DATE, seen DATETIME, extra
    );
    INSERT INTO customers VALUES
        (1, '王伟', 'x', 1.5, 12.5, 1, '1980-02-29', '2024-02-29 08:30:00', 7),
        (2, '', NULL, -0.25, 3, 0, NULL, NULL, 'y'),
        (9007199254740993, NULL, '00123', NULL, NULL, NULL, NULL, NULL, NULL);";

fn values(records: &[Record]) -> Vec<Vec<String>> {
    records.iter().map(|record| record.values().map(|value| format!("{value:?}")).collect()).collect()
}

#[test]
fn types_are_kept() {
    let database = Database::of(CUSTOMERS);
    let mut source = SqliteSource::table(database.path(), "Customers").key("id");
    let schema = source.schema().unwrap();
    let kinds: Vec<Kind> = schema.fields().iter().map(|field| field.kind()).collect();
    assert_eq!(
        kinds,
        [
            Kind::Int,
            Kind::Text,
            Kind::Text,
            Kind::Float,
            Kind::Decimal,
            Kind::Bool,
            Kind::Date,
            Kind::DateTime,
            Kind::Any
        ]
    );
    let table = read(source).unwrap();
    assert_eq!(table.header, ["id", "name", "select", "credit", "amount", "vip", "born", "seen", "extra"]);
    assert_eq!(
        table.rows(),
        [
            ["1", "王伟", "x", "1.5", "12.5", "true", "1980-02-29", "2024-02-29T08:30:00", "7"],
            ["2", "", "", "-0.25", "3", "false", "", "", "y"],
            ["9007199254740993", "", "00123", "", "", "", "", "", ""],
        ]
    );
    let kinds: Vec<_> = table.records[0].values().map(|value| value.kind().unwrap()).collect();
    assert_eq!(kinds[..8], schema.fields().iter().map(|field| field.kind()).collect::<Vec<_>>()[..8]);
    assert_eq!(values(&table.records[1..2])[0][1], "Text(\"\")");
    assert_eq!(table.records[2].key(), Some("9007199254740993"));
    assert_eq!(table.report.inputs[0].name, format!("{}[Customers]", database.path().display()));
}

#[test]
fn views_and_queries_are_read() {
    let database = Database::of(CUSTOMERS);
    database.execute("CREATE VIEW vips AS SELECT id, name FROM customers WHERE vip");
    let table = read(SqliteSource::table(database.path(), "vips")).unwrap();
    assert_eq!((table.header, table.records.len()), (vec!["id".to_owned(), "name".to_owned()], 1));
    let sql = "SELECT id AS number, count(*) AS rows FROM customers -- a remark";
    let mut query = SqliteSource::query(database.path(), sql).named("counted");
    let kinds: Vec<Kind> = query.schema().unwrap().fields().iter().map(|field| field.kind()).collect();
    assert_eq!(kinds, [Kind::Int, Kind::Any]);
    assert_eq!(read(query).unwrap().rows(), [["1", "3"]]);
}

#[test]
fn values_of_other_types_stay_as_they_are_and_are_reported() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER, born DATE, vip BOOLEAN, name TEXT, amount DECIMAL);
         INSERT INTO t VALUES (1, 19800229, 'yes', CAST('x' AS BLOB), 1e999);
         INSERT INTO t VALUES ('two', '29.02.1980', 2, 'y', 'three');
         INSERT INTO t VALUES (3, NULL, NULL, CAST(x'e9' AS TEXT), NULL);
         INSERT INTO t VALUES (4, NULL, NULL, x'00ff', NULL);",
    );
    let (heard, mut sink) = (Heard::default(), Collect::new());
    let rejects = Rejects::csv(database.folder.path().join("rejects.csv"));
    let pipeline = Pipeline::from(SqliteSource::table(database.path(), "t").named("t")).rejects(rejects);
    let report = pipeline.observe(&heard).to(&mut sink).run().unwrap();
    assert_eq!(
        values(sink.records()),
        [
            ["Int(1)", "Int(19800229)", "Text(\"yes\")", "Text(\"x\")", "Float(inf)"],
            ["Text(\"two\")", "Text(\"29.02.1980\")", "Int(2)", "Text(\"y\")", "Text(\"three\")"],
        ]
    );
    let expected = [
        "t:row 1:born: int where the column is declared date",
        "t:row 1:vip: text where the column is declared bool",
        "t:row 1:name: binary data, taken as text",
        "t:row 1:amount: float where the column is declared decimal",
        "t:row 2:id: text where the column is declared int",
        "t:row 2:born: text where the column is declared date",
        "t:row 2:vip: int where the column is declared bool",
        "t:row 2:amount: text where the column is declared decimal",
        "t:row 3:name: text that is not valid UTF-8",
        "t:row 4:name: binary data that is no text",
    ];
    assert_eq!(heard.all(), expected);
    assert_eq!(counts(&report), [2, 0, 0, 2]);
}

#[track_caller]
fn fails(database: &Database, source: SqliteSource, kind: ErrorKind, expected: &str) {
    let failed = Pipeline::from(source).to(Collect::new()).run().unwrap_err();
    assert_eq!((failed.error().kind(), &*database.without_folder(&failed)), (kind, expected));
}

#[test]
fn what_is_not_there_is_said() {
    let database = Database::of(CUSTOMERS);
    let table = |name| SqliteSource::table(database.path(), name);
    let query = |sql| SqliteSource::query(database.path(), sql);
    database.execute("CREATE VIEW vips AS SELECT * FROM customers");
    let expected =
        "crm.db[custmers]: no table `custmers`, did you mean `customers`? The tables are: customers, vips";
    fails(&database, table("custmers"), ErrorKind::Bind, expected);
    let expected = "crm.db[vips]: no column `nmae`, did you mean `name`? The columns are: id, name, select, credit, amount, vip, born, seen, extra";
    fails(&database, table("vips").key("nmae"), ErrorKind::Bind, expected);
    let expected = "crm.db[query]: no such column: nmae";
    fails(&database, query("SELECT nmae FROM customers"), ErrorKind::Database, expected);
    let expected =
        "crm.db[query]: no such column: \"nmae\" - should this be a string literal in single-quotes?";
    fails(&database, query("SELECT \"nmae\" FROM customers"), ErrorKind::Database, expected);
    let expected = "crm.db[query]: column `id` is there twice";
    fails(&database, query("SELECT id, id FROM customers"), ErrorKind::Bind, expected);
    let expected = "crm.db[query]: the query must be a SELECT";
    fails(&database, query("DELETE FROM customers RETURNING id"), ErrorKind::Bind, expected);
    fails(&database, query(""), ErrorKind::Bind, expected);
    let expected = "crm.db[query]: more than one statement";
    fails(&database, query("SELECT 1; SELECT 2"), ErrorKind::Bind, expected);
    let expected = "crm.db[query]: the query must have no parameters";
    fails(&database, query("SELECT ?"), ErrorKind::Bind, expected);
    let nowhere = Database::none();
    let expected = "crm.db[t]: cannot open: No such file or directory (os error 2)";
    fails(&nowhere, SqliteSource::table(nowhere.path(), "t"), ErrorKind::Io, expected);
    assert!(!nowhere.path().exists());
    fs::write(nowhere.path(), "").unwrap();
    let expected = "crm.db[t]: no table `t`: there are none";
    fails(&nowhere, SqliteSource::table(nowhere.path(), "t"), ErrorKind::Bind, expected);
    let expected =
        "crm.db[customers]: another program holds a lock for more than 5 seconds: database is locked";
    let other = database.connect();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    fails(&database, table("customers"), ErrorKind::Database, expected);
}

#[test]
fn what_is_no_database_or_a_broken_one_is_said() {
    let database = Database::of(CUSTOMERS);
    let insert = "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
        INSERT INTO customers (id, name) SELECT i, 'a name that takes its space ' || i FROM n";
    database.execute(insert);
    let whole = fs::read(database.path()).unwrap();
    let customers = || SqliteSource::table(database.path(), "customers");
    fs::write(database.path(), &whole[..whole.len() / 2]).unwrap();
    let damaged = "crm.db[customers]: the database is damaged: database disk image is malformed";
    fails(&database, customers(), ErrorKind::Format, damaged);
    let mut broken = whole.clone();
    let middle = whole.len() / 2;
    broken[middle..middle + 8192].fill(0xA5);
    fs::write(database.path(), &broken).unwrap();
    fails(&database, customers(), ErrorKind::Format, damaged);
    fs::write(database.path(), "id,name\n".repeat(1000)).unwrap();
    let expected = "crm.db[customers]: not a SQLite database, or an encrypted one";
    fails(&database, customers(), ErrorKind::Format, expected);
    let folder = SqliteSource::table(database.folder.path(), "t").named("it");
    fails(&database, folder, ErrorKind::Io, "it: is a folder, not a file");
}

#[test]
fn a_schema_that_is_no_text_is_said() {
    let database = Database::of("CREATE TABLE t (name TEXT)");
    database.execute(
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = CAST(x'435245415445205441424c4520742028ff2054455854ff29' AS TEXT)",
    );
    let expected = |name| format!("crm.db[{name}]: the schema is not as SQLite writes it");
    fails(&database, SqliteSource::table(database.path(), "t"), ErrorKind::Format, &expected("t"));
    let query = SqliteSource::query(database.path(), "SELECT * FROM t");
    fails(&database, query, ErrorKind::Format, &expected("query"));
    assert_eq!(database.fails(Table::named("t"), &["name"], &[]), expected("t"));
}

#[test]
fn a_damaged_file_is_read_or_an_error() {
    let database = Database::of(CUSTOMERS);
    database.execute("CREATE VIEW vips AS SELECT id, upper(name) AS name FROM customers WHERE vip");
    let whole = fs::read(database.path()).unwrap();
    let mut damaged = 0;
    // A byte here and there: in the header, the schema, the rows.
    for at in (0..whole.len()).step_by(37).filter(|at| whole[*at] != 0 || at % 11 == 0) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xA5;
        fs::write(database.path(), &bytes).unwrap();
        for table in ["customers", "vips"] {
            let mut sink = Collect::new();
            match Pipeline::from(SqliteSource::table(database.path(), table)).to(&mut sink).run() {
                Ok(report) => assert!(report.counts.balanced()),
                Err(failed) => {
                    damaged += 1;
                    assert_ne!(failed.error().kind(), ErrorKind::Panic, "byte {at}: {failed}");
                }
            }
        }
        if let Err(failed) = database.write(Table::named("customers"), &["name"], &[&[Value::Text("x")]]) {
            assert_ne!(failed.error().kind(), ErrorKind::Panic, "byte {at}: {failed}");
        }
    }
    assert!(damaged > 10);
}

#[test]
fn a_database_left_in_the_middle_is_not_read() {
    let database = Database::of(CUSTOMERS);
    let other = database.connect();
    other.execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE customers SET name = 'half'").unwrap();
    let fill = "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
        INSERT INTO customers (id, name) SELECT i, 'a name that takes its space ' || i FROM n";
    other.execute_batch(fill).unwrap();
    let left = Database::none();
    for end in ["", "-journal"] {
        let name = format!("crm.db{end}");
        fs::copy(database.folder.path().join(&name), left.folder.path().join(&name)).unwrap();
    }
    let expected = "crm.db[customers]: a program was stopped while it wrote: \
                    open the database once to be written, which undoes what is not complete";
    fails(&left, SqliteSource::table(left.path(), "customers"), ErrorKind::Database, expected);
    assert_eq!(left.rows("SELECT count(*) FROM customers"), ["3"]);
    assert_eq!(read(SqliteSource::table(left.path(), "customers")).unwrap().records.len(), 3);
}

#[test]
fn names_are_names_whatever_is_in_them() {
    let name = "customers\"; DROP TABLE x; --";
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    let database = Database::of(&format!(
        "CREATE TABLE x (a); CREATE TABLE {quoted} (\"select\", \"a\"\"b\", \"'; DROP TABLE x; --\");
         INSERT INTO {quoted} VALUES (1, 2, 3)"
    ));
    let table = read(SqliteSource::table(database.path(), name).key("a\"b")).unwrap();
    assert_eq!(table.header, ["select", "a\"b", "'; DROP TABLE x; --"]);
    assert_eq!(table.rows(), [["1", "2", "3"]]);
    assert_eq!(table.records[0].key(), Some("2"));
    let missing = SqliteSource::table(database.path(), "x\" UNION SELECT * FROM x; --").named("it");
    let failed = Pipeline::from(missing).to(Collect::new()).run().unwrap_err();
    assert!(failed.to_string().starts_with("it: no table `x\" UNION SELECT * FROM x; --`"));
    assert_eq!(database.rows("SELECT count(*) FROM x"), ["0"]);
    // Names that SQLite itself would take for others.
    let memory = SqliteSource::table(":memory:", "t").named("it");
    fails(&database, memory, ErrorKind::Io, "it: cannot open: No such file or directory (os error 2)");
}

#[test]
fn what_changes_meanwhile_is_not_seen() {
    let database = Database::of(CUSTOMERS);
    database.execute("PRAGMA journal_mode = WAL");
    let mut source = SqliteSource::table(database.path(), "customers");
    source.schema().unwrap();
    database.execute("DELETE FROM customers; ALTER TABLE customers ADD COLUMN late");
    assert_eq!(read(&mut source).unwrap().records.len(), 3);
    let again = read(&mut source).unwrap();
    assert_eq!((again.records.len(), again.header.len()), (0, 10));
}
