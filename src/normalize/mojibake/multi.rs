//! Mistakes between encodings of several bytes a character, and one of them
//! and an encoding of one byte.
//!
//! None of them shows by two characters alone, so all ask for more: that every
//! byte fits, and that the text is then of common characters, which it was not.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

/// The text as it was, and what had been done to it.
pub fn repaired(text: &str) -> Option<(String, &'static str)> {
    if !text.chars().any(|c| c > '\u{7F}') {
        return None;
    }
    utf8_in_pairs(text).or_else(|| pairs_as_single(text)).or_else(|| letters_in_pairs(text))
}

/// Whether the text is UTF-8 that was read in pairs of bytes, of which the last is lost.
pub fn is_cut_off(text: &str) -> bool {
    let rest = text.trim_end_matches(['?', '\u{FFFD}']);
    rest.len() < text.len() && readings(rest).any(|(_, bytes)| cut_off(rest, &bytes).is_some())
}

fn cut_off(text: &str, bytes: &[u8]) -> Option<()> {
    let error = std::str::from_utf8(bytes).err().filter(|error| error.error_len().is_none())?;
    let whole = std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?;
    is_better(whole, text).then_some(())
}

/// UTF-8 read as GBK, Shift_JIS, EUC-KR or Big5: `鐜嬩紵` was `王伟`.
fn utf8_in_pairs(text: &str) -> Option<(String, &'static str)> {
    readings(text).find_map(|(story, bytes)| {
        let fixed = String::from_utf8(bytes).ok()?;
        is_better(&fixed, text).then_some((fixed, story))
    })
}

