//! Names in SQL, and what stands behind them in the catalogue.

use ::postgres::GenericClient;

use super::failure;
use crate::error::{Error, Result};
use crate::names::quoted;
use crate::schema::no_such;

/// The name of a table, in its schema where one is named.
pub(crate) fn qualified(schema: Option<&str>, table: &str) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(table)),
        None => quoted(table),
    }
}

/// A table, view or the like of the catalogue.
pub(crate) struct Relation {
    pub oid: u32,
    /// What it is: `r` a table, `v` a view, …
    pub kind: i8,
}

impl Relation {
    /// The relation of a name, if it is there.
    pub fn find(
        client: &mut impl GenericClient,
        schema: Option<&str>,
        table: &str,
    ) -> Result<Option<Relation>> {
        let sql = "SELECT oid, relkind FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)";
        let row = client
            .query_opt(sql, &[&qualified(schema, table)])
            .map_err(|error| failure("cannot look for the table", error))?;
        Ok(row.map(|row| Relation { oid: row.get(0), kind: row.get(1) }))
    }

    /// The relation of a name; the error lists those there are.
    pub fn get(client: &mut impl GenericClient, schema: Option<&str>, table: &str) -> Result<Relation> {
        match Relation::find(client, schema, table)? {
            Some(relation) => Ok(relation),
            None => Err(no_such_table(client, schema, table)?),
        }
    }
}

fn no_such_table(client: &mut impl GenericClient, schema: Option<&str>, table: &str) -> Result<Error> {
    let sql = "SELECT c.relname::text FROM pg_catalog.pg_class c \
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
        AND CASE WHEN $1::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = $1 END \
        ORDER BY c.relname";
    let rows = client.query(sql, &[&schema]).map_err(|error| failure("cannot list the tables", error))?;
    let known: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    Ok(Error::bind(no_such("table", table, known.iter().map(String::as_str))))
}
