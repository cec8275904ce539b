//! Records into CSV files.
//!
//! ```
//! use handover::sink::csv::{CsvSink, Quoting};
//! use handover::source::encoding::Encoding;
//!
//! // What Chinese Excel opens without asking, safe to be opened there.
//! let sink = CsvSink::path("customers.csv").encoding(Encoding::GB18030).guard_formulas();
//! // What a CRM's importer takes: 10,000 rows a file, a byte order mark.
//! let sink = CsvSink::path("customers.csv").bom(true).quoting(Quoting::All).split_rows(10_000);
//! ```

mod encode;
mod files;
mod format;
mod quote;

use std::borrow::Cow;
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use self::files::{Files, PartLimits};
use self::format::{Format, RowWriter};
use crate::error::{Error, Fault, Result};
use crate::record::Value;
use crate::schema::Schema;
use crate::sink::file::Target;
use crate::sink::to::To;
use crate::sink::{Output, Rows, SinkWriter};
use crate::source::dialect::Dialect;
use crate::source::encoding::Encoding;

/// Which values are quoted.
///
/// Null is written as nothing at all, empty text as `""`, so that a reader
/// that cares can tell them apart; only a null that is alone in its row is
/// written as `""`, because an empty line is no record to most readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Quoting {
    /// Those that need it: a delimiter, a quote, an escape or a line break is in them.
    #[default]
    Minimal,
    /// All.
    All,
    /// Those that are not numbers. Text that looks like a number is text: a
    /// phone number keeps its quotes.
    NonNumeric,
    /// None. Where the dialect has an escape, it stands before what would need
    /// quotes; where not, a record that needs them is refused. Empty text is
    /// written as null.
    Never,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LineEnd {
    /// `\n`.
    #[default]
    Lf,
    /// `\r\n`, as RFC 4180 has it.
    CrLf,
}

/// What happens to a character that the encoding does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Unmappable {
    /// The record is refused.
    #[default]
    Reject,
    /// This character stands in for it, and a warning says so.
    Replace(char),
}

/// Writes records into a CSV file, several, or a stream.
///
/// A file is written under a temporary name in the same folder, synced, and
/// renamed at the end: readers see the old file or the new one, never half of
/// one, and a run that fails leaves the old one. A stream cannot be taken
/// back; it holds what was written until then.
///
/// Unless told otherwise it writes UTF-8 without a byte order mark, commas,
/// quotes where needed, `\n`, and a header.
///
/// ```
/// use handover::sink::csv::CsvSink;
/// use handover::{Pipeline, Record, Schema, source::Memory};
///
/// let schema = Schema::text(["name", "city"])?;
/// let source = Memory::new("people", schema.clone(), [Record::of(schema, ["王伟", "Paris, TX"])?]);
/// let path = std::env::temp_dir().join("handover-csv-sink.csv");
/// Pipeline::from(source).to(CsvSink::path(&path)).run()?;
/// assert_eq!(std::fs::read_to_string(&path)?, "name,city\n王伟,\"Paris, TX\"\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CsvSink {
    to: To,
    format: Format,
    header: bool,
    limits: PartLimits,
    sha256: bool,
    open: Option<CsvWriter>,
    outputs: Vec<Output>,
}

impl CsvSink {
    /// Writes into a file, whose folder must be there.
    pub fn path(path: impl AsRef<Path>) -> Self {
        CsvSink::new(To::Path(path.as_ref().to_owned()))
    }

    /// Writes into a stream, for one run.
    pub fn writer(writer: impl Write + Send + 'static) -> Self {
        CsvSink::new(To::Writer(Some(Box::new(writer))))
    }

    /// Writes to the standard output.
    pub fn stdout() -> Self {
        CsvSink::new(To::Stdout)
    }

    fn new(to: To) -> Self {
        let (format, limits) = (Format::default(), PartLimits::default());
        CsvSink { to, format, header: true, limits, sha256: false, open: None, outputs: Vec::new() }
    }

