//! The rows of an XLSX sheet, one after the other.

use quick_xml::events::{BytesStart, Event};

use super::Rows;
use super::cell::Cells;
use super::damaged;
use super::package::{Attributes, Xml, attribute, local, plain_text, says_yes};
use super::row::{MAX_COLUMNS, Row};
use super::strings::{Strings, unescape};
use super::workbook::Styles;
use crate::error::{Error, Result};

/// The most rows that a sheet has.
const MAX_ROWS: u64 = 1_048_576;

/// A sheet that is being read.
pub(super) struct SheetRows<'w> {
    xml: Xml<'w>,
    values: Values<'w>,
    /// The columns that are hidden, first and last, from 0.
    hidden: Vec<(u32, u32)>,
    /// The row read last.
    number: u64,
    /// The text of the present cell.
    text: String,
}

/// Puts what stands in cells into rows.
struct Values<'w> {
    strings: &'w Strings,
    styles: &'w Styles,
    cells: Cells,
}

/// Where the cells of a row stand.
struct Place {
    /// The column of the next cell that does not tell its own.
    next: u32,
    /// Whether the row's number was told.
    told: bool,
}

/// What the tag of a cell says.
#[derive(Clone, Copy)]
struct Tag {
    column: u32,
    row: Option<u64>,
    style: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
    Iso,
}

impl<'w> SheetRows<'w> {
    /// Reads up to the first row.
    pub fn open(mut xml: Xml<'w>, strings: &'w Strings, styles: &'w Styles, cells: Cells) -> Result<Self> {
        let mut hidden = Vec::new();
        loop {
            match xml.next()? {
                Event::Start(tag) => match local(tag.name()) {
                    "col" if says_yes(&tag, "hidden")? && hidden.len() < MAX_COLUMNS => {
                        hidden.push((bound(&tag, "min")?, bound(&tag, "max")?))
                    }
                    "sheetData" => break,
                    _ => {}
                },
                Event::Eof => {
                    return Err(Error::format("the workbook is damaged: the sheet has no cells at all"));
                }
                _ => {}
            }
        }
        let values = Values { strings, styles, cells };
        Ok(SheetRows { xml, values, hidden, number: 0, text: String::new() })
    }

    /// Reads the cells of a row.
    fn row(&mut self, row: &mut Row, told: bool) -> Result<()> {
        let mut place = Place { next: 0, told };
        loop {
            self.plain_cells(row, &mut place)?;
            let tag = match self.xml.more()? {
                Event::Start(tag) if local(tag.name()) == "c" => {
                    Tag::parse(Attributes::of(&tag), place.next)?
                }
                Event::End(tag) if local(tag.name()) == "row" => return Ok(()),
                _ => continue,
            };
            place.enter(&tag, row);
            self.cell(row, &tag)?;
        }
    }

    /// Reads the cells at hand that stand as nearly all do: a value, and neither formula nor
    /// entity. Five events of a parser for each would take longer than all the rest.
    fn plain_cells(&mut self, row: &mut Row, place: &mut Place) -> Result<()> {
        let ahead = self.xml.ahead()?;
        let mut rest = ahead;
        while let Some((tag, text, behind)) = plain_cell(rest, place.next) {
            place.enter(&tag, row);
            self.values.put(row, &tag, text)?;
            rest = behind;
        }
        let passed = ahead.len() - rest.len();
        self.xml.pass(passed);
        Ok(())
    }

    fn cell(&mut self, row: &mut Row, tag: &Tag) -> Result<()> {
        let (mut tag, mut has_value, mut has_formula) = (*tag, false, false);
        self.text.clear();
        loop {
            match self.xml.more()? {
                Event::Start(element) => match local(element.name()) {
                    "v" => {
                        has_value = true;
                        self.xml.text(&mut self.text)?;
                    }
                    "is" => {
                        (tag.kind, has_value) = (Kind::Text, true);
                        self.text.clear();
                        self.xml.rich_text("is", &mut self.text)?;
                    }
                    "f" => has_formula = true,
                    _ => {}
                },
                Event::End(element) if local(element.name()) == "c" => break,
                _ => {}
            }
        }
        let has_value = has_value && (tag.kind == Kind::Text || !self.text.trim().is_empty());
        match has_value {
            true => self.values.put(row, &tag, &self.text),
            false if has_formula => self.values.cells.not_computed(row, tag.column),
            false => Ok(()),
        }
    }
}

