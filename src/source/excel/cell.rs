//! What a cell holds, put into a row as the sheet shows it.

use std::borrow::Cow;

use super::format::{Format, Shape};
use super::row::Row;
use crate::error::{Fault, Result};
use crate::record::{Date, DateTime, Decimal, Value};

/// How many digits of a number Excel keeps.
const KEPT_DIGITS: usize = 15;
const DAY: i64 = 86_400_000;
/// The last day that Excel knows: 9999-12-31.
const LAST_DAY: i64 = 2_958_465;

/// Puts cells into rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells {
    /// Whether days are counted from 1904-01-01, and not from 1899-12-31.
    pub is_1904: bool,
    /// The most bytes of text that a row may hold.
    pub max_row: usize,
}

impl Cells {
    pub fn null(&self, row: &mut Row, column: u32) -> Result<()> {
        row.push(column, Value::Null, self.max_row)
    }

    pub fn bool(&self, row: &mut Row, column: u32, value: bool) -> Result<()> {
        row.push(column, Value::Bool(value), self.max_row)
    }

    pub fn text(&self, row: &mut Row, column: u32, text: &str) -> Result<()> {
        if is_scientific(text) {
            let message = "text in scientific notation: if this was an id, its digits are lost";
            row.warn(column, Fault::warning(message).rule("digits"));
        }
        row.push(column, Value::Text(text), self.max_row)
    }

    /// A cell that shows an error such as `#N/A`.
    pub fn error(&self, row: &mut Row, column: u32, name: &str) -> Result<()> {
        // Nothing but the errors of a spreadsheet is repeated in a message.
        let is_name = name.starts_with('#') && name.len() <= 20 && !name.contains(char::is_whitespace);
        let name = if is_name { name } else { "an error" };
        row.warn(column, Fault::warning(format!("the cell shows {name}")).rule("error cell"));
        self.null(row, column)
    }

    /// A formula without the value that it had when the workbook was saved.
    pub fn not_computed(&self, row: &mut Row, column: u32) -> Result<()> {
        let message = "a formula without its value: open the workbook in Excel and save it";
        row.warn(column, Fault::warning(message).rule("formula"));
        self.null(row, column)
    }

    /// A date as in ISO 8601.
    pub fn iso(&self, row: &mut Row, column: u32, text: &str) -> Result<()> {
        let date = Date::parse(text).map(Value::Date);
        match date.or_else(|| DateTime::parse(text).map(Value::DateTime)) {
            Some(value) => row.push(column, value, self.max_row),
            None => self.text(row, column, text),
        }
    }

    /// A number as it stands in the file, of a format.
    pub fn number(&self, row: &mut Row, column: u32, text: &str, format: &Format) -> Result<()> {
        let Some(digits) = plain_digits(text) else {
            row.warn(column, Fault::warning("not a number, though the cell says so").rule("number"));
            return self.text(row, column, text);
        };
        if !format.is_plain() {
            let number: f64 = text.trim().parse().unwrap_or_default();
            match format.shape(number) {
                Shape::Moment { date, time } => return self.moment(row, column, number, date, time, &digits),
                Shape::Duration => return self.duration(row, column, number, &digits),
                _ if format.is_id && is_whole(&digits) => {
                    self.check_digits(row, column, text, &digits);
                    return row.push(column, Value::Text(&format.show(number, &digits)), self.max_row);
                }
                Shape::Text => return row.push(column, Value::Text(&digits), self.max_row),
                _ => {}
            }
        }
        self.check_digits(row, column, text, &digits);
        self.plain(row, column, &digits)
    }

    fn plain(&self, row: &mut Row, column: u32, digits: &str) -> Result<()> {
        let whole = if is_whole(digits) { digits.parse().ok().map(Value::Int) } else { None };
        let value = whole.or_else(|| Decimal::parse(digits).map(Value::Decimal)).unwrap_or(Value::Null);
        row.push(column, value, self.max_row)
    }

    /// Whether digits were lost before the file was written.
    fn check_digits(&self, row: &mut Row, column: u32, text: &str, digits: &str) {
        let figures = digits.trim_start_matches('-');
        let lost =
            || figures.as_bytes()[KEPT_DIGITS..].iter().all(|b| *b == b'0') || text.len() != digits.len();
        if figures.len() > KEPT_DIGITS && is_whole(digits) && lost() {
            let message = "a number of more than 15 digits: Excel keeps 15, the rest are zeros now";
            row.warn(column, Fault::warning(message).rule("digits"));
        }
    }

