//! Records into SQLite databases.

pub(crate) mod catalogue;
pub(crate) mod exact;
pub(crate) mod execute;
mod ledger;
mod load;
mod plan;
mod writer;

use std::borrow::Cow;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};
use tempfile::TempPath;

use crate::error::{Error, Result};
use crate::schema::Schema;
use crate::sink::table::Table;
use crate::sink::{Output, Rows, SinkWriter};
use crate::sqlite::{self, refused};
use plan::Plan;

/// Writes records into a table of a SQLite database.
///
/// Everything is one transaction, unless the [`Table`] is durable: a run that
/// fails or is killed leaves the database as it was. Before the first record it
/// is made sure that the table is there, and that its columns, its constraints
/// and the key fit the records: the key must be the table's `PRIMARY KEY`, or
/// `UNIQUE`. Foreign keys are enforced. A record that breaks a constraint is
/// refused in SQLite's own words, and the others are written.
///
/// A value is stored as it is or refused: text such as `00123` is not written
/// into a column of numbers, which would make 123 of it, nor a decimal whose
/// digits a floating point number does not hold. Dates and times are written
/// as in ISO 8601, true and false as 1 and 0, or as words into a column of text.
///
/// ```
/// use handover::sink::table::Table;
/// use handover::{Pipeline, Record, Schema, SqliteSink, source::Memory};
///
/// let schema = Schema::text(["id", "name"])?;
/// let people = |name| -> Result<_, Box<dyn std::error::Error>> {
///     let record = Record::of(schema.clone(), ["007", name])?;
///     Ok(Memory::new("people", schema.clone(), [record]))
/// };
/// let path = std::env::temp_dir().join("handover-sqlite-sink.db");
/// # let _ = std::fs::remove_file(&path);
/// let sink = || SqliteSink::path(&path, Table::named("customers").create().upsert("id"));
/// assert_eq!(Pipeline::from(people("王伟")?).to(sink()).run()?.counts.created, 1);
/// assert_eq!(Pipeline::from(people("王 伟")?).to(sink()).run()?.counts.updated, 1);
/// assert_eq!(Pipeline::from(people("王 伟")?).to(sink()).run()?.counts.unchanged, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SqliteSink {
    path: PathBuf,
    table: Table,
    outputs: Vec<Output>,
}

/// A database that is open to be written.
struct Opened {
    connection: Connection,
    /// A file that is not there again, should nothing be committed: gone after the connection.
    fresh: Option<TempPath>,
}

impl SqliteSink {
    /// Writes into a table of the database in a file, which must be there,
    /// unless the table is to be [created](Table::create).
    pub fn path(path: impl AsRef<Path>, table: Table) -> Self {
        SqliteSink { path: path.as_ref().to_owned(), table, outputs: Vec::new() }
    }

    /// Says whether records of these columns can be written, and changes nothing.
    fn check(&self, schema: &Schema) -> Result<()> {
        if !self.table.create || self.path.exists() {
            let connection = sqlite::open(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            return Plan::check(&connection, &self.table, schema);
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.map_or(Ok(()), |folder| fs::metadata(folder).map(drop).map_err(cannot_write))?;
        Plan::check(&Connection::open_in_memory().map_err(refused)?, &self.table, schema)
    }

    fn open(&self) -> Result<Opened> {
        let fresh = match self.table.create.then(|| File::create_new(&self.path)) {
            Some(Ok(_)) => Some(TempPath::try_from_path(&self.path).map_err(cannot_write)?),
            Some(Err(error)) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(cannot_write(error));
            }
            _ => None,
        };
        Ok(Opened { connection: sqlite::open(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?, fresh })
    }
}

impl SinkWriter for SqliteSink {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}[{}]", self.path.display(), self.table.name))
    }

    fn files(&self) -> Vec<&Path> {
        vec![&self.path]
    }

    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        self.outputs.clear();
        self.check(schema).map_err(|error| error.at(self.name()))
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        self.outputs.clear();
        let name = self.name().into_owned();
        let opened = self.open().map_err(|error| error.at(&name))?;
        self.outputs.push(load::load(opened, &self.table, &name, rows)?);
        Ok(())
    }

    fn commits_midway(&self) -> bool {
        self.table.durable.is_some()
    }

    fn outputs(&self) -> Vec<Output> {
        self.outputs.clone()
    }
}

fn cannot_write(error: io::Error) -> Error {
    Error::io("cannot write", error)
}