    /// The encoding; UTF-8 if not said.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.format.encoding = encoding;
        self
    }

    /// Whether a byte order mark stands before UTF-8, which makes Excel read
    /// it as such. Before UTF-16 one always stands.
    #[must_use]
    pub fn bom(mut self, bom: bool) -> Self {
        self.format.bom = bom;
        self
    }

    /// Delimiter, quote and escape. An escape stands before quotes and
    /// escapes within quotes, where otherwise quotes are doubled.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.format.dialect = dialect;
        self
    }

    /// Which values are quoted.
    #[must_use]
    pub fn quoting(mut self, quoting: Quoting) -> Self {
        self.format.quoting = quoting;
        self
    }

    /// How lines end.
    #[must_use]
    pub fn line_end(mut self, line_end: LineEnd) -> Self {
        self.format.line_end = line_end;
        self
    }

    /// What happens to a character that the encoding does not have, or that
    /// would be another one when it is read back.
    #[must_use]
    pub fn unmappable(mut self, unmappable: Unmappable) -> Self {
        self.format.unmappable = unmappable;
        self
    }

    /// Puts an apostrophe before text that a spreadsheet would run as a
    /// formula: what begins with `=`, `+`, `-`, `@`, a tab or a line break, or
    /// a full-width sign, as [OWASP](https://owasp.org/www-community/attacks/CSV_Injection)
    /// advises. Numbers and phone numbers, such as `+86 138 0013 8000`, stay
    /// as they are. A source that is told of the guard undoes it without loss.
    #[must_use]
    pub fn guard_formulas(mut self) -> Self {
        self.format.guard_formulas = true;
        self
    }

    /// Writes files of at most so many records, each with the header:
    /// `customers.csv` becomes `customers-001.csv`, `customers-002.csv`, ….
    /// They take these names together at the end, when all are complete.
    #[must_use]
    pub fn split_rows(mut self, most: u64) -> Self {
        self.limits.rows = Some(most);
        self
    }

    /// Writes files of at most so many bytes, header included, like
    /// [`split_rows`](Self::split_rows); both can be set. A record that does
    /// not fit into a file of its own is refused.
    #[must_use]
    pub fn split_bytes(mut self, most: u64) -> Self {
        self.limits.bytes = Some(most);
        self
    }

    /// Puts the SHA-256 of what is written into the report.
    #[must_use]
    pub fn sha256(mut self) -> Self {
        self.sha256 = true;
        self
    }

    /// Writes no line with the names of the columns.
    #[must_use]
    pub fn no_header(mut self) -> Self {
        self.header = false;
        self
    }

    fn open(&mut self, schema: &Schema) -> Result<CsvWriter> {
        let columns = schema.fields().iter().map(|field| Arc::clone(field.name())).collect();
        let name = self.name().into_owned();
        let mut rows = RowWriter::new(&self.format, columns).map_err(|error| error.at(&name))?;
        let head = rows.head(self.header).map_err(|error| error.at(&name))?;
        let files = match (self.to.path(), self.limits.is_set()) {
            (Some(path), true) => Files::series(path, self.limits, head, self.sha256)?,
            (None, true) => return Err(Error::bind("a stream cannot be split into files").at(name)),
            (_, false) => Files::single(self.to.open()?, head, self.sha256)?,
        };
        Ok(CsvWriter { rows, files })
    }
}

impl SinkWriter for CsvSink {
    fn name(&self) -> Cow<'_, str> {
        self.to.name()
    }

    fn files(&self) -> Vec<&Path> {
        self.to.path().into_iter().collect()
    }

    /// Opens the file, so that a path that cannot be written fails here.
    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        self.outputs.clear();
        self.open = None;
        self.open = Some(self.open(schema)?);
        Ok(())
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let mut writer = match self.open.take() {
            Some(writer) => writer,
            None => self.open(&rows.schema())?,
        };
        while let Some(record) = rows.next()? {
            match writer.try_row(record.values())? {
                Ok(()) => writer.rows.warnings().for_each(|warning| rows.warn(warning)),
                Err(fault) => rows.refuse(fault)?,
            }
        }
        self.outputs = writer.publish()?;
        Ok(())
    }

    fn outputs(&self) -> Vec<Output> {
        self.outputs.clone()
    }
}

impl fmt::Debug for CsvSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CsvSink").field(&self.name()).finish()
    }
}

/// Writes rows into CSV, one after the other; dropped before it has finished, it
/// leaves no file behind.
pub(crate) struct CsvWriter {
    rows: RowWriter,
    files: Files,
}

impl CsvWriter {
    /// A file as [`CsvSink`] writes it unless told otherwise.
    pub fn create<N: Into<Arc<str>>>(path: &Path, columns: impl IntoIterator<Item = N>) -> Result<Self> {
        let mut rows = RowWriter::new(&Format::default(), columns.into_iter().map(Into::into).collect())?;
        let head = rows.head(true)?;
        Ok(CsvWriter { rows, files: Files::single(Target::file(path)?, head, false)? })
    }

    /// Writes a row of as many values as there are columns.
    pub fn row<'v>(&mut self, values: impl IntoIterator<Item = Value<'v>>) -> Result<()> {
        self.try_row(values)?.map_err(|fault| Error::other("cannot write a row").caused_by(fault))
    }

    /// Has everything so far on the disk, under another name.
    pub fn settle(&mut self) -> Result<()> {
        self.files.settle()
    }

    /// Puts the file in place.
    pub fn finish(self) -> Result<Output> {
        Ok(self.publish()?.pop().unwrap_or_default())
    }

    /// Writes a row, or says why it cannot be written.
    fn try_row<'v>(&mut self, values: impl IntoIterator<Item = Value<'v>>) -> Result<Result<(), Fault>> {
        let row = match self.rows.row(values) {
            Ok(row) => row,
            Err(fault) => return Ok(Err(fault)),
        };
        let (length, most) = (row.len() as u64, self.files.longest_row());
        if length > most {
            let message = format!("a row of {length} bytes, of which a file holds {most}");
            return Ok(Err(Fault::new(message).rule("size")));
        }
        self.files.write(row).map(Ok)
    }

    fn publish(self) -> Result<Vec<Output>> {
        let mut outputs = self.files.publish()?;
        for output in &mut outputs {
            output.details.facts.extend(self.rows.facts());
        }
        Ok(outputs)
    }
}

impl LineEnd {
    fn as_str(self) -> &'static str {
        match self {
            LineEnd::Lf => "\n",
            LineEnd::CrLf => "\r\n",
        }
    }
}

#[cfg(test)]
mod tests;
