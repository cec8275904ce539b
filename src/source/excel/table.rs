//! The table in a sheet: its header, its columns, and its rows as records.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::row::{Row, letters};
use super::{Header, Options, Rows};
use crate::details::Details;
use crate::error::{Error, Fault, Result};
use crate::record::Value;
use crate::schema::{Field, Kind, Schema};
use crate::source::Feed;
use crate::source::header::{find_header, unique_names};
use crate::source::input::Stored;
use crate::source::raw::put_quoted;

/// How many rows are looked at to find the header and the columns.
const HEAD_ROWS: usize = 50;
/// How many notes of one kind are told.
const MAX_NOTES: usize = 20;

/// Where the table of a sheet stands.
pub(super) struct Table {
    pub schema: Arc<Schema>,
    pub notes: Vec<String>,
    /// The row of the header; records are below it.
    header: u64,
    /// The columns of the sheet that are columns of the table, from 0.
    columns: RangeInclusive<u32>,
    /// Where in the record each of them goes, unless it is left out.
    positions: Vec<Option<usize>>,
}

/// One of the first rows, as text.
struct Line {
    number: u64,
    cells: Vec<String>,
    /// Whether every cell that is filled holds text.
    is_text: bool,
}

impl Line {
    fn of(row: &Row) -> Self {
        let (mut cells, mut is_text) = (Vec::new(), true);
        for (column, value) in row.cells().filter(|(_, value)| !value.is_blank()) {
            let column = column as usize;
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = value.to_string();
            is_text &= matches!(value, Value::Text(_));
        }
        Line { number: row.number, cells, is_text }
    }

    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map(|cell| cell.trim()).unwrap_or_default()
    }

    /// The first and the last column that is filled.
    fn extent(&self) -> Option<(usize, usize)> {
        let first = self.cells.iter().position(|cell| !cell.trim().is_empty())?;
        Some((first, self.cells.len() - 1))
    }
}

impl Table {
    /// Finds the table among the first rows; there is none in a sheet without rows.
    pub fn find(rows: &mut dyn Rows, options: &Options) -> Result<Option<Self>> {
        let (lines, is_empty) = head(rows, options.header)?;
        if is_empty {
            return Ok(None);
        }
        let mut notes = Vec::new();
        let found = match options.header {
            Header::Find => Some(find(&lines, options.grouped)),
            Header::Line(number) => {
                Some(lines.iter().position(|line| line.number == number).ok_or_else(|| {
                    Error::format(format!(
                        "there is nothing in row {number}, which was said to be the header"
                    ))
                })?)
            }
            Header::None => None,
        };
        let body = &lines[found.unwrap_or_default()..];
        let extents: Vec<_> = body.iter().filter_map(Line::extent).collect();
        // Without a header, the columns are those of the sheet: `column_3` is C.
        let first = found.and_then(|_| extents.iter().map(|extent| extent.0).min()).unwrap_or_default();
        let last = extents.iter().map(|extent| extent.1).max().unwrap_or_default();
        let names = match found {
            Some(at) => {
                let above = at.checked_sub(1).map(|above| &lines[above]);
                told_above(&lines, at, options, &mut notes);
                names(&lines[at], above.filter(|_| options.grouped), first..=last)
            }
            None => (1..=last + 1 - first).map(|number| format!("column_{number}")).collect(),
        };
        let header = found.map_or(0, |at| lines[at].number);
        let hidden = hidden(rows, options, first as u32..=last as u32, &mut notes)?;
        Table::of(names, header, first as u32..=last as u32, &hidden, notes).map(Some)
    }

    fn of(
        names: Vec<String>,
        header: u64,
        columns: RangeInclusive<u32>,
        hidden: &[bool],
        mut notes: Vec<String>,
    ) -> Result<Self> {
        let (names, renamed) = unique_names(&names);
        notes.extend(renamed.iter().take(MAX_NOTES).cloned());
        if let Some(more @ 1..) = renamed.len().checked_sub(MAX_NOTES) {
            notes.push(format!("{more} more columns have no name of their own"));
        }
        let mut positions = Vec::with_capacity(names.len());
        let mut fields = Vec::with_capacity(names.len());
        for (name, hidden) in names.into_iter().zip(hidden) {
            positions.push((!hidden).then_some(fields.len()));
            if !hidden {
                fields.push(Field::new(name, Kind::Any));
            }
        }
        Ok(Table { schema: Schema::new(fields)?, notes, header, columns, positions })
    }

    /// Feeds every row below the header.
    pub fn read(
        &self,
        rows: &mut dyn Rows,
        feed: &mut Feed<'_>,
        stored: &Stored,
        options: &Options,
        details: &mut Details,
    ) -> Result<()> {
        let key = options.key.as_deref().map(|key| self.schema.index(key)).transpose()?;
        let (mut row, mut hidden) = (Row::default(), 0u64);
        while rows.next(&mut row)? {
            if row.number <= self.header || row.is_blank() {
                continue;
            }
            hidden += u64::from(row.hidden);
            if row.hidden && options.skip_hidden {
                continue;
            }
            feed.bytes_read(stored.bytes());
            self.feed(&row, key, feed)?;
        }
        if hidden > 0 {
            let fate = if options.skip_hidden { "left out" } else { "read as all others" };
            let are = if hidden == 1 { "row is" } else { "rows are" };
            details.notes.push(format!("{hidden} hidden {are} {fate}"));
        }
        Ok(())
    }

