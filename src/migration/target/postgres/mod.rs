//! A PostgreSQL database as a target.

mod create;
mod find;
mod group;
mod ids;
mod keyed;
mod read;
mod shape;
mod table;
mod write;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use ::postgres::Client;

use super::{Change, EachRow, Outcome, TableShape, Target, TargetId, replica};
use crate::error::{Error, ErrorKind, Result};
use crate::postgres::{NotCommitted, Server, begin, commit, failure};
use crate::record::Value;
use crate::sink::postgres::keyed::PLANNER;
use table::Known;

/// Whatever is read is read as it was at one moment.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// The tables of a PostgreSQL database. It is connected to when it is first needed.
///
/// A table is named alone, where the search path finds it, or with its schema: `sales.customers`. It
/// needs a primary key of one column, which is the id of its rows. Where that holds whole
/// numbers, new rows get the numbers behind the greatest that is there, and a sequence that
/// the column has is moved on, so that other programs go on behind them. Until a batch of new
/// rows is committed, no other program writes into their table. A new row that comes without an id gets
/// the one that the column's default gives.
///
/// Columns are of the kinds that a [`PostgresSource`](crate::PostgresSource) would give them, and
/// values are stored as by a [`PostgresSink`](crate::PostgresSink): just as they are, or refused. A batch is
/// one transaction: new rows go in by `COPY`, changes by way of a temporary table. Rows that the
/// database does not take are refused in its own words, and the others are written. Changes of a
/// batch are done in their order only where they are of the same row; the others are done kind by kind
/// and column set by column set, in the order in which those first come.
///
/// Values are looked for exactly, whatever the collation. A column whose type is neither text nor number
/// nor time, such as `citext`, is searched without its index.
///
/// If the connection is lost over a commit, the server is asked what became of it. URL, password
/// and TLS are as for a [`PostgresSource`](crate::PostgresSource).
///
/// ```no_run
/// use handover::migration::target::{PostgresTarget, Target};
///
/// let mut crm = PostgresTarget::connect("postgres://loader@db.example/crm?sslmode=require");
/// let shape = crm.describe("sales.customers")?;
/// # Ok::<(), handover::Error>(())
/// ```
pub struct PostgresTarget {
    server: Server,
    client: Option<Client>,
}

impl PostgresTarget {
    /// The database that the URL names (`postgres://user:password@host:port/database?options`).
    pub fn connect(url: &str) -> Self {
        PostgresTarget { server: Server::new(url), client: None }
    }

    /// Does something with a table, in a transaction that only reads.
    fn reading<T>(&mut self, table: &str, act: impl FnOnce(&mut Client, &Known) -> Result<T>) -> Result<T> {
        let read = |target: &mut Self| {
            let mut client = target.begin(READ)?;
            let known = Known::of(&mut client, table)?;
            let done = act(&mut client, &known)?;
            client.batch_execute("COMMIT").map_err(|error| failure("cannot finish", error))?;
            Ok((client, done))
        };
        // A connection on which something went wrong is not kept: the server undoes what was begun.
        let (client, done) = read(self).map_err(|error| self.locate(table, error))?;
        self.client = Some(client);
        Ok(done)
    }

    /// A connection with a transaction. It is to be given back when that is done.
    fn begin(&mut self, sql: &str) -> Result<Client> {
        let mut client = match self.client.take() {
            Some(client) => client,
            None => self.server.connect()?,
        };
        begin(&self.server, &mut client, sql)?;
        Ok(client)
    }

    fn write_all(&mut self, table: &str, changes: &[Change]) -> Result<Vec<(u64, Outcome)>> {
        let mut client =
            self.begin(&format!("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE; {PLANNER}"))?;
        let outcomes = write::write(&mut client, table, changes)?;
        match commit(&self.server, &mut client) {
            Ok(_) => self.client = Some(client),
            Err(NotCommitted { error, in_doubt: true }) => {
                let message = "the connection was lost over a commit that may have been made";
                return Err(Error::new(ErrorKind::Connection, message).caused_by(error));
            }
            Err(NotCommitted { error, .. }) => return Err(error),
        }
        Ok(changes.iter().map(|change| change.token).zip(outcomes).collect())
    }

    /// An error of a table, at its place.
    fn locate(&self, table: &str, error: Error) -> Error {
        error.at(format_args!("{}[{table}]", self.server.name()))
    }
}

impl Target for PostgresTarget {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.server.name())
    }

    fn describe(&mut self, table: &str) -> Result<TableShape> {
        self.reading(table, shape::describe)
    }

    fn scan(&mut self, table: &str, columns: &[&str], each: &mut EachRow<'_>) -> Result<()> {
        self.reading(table, |client, known| read::scan(client, known, columns, each))
    }

    fn find(
        &mut self,
        table: &str,
        columns: &[&str],
        column: &str,
        values: &[Value<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<()> {
        self.reading(table, |client, known| find::find(client, known, columns, (column, values), each))
    }

    fn reserve(&mut self, table: &str, count: usize) -> Result<Option<Vec<TargetId>>> {
        self.reading(table, |client, known| ids::next(client, known, count))
    }

    fn write(&mut self, table: &str, changes: &[Change]) -> Result<Vec<(u64, Outcome)>> {
        self.write_all(table, changes).map_err(|error| self.locate(table, error))
    }

    fn rehearsal(&mut self, tables: &[&str], folder: &Path) -> Result<Box<dyn Target>> {
        replica(self, tables, folder)
    }
}

impl fmt::Debug for PostgresTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresTarget({})", self.server.name())
    }
}
