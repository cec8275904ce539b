//! A workbook that grows row by row.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, IgnoreError, Workbook, Worksheet, XlsxError};

use super::SHEET_NAME_CHARS;
use super::cell::{Cell, cell};
use super::format::{Formats, Style, header, width};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Record, Value};
use crate::schema::Schema;
use crate::sink::Output;
use crate::sink::file::Target;

/// The widths of columns must be known before their first row is written:
/// they are taken from so many rows.
const HEAD_ROWS: usize = 100;
/// The narrowest and the widest column, in digits.
const WIDTHS: (usize, usize) = (8, 60);
/// The button of the filter covers so much of the name.
const FILTER_BUTTON: usize = 3;
/// A sheet that may be longer than the 4 GiB of a plain ZIP archive.
const LARGE: u64 = 2 << 30;

/// What a sheet is like.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub sheet: String,
    pub header: bool,
    /// The most rows of a sheet, header included.
    pub rows: u32,
}

pub(super) struct Book {
    target: Target,
    workbook: Workbook,
    layout: Layout,
    schema: Arc<Schema>,
    formats: Formats,
    /// Each column's style, and its width in digits.
    columns: Vec<(Style, usize)>,
    /// The first rows, until there are enough of them.
    head: Option<Vec<Record>>,
    sheet: Worksheet,
    names: Vec<String>,
    /// The next row of the sheet.
    row: u32,
    records: u64,
    bytes: u64,
}

impl Book {
    /// A workbook whose rows wait in a temporary file in the folder.
    pub fn new(
        target: Target,
        folder: Option<PathBuf>,
        layout: Layout,
        schema: &Arc<Schema>,
    ) -> Result<Self> {
        let mut workbook = Workbook::new();
        let written = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
        // A clock would make other bytes each time.
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&written));
        if let Some(folder) = folder {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
            workbook.set_tempdir(folder).map_err(failed)?;
        }
        let (schema, head, sheet) = (Arc::clone(schema), Some(Vec::new()), Worksheet::new());
        #[rustfmt::skip]
        let book = Book {
            target, workbook, layout, schema, formats: Formats::default(), columns: Vec::new(), head, sheet,
            names: Vec::new(), row: 0, records: 0, bytes: 0,
        };
        Ok(book)
    }

    /// Adds a row that was found to fit.
    pub fn add(&mut self, record: &Record) -> Result<()> {
        self.records += 1;
        let Some(head) = &mut self.head else { return guarded(|| self.write(record)) };
        head.push(record.clone());
        if head.len() < HEAD_ROWS {
            return Ok(());
        }
        guarded(|| self.begin())
    }

    /// Writes the workbook, and puts it in place.
    pub fn publish(self) -> Result<Output> {
        guarded(|| self.save())
    }

    fn save(mut self) -> Result<Output> {
        self.begin()?;
        self.close_sheet()?;
        self.workbook.use_zip_large_file(self.bytes > LARGE);
        let mut out = Through { target: &mut self.target, failed: None };
        if let Err(error) = self.workbook.save_to_writer(&mut out) {
            return Err(out.failed.unwrap_or_else(|| failed(error)));
        }
        let (name, mut details) = self.target.finish()?.publish()?;
        details.fact(if self.names.len() == 1 { "sheet" } else { "sheets" }, self.names.join(", "));
        Ok(Output { name, rows: self.records, details })
    }

    /// Settles styles and widths by the first rows, and writes those.
    fn begin(&mut self) -> Result<()> {
        let Some(head) = self.head.take() else { return Ok(()) };
        let column = |(at, name): (usize, &str)| {
            let values = || head.iter().map(|record| record.value(at));
            let first =
                values().find_map(style).unwrap_or_else(|| Style::of_kind(self.schema.fields()[at].kind()));
            let named = if self.layout.header { width(Value::Text(name)) + FILTER_BUTTON } else { 0 };
            let widest = values().map(width).max().unwrap_or(0).max(named);
            (first, widest.clamp(WIDTHS.0, WIDTHS.1))
        };
        self.columns = self.schema.names().enumerate().map(column).collect();
        self.open_sheet()?;
        head.iter().try_for_each(|record| self.write(record))
    }

    fn open_sheet(&mut self) -> Result<()> {
        self.names.push(sheet_name(&self.layout.sheet, self.names.len() + 1));
        self.sheet = self.workbook.new_worksheet_with_constant_memory().map_err(failed)?;
        self.row = 0;
        self.dress_sheet().map_err(failed)
    }

    fn dress_sheet(&mut self) -> Result<(), XlsxError> {
        let sheet = &mut self.sheet;
        sheet.set_name(self.names.last().map_or("", String::as_str))?;
        for (at, (style, width)) in (0..).zip(&self.columns) {
            sheet.set_column_width(at, *width as f64)?;
            sheet.set_column_format(at, self.formats.of(*style))?;
        }
        if self.layout.header {
            sheet.set_freeze_panes(1, 0)?;
            for (at, name) in (0..).zip(self.schema.names()) {
                sheet.write_string_with_format(0, at, name, &header())?;
            }
            self.row = 1;
        }
        Ok(())
    }

    fn close_sheet(&mut self) -> Result<()> {
        let sheet = &mut self.sheet;
        if let (Some(last), Ok(columns)) = (self.row.checked_sub(1), u16::try_from(self.columns.len() - 1)) {
            if self.layout.header {
                sheet.autofilter(0, 0, last, columns).map_err(failed)?;
            }
            // No green corner on each id.
            let ignored = IgnoreError::NumberStoredAsText;
            sheet.ignore_error_range(0, 0, last, columns, ignored).map_err(failed)?;
        }
        self.workbook.push_worksheet(std::mem::take(sheet));
        Ok(())
    }

    fn write(&mut self, record: &Record) -> Result<()> {
        if self.row >= self.layout.rows {
            self.close_sheet()?;
            self.open_sheet()?;
        }
        self.bytes += record.size() as u64;
        for (at, value) in (0..).zip(record.values()) {
            self.put(at, cell(value).0).map_err(failed)?;
        }
        self.row += 1;
        Ok(())
    }

    fn put(&mut self, at: u16, cell: Cell<'_>) -> Result<(), XlsxError> {
        let (sheet, row, column) = (&mut self.sheet, self.row, self.columns[usize::from(at)].0);
        // A format that is the column's anyway need not be looked up for each cell.
        match cell {
            Cell::Empty => Ok(()),
            Cell::Text(text) if column == Style::Text => sheet.write_string(row, at, text).map(drop),
            Cell::Text(text) => {
                sheet.write_string_with_format(row, at, text, self.formats.of(Style::Text)).map(drop)
            }
            Cell::Bool(value) if column == Style::Bool => sheet.write_boolean(row, at, value).map(drop),
            Cell::Bool(value) => {
                sheet.write_boolean_with_format(row, at, value, self.formats.of(Style::Bool)).map(drop)
            }
            Cell::Number(number, style) if column == style => sheet.write_number(row, at, number).map(drop),
            Cell::Number(number, style) => {
                sheet.write_number_with_format(row, at, number, self.formats.of(style)).map(drop)
            }
        }
    }
}

