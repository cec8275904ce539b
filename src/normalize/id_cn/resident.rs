//! The resident id: GB 11643-1999.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::super::gender::Gender;
use super::super::region_cn::Division;
use super::{characters, is_province};
use crate::error::Fault;

/// A resident id whose check digit is right: six digits of a division, eight
/// of the birth date, three that tell apart those born there on that day (odd
/// for men), and the check digit by ISO 7064, MOD 11-2.
///
/// Residence permits of people of Hong Kong, Macao and Taiwan (81, 82, 83) and
/// of foreigners (9, by the rules of 2023) are numbered in the same way.
/// `Debug` shows it [masked](Self::mask).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResidentId {
    characters: [u8; 18],
    birth: Date,
}

impl ResidentId {
    /// Reads an id of 18 characters; spaces, hyphens, width, case and a label
    /// before a colon do not matter.
    ///
    /// Faults: `too short`, `too long`, `the old form of fifteen digits`,
    /// `something other than digits`, `digits are masked`, `rounded by a
    /// spreadsheet, digits are lost`, `no such province code`, `no such birth
    /// date`, `born in the future` (by the clock, in China), `wrong check digit`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match characters(text)?.as_bytes() {
            [_, _, _, _, _, _, _, _, _, _, _, _, _, _, _] => {
                Err(Fault::new("the old form of fifteen digits"))
            }
            characters => Self::read(characters),
        }
    }

    /// Reads an id of 18 characters, or of 15 as they were until 1999: they
    /// have two digits for the year, of the twentieth century, and no check digit.
    pub fn parse_upgraded(text: &str) -> Result<Self, Fault> {
        let characters = characters(text)?;
        match characters.as_bytes() {
            [region @ .., y, e, m, o, d, a, s, q, n] if region.len() == 6 => {
                let mut long = *b"000000190000000000";
                long[..6].copy_from_slice(region);
                long[8..17].copy_from_slice(&[*y, *e, *m, *o, *d, *a, *s, *q, *n]);
                if !long.iter().all(u8::is_ascii_digit) {
                    return Err(Fault::new("something other than digits"));
                }
                long[17] = check_character(&long);
                Self::read(&long)
            }
            characters => Self::read(characters),
        }
    }

    fn read(text: &[u8]) -> Result<Self, Fault> {
        let characters: [u8; 18] = text
            .try_into()
            .map_err(|_| Fault::new(if text.len() < 18 { "too short" } else { "too long" }))?;
        let (body, check) = characters.split_at(17);
        if !body.iter().all(u8::is_ascii_digit) || !(check[0].is_ascii_digit() || check[0] == b'X') {
            return Err(Fault::new("something other than digits"));
        }
        if !is_issuer(body) {
            return Err(Fault::new("no such province code"));
        }
        let birth = date(&body[6..14]).ok_or_else(|| Fault::new("no such birth date"))?;
        if is_to_come(birth) {
            return Err(Fault::new("born in the future"));
        }
        match check[0] == check_character(&characters) {
            true => Ok(ResidentId { characters, birth }),
            false if characters.ends_with(b"000") => {
                Err(Fault::new("wrong check digit, perhaps a spreadsheet rounded the number"))
            }
            false => Err(Fault::new("wrong check digit")),
        }
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.characters).unwrap_or_default()
    }

    /// When the person was born.
    pub fn birth(&self) -> Date {
        self.birth
    }

    /// Male or female, as registered at birth.
    pub fn gender(&self) -> Gender {
        if self.characters[16] % 2 == 1 { Gender::Male } else { Gender::Female }
    }

    /// The code of the division that issued the first id: six digits of GB/T 2260 as it was then.
    pub fn region_code(&self) -> &str {
        self.as_str().get(..6).unwrap_or_default()
    }

    /// The division that has this code, or whose land had it; nothing for
    /// codes that have no successor, and for foreigners.
    pub fn region(&self) -> Option<Division> {
        Division::of_code(self.region_code())
    }

    /// The id as it may be shown: `110***********001X`.
    pub fn mask(&self) -> String {
        let id = self.as_str();
        format!("{}***********{}", id.get(..3).unwrap_or_default(), id.get(14..).unwrap_or_default())
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({})", self.mask())
    }
}

