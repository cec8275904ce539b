//! ODS, as OASIS OpenDocument 1.3 part 3 has it: sheets, and rows one after the other.

use std::collections::HashSet;

use quick_xml::events::{BytesStart, Event};

use super::cell::{Cells, clock};
use super::format::Format;
use super::package::{Attributes, Package, Xml, append, attribute, local, password, unescaped};
use super::row::{MAX_COLUMNS, Row};
use super::{Book, Limits, Rows, Sheet};
use crate::error::{Error, ErrorKind, Result};

pub(super) const CONTENT: &str = "content.xml";
/// How many cells with values may come of repeating others.
const MAX_REPEATED: u64 = 10_000_000;

/// An ODS workbook.
pub(super) struct OdsBook {
    package: Package,
    sheets: Vec<Sheet>,
    cells: Cells,
}

impl OdsBook {
    pub fn open(mut package: Package, limits: &Limits) -> Result<Self> {
        if is_encrypted(&mut package)? {
            return Err(password());
        }
        let sheets = sheets(package.required(CONTENT)?)?;
        Ok(OdsBook { package, sheets, cells: Cells { is_1904: false, max_row: limits.row } })
    }
}

impl Book for OdsBook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>> {
        Ok(Box::new(OdsRows::open(self.package.required(CONTENT)?, sheet, self.cells)?))
    }
}

fn is_encrypted(package: &mut Package) -> Result<bool> {
    let Some(mut xml) = package.xml("META-INF/manifest.xml")? else { return Ok(false) };
    loop {
        match xml.next()? {
            Event::Start(tag) if local(tag.name()) == "encryption-data" => return Ok(true),
            Event::Eof => return Ok(false),
            _ => {}
        }
    }
}

