//! What the source and the sink for SQLite share: opening a file, what a
//! refusal means, which tables there are, what a column is declared to hold.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Kind, no_such};

/// How long another program may hold a lock before it is an error.
const PATIENCE: Duration = Duration::from_secs(5);
const READ_ONLY: &str = "cannot write: the file or its folder is read-only";

/// Opens the database in a file that is there. A little of it is read, so that
/// what is none fails here.
pub(crate) fn open(path: &Path, access: OpenFlags) -> Result<Connection> {
    // Not by opening it: closing the file again would let go of all locks that
    // this process has on it, as POSIX has it.
    if fs::metadata(path).map_err(|error| Error::io("cannot open", error))?.is_dir() {
        return Err(Error::new(ErrorKind::Io, "is a folder, not a file"));
    }
    // Below a folder, `file:x?mode=memory` and `:memory:` are names like any other.
    let connection =
        Connection::open_with_flags(Path::new(".").join(path), access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(refused)?;
    connection.busy_timeout(PATIENCE).map_err(refused)?;
    connection.execute_batch("PRAGMA foreign_keys = ON; SELECT 1 FROM sqlite_schema").map_err(refused)?;
    Ok(connection)
}

/// Fails if nothing can be written: SQLite is content with a file that can only be read.
pub(crate) fn writable(connection: &Connection) -> Result<()> {
    match connection.is_readonly("main").map_err(refused)? {
        true => Err(Error::new(ErrorKind::Io, READ_ONLY)),
        false => Ok(()),
    }
}

/// What SQLite says, as an error of ours.
pub(crate) fn refused(error: rusqlite::Error) -> Error {
    use rusqlite::Error::{InvalidColumnType, MultipleStatement, SqlInputError, SqliteFailure, Utf8Error};
    let (code, words) = match error {
        SqliteFailure(code, words) => (code, words.unwrap_or_else(|| code.to_string())),
        SqlInputError { error, msg, .. } => (error, msg),
        MultipleStatement => return Error::bind("more than one statement"),
        // Only what the schema holds is taken for a type; values are looked at first.
        InvalidColumnType(..) | Utf8Error(..) => {
            return Error::format("the schema is not as SQLite writes it");
        }
        other => return Error::new(ErrorKind::Database, other.to_string()),
    };
    match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            let message =
                format!("another program holds a lock for more than {} seconds", PATIENCE.as_secs());
            Error::new(ErrorKind::Database, message).caused_by(words)
        }
        ErrorCode::NotADatabase => Error::format("not a SQLite database, or an encrypted one"),
        ErrorCode::DatabaseCorrupt => Error::format("the database is damaged").caused_by(words),
        ErrorCode::ReadOnly if code.extended_code == rusqlite::ffi::SQLITE_READONLY_ROLLBACK => {
            let message = "a program was stopped while it wrote: open the database once to be written, \
                           which undoes what is not complete";
            Error::new(ErrorKind::Database, message)
        }
        ErrorCode::CannotOpen => {
            let message = "cannot open the file, or make another beside it: its folder may be read-only";
            Error::new(ErrorKind::Io, message).caused_by(words)
        }
        ErrorCode::SystemIoFailure if code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => {
            Error::new(ErrorKind::Io, "cannot make a file beside it, the disk may be full").caused_by(words)
        }
        ErrorCode::ReadOnly => Error::new(ErrorKind::Io, READ_ONLY).caused_by(words),
        ErrorCode::SystemIoFailure | ErrorCode::DiskFull => Error::new(ErrorKind::Io, words),
        _ => Error::new(ErrorKind::Database, words),
    }
}

/// The name of a table or view as the database has it; SQLite does not tell
/// `Customers` from `customers`.
pub(crate) fn find_table(connection: &Connection, name: &str) -> Result<String> {
    let tables = tables(connection)?;
    let found = tables.iter().find(|table| table.eq_ignore_ascii_case(name));
    let names = tables.iter().map(String::as_str);
    found.cloned().ok_or_else(|| Error::bind(no_such("table", name, names)))
}

