//! Batches of rows into the table.

use std::ops::Range;
use std::sync::Arc;

use ::postgres::{Client, Error as ServerError, Statement};

use super::batch::Batch;
use super::halves::{self, Attempt, Trouble};
use super::keyed::{self, Keyed};
use super::target::{Fill, Target};
use crate::error::{Fault, Result};
use crate::sink::Answer;
use crate::sink::table::{Mode, Table};

/// Loads records in batches, within the transactions of a session.
pub(super) struct Loader {
    fill: Statement,
    keyed: Option<Keyed>,
    /// The columns, as the statement that fills names them and as the records do.
    columns: Vec<(String, Arc<str>)>,
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
            halves::write(client, &Loading { loader: self, batch }, 0..batch.len(), &mut answers)?;
        }
        Ok(answers)
    }
}

/// A batch that is being loaded.
struct Loading<'l> {
    loader: &'l Loader,
    batch: &'l Batch,
}

impl Attempt for Loading<'_> {
    type Answer = Answer;

    fn attempt(&self, client: &mut Client, rows: Range<usize>) -> Result<Vec<Answer>, Trouble> {
        let Loading { loader, batch } = self;
        if loader.keyed.is_some() {
            client.batch_execute(keyed::CLEAR)?;
        }
        let taken = batch.lines().send(client, &loader.fill, rows.clone())?;
        Trouble::unless(taken == rows.len() as u64)?;
        match &loader.keyed {
            Some(keyed) => keyed.write(client, batch.passes(rows.clone()), rows.start),
            None => Ok(vec![Answer::Created; rows.len()]),
        }
    }

    fn columns(&self) -> &[(String, Arc<str>)] {
        &self.loader.columns
    }

    fn refused(fault: Fault) -> Answer {
        Answer::Refused(fault)
    }
}
