//! Records out of workbooks: XLSX, XLSM, XLSB, XLS and ODS.
//!
//! XLSX is read with a reader of our own and not with calamine's, because
//! calamine does not tell hidden rows, formulas without a value and the digits of
//! a number as they stand in the file, gives up a sheet at an error it does not
//! know (`#SPILL!`), and has no limit on what a part unfolds to.

mod calamine;
mod cell;
mod format;
mod ods;
mod open;
mod package;
mod row;
mod sheet;
mod sniff;
mod strings;
mod table;
mod workbook;

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::details::Details;
use crate::error::{Error, Result};
use crate::schema::Schema;
use crate::source::input::Input;
use crate::source::{Feed, SourceReader};
use open::Opened;
use row::Row;

/// A sheet of a workbook as a source.
///
/// Values arrive as what the sheet shows, in columns of
/// [`Kind::Any`](crate::Kind::Any): text, whole and decimal numbers with every
/// digit, true and false, days, days with a time. Times of day and durations are
/// text (`08:30:00`, `36:00:00`), and so are numbers whose format shows an id
/// (`00123`). A percentage is the number that it stands for: 15 % is `0.15`. A formula
/// is the value that it had when the workbook was saved. Cells that show an error
/// are null, with a warning.
///
/// XLSX and XLSB are read as a stream, but for the texts that their cells share,
/// ODS as a stream; XLS is held whole. Of XLS and XLSB only dates are told from
/// numbers, and not what is hidden. Findings name the row of the sheet: `customers.xlsx[Kunden]:42:phone`.
///
/// ```no_run
/// use handover::source::excel::ExcelSource;
///
/// let source = ExcelSource::path("customers.xlsx");
/// let source = ExcelSource::path("export.xlsx").sheet("Kunden").header_line(3).key("Kundennummer");
/// ```
pub struct ExcelSource {
    input: Input,
    options: Options,
    opened: Option<Opened>,
    details: Details,
}

/// Which sheet is read.
#[derive(Debug, Clone, Default)]
enum Choice {
    /// The first visible one that has rows.
    #[default]
    First,
    Name(String),
    /// From 1, hidden ones counted.
    Number(usize),
}

/// Where the names of the columns are.
#[derive(Debug, Clone, Copy, Default)]
enum Header {
    /// In the first row that looks like a header.
    #[default]
    Find,
    /// In the row of this number, from 1.
    Line(u64),
    /// Nowhere: the columns are `column_1`, `column_2` and so on.
    None,
}

#[derive(Debug, Clone, Default)]
struct Options {
    sheet: Choice,
    header: Header,
    grouped: bool,
    key: Option<String>,
    skip_hidden: bool,
    limits: Limits,
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    /// How many times its size a part of the workbook may unfold to.
    unfold: u64,
    /// How many bytes the shared texts may take.
    shared: usize,
    /// How many bytes the text of a row may take.
    row: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { unfold: crate::source::unfold::MAX_UNFOLD, shared: 512 << 20, row: 16 << 20 }
    }
}

impl ExcelSource {
    /// The workbook at a path.
    pub fn path(path: impl AsRef<Path>) -> Self {
        ExcelSource::new(Input::path(path.as_ref()))
    }

    /// Anything that can be read, under a name for findings and reports. Up to
    /// 16 MiB of it are held in memory, more in a temporary file, 4 GiB at most.
    pub fn reader(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        ExcelSource::new(Input::reader(name.into(), Box::new(reader)))
    }

    /// Standard input.
    pub fn stdin() -> Self {
        ExcelSource::reader("standard input", std::io::stdin())
    }

    fn new(input: Input) -> Self {
        ExcelSource { input, options: Options::default(), opened: None, details: Details::default() }
    }

