//! One row of a sheet, in memory that is used again for the next.

use crate::error::{Error, ErrorKind, Fault, Result};
use crate::record::{Date, DateTime, Decimal, Value};

/// The most columns that a sheet has.
pub(super) const MAX_COLUMNS: usize = 16_384;

/// The cells of a row, each with its column, counted from 0.
#[derive(Default)]
pub(super) struct Row {
    /// The row's number in the sheet, from 1.
    pub number: u64,
    pub hidden: bool,
    text: String,
    cells: Vec<(u32, Cell)>,
    /// What is wrong with cells, each with its column.
    pub faults: Vec<(u32, Fault)>,
}

enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Decimal(usize, usize),
    Date(Date),
    DateTime(DateTime),
    Text(usize, usize),
}

impl Row {
    /// Makes it the row of a number, without cells.
    pub fn begin(&mut self, number: u64, hidden: bool) {
        (self.number, self.hidden) = (number, hidden);
        self.text.clear();
        self.cells.clear();
        self.faults.clear();
    }

    /// Adds a cell. Fails when the row is larger than `max` bytes, or than a sheet is wide.
    pub fn push(&mut self, column: u32, value: Value<'_>, max: usize) -> Result<()> {
        let cell = match value {
            Value::Null => Cell::Null,
            Value::Float(value) => Cell::Float(value),
            Value::Bool(value) => Cell::Bool(value),
            Value::Int(value) => Cell::Int(value),
            Value::Date(value) => Cell::Date(value),
            Value::DateTime(value) => Cell::DateTime(value),
            Value::Decimal(value) => {
                let (start, end) = self.append(value.as_str());
                Cell::Decimal(start, end)
            }
            Value::Text(value) => {
                let (start, end) = self.append(value);
                Cell::Text(start, end)
            }
        };
        self.cells.push((column, cell));
        if self.text.len() > max {
            let message = format!("a row of more than {max} bytes: see `max_row_bytes`");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        if column as usize >= MAX_COLUMNS || self.cells.len() > MAX_COLUMNS {
            return Err(Error::format("the workbook is damaged: a cell beyond the last column, XFD"));
        }
        Ok(())
    }

    /// Says that something about a cell is worth knowing.
    pub fn warn(&mut self, column: u32, fault: Fault) {
        self.faults.push((column, fault));
    }

    fn append(&mut self, text: &str) -> (usize, usize) {
        let start = self.text.len();
        self.text.push_str(text);
        (start, self.text.len())
    }

    /// The cells, in the order in which they stand in the file.
    pub fn cells(&self) -> impl Iterator<Item = (u32, Value<'_>)> {
        self.cells.iter().map(|(column, cell)| (*column, self.value(cell)))
    }

    /// Whether there is neither a value nor a finding.
    pub fn is_blank(&self) -> bool {
        self.faults.is_empty() && self.cells().all(|(_, value)| value.is_blank())
    }

    fn value(&self, cell: &Cell) -> Value<'_> {
        let str = |start: usize, end: usize| self.text.get(start..end).unwrap_or_default();
        match *cell {
            Cell::Null => Value::Null,
            Cell::Bool(value) => Value::Bool(value),
            Cell::Int(value) => Value::Int(value),
            Cell::Float(value) => Value::Float(value),
            Cell::Date(value) => Value::Date(value),
            Cell::DateTime(value) => Value::DateTime(value),
            Cell::Decimal(start, end) => Decimal::parse(str(start, end)).map_or(Value::Null, Value::Decimal),
            Cell::Text(start, end) => Value::Text(str(start, end)),
        }
    }
}

/// A column as a sheet names it: 0 is `A`, 16383 is `XFD`.
pub(super) fn letters(column: u32) -> String {
    let (mut left, mut letters) = (column + 1, Vec::new());
    while left > 0 {
        letters.push(b'A' + ((left - 1) % 26) as u8);
        left = (left - 1) / 26;
    }
    letters.iter().rev().map(|letter| *letter as char).collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_have_the_letters_of_the_sheet() {
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}