/// The style of a value, if there is one.
fn style(value: Value<'_>) -> Option<Style> {
    match cell(value).0 {
        Cell::Empty => None,
        Cell::Bool(_) => Some(Style::Bool),
        Cell::Number(_, style) => Some(style),
        Cell::Text(_) => Some(Style::Text),
    }
}

/// `Kunden`, `Kunden (2)`, …, cut so that it is not too long.
fn sheet_name(base: &str, number: usize) -> String {
    if number == 1 {
        return base.to_owned();
    }
    let suffix = format!(" ({number})");
    let mut room = SHEET_NAME_CHARS - suffix.len();
    let fits = |c: &char| {
        let more = room.checked_sub(c.len_utf16());
        room = more.unwrap_or(0);
        more.is_some()
    };
    base.chars().take_while(fits).chain(suffix.chars()).collect()
}

/// `rust_xlsxwriter` panics where the file in which rows wait cannot be written.
fn guarded<T>(write: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|_| {
        let message = "cannot write the temporary file in which the rows wait, the disk may be full";
        Err(Error::new(ErrorKind::Io, message))
    })
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => Error::io("cannot write", error),
        other => Error::other("cannot write the workbook").caused_by(other),
    }
}

/// Hands bytes on to the target, and keeps its error, which says most.
struct Through<'t> {
    target: &'t mut Target,
    failed: Option<Error>,
}

impl Write for Through<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.target.write(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => {
                self.failed = Some(error);
                Err(io::Error::other("the target failed"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
