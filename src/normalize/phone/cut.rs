//! Cutting a text into the numbers in it.

use super::words::{may_mean_another_number, mean_another_number, mean_extension};
use crate::error::Fault;

/// The numbers in a tidy text: what is left of it without words and what
/// separates them, each with the extension behind it as ` ext. 108`. Slashes
/// separate numbers only if that is asked for, for `030/1234567` is one.
///
/// Words are not looked up: whatever they say, they are not part of a number.
/// That nothing but numbers is left, the caller makes sure by reading all of them.
pub(super) fn numbers(text: &str, at_slash: bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut words = String::new();
    for run in runs(text, at_slash) {
        match run {
            Run::Words(more) => words.push_str(more),
            Run::Number(run) => {
                for number in at_plus(run) {
                    match found.last_mut() {
                        Some(before) if mean_extension(&words) => {
                            before.push_str(" ext. ");
                            before.push_str(&number);
                        }
                        _ => found.push(number),
                    }
                    words.clear();
                }
            }
        }
    }
    found
}

/// Refuses what is plainly no phone number, although digits in it could be taken for one.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    let mail = text.split_once('@').is_some_and(|(before, after)| {
        before.ends_with(|c: char| c.is_ascii_alphanumeric())
            && after.starts_with(|c: char| c.is_alphanumeric())
    });
    let web = text.starts_with("http") && text.contains("://") && !text.contains("wa.me/");
    if mail || web || names_another_number(text) {
        return Err(Fault::new("not a phone number"));
    }
    if text.contains(is_mask) && is_masked(text) {
        return Err(Fault::new("digits are masked"));
    }
    Ok(())
}

/// Whether a word before digits says that they are no phone number.
fn names_another_number(text: &str) -> bool {
    if !may_mean_another_number(text) {
        return false;
    }
    let mut words = "";
    runs(text, false).any(|run| match run {
        Run::Words(found) => {
            words = found;
            false
        }
        Run::Number(_) => mean_another_number(std::mem::take(&mut words)),
    })
}

enum Run<'a> {
    /// Digits, with what stands among the digits of a number.
    Number(&'a str),
    Words(&'a str),
}

/// The text as runs of digits, with at least one, and of words; what is neither is left out.
fn runs(text: &str, at_slash: bool) -> impl Iterator<Item = Run<'_>> {
    let is_of_number = move |c: char| match c {
        '/' => !at_slash,
        _ => c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '~' | '#' | '*' | '_'),
    };
    let mut rest = text;
    let mut after_letter = false;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let number = is_of_number(first);
        let counted = number && after_letter && numbers_a_label(rest);
        let end = match counted {
            true => "2:".len(),
            false => rest.find(|c| is_of_number(c) != number).unwrap_or(rest.len()),
        };
        let (run, next) = rest.split_at_checked(end)?;
        after_letter = run.ends_with(char::is_alphabetic);
        rest = next;
        Some(match number && !counted && run.contains(|c: char| c.is_ascii_digit()) {
            true => Run::Number(run),
            false => Run::Words(run),
        })
    })
}

/// Whether one digit and a colon follow, as in `手机2：138 0013 8000`.
fn numbers_a_label(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_digit()) && chars.next() == Some(':')
}

/// A run cut before each plus sign that follows digits, without what stands
/// at its ends only. Nothing but zeros before a plus sign is no number, and
/// neither is a country code that is written twice.
fn at_plus(run: &str) -> impl Iterator<Item = String> {
    let mut rest = run;
    std::iter::from_fn(move || {
        let digit = rest.find(|c: char| c.is_ascii_digit())?;
        let end = rest.get(digit..).and_then(|tail| tail.find('+')).map_or(rest.len(), |at| digit + at);
        let (number, next) = rest.split_at_checked(end)?;
        rest = next;
        let zeros = !number.contains(|c: char| c.is_ascii_digit() && c != '0');
        let code = number.trim().starts_with('+') && next.starts_with(number.trim());
        Some(if !next.is_empty() && (zeros || code) { "" } else { number })
    })
    .filter(|number| !number.is_empty())
    .map(|number| {
        number
            .trim_start_matches(|c: char| !c.is_ascii_digit() && !matches!(c, '+' | '('))
            .trim_end_matches(|c: char| !c.is_ascii_digit() && c != '#')
            .replace('_', "-")
    })
}

