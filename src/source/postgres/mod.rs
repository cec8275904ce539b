//! Records from a table, a view or a query of PostgreSQL.
//!
//! ```
//! use handover::PostgresSource;
//!
//! let url = "postgres://reader@db.example/crm?sslmode=require";
//! let source = PostgresSource::table(url, "customers").in_schema("sales").key("id");
//! let source = PostgresSource::query(url, "SELECT id, name FROM customers WHERE active ORDER BY id");
//! ```

pub(crate) mod row;

use std::borrow::Cow;
use std::fmt;
use std::io::BufRead;
use std::sync::Arc;

use ::postgres::Client;
use ::postgres::types::Type;

use self::row::RowReader;
use crate::error::{Error, ErrorKind, Result};
use crate::names::quoted;
use crate::postgres::{Relation, Server, failure, qualified};
use crate::schema::{Field, Kind, Schema};
use crate::source::{Feed, SourceReader};

/// Reads a table, a view or a query, as the database was at one moment.
///
/// It is read by `COPY` in a read-only transaction of the level REPEATABLE
/// READ, row by row, so that its length does not matter. The kinds of the columns are
/// those of the catalogue: `boolean` is a [`Kind::Bool`], whole numbers are
/// [`Kind::Int`], `numeric` is a [`Kind::Decimal`] with every digit, `real` and `double precision` are
/// [`Kind::Float`], `date` is a [`Kind::Date`], `timestamp` a [`Kind::DateTime`] without an
/// offset and `timestamptz` one in UTC. All else is text, as PostgreSQL prints it.
/// A value that its kind does not have (`NaN`, `infinity`, a day before the year 1 or
/// after 9999) rejects its record.
///
/// The password can stand in the URL or in the environment, as `PGPASSWORD`; neither
/// it nor the user's name stands in any message. With the feature `postgres-tls`,
/// `sslmode=require` encrypts the connection and verifies the server's certificate by
/// what the system trusts, or by the file that `sslrootcert` names; `prefer`,
/// the default, does so where the server offers it and its certificate is trusted.
pub struct PostgresSource {
    server: Server,
    what: What,
    key: Option<Arc<str>>,
    open: Option<Open>,
}

enum What {
    Table { schema: Option<String>, name: String },
    Query(String),
}

/// A transaction that has begun.
struct Open {
    client: Client,
    select: String,
    schema: Arc<Schema>,
}

impl PostgresSource {
    /// Reads a table or a view of the database that the URL names
    /// (`postgres://user:password@host:port/database?options`).
    pub fn table(url: &str, name: impl Into<String>) -> Self {
        PostgresSource::new(url, What::Table { schema: None, name: name.into() })
    }

    /// Reads what a query gives: one statement, without parameters.
    pub fn query(url: &str, sql: impl Into<String>) -> Self {
        PostgresSource::new(url, What::Query(sql.into()))
    }

    fn new(url: &str, what: What) -> Self {
        PostgresSource { server: Server::new(url), what, key: None, open: None }
    }

    /// The table is in this schema; otherwise the search path finds it. A query names its own.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        if let What::Table { schema: known, .. } = &mut self.what {
            *known = Some(schema.into());
        }
        self
    }

    /// The column that is the record's own key. A table is read in its order, which makes
    /// the same of the same table; without a key the order is the database's affair.
    #[must_use]
    pub fn key(mut self, column: impl Into<Arc<str>>) -> Self {
        self.key = Some(column.into());
        self
    }

    /// Begins the transaction, and asks what the columns are.
    fn open(&self) -> Result<Open> {
        let mut client = self.server.connect()?;
        client
            .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            .map_err(|error| failure("cannot begin", error))?;
        let select = match &self.what {
            What::Query(sql) => sql.trim_end().trim_end_matches(';').to_owned(),
            What::Table { schema, name } => {
                Relation::get(&mut client, schema.as_deref(), name)?;
                format!("SELECT * FROM {}", qualified(schema.as_deref(), name))
            }
        };
        let statement = client.prepare(&select).map_err(|error| failure("cannot read", error))?;
        let fields = statement.columns().iter().map(|column| Field::new(column.name(), kind(column.type_())));
        let schema = Schema::new(fields)?;
        let select = match (&self.what, &self.key) {
            (What::Table { .. }, Some(key)) => format!("{select} ORDER BY {}", quoted(key)),
            _ => select,
        };
        Ok(Open { client, select, schema })
    }

    fn key_position(&self, schema: &Schema) -> Result<Option<usize>> {
        self.key.as_deref().map(|key| schema.index(key)).transpose()
    }
}

impl SourceReader for PostgresSource {
    fn name(&self) -> Cow<'_, str> {
        let what = match &self.what {
            What::Table { schema: Some(schema), name } => format!("{schema}.{name}"),
            What::Table { schema: None, name } => name.clone(),
            What::Query(_) => "query".to_owned(),
        };
        format!("{}[{what}]", self.server.name()).into()
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let open = self.open().map_err(|error| error.at(self.name()))?;
        self.key_position(&open.schema).map_err(|error| error.at(self.name()))?;
        let schema = Arc::clone(&open.schema);
        self.open = Some(open);
        Ok(schema)
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let open = match self.open.take() {
            Some(open) => open,
            None => self.open().map_err(|error| error.at(self.name()))?,
        };
        let key = self.key_position(&open.schema)?;
        open.read(key, feed)
    }
}

impl fmt::Debug for PostgresSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresSource({})", self.name())
    }
}

impl Open {
    fn read(mut self, key: Option<usize>, feed: &mut Feed<'_>) -> Result<()> {
        // A query may end in a comment, which a line break ends.
        let copy = format!("COPY (\n{}\n) TO STDOUT", self.select);
        let mut stream = self.client.copy_out(&copy).map_err(|error| failure("cannot read", error))?;
        let (mut rows, mut line) = (RowReader::new(&self.schema), Vec::new());
        loop {
            line.clear();
            // In this format a line break within a value is escaped.
            if stream.read_until(b'\n', &mut line).map_err(lost)? == 0 {
                break;
            }
            let record = feed.record();
            let faults = rows.fill(&line, record)?;
            if let Some(key) = key {
                record.set_key(key);
            }
            match faults.is_empty() {
                true => feed.push()?,
                false => feed.reject(None, faults)?,
            }
        }
        drop(stream);
        self.client.batch_execute("COMMIT").map_err(|error| failure("cannot finish", error))
    }
}

/// The error of a stream, which wraps that of the database.
pub(crate) fn lost(error: std::io::Error) -> Error {
    let doing = "cannot read on";
    match error.downcast::<::postgres::Error>() {
        Ok(error) => failure(doing, error),
        Err(error) => Error::new(ErrorKind::Connection, doing).caused_by(error),
    }
}

/// The kind of the values of a type.
pub(crate) fn kind(of: &Type) -> Kind {
    if let ::postgres::types::Kind::Domain(base) = of.kind() {
        return kind(base);
    }
    match *of {
        Type::BOOL => Kind::Bool,
        Type::INT2 | Type::INT4 | Type::INT8 => Kind::Int,
        Type::NUMERIC => Kind::Decimal,
        Type::FLOAT4 | Type::FLOAT8 => Kind::Float,
        Type::DATE => Kind::Date,
        Type::TIMESTAMP | Type::TIMESTAMPTZ => Kind::DateTime,
        _ => Kind::Text,
    }
}
