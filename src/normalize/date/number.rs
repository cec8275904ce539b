//! Dates that are one number: compact, counted by Excel, counted by Unix.

use super::calendar::{Calendar, Day};
use super::fault::{AMBIGUOUS, COUNT, EXPONENT, FAR, NO_DAY, NO_TIME, NOT_A_DATE, SERIAL, Why};
use super::order::Order;
use super::parse::{Offset, Reading};
use super::resolve::{Rules, day_of_year};
use super::time::Time;
use super::token::Number;

/// The day that Excel counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Epoch {
    /// 1 is 1900-01-01. 60 is a 29 February 1900 that never was, and a fault.
    Y1900,
    /// 0 is 1904-01-01, as in workbooks from old Macintoshes.
    Y1904,
}

/// Which numbers are counts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub excel: Option<Epoch>,
    /// Unix times of any length, not only those that can hardly be anything else.
    pub unix: bool,
    /// The same, but what can be a compact date is one.
    pub instants: bool,
}

/// Reads a text that is one number; none if it is something else.
pub(super) fn bare(text: &str, counts: Counts, rules: &Rules) -> Option<Why<Reading>> {
    let read = one_number(text, counts, rules)?;
    // Written out, the year would be taken for one of another calendar.
    Some(read.and_then(|reading| {
        let far = reading.day.year.is_some_and(|year| rules.years.unsure(year));
        if far { Err(FAR) } else { Ok(reading) }
    }))
}

fn one_number(text: &str, counts: Counts, rules: &Rules) -> Option<Why<Reading>> {
    let of_number =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b'+' | b'E' | b'e');
    if !text.bytes().all(of_number) {
        return None;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits == text.len() {
        return whole_number(text, counts, rules);
    }
    let (number, negative) = match text.strip_prefix('-') {
        Some(number) => (number, true),
        None => (text, false),
    };
    if negative && digits == number.len() {
        return Some(match (counts.unix || counts.instants, number.parse::<i64>()) {
            (true, Ok(count)) => unix(-count, digits),
            _ => Err(NOT_A_DATE),
        });
    }
    if is_exponent(number) {
        return Some(Err(EXPONENT));
    }
    let decimal = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let (epoch, (days, decimals)) = (counts.excel?, decimal.then(|| parts(number)).flatten()?);
    Some(if negative { Err(SERIAL) } else { serial(days, decimals, epoch) })
}

/// The days and the decimals of `42658.25` and `42,658.00`.
fn parts(number: &str) -> Option<(u64, &str)> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = !whole.contains(',') || first.len() <= 3;
    let fits = grouped && !first.is_empty() && groups.all(|group| group.len() == 3);
    let digits = decimals.bytes().all(|byte| byte.is_ascii_digit()) && decimals.len() <= 18;
    let days = whole
        .bytes()
        .filter(u8::is_ascii_digit)
        .try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
    days.filter(|_| fits && digits).map(|days| (days, decimals))
}

/// `3.33736E+08`.
fn is_exponent(number: &str) -> bool {
    let Some((mantissa, power)) = number.split_once(['E', 'e']) else { return false };
    let power = power.trim_start_matches(['+', '-']);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(power) && digits(&mantissa.replacen('.', "", 1))
}

fn whole_number(text: &str, counts: Counts, rules: &Rules) -> Option<Why<Reading>> {
    let Ok(value) = text.parse::<u64>() else { return Some(Err(NOT_A_DATE)) };
    let digits = u8::try_from(text.len()).ok()?;
    // Where a year may stand alone, four digits are one.
    let year = digits == 4 && rules.partial;
    if let Some(epoch) = counts.excel.filter(|_| digits <= 7 && !year) {
        return Some(serial(value, "", epoch));
    }
    Some(match digits {
        4 => return None,
        6..=8 => match compact(Number { value: value as u32, digits }, rules) {
            Ok(Some(day)) => Ok(Reading { day, time: None, offset: None }),
            Ok(None) => Err(COUNT),
            Err(why) => Err(why),
        },
        14 if is_year(value, digits) => with_time(value, digits, rules),
        12 | 17 if !counts.unix && is_year(value, digits) => match with_time(value, digits, rules) {
            Err(_) if counts.instants => unix(value as i64, text.len()),
            read => read,
        },
        // Until 2038, when 32 bits are full.
        10 if (1_000_000_000..1 << 31).contains(&value) => unix(value as i64, 10),
        13 if value / 1000 < 1 << 31 => unix(value as i64, 13),
        9..=20 if counts.unix || counts.instants => {
            i64::try_from(value).map_or(Err(NOT_A_DATE), |value| unix(value, text.len()))
        }
        1..=5 | 9..=14 => Err(COUNT),
        _ => Err(NOT_A_DATE),
    })
}