impl Values<'_> {
    fn put(&self, row: &mut Row, tag: &Tag, text: &str) -> Result<()> {
        let (cells, column) = (&self.cells, tag.column);
        match tag.kind {
            Kind::Number => cells.number(row, column, text, self.styles.format(tag.style)),
            Kind::Shared => match text.trim().parse().ok().and_then(|at| self.strings.get(at)) {
                Some(text) => cells.text(row, column, text),
                None => Err(Error::format(
                    "the workbook is damaged: a cell names a shared text that is not there",
                )
                .at(row.number)),
            },
            Kind::Text => cells.text(row, column, &unescape(text)),
            Kind::Bool => cells.bool(row, column, matches!(text.trim(), "1" | "true" | "TRUE")),
            Kind::Error => cells.error(row, column, text.trim()),
            Kind::Iso => cells.iso(row, column, text.trim()),
        }
    }
}

impl Place {
    fn enter(&mut self, tag: &Tag, row: &mut Row) {
        if let (false, Some(number)) = (self.told, tag.row) {
            (row.number, self.told) = (number, true);
        }
        self.next = tag.column + 1;
    }
}

impl Rows for SheetRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool> {
        loop {
            let (number, hidden) = match self.xml.more()? {
                Event::Start(tag) if local(tag.name()) == "row" => {
                    let number = attribute(&tag, "r")?.map(|text| text.trim().parse().map_err(damaged));
                    (number.transpose()?, says_yes(&tag, "hidden")?)
                }
                Event::End(tag) if local(tag.name()) == "sheetData" => break,
                _ => continue,
            };
            row.begin(number.unwrap_or(self.number + 1), hidden);
            self.row(row, number.is_some())?;
            self.number = row.number;
            if self.number > MAX_ROWS {
                return Err(Error::format("the workbook is damaged: a row beyond the last, 1048576"));
            }
            return Ok(true);
        }
        self.xml.finish()?;
        Ok(false)
    }

    fn hidden(&self) -> Option<&[(u32, u32)]> {
        Some(&self.hidden)
    }
}

impl Tag {
    #[inline]
    fn parse(attributes: Attributes<'_>, next: u32) -> Result<Self> {
        let mut parsed = Tag { column: next, row: None, style: 0, kind: Kind::Number };
        for attribute in attributes {
            let (key, value) = attribute?;
            match key.as_bytes() {
                b"r" => (parsed.column, parsed.row) = place(value)?,
                b"s" => parsed.style = value.parse().unwrap_or_default(),
                b"t" => {
                    parsed.kind = match value.as_bytes() {
                        b"s" => Kind::Shared,
                        b"b" => Kind::Bool,
                        b"e" => Kind::Error,
                        b"d" => Kind::Iso,
                        b"n" => Kind::Number,
                        _ => Kind::Text,
                    }
                }
                _ => {}
            }
        }
        Ok(parsed)
    }
}

/// Splits off a cell and its text, where both stand for themselves; `None` leaves it to the parser.
#[inline]
fn plain_cell(ahead: &[u8], next: u32) -> Option<(Tag, &str, &[u8])> {
    let from = ahead.strip_prefix(b"<c ")?;
    let (attributes, rest) = from.split_at(from.iter().position(|b| *b == b'>')?);
    // A `>` within an attribute leaves one without its end, which does not parse.
    let attributes = Attributes::within(std::str::from_utf8(attributes).ok()?);
    if let Some(value) = rest.strip_prefix(b"><v>") {
        let (text, rest) = plain_text(value, b"</v></c>")?;
        let tag = Tag::parse(attributes, next).ok()?;
        return (!text.trim().is_empty()).then_some((tag, text, rest));
    }
    let (text, rest) = plain_text(rest.strip_prefix(b"><is><t>")?, b"</t></is></c>")?;
    Some((Tag { kind: Kind::Text, ..Tag::parse(attributes, next).ok()? }, text, rest))
}

/// The column, from 0, and the row, from 1, of a cell such as `B12`.
#[inline]
fn place(text: &str) -> Result<(u32, Option<u64>)> {
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at(length);
    let column = letters.bytes().fold(0u64, |number, letter| {
        number.saturating_mul(26).saturating_add(u64::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    match (column as usize, digits.parse()) {
        (1..=MAX_COLUMNS, Ok(row)) => Ok((column as u32 - 1, Some(row))),
        _ => Err(Error::format("the workbook is damaged: a cell stands nowhere in the sheet")),
    }
}

/// The number of a column, from 1, as one from 0.
fn bound(tag: &BytesStart<'_>, name: &str) -> Result<u32> {
    let number: Option<u32> = attribute(tag, name)?.and_then(|text| text.trim().parse().ok());
    Ok(number.unwrap_or(1).saturating_sub(1))
}
