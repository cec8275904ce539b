//! The rows of a delimited file, as bytes, with their places.

use std::ops::Range;

use crate::error::{Error, ErrorKind, Result};
use crate::source::decode::Decoder;
use crate::source::dialect::Dialect;

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
    decoder: Decoder,
    core: csv_core::Reader,
    limits: Limits,
    text: Vec<u8>,
    text_len: usize,
    ends: Vec<usize>,
    cells: usize,
    /// Bytes of decoded text that were dealt with.
    decoded: u64,
    /// The line that the next byte is on, from 1.
    next_line: u64,
    /// Whether the byte before was a carriage return that ended a line.
    after_return: bool,
    row_line: u64,
    row_start: u64,
}

impl Parser {
    pub fn new(decoder: Decoder, dialect: Dialect, limits: Limits) -> Self {
        Parser {
            decoder,
            core: dialect.parser(),
            limits,
            text: vec![0; 1024.min(limits.bytes)],
            text_len: 0,
            ends: vec![0; 64.min(limits.cells)],
            cells: 0,
            decoded: 0,
            next_line: 1,
            after_return: false,
            row_line: 1,
            row_start: 0,
        }
    }

    /// Reads the next row; false when there are no more.
    ///
    /// # Errors
    ///
    /// When reading fails, when the row exceeds a limit, and when a quote is
    /// never closed; the place is the line, for the caller to put the file before.
    pub fn advance(&mut self) -> Result<bool> {
        (self.text_len, self.cells) = (0, 0);
        self.skip_line_ends()?;
        (self.row_line, self.row_start) = (self.next_line, self.decoder.stored_offset(self.decoded));
        loop {
            let chunk = self.decoder.chunk().map_err(cannot_read(self.next_line))?;
            if chunk.is_empty() {
                return self.end();
            }
            let (text, ends) = (&mut self.text[self.text_len..], &mut self.ends[self.cells..]);
            let (result, read, written, cells) = self.core.read_record(chunk, text, ends);
            let last = read.checked_sub(1).map(|last| chunk[last]);
            self.decoder.consume(read);
            self.decoded += read as u64;
            self.text_len += written;
            self.cells += cells;
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::OutputFull => self.grow_text()?,
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

    /// The byte at which it begins in the file as stored.
    pub fn byte(&self) -> u64 {
        self.row_start
    }

    pub fn bytes_read(&self) -> u64 {
        self.decoder.bytes_read()
    }

    /// Whether bytes that cannot be decoded stand in the text in another form.
    pub fn transcodes(&self) -> bool {
        self.decoder.transcodes()
    }

    /// Ends the last row, as a line break would: where that is content, a quote is open.
    fn end(&mut self) -> Result<bool> {
        loop {
            let ends = &mut self.ends[self.cells..];
            let (result, _, written, cells) = self.core.read_record(b"\n", &mut [0; 4], ends);
            if written > 0 {
                return Err(Error::format("a quote is opened and never closed").at(self.row_line));
            }
            self.cells += cells;
            match result {
                csv_core::ReadRecordResult::OutputEndsFull => self.grow_ends()?,
                csv_core::ReadRecordResult::Record => {
                    self.count_lines(None);
                    return Ok(true);
                }
                _ => return Ok(false),
            }
        }
    }

    /// Goes to where the next row begins, past what ended the last one and
    /// past blank lines.
    fn skip_line_ends(&mut self) -> Result<()> {
        loop {
            let chunk = self.decoder.chunk().map_err(cannot_read(self.next_line))?;
            let ends = chunk.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            let (mut line, mut after_return) = (self.next_line, self.after_return);
            for byte in &chunk[..ends] {
                line += u64::from(!(*byte == b'\n' && after_return));
                after_return = *byte == b'\r';
            }
            let more = ends > 0 && ends == chunk.len();
            self.decoder.consume(ends);
            self.decoded += ends as u64;
            self.next_line = line;
            self.after_return = after_return;
            if !more {
                self.after_return = false;
                return Ok(());
            }
        }
    }

    /// Counts the line breaks within the row and the one that ended it.
    fn count_lines(&mut self, ended_by: Option<u8>) {
        // Most rows have none.
        if memchr::memchr2(b'\n', b'\r', self.text()).is_some() {
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

    fn lines(text: &str) -> Vec<(u64, u64)> {
        let head = text.as_bytes().to_vec();
        let decoder = Decoder::new(Box::new(std::io::empty()), Encoding::UTF_8, head, 0);
        let mut parser = Parser::new(decoder, Dialect::COMMA, Limits { bytes: 1024, cells: 64 });
        let mut places = Vec::new();
        while parser.advance().unwrap() {
            places.push((parser.line(), parser.byte()));
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
    fn a_quote_that_is_not_closed_is_an_error_wherever_it_opens() {
        for text in ["a\n\"", "a\nb,\"\n", "a\nb,\"c\nd,e\n", "a\nb,\"c\"\"", "a\nb,\"\n\n"] {
            let decoder = Decoder::new(Box::new(std::io::empty()), Encoding::UTF_8, text.into(), 0);
            let mut parser = Parser::new(decoder, Dialect::COMMA, Limits { bytes: 1024, cells: 64 });
            assert!(parser.advance().unwrap());
            let error = parser.advance().expect_err(text);
            assert_eq!(error.to_string(), "2: a quote is opened and never closed", "{text:?}");
        }
    }
}
