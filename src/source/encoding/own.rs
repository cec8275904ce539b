//! The encodings that the WHATWG Encoding Standard leaves out, for reading.

use std::sync::LazyLock;

use super::{johab, taiwan};
use crate::codepages;

/// An encoding that is decoded here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    Utf32Le,
    Utf32Be,
    Iso2022Kr,
    Johab,
    EucTw,
    Ibm437,
    Ibm850,
    Ibm852,
    Ibm855,
}

/// What the next bytes are.
pub enum Step {
    /// A character, and its length.
    Char(char, usize),
    /// So many bytes that stand for no character, such as a change of character set.
    Nothing(usize),
    /// So many bytes that cannot be decoded.
    Bad(usize),
    /// The beginning of a character that needs more.
    Torn,
}

/// A piece of decoded text.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    Char(char),
    /// Bytes that cannot be decoded.
    Bad(&'a [u8]),
}

impl Own {
    pub fn name(self) -> &'static str {
        match self {
            Own::Utf32Le => "UTF-32LE",
            Own::Utf32Be => "UTF-32BE",
            Own::Iso2022Kr => "ISO-2022-KR",
            Own::Johab => "Johab",
            Own::EucTw => "EUC-TW",
            Own::Ibm437 => "IBM437",
            Own::Ibm850 => "IBM850",
            Own::Ibm852 => "IBM852",
            Own::Ibm855 => "IBM855",
        }
    }

    /// The encoding of a label, in lower case.
    pub fn named(label: &str) -> Option<Self> {
        Some(match label {
            "utf-32le" | "utf-32" | "utf32" | "utf32le" => Own::Utf32Le,
            "utf-32be" | "utf32be" => Own::Utf32Be,
            "iso-2022-kr" | "iso2022kr" | "csiso2022kr" => Own::Iso2022Kr,
            "johab" | "cp1361" | "ms1361" => Own::Johab,
            "euc-tw" | "euctw" | "x-euc-tw" => Own::EucTw,
            "ibm437" | "cp437" | "437" => Own::Ibm437,
            "ibm850" | "cp850" | "850" => Own::Ibm850,
            "ibm852" | "cp852" | "852" => Own::Ibm852,
            "ibm855" | "cp855" | "855" => Own::Ibm855,
            _ => return None,
        })
    }

    /// The text of bytes; `None` if some cannot be decoded.
    pub fn decode(self, bytes: &[u8], whole: bool) -> Option<String> {
        let (mut text, mut clean) = (String::with_capacity(bytes.len()), true);
        OwnDecoder::new(self).decode(bytes, whole, |piece| match piece {
            Piece::Char(c) => text.push(c),
            Piece::Bad(_) => clean = false,
        });
        clean.then_some(text)
    }

    /// The length of a code unit in bytes: a line break takes one.
    pub fn unit(self) -> usize {
        if matches!(self, Own::Utf32Le | Own::Utf32Be) { 4 } else { 1 }
    }
}

/// Decodes one of them, chunk by chunk.
#[derive(Debug, Clone)]
pub struct OwnDecoder {
    own: Own,
    /// The beginning of a character that the chunk before tore.
    torn: Vec<u8>,
    /// Whether ISO-2022-KR has changed to Korean.
    shifted: bool,
}

impl OwnDecoder {
    pub fn new(own: Own) -> Self {
        OwnDecoder { own, torn: Vec::new(), shifted: false }
    }

