//! What is ISO 8601 already, and what is nothing but numbers.

use super::calendar::days_in;
use super::fault::Why;
use super::parse::{Offset, Reading};
use super::resolve::{Draft, Rules};
use super::time::Time;
use super::token::Number;

/// The text, or its day, where it is written as it would be: most values of
/// most columns. `zoned` says that times cannot stay as they are.
pub(super) fn iso(text: &str, with_time: bool, zoned: bool) -> Option<&str> {
    let day = text.as_bytes().first_chunk::<10>().filter(|day| is_day(day))?;
    let rest = text.as_bytes().get(day.len()..)?;
    match rest {
        [] => Some(text),
        _ if zoned => None,
        [b'T', time @ ..] if is_time(time) => {
            if with_time {
                Some(text)
            } else {
                text.get(..day.len())
            }
        }
        _ => None,
    }
}

fn is_day(day: &[u8; 10]) -> bool {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u16, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u16::from(digit - b'0'))
        })
    };
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = day else { return false };
    let (Some(year), Some(month), Some(day)) =
        (number(&[*y1, *y2, *y3, *y4]), number(&[*m1, *m2]), number(&[*d1, *d2]))
    else {
        return false;
    };
    // Years of other calendars are looked at closely.
    (1..2400).contains(&year)
        && days_in(year as i16, month as u8).is_some_and(|most| (1..=u16::from(most)).contains(&day))
}

/// `05:06:07`, with `Z` or an offset of hours and minutes that is not zero.
fn is_time(time: &[u8]) -> bool {
    let below = |tens: u8, ones: u8, limit: u8| {
        tens.is_ascii_digit() && ones.is_ascii_digit() && (tens - b'0') * 10 + (ones - b'0') < limit
    };
    let [h1, h2, b':', m1, m2, b':', s1, s2, zone @ ..] = time else { return false };
    let clock = below(*h1, *h2, 24) && below(*m1, *m2, 60) && below(*s1, *s2, 60);
    clock
        && match zone {
            [] | [b'Z'] => true,
            [b'+' | b'-', b'0', b'0', b':', b'0', b'0'] => false,
            [b'+' | b'-', h1, h2, b':', m1, m2] => below(*h1, *h2, 14) && below(*m1, *m2, 60),
            _ => false,
        }
}

/// Reads `4/3/2024`, `2024年3月4日`, `2024-03-04 05:06`, `2024/3/4 05:06:07.5`,
/// with or without `Z` or `+08:00`, as the long way does. None for all the rest.
pub(super) fn numeric(text: &str, rules: &Rules) -> Option<Why<Reading>> {
    let mut rest = Bytes(text.as_bytes());
    let one = rest.number(4)?;
    let (two, three) = match rest.one_of(b"-/.") {
        Some(separator) => {
            let two = rest.number(2)?;
            rest.one_of(&[separator])?;
            (two, rest.number(4)?)
        }
        None => rest.chinese().filter(|_| one.digits == 4)?,
    };
    let (mut time, mut offset) = (None, None);
    if !rest.0.is_empty() {
        rest.one_of(b" T")?;
        time = Some(rest.time()?);
        offset = rest.offset()?;
    }
    if !rest.0.is_empty() || (time.is_some() && one.digits.max(three.digits) < 4) {
        return None;
    }
    let read = || {
        let day = Draft::numbers([one, two, three]).resolve(rules)?;
        let time = time.map(Time::checked).transpose()?;
        Ok(Reading { day, time, offset })
    };
    Some(read())
}

/// What is left of a text.
struct Bytes<'t>(&'t [u8]);

impl Bytes<'_> {
    fn number(&mut self, most: u8) -> Option<Number> {
        let mut number = Number { value: 0, digits: 0 };
        while let [digit @ b'0'..=b'9', rest @ ..] = self.0 {
            if number.digits == most {
                return None;
            }
            number.value = number.value * 10 + u32::from(digit - b'0');
            number.digits += 1;
            self.0 = rest;
        }
        (number.digits > 0).then_some(number)
    }

    /// `年3月4日`.
    fn chinese(&mut self) -> Option<(Number, Number)> {
        self.0 = self.0.strip_prefix("年".as_bytes())?;
        let month = self.number(2)?;
        self.0 = self.0.strip_prefix("月".as_bytes())?;
        let day = self.number(2)?;
        self.0 = ["日", "号"].iter().find_map(|unit| self.0.strip_prefix(unit.as_bytes()))?;
        Some((month, day))
    }

    fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first().filter(|(first, _)| wanted.contains(first))?;
        self.0 = rest;
        Some(*first)
    }

    fn time(&mut self) -> Option<Time> {
        let hour = self.number(2)?.value as u8;
        self.one_of(b":")?;
        let minute = self.number(2)?.value as u8;
        let mut time = Time { hour, minute, ..Time::default() };
        if self.one_of(b":").is_some() {
            time.second = self.number(2)?.value as u8;
            if self.one_of(b".").is_some() {
                time.nanos = Time::nanos_of(self.number(9)?);
            }
        }
        Some(time)
    }

    /// Right behind the time, `Z` or hours and minutes. A dash may be that of
    /// a range, and is left to the long way.
    fn offset(&mut self) -> Option<Option<Offset>> {
        match self.one_of(b"Z+") {
            None => return Some(None),
            Some(b'Z') => return Some(Some(Offset::East(0))),
            Some(_) => {}
        }
        let hours = self.number(2)?.value as i16;
        self.one_of(b":")?;
        let minutes = self.number(2).filter(|minutes| minutes.digits == 2)?.value as i16;
        (hours < 14 && minutes < 60).then_some(Some(Offset::East(hours * 60 + minutes)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::calendar::{Calendar, Years};
    use super::super::order::Order;
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn both_ways_read_the_same() {
        let days =
            ["2024-3-04", "4/3/2024", "13.4.2024", "31/31/2024", "24/3/4", "3/4/24", "105/10/15", "0-0-0000"];
        let days =
            days.into_iter().chain(["2024/13/1", "8/8/71", "2567-03-04", "1.2.3", "2024-3-4.", "20240-1-1"]);
        let days = days.chain(["2024年3月4日", "2024年13月04号", "2024年2月30日"]);
        let times = ["", " 5:06", " 05:06:07", "T05:06:07.25", " 05:06:07.1234567890", " 25:00", " 5", "T"];
        let zones = ["", "Z", "+08:00", "+8:00", "-08:00", "+0800", " +08:00", "x", "+99:00"];
        let mut read = 0;
        for (order, calendar) in [
            (None, None),
            (Some(Order::DayMonth), Some(Calendar::Gregorian)),
            (Some(Order::MonthDay), Some(Calendar::Buddhist)),
            (Some(Order::YearMonthDay), Some(Calendar::Minguo)),
        ] {
            let rules = Rules { order, years: Years { calendar, pivot: 50 }, partial: false, weekday: false };
            for day in days.clone() {
                for text in times.iter().flat_map(|time| zones.map(|zone| format!("{day}{time}{zone}"))) {
                    if let Some(fast) = numeric(&text, &rules) {
                        assert_eq!(fast, parse(&text, &rules), "{text} {order:?}");
                        read += 1;
                    }
                }
            }
        }
        assert!(read > 400, "{read}");
    }
}
