//! Records out of SQLite databases.

pub(crate) mod convert;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row, Statement};

use crate::error::{Error, Fault, Result};
use crate::names::quoted;
use crate::schema::{Field, Kind, Schema};
use crate::source::{Feed, SourceReader};
use crate::sqlite::{self, refused};
use convert::convert;

/// A table, a view or a query of a SQLite database as a source.
///
/// The file is opened to be read only, and must be there. Everything is read
/// in one transaction: what another program changes meanwhile is not seen. Records
/// come in the order in which SQLite finds them, unless a query orders them.
///
/// A column is of the kind that it is declared to hold: `INTEGER`, `REAL`,
/// `TEXT`, `BOOLEAN`, `DATE`, `DATETIME` and `TIMESTAMP`, `DECIMAL` and `NUMERIC`, or
/// whatever SQLite takes for the same; of [`Kind::Any`] where nothing is
/// declared, as in most columns of a query. SQLite lets any value stand in any
/// column: one of another kind stays as it is, with a warning. A record
/// with binary data that is no text is rejected.
///
/// ```
/// use handover::{Pipeline, SqliteSource, sink::Collect};
/// # let path = std::env::temp_dir().join("handover-sqlite-source.db");
/// # let _ = std::fs::remove_file(&path);
/// # use handover::sink::table::Table;
/// # let schema = handover::Schema::text(["id", "name"])?;
/// # let records = [handover::Record::of(schema.clone(), ["007", "王伟"])?];
/// # let sink = handover::SqliteSink::path(&path, Table::named("customers").create());
/// # Pipeline::from(handover::source::Memory::new("people", schema, records)).to(sink).run()?;
///
/// let mut customers = Collect::new();
/// Pipeline::from(SqliteSource::table(&path, "customers").key("id")).to(&mut customers).run()?;
/// assert_eq!(customers.records()[0].text("id")?, "007");
///
/// let mut names = Collect::new();
/// Pipeline::from(SqliteSource::query(&path, "SELECT name FROM customers")).to(&mut names).run()?;
/// assert_eq!(names.records()[0].text("name")?, "王伟");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SqliteSource {
    path: PathBuf,
    from: From,
    name: String,
    key: Option<String>,
    opened: Option<Opened>,
}

#[derive(Debug)]
enum From {
    Table(String),
    Query(String),
}

/// A connection in the middle of its transaction.
#[derive(Debug)]
struct Opened {
    connection: Connection,
    select: String,
    schema: Arc<Schema>,
}

impl SqliteSource {
    /// A table or a view.
    pub fn table(path: impl AsRef<Path>, table: impl Into<String>) -> Self {
        let table = table.into();
        let name = format!("{}[{table}]", path.as_ref().display());
        SqliteSource::new(path.as_ref(), From::Table(table), name)
    }

    /// What a query selects. Its columns need names of their own: `SELECT
    /// count(*) AS orders`.
    pub fn query(path: impl AsRef<Path>, sql: impl Into<String>) -> Self {
        let name = format!("{}[query]", path.as_ref().display());
        SqliteSource::new(path.as_ref(), From::Query(sql.into()), name)
    }

    fn new(path: &Path, from: From, name: String) -> Self {
        SqliteSource { path: path.to_owned(), from, name, key: None, opened: None }
    }

    /// The name in findings and reports, instead of `crm.db[customers]`.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The column that holds the source's own key of a record.
    #[must_use]
    pub fn key(mut self, column: impl Into<String>) -> Self {
        self.key = Some(column.into());
        self
    }

    /// The connection, opened if it is not.
    fn take(&mut self) -> Result<Opened> {
        self.opened.take().map_or_else(|| self.open(), Ok).map_err(|error| error.at(&self.name))
    }

    fn open(&self) -> Result<Opened> {
        let connection = sqlite::open(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        // What is read first begins the transaction.
        connection.execute_batch("PRAGMA trusted_schema = OFF; BEGIN").map_err(refused)?;
        let select = match &self.from {
            From::Table(table) => {
                format!("SELECT * FROM {}", quoted(&sqlite::find_table(&connection, table)?))
            }
            From::Query(sql) => {
                sqlite::tables(&connection)?;
                // Without this a misspelt "column" is a text.
                connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false).map_err(refused)?;
                sql.clone()
            }
        };
        let schema = columns(&connection.prepare(&select).map_err(refused)?)?;
        self.key.as_deref().map(|key| schema.index(key)).transpose()?;
        Ok(Opened { connection, select, schema })
    }
}

impl SourceReader for SqliteSource {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let opened = self.take()?;
        let schema = Arc::clone(&opened.schema);
        self.opened = Some(opened);
        Ok(schema)
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let opened = self.take()?;
        let failed = |error| refused(error).at(&self.name);
        let key = self.key.as_deref().map(|key| opened.schema.index(key)).transpose()?;
        let mut statement = opened.connection.prepare(&opened.select).map_err(failed)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            push(row, &opened.schema, key, feed).map_err(failed)??;
        }
        Ok(())
    }

    fn files(&self) -> Vec<&Path> {
        vec![&self.path]
    }
}

/// The columns of a statement that does nothing but read.
fn columns(statement: &Statement<'_>) -> Result<Arc<Schema>> {
    if !statement.readonly() || statement.column_count() == 0 {
        return Err(Error::bind("the query must be a SELECT"));
    }
    if statement.parameter_count() > 0 {
        return Err(Error::bind("the query must have no parameters"));
    }
    Schema::new(statement.columns().map(|column| {
        let kind = column.decl_type().map_or(Kind::Any, sqlite::kind);
        Field::new(column.name(), kind)
    }))
}

/// Pushes a row. What SQLite refuses and what ends the run are told apart.
fn push(
    row: &Row<'_>,
    schema: &Schema,
    key: Option<usize>,
    feed: &mut Feed<'_>,
) -> rusqlite::Result<Result<()>> {
    let record = feed.record();
    let (mut faults, mut digits) = (Vec::new(), String::new());
    for (position, field) in schema.fields().iter().enumerate() {
        let (value, fault) = convert(row.get_ref(position)?, field.kind(), &mut digits);
        record.set_value(position, value);
        faults.extend(fault.map(|fault: Fault| fault.column(Arc::clone(field.name()))));
    }
    if let Some(key) = key {
        record.set_key(key);
    }
    Ok(feed.push_with(faults))
}
