//! UTF-8 that was read in an encoding of one byte a character, once or several times.
//!
//! The method is that of [ftfy](https://pypi.org/project/ftfy/) 6.3.1 by Robyn
//! Speer (Apache-2.0): where some characters are unlikely to stand beside each
//! other, the text is written back in each of the encodings, and what is then
//! strict UTF-8 is what it was.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use super::MOST_READINGS;
use super::badness::is_bad;
use super::pages::{LOST, PAGES, Page};

/// The text as it was and what had been done to it, if one reading of the
/// whole text undoes that.
pub fn reread(text: &str) -> Option<(String, &'static str)> {
    if !is_bad(text) {
        return None;
    }
    PAGES.iter().find_map(|page| Some((reread_by(text, page)?, page.story)))
}

/// The same, for text of which only some characters were read wrong.
pub fn reread_in_part(text: &str) -> Option<(String, &'static str)> {
    if !is_bad(text) {
        return None;
    }
    let in_part = || Some((parts_reread(text)?, "UTF-8 read as something else in part"));
    in_part().or_else(|| Some((controls_reread(text)?, "windows-1252 read as ISO-8859-1")))
}

/// The text as UTF-8, if it was that before it was read by this page.
fn reread_by(text: &str, page: &Page) -> Option<String> {
    let mut bytes = page.encode(text)?;
    if page.spaces {
        bytes = with_no_break_spaces(bytes);
    }
    if page.sloppy && (bytes.contains(&LOST) || bytes.contains(&b'?')) {
        bytes = with_losses_marked(bytes);
    }
    decoded(&bytes).filter(|fixed| fixed != text)
}

/// Strict UTF-8, where a character beyond U+FFFF may also be two surrogates of
/// three bytes (CESU-8).
fn decoded(bytes: &[u8]) -> Option<String> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?-u)\xED([\xA0-\xAF])([\x80-\xBF])\xED([\xB0-\xBF])([\x80-\xBF])").ok()
    });
    let joined = PAIR.as_ref()?.replace_all(bytes, |pair: &Captures<'_>| {
        let bits = |group: usize, mask: u8| u32::from(pair[group][0] & mask);
        let high = bits(1, 0x0F) << 6 | bits(2, 0x3F);
        let low = bits(3, 0x0F) << 6 | bits(4, 0x3F);
        let c = char::from_u32(0x1_0000 + (high << 10 | low));
        c.map(String::from).unwrap_or_default().into_bytes()
    });
    String::from_utf8(joined.into_owned()).ok()
}

/// Puts byte A0 back where a space stands within a character of UTF-8: some
/// program took the no-break space for one. `à` before a space has lost its
/// own, except in words that go on: `às`, `àquele`.
fn with_no_break_spaces(bytes: Vec<u8>) -> Vec<u8> {
    static ALTERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let sequences = [
            r"[\xC2\xC3\xC5\xCE\xD0\xD9] ",
            r"[\xE2\xE3] [\x80-\x84\x86-\x9F\xA1-\xBF]",
            r"[\xE0-\xE3][\x80-\x84\x86-\x9F\xA1-\xBF] ",
            // Chinese characters, which ftfy leaves out: in customer data, 张 and 样 are frequent.
            r"[\xE4-\xE9](?: [\x80-\xBF]|[\x80-\xBF] )",
            r"\xF0 [\x80-\xBF][\x80-\xBF]",
            r"\xF0[\x80-\xBF] [\x80-\xBF]",
            r"\xF0[\x80-\xBF][\x80-\xBF] ",
        ];
        Regex::new(&format!("(?-u){}", sequences.join("|"))).ok()
    });
    let Some(altered) = ALTERED.as_ref().filter(|altered| altered.is_match(&bytes)) else { return bytes };
    let bytes = with_words_apart(&bytes);
    let put_back = |found: &Captures<'_>| -> Vec<u8> {
        found[0].iter().map(|byte| if *byte == b' ' { 0xA0 } else { *byte }).collect()
    };
    altered.replace_all(&bytes, put_back).into_owned()
}

fn with_words_apart(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 4);
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        out.push(*first);
        rest = tail;
        if let [b' ', after @ ..] = tail
            && *first == 0xC3
            && ![&b" "[..], b"quele", b"quela", b"quilo", b"s "].iter().any(|word| after.starts_with(word))
        {
            out.push(0xA0);
        }
    }
    out
}