/// The names of all tables and views. Fails where the schema is not in UTF-8,
/// so that whatever is read out of it can be taken for text.
pub(crate) fn tables(connection: &Connection) -> Result<Vec<String>> {
    let read = || {
        let sql = "SELECT name, type, sql FROM sqlite_schema ORDER BY name";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.raw_query();
        let mut tables = Vec::new();
        while let Some(row) = rows.next()? {
            let (name, kind, _): (String, String, Option<String>) = row.try_into()?;
            if matches!(kind.as_str(), "table" | "view") && !name.starts_with("sqlite_") {
                tables.push(name);
            }
        }
        Ok(tables)
    };
    read().map_err(refused)
}

/// What SQLite makes of a value that is stored in a column
/// (<https://www.sqlite.org/datatype3.html>, 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Affinity {
    /// Numbers become text.
    Text,
    /// Text that looks like a number becomes one.
    Numeric,
    /// The same, and whole numbers become floating point numbers.
    Real,
    /// Nothing changes.
    None,
}

impl Affinity {
    /// Of a column of a declared type.
    pub fn of(declared: &str) -> Self {
        let declared = declared.to_ascii_uppercase();
        let has = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
        match () {
            () if has(&["INT"]) => Affinity::Numeric,
            () if has(&["CHAR", "CLOB", "TEXT"]) => Affinity::Text,
            () if has(&["BLOB"]) || declared.is_empty() => Affinity::None,
            () if has(&["REAL", "FLOA", "DOUB"]) => Affinity::Real,
            () => Affinity::Numeric,
        }
    }
}

/// The kind that a column is declared to hold.
pub(crate) fn kind(declared: &str) -> Kind {
    let name = declared.to_ascii_uppercase();
    let begins = |parts: &[&str]| parts.iter().any(|part| name.starts_with(part));
    match Affinity::of(declared) {
        Affinity::Text | Affinity::Numeric if begins(&["DEC", "NUM", "MONEY"]) => Kind::Decimal,
        Affinity::Text => Kind::Text,
        Affinity::Real => Kind::Float,
        Affinity::None => Kind::Any,
        Affinity::Numeric if name.contains("INT") => Kind::Int,
        Affinity::Numeric if begins(&["BOOL"]) => Kind::Bool,
        Affinity::Numeric if begins(&["DATETIME", "TIMESTAMP"]) => Kind::DateTime,
        Affinity::Numeric if begins(&["DATE"]) => Kind::Date,
        Affinity::Numeric => Kind::Any,
    }
}

/// The type to declare for a kind, such that every value comes back as it was:
/// SQLite turns a decimal into a floating point number unless its column is of text.
pub(crate) fn declared(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "TEXT",
        Kind::Any => "",
        Kind::Bool => "BOOLEAN",
        Kind::Int => "INTEGER",
        Kind::Float => "REAL",
        Kind::Decimal => "DECIMAL TEXT",
        Kind::Date => "DATE",
        Kind::DateTime => "DATETIME",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_what_is_found() {
        let kinds = [
            Kind::Text,
            Kind::Any,
            Kind::Bool,
            Kind::Int,
            Kind::Float,
            Kind::Decimal,
            Kind::Date,
            Kind::DateTime,
        ];
        for found in kinds {
            assert_eq!(kind(declared(found)), found);
        }
    }

    #[test]
    fn declared_types_are_read_as_sqlite_does() {
        for (declared, affinity, expected) in [
            ("varchar(80)", Affinity::Text, Kind::Text),
            ("BIGINT UNSIGNED", Affinity::Numeric, Kind::Int),
            ("double precision", Affinity::Real, Kind::Float),
            ("Decimal(10,2)", Affinity::Numeric, Kind::Decimal),
            ("TIMESTAMP", Affinity::Numeric, Kind::DateTime),
            ("STRING", Affinity::Numeric, Kind::Any),
            ("BLOB", Affinity::None, Kind::Any),
            // An affinity by accident, as SQLite's own page has it.
            ("FLOATING POINT", Affinity::Numeric, Kind::Int),
        ] {
            assert_eq!((Affinity::of(declared), kind(declared)), (affinity, expected), "{declared}");
        }
    }
}