/// Whether the first four digits are a year of our times.
fn is_year(value: u64, digits: u8) -> bool {
    (1800..2200).contains(&(value / 10_u64.pow(u32::from(digits.saturating_sub(4)))))
}

/// `20240304`, `2024060` and, where the order says so, `04032024` and `240304`.
/// None for a number that is too short or too long, or without an order.
pub(super) fn compact(number: Number, rules: &Rules) -> Why<Option<Day>> {
    let part = |power: u32, size: u32| number.value / power % size;
    let day = |year: (u32, u8), month, day| {
        let year = rules.years.year(Number { value: year.0, digits: year.1 }, None)?;
        Day::new(year, month, day).map(Some)
    };
    let minguo = rules.years.calendar == Some(Calendar::Minguo);
    match (number.digits, rules.order) {
        (8, order) => {
            let year_first = day((part(10_000, 10_000), 4), part(100, 100), part(1, 100));
            let year_last = (part(1, 10_000), 4);
            let day_first = day(year_last, part(10_000, 100), part(1_000_000, 100));
            let month_first = day(year_last, part(1_000_000, 100), part(10_000, 100));
            let ours = (1900..2100).contains(&year_last.0);
            match (day_first, month_first, order) {
                _ if is_year(u64::from(number.value), 8) && (year_first.is_ok() || !ours) => year_first,
                _ if !ours => Err(NOT_A_DATE),
                (Ok(_), Err(_), _) | (Ok(_), Ok(_), Some(Order::DayMonth)) => day_first,
                (Err(_), Ok(_), _) | (Ok(_), Ok(_), Some(Order::MonthDay)) => month_first,
                (Ok(one), Ok(two), _) if one == two => day_first,
                (Ok(_), Ok(_), _) => Err(AMBIGUOUS),
                (Err(_), Err(_), _) => Err(NOT_A_DATE),
            }
        }
        (7, _) if minguo => day((part(10_000, 1000), 3), part(100, 100), part(1, 100)),
        (7, _) if (1900..2100).contains(&part(1000, 10_000)) => {
            day_of_year(part(1000, 10_000) as i16, part(1, 1000)).map(Some)
        }
        (6, Some(Order::YearMonthDay)) => day((part(10_000, 100), 2), part(100, 100), part(1, 100)),
        (6, _) if minguo => day((part(10_000, 100), 2), part(100, 100), part(1, 100)),
        (6, Some(Order::DayMonth)) => day((part(1, 100), 2), part(100, 100), part(10_000, 100)),
        (6, Some(Order::MonthDay)) => day((part(1, 100), 2), part(10_000, 100), part(100, 100)),
        _ => Ok(None),
    }
}

/// `202403041230`, `20240304123015`, `20240304123015123`.
fn with_time(value: u64, digits: u8, rules: &Rules) -> Why<Reading> {
    let rest = u32::from(digits.saturating_sub(8));
    let power = 10_u64.pow(rest);
    let day = compact(Number { value: (value / power) as u32, digits: 8 }, rules)?.ok_or(NO_DAY)?;
    let (seconds, millis) = match rest {
        9 => (value % power / 1000, value % 1000),
        _ => (value % power, 0),
    };
    let digits = if rest == 4 { 4 } else { 6 };
    let time = Time::compact(Number { value: seconds as u32, digits }).ok_or(NO_TIME)?.checked()?;
    Ok(Reading { day, time: Some(Time { nanos: millis as u32 * 1_000_000, ..time }), offset: None })
}

