//! Records into a table of PostgreSQL.
//!
//! ```
//! use handover::PostgresSink;
//! use handover::sink::table::Table;
//!
//! let url = "postgres://loader@db.example/crm?sslmode=require";
//! let sink = PostgresSink::connect(url, Table::named("customers").upsert("id"));
//! // A commit every 50,000 records, from which another run of that name goes on.
//! let sink = PostgresSink::connect(url, Table::named("customers").durable("cut-over", 50_000));
//! ```

mod batch;
pub(crate) mod encode;
pub(crate) mod halves;
pub(crate) mod keyed;
pub(crate) mod lines;
mod load;
mod run;
pub(crate) mod target;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use ::postgres::Client;

use self::run::Run;
use self::target::Target;
use crate::error::Result;
use crate::postgres::Server;
use crate::schema::Schema;
use crate::sink::table::Table;
use crate::sink::{Output, Rows, SinkWriter};

/// Writes records into a table, all in one transaction unless the [`Table`] says otherwise.
///
/// Before the first record, the columns are looked up in the catalogue: each column of
/// the records must be there, a column that must have a value and has no default must be among
/// them, the key must have a unique constraint, and kinds that the type of a column can never take
/// are an error.
///
/// Records are sent by `COPY` in batches. A batch that the database does not take is tried in halves
/// until the records to blame are found; they are refused in the database's own words, without the
/// values that it quotes, and the rest is written. Rows of a key go into a temporary
/// table first and from there where they belong, so that each record is known to be
/// created, updated or unchanged. Of several records of one key, the later updates what the
/// earlier wrote.
///
/// In a new row, null is null, and not the default of its column.
///
/// What PostgreSQL would change without a word is refused: leading zeros in a column of numbers, more digits
/// than a number or a time has room for, an offset from UTC in a `timestamp`. A time without an
/// offset is taken as UTC by a `timestamptz`. Text goes into columns of dates and times as in ISO 8601 only.
///
/// [`Table::create`] makes columns of the types `text`, `boolean`, `bigint`, `double precision`,
/// `numeric`, `date`, and `timestamptz` or `timestamp`, as the time in the first record has an offset or not.
///
/// A connection that is lost where no transaction is open is opened again. In the
/// midst of one the run ends with an error of the kind
/// [`Connection`](crate::ErrorKind::Connection), and the server undoes the transaction. If
/// it is lost over a commit, the server is asked what became of it; only where it
/// does not come back within some seconds the records are in doubt.
///
/// URL, password and TLS are as for a [`PostgresSource`](crate::PostgresSource).
pub struct PostgresSink {
    server: Server,
    table: Table,
    open: Option<Open>,
    output: Option<Output>,
}

/// A connection, and the table if it is there.
struct Open {
    client: Client,
    target: Option<Target>,
}

impl PostgresSink {
    /// Writes into a table of the database that the URL names
    /// (`postgres://user:password@host:port/database?options`).
    pub fn connect(url: &str, table: Table) -> Self {
        PostgresSink { server: Server::new(url), table, open: None, output: None }
    }

    fn open(&self, schema: &Schema) -> Result<Open> {
        let mut client = self.server.connect()?;
        let target = Target::find(&mut client, &self.table, schema)?;
        Ok(Open { client, target })
    }
}

impl SinkWriter for PostgresSink {
    fn name(&self) -> Cow<'_, str> {
        let table = &self.table.name;
        match &self.table.schema {
            Some(schema) => format!("{}[{schema}.{table}]", self.server.name()),
            None => format!("{}[{table}]", self.server.name()),
        }
        .into()
    }

    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        self.output = None;
        self.open = Some(self.open(schema).map_err(|error| error.at(self.name()))?);
        Ok(())
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let (schema, name) = (rows.schema(), self.name().into_owned());
        let open = match self.open.take() {
            Some(open) => open,
            None => self.open(&schema).map_err(|error| error.at(&name))?,
        };
        let mut run = Run::new(&self.server, &self.table, &name, schema, open);
        run.write(rows)?;
        let rows = run.written();
        self.output = Some(Output { name, rows, ..Output::default() });
        Ok(())
    }

    fn commits_midway(&self) -> bool {
        self.table.durable.is_some()
    }

    fn outputs(&self) -> Vec<Output> {
        self.output.iter().cloned().collect()
    }
}

impl fmt::Debug for PostgresSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresSink({})", self.name())
    }
}