/// The sheets; hidden are those of a style that is not displayed.
fn sheets(mut xml: Xml<'_>) -> Result<Vec<Sheet>> {
    let (mut sheets, mut hidden, mut style, mut depth) = (Vec::new(), HashSet::new(), String::new(), 0);
    loop {
        match xml.next()? {
            Event::Start(tag) => match local(tag.name()) {
                "style" => style = attribute(&tag, "name")?.unwrap_or_default(),
                "table-properties" if attribute(&tag, "display")?.as_deref() == Some("false") => {
                    hidden.insert(std::mem::take(&mut style));
                }
                "table" => {
                    depth += 1;
                    if depth == 1 {
                        let name = attribute(&tag, "name")?.unwrap_or_default();
                        let style = attribute(&tag, "style-name")?.unwrap_or_default();
                        sheets.push(Sheet { name, visible: !hidden.contains(&style) });
                    }
                }
                _ => {}
            },
            Event::End(tag) if local(tag.name()) == "table" => depth -= 1,
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

/// A sheet that is being read.
struct OdsRows<'b> {
    xml: Xml<'b>,
    cells: Cells,
    hidden: Vec<(u32, u32)>,
    /// The tag of the next row, where it has been read already.
    ahead: Option<RowTag>,
    number: u64,
    /// How often the present row is still to be given.
    left: u64,
    /// How many cells may still come of repeating others.
    repeats: u64,
    text: String,
    general: Format,
    ended: bool,
}

#[derive(Clone, Copy)]
struct RowTag {
    repeated: u64,
    hidden: bool,
}

/// What the tag of a cell says.
#[derive(Default)]
struct CellTag {
    repeated: u64,
    kind: String,
    value: Option<String>,
    is_error: bool,
    has_formula: bool,
}

impl<'b> OdsRows<'b> {
    /// Reads up to the first row of a sheet.
    fn open(mut xml: Xml<'b>, sheet: usize, cells: Cells) -> Result<Self> {
        let (mut tables, mut depth) = (0, 0);
        while tables <= sheet {
            match xml.more()? {
                Event::Start(tag) if local(tag.name()) == "table" => {
                    depth += 1;
                    tables += usize::from(depth == 1);
                }
                Event::End(tag) if local(tag.name()) == "table" => depth -= 1,
                _ => {}
            }
        }
        let mut rows = OdsRows {
            xml,
            cells,
            hidden: Vec::new(),
            ahead: None,
            number: 0,
            left: 0,
            repeats: MAX_REPEATED,
            text: String::new(),
            general: Format::general(),
            ended: false,
        };
        rows.columns()?;
        Ok(rows)
    }

    /// Reads which columns are hidden, up to the first row.
    fn columns(&mut self) -> Result<()> {
        let mut column = 0u32;
        loop {
            match self.xml.more()? {
                Event::Start(tag) => match local(tag.name()) {
                    "table-column" => {
                        let repeated = repeated(&tag, "number-columns-repeated")?.min(MAX_COLUMNS as u64);
                        let after = column + repeated as u32;
                        if is_hidden(&tag)? && column < MAX_COLUMNS as u32 {
                            self.hidden.push((column, after - 1));
                        }
                        column = after.min(MAX_COLUMNS as u32);
                    }
                    "table-row" => {
                        self.ahead = Some(RowTag::of(&tag)?);
                        return Ok(());
                    }
                    _ => {}
                },
                Event::End(tag) if local(tag.name()) == "table" => {
                    self.ended = true;
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    /// The next row's tag; at the end of the sheet there is none.
    fn tag(&mut self) -> Result<Option<RowTag>> {
        if let Some(tag) = self.ahead.take() {
            return Ok(Some(tag));
        }
        loop {
            match self.xml.more()? {
                Event::Start(tag) if local(tag.name()) == "table-row" => {
                    return RowTag::of(&tag).map(Some);
                }
                Event::End(tag) if local(tag.name()) == "table" => return Ok(None),
                _ => {}
            }
        }
    }

    fn row(&mut self, row: &mut Row) -> Result<()> {
        let mut column = 0u64;
        loop {
            let tag = match self.xml.more()? {
                Event::Start(tag) if matches!(local(tag.name()), "table-cell" | "covered-table-cell") => {
                    CellTag::of(&tag)?
                }
                Event::End(tag) if local(tag.name()) == "table-row" => return Ok(()),
                _ => continue,
            };
            self.shown()?;
            if tag.has_value(&self.text) {
                self.repeat(tag.repeated - 1)?;
                for at in 0..tag.repeated {
                    // A cell beyond the last column is told by the row.
                    self.put(row, u32::try_from(column + at).unwrap_or(u32::MAX), &tag)?;
                }
            }
            column = column.saturating_add(tag.repeated);
        }
    }

    /// Reads the text that a cell shows, up to its end: paragraphs on lines of their own, without comments.
    fn shown(&mut self) -> Result<()> {
        let (mut paragraphs, mut comment) = (0, false);
        self.text.clear();
        loop {
            match self.xml.more()? {
                Event::End(tag) => match local(tag.name()) {
                    "table-cell" | "covered-table-cell" => return Ok(()),
                    "annotation" => comment = false,
                    _ => {}
                },
                Event::Start(tag) if local(tag.name()) == "annotation" => comment = true,
                _ if comment => {}
                Event::Start(tag) => match local(tag.name()) {
                    "p" => {
                        if paragraphs > 0 {
                            self.text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "s" => {
                        let spaces = attribute(&tag, "c")?.and_then(|count| count.parse().ok()).unwrap_or(1);
                        self.text.extend(std::iter::repeat_n(' ', usize::min(spaces, 1 << 10)));
                    }
                    "tab" => self.text.push('\t'),
                    "line-break" => self.text.push('\n'),
                    _ => {}
                },
                event if paragraphs > 0 => append(&event, &mut self.text)?,
                _ => {}
            }
        }
    }

    fn put(&self, row: &mut Row, column: u32, tag: &CellTag) -> Result<()> {
        let (cells, shown) = (&self.cells, self.text.as_str());
        let value = tag.value.as_deref().unwrap_or(shown);
        match tag.kind.as_str() {
            _ if tag.is_error => cells.error(row, column, shown),
            "float" | "percentage" | "currency" if shows_id(value, shown) => cells.text(row, column, shown),
            "float" | "percentage" | "currency" => cells.number(row, column, value, &self.general),
            "boolean" => cells.bool(row, column, value == "true"),
            "date" => cells.iso(row, column, value),
            "time" => match duration(value) {
                Some(millis) => cells.text(row, column, &clock(millis)),
                None => cells.text(row, column, shown),
            },
            "" if tag.has_formula && shown.is_empty() => cells.not_computed(row, column),
            _ => cells.text(row, column, value),
        }
    }

    fn repeat(&mut self, cells: u64) -> Result<()> {
        let message = "the workbook repeats cells more often than is allowed";
        let left = self.repeats.checked_sub(cells).ok_or_else(|| Error::new(ErrorKind::Limit, message));
        self.repeats = left?;
        Ok(())
    }
}

impl Rows for OdsRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool> {
        if self.left > 0 {
            self.repeat(row.cells().count() as u64)?;
            self.left -= 1;
            self.number += 1;
            row.number = self.number;
            return Ok(true);
        }
        let Some(tag) = (if self.ended { None } else { self.tag()? }) else {
            if !self.ended {
                self.ended = true;
                self.xml.finish()?;
            }
            return Ok(false);
        };
        row.begin(self.number + 1, tag.hidden);
        self.row(row)?;
        if row.is_blank() {
            self.number = self.number.saturating_add(tag.repeated);
        } else {
            (self.number, self.left) = (self.number + 1, tag.repeated - 1);
        }
        Ok(true)
    }

    fn hidden(&self) -> Option<&[(u32, u32)]> {
        Some(&self.hidden)
    }
}

impl RowTag {
    fn of(tag: &BytesStart<'_>) -> Result<Self> {
        Ok(RowTag { repeated: repeated(tag, "number-rows-repeated")?, hidden: is_hidden(tag)? })
    }
}

impl CellTag {
    fn of(tag: &BytesStart<'_>) -> Result<Self> {
        let mut cell = CellTag { repeated: repeated(tag, "number-columns-repeated")?, ..CellTag::default() };
        for attribute in Attributes::of(tag) {
            let (key, value) = attribute?;
            match key {
                "office:value-type" => cell.kind = unescaped(value)?,
                "calcext:value-type" => cell.is_error = value == "error",
                "office:value"
                | "office:date-value"
                | "office:time-value"
                | "office:boolean-value"
                | "office:string-value" => cell.value = Some(unescaped(value)?),
                "table:formula" => cell.has_formula = true,
                _ => {}
            }
        }
        Ok(cell)
    }

    fn has_value(&self, shown: &str) -> bool {
        !self.kind.is_empty() || self.is_error || self.has_formula || !shown.is_empty()
    }
}

fn repeated(tag: &BytesStart<'_>, name: &str) -> Result<u64> {
    Ok(attribute(tag, name)?.and_then(|times| times.trim().parse().ok()).unwrap_or(1).max(1))
}

fn is_hidden(tag: &BytesStart<'_>) -> Result<bool> {
    Ok(matches!(attribute(tag, "visibility")?.as_deref(), Some("collapse" | "filter")))
}

/// Whether a whole number is shown with zeros before it, or parted as phones and ids are.
fn shows_id(value: &str, shown: &str) -> bool {
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    let is_whole = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let same = digits.trim_start_matches('0') == value.trim_start_matches('0');
    let parted = shown.chars().all(|c| c.is_ascii_digit() || " +-()/".contains(c))
        && shown.chars().any(|c| "+-()/".contains(c));
    is_whole && same && (parted || (shown == digits && shown.len() > 1 && shown.starts_with('0')))
}

/// The milliseconds of a duration as in ISO 8601: `PT12H30M05.5S`.
fn duration(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1.0, text),
        None => (1.0, text),
    };
    let (mut total, mut rest) = (0.0, text.strip_prefix("PT")?);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        let unit = match rest.as_bytes()[end] {
            b'H' => 3_600_000.0,
            b'M' => 60_000.0,
            b'S' => 1000.0,
            _ => return None,
        };
        total += number * unit;
        rest = &rest[end + 1..];
    }
    Some((sign * total).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_shown_as_ids_are_known() {
        assert!(shows_id("123", "00123") && shows_id("13800138000", "+138 0013-8000"));
        assert!(!shows_id("123", "123") && !shows_id("1234", "1 234") && !shows_id("5", "0.5"));
        assert!(!shows_id("1234", "1,234") && !shows_id("0", "0") && !shows_id("12.5", "0012"));
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(duration("PT12H30M05.5S").map(clock).as_deref(), Some("12:30:05.500"));
        assert_eq!(duration("PT36H00M00S").map(clock).as_deref(), Some("36:00:00"));
        assert_eq!(duration("-PT1H").map(clock).as_deref(), Some("-01:00:00"));
        assert_eq!([duration("PT1"), duration("1H"), duration("PTéH")], [None; 3]);
        let endless = duration("-PT99999999999999999999H").map(clock);
        assert_eq!(endless.as_deref(), Some("-2562047788015:12:55.808"));
    }
}
