//! What spreadsheets and data frames make of phone numbers that they take for numbers.

use std::borrow::Cow;

use crate::error::Fault;

/// The digits of `13800138000.0`, `13,800,138,000` and
/// `1.380013800000000E+10`; every other text as it is. A number of which the
/// exponent notation has cut digits off (`1.38001E+10`) is a fault.
pub(super) fn unspread(text: &str) -> Result<Cow<'_, str>, Fault> {
    if !text.contains(['.', ',', 'e', 'E']) {
        return Ok(Cow::Borrowed(text));
    }
    let trimmed = text.trim();
    if let Some((mantissa, exponent)) = exponential(trimmed) {
        return match exact(mantissa, exponent) {
            Some(digits) => Ok(Cow::Owned(digits)),
            None => Err(Fault::new("digits are lost in exponent notation")),
        };
    }
    let whole = without_fraction(trimmed);
    Ok(match with_thousands(whole) {
        true => Cow::Owned(whole.replace(',', "")),
        false if whole.len() < trimmed.len() => Cow::Borrowed(whole),
        false => Cow::Borrowed(text),
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `1.38E+10`, with a decimal point or comma, as its two parts.
fn exponential(text: &str) -> Option<(&str, usize)> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let number = whole.len() == 1 && is_digits(whole) && (fraction.is_empty() || is_digits(fraction));
    (number && is_digits(exponent) && exponent.len() < 3).then_some(())?;
    Some((mantissa, exponent.parse().ok()?))
}

/// The whole number, if all its digits are there.
fn exact(mantissa: &str, exponent: usize) -> Option<String> {
    let (whole, fraction) = mantissa.split_once(['.', ','])?;
    let (digits, rest) = fraction.split_at_checked(exponent)?;
    rest.bytes().all(|b| b == b'0').then(|| [whole, digits].concat())
}

/// The text before a `.0` that ends it, if that is a number of a phone's length.
fn without_fraction(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => {
            let digits = whole.strip_prefix('+').unwrap_or(whole);
            if digits.len() > 5 && (is_digits(digits) || with_thousands(digits)) { whole } else { text }
        }
        _ => text,
    }
}

/// Whether commas stand before every third digit, and nowhere else.
fn with_thousands(text: &str) -> bool {
    let mut groups = text.split(',');
    groups.next().is_some_and(|first| is_digits(first) && first.len() <= 3)
        && text.len() > 3
        && groups.all(|group| is_digits(group) && group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read() {
        for (text, expected) in [
            ("13800138000.0", "13800138000"),
            (" 8613800138000.00 ", "8613800138000"),
            ("+8613800138000.0", "+8613800138000"),
            ("13,800,138,000", "13800138000"),
            ("13,800,138,000.0", "13800138000"),
            ("1.380013800000000E+10", "13800138000"),
            ("1,3800138000e10", "13800138000"),
        ] {
            assert_eq!(unspread(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_stay() {
        for text in ["138.00", "02.123.0", "1,23", "138,0013,8000", "12 E 3", "1E", "x", "", "010,123"] {
            let expected = if text == "010,123" { "010123" } else { text };
            assert_eq!(unspread(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn lost_digits_are_a_fault() {
        for text in ["1.38001E+10", "8.6138E12", "1E+10", "1,38E+10"] {
            assert_eq!(
                unspread(text).unwrap_err().to_string(),
                "digits are lost in exponent notation",
                "{text}"
            );
        }
    }
}
