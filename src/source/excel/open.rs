//! Opening a workbook: its format by content, its sheet, its header.

use std::io::{BufRead, BufReader};

use super::calamine::{XlsBook, XlsbBook};
use super::cell::Cells;
use super::ods::{self, OdsBook};
use super::package::{File, Package};
use super::sheet::SheetRows;
use super::sniff::{Signature, describe};
use super::table::Table;
use super::workbook::{Workbook, main_part};
use super::{Book, Choice, Limits, Options, Rows, Sheet};
use crate::details::Details;
use crate::error::{Error, Result};
use crate::schema::{list, no_such};
use crate::source::Feed;
use crate::source::input::{Input, Stored};

/// How much of the file is looked at to tell what it is.
const HEAD: usize = 64 << 10;

/// A workbook that is open, the header of its sheet read.
pub(super) struct Opened {
    book: Box<dyn Book>,
    sheet: usize,
    pub table: Table,
}

impl Opened {
    pub fn open(input: &mut Input, options: &Options, details: &mut Details) -> Result<Self> {
        let file = BufReader::with_capacity(HEAD, input.open_seekable()?);
        let mut book = open(file, &options.limits)?;
        let (sheet, table) = choose(book.as_mut(), options)?;
        details.fact("sheet", &book.sheets()[sheet].name);
        if let Some(bytes) = book.held() {
            details.fact("shared text", format!("{bytes} bytes"));
        }
        details
            .notes
            .extend(left_out(book.sheets(), sheet).filter(|_| matches!(options.sheet, Choice::First)));
        details.notes.extend(book.note().map(str::to_owned));
        details.notes.extend(table.notes.iter().cloned());
        Ok(Opened { book, sheet, table })
    }

    pub fn sheet_name(&self) -> &str {
        &self.book.sheets()[self.sheet].name
    }

    pub fn read(
        mut self,
        feed: &mut Feed<'_>,
        stored: &Stored,
        options: &Options,
        details: &mut Details,
    ) -> Result<()> {
        let mut rows = self.book.rows(self.sheet)?;
        self.table.read(rows.as_mut(), feed, stored, options, details)
    }
}

/// The sheet to be read, and the table in it.
fn choose(book: &mut dyn Book, options: &Options) -> Result<(usize, Table)> {
    let sheets = book.sheets().to_vec();
    let names = || sheets.iter().map(|sheet| sheet.name.as_str());
    let chosen = match &options.sheet {
        Choice::Name(name) => sheets
            .iter()
            .position(|sheet| sheet.name == *name)
            .ok_or_else(|| Error::bind(no_such("sheet", name, names())))?,
        Choice::Number(number) => number.checked_sub(1).filter(|at| *at < sheets.len()).ok_or_else(|| {
            Error::bind(format!("no sheet number {number}, the sheets are: {}", list(names())))
        })?,
        Choice::First => {
            for at in (0..sheets.len()).filter(|at| sheets[*at].visible) {
                if let Some(table) = Table::find(book.rows(at)?.as_mut(), options)? {
                    return Ok((at, table));
                }
            }
            return Err(Error::format("the workbook has no visible sheet with rows"));
        }
    };
    match Table::find(book.rows(chosen)?.as_mut(), options)? {
        Some(table) => Ok((chosen, table)),
        None => Err(Error::format(format!("the sheet `{}` has no rows", sheets[chosen].name))),
    }
}

/// What nobody who was not asked for a sheet may overlook: the others.
fn left_out(sheets: &[Sheet], chosen: usize) -> Option<String> {
    let others = sheets.iter().enumerate().filter(|(at, _)| *at != chosen);
    let others: Vec<&str> = others.map(|(_, sheet)| sheet.name.as_str()).collect();
    match others.len() {
        0 => None,
        1 => Some(format!("another sheet is not read: {}", list(others.into_iter()))),
        many => Some(format!("{many} other sheets are not read: {}", list(others.into_iter()))),
    }
}

fn open(mut file: File, limits: &Limits) -> Result<Box<dyn Book>> {
    let head = file.fill_buf().map_err(|error| Error::io("cannot read", error))?;
    if head.is_empty() {
        return Err(Error::format("the file is empty"));
    }
    match Signature::of(head) {
        Some(Signature::Zip) => open_package(file, limits),
        Some(Signature::Compound) => Ok(Box::new(XlsBook::open(file, limits)?)),
        None => Err(Error::format(describe(head))),
    }
}

fn open_package(file: File, limits: &Limits) -> Result<Box<dyn Book>> {
    let mut package = Package::open(file, limits.unfold)?;
    match main_part(&mut package)? {
        Some(main) if main.ends_with(".bin") => {
            Ok(Box::new(XlsbBook::open(package.check(limits.shared)?, limits)?))
        }
        Some(main) => {
            let workbook = Workbook::open(package, &main, limits)?;
            let cells = Cells { is_1904: workbook.is_1904, max_row: limits.row };
            Ok(Box::new(Xlsx { workbook, cells }))
        }
        None if package.has(ods::CONTENT) => Ok(Box::new(OdsBook::open(package, limits)?)),
        None => Err(Error::format("this is a ZIP file, but no workbook")),
    }
}

struct Xlsx {
    workbook: Workbook,
    cells: Cells,
}

impl Book for Xlsx {
    fn sheets(&self) -> &[Sheet] {
        &self.workbook.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>> {
        let Workbook { package, paths, strings, styles, .. } = &mut self.workbook;
        let xml = package.required(&paths[sheet])?;
        Ok(Box::new(SheetRows::open(xml, strings, styles, self.cells)?))
    }

    fn held(&self) -> Option<usize> {
        Some(self.workbook.strings.held())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_sheets_are_told() {
        let sheets = |names: &[&str]| -> Vec<Sheet> {
            names.iter().map(|name| Sheet { name: (*name).to_owned(), visible: true }).collect()
        };
        assert_eq!(left_out(&sheets(&["a"]), 0), None);
        assert_eq!(left_out(&sheets(&["a", "b"]), 0).unwrap(), "another sheet is not read: b");
        assert_eq!(left_out(&sheets(&["a", "b", "c"]), 1).unwrap(), "2 other sheets are not read: a, c");
    }
}
