//! The rows of a delimited file, as bytes, with their places.

use std::ops::Range;

use super::quotes::misplaced;
use super::text::Text;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::source::decode::Decoder;
use crate::source::dialect::{Dialect, Splitter};

/// How large a row may become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub bytes: usize,
    pub cells: usize,
}

impl Limits {
    pub const DEFAULT: Limits = Limits { bytes: 16 << 20, cells: 1 << 16 };
}

/// Reads row after row into one buffer. Blank lines are no rows.
pub(crate) struct Parser {
    input: Text,
    dialect: Dialect,
    splitter: Splitter,
    limits: Limits,
    /// How many cells a row should have, where that is known.
    width: Option<usize>,
    text: Vec<u8>,
    text_len: usize,
    ends: Vec<usize>,
    cells: usize,
    open: bool,
    below_blank: bool,
    /// The line that the next byte is on, from 1.
    next_line: u64,
    /// Whether the byte before was a carriage return that ended a line.
    after_return: bool,
    row_line: u64,
    row_start: Option<u64>,
}

impl Parser {
    pub fn new(decoder: Decoder, dialect: Dialect, limits: Limits) -> Self {
        Parser {
            input: Text::new(decoder),
            dialect,
            splitter: Splitter::new(dialect),
            limits,
            width: None,
            text: vec![0; 1024.min(limits.bytes)],
            text_len: 0,
            ends: vec![0; 64.min(limits.cells)],
            cells: 0,
            open: false,
            below_blank: false,
            next_line: 1,
            after_return: false,
            row_line: 1,
            row_start: None,
        }
    }

