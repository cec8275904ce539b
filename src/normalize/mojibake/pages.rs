//! The encodings of one byte a character that text is read in by mistake.

use std::sync::LazyLock;

use encoding_rs::Encoding;

use crate::codepages;

/// How the bytes 80 to FF read.
pub struct Page {
    /// What was done to the text, in words.
    pub story: &'static str,
    /// Whether bytes that the encoding does not define stand for themselves,
    /// as nearly all programs have it, and `�` for a byte that is lost.
    pub sloppy: bool,
    /// Whether a no-break space may have become a space.
    pub spaces: bool,
    chars: [char; 128],
    /// The same, by character.
    bytes: Vec<(char, u8)>,
}

/// What a byte is that was not kept: ASCII's SUBSTITUTE.
pub const LOST: u8 = 0x1A;

/// All of them, the likeliest first.
pub static PAGES: LazyLock<[Page; 10]> = LazyLock::new(|| {
    let sloppy = |story, encoding| Page::new(story, true, table_of(encoding));
    let latin = std::array::from_fn(|at| char::from(at as u8 + 0x80));
    [
        Page::new("UTF-8 read as Latin-1", false, latin),
        sloppy("UTF-8 read as windows-1252", encoding_rs::WINDOWS_1252),
        sloppy("UTF-8 read as windows-1251", encoding_rs::WINDOWS_1251),
        sloppy("UTF-8 read as windows-1250", encoding_rs::WINDOWS_1250),
        sloppy("UTF-8 read as windows-1253", encoding_rs::WINDOWS_1253),
        sloppy("UTF-8 read as windows-1254", encoding_rs::WINDOWS_1254),
        sloppy("UTF-8 read as windows-1257", encoding_rs::WINDOWS_1257),
        Page::new("UTF-8 read as ISO-8859-2", false, table_of(encoding_rs::ISO_8859_2)),
        // Its byte A0 is no space, and an en dash and a space are ordinary.
        Page {
            spaces: false,
            ..Page::new("UTF-8 read as Mac Roman", false, table_of(encoding_rs::MACINTOSH))
        },
        Page::new("UTF-8 read as IBM437", false, ibm437()),
    ]
});

impl Page {
    fn new(story: &'static str, sloppy: bool, chars: [char; 128]) -> Self {
        let mut bytes: Vec<_> = chars.iter().copied().zip(0x80..=0xFF).collect();
        bytes.sort_unstable();
        Page { story, sloppy, spaces: true, chars, bytes }
    }

    /// The bytes that read so; `None` if some character is not among them.
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        text.chars().map(|c| self.byte(c)).collect()
    }

    /// The byte that reads so.
    pub fn byte(&self, c: char) -> Option<u8> {
        match c {
            '\u{1A}' if self.sloppy => None,
            '\u{FFFD}' if self.sloppy => Some(LOST),
            '\0'..='\x7F' => u8::try_from(c).ok(),
            _ => {
                let at = self.bytes.binary_search_by_key(&c, |(known, _)| *known).ok()?;
                self.bytes.get(at).map(|(_, byte)| *byte)
            }
        }
    }

    /// How a byte reads.
    pub fn char(&self, byte: u8) -> char {
        match byte.checked_sub(0x80).and_then(|at| self.chars.get(usize::from(at))) {
            Some(c) => *c,
            None => char::from(byte),
        }
    }
}

fn table_of(encoding: &'static Encoding) -> [char; 128] {
    std::array::from_fn(|at| {
        let byte = at as u8 + 0x80;
        let text = encoding.decode_without_bom_handling_and_without_replacement(std::slice::from_ref(&byte));
        text.and_then(|text| text.chars().next()).unwrap_or(char::from(byte))
    })
}

fn ibm437() -> [char; 128] {
    let mut chars = codepages::IBM437.chars();
    std::array::from_fn(|_| chars.next().unwrap_or('\u{FFFD}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_reads_as_a_character_that_is_that_byte() {
        for page in PAGES.iter() {
            for byte in (0..=0xFF).filter(|byte| *byte != LOST) {
                assert_eq!(page.byte(page.char(byte)), Some(byte), "{}", page.story);
            }
        }
    }
}
