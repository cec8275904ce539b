//! What is made sure of before the first record.

use std::time::Instant;

use handover::sink::table::Table;
use handover::{Error, ErrorKind, Names, Pipeline, SqliteSink, SqliteSource};

use super::{Database, NULL, records, text};
use crate::common::SmallDisk;
use crate::parts::{Numbers, files, numbers};

/// Fails before anything is written, though there are no records.
#[track_caller]
fn fails(sql: &str, table: Table, columns: &[&str], expected: &str) {
    let database = Database::of(sql);
    let before = std::fs::read(database.path()).unwrap();
    let failed = Pipeline::from(records(columns, &[])).to(database.sink(table)).run().unwrap_err();
    assert_eq!(database.without_folder(&failed), expected);
    assert!(before == std::fs::read(database.path()).unwrap());
    assert_eq!(std::fs::read_dir(database.folder.path()).unwrap().count(), 1);
}

#[test]
fn a_table_must_be_there_and_be_one() {
    let sql = "CREATE TABLE customers (id); CREATE VIEW vips AS SELECT * FROM customers";
    let expected =
        "crm.db[custmer]: no table `custmer`, did you mean `customers`? The tables are: customers, vips";
    fails(sql, Table::named("custmer"), &["id"], expected);
    let expected = "crm.db[vips]: is a view: records are written into tables";
    fails(sql, Table::named("vips").create(), &["id"], expected);
    let expected = "crm.db[customers]: no schema `other`: a file of SQLite has one, called `main`";
    fails(sql, Table::named("customers").in_schema("other"), &["id"], expected);
    let expected = "crm.db[sqlite_x]: object name reserved for internal use: sqlite_x";
    fails(sql, Table::named("sqlite_x").create(), &["id"], expected);
}

#[test]
fn columns_must_fit() {
    let sql = "CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, born INT, city TEXT NOT NULL DEFAULT '',
                               initial AS (substr(name, 1, 1)))";
    let there = "The columns are: id, name, born, city, initial";
    let expected = format!("crm.db[t]: no column `nmae`, did you mean `name`? {there}");
    fails(sql, Table::named("t"), &["nmae"], &expected);
    let expected = "crm.db[t]: column `Initial` is computed by the database";
    fails(sql, Table::named("t"), &["name", "Initial"], expected);
    let expected = "crm.db[t]: column `name` needs a value, and the records have none";
    fails(sql, Table::named("t"), &["id"], expected);
    let expected = "crm.db[t]: columns `name` and `NAME` go into the same column";
    fails(sql, Table::named("t"), &["name", "NAME"], expected);
    let expected = "crm.db[t]: column `born` is declared INT, and the records hold date";
    fails(sql, Table::named("t"), &["name", "born:date"], expected);
    let expected = "crm.db[t]: column `photo` is declared BLOB, and the records hold text";
    fails("CREATE TABLE t (photo BLOB) STRICT", Table::named("t"), &["photo"], expected);
    let expected = "crm.db[new]: duplicate column name: A";
    fails(sql, Table::named("new").create(), &["a", "A"], expected);
    fails(sql, Table::named("new").create(), &[], "crm.db[new]: a table needs at least one column");
}

#[test]
fn a_key_must_be_one() {
    let sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, shop INT, email TEXT, UNIQUE (shop, email));
               CREATE UNIQUE INDEX some ON t (email) WHERE email <> ''; CREATE UNIQUE INDEX small ON t (lower(email))";
    let none = "crm.db[t]: the table has no PRIMARY KEY or UNIQUE constraint on";
    fails(sql, Table::named("t").upsert("email"), &["email"], &format!("{none} `email`"));
    let expected = format!("{none} `id`, `email`");
    fails(sql, Table::named("t").skip_existing(["id", "email"]), &["id", "email"], &expected);
    let expected = "crm.db[t]: no column `ident`, did you mean `id`? The columns are: id, email";
    fails(sql, Table::named("t").update("ident"), &["id", "email"], expected);
    let database = Database::of(sql);
    for key in [vec!["id"], vec!["email", "shop"]] {
        database.write(Table::named("t").upsert(key), &["id", "email", "shop"], &[]).unwrap();
    }
}

#[test]
fn a_file_must_be_a_database_that_can_be_written() {
    let (database, table) = (Database::none(), || Table::named("t"));
    let expected = "crm.db[t]: cannot open: No such file or directory (os error 2)";
    assert_eq!(database.fails(table(), &["id"], &[]), expected);
    assert!(!database.path().exists());
    std::fs::write(database.path(), "no database at all ".repeat(100)).unwrap();
    let expected = "crm.db[t]: not a SQLite database, or an encrypted one";
    assert_eq!(database.fails(table().create(), &["id"], &[]), expected);
    let nowhere = SqliteSink::path(database.folder.path().join("no/crm.db"), table().create());
    let failed = Pipeline::from(records(&["id"], &[])).to(nowhere).run().unwrap_err();
    let expected = "no/crm.db[t]: cannot write: No such file or directory (os error 2)";
    assert_eq!(database.without_folder(&failed), expected);
}

