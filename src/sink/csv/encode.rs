//! Text to bytes in any encoding, and which characters an encoding has.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::error::{Error, Result};
use crate::source::encoding::Encoding;

/// Encodes text, piece by piece. Every piece stands on its own.
pub(crate) struct Encoder {
    scheme: Scheme,
    bytes: Vec<u8>,
}

enum Scheme {
    Utf8,
    Utf16(fn(u16) -> [u8; 2]),
    Other(Repertoire),
}

impl Encoder {
    /// Fails for an encoding that can be read only.
    pub fn new(encoding: Encoding) -> Result<Self> {
        let Some(standard) = encoding.standard() else {
            return Err(Error::bind(format!("{encoding} can be read, not written")));
        };
        let scheme = if encoding == Encoding::UTF_8 {
            Scheme::Utf8
        } else if encoding == Encoding::UTF_16LE {
            Scheme::Utf16(u16::to_le_bytes)
        } else if encoding == Encoding::UTF_16BE {
            Scheme::Utf16(u16::to_be_bytes)
        } else {
            Scheme::Other(Repertoire::of(standard))
        };
        Ok(Encoder { scheme, bytes: Vec::new() })
    }

    /// Whether no character is ever [`lacking`](Self::lacking).
    pub fn has_everything(&self) -> bool {
        !matches!(self.scheme, Scheme::Other(_))
    }

    /// The first character that the encoding does not have.
    pub fn lacking(&self, text: &str) -> Option<char> {
        match &self.scheme {
            Scheme::Utf8 | Scheme::Utf16(_) => None,
            Scheme::Other(repertoire) if repertoire.encoding.is_ascii_compatible() && text.is_ascii() => None,
            Scheme::Other(repertoire) => text.chars().find(|char| !repertoire.has(*char)),
        }
    }

    /// The text with `with` for every character that the encoding does not have.
    pub fn replace<'t>(&self, text: &'t str, with: char) -> Cow<'t, str> {
        match &self.scheme {
            Scheme::Utf8 | Scheme::Utf16(_) => Cow::Borrowed(text),
            Scheme::Other(repertoire) => {
                text.chars().map(|char| if repertoire.has(char) { char } else { with }).collect()
            }
        }
    }

    /// The bytes of a text of which no character is [`lacking`](Self::lacking).
    pub fn encode<'a>(&'a mut self, text: &'a str) -> &'a [u8] {
        self.bytes.clear();
        match &self.scheme {
            Scheme::Utf8 => return text.as_bytes(),
            Scheme::Utf16(to_bytes) => {
                text.encode_utf16().for_each(|unit| self.bytes.extend_from_slice(&to_bytes(unit)));
            }
            Scheme::Other(repertoire) => self.bytes.extend_from_slice(&repertoire.encoding.encode(text).0),
        }
        &self.bytes
    }
}

/// The characters that come back as they were when they are encoded and
/// decoded. The [standard](https://encoding.spec.whatwg.org/) encodes some
/// that do not: the yen sign becomes a backslash in Shift_JIS.
struct Repertoire {
    encoding: &'static encoding_rs::Encoding,
    /// A bit for every character, found out in blocks of 64 when first asked for.
    blocks: Vec<OnceCell<u64>>,
}

impl Repertoire {
    fn of(encoding: &'static encoding_rs::Encoding) -> Self {
        Repertoire { encoding, blocks: vec![OnceCell::new(); (char::MAX as usize + 1) / 64] }
    }

    fn has(&self, char: char) -> bool {
        let (block, bit) = (u32::from(char) / 64, u32::from(char) % 64);
        let survivors = || {
            let chars = (0..64).map(|bit| char::from_u32(block * 64 + bit));
            chars
                .rev()
                .fold(0, |bits, char| bits << 1 | u64::from(char.is_some_and(|char| self.survives(char))))
        };
        self.blocks.get(block as usize).is_some_and(|bits| bits.get_or_init(survivors) >> bit & 1 == 1)
    }

    fn survives(&self, char: char) -> bool {
        let mut utf8 = [0; 4];
        let text = &*char.encode_utf8(&mut utf8);
        let (bytes, _, lost) = self.encoding.encode(text);
        !lost && self.encoding.decode_without_bom_handling(&bytes).0 == text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn encodes(encoding: Encoding, text: &str, bytes: &[u8]) {
        let mut encoder = Encoder::new(encoding).unwrap();
        assert_eq!(encoder.lacking(text), None);
        assert_eq!(encoder.encode(text), bytes);
    }

    #[test]
    fn each_encoding_has_its_bytes() {
        encodes(Encoding::UTF_8, "é中", b"\xC3\xA9\xE4\xB8\xAD");
        encodes(Encoding::UTF_16LE, "a中😀", b"a\0\x2D\x4E\x3D\xD8\x00\xDE");
        encodes(Encoding::UTF_16BE, "a中😀", b"\0a\x4E\x2D\xD8\x3D\xDE\x00");
        encodes(Encoding::GB18030, "中😀", b"\xD6\xD0\x94\x39\xFC\x36");
        encodes(Encoding::WINDOWS_1252, "é€", b"\xE9\x80");
        encodes(Encoding::SHIFT_JIS, "表", b"\x95\x5C");
    }

    #[test]
    fn what_would_not_come_back_is_lacking() {
        let lacking = |encoding, text| Encoder::new(encoding).unwrap().lacking(text);
        assert_eq!(lacking(Encoding::WINDOWS_1252, "a中b"), Some('中'));
        assert_eq!(lacking(Encoding::SHIFT_JIS, "a¥"), Some('¥'));
        assert_eq!(lacking(Encoding::ISO_2022_JP, "a\u{1B}"), Some('\u{1B}'));
        assert_eq!(lacking(Encoding::BIG5, "😀"), Some('😀'));
        assert_eq!(Encoder::new(Encoding::WINDOWS_1252).unwrap().replace("é中", '?'), "é?");
    }

    #[test]
    fn gb18030_has_all_but_some_private_characters() {
        let encoder = Encoder::new(Encoding::GB18030).unwrap();
        let lacking: Vec<char> =
            ('\0'..='\u{FFFF}').filter(|c| encoder.lacking(c.encode_utf8(&mut [0; 4])).is_some()).collect();
        assert!(lacking.iter().all(|char| ('\u{E000}'..='\u{F8FF}').contains(char)), "{lacking:?}");
    }
}
