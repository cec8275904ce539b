//! Where records come from.
//!
//! A source is one loop that pushes its records, so that its cursor, its
//! statement or its parser can live on its own stack:
//!
//! ```
//! use std::borrow::Cow;
//! use std::sync::Arc;
//! use handover::{Feed, Result, Schema, SourceReader};
//!
//! struct Numbers;
//!
//! impl SourceReader for Numbers {
//!     fn name(&self) -> Cow<'_, str> {
//!         "numbers".into()
//!     }
//!
//!     fn schema(&mut self) -> Result<Arc<Schema>> {
//!         Schema::text(["number"])
//!     }
//!
//!     fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
//!         for number in 1..=3 {
//!             feed.record().set_value(0, number);
//!             feed.push()?;
//!         }
//!         Ok(())
//!     }
//! }
//! ```

mod chained;
#[cfg(feature = "csv")]
pub mod csv;
#[cfg(feature = "csv")]
mod decode;
#[cfg(feature = "csv")]
pub mod dialect;
#[cfg(feature = "csv")]
pub mod encoding;
#[cfg(feature = "excel")]
pub mod excel;
#[cfg(any(feature = "csv", feature = "excel"))]
#[cfg_attr(not(feature = "csv"), allow(dead_code))]
mod header;
#[cfg(feature = "migration")]
pub(crate) mod identified;
#[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
#[cfg_attr(not(feature = "csv"), allow(dead_code))]
pub(crate) mod input;
#[cfg(feature = "json")]
pub mod json;
mod memory;
#[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
mod open;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "csv", feature = "excel"))]
mod raw;
#[cfg(feature = "json")]
mod rejects;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
mod unfold;
pub(crate) mod within;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::batch::{BATCH_BYTES, Batch, Fate, Row};
use crate::details::Details;
use crate::error::{Fault, Result};
use crate::places::Places;
use crate::record::{Record, RecordId};
use crate::schema::Schema;

pub use chained::Chained;
pub use memory::Memory;
#[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
pub use open::{Folder, Open, folder, open};
#[cfg(feature = "json")]
pub use rejects::JsonRejects;

/// Reads records and pushes them.
pub trait SourceReader: Send {
    /// The input's name in findings and reports: a file name, a table.
    fn name(&self) -> Cow<'_, str>;

    /// The columns. Asked once, before anything is read.
    fn schema(&mut self) -> Result<Arc<Schema>>;

    /// Pushes every record into `feed`. When `feed` returns an error the run
    /// is over: pass it on with `?`.
    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()>;

    /// The files that are read: nothing that the run writes may take their place.
    fn files(&self) -> Vec<&Path> {
        Vec::new()
    }

    /// Facts for the report; asked after [`schema`](Self::schema), for the size to be
    /// expected, and again after [`read`](Self::read).
    fn details(&self) -> Details {
        Details::default()
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<S: SourceReader + ?Sized> SourceReader for $pointer {
            fn name(&self) -> Cow<'_, str> {
                (**self).name()
            }

            fn schema(&mut self) -> Result<Arc<Schema>> {
                (**self).schema()
            }

            fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
                (**self).read(feed)
            }

            fn files(&self) -> Vec<&Path> {
                (**self).files()
            }

            fn details(&self) -> Details {
                (**self).details()
            }
        }
    )*};
}
forward!(Box<S>, &mut S);

/// Where a source puts its records.
pub struct Feed<'a> {
    schema: Arc<Schema>,
    batch: Batch,
    bytes: usize,
    row: u64,
    /// Whether `record` has made the next record blank.
    blank: bool,
    batch_records: usize,
    places: &'a Places,
    /// The column that holds each record's key, where the source does not declare it.
    key: Option<usize>,
    /// So many rows at the beginning are passed over.
    skip: u64,
    /// Where only one record is wanted: whose key in the ledger is this.
    only: Option<String>,
    /// Sends a full batch on, and comes back with an empty one.
    exchange: &'a mut dyn FnMut(Batch) -> Result<Batch>,
}