    fn feed(&self, row: &Row, key: Option<usize>, feed: &mut Feed<'_>) -> Result<()> {
        let record = feed.record();
        record.set_position(row.number, None);
        let mut beyond = None;
        for (column, value) in row.cells() {
            match self.position(column) {
                Some(Some(position)) => record.set_value(position, value),
                Some(None) => {}
                None if value.is_blank() => {}
                None => beyond = Some(column),
            }
        }
        if let Some(key) = key {
            record.set_key(key);
        }
        if let Some(column) = beyond {
            return feed.reject(Some(&raw(row)), [self.beyond(column)]);
        }
        if row.faults.is_empty() {
            return feed.push();
        }
        // A row of ODS may be repeated, its faults with it.
        feed.push_with(row.faults.iter().filter_map(|(column, fault)| self.place(*column, fault.clone())))
    }

    /// Where a column of the sheet goes: nowhere beyond the table, and `None` where it is left out.
    fn position(&self, column: u32) -> Option<Option<usize>> {
        let offset = column.checked_sub(*self.columns.start())?;
        self.positions.get(offset as usize).copied()
    }

    /// A fault of a cell as one of its column, unless that is left out.
    fn place(&self, column: u32, fault: Fault) -> Option<Fault> {
        match self.position(column) {
            Some(Some(position)) => Some(fault.column(Arc::clone(self.schema.name(position)))),
            Some(None) => None,
            None => Some(fault.column(letters(column))),
        }
    }

    fn beyond(&self, column: u32) -> Fault {
        let (first, last) = (letters(*self.columns.start()), letters(*self.columns.end()));
        Fault::new(format!(
            "a value in column {}, beyond those of the header, {first} to {last}",
            letters(column)
        ))
        .rule("ragged")
    }
}

/// The first rows that are not blank, from the one above what was said to be
/// the header; and whether there are none in the whole sheet.
fn head(rows: &mut dyn Rows, header: Header) -> Result<(Vec<Line>, bool)> {
    let (mut lines, mut row, mut is_empty) = (Vec::new(), Row::default(), true);
    let from = if let Header::Line(number) = header { number } else { 0 };
    while lines.len() < HEAD_ROWS && rows.next(&mut row)? {
        if row.is_blank() {
            continue;
        }
        is_empty = false;
        if row.number + 1 >= from {
            lines.push(Line::of(&row));
        }
    }
    Ok((lines, is_empty))
}

/// The line that is the header.
fn find(lines: &[Line], grouped: bool) -> usize {
    let rows: Vec<Vec<String>> = lines.iter().map(|line| line.cells.clone()).collect();
    let at = find_header(&rows);
    let (Some(found), Some(below)) = (lines.get(at), lines.get(at + 1)) else { return at };
    // Names that reach over both rows make the upper one look like a header.
    let fills_gaps = (0..below.cells.len()).any(|c| found.cell(c).is_empty() && !below.cell(c).is_empty());
    if grouped && fills_gaps && below.is_text && below.number == found.number + 1 { at + 1 } else { at }
}

fn told_above(lines: &[Line], at: usize, options: &Options, notes: &mut Vec<String>) {
    let above = at - usize::from(options.grouped && at > 0);
    if let (Header::Find, 1..) = (options.header, above) {
        let rows =
            if above == 1 { "1 row above it is".to_owned() } else { format!("{above} rows above it are") };
        notes.push(format!("the header is in row {}, {rows} left out", lines[at].number));
    }
}

/// The names in the header, below those of their groups.
fn names(header: &Line, groups: Option<&Line>, columns: RangeInclusive<usize>) -> Vec<String> {
    let mut group = String::new();
    let name = |column: usize| {
        let own = header.cell(column);
        let above = groups.map(|groups| groups.cell(column)).unwrap_or_default();
        match (above, own) {
            ("", "") => String::new(),
            ("", own) if group.is_empty() => own.to_owned(),
            ("", own) => format!("{group}.{own}"),
            (above, "") => {
                group.clear();
                above.to_owned()
            }
            (above, own) => {
                group = above.to_owned();
                format!("{above}.{own}")
            }
        }
    };
    columns.map(name).collect()
}

/// Which columns are left out because they are hidden.
fn hidden(
    rows: &dyn Rows,
    options: &Options,
    columns: RangeInclusive<u32>,
    notes: &mut Vec<String>,
) -> Result<Vec<bool>> {
    let Some(hidden) = rows.hidden() else {
        if options.skip_hidden {
            return Err(Error::bind("what is hidden cannot be told in a workbook of this format"));
        }
        return Ok(columns.map(|_| false).collect());
    };
    let is_hidden = |column: u32| hidden.iter().any(|(first, last)| (*first..=*last).contains(&column));
    let hidden: Vec<bool> = columns.map(is_hidden).collect();
    let count = hidden.iter().filter(|hidden| **hidden).count();
    if count > 0 {
        let fate = if options.skip_hidden { "left out" } else { "read as all others" };
        let are = if count == 1 { "column is" } else { "columns are" };
        notes.push(format!("{count} hidden {are} {fate}"));
    }
    Ok(hidden.into_iter().map(|hidden| hidden && options.skip_hidden).collect())
}

/// A row that does not fit, as a line of CSV.
fn raw(row: &Row) -> String {
    let mut cells: Vec<Vec<u8>> = Vec::new();
    for (column, value) in row.cells() {
        let column = column as usize;
        cells.resize(cells.len().max(column + 1), Vec::new());
        cells[column].clear();
        put_quoted(&mut cells[column], value.to_string().as_bytes());
    }
    String::from_utf8_lossy(&cells.join(&b',')).into_owned()
}