#[test]
fn a_run_that_fails_leaves_no_file_behind() {
    let database = Database::none();
    let before = |number| if number == 3 { Err(Error::other("torn")) } else { Ok(()) };
    let source = Numbers { count: 3, before };
    let sink = database.sink(Table::named("t").create().upsert("number"));
    assert_eq!(Pipeline::from(source).to(sink).run().unwrap_err().to_string(), "numbers: torn");
    assert_eq!(std::fs::read_dir(database.folder.path()).unwrap().count(), 0);
}

#[test]
fn a_database_cannot_be_read_and_written_at_once() {
    let database = Database::of("CREATE TABLE a (id); CREATE TABLE b (id)");
    let source = SqliteSource::table(database.path(), "a");
    let failed = Pipeline::from(source).to(database.sink(Table::named("b"))).run().unwrap_err();
    let expected = "crm.db: is an input and an output of the run, give one of them another name";
    assert_eq!(database.without_folder(&failed), expected);
}

#[test]
fn a_lock_is_waited_for_and_then_an_error() {
    let database = Database::of("CREATE TABLE t (id)");
    let other = database.connect();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    let failed = database.write(Table::named("t"), &["id"], &[&[text("1")]]).unwrap_err();
    assert!(begun.elapsed().as_secs() >= 4);
    let expected = "crm.db[t]: another program holds a lock for more than 5 seconds: database is locked";
    assert_eq!((failed.error().kind(), &*database.without_folder(&failed)), (ErrorKind::Database, expected));
    other.execute_batch("ROLLBACK").unwrap();
    database.write(Table::named("t"), &["id"], &[&[text("1")]]).unwrap();
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let Some(disk) = SmallDisk::mount() else { return };
    let sink = |name| SqliteSink::path(disk.path(name), Table::named("t").create());
    let full = |name: &str| format!("{}[t]: database or disk is full", disk.path(name).display());
    Pipeline::from(numbers(10)).to(sink("old.db")).run().unwrap();
    let old = std::fs::read(disk.path("old.db")).unwrap();
    for name in ["old.db", "new.db"] {
        let failed = Pipeline::from(numbers(20_000)).to(sink(name)).run().unwrap_err();
        assert_eq!((failed.error().kind(), failed.to_string()), (ErrorKind::Io, full(name)));
        assert_eq!(failed.report().unwrap().counts.written(), 0);
        assert_eq!(files(disk.folder()), ["old.db"]);
        assert!(std::fs::read(disk.path("old.db")).unwrap() == old);
    }
    disk.lock();
    let failed = Pipeline::from(numbers(1)).to(sink("old.db")).run().unwrap_err();
    assert_eq!(failed.error().message(), "cannot write: the file or its folder is read-only");
}

#[test]
fn names_are_names_whatever_is_in_them() {
    let evil = "t\"; DROP TABLE x; --";
    let columns = ["select", "a\"b", "'); DROP TABLE x; --", "?1", "k\"]; DROP TABLE x"];
    let row = ["1", "2", "3", "4", "'; DROP TABLE x; --"].map(text);
    let [first, _, third, fourth, key] = row;
    let database = Database::of("CREATE TABLE x (a)");
    let key_columns = || Names::from([columns[4], columns[0]]);
    let table = || Table::named(evil).create();
    for (table, second, expected) in [
        (table().upsert(key_columns()), "1", [1, 1, 0, 0]),
        (table().update(key_columns()), "9", [0, 1, 0, 1]),
        (table().skip_existing(key_columns()), "1", [0, 0, 2, 0]),
    ] {
        let other = [text(second), text("changed"), third, fourth, key];
        assert_eq!(database.says(table, &columns, &[&row, &other]).0, expected);
    }
    let durable = Table::named(evil).durable(evil, 1);
    assert_eq!(database.says(durable, &columns, &[&[first, NULL, NULL, NULL, key]]).0, [0, 0, 0, 1]);
    let quoted = format!("\"{}\"", evil.replace('"', "\"\""));
    assert_eq!(database.rows(&format!("SELECT * FROM {quoted}")), ["'1'|'2'|'3'|'4'|''; DROP TABLE x; --'"]);
    assert_eq!(database.rows("SELECT count(*) FROM x"), ["0"]);
}