/// Whether signs stand where digits were: `138****8000`, `138xxxx8000`, `1380013800x`.
fn is_masked(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    if !chars.iter().any(char::is_ascii_digit) {
        return false;
    }
    let is_digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        while chars.get(at).is_some_and(|c| is_mask(*c)) {
            at += 1;
        }
        let before = start.checked_sub(1);
        let letters = chars.get(start).is_some_and(|c| matches!(c, 'x' | 'X'));
        let between = is_digit(before) && is_digit(Some(at));
        let last = is_digit(before) && at == chars.len();
        // `0xx11` stands for a carrier that the caller chooses, in Brazil and Argentina.
        let carrier = is_zero_alone(&chars, start);
        let masked = match at - start {
            0 => false,
            1 if letters => last,
            1 => between && !matches!(chars.get(start), Some('#' | '_')),
            2 => {
                (letters && !carrier && (last || is_digit(Some(at))))
                    || (!letters && chars.get(start) != Some(&'#'))
            }
            _ => true,
        };
        if masked {
            return true;
        }
        at = at.max(start + 1);
    }
    false
}

fn is_mask(c: char) -> bool {
    matches!(c, '*' | '?' | '_' | '#' | 'x' | 'X' | '…' | '•' | '●' | '○' | '×' | '■' | '□' | '◆' | '█' | '※')
}

/// Whether a zero stands before a position, and no digit before that.
fn is_zero_alone(chars: &[char], at: usize) -> bool {
    let back = |by: usize| at.checked_sub(by).and_then(|at| chars.get(at));
    back(1) == Some(&'0') && !back(2).is_some_and(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_separators_cut() {
        for (text, expected) in [
            ("Tel. 010-12345678", "010-12345678"),
            ("王小姐 0912 347 490", "0912 347 490"),
            ("0912 347 490(张经理)", "0912 347 490"),
            ("手机2:13800138000 办公:010-12345678", "13800138000|010-12345678"),
            ("138/139", "138/139"),
            ("13800138000+13900139000", "13800138000|+13900139000"),
            ("00+8613800138000", "+8613800138000"),
            ("+86 +8613800138000", "+8613800138000"),
            ("tel://+86 1", "+86 1"),
            ("010-12345678 转 108", "010-12345678 ext. 108"),
            ("010-12345678(转分机:108)", "010-12345678 ext. 108"),
            ("010-12345678, máy lẻ 108", "010-12345678 ext. 108"),
            ("+861;ext=2; +863", "+861 ext. 2|+863"),
            ("ext 108", "108"),
            ("N/A", ""),
        ] {
            assert_eq!(numbers(text, false).join("|"), expected, "{text}");
        }
        assert_eq!(numbers("138/ 139", true), ["138", "139"]);
    }

    #[test]
    fn masks_are_seen() {
        for text in
            ["138****8000", "138xxxx8000", "138-xx34", "1380013800x", "138*0013", "138●●●●8000", "13?00"]
        {
            assert_eq!(check(text).unwrap_err().to_string(), "digits are masked", "{text}");
        }
        for text in ["*138", "(0xx) 1187", "0xx11 4321", "138 x12", "138 #12#", "xxx", "138?", "1_2"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn other_things_are_no_numbers() {
        for text in ["user557@example.com", "https://example.com/1234567", "QQ:12345678", "邮编 100020"] {
            assert_eq!(check(text).unwrap_err().to_string(), "not a phone number", "{text}");
        }
        assert_eq!(check("https://wa.me/8613800138000"), Ok(()));
    }
}
