//! A table as SQLite knows it, and the ids of its rows.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use super::TargetId;
use crate::error::Result;
use crate::migration::target::columns;
use crate::names::quoted;
use crate::schema::{Field, Kind, Schema};
use crate::sink::sqlite::catalogue::{self, Declared};
use crate::sink::table::Column;
use crate::sqlite::{self, refused};

/// A table, its columns, and which of them is the id.
pub(super) struct Known {
    /// Its name, as the database has it.
    pub name: String,
    pub columns: Vec<Column<Declared>>,
    id: usize,
    /// Whether the id is the number that SQLite gives every row.
    pub gives_ids: bool,
}

impl Known {
    /// The table of a name. The error names those there are.
    pub fn of(connection: &Connection, table: &str) -> Result<Self> {
        let name = sqlite::find_table(connection, table)?;
        let columns = catalogue::columns(connection, &name)?;
        let sql = "SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk";
        let key = strings(connection, sql, &name)?;
        let id = columns::id(&columns, &key)?;
        let gives_ids = gives_ids(connection, &name, &columns[id])?;
        Ok(Known { name, columns, id, gives_ids })
    }

    /// The column that holds the ids.
    pub fn id(&self) -> &Column<Declared> {
        &self.columns[self.id]
    }

    /// A column by its name; SQLite does not tell `Name` from `name`. The error names those there are.
    pub fn column(&self, name: &str) -> Result<&Column<Declared>> {
        columns::find(&self.columns, name, str::eq_ignore_ascii_case)
    }

    /// Whether a column is that of the ids.
    pub fn is_id(&self, column: &Column<Declared>) -> bool {
        self.id().name == column.name
    }

    /// The table in SQL.
    pub fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// What columns hold, under the names that they are asked for by.
    pub fn schema(&self, columns: &[&str]) -> Result<Arc<Schema>> {
        let field = |name: &&str| self.column(name).map(|column| Field::new(*name, column.of.kind));
        Schema::new(columns.iter().map(field).collect::<Result<Vec<_>>>()?)
    }

    /// The query for some columns, the id before them and perhaps another behind them.
    pub fn select(&self, columns: &Schema, last: Option<&str>) -> String {
        let names = std::iter::once(self.id().name.as_str()).chain(columns.names()).chain(last);
        let names: Vec<String> = names.map(quoted).collect();
        format!("SELECT {} FROM {}", names.join(", "), self.quoted())
    }

    /// The numbers behind the greatest that is there or, where SQLite keeps count, was there.
    pub fn next_ids(&self, connection: &Connection, count: usize) -> Result<Option<Vec<TargetId>>> {
        if self.id().of.kind != Kind::Int {
            return Ok(None);
        }
        let there: Option<i64> = {
            let id = quoted(&self.id().name);
            let sql = format!("SELECT max({id}) FROM {} WHERE typeof({id}) = 'integer'", self.quoted());
            connection.query_row(&sql, [], |row| row.get(0)).map_err(refused)?
        };
        let greatest = there.max(self.greatest_ever(connection)?).unwrap_or(0);
        Ok(Some(columns::behind(greatest, count)?))
    }

    /// The greatest number that a row ever had, where the table is declared `AUTOINCREMENT`.
    fn greatest_ever(&self, connection: &Connection) -> Result<Option<i64>> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence')";
        let kept: bool = connection.query_row(sql, [], |row| row.get(0)).map_err(refused)?;
        if !kept {
            return Ok(None);
        }
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1 AND typeof(seq) = 'integer'";
        connection.query_row(sql, [&self.name], |row| row.get(0)).optional().map_err(refused)
    }
}

/// Whether a row that comes without an id gets one: its number is the column of the very
/// type `INTEGER`, unless the table is one without such numbers.
fn gives_ids(connection: &Connection, table: &str, id: &Column<Declared>) -> Result<bool> {
    let sql = "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1";
    let without: bool = connection.query_row(sql, [table], |row| row.get(0)).map_err(refused)?;
    Ok(!without && id.of.written.eq_ignore_ascii_case("INTEGER"))
}

/// What a query says of a table: a text a row.
pub(super) fn strings(connection: &Connection, sql: &str, table: &str) -> Result<Vec<String>> {
    let read = || {
        let mut statement = connection.prepare(sql)?;
        let strings = statement.query_map([table], |row| row.get(0))?;
        strings.collect::<rusqlite::Result<_>>()
    };
    read().map_err(refused)
}
