//! A run's transactions: begun, committed, and what is known when the connection is lost.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use ::postgres::Client;
use ::postgres::types::ToSql;

use super::Open;
use super::batch::Batch;
use super::keyed;
use super::load::Loader;
use super::target::Target;
use crate::error::{Error, ErrorKind, Result};
use crate::postgres::{NotCommitted, Relation, Server, begin, commit, failure, qualified};
use crate::record::Record;
use crate::schema::Schema;
use crate::sink::table::{Checkpoint, Durable, Mode, Progress, Refusal, Statements, Table};
use crate::sink::{Answer, Rows};

/// Why a batch is to be loaded.
#[derive(Clone, Copy)]
enum Stop {
    /// It has room for no more.
    Full,
    /// It is time for a commit.
    Due,
    /// There are no more records.
    End,
}

/// A run into a table.
pub(super) struct Run<'s> {
    server: &'s Server,
    table: &'s Table,
    /// The sink's name.
    place: &'s str,
    schema: Arc<Schema>,
    client: Client,
    /// None until the table is made.
    target: Option<Target>,
    /// None until the session is prepared for the table.
    loader: Option<Loader>,
    progress: Option<Progress>,
    /// How many records of the run are committed, where it is durable.
    durable: u64,
    /// Whether the connection was lost over a commit that may have been made.
    in_doubt: bool,
    /// How many records are in the table.
    written: u64,
}

impl<'s> Run<'s> {
    pub fn new(
        server: &'s Server,
        table: &'s Table,
        place: &'s str,
        schema: Arc<Schema>,
        open: Open,
    ) -> Self {
        let Open { client, target } = open;
        let (loader, progress, in_doubt) = (None, None, false);
        Run {
            server,
            table,
            place,
            schema,
            client,
            target,
            loader,
            progress,
            in_doubt,
            durable: 0,
            written: 0,
        }
    }

