//! What a cell holds.

use std::fmt;

use crate::error::Fault;
use crate::schema::Kind;

/// One value, borrowed from its record.
///
/// `Display` writes it as a text format would: null as nothing, dates as in
/// ISO 8601, numbers plainly. It and `Debug` show personal data, which they were
/// asked for; a [`Record`](crate::Record) does not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A binary floating point number.
    Float(f64),
    /// A decimal number, digits as written.
    Decimal(Decimal<'a>),
    /// A day.
    Date(Date),
    /// A day and a time.
    DateTime(DateTime),
    /// Text.
    Text(&'a str),
}

impl<'a> Value<'a> {
    /// Whether there is no value. Empty text is a value.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether there is nothing to see: null, or text of white space only.
    pub fn is_blank(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The text, if the value is text.
    pub fn as_text(&self) -> Option<&'a str> {
        match *self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The kind of the value; null has none.
    pub fn kind(&self) -> Option<Kind> {
        Some(match self {
            Value::Null => return None,
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) => Kind::Int,
            Value::Float(_) => Kind::Float,
            Value::Decimal(_) => Kind::Decimal,
            Value::Date(_) => Kind::Date,
            Value::DateTime(_) => Kind::DateTime,
            Value::Text(_) => Kind::Text,
        })
    }

    /// Reads text as a value of a kind, or says why it is not one. Nothing is
    /// guessed: whole and decimal numbers in plain notation, `true` and `false`,
    /// dates and times as in ISO 8601.
    ///
    /// ```
    /// use handover::{Kind, Value};
    ///
    /// assert_eq!(Value::parse("42", Kind::Int), Ok(Value::Int(42)));
    /// assert_eq!(Value::parse("1.50", Kind::Decimal).unwrap().to_string(), "1.50");
    /// assert_eq!(Value::parse("2024-02-30", Kind::Date).unwrap_err().to_string(), "not a date");
    /// ```
    pub fn parse(text: &'a str, kind: Kind) -> Result<Self, Fault> {
        let value = match kind {
            Kind::Text | Kind::Any => Some(Value::Text(text)),
            Kind::Bool => match text {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
            Kind::Int => text.parse().ok().map(Value::Int),
            Kind::Float => text.parse().ok().filter(|n: &f64| n.is_finite()).map(Value::Float),
            Kind::Decimal => Decimal::parse(text).map(Value::Decimal),
            Kind::Date => Date::parse(text).map(Value::Date),
            Kind::DateTime => DateTime::parse(text).map(Value::DateTime),
        };
        value.ok_or_else(|| Fault::new(not_a(kind)).rule("kind"))
    }
}

fn not_a(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Any => "not text",
        Kind::Bool => "not true or false",
        Kind::Int => "not a whole number",
        Kind::Float => "not a number",
        Kind::Decimal => "not a decimal number",
        Kind::Date => "not a date",
        Kind::DateTime => "not a date and time",
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Bool(value) => value.fmt(f),
            Value::Int(value) => value.fmt(f),
            Value::Float(value) => value.fmt(f),
            Value::Decimal(value) => value.fmt(f),
            Value::Date(value) => value.fmt(f),
            Value::DateTime(value) => value.fmt(f),
            Value::Text(value) => f.write_str(value),
        }
    }
}

/// A decimal number as text, so that it keeps every digit: `-1234.50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal<'a>(&'a str);

impl<'a> Decimal<'a> {
    /// Reads an optional sign, digits, and optionally a point and more digits.
    pub fn parse(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (unsigned, None),
        };
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        (digits(whole) && fraction.is_none_or(digits)).then_some(Decimal(text))
    }

    /// The digits, as they were written.
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}

impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A day of the Gregorian calendar, from the year 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day, if the calendar has it.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let (m, d) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        jiff::civil::Date::new(year, m, d).ok().filter(|_| (1..=9999).contains(&year))?;
        Some(Date { year, month, day })
    }

    /// Reads `2024-02-29`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        Date::new(digits(&bytes[..4])? as i16, digits(&bytes[5..7])? as u8, digits(&bytes[8..])? as u8)
    }

    /// The year, 1 to 9999.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(&self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub fn day(&self) -> u8 {
        self.day
    }

    fn civil(self) -> jiff::civil::Date {
        jiff::civil::date(self.year, self.month as i8, self.day as i8)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A day and a time of day to the microsecond, with an offset from UTC where
/// one is known. Ordered by what a clock on the wall shows, then by offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime {
    /// Microseconds of wall-clock time since 1970-01-01T00:00:00.
    wall: i64,
    /// Minutes east of UTC.
    offset: Option<i16>,
}

const MICROS_PER_DAY: i64 = 86_400_000_000;

impl DateTime {
    /// A day, the microseconds since its midnight, and the minutes east of UTC
    /// where they are known; `None` if there is no such time or offset.
    pub fn new(date: Date, micros: i64, offset: Option<i16>) -> Option<Self> {
        if !(0..MICROS_PER_DAY).contains(&micros) || offset.is_some_and(|o| o.abs() >= 24 * 60) {
            return None;
        }
        let days = jiff::civil::date(1970, 1, 1).until(date.civil()).ok()?.get_days();
        Some(DateTime { wall: i64::from(days) * MICROS_PER_DAY + micros, offset })
    }