    /// A day, a time of day, or both. What the format hides is kept where the number has it.
    pub fn moment(
        &self,
        row: &mut Row,
        column: u32,
        number: f64,
        date: bool,
        time: bool,
        digits: &str,
    ) -> Result<()> {
        let total = (number * DAY as f64).round();
        if !(0.0..((LAST_DAY + 1) * DAY) as f64).contains(&total) {
            return self.no_day(row, column, digits);
        }
        let (mut day, millis) = (total as i64 / DAY, total as i64 % DAY);
        if day == 0 && (millis > 0 || !date) && (time || !self.is_1904) {
            return row.push(column, Value::Text(&clock(total as i64)), self.max_row);
        }
        if self.is_1904 {
            day += 1462;
        }
        // Excel has a 29 February 1900, and a day before the first of January.
        let shown = match day {
            0 => Some("1900-01-00"),
            60 if !self.is_1904 => Some("1900-02-29"),
            _ => None,
        };
        if let Some(shown) = shown {
            row.warn(column, Fault::warning("a day that the calendar does not have").rule("date"));
            return row.push(column, Value::Text(shown), self.max_row);
        }
        let Some(civil) = civil(if day < 60 { day + 1 } else { day }) else {
            return self.no_day(row, column, digits);
        };
        let value = match DateTime::new(civil, millis * 1000, None) {
            Some(moment) if time || millis > 0 => Value::DateTime(moment),
            _ => Value::Date(civil),
        };
        row.push(column, value, self.max_row)
    }

    fn no_day(&self, row: &mut Row, column: u32, digits: &str) -> Result<()> {
        row.warn(column, Fault::warning("shown as a date, but no day has this number").rule("date"));
        self.plain(row, column, digits)
    }

    /// Hours, minutes and seconds; hours beyond 24 are kept.
    pub fn duration(&self, row: &mut Row, column: u32, number: f64, digits: &str) -> Result<()> {
        let total = (number * DAY as f64).round();
        if total.abs() >= ((LAST_DAY + 1) * DAY) as f64 {
            return self.plain(row, column, digits);
        }
        row.push(column, Value::Text(&clock(total as i64)), self.max_row)
    }
}

