//! A statement that writes one row, and what it means if SQLite does not take it.

use std::sync::Arc;

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, ErrorCode, Statement};

use super::catalogue::Declared;
use super::exact::exact;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::record::Value;
use crate::sqlite::refused;

/// Why a row is not written: it costs the row, or the run.
pub(crate) enum Failure {
    Record(Fault),
    Run(Error),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Record(fault)
    }
}

/// Binds a value to a parameter, just as its column will have it. `name` is what a fault
/// calls the column.
pub(crate) fn bind(
    connection: &Connection,
    statement: &mut Statement<'_>,
    parameter: usize,
    (value, column, name): (Value<'_>, &Declared, &Arc<str>),
    shown: &mut String,
) -> Result<(), Failure> {
    let stored = exact(value, column, shown).map_err(|fault| fault.column(Arc::clone(name)))?;
    match statement.raw_bind_parameter(parameter, ToSqlOutput::Borrowed(stored)) {
        Ok(()) => Ok(()),
        Err(error) => Err(judge(connection, error)?.into()),
    }
}

/// Executes a statement whose parameters are bound, and says how many rows it changed. Without
/// triggers it does all or nothing of itself; what a trigger did before it refused is undone.
pub(crate) fn execute(
    connection: &Connection,
    statement: &mut Statement<'_>,
    triggers: bool,
) -> Result<usize, Failure> {
    if !triggers {
        return statement.raw_execute().or_else(|error| Err(judge(connection, error)?.into()));
    }
    savepoint(connection, "SAVEPOINT record")?;
    let changed = statement.raw_execute().or_else(|error| {
        let fault = judge(connection, error)?;
        savepoint(connection, "ROLLBACK TO record")?;
        Err(Failure::Record(fault))
    });
    if !matches!(changed, Err(Failure::Run(_))) {
        savepoint(connection, "RELEASE record")?;
    }
    changed
}

/// The fault of a row that a trigger had not written.
pub(crate) fn left_out() -> Fault {
    Fault::new("a trigger of the table leaves it out").rule("trigger")
}

fn savepoint(connection: &Connection, sql: &str) -> Result<(), Failure> {
    let executed = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    executed.map(drop).map_err(|error| Failure::Run(refused(error)))
}

/// What is wrong with the row, if it is the row.
fn judge(connection: &Connection, error: rusqlite::Error) -> Result<Fault, Failure> {
    use ErrorCode::{ConstraintViolation, TooBig, TypeMismatch};
    let code = error.sqlite_error_code();
    let error = refused(error);
    match code {
        Some(ConstraintViolation | TooBig | TypeMismatch) if !connection.is_autocommit() => {
            Ok(Fault::new(error.message().to_owned()).rule("constraint"))
        }
        Some(ConstraintViolation) => {
            let words = error.message();
            let message = format!("{words}: this undid all records so far, so that the run cannot go on");
            Err(Failure::Run(Error::new(ErrorKind::Database, message)))
        }
        _ => Err(Failure::Run(error)),
    }
}

/// The error of a transaction that cannot be committed. A constraint that is looked at
/// only now is one between tables.
pub(crate) fn not_committed(connection: &Connection, error: rusqlite::Error) -> Error {
    let constraint = error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation);
    let error = refused(error);
    let sql = "SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1";
    let broken = || connection.query_row(sql, [], |row| row.try_into());
    match constraint.then(broken) {
        Some(Ok((table, parent))) => {
            let (table, parent): (String, String) = (table, parent);
            let words = error.message();
            let message = format!("{words}: `{table}` refers to rows of `{parent}` that are not there");
            Error::new(ErrorKind::Database, message)
        }
        _ => error,
    }
}
