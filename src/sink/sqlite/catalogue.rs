//! What the database knows of a table.

use std::sync::Arc;

use rusqlite::{Connection, Row};

use crate::error::{Error, Result};
use crate::schema::Kind;
use crate::sink::table::Column;
use crate::sqlite::{self, Affinity, refused};

/// A column as it is declared.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    pub name: Arc<str>,
    /// The type, as it is written in the table.
    pub written: String,
    pub affinity: Affinity,
    pub kind: Kind,
    /// Whether the table is one that takes no values of other types.
    strict: bool,
}

impl Declared {
    fn new(name: &str, written: String, strict: bool) -> Self {
        let any = strict && written.eq_ignore_ascii_case("ANY");
        let affinity = if any { Affinity::None } else { Affinity::of(&written) };
        Declared { name: name.into(), affinity, kind: sqlite::kind(&written), written, strict }
    }

    /// Whether text that is no number has no place in it.
    pub fn holds_numbers(&self) -> bool {
        let number = matches!(self.kind, Kind::Int | Kind::Float | Kind::Decimal | Kind::Bool);
        number && self.affinity != Affinity::Text
    }

    /// Makes sure that a kind can be stored in it at all.
    pub fn check(&self, kind: Kind) -> Result<()> {
        let time = matches!(kind, Kind::Date | Kind::DateTime);
        let binary = self.strict && self.written.eq_ignore_ascii_case("BLOB");
        if binary || time && self.holds_numbers() {
            let Declared { name, written, .. } = self;
            let message = format!("column `{name}` is declared {written}, and the records hold {kind}");
            return Err(Error::bind(message));
        }
        Ok(())
    }
}

/// Whether there is a table or view of the name.
pub(super) fn has(connection: &Connection, table: &str) -> Result<bool> {
    Ok(sqlite::tables(connection)?.iter().any(|name| name.eq_ignore_ascii_case(table)))
}

/// The columns of a table that can be written into.
pub(crate) fn columns(connection: &Connection, table: &str) -> Result<Vec<Column<Declared>>> {
    let sql = "SELECT type = 'view', strict, wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1";
    let (view, strict, without_rowid): (bool, bool, bool) =
        connection.query_row(sql, [table], |row| row.try_into()).map_err(refused)?;
    if view {
        return Err(Error::bind("is a view: records are written into tables"));
    }
    let column = |row: &Row<'_>| {
        let name: String = row.get(0)?;
        let of = Declared::new(&name, row.get(1)?, strict);
        let (not_null, number): (bool, bool) = (row.get(2)?, row.get(3)?);
        let required = not_null && (without_rowid || !number);
        Ok(Column { name, required, generated: row.get(4)?, of })
    };
    // A row's number is a primary key of this very type; SQLite gives it, if nobody does.
    let sql = "SELECT name, type, \"notnull\" AND dflt_value IS NULL, \
               pk > 0 AND sum(pk > 0) OVER () = 1 AND upper(type) = 'INTEGER', hidden > 1 \
               FROM pragma_table_xinfo(?1)";
    let read = || connection.prepare(sql)?.query_map([table], column)?.collect::<rusqlite::Result<_>>();
    read().map_err(refused)
}

/// Whether a change may have others in its wake.
pub(crate) fn has_triggers(connection: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger')";
    connection.query_row(sql, [], |row| row.get(0)).map_err(refused)
}

/// The collations by which a unique constraint on just these columns tells its values apart.
pub(super) fn collations(connection: &Connection, table: &str, key: &[&str]) -> Result<Vec<String>> {
    if key.is_empty() {
        return Ok(Vec::new());
    }
    // The number of a row has no index.
    let sql = "SELECT l.name, x.name, x.coll FROM pragma_index_list(?1) l, pragma_index_xinfo(l.name) x \
               WHERE l.\"unique\" AND NOT l.partial AND x.key \
               UNION ALL SELECT '', name, 'BINARY' FROM pragma_table_xinfo(?1) WHERE pk > 0";
    let read = || {
        let mut statement = connection.prepare(sql)?;
        let parts = statement.query_map([table], |row| row.try_into())?;
        parts.collect::<rusqlite::Result<Vec<(String, Option<String>, String)>>>()
    };
    let parts = read().map_err(refused)?;
    let found = parts.chunk_by(|one, other| one.0 == other.0).find_map(|index| {
        let collation = |name: &&str| {
            index.iter().find(|part| part.1.as_deref() == Some(name)).map(|part| part.2.clone())
        };
        key.iter().map(collation).collect::<Option<Vec<_>>>().filter(|_| index.len() == key.len())
    });
    found.ok_or_else(|| {
        let names = key.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        Error::bind(format!("the table has no PRIMARY KEY or UNIQUE constraint on {names}"))
    })
}
