//! Records out of CSV files, of any encoding and dialect.

mod header;
mod parser;
mod quotes;
mod row;
mod start;
mod tables;
mod text;

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::details::Details;
use crate::error::{Error, Result};
use crate::schema::Schema;
use crate::source::dialect::Dialect;
use crate::source::encoding::Encoding;
use crate::source::input::Input;
use crate::source::{Feed, SourceReader};
use header::Opened;
pub(crate) use header::REJECTS_COLUMNS;
use parser::Limits;
use row::RowReader;
#[cfg(feature = "json")]
pub(crate) use row::read_raw;

/// A CSV file, or anything like one, as a source.
///
/// Encoding and dialect are detected from the first 256 KiB and reported;
/// both can be set. Title lines above the header and blank lines are skipped.
/// An empty cell is null. Every value is text: `007` stays `007`.
///
/// A file whose first row is surely a record has no header, and a header with
/// a stray quote or delimiter is read where the rows below leave no doubt;
/// the report notes it. A row with an open quote is rejected alone where the
/// rows that the quote would swallow are known as such, and so are totals,
/// footnotes below blank lines, and rows of other tables than the first.
///
/// A rejects file that [`Rejects::csv`](crate::Rejects::csv) wrote is
/// recognised by its header: its own columns are left out, and a row that
/// stands in `handover_raw` is taken from there.
///
/// ```no_run
/// use handover::source::csv::{CsvSource, Ragged};
/// use handover::source::encoding::Encoding;
///
/// let source = CsvSource::path("customers.csv");
/// let source = CsvSource::path("export.csv").encoding(Encoding::GB18030).ragged(Ragged::Pad).key("客户编号");
/// ```
pub struct CsvSource {
    input: Input,
    options: Options,
    opened: Option<Opened>,
    details: Details,
}

/// What a [`CsvSource`] does with a row that has not as many cells as the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ragged {
    /// The row is rejected.
    #[default]
    Reject,
    /// Missing cells are null, and empty cells beyond the last column are
    /// dropped, each with a warning. A row with values beyond the last column is rejected.
    Pad,
    /// The run fails.
    Fail,
}

/// Where the names of the columns are.
#[derive(Debug, Clone, Copy, Default)]
enum Header {
    /// The first row that looks like a header.
    #[default]
    Find,
    /// The row that begins on this line, from 1.
    Line(u64),
    /// Nowhere: the columns are `column_1`, `column_2` and so on.
    None,
}

struct Options {
    encoding: Option<Encoding>,
    dialect: Option<Dialect>,
    header: Header,
    header_rows: Option<usize>,
    table: Option<u64>,
    ragged: Ragged,
    key: Option<String>,
    guarded: bool,
    limits: Limits,
}

impl CsvSource {
    /// The file at a path.
    pub fn path(path: impl AsRef<Path>) -> Self {
        CsvSource::new(Input::path(path.as_ref()))
    }

    /// Anything that can be read, under a name for findings and reports.
    pub fn reader(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        CsvSource::new(Input::reader(name.into(), Box::new(reader)))
    }

    /// Standard input.
    pub fn stdin() -> Self {
        CsvSource::reader("standard input", std::io::stdin())
    }

    fn new(input: Input) -> Self {
        let options = Options {
            encoding: None,
            dialect: None,
            header: Header::default(),
            header_rows: None,
            table: None,
            ragged: Ragged::default(),
            key: None,
            guarded: false,
            limits: Limits::DEFAULT,
        };
        CsvSource { input, options, opened: None, details: Details::default() }
    }

