//! A target that misbehaves.

use std::borrow::Cow;
use std::path::Path;

use crate::error::{Error, ErrorKind, Fault, Result};
use crate::migration::target::{Change, EachRow, Op, Outcome, TableShape, Target, TargetId};
use crate::record::Value;

/// What a target does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// It answers in another order. That is allowed.
    OtherOrder,
    /// It writes the first half of a batch, and then the connection is lost.
    HalfThenLost,
    /// It writes a batch, and the connection is lost before it says so.
    LostAfterwards,
    /// It refuses every change of a batch.
    RefusesAll,
    /// It writes all, and answers for half of it.
    HalfAnswered,
    /// It answers for changes that nobody sent.
    AnswersForOthers,
    /// It says two things of one change.
    Contradicts,
    /// It says that it does not know.
    DoesNotKnow,
}

/// A target that misbehaves at one of its writes, and is well behaved otherwise.
#[derive(Debug)]
pub struct Unreliable<T> {
    inner: T,
    misbehaviour: Misbehaviour,
    at: u64,
    writes: u64,
}

impl<T> Unreliable<T> {
    /// Misbehaves at this write, from 1; at every one where it is 0.
    pub fn new(inner: T, misbehaviour: Misbehaviour, at: u64) -> Self {
        Unreliable { inner, misbehaviour, at, writes: 0 }
    }
}

impl<T: Target> Target for Unreliable<T> {
    fn name(&self) -> Cow<'_, str> {
        self.inner.name()
    }

    fn describe(&mut self, table: &str) -> Result<TableShape> {
        self.inner.describe(table)
    }

    fn scan(&mut self, table: &str, columns: &[&str], each: &mut EachRow<'_>) -> Result<()> {
        self.inner.scan(table, columns, each)
    }

    fn find(
        &mut self,
        table: &str,
        columns: &[&str],
        column: &str,
        values: &[Value<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<()> {
        self.inner.find(table, columns, column, values, each)
    }

    fn reserve(&mut self, table: &str, count: usize) -> Result<Option<Vec<TargetId>>> {
        self.inner.reserve(table, count)
    }

    fn write(&mut self, table: &str, changes: &[Change]) -> Result<Vec<(u64, Outcome)>> {
        self.writes += 1;
        if self.at != 0 && self.writes != self.at {
            return self.inner.write(table, changes);
        }
        let lost = || Error::new(ErrorKind::Connection, "the connection was lost");
        let half = changes.len() / 2;
        match self.misbehaviour {
            Misbehaviour::RefusesAll => {
                let refuse = |change: &Change| (change.token, Outcome::Refused(Fault::new("not today")));
                return Ok(changes.iter().map(refuse).collect());
            }
            Misbehaviour::HalfThenLost => {
                self.inner.write(table, &changes[..half])?;
                return Err(lost());
            }
            _ => {}
        }
        let mut answers = self.inner.write(table, changes)?;
        match self.misbehaviour {
            Misbehaviour::LostAfterwards => return Err(lost()),
            Misbehaviour::OtherOrder => answers.reverse(),
            Misbehaviour::HalfAnswered => answers.truncate(half),
            Misbehaviour::AnswersForOthers => answers.push((u64::MAX, Outcome::Unknown)),
            Misbehaviour::Contradicts => answers.extend(changes.first().map(contradiction)),
            Misbehaviour::DoesNotKnow => {
                answers.iter_mut().for_each(|(_, outcome)| *outcome = Outcome::Unknown)
            }
            _ => {}
        }
        Ok(answers)
    }

    fn rehearsal(&mut self, tables: &[&str], folder: &Path) -> Result<Box<dyn Target>> {
        self.inner.rehearsal(tables, folder)
    }
}

fn contradiction(change: &Change) -> (u64, Outcome) {
    match &change.op {
        Op::Create(_) => (change.token, Outcome::Refused(Fault::new("no"))),
        Op::Update(_) | Op::Delete(_) => (change.token, Outcome::Gone),
    }
}
