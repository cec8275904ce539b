//! Extensions behind the words of other languages.

use std::borrow::Cow;

/// What stands between a number and its extension in China, Taiwan and Hong
/// Kong, Japan, Korea and Russia. libphonenumber knows none of them but `доб`.
const WORDS: [&str; 16] = [
    "转分机",
    "轉分機",
    "分机号",
    "分機號",
    "分机",
    "分機",
    "转",
    "轉",
    "内线",
    "內線",
    "内線",
    "내선",
    "доб",
    "Доб",
    "доп",
    "Доп",
];

/// The text with ` ext. 108` where it ends in `转 108`, `（分机：108）` and the
/// like; every other text as it is.
pub(super) fn with_english_word(text: &str) -> Cow<'_, str> {
    match split(text) {
        Some((number, extension)) => Cow::Owned(format!("{number} ext. {extension}")),
        None => Cow::Borrowed(text),
    }
}

/// The number before one of the words, and the digits that end the text.
fn split(text: &str) -> Option<(&str, &str)> {
    if text.is_ascii() {
        return None;
    }
    let text = text.trim_end_matches(is_gap);
    let before = text.trim_end_matches(is_digit);
    let extension = text.strip_prefix(before).filter(|digits| !digits.is_empty())?;
    let before = before.trim_end_matches(is_gap);
    let number = WORDS.iter().find_map(|word| before.strip_suffix(word))?;
    Some((number.trim_end_matches(is_gap), extension))
}

fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '０'..='９')
}

/// Whether a character may stand on either side of the word, or close its brackets.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || ":：.．,，-－(（)）".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_english() {
        for text in [
            "029-88252701 转 8083",
            "029-88252701转8083",
            "029-88252701-轉：8083",
            "029-88252701（转分机 8083）",
            "029-88252701 (分机号: 8083)",
            "029-88252701分機8083 ",
            "029-88252701 内線8083",
            "029-88252701 내선 8083",
            "029-88252701, доб. 8083",
            "029-88252701 Доп.: 8083",
        ] {
            assert_eq!(with_english_word(text), "029-88252701 ext. 8083", "{text}");
        }
    }

    #[test]
    fn other_texts_are_borrowed() {
        for text in [
            "029-88252701 ext. 8083",
            "０２９－８８２５２７０１",
            "029-88252701 转",
            "029-88252701 转 张三",
            "029-88252701 转 8083 / 8084",
            "029-88252701 或 88252702",
            "",
        ] {
            assert!(matches!(with_english_word(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
