//! From the text of a value in JSON to a value.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::error::Fault;
use crate::record::{Decimal, Record, Value};

/// The rule that a record breaks which is not what JSON should be.
pub(crate) const RULE: &str = "json";
/// How many digits a number may have that is written with an exponent; the
/// largest and the smallest double need 309 and 325.
const MOST_DIGITS: usize = 400;

/// What is wrong with a text as JSON, and at which byte.
pub(crate) struct Syntax {
    pub message: String,
    pub at: usize,
}

/// What serde says, without its place and without a value.
pub(crate) fn syntax(error: &serde_json::Error, text: &[u8]) -> Syntax {
    let line_start = match error.line() {
        0 | 1 => 0,
        line => memchr::memchr_iter(b'\n', text).nth(line - 2).map_or(0, |at| at + 1),
    };
    let at = (line_start + error.column().saturating_sub(1)).min(text.len());
    let message = match error.classify() {
        Category::Eof => "the JSON ends too early".to_owned(),
        Category::Data => "not what is expected here".to_owned(),
        Category::Syntax | Category::Io => {
            let said = error.to_string();
            said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said).to_owned()
        }
    };
    Syntax { message, at }
}

/// The fault of a line that is not JSON.
pub(crate) fn broken(error: &serde_json::Error, line: &str) -> Fault {
    let Syntax { message, at } = syntax(error, line.as_bytes());
    let message = match error.classify() {
        Category::Eof => message,
        _ => format!("not JSON at byte {} of the line: {message}", at + 1),
    };
    Fault::new(message).rule(RULE)
}

/// Calls `each` with the members of an object, in their order, until there is
/// a fault. The text is checked to its end all the same.
pub(crate) fn members<'j>(
    json: &'j str,
    each: impl FnMut(&str, &'j str) -> Result<(), Fault>,
) -> Result<Result<(), Fault>, serde_json::Error> {
    struct Members<F>(F);

    impl<'j, F: FnMut(&str, &'j str) -> Result<(), Fault>> Visitor<'j> for Members<F> {
        type Value = Result<(), Fault>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'j>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut outcome = Ok(());
            while let Some((Key(key), value)) = map.next_entry::<Key<'j>, &'j RawValue>()? {
                if outcome.is_ok() {
                    outcome = (self.0)(&key, value.get());
                }
            }
            Ok(outcome)
        }
    }

    let mut deserializer = serde_json::Deserializer::from_str(json);
    let outcome = deserializer.deserialize_map(Members(each))?;
    deserializer.end()?;
    Ok(outcome)
}

/// Whether a text can only be an object, and no row of CSV that was set aside:
/// a cell with a quote in it would begin with one.
pub(crate) fn is_object(text: &str) -> bool {
    text.trim_start().strip_prefix('{').is_some_and(|within| within.trim_start().starts_with('"'))
}

#[derive(Deserialize)]
struct Key<'j>(#[serde(borrow)] Cow<'j, str>);

/// The elements of an array.
pub(crate) fn elements(json: &str) -> Result<Vec<&str>, serde_json::Error> {
    let elements: Vec<&RawValue> = serde_json::from_str(json)?;
    Ok(elements.into_iter().map(RawValue::get).collect())
}

/// Sets a column to a plain value. Text stays text, a whole number that fits
/// is an int, any other number a decimal with every digit.
pub(crate) fn put(record: &mut Record, position: usize, json: &str) -> Result<(), Fault> {
    match json.as_bytes().first() {
        Some(b'n') => record.set_value(position, Value::Null),
        Some(b't') => record.set_value(position, true),
        Some(b'f') => record.set_value(position, false),
        Some(b'"') => record.set_value(position, &*text(json)?),
        Some(b'-' | b'0'..=b'9') => match number(json)? {
            Number::Int(number) => record.set_value(position, number),
            Number::Decimal(digits) => record.set_value(position, Decimal::parse(&digits)),
        },
        _ => return Err(Fault::new("a list or an object where a plain value is needed").rule(RULE)),
    }
    Ok(())
}