impl<'a> Feed<'a> {
    pub(crate) fn new(
        schema: Arc<Schema>,
        input: u32,
        mut batch: Batch,
        batch_records: usize,
        places: &'a Places,
        exchange: &'a mut dyn FnMut(Batch) -> Result<Batch>,
    ) -> Self {
        (batch.input, batch.bytes_read) = (input, 0);
        Feed {
            schema,
            batch,
            bytes: 0,
            row: 0,
            blank: false,
            batch_records,
            places,
            key: None,
            skip: 0,
            only: None,
            exchange,
        }
    }

    /// The next record: blank, with the source's columns. It counts as read
    /// when [`push`](Self::push) or [`reject`](Self::reject) is called.
    pub fn record(&mut self) -> &mut Record {
        let batch = &mut self.batch;
        if batch.read == batch.records.len() {
            batch.records.push(Record::new(Arc::clone(&self.schema)));
        }
        let record = &mut batch.records[batch.read];
        record.reset(&self.schema);
        self.blank = true;
        record
    }

    /// Passes over the next record, if it is one of those that are passed over.
    #[cfg(feature = "csv")]
    pub(crate) fn passes_over(&mut self) -> bool {
        let passes = self.row < self.skip;
        self.row += u64::from(passes);
        passes
    }

    /// Sends the record that [`record`](Self::record) gave on its way. Panics
    /// if it was replaced by one of other columns.
    pub fn push(&mut self) -> Result<()> {
        self.send(Row::pass(self.batch.read as u32))
    }

    /// Sets the record that [`record`](Self::record) gave aside, because the source itself finds
    /// fault with it. Where the row does not fit the columns, `raw` is the row
    /// as text, for the rejects file.
    pub fn reject(&mut self, raw: Option<&str>, faults: impl IntoIterator<Item = Fault>) -> Result<()> {
        self.ensure_blank();
        if let Some(raw) = raw {
            self.batch.records[self.batch.read].set_raw(raw);
        }
        let mut faults: Vec<Fault> = faults.into_iter().collect();
        if faults.is_empty() {
            faults.push(Fault::new("rejected by the source"));
        }
        self.send(Row { fate: Fate::Rejected, faults, ..Row::pass(self.batch.read as u32) })
    }

    /// Sends the record on with warnings. If one of them is an error, the record is set aside.
    pub fn push_with(&mut self, warnings: impl IntoIterator<Item = Fault>) -> Result<()> {
        let faults: Vec<Fault> = warnings.into_iter().collect();
        let fate = if faults.iter().any(Fault::is_error) { Fate::Rejected } else { Fate::Pass };
        self.send(Row { fate, faults, ..Row::pass(self.batch.read as u32) })
    }

    /// Says that what follows stands in a part of the input with a name of its
    /// own, a file of a folder, say: findings name it, and count its rows from 1.
    pub fn begin(&mut self, part: impl Into<Arc<str>>) {
        self.places.begin(self.batch.input, self.row, part.into());
    }

    /// Tells how many bytes of the input have been read, for progress.
    pub fn bytes_read(&mut self, bytes: u64) {
        self.batch.bytes_read = bytes;
    }

    /// Takes the value of a column for the key of each record, and passes over
    /// the first rows, which keep their numbers and count as not read.
    #[cfg(feature = "migration")]
    pub(crate) fn go_on(&mut self, key: usize, skip: u64) {
        (self.key, self.skip) = (Some(key), skip);
    }

    /// Passes over all records but those of one key. The key of a record without one is its row,
    /// as `#7`, and that of a part of a record ends in its number, as `C-1/2`.
    #[cfg(feature = "migration")]
    pub(crate) fn only(&mut self, key: &str) {
        self.only = Some(key.to_owned());
    }

