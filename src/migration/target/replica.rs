//! A copy of a target's tables in a SQLite database, to try a plan on.

use std::path::Path;

use super::sqlite::{SqliteTarget, copy};
use super::{Change, Op, Outcome, TableShape, Target, TargetColumn, TargetId};
use crate::error::{Error, Result};
use crate::names::quoted;
use crate::record::{Record, Value};
use crate::schema::Kind;
use crate::sqlite::{declared, refused};

/// How many rows are written at a time.
const ROWS: usize = 1000;

/// Copies tables of a target into a SQLite database in a folder, as far as
/// [`describe`](Target::describe) and [`scan`](Target::scan) tell of them: columns, lengths, defaults,
/// what must have a value and what is unique, and all rows with their ids. What they do not tell
/// of is not in the copy: triggers, foreign keys and other constraints. A column that the
/// target computes holds what it computed, and stays as it is.
///
/// The file is gone with the target that this returns.
pub fn replica(target: &mut dyn Target, tables: &[&str], folder: &Path) -> Result<Box<dyn Target>> {
    let name = target.name().into_owned();
    let mut copy = SqliteTarget::of_copy(copy::file(folder)?, name);
    for table in tables {
        let shape = target.describe(table)?;
        copy.connection()?.execute_batch(&create(&shape)).map_err(|error| refused(error).at(&shape.table))?;
        let mut rows = Rows { copy: &mut copy, shape: &shape, changes: Vec::with_capacity(ROWS) };
        let columns = rows.columns();
        target.scan(table, &columns, &mut |record| rows.add(record))?;
        rows.write()?;
    }
    Ok(Box::new(copy))
}

/// Rows on their way into the copy.
struct Rows<'r> {
    copy: &'r mut SqliteTarget,
    shape: &'r TableShape,
    changes: Vec<Change>,
}

impl<'r> Rows<'r> {
    /// The columns beside the id, which is the key of each row.
    fn columns(&self) -> Vec<&'r str> {
        let others = self.shape.columns.iter().filter(|column| column.name != self.shape.id);
        others.map(|column| &*column.name).collect()
    }

    fn add(&mut self, record: &Record) -> Result<()> {
        let id = record.key().ok_or_else(|| Error::format("a row without an id").at(&self.shape.table))?;
        let op = Op::Create(Some(TargetId::parse(id)));
        self.changes.push(Change { token: 0, op, record: record.clone() });
        if self.changes.len() == ROWS { self.write() } else { Ok(()) }
    }

    /// Writes the rows that wait.
    fn write(&mut self) -> Result<()> {
        let outcomes = self.copy.write(&self.shape.table, &self.changes)?;
        self.changes.clear();
        let refused = outcomes.into_iter().find_map(|(_, outcome)| match outcome {
            Outcome::Refused(fault) => Some(fault),
            _ => None,
        });
        let Some(fault) = refused else { return Ok(()) };
        let column = fault.column_name().map_or_else(String::new, |column| format!("column `{column}`: "));
        let message = format!("the copy does not take a row: {column}{fault}");
        Err(Error::format(message).at(&self.shape.table))
    }
}

/// The statement that makes a table.
fn create(shape: &TableShape) -> String {
    let columns = shape.columns.iter().map(|column| match column.name == shape.id {
        true => format!("{} {} NOT NULL PRIMARY KEY", quoted(&column.name), declared(column.kind)),
        false => define(column),
    });
    format!("CREATE TABLE {} ({})", quoted(&shape.table), columns.collect::<Vec<_>>().join(", "))
}

fn define(column: &TargetColumn) -> String {
    let name = quoted(&column.name);
    let length = column.max_chars.filter(|_| column.kind == Kind::Text);
    let mut sql = match length {
        Some(length) => format!("{name} VARCHAR({length}) CHECK (length({name}) <= {length})"),
        None => format!("{name} {}", declared(column.kind)),
    };
    if column.required {
        sql.push_str(" NOT NULL");
    }
    if column.unique {
        sql.push_str(" UNIQUE");
    }
    match &column.default {
        Some(text) => sql.push_str(&format!(" DEFAULT {}", literal(text, column.kind))),
        // An expression, so that it is known not to be known.
        None if column.own_default => sql.push_str(" DEFAULT (nullif(0, 0))"),
        None => {}
    }
    sql
}

/// A default in SQL. The column makes a number of text that is one.
fn literal(text: &str, kind: Kind) -> String {
    match Value::parse(text, kind) {
        Ok(Value::Bool(value)) => value.to_string(),
        _ => format!("'{}'", text.replace('\'', "''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, code VARCHAR(3) NOT NULL UNIQUE, \
        made DATETIME DEFAULT CURRENT_TIMESTAMP, status TEXT NOT NULL DEFAULT 'it''s', n INTEGER DEFAULT -1, \
        done BOOLEAN DEFAULT FALSE, amount DECIMAL TEXT, score REAL, day DATE, any); \
        INSERT INTO t VALUES (3, '007', '2024-02-29T08:30:00Z', 'x', 9, 1, '1.50', 0.1, '2024-02-29', 'y'), \
        (1, 'abc', NULL, '', NULL, 0, NULL, NULL, NULL, 7); \
        CREATE TABLE \"a b\" (\"the \"\"id\" TEXT PRIMARY KEY, x); INSERT INTO \"a b\" VALUES ('007', 1), ('7', 2)";

    fn rows(target: &mut dyn Target, shape: &TableShape) -> Vec<(String, Record)> {
        let columns: Vec<&str> = shape.columns.iter().map(|column| &*column.name).collect();
        let mut rows = Vec::new();
        let mut each = |record: &Record| {
            rows.push((record.key().unwrap().to_owned(), record.clone()));
            Ok(())
        };
        target.scan(&shape.table, &columns, &mut each).unwrap();
        rows
    }

    #[test]
    fn a_replica_is_described_as_the_original_and_has_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crm.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch(SCHEMA).unwrap();
        let mut crm = SqliteTarget::path(&path);
        let mut copy = replica(&mut crm, &["t", "a b"], folder.path()).unwrap();
        for table in ["t", "a b"] {
            let shape = crm.describe(table).unwrap();
            assert_eq!(copy.describe(table).unwrap(), shape);
            let there = rows(&mut crm, &shape);
            assert_eq!(there.len(), 2);
            assert_eq!(rows(&mut *copy, &shape), there);
        }
        let record = Record::of(crate::Schema::text(["code"]).unwrap(), ["four"]).unwrap();
        let create = Change { token: 0, op: Op::Create(None), record };
        let refused = crate::Fault::new("CHECK constraint failed: length(\"code\") <= 3").rule("constraint");
        assert_eq!(copy.write("t", &[create]).unwrap(), [(0, Outcome::Refused(refused))]);
    }
}
