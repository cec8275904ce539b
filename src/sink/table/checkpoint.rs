//! Commits that a later run goes on from: how far a run came stands in two
//! tables beside the one that is written, and changes in the same transaction.

use std::vec::IntoIter;

use super::{Durable, Trail};
use crate::error::{Error, Fault, Result};
use crate::names::quoted;
use crate::record::Record;
use crate::sink::{Answer, Rows};

/// How far a run came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// The table that it writes.
    pub table: String,
    /// How many records it has pulled,
    pub records: u64,
    /// and the [`Trail`] of them.
    pub digest: String,
    /// Whether that were all.
    pub complete: bool,
}

/// A record that the target refused: its number in the run, from 1, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub record: u64,
    pub fault: Fault,
}

/// The statements, with their parameters in the order of the fields of
/// [`Checkpoint`] and [`Refusal`], behind the name of the run.
pub(crate) struct Statements {
    /// Two, that make what is not there yet.
    pub create: [String; 2],
    /// The checkpoint of the run `$1`.
    pub load: String,
    pub save: String,
    /// The refusals of the run `$1`, in order: record, rule, column, message.
    pub refusals: String,
    pub refuse: String,
}

/// What a durable run has behind it.
pub(crate) struct Progress {
    every: u64,
    table: String,
    trail: Trail,
    refused: Vec<Refusal>,
    written: u64,
    complete: bool,
}

impl Checkpoint {
    /// The table of checkpoints.
    pub const TABLE: &str = "handover_checkpoints";
}

impl Refusal {
    /// The table of refusals.
    pub const TABLE: &str = "handover_refusals";

    /// One that is read from the table.
    pub fn stored(record: u64, rule: String, column: Option<String>, message: String) -> Self {
        let fault = Fault::new(message).rule(rule);
        Refusal { record, fault: column.into_iter().fold(fault, Fault::column) }
    }
}

impl Statements {
    /// For tables in a schema, or where the database puts them unless told.
    pub fn new(schema: Option<&str>) -> Self {
        let prefix = schema.map(|schema| quoted(schema) + ".").unwrap_or_default();
        let checkpoints = format!("{prefix}{}", Checkpoint::TABLE);
        let refusals = format!("{prefix}{}", Refusal::TABLE);
        Statements {
            create: [
                format!(
                    "CREATE TABLE IF NOT EXISTS {checkpoints} (run TEXT PRIMARY KEY, target TEXT NOT NULL, \
                     records BIGINT NOT NULL, digest TEXT NOT NULL, complete BOOLEAN NOT NULL)"
                ),
                format!(
                    "CREATE TABLE IF NOT EXISTS {refusals} (run TEXT NOT NULL, record BIGINT NOT NULL, \
                     rule TEXT NOT NULL, field TEXT, message TEXT NOT NULL, PRIMARY KEY (run, record))"
                ),
            ],
            load: format!("SELECT target, records, digest, complete FROM {checkpoints} WHERE run = $1"),
            save: format!(
                "INSERT INTO {checkpoints} VALUES ($1, $2, $3, $4, $5) ON CONFLICT (run) DO UPDATE \
                 SET records = excluded.records, digest = excluded.digest, complete = excluded.complete"
            ),
            refusals: format!(
                "SELECT record, rule, field, message FROM {refusals} WHERE run = $1 ORDER BY record"
            ),
            refuse: format!("INSERT INTO {refusals} VALUES ($1, $2, $3, $4, $5)"),
        }
    }
}

impl Progress {
    /// Goes over the records that an earlier run of the name has committed: they
    /// are answered for as they were then, but that those written are
    /// unchanged now. Fails if they are not the same records, or go into
    /// another table; `place` is the sink's name, for that.
    pub fn resume(
        durable: &Durable,
        table: &str,
        found: Option<(Checkpoint, Vec<Refusal>)>,
        place: &str,
        rows: &mut Rows<'_>,
    ) -> Result<Self> {
        let (every, table, trail) = (durable.records, table.to_owned(), Trail::default());
        let mut progress = Progress { every, table, trail, refused: Vec::new(), written: 0, complete: false };
        let Some((checkpoint, refusals)) = found else { return Ok(progress) };
        progress.check_table(&checkpoint, &durable.run).map_err(|error| error.at(place))?;
        progress.go_over(checkpoint.records, refusals.into_iter(), rows)?;
        let more = checkpoint.complete && rows.next()?.is_some();
        if more
            || progress.trail.records() < checkpoint.records
            || progress.trail.digest() != checkpoint.digest
        {
            return Err(progress.changed(&checkpoint, &durable.run, more).at(place));
        }
        progress.complete = checkpoint.complete;
        rows.mark_durable();
        Ok(progress)
    }

    /// Whether an earlier run has seen it all: there is nothing to be done.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// How many records of the earlier run are in the table.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Takes a record in, and says its number.
    pub fn pulled(&mut self, record: &Record) -> u64 {
        self.trail.add(record);
        self.trail.records()
    }

    /// The target refused a record.
    pub fn refused(&mut self, record: u64, fault: Fault) {
        self.refused.push(Refusal { record, fault });
    }

    /// Whether it is time for a commit.
    pub fn is_due(&self) -> bool {
        self.trail.records().is_multiple_of(self.every)
    }