    fn send(&mut self, row: Row) -> Result<()> {
        self.ensure_blank();
        self.blank = false;
        self.row += 1;
        if self.row <= self.skip {
            return Ok(());
        }
        let record = &mut self.batch.records[self.batch.read];
        assert!(record.is_under(&self.schema), "the record was replaced by one of other columns");
        if let Some(key) = self.key {
            record.set_key(key);
        }
        if self.only.as_deref().is_some_and(|only| !is_of(only, record.key(), self.row)) {
            return Ok(());
        }
        record.set_id(RecordId { input: self.batch.input, row: self.row, part: 0 });
        self.bytes += record.size();
        self.batch.read += 1;
        self.batch.rows.push(row);
        if self.batch.read >= self.batch_records || self.bytes >= BATCH_BYTES {
            self.exchange()?;
        }
        Ok(())
    }

    /// Whoever pushes without having asked for a record pushes a blank one,
    /// and not what an earlier batch has left behind.
    fn ensure_blank(&mut self) {
        if !self.blank {
            self.record();
        }
    }

    fn exchange(&mut self) -> Result<()> {
        let (input, bytes_read) = (self.batch.input, self.batch.bytes_read);
        let full = std::mem::take(&mut self.batch);
        self.batch = (self.exchange)(full)?;
        (self.batch.input, self.batch.bytes_read, self.bytes) = (input, bytes_read, 0);
        Ok(())
    }

    /// Sends on what is left. Called when the source has returned.
    pub(crate) fn finish(mut self) -> Result<Batch> {
        if self.batch.read > 0 {
            self.exchange()?;
        }
        Ok(self.batch)
    }
}

/// A record's key as the ledger of a migration has it. There `#7` is the seventh row, so that
/// a key which begins so gets another `#`.
pub(crate) fn ledger_key(key: &str) -> Cow<'_, str> {
    match key.starts_with('#') {
        true => Cow::Owned(format!("#{key}")),
        false => Cow::Borrowed(key),
    }
}

/// Whether a key in the ledger is that of a record, or of a part of it.
fn is_of(only: &str, key: Option<&str>, row: u64) -> bool {
    let is_part = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let whole = only
        .strip_prefix("#/")
        .unwrap_or(only)
        .rsplit_once('/')
        .and_then(|(whole, part)| is_part(part).then_some(whole));
    let own = key.map(ledger_key);
    let names = |name: &str| {
        own.as_deref() == Some(name) || name.strip_prefix('#').is_some_and(|at| at.parse() == Ok(row))
    };
    names(only) || whole.is_some_and(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pushing_without_asking_for_a_record_pushes_a_blank_one() {
        let mut values = Vec::new();
        let mut recycle = |mut batch: Batch| {
            values.extend(batch.records[..batch.read].iter().map(|record| record.value(0).to_string()));
            batch.clear();
            Ok(batch)
        };
        let places = Places::new([]);
        let mut feed = Feed::new(Schema::text(["a"]).unwrap(), 0, Batch::default(), 1, &places, &mut recycle);
        feed.record().set_value(0, "x");
        feed.push().unwrap();
        feed.push().unwrap();
        feed.reject(Some("raw"), []).unwrap();
        feed.finish().unwrap();
        assert_eq!(values, ["x", "", ""]);
    }

    #[test]
    fn a_warning_that_is_an_error_sets_the_record_aside() {
        let mut fates = Vec::new();
        let mut recycle = |mut batch: Batch| {
            fates.extend(batch.rows.iter().map(|row| row.fate.clone()));
            batch.clear();
            Ok(batch)
        };
        let places = Places::new([]);
        let mut feed = Feed::new(Schema::text(["a"]).unwrap(), 0, Batch::default(), 2, &places, &mut recycle);
        feed.push_with([Fault::warning("odd")]).unwrap();
        feed.push_with([Fault::warning("odd"), Fault::new("wrong")]).unwrap();
        feed.finish().unwrap();
        assert_eq!(fates, [Fate::Pass, Fate::Rejected]);
    }

    #[test]
    #[should_panic(expected = "replaced by one of other columns")]
    fn a_record_of_other_columns_is_not_taken() {
        let mut keep = |batch| Ok(batch);
        let places = Places::new([]);
        let mut feed = Feed::new(Schema::text(["a"]).unwrap(), 0, Batch::default(), 1, &places, &mut keep);
        *feed.record() = Record::new(Schema::text(["a", "b"]).unwrap());
        let _ = feed.push();
    }
}