/// The text that stands in quotes.
pub(crate) fn text(json: &str) -> Result<Cow<'_, str>, Fault> {
    match json.get(1..json.len() - 1) {
        Some(plain) if memchr::memchr(b'\\', plain.as_bytes()).is_none() => Ok(Cow::Borrowed(plain)),
        _ => serde_json::from_str(json)
            .map(Cow::Owned)
            .map_err(|_| Fault::new("an escape that is no character: half of a surrogate pair").rule(RULE)),
    }
}

/// A number as JSON writes it.
#[derive(Debug, PartialEq)]
pub(crate) enum Number<'j> {
    Int(i64),
    Decimal(Cow<'j, str>),
}

/// The number, exactly: a decimal where it is not whole or does not fit into 64 bits.
pub(crate) fn number(json: &str) -> Result<Number<'_>, Fault> {
    if let Some(int) = int(json) {
        return Ok(Number::Int(int));
    }
    let Some((digits, exponent)) = json.split_once(['e', 'E']) else {
        return Ok(Number::Decimal(json.into()));
    };
    let expanded = exponent.parse().ok().and_then(|exponent| expand(digits, exponent));
    let expanded = expanded.ok_or_else(|| {
        Fault::new(format!("a number of more than {MOST_DIGITS} digits when it is written out")).rule(RULE)
    })?;
    Ok(int(&expanded).map_or(Number::Decimal(expanded.into()), Number::Int))
}

/// A whole number; minus zero is none, so that it keeps its sign.
fn int(digits: &str) -> Option<i64> {
    digits.parse().ok().filter(|int| *int != 0 || !digits.starts_with('-'))
}

/// A number without its exponent, unless that takes too many digits.
fn expand(number: &str, exponent: i64) -> Option<String> {
    let (sign, unsigned) = match number.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", number),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let most = MOST_DIGITS.max(unsigned.len()) as u64;
    if point.unsigned_abs() > most {
        return None;
    }
    let (zeros, point) = ((-point).max(0) as usize, point.max(0) as usize);
    let digits = ["0".repeat(zeros).as_str(), whole, fraction].concat();
    let digits = format!("{digits:0<point$}");
    let (whole, fraction) = digits.split_at(point);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(json: &str, shown: &str) {
        let number = match number(json).unwrap() {
            Number::Int(number) => format!("int {number}"),
            Number::Decimal(digits) => format!("decimal {digits}"),
        };
        assert_eq!(number, shown, "{json}");
    }

    #[test]
    fn numbers_keep_every_digit() {
        reads("-7", "int -7");
        reads("9223372036854775807", "int 9223372036854775807");
        reads("9223372036854775808", "decimal 9223372036854775808");
        reads("0.10", "decimal 0.10");
        reads("-0", "decimal -0");
        reads("-0.0", "decimal -0.0");
        reads("1e3", "int 1000");
        reads("-1.50E+1", "decimal -15.0");
        reads("1234e-2", "decimal 12.34");
        reads("1e-5", "decimal 0.00001");
        reads("0.001e2", "decimal 0.1");
        reads("0.001e3", "int 1");
        reads("-0e7", "decimal -0");
        reads("5e-324", &format!("decimal 0.{}5", "0".repeat(323)));
    }

    #[test]
    fn a_number_that_cannot_be_written_out_is_a_fault() {
        for json in ["1e401", "1e-402", "1e9223372036854775807", "1e99999999999999999999"] {
            let fault = number(json).unwrap_err();
            assert_eq!(fault.to_string(), "a number of more than 400 digits when it is written out");
        }
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(text(r#""a\u00e9\ud83d\ude00""#).unwrap(), "aé😀");
        assert_eq!(
            text(r#""\ud83d""#).unwrap_err().to_string(),
            "an escape that is no character: half of a surrogate pair"
        );
    }
}
