//! A table as PostgreSQL knows it.

use std::sync::Arc;

use ::postgres::Client;
use ::postgres::types::Type;

use crate::error::{Error, Result};
use crate::migration::target::columns;
use crate::names::quoted;
use crate::postgres::{Relation, failure, qualified};
use crate::schema::{Field, Schema};
use crate::sink::postgres::target::{self, Typed};
use crate::sink::table::{Column, Mode};

/// Two names are the same only if they are.
const SAME: columns::Same = |one, other| one == other;

/// A table, its columns, and which of them is the id.
pub(super) struct Known {
    /// Its name, as it was asked for.
    pub name: Arc<str>,
    /// Its name in SQL.
    pub quoted: String,
    pub oid: u32,
    pub columns: Vec<Column<Typed>>,
    id: usize,
}

impl Known {
    /// The table of a name, perhaps with its schema before it. The error names those there are.
    pub fn of(client: &mut Client, name: &str) -> Result<Self> {
        let (schema, table) = match name.split_once('.') {
            Some((schema, table)) if Relation::find(client, None, name)?.is_none() => (Some(schema), table),
            _ => (None, name),
        };
        let Relation { oid, kind } = Relation::get(client, schema, table)?;
        if !b"rpf".contains(&(kind as u8)) {
            return Err(Error::bind("it is not a table"));
        }
        let key = key(client, oid)?;
        // Rows are found by the id, and `COPY` writes it even where it always is the database's own.
        let columns = target::columns(client, oid, &Mode::Update(key.clone().into()))?;
        let id = columns::id(&columns, &key)?;
        Ok(Known { name: name.into(), quoted: qualified(schema, table), oid, columns, id })
    }

    /// The column that holds the ids.
    pub fn id(&self) -> &Column<Typed> {
        &self.columns[self.id]
    }

    /// Whether a column is that of the ids.
    pub fn is_id(&self, column: &Column<Typed>) -> bool {
        self.id().name == column.name
    }

    /// A column by its name. The error names those there are.
    pub fn column(&self, name: &str) -> Result<&Column<Typed>> {
        columns::find(&self.columns, name, SAME)
    }

    /// The columns that a record fills.
    pub fn filled(&self, schema: &Schema) -> Result<Vec<&Column<Typed>>> {
        columns::filled(&self.columns, self.id(), schema, SAME)
    }

    /// What columns hold.
    pub fn schema(&self, columns: &[&str]) -> Result<Arc<Schema>> {
        let field = |name: &&str| self.column(name).map(|column| Field::new(*name, column.of.kind));
        Schema::new(columns.iter().map(field).collect::<Result<Vec<_>>>()?)
    }

    /// The query for some columns, the id before them, of the rows of a condition in the order of the ids.
    pub fn select(&self, columns: &Schema, condition: &str) -> String {
        let id = quoted(&self.id().name);
        let names: Vec<String> = std::iter::once(id.clone()).chain(columns.names().map(quoted)).collect();
        // By its bytes, and not as a dictionary has it.
        let order = if is_text(&self.id().of) { "COLLATE \"C\"" } else { "" };
        format!("SELECT {} FROM {}{condition} ORDER BY {id} {order}", names.join(", "), self.quoted)
    }
}

/// Whether a column has a collation, and is text as it stands.
pub(super) fn is_text(of: &Typed) -> bool {
    matches!(of.base, Some(Type::TEXT | Type::VARCHAR))
}

/// The columns of the primary key, in its order.
fn key(client: &mut Client, table: u32) -> Result<Vec<String>> {
    let sql = "SELECT a.attname::text FROM pg_catalog.pg_index i \
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid \
        AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) \
        WHERE i.indrelid = $1 AND i.indisprimary ORDER BY a.attnum";
    let rows = client.query(sql, &[&table]).map_err(|error| failure("cannot read the indexes", error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
