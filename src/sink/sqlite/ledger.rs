//! Checkpoints and refusals, in the database that is written.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{Fault, Result};
use crate::sink::table::{Checkpoint, Refusal, Statements};
use crate::sqlite::refused;

/// What the database knows of a run.
pub(super) struct Ledger<'c> {
    connection: &'c Connection,
    statements: Statements,
    run: String,
}

impl<'c> Ledger<'c> {
    /// Makes the tables, if they are not there.
    pub fn open(connection: &'c Connection, run: String) -> Result<Self> {
        let statements = Statements::new(None);
        for create in &statements.create {
            connection.execute_batch(create).map_err(refused)?;
        }
        Ok(Ledger { connection, statements, run })
    }

    /// What an earlier run of the name has left.
    pub fn found(&self) -> Result<Option<(Checkpoint, Vec<Refusal>)>> {
        let read = || {
            let checkpoint = self.connection.query_row(&self.statements.load, [&self.run], |row| {
                let (table, records, digest, complete) = row.try_into()?;
                Ok(Checkpoint { table, records, digest, complete })
            });
            let Some(checkpoint) = checkpoint.optional()? else { return Ok(None) };
            let mut statement = self.connection.prepare(&self.statements.refusals)?;
            let refusals = statement.query_map([&self.run], |row| {
                let (record, rule, column, message) = row.try_into()?;
                Ok(Refusal::stored(record, rule, column, message))
            })?;
            Ok(Some((checkpoint, refusals.collect::<rusqlite::Result<_>>()?)))
        };
        read().map_err(refused)
    }

    pub fn save(&self, checkpoint: &Checkpoint, refusals: &[Refusal]) -> Result<()> {
        let Checkpoint { table, records, digest, complete } = checkpoint;
        let save = || {
            let values = params![self.run, table, records, digest, complete];
            self.connection.prepare_cached(&self.statements.save)?.execute(values)?;
            let mut refuse = self.connection.prepare_cached(&self.statements.refuse)?;
            for Refusal { record, fault } in refusals {
                let (rule, column, message) = said(fault);
                refuse.execute(params![self.run, record, rule, column, message])?;
            }
            Ok(())
        };
        save().map_err(refused)
    }
}

/// A fault as its columns have it.
fn said(fault: &Fault) -> (&str, Option<&str>, String) {
    (fault.rule_name(), fault.column_name(), fault.to_string())
}