/// Whether ids begin so: with the code of a province, 83 for people of Taiwan
/// on the mainland, or 9 and a province where a foreigner settled.
fn is_issuer(body: &[u8]) -> bool {
    match body {
        [b'9', province @ ..] => is_province(province),
        [b'8', b'3', ..] => true,
        _ => is_province(body),
    }
}

/// `YYYYMMDD`, of a day that was.
fn date(digits: &[u8]) -> Option<Date> {
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let number = |digits: &[u8]| digits.iter().fold(0, |number, digit| number * 10 + i16::from(digit - b'0'));
    let [month, day] = [month, day].map(|part| i8::try_from(number(part)).ok());
    let year = Some(number(year)).filter(|&year| year >= 1800)?;
    Date::new(year, month?, day?).ok()
}

/// Whether a day is later than it is in China. The clock is asked only of days
/// that were to come when this was written.
fn is_to_come(day: Date) -> bool {
    const HOURS_AHEAD: i8 = 8;
    let today = || TimeZone::fixed(jiff::tz::offset(HOURS_AHEAD)).to_datetime(Timestamp::now()).date();
    day.year() > 2025 && day > today()
}

/// ISO 7064, MOD 11-2, of the first 17 digits: the weights are the powers of two modulo 11.
fn check_character(characters: &[u8; 18]) -> u8 {
    let sum = characters.iter().take(17).fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    match (12 - sum) % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An id of these 17 digits, which nobody has.
    fn id(body: &str) -> String {
        let mut characters = [b'0'; 18];
        characters[..17].copy_from_slice(body.as_bytes());
        format!("{body}{}", char::from(check_character(&characters)))
    }

    fn fault(text: &str) -> String {
        ResidentId::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_check_digit_finds_every_wrong_digit_and_most_swaps() {
        let right = id("11000019900307001");
        assert_eq!(right, "11000019900307001X");
        for at in 0..17 {
            for digit in b'0'..=b'9' {
                let mut wrong = right.clone().into_bytes();
                if wrong[at] != digit {
                    wrong[at] = digit;
                    assert!(ResidentId::parse(&String::from_utf8(wrong).unwrap()).is_err());
                }
            }
        }
    }

    #[test]
    fn what_it_tells() {
        let man = ResidentId::parse(" 11000019900307001x ").unwrap();
        assert_eq!((man.gender(), man.birth().to_string().as_str()), (Gender::Male, "1990-03-07"));
        assert_eq!((man.region_code(), man.mask().as_str()), ("110000", "110***********001X"));
        assert_eq!(man.region().map(Division::name), Some("北京市"));
        assert_eq!(format!("{man:?}"), "ResidentId(110***********001X)");
        assert_eq!(ResidentId::parse(&id("44000020000229004")).unwrap().gender(), Gender::Female);
    }

    #[test]
    fn fifteen_digits_are_upgraded_where_asked() {
        assert_eq!(fault("110000900307001"), "the old form of fifteen digits");
        let upgraded = ResidentId::parse_upgraded("110000900307001").unwrap();
        assert_eq!(upgraded.as_str(), "11000019900307001X");
        assert_eq!(ResidentId::parse_upgraded("11000019900307001X").unwrap(), upgraded);
        assert!(ResidentId::parse_upgraded("11000090030700X").is_err());
    }

    #[test]
    fn what_is_wrong_is_said_without_a_digit() {
        let said = [
            ("110000", "too short"),
            ("1100001990030700111", "too long"),
            (&id("10000019900307002"), "no such province code"),
            (&id("11000019900230002"), "no such birth date"),
            (&id("11000017990101002"), "no such birth date"),
            (&id("11000022000101002"), "born in the future"),
            ("110000199003070011", "wrong check digit"),
            ("110000199003070000", "wrong check digit, perhaps a spreadsheet rounded the number"),
            ("1.10E+17", "rounded by a spreadsheet, digits are lost"),
            ("110***********001X", "digits are masked"),
            ("11000019900307X011", "something other than digits"),
            ("110000王9900307001X", "something other than letters and digits"),
        ];
        for (text, expected) in said {
            assert_eq!(fault(text), expected);
            assert!(!expected.contains(|c: char| c.is_ascii_digit()));
        }
    }

    #[test]
    fn permits_are_numbered_alike() {
        for body in ["81000019900307002", "83000019900307002", "91156019900307002"] {
            assert!(ResidentId::parse(&id(body)).is_ok(), "{body}");
        }
    }
}