    /// The name in findings and reports, instead of the path.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.input.rename(name.into());
        self
    }

    /// The sheet of this name, hidden or not, instead of the first visible one that has rows.
    #[must_use]
    pub fn sheet(mut self, name: impl Into<String>) -> Self {
        self.options.sheet = Choice::Name(name.into());
        self
    }

    /// The sheet of this number, from 1, hidden ones counted.
    #[must_use]
    pub fn sheet_number(mut self, number: usize) -> Self {
        self.options.sheet = Choice::Number(number);
        self
    }

    /// The number of the row that is the header, from 1, instead of the one that would be found.
    #[must_use]
    pub fn header_line(mut self, row: u64) -> Self {
        self.options.header = Header::Line(row);
        self
    }

    /// There is no header: the columns are called `column_1`, `column_2` and so on.
    #[must_use]
    pub fn no_header(mut self) -> Self {
        self.options.header = Header::None;
        self
    }

    /// The row above the header has names for groups of columns: a column is
    /// called `group.name`. A group reaches to the next one; a name that has
    /// nothing below it is the name of its column alone.
    #[must_use]
    pub fn grouped_header(mut self) -> Self {
        self.options.grouped = true;
        self
    }

    /// The column that holds the source's own key of a record.
    #[must_use]
    pub fn key(mut self, column: impl Into<String>) -> Self {
        self.options.key = Some(column.into());
        self
    }

    /// Leaves hidden rows and columns out. By default they are read as all
    /// others, because a filter that somebody forgot hides rows too; the report says how many they are.
    #[must_use]
    pub fn skip_hidden(mut self) -> Self {
        self.options.skip_hidden = true;
        self
    }

    /// How many times its size a part of the workbook may unfold to: 250 by
    /// default, and 64 MiB in any case. One that unfolds further is an error.
    #[must_use]
    pub fn max_unfold(mut self, times: u64) -> Self {
        self.options.limits.unfold = times.max(1);
        self.input.max_unfold(times);
        self
    }

    /// How many bytes the texts that cells share may take: 512 MiB by default.
    /// More is an error.
    #[must_use]
    pub fn max_shared(mut self, bytes: usize) -> Self {
        self.options.limits.shared = bytes;
        self
    }

    /// How many bytes the text of a row may take: 16 MiB by default. A longer
    /// one is an error.
    #[must_use]
    pub fn max_row_bytes(mut self, bytes: usize) -> Self {
        self.options.limits.row = bytes.clamp(16, u32::MAX as usize / 2);
        self
    }

    /// Puts the SHA-256 of the input, as it is stored, into the report.
    #[must_use]
    pub fn sha256(mut self) -> Self {
        self.input.digest();
        self
    }
}

impl fmt::Debug for ExcelSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExcelSource").field("name", &self.name()).field("options", &self.options).finish()
    }
}

impl SourceReader for ExcelSource {
    fn name(&self) -> Cow<'_, str> {
        match &self.options.sheet {
            Choice::Name(sheet) => Cow::Owned(format!("{}[{sheet}]", self.input.name())),
            _ => Cow::Borrowed(self.input.name()),
        }
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => Opened::open(&mut self.input, &self.options, &mut self.details)
                .map_err(|error| error.at_line(self.input.name()))?,
        };
        let schema = Arc::clone(&opened.table.schema);
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
        let name = format!("{}[{}]", self.input.name(), opened.sheet_name());
        if self.name() != name {
            feed.begin(name.as_str());
        }
        let stored = self.input.stored();
        opened.read(feed, &stored, &self.options, &mut self.details).map_err(|error| error.at_line(&name))?;
        self.details.bytes = self.input.size().or(Some(stored.bytes()));
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

/// A sheet of a workbook.
#[derive(Debug, Clone)]
struct Sheet {
    name: String,
    visible: bool,
}

/// A workbook of any format.
trait Book: Send {
    fn sheets(&self) -> &[Sheet];

    /// The rows of a sheet, from the first; can be asked again.
    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>>;

    /// How many bytes are held for the whole time.
    fn held(&self) -> Option<usize> {
        None
    }

    /// What the report should say of this format.
    fn note(&self) -> Option<&'static str> {
        None
    }
}

/// The rows of a sheet.
trait Rows {
    /// Reads the next row; false at the end.
    fn next(&mut self, row: &mut Row) -> Result<bool>;

    /// The hidden columns, first and last, from 0; `None` where the format does not tell what is hidden.
    fn hidden(&self) -> Option<&[(u32, u32)]> {
        None
    }
}

/// A file that is not what its format asks for.
fn damaged(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::format("the workbook is damaged").caused_by(cause)
}