    /// Says how many cells a row should have, so that an open quote is known
    /// by the rows that it swallows.
    pub fn expect(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// Reads the next row; false when there are no more.
    ///
    /// # Errors
    ///
    /// When reading fails, and when the row exceeds a limit; the place is the
    /// line, for the caller to put the file before.
    pub fn advance(&mut self) -> Result<bool> {
        (self.text_len, self.cells, self.open) = (0, 0, false);
        self.skip_line_ends()?;
        (self.row_line, self.row_start) = (self.next_line, self.input.begin_row());
        loop {
            let chunk = self.input.chunk().map_err(cannot_read(self.next_line))?;
            if chunk.is_empty() {
                return self.end();
            }
            let (text, ends) = (&mut self.text[self.text_len..], &mut self.ends[self.cells..]);
            let (result, read, written, cells) = self.splitter.read_row(chunk, text, ends);
            let last = read.checked_sub(1).map(|last| chunk[last]);
            self.input.consume(read);
            self.text_len += written;
            self.cells += cells;
            match result {
                csv_core::ReadRecordResult::InputEmpty => self.input.carry(),
                csv_core::ReadRecordResult::OutputFull => match self.grow_text() {
                    Err(_) if self.cut_to_line() => return Ok(true),
                    grown => grown?,
                },
                csv_core::ReadRecordResult::OutputEndsFull => self.grow_ends()?,
                csv_core::ReadRecordResult::Record => {
                    self.count_lines(last);
                    return Ok(true);
                }
                csv_core::ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// The bytes of the row's cells, one after the other.
    pub fn text(&self) -> &[u8] {
        &self.text[..self.text_len]
    }

    /// Where each cell ends in [`text`](Self::text).
    pub fn ends(&self) -> &[usize] {
        &self.ends[..self.cells]
    }

    /// The row's cells.
    pub fn cells(&self) -> impl Iterator<Item = &[u8]> {
        spans(self.ends()).map(|span| &self.text[span])
    }

    /// The line on which the row begins, from 1.
    pub fn line(&self) -> u64 {
        self.row_line
    }

    /// The byte at which it begins in the file as stored, where that is known.
    pub fn byte(&self) -> Option<u64> {
        self.row_start
    }

    /// Whether its last cell has an opening quote and no closing one.
    pub fn open(&self) -> bool {
        self.open
    }

    /// Whether blank lines stand above it.
    pub fn below_blank(&self) -> bool {
        self.below_blank
    }

    /// What is wrong with its quotes, where some are left in its cells.
    pub fn misplaced_quotes(&self) -> Option<Fault> {
        let left = self.dialect.quote.filter(|quote| memchr::memchr(*quote, self.text()).is_some());
        left.and_then(|_| misplaced(&self.raw(), self.dialect))
    }

    /// The row as it stands in the decoded text, with what ends it.
    pub fn raw(&self) -> Vec<u8> {
        self.input.row()
    }

    /// Whether bytes that cannot be decoded stand in the text in another form.
    pub fn transcodes(&self) -> bool {
        self.input.transcodes()
    }

    /// Ends the last row, as a line break would: where that is content, a quote is open.
    fn end(&mut self) -> Result<bool> {
        loop {
            let ends = &mut self.ends[self.cells..];
            let (result, _, written, cells) = self.splitter.read_row(b"\n", &mut [0; 4], ends);
            self.cells += cells;
            match result {
                _ if written > 0 => return self.end_open(),
                csv_core::ReadRecordResult::OutputEndsFull => self.grow_ends()?,
                csv_core::ReadRecordResult::Record => {
                    self.count_lines(None);
                    return Ok(true);
                }
                _ => return Ok(false),
            }
        }
    }

    /// Ends a row whose last cell is open: with its line, where that is known
    /// to be right, and otherwise with the file.
    fn end_open(&mut self) -> Result<bool> {
        if self.cut_to_line() {
            return Ok(true);
        }
        if self.cells == self.ends.len() {
            self.grow_ends()?;
        }
        let start = self.cells.checked_sub(1).map_or(0, |last| self.ends[last]);
        self.text_len = start + without_line_ends(&self.text[start..self.text_len]).len();
        self.ends[self.cells] = self.text_len;
        self.cells += 1;
        self.open = true;
        self.splitter = Splitter::new(self.dialect);
        Ok(true)
    }

    /// Makes the row one of its first line alone if a quote that is open
    /// there has swallowed rows: the lines below it, read by themselves, have
    /// as many cells as rows should have. Of two columns that says little.
    fn cut_to_line(&mut self) -> bool {
        let Some(width) = self.width.filter(|width| *width > 2) else { return false };
        let row = self.input.row();
        let Some(at) = memchr::memchr2(b'\n', b'\r', &row) else { return false };
        let below = at + if row[at..].starts_with(b"\r\n") { 2 } else { 1 };
        if !begins_with_rows(&row[below..], width, self.dialect) {
            return false;
        }
        let Some((text, ends)) = split_open(&row[..at], self.dialect) else { return false };
        self.text.splice(..text.len().min(self.text.len()), text.iter().copied());
        self.ends.splice(..ends.len().min(self.ends.len()), ends.iter().copied());
        (self.text_len, self.cells, self.open) = (text.len(), ends.len(), true);
        self.input.go_back_to(below);
        self.splitter = Splitter::new(self.dialect);
        (self.next_line, self.after_return) = (self.row_line + 1, false);
        true
    }

    /// Goes to where the next row begins, past what ended the last one and
    /// past blank lines.
    fn skip_line_ends(&mut self) -> Result<()> {
        let begin = self.next_line;
        loop {
            let chunk = self.input.chunk().map_err(cannot_read(self.next_line))?;
            let ends = chunk.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            let (mut line, mut after_return) = (self.next_line, self.after_return);
            for byte in &chunk[..ends] {
                line += u64::from(!(*byte == b'\n' && after_return));
                after_return = *byte == b'\r';
            }
            let more = ends > 0 && ends == chunk.len();
            self.input.consume(ends);
            self.next_line = line;
            self.after_return = after_return;
            if !more {
                (self.after_return, self.below_blank) = (false, line > begin);
                return Ok(());
            }
        }
    }

    /// Counts the line breaks within the row and the one that ended it.
    fn count_lines(&mut self, ended_by: Option<u8>) {
        // Most rows have none.
        if memchr::memchr2(b'\n', b'\r', self.text()).is_some() {
            let doubtful = || misplaced(&self.raw(), self.dialect).is_some_and(|fault| fault.is_error());
            if self.width != Some(self.cells) && doubtful() && self.cut_to_line() {
                return;
            }
            self.next_line += self.cells().map(count_breaks).sum::<u64>();
        }
        self.after_return = ended_by == Some(b'\r');
        self.next_line += u64::from(matches!(ended_by, Some(b'\r' | b'\n')));
    }

    fn grow_text(&mut self) -> Result<()> {
        if self.text.len() >= self.limits.bytes {
            let message =
                format!("the row is longer than {} bytes; is a quote left open?", self.limits.bytes);
            return Err(Error::new(ErrorKind::Limit, message).at(self.row_line));
        }
        let size = (self.text.len() * 2).min(self.limits.bytes);
        self.text.resize(size, 0);
        Ok(())
    }

    fn grow_ends(&mut self) -> Result<()> {
        if self.ends.len() >= self.limits.cells {
            let message = format!("the row has more than {} cells", self.limits.cells);
            return Err(Error::new(ErrorKind::Limit, message).at(self.row_line));
        }
        let size = (self.ends.len() * 2).min(self.limits.cells);
        self.ends.resize(size, 0);
        Ok(())
    }
}

/// How many rows are looked at to see whether a quote has swallowed them, and in how many bytes.
const SWALLOWED: (usize, usize) = (3, 1 << 20);

/// Whether text is nothing, or begins with rows of this width.
fn begins_with_rows(text: &[u8], width: usize, dialect: Dialect) -> bool {
    let text = &text[..text.len().min(SWALLOWED.1)];
    let (mut buffer, mut ends) = (vec![0; text.len() + 2], vec![0; width + 1]);
    let (mut splitter, mut at, mut rows) = (Splitter::new(dialect), 0, 0);
    while rows < SWALLOWED.0 && !without_line_ends(&text[at..]).is_empty() {
        let (result, read, written, cells) = splitter.read_row(&text[at..], &mut buffer, &mut ends);
        at += read;
        let cells = match result {
            csv_core::ReadRecordResult::Record => cells,
            // The end cuts off the last: of several it says nothing.
            csv_core::ReadRecordResult::InputEmpty if rows == 0 => {
                cells + splitter.read_row(b"\n", &mut buffer[written..], &mut ends[cells..]).3
            }
            result => return result == csv_core::ReadRecordResult::InputEmpty,
        };
        if cells != width {
            return false;
        }
        rows += 1;
    }
    true
}

/// The text and ends of the cells of a line whose last quote is open, if that is so.
fn split_open(line: &[u8], dialect: Dialect) -> Option<(Vec<u8>, Vec<usize>)> {
    let mut splitter = Splitter::new(dialect);
    let (mut text, mut ends) = (vec![0; line.len() + 2], vec![0; line.len() + 1]);
    let (_, _, written, cells) = splitter.read_row(line, &mut text, &mut ends);
    let (.., more, _) = splitter.read_row(b"\n", &mut [0; 4], &mut ends[cells..]);
    text.truncate(written);
    ends.truncate(cells);
    ends.push(written);
    (more > 0).then_some((text, ends))
}

fn without_line_ends(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    &text[..end]
}

/// Where each cell lies in the text of a row, given where each ends.
pub(crate) fn spans(ends: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(ends).map(|(start, &end)| start..end)
}

fn cannot_read(line: u64) -> impl FnOnce(std::io::Error) -> Error {
    move |error| Error::io("cannot read", error).at(line)
}

/// How many lines end within a cell, by `\n`, `\r` or both together.
fn count_breaks(cell: &[u8]) -> u64 {
    let ends_line =
        |(at, byte): (usize, &u8)| *byte == b'\n' || (*byte == b'\r' && cell.get(at + 1) != Some(&b'\n'));
    cell.iter().enumerate().filter(|(at, byte)| ends_line((*at, byte))).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::encoding::Encoding;

    fn parser(text: &str) -> Parser {
        let decoder = Decoder::new(Box::new(std::io::empty()), Encoding::UTF_8, text.into(), 0);
        Parser::new(decoder, Dialect::COMMA, Limits { bytes: 1024, cells: 64 })
    }

    fn lines(text: &str) -> Vec<(u64, u64)> {
        let mut parser = parser(text);
        let mut places = Vec::new();
        while parser.advance().unwrap() {
            places.push((parser.line(), parser.byte().unwrap()));
        }
        places
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        assert_eq!(lines("a\nb\nc"), [(1, 0), (2, 2), (3, 4)]);
        assert_eq!(lines("a\r\nb\r\nc"), [(1, 0), (2, 3), (3, 6)]);
        assert_eq!(lines("a\rb\rc"), [(1, 0), (2, 2), (3, 4)]);
        assert_eq!(lines("\n\r\na\r\rb\n\rc"), [(3, 3), (5, 6), (7, 9)]);
    }

    #[test]
    fn line_breaks_within_quotes_count() {
        assert_eq!(lines("\"a\nb\"\nc"), [(1, 0), (3, 6)]);
        assert_eq!(lines("\"a\r\nb\"\r\nc"), [(1, 0), (3, 8)]);
        assert_eq!(lines("\"a\rb\"\rc"), [(1, 0), (3, 6)]);
        assert_eq!(lines("\"a\rb\nc\r\nd\n\re\"\nf"), [(1, 0), (7, 14)]);
        assert_eq!(lines("\"a\r\",\"\nb\"\nc"), [(1, 0), (4, 10)]);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told_wherever_it_opens() {
        for text in ["a\n\"", "a\nb,\"\n", "a\nb,\"c\nd,e\n", "a\nb,\"c\"\"", "a\nb,\"\n\n"] {
            let mut parser = parser(text);
            assert!(parser.advance().unwrap() && !parser.open());
            assert!(parser.advance().unwrap() && parser.open(), "{text:?}");
            assert_eq!(parser.line(), 2);
            assert!(!parser.advance().unwrap());
        }
    }

    #[test]
    fn an_open_quote_costs_its_line_where_it_has_swallowed_rows() {
        for text in ["1,2,\"3\n4,5,6\n7,8,9\n", "1,2,\"3\r\n4,5,6\r\n7,8,9", "1,2,\"3\r4,5,6\r7,\"8\",9\r"] {
            let mut parser = parser(text);
            parser.expect(3);
            let mut rows = Vec::new();
            while parser.advance().unwrap() {
                let cells: Vec<_> =
                    parser.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
                let line_at =
                    text[..parser.byte().unwrap() as usize].split(['\n', '\r']).filter(|l| !l.is_empty());
                assert_eq!(line_at.count() as u64 + 1, parser.line());
                rows.push((cells.join("|"), parser.open(), parser.line()));
            }
            let expected = [("1|2|3", true, 1), ("4|5|6", false, 2), ("7|8|9", false, 3)];
            assert_eq!(rows, expected.map(|(row, open, line)| (row.to_owned(), open, line)), "{text:?}");
        }
    }

    #[test]
    fn a_cell_of_several_lines_stays_one() {
        for text in ["1,2,\"x\ny, z\"\n", "1,2,\"x\ny\",3\n", "1,\"2\n3,4,5\",6\n"] {
            let mut parser = parser(text);
            parser.expect(3);
            assert!(parser.advance().unwrap() && !parser.open());
            assert!(!parser.advance().unwrap(), "{text:?}");
        }
    }
}
