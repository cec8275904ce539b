//! Records into Excel workbooks.
//!
//! ```no_run
//! use handover::sink::excel::ExcelSink;
//!
//! let sink = ExcelSink::path("customers.xlsx").sheet("Kunden");
//! ```

mod book;
mod cell;
mod format;

use std::borrow::Cow;
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use self::book::{Book, Layout};
use crate::error::{Error, Result};
use crate::schema::Schema;
use crate::sink::to::To;
use crate::sink::{Output, Rows, SinkWriter};

/// The rows of a sheet, header included.
const SHEET_ROWS: u32 = 1_048_576;
const SHEET_COLUMNS: usize = 16_384;
const SHEET_NAME_CHARS: usize = 31;

/// An Excel workbook (`.xlsx`) as a sink: one sheet, and further ones where it is full.
///
/// Text stays text: a phone number, an id, `007` and `=1+1` are what they
/// were, also when somebody edits the cell. Whole and decimal numbers are
/// numbers where a spreadsheet keeps all their digits, at most 15, and as many
/// decimals are shown as the number has. Days are dates, shown
/// `yyyy-mm-dd`, and times are shown `yyyy-mm-dd hh:mm:ss`.
///
/// What a spreadsheet cannot hold is written as text, with a warning: longer
/// numbers, times with an offset or parts of a millisecond, and days before
/// 1900-03-01, on which programs disagree. Null is an empty cell; so is empty
/// text, with a warning, and a record of nothing else is a blank row, with a
/// warning. Text of more than 32,767 characters (as UTF-16 counts) is refused.
///
/// The header is bold, stays in view and can be filtered; columns are as wide
/// as the first 100 records need. Memory does not grow with the records: they
/// wait in a temporary file in the same folder. The workbook appears
/// when it is complete, and the same records give the same bytes.
pub struct ExcelSink {
    to: To,
    layout: Layout,
    sha256: bool,
    open: Option<Book>,
    outputs: Vec<Output>,
}

impl ExcelSink {
    /// The file at a path. It is replaced when the run has succeeded.
    pub fn path(path: impl AsRef<Path>) -> Self {
        ExcelSink::new(To::Path(path.as_ref().to_owned()))
    }

    /// Standard output.
    pub fn stdout() -> Self {
        ExcelSink::new(To::Stdout)
    }

    /// Anything that can be written to. It gets the workbook at the end, when it is complete.
    pub fn writer(writer: impl Write + Send + 'static) -> Self {
        ExcelSink::new(To::Writer(Some(Box::new(writer))))
    }

    fn new(to: To) -> Self {
        let layout = Layout { sheet: "Sheet1".to_owned(), header: true, rows: SHEET_ROWS };
        ExcelSink { to, layout, sha256: false, open: None, outputs: Vec::new() }
    }

    /// The name of the sheet, `Sheet1` by default. Further ones are called
    /// `Kunden (2)`, `Kunden (3)` and so on. Excel takes at most 31 characters and none of `[]:*?/\`.
    #[must_use]
    pub fn sheet(mut self, name: impl Into<String>) -> Self {
        self.layout.sheet = name.into();
        self
    }

    /// Writes no row with the names of the columns.
    #[must_use]
    pub fn no_header(mut self) -> Self {
        self.layout.header = false;
        self
    }

    /// Puts the SHA-256 of what is written into the report.
    #[must_use]
    pub fn sha256(mut self) -> Self {
        self.sha256 = true;
        self
    }

    fn open(&mut self, schema: &Arc<Schema>) -> Result<Book> {
        let name = self.name().into_owned();
        check(&self.layout.sheet, schema).map_err(|error| error.at(&name))?;
        let folder = self.to.path().and_then(Path::parent).map(Path::to_owned);
        let target = self.to.open()?.sha256(self.sha256);
        Book::new(target, folder, self.layout.clone(), schema).map_err(|error| error.within(&name))
    }
}

/// Checks what Excel would not open.
fn check(sheet: &str, schema: &Schema) -> Result<()> {
    if schema.is_empty() {
        return Err(Error::bind("a sheet needs at least one column"));
    }
    if schema.len() > SHEET_COLUMNS {
        return Err(Error::bind(format!("{} columns, of which a sheet holds 16,384", schema.len())));
    }
    let wrong = if sheet.is_empty() {
        "it is empty"
    } else if sheet.encode_utf16().count() > SHEET_NAME_CHARS {
        "it is longer than 31 characters"
    } else if sheet.contains(['[', ']', ':', '*', '?', '/', '\\']) {
        "it has one of the characters []:*?/\\"
    } else if sheet.contains(char::is_control) {
        "it has a control character"
    } else if sheet.starts_with('\'') || sheet.ends_with('\'') {
        "it begins or ends with an apostrophe"
    } else if sheet.eq_ignore_ascii_case("history") {
        "Excel keeps that name for itself"
    } else {
        return Ok(());
    };
    Err(Error::bind(format!("no sheet can be called `{}`: {wrong}", sheet.escape_debug())))
}

impl SinkWriter for ExcelSink {
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
        let mut book = match self.open.take() {
            Some(book) => book,
            None => self.open(&rows.schema())?,
        };
        let name = self.name().into_owned();
        let mut warnings = Vec::new();
        while let Some(record) = rows.next()? {
            match cell::examine(record, &mut warnings) {
                Ok(()) => {
                    book.add(record).map_err(|error| error.within(&name))?;
                    warnings.drain(..).for_each(|warning| rows.warn(warning));
                }
                Err(fault) => rows.refuse(fault)?,
            }
        }
        self.outputs = vec![book.publish().map_err(|error| error.within(&name))?];
        Ok(())
    }

    fn outputs(&self) -> Vec<Output> {
        self.outputs.clone()
    }
}

impl fmt::Debug for ExcelSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExcelSink").field(&self.name()).finish()
    }
}

#[cfg(test)]
mod tests;
