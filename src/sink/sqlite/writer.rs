//! One record after the other into the table.

use std::sync::Arc;

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, ErrorCode, Row, Statement};

use super::exact::exact;
use super::plan::Plan;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::record::Record;
use crate::sink::Answer;
use crate::sink::table::Mode;
use crate::sqlite::refused;

/// Writes records by statements that are prepared once.
pub(super) struct Writer<'c> {
    plan: &'c Plan,
    insert: Prepared<'c>,
    /// For modes with a key.
    by_key: Option<ByKey<'c>>,
}

struct ByKey<'c> {
    find: Prepared<'c>,
    /// Where there are columns beside the key, and rows may be changed.
    update: Option<Prepared<'c>>,
}

/// Why a record is not written: it costs the record, or the run.
enum Failure {
    Record(Fault),
    Run(Error),
}

impl<'c> Writer<'c> {
    pub fn new(connection: &'c Connection, plan: &'c Plan) -> Result<Self> {
        let all = || (0..plan.columns().len()).collect();
        let prepare = |sql: String, needs| Prepared::new(connection, plan, &sql, needs);
        let by_key = match plan.mode() {
            Mode::Insert => None,
            Mode::Skip(_) => Some(ByKey { find: prepare(plan.find(), plan.key().collect())?, update: None }),
            Mode::Update(_) | Mode::Upsert(_) => {
                let update = plan.rest().next().map(|_| prepare(plan.update(), all())).transpose()?;
                Some(ByKey { find: prepare(plan.find(), all())?, update })
            }
        };
        Ok(Writer { plan, insert: prepare(plan.insert(), all())?, by_key })
    }

    /// Writes a record. An error ends the run.
    pub fn put(&mut self, record: &Record) -> Result<Answer> {
        match self.try_put(record) {
            Ok(answer) => Ok(answer),
            Err(Failure::Record(fault)) => Ok(Answer::Refused(fault)),
            Err(Failure::Run(error)) => Err(error),
        }
    }

    fn try_put(&mut self, record: &Record) -> Result<Answer, Failure> {
        let Some(ByKey { find, update }) = &mut self.by_key else {
            return self.insert.execute(record).map(|()| Answer::Created);
        };
        match (find.find(record)?, self.plan.mode(), update) {
            (None, Mode::Update(_), _) => Err(Fault::new("no row has this key").rule("key").into()),
            (None, ..) => self.insert.execute(record).map(|()| Answer::Created),
            (Some(false), _, Some(update)) => update.execute(record).map(|()| Answer::Updated),
            _ => Ok(Answer::Unchanged),
        }
    }
}

/// A statement for one record after the other.
struct Prepared<'c> {
    connection: &'c Connection,
    plan: &'c Plan,
    statement: Statement<'c>,
    /// The columns of the records that it needs.
    needs: Vec<usize>,
    shown: String,
}

impl<'c> Prepared<'c> {
    fn new(connection: &'c Connection, plan: &'c Plan, sql: &str, needs: Vec<usize>) -> Result<Self> {
        let statement = connection.prepare(sql).map_err(refused)?;
        Ok(Prepared { connection, plan, statement, needs, shown: String::new() })
    }

    /// Whether there is a row of the record's key, and if so, whether it is just the same.
    fn find(&mut self, record: &Record) -> Result<Option<bool>, Failure> {
        if let Some(place) = self.plan.key().find(|place| record.value(*place).is_null()) {
            let name = Arc::clone(record.schema().name(place));
            return Err(Fault::new("the key is empty").rule("key").column(name).into());
        }
        self.bind(record)?;
        let mut rows = self.statement.raw_query();
        let same = |row: &Row<'_>| row.get(0);
        rows.next().and_then(|row| row.map(same).transpose()).map_err(|error| Failure::Run(refused(error)))
    }

    /// Writes one row. What a trigger did before it refused is undone.
    fn execute(&mut self, record: &Record) -> Result<(), Failure> {
        self.bind(record)?;
        self.savepoint("SAVEPOINT record")?;
        let changed = match self.statement.raw_execute() {
            Ok(changed) => changed,
            Err(error) => {
                let fault = self.judge(error)?;
                self.savepoint("ROLLBACK TO record")?;
                self.savepoint("RELEASE record")?;
                return Err(fault.into());
            }
        };
        self.savepoint("RELEASE record")?;
        match changed {
            0 => Err(Fault::new("a trigger of the table leaves it out").rule("trigger").into()),
            _ => Ok(()),
        }
    }

    /// Without triggers a statement does all or nothing of itself.
    fn savepoint(&self, sql: &str) -> Result<(), Failure> {
        if !self.plan.has_triggers() {
            return Ok(());
        }
        let executed = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        executed.map(drop).map_err(|error| Failure::Run(refused(error)))
    }

    fn bind(&mut self, record: &Record) -> Result<(), Failure> {
        for &place in &self.needs {
            let stored = exact(record.value(place), &self.plan.columns()[place], &mut self.shown)
                .map_err(|fault| fault.column(Arc::clone(record.schema().name(place))))?;
            let bound = self.statement.raw_bind_parameter(place + 1, ToSqlOutput::Borrowed(stored));
            if let Err(error) = bound {
                return Err(self.judge(error)?.into());
            }
        }
        Ok(())
    }

    /// What is wrong with the record, if it is the record.
    fn judge(&self, error: rusqlite::Error) -> Result<Fault, Failure> {
        use ErrorCode::{ConstraintViolation, TooBig, TypeMismatch};
        let code = error.sqlite_error_code();
        let error = refused(error);
        match code {
            Some(ConstraintViolation | TooBig | TypeMismatch) if !self.connection.is_autocommit() => {
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
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Record(fault)
    }
}
