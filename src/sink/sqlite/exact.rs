//! From a value of ours to one that SQLite stores as it is.

use std::fmt::{Display, Write};

use rusqlite::types::ValueRef;

use super::catalogue::Declared;
use crate::error::Fault;
use crate::record::{Decimal, Value};
use crate::schema::Kind;
use crate::sqlite::Affinity;

/// What to store in a column so that it is just the value, or why that cannot
/// be. `shown` is where a value is written that is stored as text.
pub(crate) fn exact<'v>(
    value: Value<'v>,
    column: &Declared,
    shown: &'v mut String,
) -> Result<ValueRef<'v>, Fault> {
    match (value, column.affinity) {
        (Value::Null, _) => Ok(ValueRef::Null),
        (Value::Text(text), Affinity::Text | Affinity::None) => Ok(ValueRef::Text(text.as_bytes())),
        (Value::Text(text), _) => of_text(text, column),
        (value, Affinity::Text) => Ok(written(value, shown)),
        (Value::Bool(value), _) => Ok(ValueRef::Integer(value.into())),
        (Value::Int(value), _) => of_int(value, column),
        (Value::Float(value), _) => of_float(value, column),
        (Value::Decimal(value), Affinity::None) => Ok(ValueRef::Text(value.as_str().as_bytes())),
        (Value::Decimal(value), _) => of_digits(value.as_str(), column),
        (Value::Date(_) | Value::DateTime(_), _) if column.holds_numbers() => Err(not_a_number(column)),
        (value @ (Value::Date(_) | Value::DateTime(_)), _) => Ok(written(value, shown)),
    }
}

fn written<'v>(value: impl Display, shown: &'v mut String) -> ValueRef<'v> {
    shown.clear();
    // Writing into a string does not fail.
    let _ = write!(shown, "{value}");
    ValueRef::Text(shown.as_bytes())
}

fn of_int<'v>(value: i64, column: &Declared) -> Result<ValueRef<'v>, Fault> {
    // Beyond 2^53 a floating point number may be another one.
    let exact = column.affinity != Affinity::Real || value as f64 as i128 == i128::from(value);
    if exact { Ok(ValueRef::Integer(value)) } else { Err(not_kept(column)) }
}

fn of_float<'v>(value: f64, column: &Declared) -> Result<ValueRef<'v>, Fault> {
    match column.kind {
        Kind::Int | Kind::Bool if value.fract() != 0.0 => Err(not_a_number(column)),
        // SQLite stores null for it.
        _ if value.is_nan() => Err(not_kept(column)),
        _ => Ok(ValueRef::Real(value)),
    }
}

/// Text in a column that makes numbers of text.
fn of_text<'v>(text: &'v str, column: &Declared) -> Result<ValueRef<'v>, Fault> {
    match text {
        _ if is_number(text) => of_digits(text, column),
        "true" | "false" if column.kind == Kind::Bool => Ok(ValueRef::Integer((text == "true").into())),
        _ if column.holds_numbers() => Err(not_a_number(column)),
        _ => Ok(ValueRef::Text(text.as_bytes())),
    }
}

/// A number that is written out: kept if no digit is lost but zeros at the end of the fraction.
fn of_digits<'v>(digits: &str, column: &Declared) -> Result<ValueRef<'v>, Fault> {
    if let Ok(value) = digits.parse::<i64>() {
        return if value.to_string() == digits { of_int(value, column) } else { Err(not_kept(column)) };
    }
    let significant = match Decimal::parse(digits) {
        Some(_) if digits.contains('.') => digits.trim_end_matches('0').trim_end_matches('.'),
        _ => digits,
    };
    match digits.parse::<f64>() {
        Ok(value) if value.to_string() == significant => of_float(value, column),
        _ => Err(not_kept(column)),
    }
}

/// Whether SQLite takes a text for a number: white space around it, a sign,
/// digits with or without a point, an exponent.
fn is_number(text: &str) -> bool {
    let space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\x0B' | '\x0C' | '\r');
    let text = text.trim_matches(space);
    let unsigned = |text: &str| text.strip_prefix(['-', '+']).unwrap_or(text).to_owned();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa = unsigned(mantissa).replacen('.', "", 1);
    all_digits(&mantissa) && exponent.is_none_or(|exponent| all_digits(&unsigned(exponent)))
}

fn not_a_number(column: &Declared) -> Fault {
    let what = match column.kind {
        Kind::Int => "not a whole number",
        Kind::Bool => "not true or false",
        _ => "not a number",
    };
    Fault::new(format!("{what}, and the column is declared {}", column.written)).rule("kind")
}

fn not_kept(column: &Declared) -> Fault {
    let written = &column.written;
    Fault::new(format!("a column declared {written} would not keep it as it is written")).rule("kind")
}
