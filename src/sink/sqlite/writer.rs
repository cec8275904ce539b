//! One record after the other into the table.

use std::sync::Arc;

use rusqlite::{Connection, Row, Statement};

use super::execute::{Failure, bind, execute, left_out};
use super::plan::Plan;
use crate::error::{Fault, Result};
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

    /// Writes one row.
    fn execute(&mut self, record: &Record) -> Result<(), Failure> {
        self.bind(record)?;
        match execute(self.connection, &mut self.statement, self.plan.has_triggers())? {
            0 => Err(left_out().into()),
            _ => Ok(()),
        }
    }

    fn bind(&mut self, record: &Record) -> Result<(), Failure> {
        for &place in &self.needs {
            let value = (record.value(place), &self.plan.columns()[place], record.schema().name(place));
            bind(self.connection, &mut self.statement, place + 1, value, &mut self.shown)?;
        }
        Ok(())
    }
}