/// The bytes of a text with characters of East Asia in each encoding that can hold it.
fn readings(text: &str) -> impl Iterator<Item = (&'static str, Vec<u8>)> + '_ {
    let first = text.chars().find(|c| !c.is_ascii());
    let readings = READINGS.into_iter().filter(move |_| first.is_some_and(begins_utf8));
    readings.filter_map(move |(story, encoding)| Some((story, written(text, encoding)?)))
}

/// In which encodings UTF-8 is read in pairs of bytes.
const READINGS: [(&str, &Encoding); 4] = [
    ("UTF-8 read as GBK", GBK),
    ("UTF-8 read as Shift_JIS", SHIFT_JIS),
    ("UTF-8 read as EUC-KR", EUC_KR),
    ("UTF-8 read as Big5", BIG5),
];

/// Whether a character, in one of these encodings, is the first two bytes of
/// a character of UTF-8. Those are rare ones; encoding a text to find that it
/// begins with no such takes a hundred times as long.
fn begins_utf8(c: char) -> bool {
    static FIRST: LazyLock<HashSet<char>> = LazyLock::new(|| {
        let pairs = (0xE2..=0xF4u8).flat_map(|first| (0x80..=0xBFu8).map(move |second| [first, second]));
        let read = |pair: [u8; 2]| READINGS.map(|(_, encoding)| read_pair(encoding, pair));
        pairs.flat_map(read).flatten().collect()
    });
    FIRST.contains(&c)
}

fn read_pair(encoding: &'static Encoding, pair: [u8; 2]) -> Option<char> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(&pair)?;
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn written(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let (bytes, _, lossy) = encoding.encode(text);
    (!lossy).then(|| bytes.into_owned())
}

/// Whether a text reads as one of East Asia, of two such characters and more,
/// and clearly more so than another.
fn is_better(fixed: &str, text: &str) -> bool {
    let (common, all) = common_of(fixed);
    let (common_before, all_before) = common_of(text);
    let wide = fixed.chars().filter(|c| !c.is_ascii()).all(|c| c >= '\u{2010}');
    wide && all >= 2 && common * 10 >= all * 7 && common_before * all < common * all_before
}

/// How many characters beyond ASCII are common ones, and how many there are.
fn common_of(text: &str) -> (usize, usize) {
    let beyond = text.chars().filter(|c| !c.is_ascii());
    beyond.fold((0, 0), |(common, all), c| (common + usize::from(is_common(c)), all + 1))
}

/// Kana, syllables of Korean, full-width forms, and the 3,755 characters of
/// GB2312's first level.
fn is_common(c: char) -> bool {
    match c {
        '\u{3000}'..='\u{30FF}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF01}'..='\u{FF5E}' | '·' | '…' | '—' => {
            true
        }
        '\u{4E00}'..='\u{9FFF}' => {
            let mut buffer = [0; 4];
            let (bytes, _, _) = GBK.encode(c.encode_utf8(&mut buffer));
            matches!(*bytes, [0xB0..=0xD7, 0xA1..=0xFE])
        }
        _ => false,
    }
}

/// GBK and the like read as windows-1252 or ISO-8859-1: `ÍõÎ°` was `王伟`. No
/// language has four accented letters in a row.
fn pairs_as_single(text: &str) -> Option<(String, &'static str)> {
    let bytes = single_bytes(text)?;
    if is_kana(&bytes)
        && let Some(fixed) = read(&bytes, SHIFT_JIS)
    {
        return Some((fixed, "Shift_JIS read as windows-1252"));
    }
    let letters = |run: &[u8]| run.iter().filter(|byte| **byte >= 0xC0).count();
    let mut runs = bytes.split(u8::is_ascii).filter(|run| !run.is_empty());
    if !runs.any(|run| run.len() >= 4 && letters(run) * 3 >= run.len() && run.iter().any(|b| *b != run[0])) {
        return None;
    }
    let beyond = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let lower = bytes.iter().filter(|byte| **byte >= 0xE0).count();
    if lower * 4 >= beyond * 3 {
        let fixed = read(&bytes, WINDOWS_1251).filter(|fixed| is_cyrillic(fixed))?;
        return Some((fixed, "windows-1251 read as windows-1252"));
    }
    let hangul = read(&bytes, EUC_KR).filter(|fixed| is_mostly(fixed, is_frequent_hangul));
    if let Some(fixed) = hangul {
        return Some((fixed, "EUC-KR read as windows-1252"));
    }
    let fixed = read(&bytes, GBK).filter(|fixed| is_mostly(fixed, is_common))?;
    Some((fixed, "GBK read as windows-1252"))
}

/// The bytes of a text that has no other characters than windows-1252 and ISO-8859-1.
fn single_bytes(text: &str) -> Option<Vec<u8>> {
    let byte = |c: char| match u8::try_from(c) {
        Ok(byte) => Some(byte),
        // Beyond `™`, windows-1252 has nothing.
        Err(_) if c > '\u{2122}' => None,
        Err(_) => match *written(c.encode_utf8(&mut [0; 4]), WINDOWS_1252)? {
            [byte] => Some(byte),
            _ => None,
        },
    };
    text.chars().map(byte).collect()
}

fn read(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let control = text.contains(|c| matches!(c, '\u{80}'..='\u{9F}' | '\u{E000}'..='\u{F8FF}'));
    (!control).then(|| text.into_owned())
}

/// Three kana in Shift_JIS, at least, and as many as there is text beyond ASCII otherwise.
fn is_kana(bytes: &[u8]) -> bool {
    let kana = bytes.windows(2).filter(|pair| matches!(pair, [0x82, 0x9F..=0xF1] | [0x83, 0x40..=0x96]));
    let kana = kana.count();
    kana >= 3 && kana * 4 >= bytes.iter().filter(|byte| !byte.is_ascii()).count()
}

fn is_cyrillic(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii() || matches!(c, '\u{401}'..='\u{45F}' | '«' | '»' | '№' | '–' | '—'))
}

fn is_mostly(text: &str, typical: fn(char) -> bool) -> bool {
    let beyond = || text.chars().filter(|c| !c.is_ascii());
    let (all, found) = (beyond().count(), beyond().filter(|c| typical(*c)).count());
    all >= 2 && found * 10 >= all * 8
}

/// Of the 2,350 syllables of KS X 1001, those that Korean uses all the time.
fn is_frequent_hangul(c: char) -> bool {
    const FREQUENT: &str = "\
        이다는의에하고을가은한를로지도사기서대자인리어일시나해정으아스그라들수부전보게있성여장상과주원제구공만동국안적비면\
        관소했조마위까유드생간중계우세경신니업방학요없실선당연치민거무진물개미화김박최윤임식회강남북영명름번호객산울군읍길\
        준현지훈은희철숙순옥석재진용혜경미란광태홍";
    FREQUENT.contains(c)
}

/// ISO-8859-1 read as GBK, which takes an accented letter and the one after it
/// for a character: `M黮ler` was `Müller`.
fn letters_in_pairs(text: &str) -> Option<(String, &'static str)> {
    static LETTERS: LazyLock<HashMap<char, [char; 2]>> = LazyLock::new(|| {
        let pairs = (0xC0..=0xFEu8).flat_map(|accented| (b'a'..=b'z').map(move |letter| [accented, letter]));
        pairs.filter_map(|pair| Some((read_pair(GBK, pair)?, pair.map(char::from)))).collect()
    });
    let mut fixed = String::with_capacity(text.len());
    let mut after_letter = false;
    for c in text.chars() {
        match c.is_ascii() {
            true => fixed.push(c),
            false if after_letter => fixed.extend(LETTERS.get(&c)?),
            false => return None,
        }
        after_letter = c.is_ascii_alphabetic();
    }
    Some((fixed, "ISO-8859-1 read as GBK"))
}
