//! Readings as ISO 8601.

use std::fmt::Write;

use super::calendar::Day;
use super::parse::{Offset, Reading};

/// `2024-03-04`, and `T05:06:07.5+08:00` where there is a time and it is wanted.
pub(super) fn iso(reading: &Reading, with_time: bool) -> String {
    let mut out = String::with_capacity(32);
    put_day(&mut out, reading.day);
    let Some(time) = reading.time.filter(|_| with_time) else { return out };
    out.push('T');
    put_two(&mut out, time.hour);
    out.push(':');
    put_two(&mut out, time.minute);
    out.push(':');
    put_two(&mut out, time.second);
    if time.nanos > 0 {
        let _ = write!(out, ".{:09}", time.nanos);
        out.truncate(out.trim_end_matches('0').len());
    }
    match reading.offset {
        None | Some(Offset::Unclear) => {}
        Some(Offset::East(0)) => out.push('Z'),
        Some(Offset::East(minutes)) => {
            out.push(if minutes < 0 { '-' } else { '+' });
            put_two(&mut out, (minutes.abs() / 60) as u8);
            out.push(':');
            put_two(&mut out, (minutes.abs() % 60) as u8);
        }
    }
    out
}

/// A whole day, or what is known of one: `2024-03`, `2024`, `--03-04`.
fn put_day(out: &mut String, day: Day) {
    match day.year {
        None => out.push('-'),
        Some(year) => {
            put_two(out, (year / 100) as u8);
            put_two(out, (year % 100) as u8);
        }
    }
    for part in [day.month, day.day].into_iter().flatten() {
        out.push('-');
        put_two(out, part);
    }
}

fn put_two(out: &mut String, number: u8) {
    out.push(char::from(b'0' + number / 10 % 10));
    out.push(char::from(b'0' + number % 10));
}
