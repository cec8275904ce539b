//! Writing into a table of a database: which one, and what happens to rows
//! that are there already. The same for every database.

mod checkpoint;
mod columns;
mod trail;

use std::sync::Arc;

use crate::names::Names;

pub(crate) use checkpoint::{Checkpoint, Progress, Refusal, Statements};
pub(crate) use columns::{Column, placed};
pub(crate) use trail::Trail;

/// A table to write into, and how.
///
/// ```
/// use handover::sink::table::Table;
///
/// // New rows; a key that is there already is refused by the database.
/// let table = Table::named("customers");
/// // Rows whose `id` is there are updated, the others are created.
/// let table = Table::named("customers").upsert("id");
/// // The table is made of the columns, if it is not there, and a commit is made every
/// // 10,000 records: a run that is cut short goes on from the last one.
/// let table = Table::named("customers").create().durable("cut-over 2026-11", 10_000);
/// ```
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
    pub(crate) mode: Mode,
    pub(crate) create: bool,
    pub(crate) write_nulls: bool,
    pub(crate) durable: Option<Durable>,
}

/// What happens to a record whose key is in the table already, or is not.
#[derive(Debug, Clone)]
pub(crate) enum Mode {
    Insert,
    /// The columns of the key.
    Update(Names),
    Upsert(Names),
    Skip(Names),
}

impl Mode {
    /// The columns of the key; none for plain inserts.
    pub fn key(&self) -> &[Arc<str>] {
        match self {
            Mode::Insert => &[],
            Mode::Update(key) | Mode::Upsert(key) | Mode::Skip(key) => key.as_slice(),
        }
    }
}

/// Commits that a later run goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Durable {
    pub run: String,
    pub records: u64,
}

impl Table {
    /// A table that is there. Every record becomes a new row, all in one transaction.
    pub fn named(name: impl Into<String>) -> Self {
        let (name, mode) = (name.into(), Mode::Insert);
        Table { schema: None, name, mode, create: false, write_nulls: false, durable: None }
    }

    /// The table is in this schema, as PostgreSQL calls a folder of tables. A
    /// file of SQLite has one, which is called `main`.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// Makes the table of the columns of the records, if it is not there. Where a
    /// key is named, it is the table's primary key.
    #[must_use]
    pub fn create(mut self) -> Self {
        self.create = true;
        self
    }

    /// Changes the rows of these keys; a record whose key is not there is
    /// refused. Rows that are as the record says already are left alone.
    #[must_use]
    pub fn update(mut self, key: impl Into<Names>) -> Self {
        self.mode = Mode::Update(key.into());
        self
    }

    /// Changes the rows of these keys, and creates those that are not there.
    #[must_use]
    pub fn upsert(mut self, key: impl Into<Names>) -> Self {
        self.mode = Mode::Upsert(key.into());
        self
    }

    /// Creates rows, and leaves those alone whose key is there already: they
    /// count as unchanged.
    #[must_use]
    pub fn skip_existing(mut self, key: impl Into<Names>) -> Self {
        self.mode = Mode::Skip(key.into());
        self
    }

    /// Writes null over what the table has. By default a null in a record says
    /// nothing, and the table's value stays, as the importers of most CRMs do.
    #[must_use]
    pub fn write_nulls(mut self) -> Self {
        self.write_nulls = true;
        self
    }

    /// Commits whenever this many records were pulled, instead of once at the
    /// end. How far the run of this name came stands in the database, in
    /// the table `handover_checkpoints`: another run of that name, over the same
    /// input, goes on from there. An input that has changed since is an error.
    #[must_use]
    pub fn durable(mut self, run: impl Into<String>, records: u64) -> Self {
        self.durable = Some(Durable { run: run.into(), records: records.max(1) });
        self
    }
}
