//! Values in the text format of `COPY`, as the type of their column takes them.
//!
//! PostgreSQL reads text generously: `00123` is a number to it, `1.005` becomes `1.01` in a column
//! of two digits, and an offset from UTC is dropped where the column has none. What it would
//! change without a word is a fault here.

use std::io::Write;

use crate::error::Fault;
use crate::record::{Date, DateTime, Decimal, Value};
use crate::schema::Kind;

/// What a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    Bool,
    Int {
        least: i64,
        most: i64,
    },
    /// The number of digits after the point, where the type says it.
    Numeric {
        scale: Option<usize>,
    },
    Float {
        single: bool,
    },
    Date,
    /// Times are rounded to so many microseconds.
    Timestamp {
        zoned: bool,
        step: i64,
    },
    /// Text as it is, or a type whose text is the server's to judge.
    Text,
}

impl Fit {
    /// Whether a column of a kind may hold values that fit.
    pub fn takes(self, kind: Kind) -> bool {
        match (kind, self) {
            (Kind::Text | Kind::Any, _) | (_, Fit::Text) => true,
            (Kind::Bool, fit) => fit == Fit::Bool,
            (Kind::Int, Fit::Bool | Fit::Int { .. } | Fit::Numeric { .. } | Fit::Float { .. }) => true,
            (Kind::Float | Kind::Decimal, Fit::Int { .. } | Fit::Numeric { .. } | Fit::Float { .. }) => true,
            (Kind::Date, Fit::Date | Fit::Timestamp { .. }) => true,
            (Kind::DateTime, Fit::Timestamp { .. }) => true,
            _ => false,
        }
    }

    /// Whether the type holds two values for different ones wherever their text differs: text in
    /// some collations does not, nor do decimals of more or fewer zeros at the end.
    pub fn is_told_apart_by_type(self) -> bool {
        !matches!(self, Fit::Text | Fit::Numeric { .. })
    }

    /// Appends a value, or says why the column does not take it.
    pub fn encode(self, value: Value<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        match (self, value) {
            (_, Value::Null) => out.extend_from_slice(br"\N"),
            (Fit::Text | Fit::Bool, Value::Text(text)) => escape(text, out)?,
            (Fit::Text, value) => show(value, out),
            (Fit::Bool, Value::Bool(_) | Value::Int(0 | 1)) => show(value, out),
            (Fit::Int { least, most }, value) => match whole(value)? {
                number if (least..=most).contains(&number) => show(Value::Int(number), out),
                _ => return Err(Fault::new("a number that is out of the column's range")),
            },
            (Fit::Numeric { scale }, value) => numeric(value, scale, out)?,
            (Fit::Float { single }, value) => float(value, single, out)?,
            (Fit::Date, value) => match value {
                Value::Date(_) => show(value, out),
                Value::Text(text) => {
                    show(Date::parse(text).ok_or_else(|| misfit(value, Kind::Date))?.into(), out)
                }
                _ => return Err(misfit(value, Kind::Date)),
            },
            (Fit::Timestamp { zoned, step }, value) => timestamp(value, zoned, step, out)?,
            (Fit::Bool, value) => return Err(misfit(value, Kind::Bool)),
        }
        Ok(())
    }
}

/// The fault of a value that a column of a kind does not take.
fn misfit(value: Value<'_>, wanted: Kind) -> Fault {
    match value {
        // A text that is none of them has a fault of its own.
        Value::Text(text) => match Value::parse(text, wanted) {
            Err(fault) => fault,
            Ok(_) => Fault::new("leading zeros or a plus, which a number does not keep").rule("kind"),
        },
        value => {
            let kind = value.kind().unwrap_or_default();
            Fault::new(format!("a value of the kind {kind} where the column takes {wanted}")).rule("kind")
        }
    }
}

/// Appends a value that holds nothing to be escaped.
fn show(value: Value<'_>, out: &mut Vec<u8>) {
    // Writing into memory does not fail.
    let _ = write!(out, "{value}");
}

/// Whether a number keeps these digits as they are written.
fn keeps(digits: &str) -> bool {
    let unsigned = digits.strip_prefix('-').unwrap_or(digits).as_bytes();
    match unsigned {
        [b'+', ..] => false,
        [b'0', next, ..] => !next.is_ascii_digit(),
        _ => true,
    }
}

