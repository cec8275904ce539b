//! Values whose shape can be seen, and hardly more.

use std::borrow::Cow;

use crate::normalize::{Normalizer, rule};

/// In place of what is not shown, however long it is.
const STARS: &str = "***";

/// In place of a phone number, up to its last two digits.
const PHONE_STARS: &str = "*********";

/// Masks each value as [`masked`] does.
///
/// ```
/// use handover::normalize::apply;
/// use handover::protect::mask;
///
/// assert_eq!(apply(&[mask()], "+86 138 0013 8000")?, "*********00");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn mask() -> Box<dyn Normalizer> {
    rule("mask", |text| {
        let masked = masked(text);
        Ok(if masked == text { Cow::Borrowed(text) } else { Cow::Owned(masked) })
    })
}

/// The text in a form that can be shown: enough to tell what kind of value it
/// is, and to find it again where it is known, but not to learn it.
///
/// The number of stars is always the same for each kind, so that the
/// length is not told. What is masked already stays as it is.
///
/// | a text that looks like | | becomes |
/// |---|---|---|
/// | a name of 2 to 4 Chinese characters | `王小明` | `王**` |
/// | one to four words | `Anna Schmidt` | `A*** S***` |
/// | an e-mail address | `wang@example.com` | `w***@e***.com` |
/// | 7 digits or more, as in a phone number | `+86 138 0013 8000` | `*********00` |
/// | one character | `x` | `***` |
/// | anything else | `12 Main Street` | `1***` |
///
/// ```
/// use handover::protect::masked;
///
/// assert_eq!(masked("Anna Schmidt"), "A*** S***");
/// assert_eq!(masked("王小明"), "王**");
/// ```
pub fn masked(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.chars();
    let (Some(first), rest) = (chars.next(), chars.as_str()) else { return String::new() };
    if rest.is_empty() || text == STARS {
        return STARS.to_owned();
    }
    chinese_name(first, rest)
        .or_else(|| email(text))
        .or_else(|| phone(text))
        .or_else(|| words(text))
        .unwrap_or_else(|| format!("{first}{STARS}"))
}

fn chinese_name(first: char, rest: &str) -> Option<String> {
    let name = is_ideograph(first)
        && (rest == "**" || rest.chars().all(is_ideograph) && rest.chars().nth(3).is_none());
    name.then(|| format!("{first}**"))
}

/// The first letter at either side of the sign, and the last part of the domain.
fn email(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '*');
    if local.contains(char::is_whitespace) || !domain.chars().all(host) {
        return None;
    }
    let (local, first) = (local.chars().next()?, domain.chars().next().filter(|c| *c != '.')?);
    let end = match domain.rsplit_once('.') {
        Some((_, end)) if !end.is_empty() => format!(".{end}"),
        Some(_) => return None,
        None => String::new(),
    };
    Some(format!("{local}{STARS}@{first}{STARS}{end}"))
}

/// The last two of seven digits or more, and nothing but what stands between digits.
fn phone(text: &str) -> Option<String> {
    if let Some(ends) = text.strip_prefix(PHONE_STARS)
        && ends.len() == 2
        && ends.bytes().all(|b| b.is_ascii_digit())
    {
        return Some(text.to_owned());
    }
    let between = |c: char| c.is_whitespace() || matches!(c, '+' | '-' | '.' | '/' | '(' | ')');
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let [.., _, _, _, _, _, a, b] = digits[..] else { return None };
    text.chars().all(|c| c.is_ascii_digit() || between(c)).then(|| format!("{PHONE_STARS}{a}{b}"))
}

/// The first letter of each of up to four words.
fn words(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let within = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.' | '*');
    let initial = |word: &&str| {
        let mut chars = word.chars();
        let first = chars.next().filter(|c| c.is_alphabetic())?;
        chars.all(within).then(|| format!("{first}{STARS}"))
    };
    let masked = words.iter().map(initial).collect::<Option<Vec<_>>>()?;
    (masked.len() <= 4).then(|| masked.join(" "))
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '々' | '〇' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
        || matches!(c, '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_keeps_its_shape() {
        for (text, expected) in [
            ("", ""),
            (" ", ""),
            ("x", "***"),
            ("王", "***"),
            ("王伟", "王**"),
            ("王小明", "王**"),
            ("欧阳小明", "欧**"),
            ("上海某某公司", "上***"),
            ("Anna", "A***"),
            ("Anna Schmidt", "A*** S***"),
            ("Jean-Luc  d'Arc Jr.", "J*** d*** J***"),
            ("one two three four five", "o***"),
            ("Ümit", "Ü***"),
            ("wang@example.com", "w***@e***.com"),
            ("wang@mail.example.co.uk", "w***@m***.uk"),
            ("root@localhost", "r***@l***"),
            ("a@b@c", "a***"),
            ("王@例子.公司", "王***@例***.公司"),
            ("see a@b.com; c@d.com", "s***"),
            ("13800138000", "*********00"),
            ("+49 (30) 123-4567", "*********67"),
            ("123456", "1***"),
            ("12 Main Street", "1***"),
            ("11010119900101123X", "1***"),
        ] {
            assert_eq!(masked(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_masked_is_borrowed() {
        for text in ["王**", "A*** S***", "w***@e***.com", "*********00", "***", "1***"] {
            assert!(matches!(mask().normalize(text), Ok(Cow::Borrowed(same)) if same == text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn masking_twice_is_masking_once(
            text in prop_oneof![
                ".{0,12}",
                "[王小Ab*@. 01+-]{0,12}",
                "[a王*]{1,3}@[a王*.]{1,6}",
                "[0-9 *+]{0,14}",
            ],
        ) {
            let once = masked(&text);
            prop_assert_eq!(masked(&once), once);
        }

        #[test]
        fn no_more_is_shown_than_said(text in "\\PC{2,40}") {
            let shown = masked(&text);
            prop_assert!(shown.contains("**"), "{}", shown);
            prop_assert!(text.contains('@') || shown.chars().filter(|c| *c != '*' && *c != ' ').count() <= 4);
        }
    }
}
