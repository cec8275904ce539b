//! White space, control characters, case and length.

use std::borrow::Cow;

use super::catalogue::{Entry, Options};
use super::chinese::{Variants, to_simplified, to_traditional, traditional_as};
use super::html::html_to_text;
use super::mojibake::repair_mojibake;
use super::unicode::{composed, width_folded};
use super::{Normalizer, apply, nfkc, rewrite_from, rule, straight_dashes, straight_quotes};
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "text",
    about: "white space, invisible characters, width and form (NFC) of any text",
    options: "mojibake (text that was read in the wrong encoding is repaired first), html (entities and tags \
              made plain), quotes and dashes (made straight), simplified, traditional (tw, hk), lower, \
              upper, nfkc, chars=N, bytes=N (at most so many)",
    example: ["text", " 张　三\u{200B} ＡＢＣ ", "张 三 ABC"],
    make: text,
}];

/// What is right for any text that people read: nothing that they see is
/// changed but width. The options come after it, in the order in which they are asked for.
fn text(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let tidy = || rule("text", |text| Ok(tidied(text)));
    let mut rules = vec![tidy()];
    for (key, value) in options.pairs() {
        rules.push(match key.to_ascii_lowercase().as_str() {
            "mojibake" => {
                // First, while the controls that it is known by are there.
                rules.insert(0, repair_mojibake());
                continue;
            }
            "html" => html_to_text(),
            "quotes" => straight_quotes(),
            "dashes" => straight_dashes(),
            "simplified" => to_simplified(),
            "traditional" => to_traditional(),
            "tw" => traditional_as(Variants::Taiwan),
            "hk" => traditional_as(Variants::HongKong),
            "lower" | "lowercase" => lowercase(),
            "upper" | "uppercase" => uppercase(),
            "nfkc" => nfkc(),
            "chars" => truncate_chars(value.parse().map_err(|_| options.refuse(key))?),
            "bytes" => truncate_bytes(value.parse().map_err(|_| options.refuse(key))?),
            _ => return Err(options.refuse(key)),
        });
    }
    // What an option leaves is made tidy once more: the spaces of a tag, a cut end.
    rules.push(tidy());
    Ok(match rules.len() {
        2 => tidy(),
        _ => rule("text", move |text| until_stable(&rules, text)),
    })
}

/// Applies the rules until they change nothing more: straight quotation marks may make a tag.
fn until_stable<'a>(rules: &[Box<dyn Normalizer>], text: &'a str) -> Result<Cow<'a, str>, Fault> {
    let mut now = apply(rules, text)?;
    for _ in 0..8 {
        let next = apply(rules, &now)?;
        if next == now {
            return Ok(now);
        }
        now = Cow::Owned(next.into_owned());
    }
    Err(Fault::new("does not come to rest"))
}

/// The text without what nobody sees, of ordinary width, composed, with single spaces and none at the ends.
pub(super) fn tidied(text: &str) -> Cow<'_, str> {
    if is_tidy_ascii(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let rules: [for<'a> fn(&'a str) -> Cow<'a, str>; 5] =
        [stripped, width_folded, composed, collapsed, |text| Cow::Borrowed(trimmed(text))];
    rules.into_iter().fold(Cow::Borrowed(text), |text, rule| match text {
        Cow::Borrowed(text) => rule(text),
        Cow::Owned(text) => Cow::Owned(rule(&text).into_owned()),
    })
}

/// Whether a text is of visible ASCII, with single spaces between.
fn is_tidy_ascii(text: &[u8]) -> bool {
    let mut before = b' ';
    let tidy = text.iter().all(|&b| {
        let good = b.is_ascii_graphic() || b == b' ' && before != b' ';
        before = b;
        good
    });
    tidy && text.last() != Some(&b' ')
}

/// Cuts white space off both ends: Unicode's `White_Space` (spaces of every
/// width, NBSP, the ideographic space, tabs, line ends) and the invisible
/// U+200B zero width space, U+2060 word joiner and U+FEFF byte order mark.
///
/// ```
/// use handover::normalize::{apply, trim};
///
/// assert_eq!(apply(&[trim()], "\u{FEFF}　张 三\u{A0}\n")?, "张 三");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn trim() -> Box<dyn Normalizer> {
    rule("trim", |text| Ok(Cow::Borrowed(trimmed(text))))
}

