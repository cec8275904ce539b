//! Rows that are refused together, tried in halves until those that are to blame are alone.

use std::ops::Range;
use std::sync::Arc;

use ::postgres::error::DbError;
use ::postgres::{Client, Error as ServerError};

use crate::error::{Fault, Result};
use crate::postgres::{failure, words};

/// Why rows were not written.
pub(crate) enum Trouble {
    Server(ServerError),
    /// Not every row was written, or not the last of a key: each is to be tried by itself.
    LeftOut,
}

impl From<ServerError> for Trouble {
    fn from(error: ServerError) -> Self {
        Trouble::Server(error)
    }
}

impl Trouble {
    /// Nothing, if every row was written.
    pub fn unless(all_written: bool) -> Result<(), Trouble> {
        if all_written { Ok(()) } else { Err(Trouble::LeftOut) }
    }
}

/// What is tried on some rows.
pub(crate) trait Attempt {
    /// What is said of a row.
    type Answer;

    /// Writes some rows, and answers for each in their order.
    fn attempt(&self, client: &mut Client, rows: Range<usize>) -> Result<Vec<Self::Answer>, Trouble>;

    /// The columns, as the statement that fills names them and as the records do.
    fn columns(&self) -> &[(String, Arc<str>)];

    /// The answer for a row that is refused.
    fn refused(fault: Fault) -> Self::Answer;
}

/// Writes some rows within the transaction of a session, and answers for each in their order.
pub(crate) fn write<A: Attempt>(
    client: &mut Client,
    of: &A,
    rows: Range<usize>,
    answers: &mut Vec<A::Answer>,
) -> Result<()> {
    let unable = |error| failure("cannot write", error);
    client.batch_execute("SAVEPOINT handover").map_err(unable)?;
    let trouble = match of.attempt(client, rows.clone()) {
        Ok(written) => {
            answers.extend(written);
            return client.batch_execute("RELEASE SAVEPOINT handover").map_err(unable);
        }
        Err(trouble) => trouble,
    };
    let fault = match trouble {
        Trouble::Server(error) => match error.as_db_error().filter(|refusal| is_about_data(refusal)) {
            Some(refusal) => fault(refusal, of.columns()),
            None => return Err(unable(error)),
        },
        Trouble::LeftOut => left_out(),
    };
    let undo = "ROLLBACK TO SAVEPOINT handover; RELEASE SAVEPOINT handover";
    client.batch_execute(undo).map_err(unable)?;
    if rows.len() == 1 {
        answers.push(A::refused(fault));
        return Ok(());
    }
    let middle = rows.start + rows.len() / 2;
    write(client, of, rows.start..middle, answers)?;
    write(client, of, middle..rows.end, answers)
}

/// The fault of a row that the table does not let in.
pub(crate) fn left_out() -> Fault {
    Fault::new("a trigger or a rule of the table left the row out").rule("database")
}

/// What the database says of a row, at the column that it names.
fn fault(refusal: &DbError, columns: &[(String, Arc<str>)]) -> Fault {
    let fault = Fault::new(words(refusal)).rule("database");
    let column = match refusal.column() {
        Some(column) => columns.iter().find(|(_, name)| **name == *column),
        None => refusal.where_().and_then(|context| {
            let (_, context) = context.split_once(", column ")?;
            columns.iter().find(|(known, _)| {
                context.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with(": "))
            })
        }),
    };
    column.into_iter().fold(fault, |fault, (_, name)| fault.column(Arc::clone(name)))
}

/// Whether a refusal is the fault of a row: data that cannot be read or does not fit (class 22), broken
/// constraints (23) and conditions of views (44), rows that are too large (54), and what triggers raise (P0).
fn is_about_data(refusal: &DbError) -> bool {
    ["22", "23", "44", "54", "P0"].iter().any(|class| refusal.code().code().starts_with(class))
}
