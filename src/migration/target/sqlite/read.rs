//! Rows out of a table: all of them, or those of some values.

use std::fmt::Write;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, Statement};

use super::keys::Keys;
use super::table::Known;
use crate::error::{Error, Result};
use crate::migration::target::EachRow;
use crate::names::quoted;
use crate::record::{Record, Value};
use crate::schema::Schema;
use crate::source::sqlite::convert::convert;
use crate::sqlite::refused;

/// Gives every row in the order of the ids.
pub(super) fn scan(
    connection: &Connection,
    table: &Known,
    columns: &[&str],
    each: &mut EachRow<'_>,
) -> Result<()> {
    let schema = table.schema(columns)?;
    let select = table.select(&schema, None);
    let sql = format!("{select} ORDER BY {} COLLATE BINARY", quoted(&table.id().name));
    let mut statement = connection.prepare(&sql).map_err(refused)?;
    Reader::new(schema).read(&mut statement, |_| Ok(true), each)
}

/// Gives the rows in which a column holds one of some values.
pub(super) fn find(
    connection: &Connection,
    table: &Known,
    columns: &[&str],
    (column, values): (&str, &[Value<'_>]),
    each: &mut EachRow<'_>,
) -> Result<()> {
    let schema = table.schema(columns)?;
    let sought = table.column(column)?;
    let keys = Keys::of(values, &sought.of);
    let name = quoted(&sought.name);
    // An index of another collation finds the candidates.
    let one = format!("{} WHERE {name} = ?1 AND {name} = ?1 COLLATE BINARY", table.select(&schema, None));
    // One look at the database for all that is found, whoever writes meanwhile.
    let _snapshot = connection.unchecked_transaction().map_err(refused)?;
    let mut reader = Reader::new(Arc::clone(&schema));
    let dense = keys.dense().filter(|_| table.is_id(sought));
    if dense.is_none() && has_index(connection, &one)? {
        let mut statement = connection.prepare_cached(&one).map_err(refused)?;
        for key in keys.iter() {
            bind(&mut statement, 1, key.stored())?;
            reader.read(&mut statement, |_| Ok(true), each)?;
        }
        return Ok(());
    }
    let select = table.select(&schema, Some(&sought.name));
    let sql = match dense {
        Some(_) => format!("{select} WHERE {name} BETWEEN ?1 AND ?2 ORDER BY {name}"),
        None => select,
    };
    let mut statement = connection.prepare(&sql).map_err(refused)?;
    if let Some((first, last)) = dense {
        bind(&mut statement, 1, ValueRef::Integer(first))?;
        bind(&mut statement, 2, ValueRef::Integer(last))?;
    }
    // The value that is looked at stands behind the others.
    let last = schema.len() + 1;
    reader.read(&mut statement, |row| Ok(keys.has(row.get_ref(last)?)), each)
}

fn bind(statement: &mut Statement<'_>, parameter: usize, value: ValueRef<'_>) -> Result<()> {
    statement.raw_bind_parameter(parameter, ToSqlOutput::Borrowed(value)).map_err(refused)
}

/// Whether SQLite finds what a query asks for without a look at every row.
fn has_index(connection: &Connection, sql: &str) -> Result<bool> {
    let explain = || {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let mut rows = statement.raw_query();
        rows.next()?.map_or(Ok(false), |row| Ok(row.get::<_, String>(3)?.starts_with("SEARCH")))
    };
    explain().map_err(refused)
}

/// Reads rows into one record, the id before the columns.
struct Reader {
    record: Record,
    schema: Arc<Schema>,
    /// Where a number is written to become a key, or a decimal.
    shown: String,
}

impl Reader {
    fn new(schema: Arc<Schema>) -> Self {
        Reader { record: Record::new(Arc::clone(&schema)), schema, shown: String::new() }
    }

    /// Gives the rows of a statement that are wanted.
    fn read(
        &mut self,
        statement: &mut Statement<'_>,
        wanted: impl Fn(&Row<'_>) -> rusqlite::Result<bool>,
        each: &mut EachRow<'_>,
    ) -> Result<()> {
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(refused)? {
            if wanted(row).map_err(refused)? {
                self.fill(row)?;
                each(&self.record)?;
            }
        }
        Ok(())
    }

    fn fill(&mut self, row: &Row<'_>) -> Result<()> {
        self.record.reset(&self.schema);
        for (position, field) in self.schema.fields().iter().enumerate() {
            let stored = row.get_ref(position + 1).map_err(refused)?;
            let (value, fault) = convert(stored, field.kind(), &mut self.shown);
            // What is only of another kind is what it is. What cannot be read is not to pass for null.
            if let Some(fault) = fault.filter(|fault| fault.is_error()) {
                return Err(Error::format(format!("column `{}`: {fault}", field.name())));
            }
            self.record.set_value(position, value);
        }
        match row.get_ref(0).map_err(refused)? {
            ValueRef::Integer(number) => {
                self.shown.clear();
                // Writing into a string does not fail.
                let _ = write!(self.shown, "{number}");
                self.record.set_key_text(&self.shown);
            }
            ValueRef::Text(text) => match simdutf8::basic::from_utf8(text) {
                Ok(text) => self.record.set_key_text(text),
                Err(_) => return Err(Error::format("an id is text that is not valid UTF-8")),
            },
            _ => return Err(Error::format("an id is neither a whole number nor text")),
        }
        Ok(())
    }
}