/// Makes every run of white space one ordinary space: line breaks, tabs, NBSP
/// and the ideographic space too.
///
/// ```
/// use handover::normalize::{apply, collapse_space};
///
/// assert_eq!(apply(&[collapse_space()], "12　Main\r\nStreet")?, "12 Main Street");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn collapse_space() -> Box<dyn Normalizer> {
    rule("collapse_space", |text| Ok(collapsed(text)))
}

/// Removes characters that nobody sees and that break comparison:
///
/// - control characters (`Cc`), except those that are white space, such as
///   tab and line end, since they separate words: [`collapse_space`] is for them;
/// - soft hyphen U+00AD, zero width space U+200B, word joiner and invisible operators
///   U+2060–2064, byte order mark U+FEFF;
/// - the controls of writing direction: U+061C, U+200E–200F, U+202A–202E, U+2066–2069;
/// - zero width non-joiner U+200C and joiner U+200D, but not where they carry
///   meaning: directly after a character of the scripts from Arabic to Tibetan
///   (U+0600–0FFF), Myanmar, Khmer and Mongolian, and, for the joiner, in emoji.
///
/// ```
/// use handover::normalize::{apply, strip_control};
///
/// assert_eq!(apply(&[strip_control()], "zh\u{200B}ang\u{0}\u{202C}")?, "zhang");
/// assert_eq!(apply(&[strip_control()], "می\u{200C}خواهم")?, "می\u{200C}خواهم");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn strip_control() -> Box<dyn Normalizer> {
    rule("strip_control", |text| Ok(stripped(text)))
}

/// Lower case by Unicode, independent of any language: `İ` becomes `i̇`, a
/// final `Σ` becomes `ς`.
pub fn lowercase() -> Box<dyn Normalizer> {
    rule("lowercase", |text| {
        let stays = |c: char| match c.is_ascii() {
            true => !c.is_ascii_uppercase(),
            false => is_caseless(c) || c.to_lowercase().eq([c]),
        };
        Ok(if text.chars().all(stays) { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) })
    })
}

/// Upper case by Unicode, independent of any language: `ß` becomes `SS`.
pub fn uppercase() -> Box<dyn Normalizer> {
    rule("uppercase", |text| {
        let stays = |c: char| match c.is_ascii() {
            true => !c.is_ascii_lowercase(),
            false => is_caseless(c) || c.to_uppercase().eq([c]),
        };
        Ok(if text.chars().all(stays) { Cow::Borrowed(text) } else { Cow::Owned(text.to_uppercase()) })
    })
}

/// Keeps at most the first `most` characters (Unicode code points).
///
/// ```
/// use handover::normalize::{apply, truncate_chars};
///
/// assert_eq!(apply(&[truncate_chars(2)], "张三丰")?, "张三");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn truncate_chars(most: usize) -> Box<dyn Normalizer> {
    rule("truncate_chars", move |text| {
        let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
        Ok(Cow::Borrowed(&text[..end]))
    })
}

/// Keeps at most the first `most` bytes of UTF-8, and never half a character.
///
/// ```
/// use handover::normalize::{apply, truncate_bytes};
///
/// assert_eq!(apply(&[truncate_bytes(8)], "张三丰")?, "张三");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn truncate_bytes(most: usize) -> Box<dyn Normalizer> {
    rule("truncate_bytes", move |text| {
        let mut end = most.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Ok(Cow::Borrowed(&text[..end]))
    })
}

/// The text without what [`trim`] cuts.
pub(super) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}')),
    }
}

/// The text without a label such as `邮编:` before the first colon, which holds no digit.
pub(super) fn behind_label(text: &str) -> &str {
    match text.split_once(':') {
        Some((label, rest)) if !label.contains(|c: char| c.is_ascii_digit()) => rest,
        _ => text,
    }
}

fn collapsed(text: &str) -> Cow<'_, str> {
    let mut after_space = false;
    let needless = |&(_, c): &(usize, char)| {
        let space = c.is_whitespace();
        let needless = space && (after_space || c != ' ');
        after_space = space;
        needless
    };
    rewrite_from(text, needless, |out, rest| {
        for c in rest.chars() {
            match c.is_whitespace() {
                false => out.push(c),
                true if out.ends_with(' ') => {}
                true => out.push(' '),
            }
        }
    })
}