    /// What is to be committed together with the records so far, and what was
    /// refused since it was last asked.
    pub fn checkpoint(&mut self, complete: bool) -> (Checkpoint, Vec<Refusal>) {
        let (table, records, digest) = (self.table.clone(), self.trail.records(), self.trail.digest());
        (Checkpoint { table, records, digest, complete }, std::mem::take(&mut self.refused))
    }

    fn go_over(&mut self, records: u64, refusals: IntoIter<Refusal>, rows: &mut Rows<'_>) -> Result<()> {
        let mut refusals = refusals.peekable();
        while self.trail.records() < records {
            let Some(record) = rows.next()? else { break };
            let number = self.pulled(record);
            let refusal = refusals.next_if(|refusal| refusal.record == number);
            self.written += u64::from(refusal.is_none());
            rows.settle(refusal.map_or(Answer::Unchanged, |refusal| Answer::Refused(refusal.fault)))?;
        }
        Ok(())
    }

    fn check_table(&self, checkpoint: &Checkpoint, run: &str) -> Result<()> {
        if checkpoint.table == self.table {
            return Ok(());
        }
        let message =
            format!("the run `{run}` writes into `{}`, give this one another name", checkpoint.table);
        Err(Error::bind(message))
    }

    fn changed(&self, checkpoint: &Checkpoint, run: &str, more: bool) -> Error {
        let (now, then) = (self.trail.records(), checkpoint.records);
        let how = match more {
            true => format!("it ended after {then} records, and now there are more"),
            false if now < then => format!("{then} records were there, and now there are {now}"),
            false => format!("the first {then} records are not the same"),
        };
        Error::bind(format!("the input has changed since the run `{run}`: {how}"))
    }
}

#[cfg(all(test, feature = "csv"))]
mod tests {
    use super::*;
    use crate::pipeline::{Pipeline, Rejects};
    use crate::schema::Schema;
    use crate::sink::SinkWriter;
    use crate::source::Memory;

    /// A sink that goes over what was committed, refuses the rest, and keeps its last checkpoint.
    struct Resumed {
        found: Option<(Checkpoint, Vec<Refusal>)>,
        left: Option<(Checkpoint, Vec<Refusal>)>,
    }

    impl SinkWriter for Resumed {
        fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
            let durable = Durable { run: "move".to_owned(), records: 2 };
            let mut progress = Progress::resume(&durable, "customers", self.found.take(), "target", rows)?;
            while !progress.is_complete() {
                let Some(record) = rows.next()? else { break };
                let (number, fault) = (progress.pulled(record), Fault::new("no room").column("name"));
                progress.refused(number, fault.clone());
                rows.refuse(fault)?;
            }
            self.left = Some(progress.checkpoint(true));
            Ok(())
        }
    }

    /// What a run over these names leaves, and how many of them it called unchanged.
    fn run(
        names: &[&str],
        found: Option<(Checkpoint, Vec<Refusal>)>,
    ) -> Result<((Checkpoint, Vec<Refusal>), u64), String> {
        let schema = Schema::text(["name"]).unwrap();
        let records = names.iter().map(|name| Record::of(schema.clone(), [*name]).unwrap());
        let source = Memory::new("names", schema.clone(), records);
        let mut sink = Resumed { found, left: None };
        let folder = tempfile::tempdir().unwrap();
        let pipeline = Pipeline::from(source).rejects(Rejects::csv(folder.path().join("rejects.csv")));
        let report = pipeline.to(&mut sink).run().map_err(|failed| failed.to_string())?;
        assert_eq!(report.counts.unchanged + report.counts.rejected, names.len() as u64);
        Ok((sink.left.unwrap(), report.counts.unchanged))
    }

    #[test]
    fn a_run_goes_on_from_its_checkpoint() {
        let ((mut half, _), _) = run(&["a", "b"], None).unwrap();
        half.complete = false;
        let refusal = Refusal::stored(2, "sink".to_owned(), Some("name".to_owned()), "no room".to_owned());
        let (resumed, unchanged) = run(&["a", "b", "c"], Some((half, vec![refusal]))).unwrap();
        let (whole, _) = run(&["a", "b", "c"], None).unwrap();
        assert_eq!((&resumed.0, unchanged), (&whole.0, 1));
        assert_eq!(resumed.1.iter().map(|refusal| refusal.record).collect::<Vec<_>>(), [3]);
        let (again, unchanged) = run(&["a", "b", "c"], Some((whole.0.clone(), whole.1))).unwrap();
        assert_eq!((again, unchanged), ((whole.0, vec![]), 0));
    }

    #[test]
    fn another_input_is_not_gone_on_with() {
        let ((whole, _), _) = run(&["a", "b"], None).unwrap();
        let fails = |names: &[&str], checkpoint: &Checkpoint, expected: &str| {
            let error = run(names, Some((checkpoint.clone(), vec![]))).unwrap_err();
            assert_eq!(error, format!("target: {expected}"));
        };
        let changed = "the input has changed since the run `move`";
        fails(&["a", "x"], &whole, &format!("{changed}: the first 2 records are not the same"));
        fails(&["a"], &whole, &format!("{changed}: 2 records were there, and now there are 1"));
        let more = format!("{changed}: it ended after 2 records, and now there are more");
        fails(&["a", "b", "c"], &whole, &more);
        let other = Checkpoint { table: "accounts".to_owned(), ..whole };
        fails(&["a", "b"], &other, "the run `move` writes into `accounts`, give this one another name");
    }
}