    /// How many records are in the table.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Writes every record.
    pub fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        rows.answers_each();
        let written = self.write_all(rows);
        if self.in_doubt {
            rows.mark_in_doubt();
        }
        written
    }

    fn write_all(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        self.own(Self::begin)?;
        self.resume(rows)?;
        if !self.progress.as_ref().is_some_and(Progress::is_complete) {
            self.write_records(rows)?;
        }
        self.own(|run| run.prepare(None))?;
        self.own(|run| run.commit(true))?;
        rows.mark_durable();
        Ok(())
    }

    /// Loads batch after batch, and fills the next while one is under way; not
    /// beyond a commit, whose checkpoint is that of the records before it.
    fn write_records(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let (mut batch, mut next) = (Batch::default(), Batch::default());
        let Some(record) = rows.next()? else { return Ok(()) };
        let number = self.progress.as_mut().map_or(0, |progress| progress.pulled(record));
        self.own(|run| run.prepare(Some(record)))?;
        let Some(target) = self.target.clone() else { return Ok(()) };
        batch.add(record, number, &target);
        let mut stop = match stop(&batch, self.progress.as_ref()) {
            Some(stop) => stop,
            None => fill(&mut batch, &target, &mut self.progress, rows)?,
        };
        loop {
            let filled = self.load(&mut batch, rows, |progress, rows| match stop {
                Stop::Full => fill(&mut next, &target, progress, rows),
                stop => Ok(stop),
            })?;
            stop = match stop {
                Stop::End => return Ok(()),
                Stop::Full => filled,
                Stop::Due => {
                    self.own(|run| run.commit(false))?;
                    rows.mark_durable();
                    self.own(Self::begin)?;
                    fill(&mut next, &target, &mut self.progress, rows)?
                }
            };
            std::mem::swap(&mut batch, &mut next);
        }
    }

    /// Does something whose errors are those of this sink, not of what comes before it.
    fn own<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let done = act(self);
        done.map_err(|error| match error.kind() {
            ErrorKind::Connection => self.what_is_left(error).at(self.place),
            _ => error.at(self.place),
        })
    }

    /// Has the table and the session ready for records. A table that is not there is made
    /// when the first record is, or when there is none.
    fn prepare(&mut self, first: Option<&Record>) -> Result<()> {
        if self.loader.is_some() {
            return Ok(());
        }
        let target = match &self.target {
            Some(target) => target.clone(),
            None => {
                let (sql, target) = Target::create(self.table, &self.schema, first)?;
                self.client.batch_execute(&sql).map_err(|error| failure("cannot create the table", error))?;
                self.target.insert(target).clone()
            }
        };
        let loader = Loader::prepare(&mut self.client, target, self.table);
        self.loader = Some(loader.map_err(|error| failure("cannot write", error))?);
        Ok(())
    }

    /// Loads a batch while something else is done, passes on what became of its
    /// records, and makes it empty.
    fn load(
        &mut self,
        batch: &mut Batch,
        rows: &mut Rows<'_>,
        meanwhile: impl FnOnce(&mut Option<Progress>, &mut Rows<'_>) -> Result<Stop>,
    ) -> Result<Stop> {
        self.own(|run| run.prepare(None))?;
        let Run { client, loader, progress, .. } = self;
        let Some(loader) = loader else { return Err(Error::other("nothing is prepared").at(self.place)) };
        let (answers, stop) = thread::scope(|scope| {
            let loading = scope.spawn(|| loader.load(client, batch));
            let stop = meanwhile(progress, rows);
            (loading.join().unwrap_or_else(|panic| resume_unwind(panic)), stop)
        });
        let answers = self.own(|_| answers)?;
        for (pulled, answer) in batch.answered(answers) {
            match (&answer, &mut self.progress) {
                (Answer::Refused(fault), Some(progress)) => progress.refused(pulled.number, fault.clone()),
                (Answer::Refused(_), None) => (),
                _ => self.written += 1,
            }
            rows.answer(pulled.id, answer)?;
        }
        batch.clear();
        stop
    }

    /// Begins a transaction. Nothing is lost with a connection in which none was open.
    fn begin(&mut self) -> Result<()> {
        let planner = if matches!(self.table.mode, Mode::Insert) { "" } else { keyed::PLANNER };
        let sql = format!("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE; {planner}");
        let renewed = begin(self.server, &mut self.client, &sql)?;
        self.forget(renewed);
        Ok(())
    }

    /// A connection that was opened again knows nothing yet.
    fn forget(&mut self, renewed: bool) {
        if renewed {
            self.loader = None;
        }
    }

    /// Goes over what an earlier run of the name has committed.
    fn resume(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let Some(durable) = &self.table.durable else { return Ok(()) };
        let found = self.own(|run| run.found(durable))?;
        self.durable = found.as_ref().map_or(0, |(checkpoint, _)| checkpoint.records);
        let table = qualified(self.table.schema.as_deref(), &self.table.name);
        let progress = Progress::resume(durable, &table, found, self.place, rows)?;
        self.written = progress.written();
        self.progress = Some(progress);
        Ok(())
    }

    /// How far an earlier run came, and what it refused.
    fn found(&mut self, durable: &Durable) -> Result<Option<(Checkpoint, Vec<Refusal>)>> {
        let schema = self.table.schema.as_deref();
        let statements = Statements::new(schema);
        let unable = |error| failure("cannot read how far the run is", error);
        // Who may write into the tables may not be allowed to create any.
        if Relation::find(&mut self.client, schema, Refusal::TABLE)?.is_none() {
            self.client.batch_execute(&statements.create.join("; ")).map_err(unable)?;
        }
        let Some(row) = self.client.query_opt(&statements.load, &[&durable.run]).map_err(unable)? else {
            return Ok(None);
        };
        let refusals = self.client.query(&statements.refusals, &[&durable.run]).map_err(unable)?;
        let refusals = refusals
            .iter()
            .map(|row| Refusal::stored(row.get::<_, i64>(0) as u64, row.get(1), row.get(2), row.get(3)));
        let (table, records, digest) = (row.get(0), row.get::<_, i64>(1) as u64, row.get(2));
        Ok(Some((Checkpoint { table, records, digest, complete: row.get(3) }, refusals.collect())))
    }

    /// Commits, and knows whether that was done even where the connection was lost over it.
    fn commit(&mut self, complete: bool) -> Result<()> {
        let records = self.save(complete)?;
        match commit(self.server, &mut self.client) {
            Ok(renewed) => self.forget(renewed),
            Err(NotCommitted { error, in_doubt }) => {
                self.in_doubt = in_doubt;
                return Err(error);
            }
        }
        self.durable = records;
        Ok(())
    }

    /// Has the checkpoint committed with the records, and says how many they are.
    fn save(&mut self, complete: bool) -> Result<u64> {
        let (Some(progress), Some(Durable { run, .. })) = (&mut self.progress, &self.table.durable) else {
            return Ok(0);
        };
        let statements = Statements::new(self.table.schema.as_deref());
        let (Checkpoint { table, records, digest, complete }, refusals) = progress.checkpoint(complete);
        let unable = |error| failure("cannot write how far the run is", error);
        let parameters: [&(dyn ToSql + Sync); 5] = [run, &table, &(records as i64), &digest, &complete];
        self.client.execute(&statements.save, &parameters).map_err(unable)?;
        for Refusal { record, fault } in refusals {
            let (rule, column, message) = (fault.rule_name(), fault.column_name(), fault.to_string());
            self.client
                .execute(&statements.refuse, &[run, &(record as i64), &rule, &column, &message])
                .map_err(unable)?;
        }
        Ok(records)
    }

    /// The error of a lost connection, with what it means.
    fn what_is_left(&self, error: Error) -> Error {
        let left = match &self.table.durable {
            _ if self.in_doubt => "the connection was lost over a commit that may have been made".to_owned(),
            None => "the connection was lost, and nothing is written".to_owned(),
            Some(Durable { run, .. }) => {
                let records = self.durable;
                format!(
                    "the connection was lost; {records} records are durable, from where the run `{run}` goes on"
                )
            }
        };
        Error::new(ErrorKind::Connection, left).caused_by(error)
    }
}

/// Adds records to a batch until it is to be loaded.
fn fill(
    batch: &mut Batch,
    target: &Target,
    progress: &mut Option<Progress>,
    rows: &mut Rows<'_>,
) -> Result<Stop> {
    while let Some(record) = rows.next()? {
        let number = progress.as_mut().map_or(0, |progress| progress.pulled(record));
        batch.add(record, number, target);
        if let Some(stop) = stop(batch, progress.as_ref()) {
            return Ok(stop);
        }
    }
    Ok(Stop::End)
}

fn stop(batch: &Batch, progress: Option<&Progress>) -> Option<Stop> {
    match progress {
        Some(progress) if progress.is_due() => Some(Stop::Due),
        _ => batch.is_full().then_some(Stop::Full),
    }
}