/// `HH:MM:SS` of milliseconds, with those where there are any.
pub(super) fn clock(millis: i64) -> String {
    let (sign, millis) = (if millis < 0 { "-" } else { "" }, millis.unsigned_abs());
    let (seconds, fraction) = (millis / 1000, millis % 1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match fraction {
        0 => format!("{sign}{hours:02}:{minutes:02}:{seconds:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}"),
    }
}

/// The day of a number: 1 is 1899-12-31.
fn civil(day: i64) -> Option<Date> {
    let days = jiff::Span::new().try_days(day).ok()?;
    let civil = jiff::civil::date(1899, 12, 30).checked_add(days).ok()?;
    Date::new(civil.year(), u8::try_from(civil.month()).ok()?, u8::try_from(civil.day()).ok()?)
}

fn is_whole(digits: &str) -> bool {
    !digits.contains('.')
}

/// A number without exponent: the fewest digits that are still this number,
/// and all those in the file where they are more than a binary number holds.
fn plain_digits(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let plain = !whole.is_empty() && all_digits(whole) && all_digits(fraction);
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let figures = whole.len() + fraction.len();
    if plain && !leading_zero && (figures <= KEPT_DIGITS || figures > 17 || fraction.is_empty()) {
        let short = match fraction.is_empty() {
            true => text.trim_end_matches('.'),
            false => text.trim_end_matches('0').trim_end_matches('.'),
        };
        return Some(Cow::Borrowed(if short == "-0" { "0" } else { short }));
    }
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    // Written without exponent, and with the fewest digits that are read back as the same number.
    Some(Cow::Owned(if number == 0.0 { "0".to_owned() } else { number.to_string() }))
}

/// Whether a text is a number as Excel writes long ones: `1.38E+10`.
fn is_scientific(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let Some((mantissa, exponent)) = text.split_once("E+") else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    whole.len() == 1 && digits(whole) && digits(fraction) && exponent.len() <= 3 && digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELLS: Cells = Cells { is_1904: false, max_row: 1 << 20 };

    fn read(cells: Cells, text: &str, code: &str) -> (String, Vec<String>) {
        let mut row = Row::default();
        row.begin(1, false);
        cells.number(&mut row, 0, text, &Format::parse(code)).unwrap();
        let shown = row.cells().map(|(_, value)| format!("{:?} {value}", value.kind().unwrap())).collect();
        (shown, row.faults.iter().map(|(_, fault)| fault.to_string()).collect())
    }

    fn value(text: &str, code: &str) -> String {
        let (value, faults) = read(CELLS, text, code);
        assert_eq!(faults, [""; 0], "{text} {code}");
        value
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(value("5", "General"), "Int 5");
        assert_eq!(value("5.0", "General"), "Int 5");
        assert_eq!(value("-0", "General"), "Int 0");
        assert_eq!(value("1.1000000000000001", "0.0"), "Decimal 1.1");
        assert_eq!(value("0.15", "0%"), "Decimal 0.15");
        assert_eq!(value("1234.50", "#,##0.00 [$€-407]"), "Decimal 1234.5");
        assert_eq!(value("1.38E+10", "General"), "Int 13800000000");
        assert_eq!(value("1E-7", "General"), "Decimal 0.0000001");
        assert_eq!(value("123456789012345678", "General"), "Int 123456789012345678");
        assert_eq!(value("0.123456789012345678901", "General"), "Decimal 0.123456789012345678901");
        assert_eq!(value("123", "00000"), "Text 00123");
        assert_eq!(value("12.5", "00000"), "Decimal 12.5");
        assert_eq!(value("7", "@"), "Text 7");
        assert_eq!(value("1", "\"Yes\";;\"No\""), "Int 1");
    }

    #[test]
    fn digits_that_are_lost_are_told() {
        let lost = "a number of more than 15 digits: Excel keeps 15, the rest are zeros now";
        for text in ["6222021234567890000", "6.2220212345678899E+18"] {
            assert_eq!(read(CELLS, text, "0").1, [lost], "{text}");
        }
        assert_eq!(
            read(CELLS, "6222021234567890000", "000000"),
            ("Text 6222021234567890000".into(), vec![lost.into()])
        );
        assert_eq!(value("622202123456789", "0"), "Int 622202123456789");
    }

    #[test]
    fn dates_are_days_and_times_of_day_are_text() {
        assert_eq!(value("45351", "dd.mm.yyyy"), "Date 2024-02-29");
        assert_eq!(value("45351.5", "dd.mm.yyyy"), "DateTime 2024-02-29T12:00:00");
        assert_eq!(value("45351", "dd.mm.yyyy hh:mm"), "DateTime 2024-02-29T00:00:00");
        assert_eq!(value("0.52083333333333337", "hh:mm"), "Text 12:30:00");
        assert_eq!(value("45351.999999999", "yyyy-mm-dd hh:mm"), "DateTime 2024-03-01T00:00:00");
        assert_eq!(value("1.5", "[h]:mm"), "Text 36:00:00");
        assert_eq!(value("-0.25", "[h]:mm"), "Text -06:00:00");
        assert_eq!(value("1", "yyyy-mm-dd"), "Date 1900-01-01");
        assert_eq!(value("59", "yyyy-mm-dd"), "Date 1900-02-28");
        assert_eq!(value("61", "yyyy-mm-dd"), "Date 1900-03-01");
        assert_eq!(value("2958465", "yyyy-mm-dd"), "Date 9999-12-31");
        let of_1904 = |text| read(Cells { is_1904: true, ..CELLS }, text, "yyyy-mm-dd").0;
        assert_eq!(of_1904("0"), "Date 1904-01-01");
        assert_eq!(of_1904("43889"), "Date 2024-02-29");
    }

    #[test]
    fn days_that_do_not_exist_are_told() {
        let (not_there, no_day) =
            ("a day that the calendar does not have", "shown as a date, but no day has this number");
        assert_eq!(read(CELLS, "60", "yyyy-mm-dd"), ("Text 1900-02-29".into(), vec![not_there.into()]));
        assert_eq!(read(CELLS, "0", "yyyy-mm-dd"), ("Text 1900-01-00".into(), vec![not_there.into()]));
        assert_eq!(read(CELLS, "-1", "yyyy-mm-dd"), ("Int -1".into(), vec![no_day.into()]));
        assert_eq!(read(CELLS, "13800138000", "yyyy-mm-dd"), ("Int 13800138000".into(), vec![no_day.into()]));
    }

    #[test]
    fn a_number_that_became_text_in_scientific_notation_is_told() {
        assert!(is_scientific("1.38E+10") && is_scientific("1,38E+10") && is_scientific("6E+18"));
        for text in ["138", "E+10", "1.38E+", "A1E+10", "1.38E10", "12E+4567"] {
            assert!(!is_scientific(text), "{text}");
        }
    }
}
