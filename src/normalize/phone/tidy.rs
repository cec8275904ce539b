//! The characters of a phone number, whatever keyboard, export or web form they come from.

use std::borrow::Cow;

use crate::normalize::text::is_control;
use crate::normalize::unicode::width_folded;

/// The digit zero of each decimal system (Unicode's category Nd, 14.0) beyond
/// ASCII and its full-width form; the other nine follow it.
const ZEROS: [u32; 64] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136,
    0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50,
    0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0,
    0x1E950, 0x1FBF0,
];

/// The text in ASCII where it is part of a number: digits of every script,
/// dashes, brackets and spaces of every kind, without what is invisible.
/// Line ends stay, words stay. What web pages and links escape is put back,
/// and so is a letter O among digits.
pub(super) fn tidied(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'[' | b']' | b'%' | b'&' | b'o' | b'O'))
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    unescaped(&width_folded(text)).chars().for_each(|c| out.extend(plain(c)));
    Cow::Owned(with_zeros(&out).unwrap_or(out))
}

fn plain(c: char) -> Option<char> {
    Some(match c {
        '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2500}' | '\u{30FC}' | '\u{FE63}' => '-',
        '[' | '{' | '【' | '〔' | '〖' | '「' | '『' | '〈' | '《' => '(',
        ']' | '}' | '】' | '〕' | '〗' | '」' | '』' | '〉' | '》' => ')',
        '\u{2053}' | '\u{223C}' | '\u{301C}' => '~',
        '、' | '،' => ',',
        '·' | '・' | '‧' => '.',
        '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{FE0F}' => return None,
        _ if c.is_ascii_graphic() || c == ' ' => c,
        _ if c.is_whitespace() => ' ',
        _ if is_control(c) => return None,
        _ => decimal_digit(c).unwrap_or(c),
    })
}

/// The ASCII digit of a digit in another script.
fn decimal_digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let system = ZEROS.partition_point(|&zero| zero <= code).checked_sub(1)?;
    let value = code - ZEROS.get(system)?;
    char::from_digit(value, 10)
}

/// The text with character references (`&#43;`, `&nbsp;`) and percent escapes (`%2B`) put back.
fn unescaped(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains('&') {
        text = Cow::Owned(replaced(&text, '&', reference));
    }
    if text.contains('%') {
        // A plus sign that is meant is escaped itself, another is a space.
        let links = text.contains("%2B") || text.contains("%2b");
        let spaced = if links { Cow::Owned(text.replace('+', " ")) } else { text };
        text = Cow::Owned(replaced(&spaced, '%', percent));
    }
    text
}

/// The text with what stands behind each `mark` decoded, where it can be:
/// `decode` gives a character, and how many bytes it was written with.
fn replaced(text: &str, mark: char, decode: fn(&str) -> Option<(char, usize)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(mark) {
        out.push_str(before);
        match decode(after) {
            Some((c, length)) => {
                out.push(c);
                rest = after.get(length..).unwrap_or_default();
            }
            None => {
                out.push(mark);
                rest = after;
            }
        }
    }
    out + rest
}

fn reference(after: &str) -> Option<(char, usize)> {
    let (name, _) = after.split_once(';')?;
    let c = match name {
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "plus" => '+',
        "lpar" => '(',
        "rpar" => ')',
        "amp" => '&',
        "ndash" | "mdash" | "minus" | "hyphen" => '-',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((c, name.len() + 1))
}

fn percent(after: &str) -> Option<(char, usize)> {
    let code = u8::from_str_radix(after.get(..2)?, 16).ok()?;
    matches!(code, b' '..=b'~').then(|| (char::from(code), 2))
}

/// The text with a zero for every letter O that stands among digits only: `8OO 123 26O6`.
fn with_zeros(text: &str) -> Option<String> {
    let is_oh = |c: char| matches!(c, 'o' | 'O');
    if !text.contains(is_oh) {
        return None;
    }
    let among_digits = |word: &str| {
        word.contains(|c: char| c.is_ascii_digit()) && word.chars().all(|c| is_oh(c) || c.is_ascii_digit())
    };
    let words = text.split_inclusive(|c: char| !c.is_alphanumeric()).map(|word| {
        match among_digits(word.trim_end_matches(|c: char| !c.is_alphanumeric())) {
            true => word.replace(is_oh, "0"),
            false => word.to_owned(),
        }
    });
    Some(words.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_becomes_ascii() {
        for (text, expected) in [
            ("＋８６　１３８－００１３", "+86 138-0013"),
            ("٠٩٠٠ ١٢٣", "0900 123"),
            ("০৮০০–१२३", "0800-123"),
            ("03ー1234—5678", "03-1234-5678"),
            ("[852]【2123】", "(852)(2123)"),
            ("\u{202A}+1\u{202F}242\u{200B}\u{202C}", "+1 242"),
            ("1、2\r\n3", "1,2\n\n3"),
            ("①一", "①一"),
        ] {
            assert_eq!(tidied(text), expected);
        }
    }

    #[test]
    fn escapes_are_put_back() {
        for (text, expected) in [
            ("&#43;86&nbsp;138", "+86 138"),
            ("&#x2B;86 & 1;", "+86 & 1;"),
            ("%2B86+138%20%280%29", "+86 138 (0)"),
            ("100% %E5 %", "100% %E5 %"),
        ] {
            assert_eq!(tidied(text), expected);
        }
    }

    #[test]
    fn a_letter_o_among_digits_is_a_zero() {
        assert_eq!(tidied("O8OO 123 26o6"), "0800 123 2606");
        assert_eq!(tidied("1800 FLOWERS or O"), "1800 FLOWERS or O");
    }

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(tidied("Tel: +86 (138) 0013/8"), Cow::Borrowed(_)));
        assert!(ZEROS.is_sorted());
    }
}
