//! Texts written so that what means the same is the same: case, width,
//! accents, traditional characters and punctuation set aside.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::normalize::chinese::simplified_char;
use crate::normalize::letters::ascii;

/// How much of a value is compared, in bytes: what stands behind says nothing
/// new about a customer, and costs time.
pub(crate) const COMPARED_BYTES: usize = 600;

/// The beginning of a text, cut between characters.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// Whether a character is Chinese.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3134F}' | '\u{F900}'..='\u{FAFF}')
}

/// Writes the folded text: letters and digits in lower case, everything else
/// one space, none at the ends.
pub(crate) fn fold(text: &str, out: &mut String) {
    out.clear();
    let text = cut(text, COMPARED_BYTES);
    if text.is_ascii() {
        for byte in text.bytes() {
            push(out, char::from(byte.to_ascii_lowercase()));
        }
    } else {
        for c in text.chars() {
            if is_han(c) {
                out.push(simplified_char(c));
            } else if c.is_ascii() {
                push(out, c.to_ascii_lowercase());
            } else {
                let decomposed = c.nfkd().filter(|c| !is_combining_mark(*c));
                decomposed.flat_map(char::to_lowercase).for_each(|c| push_letter(out, c));
            }
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
}

fn push(out: &mut String, c: char) {
    if c.is_alphanumeric() {
        out.push(c);
    } else if c != '\'' && !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

fn push_letter(out: &mut String, c: char) {
    match ascii(c) {
        Some(spelt) => out.push_str(spelt),
        None if matches!(c, '’' | '‘') => (),
        None => push(out, simplified_char(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_spelt_in_ascii() {
        let folded = |text: &str| {
            let mut out = String::new();
            fold(text, &mut out);
            out
        };
        let texts =
            ["Weiß & Söhne", "Łódź", "BJØRN’S", "Œuvre", "Þór Ægir", "Għarb Ħaż-Żebbuġ", "Əliyev", "Kızıl"];
        let expected =
            ["weiss sohne", "lodz", "bjorns", "oeuvre", "thor aegir", "gharb haz zebbug", "aliyev", "kizil"];
        assert_eq!(texts.map(folded), expected);
    }
}
