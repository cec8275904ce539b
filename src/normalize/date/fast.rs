//! What is ISO 8601 already.

use super::calendar::days_in;

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
