//! A SQLite database as a target.

pub(super) mod copy;
mod keys;
mod read;
mod shape;
mod table;
#[cfg(test)]
mod tests;
mod write;

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempPath;

use super::{Change, EachRow, Outcome, TableShape, Target, TargetId};
use crate::error::{Error, Result};
use crate::record::Value;
use crate::sqlite::{self, refused};
use table::Known;

/// Memory for pages, in KiB: a batch is held until it is committed, and not written twice.
const CACHE: u32 = 16 << 10;
/// How many statements are kept prepared: one for each set of columns that changes have.
const STATEMENTS: usize = 64;

/// The tables of a SQLite database. The file must be there; it is opened when it is first needed.
///
/// A table needs a primary key of one column, which is the id of its rows. Where that is a column
/// of whole numbers, new rows get the numbers behind the greatest that is or was there;
/// where it is text, they must bring their ids. Columns are of the kinds that a
/// [`SqliteSource`](crate::SqliteSource) would give them, and values are stored as by a
/// [`SqliteSink`](crate::SqliteSink): just as they are, or refused.
///
/// A batch is one transaction, and on the disk when it is answered. A row that breaks a constraint is
/// refused in SQLite's own words, and the others are written; answers come in the order of the changes.
/// Foreign keys are enforced, so rows are written after those that they refer to. A
/// constraint that is looked at only at the end of a transaction costs the whole batch.
///
/// Values are looked for exactly: in a column that takes `a` for `A`, only what is asked
/// for is found. Null is never found.
///
/// ```
/// use handover::migration::target::{Change, Op, Outcome, SqliteTarget, Target, TargetId};
/// use handover::{Record, Schema, Value};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("crm.db");
/// # use handover::{Pipeline, SqliteSink, sink::table::Table, Field, Kind};
/// # let fields = [Field::new("id", Kind::Int), Field::new("name", Kind::Text)];
/// # let memory = handover::source::Memory::new("none", Schema::new(fields)?, []);
/// # Pipeline::from(memory).to(SqliteSink::path(&path, Table::named("customers").create().upsert("id"))).run()?;
/// let mut crm = SqliteTarget::path(&path);
/// let id = TargetId::Number(1);
/// let record = Record::of(Schema::text(["name"])?, ["王伟"])?;
/// let create = Change { token: 7, op: Op::Create(Some(id.clone())), record };
/// assert_eq!(crm.write("customers", &[create])?, [(7, Outcome::Done(id))]);
///
/// crm.find("customers", &["id"], "name", &[Value::Text("王伟")], &mut |record| {
///     assert_eq!(record.key(), Some("1"));
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteTarget {
    path: PathBuf,
    name: String,
    connection: Option<Connection>,
    /// A copy that is gone with the target, after its connection.
    copy: Option<TempPath>,
}

impl SqliteTarget {
    /// The database in a file.
    pub fn path(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        SqliteTarget { name: path.display().to_string(), path, connection: None, copy: None }
    }

    /// The connection, opened if it is not.
    pub(super) fn connection(&mut self) -> Result<&Connection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.open().map_err(|error| error.at(&self.name))?,
        };
        Ok(self.connection.insert(connection))
    }

    fn open(&self) -> Result<Connection> {
        // A file that can only be read is opened to be read. One that a killed program has left in
        // the midst of a transaction can only be read once that is undone.
        let connection = sqlite::open(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // Nobody asks for a copy after the power was gone. Everybody asks for what was committed, and
        // with less than `EXTRA` the journal may be there again and undo it.
        let durable = match self.copy {
            Some(_) => "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF",
            None => "PRAGMA synchronous = EXTRA",
        };
        connection.execute_batch(&format!("PRAGMA cache_size = -{CACHE}; {durable}")).map_err(refused)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    }

    /// Does something with a table.
    fn within<T>(&mut self, table: &str, work: impl FnOnce(&Connection, &Known) -> Result<T>) -> Result<T> {
        let connection = self.connection()?;
        let done = Known::of(connection, table).and_then(|known| work(connection, &known));
        done.map_err(|error| self.locate(table, error))
    }

    /// An error of a table, at its place.
    fn locate(&self, table: &str, error: Error) -> Error {
        error.at(format_args!("{}[{table}]", self.name))
    }
}

impl Target for SqliteTarget {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn describe(&mut self, table: &str) -> Result<TableShape> {
        self.within(table, shape::describe)
    }

    fn scan(&mut self, table: &str, columns: &[&str], each: &mut EachRow<'_>) -> Result<()> {
        self.within(table, |connection, known| read::scan(connection, known, columns, each))
    }

    fn find(
        &mut self,
        table: &str,
        columns: &[&str],
        column: &str,
        values: &[Value<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<()> {
        self.within(table, |connection, known| read::find(connection, known, columns, (column, values), each))
    }

    fn reserve(&mut self, table: &str, count: usize) -> Result<Option<Vec<TargetId>>> {
        self.within(table, |connection, known| known.next_ids(connection, count))
    }

    fn write(&mut self, table: &str, changes: &[Change]) -> Result<Vec<(u64, Outcome)>> {
        let connection = self.connection()?;
        let written = write::write(connection, table, changes);
        // Whoever could only read may be let write the next time.
        if written.is_err() {
            self.connection = None;
        }
        written.map_err(|error| self.locate(table, error))
    }

    fn rehearsal(&mut self, tables: &[&str], folder: &Path) -> Result<Box<dyn Target>> {
        for table in tables {
            self.within(table, |_, _| Ok(()))?;
        }
        let copied = copy::copy(self.connection()?, folder);
        let copy = copied.map_err(|error| error.at(format_args!("copy of {}", self.name)))?;
        Ok(Box::new(SqliteTarget::of_copy(copy, self.name.clone())))
    }
}

impl fmt::Debug for SqliteTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteTarget({})", self.name)
    }
}
