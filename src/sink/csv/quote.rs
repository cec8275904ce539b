//! One cell into a line of text: when it is quoted, and how.

use super::Quoting;
use super::format::Format;
use crate::bytes::{eight, zero_byte};
use crate::error::{Error, Fault, Result};
use crate::source::dialect::{Dialect, Escape};

/// The part of a [`Format`] that is about delimiters and quotes, ready for use.
pub(crate) struct Quoter {
    pub delimiter: char,
    /// None where nothing is to be quoted.
    quote: Option<u8>,
    escape: Option<u8>,
    quoting: Quoting,
    /// The bytes that a cell cannot hold as they are, each eight times.
    signs: [u64; 5],
    /// The same, byte by byte.
    special: [bool; 256],
}

impl Quoter {
    /// Fails if the characters of the dialect cannot be told apart.
    pub fn new(format: &Format) -> Result<Self> {
        let Dialect { delimiter, quote, spaced, .. } = format.dialect;
        let escape = match format.dialect.escape {
            Escape::Doubled => None,
            Escape::Any(escape) => Some(escape),
            Escape::Quotes(_) | Escape::Unmarked => {
                return Err(Error::bind("quotes must be doubled or escaped, or they are not read back"));
            }
        };
        if spaced {
            return Err(Error::bind("spaces behind delimiters can be read and not written"));
        }
        let own = [delimiter, quote.unwrap_or(delimiter), escape.unwrap_or(delimiter)];
        if own.iter().any(|sign| !sign.is_ascii() || b"\r\n\0".contains(sign)) {
            return Err(Error::bind(
                "delimiter, quote and escape must be ASCII characters other than line breaks and NUL",
            ));
        }
        if quote == Some(delimiter) || escape == Some(delimiter) {
            return Err(Error::bind("the delimiter is the quote or the escape too"));
        }
        let signs = [b'\r', b'\n', own[0], own[1], own[2]];
        let mut special = [false; 256];
        signs.iter().for_each(|sign| special[usize::from(*sign)] = true);
        Ok(Quoter {
            delimiter: char::from(delimiter),
            quote: quote.filter(|_| format.quoting != Quoting::Never),
            escape,
            quoting: format.quoting,
            signs: signs.map(eight),
            special,
        })
    }

    /// Appends a cell that holds `text`, which is a number or not.
    #[inline]
    pub fn put(&self, line: &mut String, text: &str, is_number: bool) -> Result<(), Fault> {
        let special = self.has_special(text);
        if special || self.wants_quotes(text, is_number) {
            return self.put_special(line, text, special);
        }
        line.push_str(text);
        Ok(())
    }

    /// Appends a cell that is there and holds nothing.
    pub fn put_empty(&self, line: &mut String) -> Result<(), Fault> {
        match self.quote {
            Some(_) => self.put(line, "", false),
            None => Err(Fault::new("an empty line needs quotes, which are switched off").rule("quotes")),
        }
    }

    /// Whether quotes or an escape are needed. Eight bytes at a time, because
    /// one by one this would take half of the time of writing.
    #[inline]
    fn has_special(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let in_word = |word: &[u8; 8]| {
            let word = u64::from_le_bytes(*word);
            self.signs.iter().fold(0, |found, sign| found | zero_byte(word ^ sign)) != 0
        };
        match bytes.last_chunk() {
            Some(last) => bytes.as_chunks().0.iter().any(in_word) || in_word(last),
            None => bytes.iter().any(|byte| self.special[usize::from(*byte)]),
        }
    }

    /// Appends a cell with quotes or escapes, or says that it cannot be written without.
    #[cold]
    fn put_special(&self, line: &mut String, text: &str, special: bool) -> Result<(), Fault> {
        match (self.quote, self.escape) {
            (Some(quote), escape) => {
                line.push(char::from(quote));
                let within = |byte| byte == quote || Some(byte) == escape;
                put_escaped(line, text, within, escape.unwrap_or(quote));
                line.push(char::from(quote));
            }
            (None, Some(escape)) => put_escaped(line, text, |byte| self.special[usize::from(byte)], escape),
            (None, None) if special || (line.is_empty() && text.starts_with('\u{FEFF}')) => {
                return Err(Fault::new("needs quotes, which are switched off").rule("quotes"));
            }
            (None, None) => line.push_str(text),
        }
        Ok(())
    }

    #[inline]
    fn wants_quotes(&self, text: &str, is_number: bool) -> bool {
        match self.quoting {
            Quoting::All => true,
            Quoting::NonNumeric => !is_number,
            // Null is empty without quotes. A byte order mark at the very
            // beginning of a file would be taken for one.
            Quoting::Minimal | Quoting::Never => text.is_empty() || text.starts_with('\u{FEFF}'),
        }
    }
}

/// Appends `text` with `escape` before every byte that `needs` one.
fn put_escaped(line: &mut String, text: &str, needs: impl Fn(u8) -> bool, escape: u8) {
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        if needs(byte) {
            line.push_str(&text[start..at]);
            line.push(char::from(escape));
            start = at;
        }
    }
    line.push_str(&text[start..]);
}
