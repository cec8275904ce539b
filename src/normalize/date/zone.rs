//! Zones that a column is said to be in, or is to be written in.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset as JiffOffset, TimeZone, TimeZoneDatabase};

use super::calendar::Day;
use super::fault::{NO_YEAR, SKIPPED, Why, ZONE};
use super::parse::{Offset, Reading};
use super::time::Time;
use crate::error::{Error, Result};

/// A zone of the IANA database (jiff's own copy, so that runs do not differ
/// from machine to machine), or an offset from UTC.
#[derive(Debug, Clone)]
pub(super) struct Zone(TimeZone);

impl Zone {
    /// `Asia/Shanghai`, `UTC`, `+08:00`, `-0330`.
    pub fn new(name: &str) -> Result<Self> {
        if let Some(seconds) = fixed(name) {
            let offset = JiffOffset::from_seconds(seconds).map_err(|_| unknown(name))?;
            return Ok(Zone(TimeZone::fixed(offset)));
        }
        TimeZoneDatabase::bundled().get(name).map(Zone).map_err(|_| unknown(name))
    }

    /// The offset of a time on the wall; of one that comes twice, the first.
    fn offset(&self, civil: DateTime) -> Why<i16> {
        let offset = match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Fold { before, .. } => before,
            AmbiguousOffset::Gap { .. } => return Err(SKIPPED),
        };
        Ok(minutes_of(offset))
    }
}

fn unknown(name: &str) -> Error {
    Error::bind(format!("no time zone `{name}`: write one as `Asia/Shanghai`, `UTC` or `+08:00`"))
}

/// Zones were not of whole minutes before they were standard: the rest is dropped.
fn minutes_of(offset: JiffOffset) -> i16 {
    (offset.seconds() / 60) as i16
}

fn fixed(name: &str) -> Option<i32> {
    if ["utc", "z", "gmt"].iter().any(|utc| name.eq_ignore_ascii_case(utc)) {
        return Some(0);
    }
    let sign = match name.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Gives a time without an offset the one of the zone that it is in, and
/// writes times of known offset in another zone. Days without a time stay.
pub(super) fn settle(reading: Reading, assumed: Option<&Zone>, wanted: Option<&Zone>) -> Why<Reading> {
    let Some(time) = reading.time else { return Ok(reading) };
    let offset = match (reading.offset, assumed) {
        (Some(Offset::East(minutes)), _) => Some(minutes),
        (Some(Offset::Unclear), None) => return Err(ZONE),
        (None, None) => None,
        (_, Some(zone)) => Some(zone.offset(civil(reading.day, time)?)?),
    };
    match (offset, wanted) {
        (Some(minutes), Some(zone)) => convert(reading.day, time, minutes, zone),
        (offset, _) => Ok(Reading { offset: offset.map(Offset::East), ..reading }),
    }
}

fn civil(day: Day, time: Time) -> Why<DateTime> {
    let (Some(year), Some(month), Some(date)) = (day.year, day.month, day.day) else { return Err(NO_YEAR) };
    let Time { hour, minute, second, nanos } = time;
    DateTime::new(year, month as i8, date as i8, hour as i8, minute as i8, second as i8, nanos as i32)
        .map_err(|_| NO_YEAR)
}

fn convert(day: Day, time: Time, minutes: i16, zone: &Zone) -> Why<Reading> {
    let offset = JiffOffset::from_seconds(i32::from(minutes) * 60).map_err(|_| NO_YEAR)?;
    let instant = offset.to_timestamp(civil(day, time)?).map_err(|_| NO_YEAR)?;
    let offset = zone.0.to_offset(instant);
    // An offset is written in minutes.
    let whole = JiffOffset::from_seconds(i32::from(minutes_of(offset)) * 60).map_err(|_| NO_YEAR)?;
    let wall = whole.to_datetime(instant);
    let time = Time {
        hour: wall.hour() as u8,
        minute: wall.minute() as u8,
        second: wall.second() as u8,
        nanos: wall.subsec_nanosecond() as u32,
    };
    let day = Day::new(wall.year(), wall.month() as u32, wall.day() as u32)?;
    Ok(Reading { day, time: Some(time), offset: Some(Offset::East(minutes_of(offset))) })
}
