//! Where records go.
//!
//! A sink is one loop that pulls its records, so that its transaction, its
//! file or its connection can live on its own stack. When anything upstream
//! fails, `rows.next()?` fails, and what the loop holds is dropped: a sink
//! that commits after its loop is rolled back by construction.
//!
//! ```
//! use handover::{Result, Rows, SinkWriter};
//!
//! struct Count(u64);
//!
//! impl SinkWriter for Count {
//!     fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
//!         let mut count = 0;
//!         while let Some(_record) = rows.next()? {
//!             count += 1;
//!         }
//!         self.0 = count;
//!         Ok(())
//!     }
//! }
//! ```

#[cfg(any(feature = "csv", feature = "excel", feature = "json", feature = "sqlite", feature = "postgres"))]
mod create;
#[cfg(feature = "csv")]
pub mod csv;
#[cfg(feature = "excel")]
pub mod excel;
#[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
#[cfg_attr(not(feature = "csv"), allow(dead_code))]
pub(crate) mod file;
#[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
mod fold;
#[cfg(feature = "json")]
pub mod json;
mod memory;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
#[cfg_attr(not(all(feature = "sqlite", feature = "postgres")), allow(dead_code))]
pub mod table;
mod tee;
#[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
pub(crate) mod to;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::details::Details;
use crate::error::{Fault, Result};
use crate::record::{Record, RecordId};
use crate::schema::Schema;

#[cfg(any(
    feature = "csv",
    feature = "excel",
    feature = "json",
    feature = "sqlite",
    feature = "postgres"
))]
pub use create::{Create, create};
#[cfg(feature = "csv")]
pub use csv::CsvSink;
#[cfg(feature = "excel")]
pub use excel::ExcelSink;
#[cfg(feature = "json")]
pub use json::{JsonLinesSink, JsonSink};
pub use memory::Collect;
pub use tee::Tee;

/// Pulls records and writes them.
pub trait SinkWriter: Send {
    /// Pulls every record from `rows` and writes it. What it leaves behind is
    /// everything, if it returns `Ok`; if it fails, nothing, or what it marked
    /// as durable.
    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()>;

    /// The output's name in reports: a file name, a table. The type's own
    /// name, where nothing better is said.
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(crate::schema::short_type_name::<Self>())
    }

    /// The files that are written: they may not take the place of an input.
    fn files(&self) -> Vec<&Path> {
        Vec::new()
    }

    /// Checks, before the first record, that records of these columns can be written.
    fn bind(&mut self, _schema: &Arc<Schema>) -> Result<()> {
        Ok(())
    }

    /// Whether it commits before it has pulled every record.
    fn commits_midway(&self) -> bool {
        false
    }

    /// Facts for the report, one entry an output, each with its name and the
    /// number of records in it; asked after [`write`](Self::write).
    fn outputs(&self) -> Vec<Output> {
        Vec::new()
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<S: SinkWriter + ?Sized> SinkWriter for $pointer {
            fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
                (**self).write(rows)
            }

            fn name(&self) -> Cow<'_, str> {
                (**self).name()
            }

            fn files(&self) -> Vec<&Path> {
                (**self).files()
            }

            fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
                (**self).bind(schema)
            }

            fn commits_midway(&self) -> bool {
                (**self).commits_midway()
            }

            fn outputs(&self) -> Vec<Output> {
                (**self).outputs()
            }
        }
    )*};
}
forward!(Box<S>, &mut S);

/// One thing that a sink wrote: a file, a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// How many records are in it.
    pub rows: u64,
    /// More about it.
    pub details: Details,
}

/// What a sink says of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was not there and is now.
    Created,
    /// It was there and is another now.
    Updated,
    /// It was there, and just the same.
    Unchanged,
    /// The target does not take it. It goes to the rejects.
    Refused(Fault),
    /// Nobody knows, because the connection was lost before the target said.
    /// The run ends with an error, and its report counts the record as in doubt.
    Unknown,
}

/// The records that a sink is to write.
pub struct Rows<'a> {
    supply: &'a mut dyn Supply,
}

/// What the engine does for [`Rows`].
pub(crate) trait Supply {
    fn schema(&self) -> &Arc<Schema>;
    fn next(&mut self) -> Result<Option<&Record>>;
    fn answers(&mut self);
    fn answer(&mut self, id: RecordId, answer: Answer) -> Result<()>;
    fn settle(&mut self, answer: Answer) -> Result<()>;
    fn warn(&mut self, fault: Fault);
    fn durable(&mut self);
    fn in_doubt(&mut self);
}

impl<'a> Rows<'a> {
    pub(crate) fn new(supply: &'a mut dyn Supply) -> Self {
        Rows { supply }
    }

    /// The columns of the records.
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(self.supply.schema())
    }

    /// The next record, or `None` when there are no more. Fails when anything
    /// upstream failed, or when the run is stopped; pass that on with `?`.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend its items")]
    pub fn next(&mut self) -> Result<Option<&Record>> {
        self.supply.next()
    }

    /// Declares that the sink answers for each record with [`answer`](Self::answer), in
    /// any order, before `write` returns. A record without an answer is in
    /// doubt then, and the run fails. Without this call a record that was
    /// pulled and not refused counts as created.
    pub fn answers_each(&mut self) {
        self.supply.answers();
    }

    /// Says what became of a record that was pulled earlier.
    pub fn answer(&mut self, id: RecordId, answer: Answer) -> Result<()> {
        self.supply.answer(id, answer)
    }

    /// Says what became of the record that was pulled last. Without a word,
    /// it was created, unless the sink [answers for each](Self::answers_each).
    pub fn settle(&mut self, answer: Answer) -> Result<()> {
        self.supply.settle(answer)
    }

    /// Says that the target does not take the record that was pulled last.
    pub fn refuse(&mut self, fault: impl Into<Fault>) -> Result<()> {
        self.settle(Answer::Refused(fault.into()))
    }

    /// Reports something worth knowing about the record that was pulled last,
    /// which is written all the same.
    pub fn warn(&mut self, fault: impl Into<Fault>) {
        self.supply.warn(fault.into());
    }

    /// Marks everything that has been answered for so far as durable: if the
    /// run fails later, it is still there.
    pub fn mark_durable(&mut self) {
        self.supply.durable();
    }

    /// Marks everything that has been answered for and is not durable as in
    /// doubt: the connection was lost while the target was committing it. For
    /// a sink that is about to return an error.
    pub fn mark_in_doubt(&mut self) {
        self.supply.in_doubt();
    }
}
