//! Where a migration goes: rows that can be read, found, created, changed and deleted by their ids.
//!
//! A [`Target`] is less than a database and more than a
//! [`SinkWriter`](crate::SinkWriter), which never looks back: a migration reads
//! what is there before it writes, finds out after a crash what arrived, and
//! takes back what it did. Whatever can answer for rows by id can be one: a
//! database, a CRM's web service.

mod change;
mod columns;
mod fetch;
#[cfg(feature = "postgres")]
mod postgres;
mod replica;
mod shape;
mod sqlite;

use std::borrow::Cow;
use std::path::Path;

use crate::error::Result;
use crate::record::{Record, Value};

pub use change::{Change, Op, Outcome, TargetId};
pub(crate) use fetch::{fetch, id_of};
#[cfg(feature = "postgres")]
pub use postgres::PostgresTarget;
pub use replica::replica;
pub use shape::{TableShape, TargetColumn};
pub use sqlite::SqliteTarget;

/// Takes what [`Target::scan`] and [`Target::find`] find, row by row.
pub type EachRow<'a> = dyn FnMut(&Record) -> Result<()> + 'a;

/// A system that customers are moved into.
pub trait Target: Send {
    /// Its name in messages, without a password.
    fn name(&self) -> Cow<'_, str>;

    /// What a table has and takes. Fails where there is no such table, and
    /// names those there are.
    fn describe(&mut self, table: &str) -> Result<TableShape>;

    /// Gives every row of a table, in ascending order of the id: the columns
    /// asked for, in that order. The record's [key](Record::key) is the row's id.
    fn scan(&mut self, table: &str, columns: &[&str], each: &mut EachRow<'_>) -> Result<()>;

    /// Gives the rows in which `column` holds one of `values`, in any order, each once:
    /// just these values, whatever the target takes for equal. No row holds null.
    /// The record's [key](Record::key) is the row's id.
    fn find(
        &mut self,
        table: &str,
        columns: &[&str],
        column: &str,
        values: &[Value<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<()>;

    /// The ids that the next `count` new rows of a table are to have, or `None`
    /// where only the target itself gives them. Nothing is written. As long as
    /// nothing is, the same call gives the same ids, so that a run that was
    /// killed gives its rows the ids that it would have given them.
    fn reserve(&mut self, table: &str, count: usize) -> Result<Option<Vec<TargetId>>>;

    /// Writes, all or nothing of what is not refused, where the target can do
    /// that, and says of every change what became of it, in any order. What
    /// has been answered as done is durable when this returns.
    ///
    /// An error says that nobody knows what was written.
    fn write(&mut self, table: &str, changes: &[Change]) -> Result<Vec<(u64, Outcome)>>;

    /// A copy of these tables, made in a folder, that can be written without
    /// harm: what a plan is tried on. [`replica`] makes one of any target.
    fn rehearsal(&mut self, tables: &[&str], folder: &Path) -> Result<Box<dyn Target>>;
}

impl<T: Target + ?Sized> Target for Box<T> {
    fn name(&self) -> Cow<'_, str> {
        (**self).name()
    }

    fn describe(&mut self, table: &str) -> Result<TableShape> {
        (**self).describe(table)
    }

    fn scan(&mut self, table: &str, columns: &[&str], each: &mut EachRow<'_>) -> Result<()> {
        (**self).scan(table, columns, each)
    }

    fn find(
        &mut self,
        table: &str,
        columns: &[&str],
        column: &str,
        values: &[Value<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<()> {
        (**self).find(table, columns, column, values, each)
    }

    fn reserve(&mut self, table: &str, count: usize) -> Result<Option<Vec<TargetId>>> {
        (**self).reserve(table, count)
    }

    fn write(&mut self, table: &str, changes: &[Change]) -> Result<Vec<(u64, Outcome)>> {
        (**self).write(table, changes)
    }

    fn rehearsal(&mut self, tables: &[&str], folder: &Path) -> Result<Box<dyn Target>> {
        (**self).rehearsal(tables, folder)
    }
}