fn stripped(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    rewrite_from(
        text,
        |&(_, c)| is_control(c) || is_joiner(c),
        |out, rest| {
            let mut chars = rest.chars().peekable();
            while let Some(c) = chars.next() {
                let gone = match is_joiner(c) {
                    true => !joins(out.chars().next_back(), c, chars.peek().copied()),
                    false => is_control(c),
                };
                if !gone {
                    out.push(c);
                }
            }
        },
    )
}

/// A character that [`strip_control`] removes wherever it stands.
pub(super) fn is_control(c: char) -> bool {
    match c {
        '\u{AD}' | '\u{200B}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => true,
        '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{061C}' | '\u{FEFF}' => true,
        _ => c.is_control() && !c.is_whitespace(),
    }
}

/// The scripts of East Asia, which have no case: said here because looking it up takes longer.
fn is_caseless(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{A63F}' | '\u{AC00}'..='\u{D7A3}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Whether a joiner or non-joiner changes how its neighbours are written.
fn joins(before: Option<char>, joiner: char, after: Option<char>) -> bool {
    match before {
        Some('\u{600}'..='\u{FFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{18AF}') => true,
        Some(before) => joiner == '\u{200D}' && is_emoji(before) && after.is_some_and(is_emoji),
        None => false,
    }
}

/// Whether emoji sequences are made of it: pictographs, skin tones, the
/// variation selector U+FE0F (UTS #51).
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;

    fn run(rule: Box<dyn Normalizer>, text: &str) -> String {
        apply(&[rule], text).unwrap().into_owned()
    }

    #[test]
    fn trim_cuts_every_kind_of_space() {
        assert_eq!(run(trim(), " \t\r\n\u{3000}\u{A0}\u{FEFF}a b\u{200B}\u{2060}\u{85} "), "a b");
        assert_eq!(run(trim(), "\u{3000}"), "");
        assert_eq!(run(trim(), "x"), "x");
    }

    #[test]
    fn collapse_space_keeps_single_spaces() {
        assert_eq!(run(collapse_space(), "a b"), "a b");
        assert_eq!(run(collapse_space(), "a  b \r\n c\u{3000}张\u{A0}\u{A0}三 "), "a b c 张 三 ");
        assert_eq!(run(collapse_space(), " \u{3000}"), " ");
    }

    #[test]
    fn strip_control_keeps_what_separates_words() {
        assert_eq!(run(strip_control(), "\u{0}a\tb\r\nc\u{7F}\u{9C}"), "a\tb\r\nc");
        assert_eq!(run(strip_control(), "\u{2067}שלום\u{2069}\u{FEFF}"), "שלום");
    }

    #[test]
    fn joiners_stay_where_they_carry_meaning() {
        for text in ["ක්\u{200D}ෂ", "می\u{200C}روم", "👩\u{200D}💻", "🏳\u{FE0F}\u{200D}🌈"]
        {
            assert_eq!(run(strip_control(), text), text);
        }
        assert_eq!(run(strip_control(), "\u{200D}a\u{200D}b\u{200C}张\u{200D}"), "ab张");
        assert_eq!(run(strip_control(), "👩\u{200D}a"), "👩a");
    }

    #[test]
    fn case_is_that_of_unicode() {
        assert_eq!(run(lowercase(), "ÀB ΟΔΟΣ 张"), "àb οδος 张");
        assert_eq!(run(uppercase(), "straße"), "STRASSE");
    }

    #[test]
    fn what_is_called_caseless_has_no_case() {
        for c in ('\0'..=char::MAX).filter(|&c| is_caseless(c)) {
            assert!(c.to_lowercase().eq([c]) && c.to_uppercase().eq([c]), "{c:?}");
        }
    }

    #[test]
    fn truncation_never_cuts_a_character() {
        assert_eq!(run(truncate_bytes(5), "张三丰"), "张");
        assert_eq!(run(truncate_bytes(2), "张三丰"), "");
        assert_eq!(run(truncate_bytes(9), "张三丰"), "张三丰");
        assert_eq!(run(truncate_chars(0), "张三丰"), "");
        assert_eq!(run(truncate_chars(9), "张三丰"), "张三丰");
    }
}