fn whole(value: Value<'_>) -> Result<i64, Fault> {
    // Beyond 2^53 a float is not exactly what anybody meant.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = match value {
        Value::Int(number) => Some(number),
        Value::Text(text) if keeps(text) => text.parse().ok(),
        Value::Decimal(decimal) => decimal.as_str().parse().ok(),
        Value::Float(float) if float.fract() == 0.0 && float.abs() <= EXACT => Some(float as i64),
        _ => None,
    };
    number.ok_or_else(|| match value {
        Value::Decimal(_) | Value::Float(_) => Fault::new("not a whole number").rule("kind"),
        _ => misfit(value, Kind::Int),
    })
}

fn numeric(value: Value<'_>, scale: Option<usize>, out: &mut Vec<u8>) -> Result<(), Fault> {
    let start = out.len();
    match value {
        Value::Text(text) if !keeps(text) || Decimal::parse(text).is_none() => {
            return Err(misfit(value, Kind::Decimal));
        }
        Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Decimal(_) => show(value, out),
        _ => return Err(misfit(value, Kind::Decimal)),
    }
    let Some(scale) = scale else { return Ok(()) };
    let Some(point) = out[start..].iter().position(|byte| *byte == b'.') else { return Ok(()) };
    let kept = start + point + 1 + scale;
    match out.get(kept..).is_some_and(|beyond| beyond.iter().any(|digit| *digit != b'0')) {
        true => Err(Fault::new(format!("more than the {scale} digits that the column has after the point"))),
        false => Ok(()),
    }
}

fn float(value: Value<'_>, single: bool, out: &mut Vec<u8>) -> Result<(), Fault> {
    match value {
        Value::Text(text) if !keeps(text) || Value::parse(text, Kind::Float).is_err() => {
            return Err(misfit(value, Kind::Float));
        }
        Value::Text(_) | Value::Int(_) | Value::Float(_) | Value::Decimal(_) => {}
        _ => return Err(misfit(value, Kind::Float)),
    }
    let written = value.to_string();
    let kept = match single {
        true => written.parse().map(|kept: f32| kept.to_string()),
        false => written.parse().map(|kept: f64| kept.to_string()),
    };
    // What comes back is the shortest number that is held as this one.
    if !kept.is_ok_and(|kept| significant(&kept) == significant(&written)) {
        return Err(Fault::new("more digits than the column keeps").rule("kind"));
    }
    out.extend_from_slice(written.as_bytes());
    Ok(())
}

/// The digits of a number from the first to the last that is no zero.
fn significant(number: &str) -> String {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(|c| !matches!(c, '-' | '+' | '.')).collect();
    digits.trim_matches('0').to_owned()
}

fn timestamp(value: Value<'_>, zoned: bool, step: i64, out: &mut Vec<u8>) -> Result<(), Fault> {
    let time = match value {
        Value::DateTime(time) => Some(time),
        Value::Text(text) => DateTime::parse(text).or_else(|| midnight(Date::parse(text)?)),
        Value::Date(date) => midnight(date),
        _ => None,
    };
    match time {
        Some(time) if time.offset().is_some() && !zoned => {
            Err(Fault::new("a time with an offset from UTC, which the column does not keep"))
        }
        Some(time) if time.micros() % step != 0 => {
            Err(Fault::new("a smaller part of a second than the column keeps"))
        }
        Some(time) => {
            show(Value::DateTime(time), out);
            Ok(())
        }
        None => Err(misfit(value, Kind::DateTime)),
    }
}

fn midnight(date: Date) -> Option<DateTime> {
    DateTime::new(date, 0, None)
}

