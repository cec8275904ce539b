//! SQLite at either end.

mod answers;
mod bind;
mod durable;
mod exact;
mod source;
#[cfg(feature = "migration")]
mod target;

use std::path::PathBuf;
use std::sync::Mutex;

use handover::sink::table::Table;
use handover::source::Memory;
use handover::{
    Field, Finding, Kind, Observer, Pipeline, Record, Rejects, Report, RunError, Schema, SqliteSink, Value,
};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

const NULL: Value<'static> = Value::Null;

/// A database in a folder of its own.
struct Database {
    folder: TempDir,
}

impl Database {
    /// No file yet.
    fn none() -> Self {
        Database { folder: tempfile::tempdir().unwrap() }
    }

    /// One that these statements have made.
    fn of(sql: &str) -> Self {
        let database = Database::none();
        database.execute(sql);
        database
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("crm.db")
    }

    fn connect(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    fn execute(&self, sql: &str) {
        self.connect().execute_batch(sql).unwrap();
    }

    /// What a query gives, as SQL would write it, a line a row.
    fn rows(&self, sql: &str) -> Vec<String> {
        let connection = self.connect();
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let shown = |value: ValueRef<'_>| match value {
            ValueRef::Null => "NULL".to_owned(),
            ValueRef::Integer(value) => value.to_string(),
            ValueRef::Real(value) => format!("{value:?}"),
            ValueRef::Text(text) => format!("'{}'", str::from_utf8(text).unwrap()),
            ValueRef::Blob(bytes) => format!("{bytes:?}"),
        };
        let rows = statement
            .query_map([], |row| {
                Ok((0..columns).map(|i| shown(row.get_ref(i).unwrap())).collect::<Vec<_>>().join("|"))
            })
            .unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn sink(&self, table: Table) -> SqliteSink {
        SqliteSink::path(self.path(), table)
    }

    /// Writes records of these columns; `name:int` is one of whole numbers, `name` one of text.
    fn write(&self, table: Table, columns: &[&str], rows: &[&[Value<'_>]]) -> Result<Report, RunError> {
        let rejects = Rejects::csv(self.folder.path().join("rejects.csv"));
        Pipeline::from(records(columns, rows)).rejects(rejects).to(self.sink(table)).run()
    }

    /// The same, with what is found.
    fn says(&self, table: Table, columns: &[&str], rows: &[&[Value<'_>]]) -> ([u64; 4], Vec<String>) {
        let heard = Heard::default();
        let rejects = Rejects::csv(self.folder.path().join("rejects.csv"));
        let pipeline = Pipeline::from(records(columns, rows)).rejects(rejects).observe(&heard);
        let report = pipeline.to(self.sink(table)).run().unwrap();
        (counts(&report), heard.all())
    }

    /// The same, of a run that fails: its error, without the folder.
    #[track_caller]
    fn fails(&self, table: Table, columns: &[&str], rows: &[&[Value<'_>]]) -> String {
        self.without_folder(&self.write(table, columns, rows).unwrap_err())
    }

    fn without_folder(&self, message: &impl ToString) -> String {
        message.to_string().replace(&format!("{}/", self.folder.path().display()), "")
    }
}

fn records(columns: &[&str], rows: &[&[Value<'_>]]) -> Memory {
    let field = |column: &&str| match column.split_once(':') {
        Some((name, kind)) => Field::new(name, kind_of(kind)),
        None => Field::new(*column, Kind::Text),
    };
    let schema = Schema::new(columns.iter().map(field)).unwrap();
    let records = rows.iter().map(|row| Record::of(schema.clone(), row.iter().copied()).unwrap());
    Memory::new("records", schema.clone(), records)
}

fn kind_of(name: &str) -> Kind {
    let kinds = [
        Kind::Any,
        Kind::Bool,
        Kind::Int,
        Kind::Float,
        Kind::Decimal,
        Kind::Date,
        Kind::DateTime,
        Kind::Text,
    ];
    *kinds.iter().find(|kind| kind.to_string() == name).unwrap()
}

fn text(text: &str) -> Value<'_> {
    Value::Text(text)
}

/// Created, updated, unchanged, rejected.
fn counts(report: &Report) -> [u64; 4] {
    assert!(report.counts.balanced());
    let counts = report.counts;
    [counts.created, counts.updated, counts.unchanged, counts.rejected]
}

/// Hears what is found.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn finding(&self, finding: &Finding) {
        self.0.lock().unwrap().push(finding.to_string());
    }
}

impl Heard {
    fn all(self) -> Vec<String> {
        self.0.into_inner().unwrap()
    }
}
