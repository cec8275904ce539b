//! The part of an input that is looked at, with its place.

use std::io::{self, Read};

use crate::error::{Error, ErrorKind, Result};

/// How much is read at a time, in bytes.
const STEP: usize = 256 << 10;
/// The byte order mark.
const MARK: &[u8] = "\u{FEFF}".as_bytes();

/// What JSON takes for white space.
pub(crate) const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Whether JSON takes a byte for white space.
pub(crate) fn is_space(byte: &u8) -> bool {
    SPACE.contains(&char::from(*byte))
}

/// A window that goes over the bytes of an input from piece to piece: a
/// record, say. It grows to the longest piece, and no further.
pub(crate) struct Window {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// How long the piece is that the window begins with.
    piece: usize,
    /// Where the window begins: the byte, the line from 1, and the byte at which that line begins.
    byte: u64,
    line: u64,
    line_start: u64,
}

impl Window {
    /// A window on UTF-8, after the byte order mark, if there is one.
    pub fn new(reader: Box<dyn Read + Send>) -> Result<Self> {
        let buffer = vec![0; STEP];
        let (start, end, piece, byte, line, line_start) = (0, 0, 0, 0, 1, 0);
        let mut window = Window { reader, buffer, start, end, piece, byte, line, line_start };
        while window.bytes().len() < MARK.len() && window.more()? {}
        if window.bytes().starts_with(MARK) {
            window.skip(MARK.len());
            window.line_start = window.byte;
        }
        match window.bytes() {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, ..] | [_, 0, ..] => {
                Err(Error::format("this is UTF-16 or UTF-32, not UTF-8: save it as UTF-8"))
            }
            _ => Ok(window),
        }
    }

    /// What there is to be looked at, from the beginning of the piece.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Reads more after what there is; false when there is no more.
    pub fn more(&mut self) -> Result<bool> {
        if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.end > self.buffer.len() / 2 {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io("cannot read", error).at(self.line)),
                Ok(length) => {
                    self.end += length;
                    return Ok(length > 0);
                }
            }
        }
    }

    /// Goes past some bytes.
    pub fn skip(&mut self, length: usize) {
        let passed = &self.buffer[self.start..self.start + length];
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            self.line += memchr::memchr_iter(b'\n', &passed[..=last]).count() as u64;
            self.line_start = self.byte + last as u64 + 1;
        }
        self.start += length;
        self.byte += length as u64;
    }

    /// Says that a piece of so many bytes begins here.
    pub fn mark(&mut self, length: usize, most: usize) -> Result<()> {
        self.check(length, most)?;
        self.piece = length;
        Ok(())
    }

    /// Checks that a piece is not too long.
    pub fn check(&self, length: usize, most: usize) -> Result<()> {
        if length <= most {
            return Ok(());
        }
        let message = format!("the record is longer than {most} bytes; is a quote or a bracket left open?");
        Err(Error::new(ErrorKind::Limit, message).at(self.line))
    }

    /// The piece that was marked last.
    pub fn piece(&self) -> &[u8] {
        &self.bytes()[..self.piece]
    }

    /// Goes past the piece that was marked last.
    pub fn pass(&mut self) {
        let length = std::mem::take(&mut self.piece);
        self.skip(length);
    }

    /// The byte at which the piece begins, from 0.
    pub fn byte(&self) -> u64 {
        self.byte
    }

    /// The line on which the piece begins, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// A place in the window: `7:13`, the line and the byte in it, each from 1.
    pub fn place(&self, within: usize) -> String {
        let before = &self.bytes()[..within];
        let (line, column) = match memchr::memrchr(b'\n', before) {
            Some(last) => (memchr::memchr_iter(b'\n', before).count(), (within - last) as u64),
            None => (0, self.byte - self.line_start + within as u64 + 1),
        };
        format!("{}:{column}", self.line + line as u64)
    }
}