/// Excel's days, with the time as decimals, to the second.
fn serial(days: u64, decimals: &str, epoch: Epoch) -> Why<Reading> {
    const SECONDS: u64 = 86_400;
    // 18 decimals at most: the product needs 128 bits.
    let scale = 10_u128.pow(decimals.len() as u32);
    let fraction = decimals.parse::<u128>().unwrap_or(0) * u128::from(SECONDS);
    let mut seconds = ((fraction + scale / 2) / scale) as u64;
    let timed = decimals.bytes().any(|byte| byte != b'0');
    let days = days + seconds / SECONDS;
    seconds %= SECONDS;
    // Days from 1970-01-01 to the day that 0 would be.
    let zero = match (epoch, days) {
        (Epoch::Y1900, 1..=59) => -25_568,
        (Epoch::Y1900, 61..=2_958_465) => -25_569,
        (Epoch::Y1904, 0..=2_957_003) => -24_107,
        _ => return Err(SERIAL),
    };
    let time = Time {
        hour: (seconds / 3600) as u8,
        minute: (seconds / 60 % 60) as u8,
        second: (seconds % 60) as u8,
        nanos: 0,
    };
    Ok(Reading { day: Day::of_number(zero + days as i64)?, time: timed.then_some(time), offset: None })
}

/// Unix time: seconds up to eleven digits, then milliseconds, microseconds, nanoseconds.
fn unix(count: i64, digits: usize) -> Why<Reading> {
    let per_second = match digits {
        ..=11 => 1,
        12..=14 => 1_000,
        15..=17 => 1_000_000,
        _ => 1_000_000_000,
    };
    let (seconds, rest) = (count.div_euclid(per_second), count.rem_euclid(per_second));
    let of_day = seconds.rem_euclid(86_400);
    let time = Time {
        hour: (of_day / 3600) as u8,
        minute: (of_day / 60 % 60) as u8,
        second: (of_day % 60) as u8,
        nanos: (rest * (1_000_000_000 / per_second)) as u32,
    };
    let day = Day::of_number(seconds.div_euclid(86_400))?;
    Ok(Reading { day, time: Some(time), offset: Some(Offset::East(0)) })
}

/// The times of directories and certificates: `20240304050607Z`, `20240304050607.0Z`.
pub(super) fn generalized(text: &str, rules: &Rules) -> Option<Why<Reading>> {
    let time = text.strip_suffix(['Z', 'z'])?;
    let time = time.strip_suffix(".0").unwrap_or(time);
    let value =
        time.parse().ok().filter(|_| time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(with_time(value, 14, rules).map(|reading| Reading { offset: Some(Offset::East(0)), ..reading }))
}

/// What is in the brackets of .NET's `/Date(1476506396000+0800)/`: milliseconds
/// and an offset to show them in.
pub(super) fn dot_net(text: &str) -> Option<Why<Reading>> {
    let inside = text.strip_prefix('\\').unwrap_or(text).strip_prefix("/Date(")?;
    let inside = inside.strip_suffix(")/").or_else(|| inside.strip_suffix(")\\/"))?;
    let sign = inside.char_indices().skip(1).find(|(_, letter)| matches!(letter, '+' | '-'));
    let (count, offset) = inside.split_at(sign.map_or(inside.len(), |(at, _)| at));
    let Ok(count) = count.parse::<i64>() else { return Some(Err(NOT_A_DATE)) };
    let offset = match offset.len() {
        0 => Some(0),
        5 => offset.parse::<i64>().ok().map(|hhmm| hhmm / 100 * 60 + hhmm % 100),
        _ => None,
    };
    let Some(offset) = offset.filter(|minutes| minutes.abs() <= 14 * 60) else {
        return Some(Err(NOT_A_DATE));
    };
    let Some(local) = count.checked_add(offset * 60_000) else { return Some(Err(NOT_A_DATE)) };
    Some(unix(local, 13).map(|reading| Reading { offset: Some(Offset::East(offset as i16)), ..reading }))
}
