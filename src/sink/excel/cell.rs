//! What a value is in a cell.

use std::borrow::Cow;

use super::format::Style;
use crate::error::Fault;
use crate::record::{Date, DateTime, Decimal, Record, Value};

/// The most characters of a cell, as UTF-16 counts them.
const CELL_CHARS: usize = 32_767;
/// From here on a number has more than the 15 digits that a spreadsheet keeps.
const TOO_LONG: u64 = 1_000_000_000_000_000;
/// The spreadsheet's day 0, 1899-12-30, is so many days before 1970-01-01.
const EPOCH_DAYS: i64 = 25_569;
const MICROS_PER_DAY: i64 = 86_400_000_000;

pub(super) enum Cell<'v> {
    Empty,
    Bool(bool),
    Number(f64, Style),
    Text(Cow<'v, str>),
}

/// The cell of a value, and a warning where it is not quite the same.
pub(super) fn cell(value: Value<'_>) -> (Cell<'_>, Option<Fault>) {
    let number = match value {
        Value::Null => return (Cell::Empty, None),
        Value::Bool(value) => return (Cell::Bool(value), None),
        Value::Text("") => {
            return (Cell::Empty, Some(warning("empty", "empty text is an empty cell, as null is")));
        }
        Value::Text(text) => return (Cell::Text(Cow::Borrowed(text)), None),
        Value::Int(value) => int(value),
        Value::Float(value) => float(value),
        Value::Decimal(value) => decimal(value),
        Value::Date(value) => date(value),
        Value::DateTime(value) => date_time(value),
    };
    match number {
        Ok((number, style)) => (Cell::Number(number, style), None),
        Err(warning) => (Cell::Text(Cow::Owned(value.to_string())), Some(warning)),
    }
}

/// Finds what a sheet cannot hold: a fault where the record cannot be written,
/// warnings where it is written in another way.
pub(super) fn examine(record: &Record, warnings: &mut Vec<Fault>) -> Result<(), Fault> {
    warnings.clear();
    let mut blank = true;
    for (position, value) in record.values().enumerate() {
        let (cell, warning) = cell(value);
        let column = || record.schema().name(position).clone();
        if let Cell::Text(text) = &cell
            && text.len() > CELL_CHARS
            && text.encode_utf16().count() > CELL_CHARS
        {
            return Err(Fault::new("longer than the 32,767 characters of a cell")
                .rule("size")
                .column(column()));
        }
        blank &= matches!(cell, Cell::Empty);
        warnings.extend(warning.map(|warning| warning.column(column())));
    }
    if blank {
        warnings.push(warning("blank", "a record without a value is a blank row"));
    }
    Ok(())
}

fn warning(rule: &'static str, message: &'static str) -> Fault {
    Fault::warning(message).rule(rule)
}

type Number = Result<(f64, Style), Fault>;

fn too_long() -> Fault {
    warning("digits", "written as text: a spreadsheet keeps 15 digits")
}

fn int(value: i64) -> Number {
    match value.unsigned_abs() < TOO_LONG {
        true => Ok((value as f64, Style::Decimals(0))),
        false => Err(too_long()),
    }
}

fn float(value: f64) -> Number {
    match value == 0.0 || value.is_normal() {
        true => Ok((value, Style::General)),
        false => Err(warning("digits", "written as text: no number that a spreadsheet has")),
    }
}

/// A decimal is a number if it comes back with the digits that it has: the
/// format shows as many decimals.
fn decimal(value: Decimal<'_>) -> Number {
    let text = value.as_str();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = unsigned.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    let odd = text.starts_with('+')
        || (whole.len() > 1 && whole.starts_with('0'))
        || (digits == 0 && text != unsigned);
    if odd {
        return Err(warning(
            "digits",
            "written as text: a spreadsheet would write the number in another way",
        ));
    }
    match (text.parse(), u8::try_from(fraction.len())) {
        (Ok(number), Ok(decimals)) if digits <= 15 && decimals <= 15 => {
            Ok((number, Style::Decimals(decimals)))
        }
        _ => Err(too_long()),
    }
}

/// Before 1900-03-01 programs disagree by a day, because Excel counts a
/// 29 February 1900, and before 1900 there is no date at all.
fn serial(date: Date, micros: i64) -> Result<f64, Fault> {
    let days = DateTime::new(date, 0, None).map(|midnight| midnight.instant() / MICROS_PER_DAY + EPOCH_DAYS);
    match days {
        Some(days) if days > 60 => Ok(days as f64 + micros as f64 / MICROS_PER_DAY as f64),
        _ => Err(warning("date", "written as text: a spreadsheet has no days before 1900-03-01")),
    }
}

fn date(value: Date) -> Number {
    Ok((serial(value, 0)?, Style::Date))
}

fn date_time(value: DateTime) -> Number {
    if value.offset().is_some() {
        return Err(warning("date", "written as text: a spreadsheet has no offset from UTC"));
    }
    let style = match value.micros() {
        whole if whole % 1_000_000 == 0 => Style::Seconds,
        parts if parts % 1_000 == 0 => Style::Millis,
        _ => return Err(warning("date", "written as text: a spreadsheet keeps no parts of a millisecond")),
    };
    Ok((serial(value.date(), value.micros())?, style))
}