    /// Reads `2024-02-29T08:30:00`, with a space for the `T`, with or without
    /// seconds, a fraction of up to six digits, `Z` or `+08:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let date = Date::parse(text.get(..10)?)?;
        let rest = text.get(10..)?.strip_prefix(['T', ' '])?;
        let (time, offset) = split_offset(rest)?;
        DateTime::new(date, micros_of_day(time.as_bytes())?, offset)
    }

    /// The day.
    pub fn date(&self) -> Date {
        let days = self.wall.div_euclid(MICROS_PER_DAY);
        let civil = jiff::civil::date(1970, 1, 1)
            .checked_add(jiff::Span::new().days(days))
            .unwrap_or(jiff::civil::Date::MIN);
        Date { year: civil.year(), month: civil.month() as u8, day: civil.day() as u8 }
    }

    /// Microseconds since midnight.
    pub fn micros(&self) -> i64 {
        self.wall.rem_euclid(MICROS_PER_DAY)
    }

    /// Minutes east of UTC, where known.
    pub fn offset(&self) -> Option<i16> {
        self.offset
    }

    /// Microseconds since 1970-01-01T00:00:00Z; an unknown offset counts as UTC.
    pub(crate) fn instant(&self) -> i64 {
        self.wall - i64::from(self.offset.unwrap_or(0)) * 60_000_000
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, fraction) = (self.micros() / 1_000_000, self.micros() % 1_000_000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}", self.date())?;
        if fraction != 0 {
            let digits = format!("{fraction:06}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        match self.offset {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
        }
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes
        .iter()
        .try_fold(0u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

fn split_offset(text: &str) -> Option<(&str, Option<i16>)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, Some(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let (time, sign, zone) = (&text[..at], &text[at..=at], &text.as_bytes()[at + 1..]);
    let (hours, minutes) = match zone.len() {
        2 => (zone, &b"00"[..]),
        4 => zone.split_at(2),
        5 if zone[2] == b':' => (&zone[..2], &zone[3..]),
        _ => return None,
    };
    let minutes = digits(minutes).filter(|m| *m < 60)?;
    let offset = (digits(hours)? * 60 + minutes) as i16;
    Some((time, Some(if sign == "-" { -offset } else { offset })))
}

fn micros_of_day(time: &[u8]) -> Option<i64> {
    let pair = |at: usize, max: u32| digits(time.get(at..at + 2)?).filter(|n| *n <= max);
    let (hour, minute) = (pair(0, 23)?, pair(3, 59)?);
    if time.get(2) != Some(&b':') {
        return None;
    }
    let (second, fraction) = match time.get(5..) {
        None | Some([]) => (0, &b""[..]),
        Some([b':', ..]) => (pair(6, 59)?, time.get(8..)?),
        Some(_) => return None,
    };
    let micros = match fraction {
        [] => 0,
        [b'.', decimals @ ..] if (1..=6).contains(&decimals.len()) => {
            digits(decimals)? * 10u32.pow(6 - decimals.len() as u32)
        }
        _ => return None,
    };
    Some(i64::from(hour * 3600 + minute * 60 + second) * 1_000_000 + i64::from(micros))
}

macro_rules! value_from {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<$from> for Value<'_> {
            fn from(value: $from) -> Self {
                Value::$variant(value.into())
            }
        }
    )*};
}
value_from!(bool => Bool, i32 => Int, i64 => Int, u32 => Int, f64 => Float, Date => Date, DateTime => DateTime);

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<Decimal<'a>> for Value<'a> {
    fn from(value: Decimal<'a>) -> Self {
        Value::Decimal(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub fn date() -> impl Strategy<Value = Date> {
        (1i16..=9999, 1u8..=12, 1u8..=31)
            .prop_filter_map("in the calendar", |(year, month, day)| Date::new(year, month, day))
    }

    pub fn date_time() -> impl Strategy<Value = DateTime> {
        let offset = proptest::option::of(-1439i16..=1439);
        (date(), 0..MICROS_PER_DAY, offset)
            .prop_filter_map("a time", |(date, micros, offset)| DateTime::new(date, micros, offset))
    }

    proptest! {
        #[test]
        fn a_date_is_read_as_it_is_written(date in date()) {
            prop_assert_eq!(Date::parse(&date.to_string()), Some(date));
        }

        #[test]
        fn a_time_is_read_as_it_is_written(time in date_time()) {
            prop_assert_eq!(DateTime::parse(&time.to_string()), Some(time));
        }

        #[test]
        fn a_time_has_the_parts_it_is_made_of(date in date(), micros in 0..MICROS_PER_DAY) {
            let time = DateTime::new(date, micros, None).unwrap();
            prop_assert_eq!((time.date(), time.micros()), (date, micros));
        }

        #[test]
        fn whatever_is_parsed_nothing_panics(text: String, like_a_time in "[0-9]{4}-[0-9:T .+Z-]{0,30}") {
            for text in [text, like_a_time] {
                let _ = (Date::parse(&text), DateTime::parse(&text), Decimal::parse(&text));
            }
        }
    }

    #[test]
    fn times_are_read_in_the_usual_notations() {
        let read = |text| DateTime::parse(text).map(|time| time.to_string());
        let written = |text: &str| Some(text.to_owned());
        assert_eq!(read("2024-02-29 08:30"), written("2024-02-29T08:30:00"));
        assert_eq!(read("2024-02-29T08:30:05.120Z"), written("2024-02-29T08:30:05.12Z"));
        assert_eq!(read("2024-02-29T08:30:05-0330"), written("2024-02-29T08:30:05-03:30"));
        assert_eq!(read("0001-01-01T00:00:00+08"), written("0001-01-01T00:00:00+08:00"));
        for wrong in
            ["2024-02-30T08:30", "2024-02-29T24:00", "2024-02-29T08:30:", "2024-02-29T8:30", "2024-02-29"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn values_are_read_strictly() {
        let fault = |text, kind| Value::parse(text, kind).unwrap_err().to_string();
        assert_eq!(fault("1,5", Kind::Int), "not a whole number");
        assert_eq!(fault("inf", Kind::Float), "not a number");
        assert_eq!(fault("1.", Kind::Decimal), "not a decimal number");
        assert_eq!(fault("yes", Kind::Bool), "not true or false");
        assert_eq!(fault("2024-02-29", Kind::DateTime), "not a date and time");
    }
}