/// Makes characters of UTF-8 whose bytes are lost in part into `�`.
fn with_losses_marked(bytes: Vec<u8>) -> Vec<u8> {
    static LOSSY: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let sequences = [
            r"[\xC2-\xDF]\x1A",
            r"[\xC2\xC3]\?",
            r"\xED[\xA0-\xAF][\x1A?]\xED[\xB0-\xBF][\x1A?\x80-\xBF]",
            r"\xED[\xA0-\xAF][\x1A?\x80-\xBF]\xED[\xB0-\xBF][\x1A?]",
            r"[\xE0-\xEF][\x1A?][\x1A\x80-\xBF]",
            r"[\xE0-\xEF][\x1A\x80-\xBF][\x1A?]",
            r"[\xF0-\xF4][\x1A?][\x1A\x80-\xBF][\x1A\x80-\xBF]",
            r"[\xF0-\xF4][\x1A\x80-\xBF][\x1A?][\x1A\x80-\xBF]",
            r"[\xF0-\xF4][\x1A\x80-\xBF][\x1A\x80-\xBF][\x1A?]",
            r"\x1A",
        ];
        Regex::new(&format!("(?-u){}", sequences.join("|"))).ok()
    });
    match LOSSY.as_ref() {
        Some(lossy) => lossy.replace_all(&bytes, "\u{FFFD}".as_bytes()).into_owned(),
        None => bytes,
    }
}

/// Text that was put together: what reads as characters of UTF-8 is reread alone.
fn parts_reread(text: &str) -> Option<String> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let roles: Vec<Roles> = chars.iter().map(|(_, c)| Roles::of(*c)).collect();
    let place = |at: usize| chars.get(at).map_or(text.len(), |(place, _)| *place);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while at < chars.len() {
        let before = at.checked_sub(1).and_then(|before| roles.get(before));
        let after_other = before.is_none_or(|role| !role.follows_strictly);
        let end = if after_other { sequences_from(&roles, at) } else { at };
        let part = text.get(place(at)..place(end.max(at + 1))).unwrap_or_default();
        match end > at && part.len() < text.len() {
            true => out.push_str(&part_reread(part)),
            false => out.push_str(part),
        }
        at = end.max(at + 1);
    }
    (out != text).then_some(out)
}

/// One part, read again as long as that helps.
fn part_reread(part: &str) -> String {
    let mut current = part.to_owned();
    for _ in 0..MOST_READINGS {
        match reread(&current).or_else(|| reread_in_part(&current)) {
            Some((next, _)) => current = next,
            None => break,
        }
    }
    current
}

/// Where the characters end that read as one character of UTF-8 after another.
fn sequences_from(roles: &[Roles], start: usize) -> usize {
    let mut at = start;
    while let Some(first) = roles.get(at) {
        let follow = |count: usize| {
            let rest = roles.get(at + 1..=at + count).unwrap_or_default();
            rest.len() == count && rest.iter().all(|role| role.follows)
        };
        let length = (2..=4).find(|length| first.begins[length - 2] && follow(length - 1));
        let Some(length) = length else { return at };
        at += length;
    }
    at
}

/// What a character may be in UTF-8 that was read by one of the Windows pages or ISO-8859-1.
#[derive(Clone, Copy, Default)]
struct Roles {
    /// The first byte of two, three or four.
    begins: [bool; 3],
    /// A later byte, or the space that one of them became.
    follows: bool,
    /// A later byte, and not also a character that stands beside any other.
    follows_strictly: bool,
}

impl Roles {
    fn of(c: char) -> Self {
        let mut roles = Roles { follows: c == ' ', ..Roles::default() };
        if c.is_ascii() {
            return roles;
        }
        for byte in PAGES.iter().take(7).filter_map(|page| page.byte(c)) {
            roles.begins[0] |= matches!(byte, 0xC2..=0xDF);
            roles.begins[1] |= matches!(byte, 0xE0..=0xEF);
            roles.begins[2] |= matches!(byte, 0xF0 | 0xF3);
            roles.follows |= matches!(byte, 0x80..=0xBF);
        }
        let ordinary = matches!(c, '–' | '—' | '―' | '‘'..='‚' | '“'..='„' | '•' | '…');
        roles.follows_strictly = roles.follows && !ordinary;
        roles
    }
}

/// The controls U+0080 to U+009F, which nobody types, as what Windows has in their places.
fn controls_reread(text: &str) -> Option<String> {
    let windows = PAGES.get(1)?;
    let read = |c: char| match c {
        '\u{80}'..='\u{9F}' => windows.char(c as u8),
        c => c,
    };
    let fixed: String = text.chars().map(read).collect();
    (fixed != text).then_some(fixed)
}
