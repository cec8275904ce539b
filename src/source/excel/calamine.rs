//! XLS and XLSB, which calamine reads.
//!
//! It tells dates from numbers, but no other format: a number that is shown as `00123` is 123.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    Cell, Data, DataRef, ExcelDateTime, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, Xlsx,
    XlsxError,
};

use super::cell::Cells;
use super::format::Format;
use super::package::{File, password};
use super::row::Row;
use super::{Book, Limits, Rows, Sheet, damaged};
use crate::error::{Error, Result};

/// What the report says of these formats.
const WITHOUT_FORMATS: &str =
    "numbers arrive without their format, `00123` as 123: save the workbook as .xlsx to keep it";

/// An XLS workbook, which is held whole.
pub(super) struct XlsBook {
    workbook: Xls<File>,
    sheets: Vec<Sheet>,
    cells: Cells,
}

impl XlsBook {
    pub fn open(mut file: File, limits: &Limits) -> Result<Self> {
        // Of XLSX behind a password calamine's reader of XLSX tells that it is.
        if let Err(XlsxError::Password) = guard(|| Ok(Xlsx::new(&mut file).map(drop)))? {
            return Err(password());
        }
        let workbook = guard(|| {
            Xls::new(file).map_err(|error| match error {
                XlsError::Password => password(),
                // The oldest way to protect a workbook leaves its records in place, but not what they say.
                XlsError::Cfb(error) if error.to_string().contains("Codepage") => {
                    Error::format("the workbook is damaged, or protected with a password")
                }
                error => damaged(error),
            })
        })?;
        let cells = Cells { is_1904: workbook.has_1904_epoch(), max_row: limits.row };
        Ok(XlsBook { sheets: sheets(&workbook), workbook, cells })
    }
}

impl Book for XlsBook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>> {
        let name = &self.sheets[sheet].name;
        let range = guard(|| self.workbook.worksheet_range(name).map_err(damaged))?;
        Ok(Box::new(RangeRows { range, next: 0, cells: self.cells, general: Format::general() }))
    }

    fn note(&self) -> Option<&'static str> {
        Some(WITHOUT_FORMATS)
    }
}

/// An XLSB workbook: its cells are a stream.
pub(super) struct XlsbBook {
    workbook: Xlsb<File>,
    sheets: Vec<Sheet>,
    cells: Cells,
}

impl XlsbBook {
    pub fn open(file: File, limits: &Limits) -> Result<Self> {
        let workbook = guard(|| Xlsb::new(file).map_err(damaged))?;
        let cells = Cells { is_1904: workbook.has_1904_epoch(), max_row: limits.row };
        Ok(XlsbBook { sheets: sheets(&workbook), workbook, cells })
    }
}

impl Book for XlsbBook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>> {
        let name = &self.sheets[sheet].name;
        let mut reader = guard(|| self.workbook.worksheet_cells_reader(name).map_err(damaged))?;
        let next_cell = Box::new(move || reader.next_cell().map_err(damaged));
        Ok(Box::new(XlsbRows {
            next_cell,
            pending: None,
            ended: false,
            cells: self.cells,
            general: Format::general(),
        }))
    }

    fn note(&self) -> Option<&'static str> {
        Some(WITHOUT_FORMATS)
    }
}

fn sheets<R: Reader<File>>(workbook: &R) -> Vec<Sheet> {
    let worksheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    worksheets
        .map(|sheet| Sheet { name: sheet.name.clone(), visible: sheet.visible == SheetVisible::Visible })
        .collect()
}

/// Runs what may panic on a damaged file.
fn guard<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Error::format("the workbook is damaged: what it says of itself is not so")))
}

struct RangeRows {
    range: Range<Data>,
    next: usize,
    cells: Cells,
    general: Format,
}

impl Rows for RangeRows {
    fn next(&mut self, row: &mut Row) -> Result<bool> {
        let Some((first_row, first_column)) = self.range.start() else { return Ok(false) };
        let (height, width) = self.range.get_size();
        if self.next == height {
            return Ok(false);
        }
        row.begin(u64::from(first_row) + self.next as u64 + 1, false);
        for (column, at) in (first_column..).zip(0..width) {
            if let Some(value) = self.range.get((self.next, at)) {
                put(&self.cells, &self.general, row, column, value)?;
            }
        }
        self.next += 1;
        Ok(true)
    }
}

struct XlsbRows<'b> {
    next_cell: Box<dyn FnMut() -> Result<Option<Cell<DataRef<'b>>>> + 'b>,
    /// The first cell of the next row.
    pending: Option<Cell<DataRef<'b>>>,
    /// Whether there are no more: calamine must not be asked again.
    ended: bool,
    cells: Cells,
    general: Format,
}

impl Rows for XlsbRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool> {
        guard(|| self.read(row))
    }
}

impl XlsbRows<'_> {
    fn read(&mut self, row: &mut Row) -> Result<bool> {
        let first = match self.pending.take() {
            Some(first) => Some(first),
            None if self.ended => None,
            None => (self.next_cell)()?,
        };
        let Some(mut cell) = first else { return Ok(false) };
        let (number, _) = cell.get_position();
        row.begin(u64::from(number) + 1, false);
        loop {
            let (at, column) = cell.get_position();
            if at != number {
                self.pending = Some(cell);
                return Ok(true);
            }
            put(&self.cells, &self.general, row, column, &cell.get_value().clone().into())?;
            match (self.next_cell)()? {
                Some(next) => cell = next,
                None => {
                    self.ended = true;
                    return Ok(true);
                }
            }
        }
    }
}

fn put(cells: &Cells, general: &Format, row: &mut Row, column: u32, value: &Data) -> Result<()> {
    match value {
        Data::Empty => Ok(()),
        Data::Int(number) => cells.number(row, column, &number.to_string(), general),
        Data::Float(number) => cells.number(row, column, &number.to_string(), general),
        Data::String(text) => cells.text(row, column, &without_padding(text)),
        Data::Bool(value) => cells.bool(row, column, *value),
        Data::DateTime(moment) => put_moment(cells, row, column, *moment),
        Data::DateTimeIso(text) | Data::DurationIso(text) => cells.iso(row, column, text),
        Data::Error(error) => cells.error(row, column, &error.to_string()),
    }
}

/// Text that calamine took for one of single bytes when it is UTF-16: every second character is NUL.
fn without_padding(text: &str) -> Cow<'_, str> {
    if !text.contains('\0') || text.chars().skip(1).step_by(2).any(|c| c != '\0') {
        return Cow::Borrowed(text);
    }
    text.chars().step_by(2).collect()
}

/// Whether the format shows days or times is not told: what is less than a day is a time.
fn put_moment(cells: &Cells, row: &mut Row, column: u32, moment: ExcelDateTime) -> Result<()> {
    let number = moment.as_f64();
    let digits = number.to_string();
    if moment.is_duration() {
        return cells.duration(row, column, number, &digits);
    }
    let is_time = (0.0..1.0).contains(&number);
    cells.moment(row, column, number, !is_time, is_time, &digits)
}
