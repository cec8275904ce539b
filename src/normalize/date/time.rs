//! Times of day.

use super::fault::{NO_TIME, Why};
use super::token::{Clock, Number};

/// A time of day, as far as it was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Time {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub nanos: u32,
}

impl Time {
    /// `1230` and `123015`.
    pub fn compact(number: Number) -> Option<Self> {
        let seconds = match number.digits {
            4 => number.value * 100,
            6 => number.value,
            _ => return None,
        };
        let part = |power: u32| (seconds / power % 100) as u8;
        Some(Time { hour: part(10_000), minute: part(100), second: part(1), nanos: 0 })
    }

    /// The nanoseconds of decimals, those behind the ninth dropped.
    pub fn nanos_of(decimals: Number) -> u32 {
        decimals.value * 10_u32.pow(9 - u32::from(decimals.digits.min(9)))
    }

    /// The same, if there is such a time.
    pub fn checked(self) -> Why<Self> {
        let Time { hour, minute, second, .. } = self;
        if hour > 23 || minute > 59 || second > 59 { Err(NO_TIME) } else { Ok(self) }
    }
}

/// The time on a clock of twelve hours, with the half of the day that is said
/// with it. A clock of twenty-four that agrees with it stays: `下午 14:30`.
pub(super) fn apply_clock(time: Time, clock: Clock) -> Why<Time> {
    let hour = match (clock, time.hour) {
        (Clock::Morning, 12) => 0,
        (Clock::Morning, 0..=11) => time.hour,
        (Clock::Noon, 11..=13) => time.hour,
        (Clock::Noon, 1 | 2) => time.hour + 12,
        (Clock::Afternoon, 1..=11) => time.hour + 12,
        (Clock::Afternoon, 12..=23) => time.hour,
        (Clock::Evening, 5..=11) => time.hour + 12,
        (Clock::Evening, 17..=23) => time.hour,
        _ => return Err(NO_TIME),
    };
    Ok(Time { hour, ..time })
}
