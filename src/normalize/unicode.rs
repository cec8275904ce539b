//! Unicode normalization forms and the width of East Asian characters.

use std::borrow::Cow;

use unicode_normalization::char::{compose, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfkc_quick};

use super::{Normalizer, rewrite_from, rule};

/// Composes characters from their parts (Unicode's form C, UAX #15): `e` and
/// a combining acute become `é`. Two texts that look the same and mean the
/// same become the same.
///
/// ```
/// use handover::normalize::{apply, nfc};
///
/// assert_eq!(apply(&[nfc()], "Cafe\u{301}")?, "Café");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn nfc() -> Box<dyn Normalizer> {
    rule("nfc", |text| Ok(composed(text)))
}

/// The text after [`nfc`].
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(is_always_nfc) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    unless_same(text, text.nfc().collect())
}

/// Composes like [`nfc`], and replaces what only looks different (Unicode's
/// form KC, UAX #15): `①` becomes `1`, `ﬁ` becomes `fi`, `㈱` becomes `(株)`,
/// `，` becomes `,`. Right for comparing; for what is stored, [`nfc`] and
/// [`fold_width`] lose less.
pub fn nfkc() -> Box<dyn Normalizer> {
    rule("nfkc", |text| {
        if text.is_ascii()
            || text.chars().all(is_always_nfkc)
            || is_nfkc_quick(text.chars()) == IsNormalized::Yes
        {
            return Ok(Cow::Borrowed(text));
        }
        Ok(unless_same(text, text.nfkc().collect()))
    })
}

/// Gives characters their ordinary width, and does nothing else:
///
/// - full-width ASCII U+FF01–FF5E becomes ASCII: `Ａ１（` becomes `A1(`;
/// - the ideographic space U+3000 becomes a space;
/// - half-width katakana and its punctuation U+FF61–FF9F becomes full-width:
///   `ｶﾞ` becomes `ガ`, a voiced mark that fits no letter becomes `゛` or `゜`.
///
/// Everything else stays, what NFKC would replace too: `①`, `ﬁ`, `㈱`, `￥`, `。`.
///
/// ```
/// use handover::normalize::{apply, fold_width};
///
/// assert_eq!(apply(&[fold_width()], "（株）ﾊﾟｿｺﾝ１２３　①")?, "(株)パソコン123 ①");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn fold_width() -> Box<dyn Normalizer> {
    rule("fold_width", |text| Ok(width_folded(text)))
}

/// The text after [`fold_width`].
pub(super) fn width_folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let odd =
        |&(_, c): &(usize, char)| matches!(c, '\u{3000}' | '\u{FF01}'..='\u{FF5E}' | '\u{FF61}'..='\u{FF9F}');
    rewrite_from(text, odd, |out, rest| rest.chars().for_each(|c| push_folded(out, c)))
}

fn push_folded(out: &mut String, c: char) {
    match c {
        '\u{3000}' => out.push(' '),
        '\u{FF01}'..='\u{FF5E}' => out.extend(char::from_u32(u32::from(c) - 0xFEE0)),
        '\u{FF9E}' => push_voiced(out, '\u{3099}', '\u{309B}'),
        '\u{FF9F}' => push_voiced(out, '\u{309A}', '\u{309C}'),
        '\u{FF61}'..='\u{FF9D}' => decompose_compatible(c, |full| out.push(full)),
        _ => out.push(c),
    }
}

/// Adds a voiced mark: into the letter before it, or else as a character of its own.
fn push_voiced(out: &mut String, combining: char, alone: char) {
    match out.chars().next_back().and_then(|letter| compose(letter, combining)) {
        Some(voiced) => {
            out.pop();
            out.push(voiced);
        }
        None => out.push(alone),
    }
}

/// Whether a text of only such characters is in form C, whatever their order:
/// each stands for itself (`NFC_Quick_Check=Yes`) and none is reordered or
/// composed with the one before (combining class 0). The blocks that customer
/// data is made of; deciding by table lookups costs five times as much.
fn is_always_nfc(c: char) -> bool {
    matches!(c,
        '\0'..='\u{2FF}' // Latin
        | '\u{400}'..='\u{482}' | '\u{48A}'..='\u{52F}' // Cyrillic
        | '\u{2010}'..='\u{2027}' // dashes and quotation marks
        | '\u{3000}'..='\u{3029}' | '\u{3030}'..='\u{3096}' | '\u{30A0}'..='\u{30FF}' // kana
        | '\u{3400}'..='\u{9FFF}' // Chinese characters
        | '\u{AC00}'..='\u{D7A3}' // Hangul
        | '\u{FF00}'..='\u{FF9F}') // full- and half-width forms
}

/// The same for form KC.
fn is_always_nfkc(c: char) -> bool {
    matches!(c,
        '\0'..='\u{9F}' | '\u{C0}'..='\u{131}'
        | '\u{400}'..='\u{482}' | '\u{48A}'..='\u{52F}'
        | '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30A0}'..='\u{30FE}'
        | '\u{3400}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}')
}

fn unless_same(old: &str, new: String) -> Cow<'_, str> {
    if new == old { Cow::Borrowed(old) } else { Cow::Owned(new) }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::canonical_combining_class;

    use super::super::apply;
    use super::*;

    fn run(rule: Box<dyn Normalizer>, text: &str) -> String {
        apply(&[rule], text).unwrap().into_owned()
    }

    #[test]
    fn the_fast_path_holds_for_every_character() {
        for c in '\0'..=char::MAX {
            if is_always_nfc(c) {
                assert_eq!(is_nfc_quick([c].into_iter()), IsNormalized::Yes, "{c:?}");
                assert_eq!(canonical_combining_class(c), 0, "{c:?}");
            }
            if is_always_nfkc(c) {
                assert_eq!(is_nfkc_quick([c].into_iter()), IsNormalized::Yes, "{c:?}");
                assert_eq!(canonical_combining_class(c), 0, "{c:?}");
            }
        }
    }

    #[test]
    fn the_forms_differ_in_what_they_replace() {
        assert_eq!(run(nfc(), "が① ﬁ 각"), "が① ﬁ 각");
        assert_eq!(run(nfkc(), "①，ﬁ㈱"), "1,fi(株)");
    }

    #[test]
    fn width_is_all_that_is_folded() {
        assert_eq!(run(fold_width(), "！～Ａｚ０　"), "!~Az0 ");
        assert_eq!(run(fold_width(), "｡｢｣､･ｦｧｰﾜﾝ"), "。「」、・ヲァーワン");
        assert_eq!(run(fold_width(), "ｶﾞﾊﾟｳﾞﾜﾞカﾞ"), "ガパヴヷガ");
        assert_eq!(run(fold_width(), "aﾞﾟｱﾟ"), "a゛゜ア゜");
        assert_eq!(run(fold_width(), "①ﬁ㈱￥￦ﾡ"), "①ﬁ㈱￥￦ﾡ");
    }
}