    /// Decodes a chunk; `last` says that none follows.
    pub fn decode(&mut self, chunk: &[u8], last: bool, mut put: impl FnMut(Piece<'_>)) {
        let joined;
        let mut rest = match self.torn.is_empty() {
            true => chunk,
            false => {
                joined = [std::mem::take(&mut self.torn), chunk.to_vec()].concat();
                &joined
            }
        };
        while !rest.is_empty() {
            let length = match self.step(rest) {
                Step::Torn if !last => {
                    self.torn = rest.to_vec();
                    return;
                }
                Step::Torn => {
                    put(Piece::Bad(rest));
                    return;
                }
                Step::Char(c, length) => {
                    put(Piece::Char(c));
                    length
                }
                Step::Bad(length) => {
                    put(Piece::Bad(rest.get(..length).unwrap_or(rest)));
                    length
                }
                Step::Nothing(length) => length,
            };
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    fn step(&mut self, bytes: &[u8]) -> Step {
        match (self.own, bytes) {
            (Own::Utf32Le, _) => utf32(bytes, u32::from_le_bytes),
            (Own::Utf32Be, _) => utf32(bytes, u32::from_be_bytes),
            (Own::Iso2022Kr, _) => self.iso2022(bytes),
            (_, [ascii @ 0..=0x7F, ..]) => Step::Char(char::from(*ascii), 1),
            (Own::Johab, _) => johab::step(bytes),
            (Own::EucTw, _) => taiwan::step(bytes),
            (page, [byte, ..]) => page_char(page, *byte).map_or(Step::Bad(1), |c| Step::Char(c, 1)),
            (_, []) => Step::Torn,
        }
    }

    /// RFC 1557: the shifts 0E and 0F between ASCII and the pairs of KS X 1001,
    /// which are those of EUC-KR without their high bits.
    fn iso2022(&mut self, bytes: &[u8]) -> Step {
        const DESIGNATOR: &[u8] = b"\x1B$)C";
        match bytes {
            [0x0E, ..] => {
                self.shifted = true;
                Step::Nothing(1)
            }
            [0x0F, ..] => {
                self.shifted = false;
                Step::Nothing(1)
            }
            [0x1B, ..] if bytes.starts_with(DESIGNATOR) => Step::Nothing(DESIGNATOR.len()),
            [0x1B, ..] if DESIGNATOR.starts_with(bytes) => Step::Torn,
            [end @ (b'\n' | b'\r'), ..] => {
                self.shifted = false;
                Step::Char(char::from(*end), 1)
            }
            [first @ 0x21..=0x7E, second @ 0x21..=0x7E, ..] if self.shifted => {
                ks_x_1001(*first, *second).map_or(Step::Bad(2), |c| Step::Char(c, 2))
            }
            [0x21..=0x7E] if self.shifted => Step::Torn,
            [ascii @ 0..=0x7F, ..] => Step::Char(char::from(*ascii), 1),
            _ => Step::Bad(1),
        }
    }
}

fn utf32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> Step {
    match bytes.first_chunk() {
        None => Step::Torn,
        Some(unit) => char::from_u32(number(*unit)).map_or(Step::Bad(4), |c| Step::Char(c, 4)),
    }
}

/// The character of a row and a cell of KS X 1001, each from 21 to 7E.
pub fn ks_x_1001(row: u8, cell: u8) -> Option<char> {
    pair(encoding_rs::EUC_KR, [row | 0x80, cell | 0x80])
}

/// The character of two bytes in an encoding of the standard.
pub fn pair(encoding: &'static encoding_rs::Encoding, bytes: [u8; 2]) -> Option<char> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes)?;
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn page_char(page: Own, byte: u8) -> Option<char> {
    static PAGES: LazyLock<[Vec<char>; 4]> = LazyLock::new(|| {
        [codepages::IBM437, codepages::IBM850, codepages::IBM852, codepages::IBM855]
            .map(|page| page.chars().collect())
    });
    let at = match page {
        Own::Ibm437 => 0,
        Own::Ibm850 => 1,
        Own::Ibm852 => 2,
        _ => 3,
    };
    PAGES.get(at)?.get(usize::from(byte.checked_sub(0x80)?)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(own: Own, bytes: &[u8], size: usize) -> String {
        let (mut decoder, mut text) = (OwnDecoder::new(own), String::new());
        let mut put = |piece: Piece<'_>| match piece {
            Piece::Char(c) => text.push(c),
            Piece::Bad(bytes) => bytes.iter().for_each(|byte| text.push_str(&format!("<{byte:02X}>"))),
        };
        let mut chunks = bytes.chunks(size).peekable();
        while let Some(chunk) = chunks.next() {
            decoder.decode(chunk, chunks.peek().is_none(), &mut put);
        }
        text
    }

    /// The bytes are those that CPython 3.11 and iconv have for the text.
    #[test]
    fn each_is_decoded_whatever_the_chunks() {
        let cases: [(Own, &[u8], &str); 9] = [
            (Own::Utf32Le, b"a\0\0\0\x2D\x4E\0\0\0\xF6\x01\0", "a中😀"),
            (Own::Utf32Be, b"\0\0\0a\0\0\x4E\x2D\0\x01\xF6\0\0\x11\0\0\0", "a中😀<00><11><00><00><00>"),
            (Own::Iso2022Kr, b"\x1B$)Ca,\x0EGQ1[\x0F,b\n\x0EGQ\nc", "a,한글,b\n한\nc"),
            (Own::Johab, b"\xD0\x65\x8B\x69,\x88\x41\xE0\x33", "한글,ㄱ假"),
            (Own::EucTw, b"\xC4\xE3\xC5\xC6,\x8E\xA2\xA1\xA1\xFF", "中文,乂<FF>"),
            (Own::Ibm437, b"M\x81ller", "Müller"),
            (Own::Ibm850, b"M\x81ller \xD5", "Müller ı"),
            (Own::Ibm852, b"\xACesk\xA5", "Česką"),
            (Own::Ibm855, b"\xDD\xE1\xB7\xEB\xA8\xE5", "Привет"),
        ];
        for (own, bytes, expected) in cases {
            for size in 1..=bytes.len() {
                assert_eq!(text(own, bytes, size), expected, "{} by {size}", own.name());
            }
        }
    }

    #[test]
    fn labels_are_names_too() {
        for own in [
            Own::Utf32Le,
            Own::Utf32Be,
            Own::Iso2022Kr,
            Own::Johab,
            Own::EucTw,
            Own::Ibm437,
            Own::Ibm850,
            Own::Ibm852,
            Own::Ibm855,
        ] {
            assert_eq!(Own::named(&own.name().to_ascii_lowercase()), Some(own));
        }
    }
}
