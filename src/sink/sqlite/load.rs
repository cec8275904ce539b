//! A run from its first transaction to its last.

use rusqlite::Connection;
use tempfile::TempPath;

use super::Opened;
use super::execute::not_committed;
use super::ledger::Ledger;
use super::plan::Plan;
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::record::Record;
use crate::sink::table::{Progress, Table};
use crate::sink::{Answer, Output, Rows};
use crate::sqlite::refused;

/// Writes every record. What is not committed when this returns is undone.
pub(super) fn load(mut opened: Opened, table: &Table, name: &str, rows: &mut Rows<'_>) -> Result<Output> {
    let own = |error: Error| error.at(name);
    begin(&opened.connection).map_err(own)?;
    let plan = Plan::make(&opened.connection, table, &rows.schema()).map_err(own)?;
    let mut commits = Commits::new(&mut opened);
    let mut output = Output { name: name.to_owned(), ..Output::default() };
    if let Some(durable) = &table.durable {
        let ledger = Ledger::open(commits.connection, durable.run.clone()).map_err(own)?;
        let found = ledger.found().map_err(own)?;
        let progress = Progress::resume(durable, plan.table(), found, name, rows)?;
        output.rows = progress.written();
        if progress.is_complete() {
            return Ok(output);
        }
        commits.durable = Some((ledger, progress));
    }
    let mut writer = Writer::new(commits.connection, &plan).map_err(own)?;
    while let Some(record) = rows.next()? {
        let answer = writer.put(record).map_err(own)?;
        output.rows += u64::from(!matches!(answer, Answer::Refused(_)));
        let due = commits.took(record, &answer);
        rows.settle(answer)?;
        if due {
            commits.commit(false).map_err(own)?;
            rows.mark_durable();
            begin(commits.connection).map_err(own)?;
        }
    }
    commits.commit(true).map_err(own)?;
    rows.mark_durable();
    Ok(output)
}

/// The commits of a run: one, or many with a checkpoint in each.
struct Commits<'c> {
    connection: &'c Connection,
    fresh: &'c mut Option<TempPath>,
    durable: Option<(Ledger<'c>, Progress)>,
}

impl<'c> Commits<'c> {
    fn new(opened: &'c mut Opened) -> Self {
        let Opened { connection, fresh } = opened;
        Commits { connection, fresh, durable: None }
    }

    /// Takes a record in, and says whether it is time for a commit.
    fn took(&mut self, record: &Record, answer: &Answer) -> bool {
        let Some((_, progress)) = &mut self.durable else { return false };
        let number = progress.pulled(record);
        if let Answer::Refused(fault) = answer {
            progress.refused(number, fault.clone());
        }
        progress.is_due()
    }

    fn commit(&mut self, complete: bool) -> Result<()> {
        if let Some((ledger, progress)) = &mut self.durable {
            let (checkpoint, refusals) = progress.checkpoint(complete);
            ledger.save(&checkpoint, &refusals)?;
        }
        self.connection.execute_batch("COMMIT").map_err(|error| not_committed(self.connection, error))?;
        if let Some(fresh) = self.fresh {
            fresh.disable_cleanup(true);
        }
        Ok(())
    }
}

/// Begins a transaction that no other program can get into the way of.
fn begin(connection: &Connection) -> Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(refused)
}