/// Appends text with the escapes that the documentation of `COPY` lists.
pub(super) fn escape(text: &str, out: &mut Vec<u8>) -> Result<(), Fault> {
    let special = |byte: u8| byte < b' ' || byte == b'\\';
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| special(*byte)) {
        out.extend_from_slice(&rest[..at]);
        match rest[at] {
            0 => return Err(Fault::new("a NUL character, which PostgreSQL does not have in text")),
            b'\n' => out.extend_from_slice(br"\n"),
            b'\r' => out.extend_from_slice(br"\r"),
            b'\t' => out.extend_from_slice(br"\t"),
            b'\\' => out.extend_from_slice(br"\\"),
            other => out.push(other),
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const INT: Fit = Fit::Int { least: -100, most: 99_999 };

    fn encoded<'v>(fit: Fit, value: impl Into<Value<'v>>) -> String {
        let mut out = Vec::new();
        match fit.encode(value.into(), &mut out) {
            Ok(()) => String::from_utf8(out).unwrap(),
            Err(fault) => format!("! {fault}"),
        }
    }

    fn decimal(text: &str) -> Value<'_> {
        Value::Decimal(Decimal::parse(text).unwrap())
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(encoded(Fit::Text, "a\tb\nc\rd\\N\u{1}王"), "a\\tb\\nc\\rd\\\\N\u{1}王");
        assert_eq!(encoded(Fit::Text, Value::Null), r"\N");
        assert_eq!(encoded(Fit::Text, "a\0"), "! a NUL character, which PostgreSQL does not have in text");
    }

    #[test]
    fn whole_numbers_keep_their_digits() {
        assert_eq!(encoded(INT, "123"), "123");
        assert_eq!(encoded(INT, "0"), "0");
        assert_eq!(encoded(INT, decimal("007")), "7");
        assert_eq!(encoded(INT, 5.0), "5");
        assert_eq!(encoded(INT, "00123"), "! leading zeros or a plus, which a number does not keep");
        assert_eq!(encoded(INT, "+12"), "! leading zeros or a plus, which a number does not keep");
        assert_eq!(encoded(INT, "12 "), "! not a whole number");
        assert_eq!(encoded(INT, decimal("1.0")), "! not a whole number");
        assert_eq!(encoded(INT, 1.5), "! not a whole number");
        assert_eq!(encoded(INT, 100_000), "! a number that is out of the column's range");
        assert_eq!(encoded(INT, "-101"), "! a number that is out of the column's range");
        assert_eq!(encoded(INT, true), "! a value of the kind bool where the column takes int");
    }

    #[test]
    fn decimals_keep_their_digits() {
        let two = Fit::Numeric { scale: Some(2) };
        assert_eq!(encoded(two, "1.50"), "1.50");
        assert_eq!(encoded(two, decimal("1.5000")), "1.5000");
        assert_eq!(encoded(two, 7), "7");
        assert_eq!(encoded(two, "1.005"), "! more than the 2 digits that the column has after the point");
        assert_eq!(encoded(two, "1,5"), "! not a decimal number");
        assert_eq!(
            encoded(Fit::Numeric { scale: None }, "0.123456789012345678901"),
            "0.123456789012345678901"
        );
    }

    #[test]
    fn floats_keep_the_digits_that_they_have_room_for() {
        let (double, single) = (Fit::Float { single: false }, Fit::Float { single: true });
        let lost = "! more digits than the column keeps";
        assert_eq!(encoded(double, "1e-3"), "1e-3");
        assert_eq!(encoded(double, "1.500"), "1.500");
        assert_eq!(encoded(double, 0.1 + 0.2), "0.30000000000000004");
        assert_eq!(encoded(double, f64::NAN), "NaN");
        assert_eq!(encoded(double, 1i64 << 53), "9007199254740992");
        assert_eq!(encoded(double, (1i64 << 53) + 1), lost);
        assert_eq!(encoded(double, decimal("0.12345678901234567890")), lost);
        assert_eq!(encoded(double, "1e999"), "! not a number");
        assert_eq!(encoded(single, 0.1), "0.1");
        assert_eq!(encoded(single, decimal("16777217")), lost);
        assert_eq!(encoded(single, 1e300), lost);
    }

    #[test]
    fn days_and_times_are_those_of_iso_8601() {
        let wall = Fit::Timestamp { zoned: false, step: 1 };
        assert_eq!(encoded(Fit::Date, "2024-02-29"), "2024-02-29");
        assert_eq!(encoded(Fit::Date, "today"), "! not a date");
        assert_eq!(encoded(Fit::Date, "01/02/2024"), "! not a date");
        assert_eq!(encoded(wall, "2024-02-29 08:30"), "2024-02-29T08:30:00");
        assert_eq!(encoded(wall, Date::new(2024, 2, 29).unwrap()), "2024-02-29T00:00:00");
        assert_eq!(
            encoded(Fit::Timestamp { zoned: true, step: 1 }, "2024-02-29T08:30+08"),
            "2024-02-29T08:30:00+08:00"
        );
        assert_eq!(
            encoded(wall, "2024-02-29T08:30+08"),
            "! a time with an offset from UTC, which the column does not keep"
        );
        assert_eq!(encoded(wall, "2024-02-29T08:30:00.000001"), "2024-02-29T08:30:00.000001");
        assert_eq!(
            encoded(Fit::Timestamp { zoned: false, step: 1000 }, "2024-02-29T08:30:00.0001"),
            "! a smaller part of a second than the column keeps"
        );
        assert_eq!(encoded(wall, 3), "! a value of the kind int where the column takes datetime");
    }
}
