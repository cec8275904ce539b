//! A SQLite database, looked at from outside.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// Runs statements in a database.
pub fn execute(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// Everything in a database: each table as it was made, and its rows in the order of their ids.
pub fn dump(path: &Path) -> String {
    let connection = Connection::open(path).unwrap();
    let mut dump = String::new();
    let tables = query(&connection, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    for table in tables {
        dump += &format!("{}\n", table[1]);
        for row in query(&connection, &format!("SELECT * FROM \"{}\" ORDER BY 1", table[0])) {
            dump += &format!("{}: {}\n", table[0], row.join("|"));
        }
    }
    dump
}

/// What became of every record, says a store, but for the numbers of batches.
pub fn ledger(path: &Path) -> String {
    let connection = Connection::open(path).unwrap();
    let sql = "SELECT system, entity, key, disposition, target_id, row, in_doubt, note FROM record ORDER BY 1, 2, 3";
    query(&connection, sql).iter().map(|row| row.join("|") + "\n").collect()
}

/// The first line in which two texts differ, as it is and as it should be.
pub fn differ(is: &str, expected: &str) -> Option<(String, String)> {
    let (mut is, mut expected) = (is.lines(), expected.lines());
    loop {
        match (is.next(), expected.next()) {
            (None, None) => return None,
            (one, other) if one == other => {}
            (one, other) => return Some((one.unwrap_or("").to_owned(), other.unwrap_or("").to_owned())),
        }
    }
}

/// The rows of a query, each value as text.
pub fn query(connection: &Connection, sql: &str) -> Vec<Vec<String>> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut read = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let shown = |at| match row.get_ref(at).unwrap() {
            ValueRef::Null => "NULL".to_owned(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Blob(blob) => format!("{blob:x?}"),
        };
        read.push((0..columns).map(shown).collect());
    }
    read
}
