//! Batches of rows into the table, and which rows it does not take.

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use ::postgres::error::DbError;
use ::postgres::{Client, Error as ServerError, Statement};

use super::batch::Batch;
use super::keyed::{self, Keyed};
use super::target::{Fill, Target};
use crate::error::{Fault, Result};
use crate::postgres::{failure, words};
use crate::sink::Answer;
use crate::sink::table::{Mode, Table};

/// Rows are handed on in pieces of this size, so that the server works on the first
/// while the next is on its way.
const PIECE: usize = 64 << 10;

/// Loads records in batches, within the transactions of a session.
pub(super) struct Loader {
    fill: Statement,
    keyed: Option<Keyed>,
    /// The columns, as the statement that fills names them and as the records do.
    columns: Vec<(String, Arc<str>)>,
}

/// Why rows were not loaded.
pub(super) enum Trouble {
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

impl Loader {
    pub fn prepare(client: &mut Client, target: Target, table: &Table) -> Result<Self, ServerError> {
        let columns = target.fills.iter().enumerate().map(|(at, Fill { name, .. })| match table.mode {
            Mode::Insert => (name.to_string(), Arc::clone(name)),
            _ => (keyed::column(at), Arc::clone(name)),
        });
        let columns = columns.collect();
        let (fill, keyed) = match table.mode {
            Mode::Insert => {
                let names = target.names(&(0..target.fills.len()).collect::<Vec<_>>());
                (client.prepare(&format!("COPY {} ({names}) FROM STDIN", target.table))?, None)
            }
            _ => {
                let (fill, keyed) = Keyed::prepare(client, &target, table)?;
                (fill, Some(keyed))
            }
        };
        Ok(Loader { fill, keyed, columns })
    }

    /// Loads the rows of a batch, and answers for each in their order.
    pub fn load(&self, client: &mut Client, batch: &Batch) -> Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(batch.len());
        if batch.len() > 0 {
            self.load_rows(client, batch, 0..batch.len(), &mut answers)?;
        }
        Ok(answers)
    }

    /// Loads some rows of the batch, and answers for each in their order. Rows that are refused together
    /// are tried in halves, until those that are to blame are alone.
    fn load_rows(
        &self,
        client: &mut Client,
        batch: &Batch,
        rows: Range<usize>,
        answers: &mut Vec<Answer>,
    ) -> Result<()> {
        let unable = |error| failure("cannot write", error);
        client.batch_execute("SAVEPOINT handover").map_err(unable)?;
        let trouble = match self.attempt(client, batch, rows.clone()) {
            Ok(written) => {
                answers.extend(written);
                return client.batch_execute("RELEASE SAVEPOINT handover").map_err(unable);
            }
            Err(trouble) => trouble,
        };
        let fault = match trouble {
            Trouble::Server(error) => match error.as_db_error().filter(|refusal| is_about_data(refusal)) {
                Some(refusal) => self.fault(refusal),
                None => return Err(unable(error)),
            },
            Trouble::LeftOut => {
                Fault::new("a trigger or a rule of the table left the row out").rule("database")
            }
        };
        let undo = "ROLLBACK TO SAVEPOINT handover; RELEASE SAVEPOINT handover";
        client.batch_execute(undo).map_err(unable)?;
        if rows.len() == 1 {
            answers.push(Answer::Refused(fault));
            return Ok(());
        }
        let middle = rows.start + rows.len() / 2;
        self.load_rows(client, batch, rows.start..middle, answers)?;
        self.load_rows(client, batch, middle..rows.end, answers)
    }

    fn attempt(
        &self,
        client: &mut Client,
        batch: &Batch,
        rows: Range<usize>,
    ) -> Result<Vec<Answer>, Trouble> {
        if self.keyed.is_some() {
            client.batch_execute(keyed::CLEAR)?;
        }
        let mut writer = client.copy_in(&self.fill)?;
        for piece in batch.text(rows.clone()).chunks(PIECE) {
            // What went wrong is what the end of it says.
            if writer.write_all(piece).and_then(|()| writer.flush()).is_err() {
                break;
            }
        }
        Trouble::unless(writer.finish()? == rows.len() as u64)?;
        match &self.keyed {
            Some(keyed) => keyed.write(client, batch.passes(rows.clone()), rows.start),
            None => Ok(vec![Answer::Created; rows.len()]),
        }
    }

    /// What the database says of a row, at the column that it names.
    fn fault(&self, refusal: &DbError) -> Fault {
        let fault = Fault::new(words(refusal)).rule("database");
        let column = match refusal.column() {
            Some(column) => self.columns.iter().find(|(_, name)| **name == *column),
            None => refusal.where_().and_then(|context| {
                let (_, context) = context.split_once(", column ")?;
                self.columns.iter().find(|(known, _)| {
                    context.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with(": "))
                })
            }),
        };
        column.into_iter().fold(fault, |fault, (_, name)| fault.column(Arc::clone(name)))
    }
}

/// Whether a refusal is the fault of a row: data that cannot be read or does not fit (class 22), broken
/// constraints (23) and conditions of views (44), rows that are too large (54), and what triggers raise (P0).
fn is_about_data(refusal: &DbError) -> bool {
    ["22", "23", "44", "54", "P0"].iter().any(|class| refusal.code().code().starts_with(class))
}