    /// The name in findings and reports, instead of the path.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.input.rename(name.into());
        self
    }

    /// The encoding, instead of the one that would be detected. A byte order
    /// mark of that encoding is skipped.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.options.encoding = Some(encoding);
        self
    }

    /// The dialect, instead of the one that would be detected.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.options.dialect = Some(dialect);
        self
    }

    /// The line on which the header begins, from 1, instead of the one that
    /// would be found.
    #[must_use]
    pub fn header_line(mut self, line: u64) -> Self {
        self.options.header = Header::Line(line);
        self
    }

    /// How many rows the header has: 1, unless names that stand there twice
    /// have groups above them. What stands in a column is joined by spaces; in
    /// all rows but the last a cell reaches over the empty ones behind it.
    #[must_use]
    pub fn header_rows(mut self, rows: usize) -> Self {
        self.options.header_rows = Some(rows.max(1));
        self
    }

    /// The number of the table to be read, from 1, of several below each other;
    /// all other rows are left out.
    ///
    /// Another table is known by a header like the first one, and by names
    /// below a blank line. Unless this is set, tables with the same columns are
    /// read on, without the repeated header; the rows of others are rejected.
    #[must_use]
    pub fn table(mut self, number: u64) -> Self {
        self.options.table = Some(number.max(1));
        self
    }

    /// There is no header: the columns are called `column_1`, `column_2` and so on.
    #[must_use]
    pub fn no_header(mut self) -> Self {
        self.options.header = Header::None;
        self
    }

    /// What becomes of a row that has not as many cells as the header; it is
    /// rejected by default.
    #[must_use]
    pub fn ragged(mut self, ragged: Ragged) -> Self {
        self.options.ragged = ragged;
        self
    }

    /// The column that holds the source's own key of a record.
    #[must_use]
    pub fn key(mut self, column: impl Into<String>) -> Self {
        self.options.key = Some(column.into());
        self
    }

    /// The file was written with
    /// [`guard_formulas`](crate::sink::csv::CsvSink::guard_formulas), which is undone.
    #[must_use]
    pub fn guarded(mut self) -> Self {
        self.options.guarded = true;
        self
    }

    /// The longest row that is read, in bytes of UTF-8: 16 MiB by default. A longer
    /// one, mostly an open quote, is an error.
    #[must_use]
    pub fn max_row_bytes(mut self, bytes: usize) -> Self {
        self.options.limits.bytes = bytes.clamp(16, u32::MAX as usize / 2);
        self
    }

    /// The most cells that a row may have: 65,536 by default.
    #[must_use]
    pub fn max_cells(mut self, cells: usize) -> Self {
        self.options.limits.cells = cells.max(1);
        self
    }

    /// How many times its size a compressed input may unfold to: 250 by
    /// default, and 64 MiB in any case. One that unfolds further is an error.
    #[must_use]
    pub fn max_unfold(mut self, times: u64) -> Self {
        self.input.max_unfold(times);
        self
    }

    /// Puts the SHA-256 of the input, as it is stored, into the report.
    #[must_use]
    pub fn sha256(mut self) -> Self {
        self.input.digest();
        self
    }
}

impl SourceReader for CsvSource {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.input.name())
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => Opened::open(&mut self.input, &self.options, &mut self.details)?,
        };
        let schema = Arc::clone(&opened.schema);
        self.opened = Some(opened);
        if let Some(key) = &self.options.key {
            schema.index(key)?;
        }
        Ok(schema)
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        self.schema()?;
        let Some(opened) = self.opened.take() else {
            return Err(Error::bind("the source has been read already"));
        };
        let read = RowReader::new(opened, &self.options)?.read(feed);
        self.details.notes.extend(read.map_err(|error| error.at_line(self.input.name()))?);
        self.input.check()?;
        self.details.bytes = Some(self.input.stored().bytes());
        self.details.sha256 = self.input.sha256();
        Ok(())
    }

    fn files(&self) -> Vec<&Path> {
        self.input.file().into_iter().collect()
    }

    fn details(&self) -> Details {
        let bytes = self.details.bytes.or(self.input.size());
        Details { bytes, ..self.details.clone() }
    }
}

impl fmt::Debug for CsvSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CsvSource").field(&self.name()).finish()
    }
}
