//! Years, and the days that they have.

use super::fault::{ERA, NO_CENTURY, NO_DAY, NO_MONTH, NO_YEAR, WHICH_CALENDAR, Why};
use super::token::{Era, Number};

/// The calendar that a column counts its years in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Calendar {
    /// 2024.
    Gregorian,
    /// 113 is 2024, as in Taiwan. Years of four digits are Gregorian.
    Minguo,
    /// 2567 is 2024, as in Thailand. Years before 2400 and after 2942 are Gregorian.
    /// Where no calendar is said, years from 2400 to 2700 are faults.
    Buddhist,
}

/// What is known of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Day {
    pub year: Option<i16>,
    pub month: Option<u8>,
    pub day: Option<u8>,
}

impl Day {
    /// A whole day, if the calendar has it.
    pub fn new(year: i16, month: u32, day: u32) -> Why<Self> {
        Day { year: Some(year), month: u8::try_from(month).ok(), day: u8::try_from(day).ok() }.checked()
    }

    /// The same, if there is such a day; where the year is not known, in a leap year.
    pub fn checked(self) -> Why<Self> {
        if self.year.is_some_and(|year| !(1..=9999).contains(&year)) {
            return Err(NO_YEAR);
        }
        let most = match self.month {
            None => 31,
            Some(month) => days_in(self.year.unwrap_or(2000), month).ok_or(NO_MONTH)?,
        };
        match self.day {
            Some(day) if !(1..=most).contains(&day) => Err(NO_DAY),
            _ => Ok(self),
        }
    }

    pub fn is_whole(self) -> bool {
        matches!(self, Day { year: Some(_), month: Some(_), day: Some(_) })
    }

    /// The days since 1970-01-01 of a whole day.
    pub fn number(self) -> Option<i64> {
        let civil = jiff::civil::Date::new(self.year?, self.month? as i8, self.day? as i8).ok()?;
        Some(i64::from(jiff::civil::date(1970, 1, 1).until(civil).ok()?.get_days()))
    }

    /// The whole day so many days after 1970-01-01.
    pub fn of_number(days: i64) -> Why<Self> {
        let span = jiff::Span::new().try_days(days).map_err(|_| NO_YEAR)?;
        let civil = jiff::civil::date(1970, 1, 1).checked_add(span).map_err(|_| NO_YEAR)?;
        Day::new(civil.year(), civil.month() as u32, civil.day() as u32)
    }

    /// 1 is Monday.
    pub fn weekday(self) -> Option<u8> {
        self.number().map(|days| (days + 3).rem_euclid(7) as u8 + 1)
    }
}

/// None if there is no such month.
pub(super) fn days_in(year: i16, month: u8) -> Option<u8> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    Some(match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    })
}

/// How the years of a column are to be understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Years {
    pub calendar: Option<Calendar>,
    /// Years of two digits from here on are of the 20th century.
    pub pivot: u8,
}

impl Years {
    /// The Gregorian year.
    pub fn year(self, number: Number, era: Option<Era>) -> Why<i16> {
        let year = self.gregorian(number, era)?;
        if self.unsure(year) { Err(WHICH_CALENDAR) } else { Ok(year) }
    }

    /// Whether a year looks Buddhist where no calendar is said.
    pub fn unsure(self, year: i16) -> bool {
        self.calendar.is_none() && (2400..=2700).contains(&year)
    }

    fn gregorian(self, number: Number, era: Option<Era>) -> Why<i16> {
        let value = i16::try_from(number.value).map_err(|_| NO_YEAR)?;
        match (era, self.calendar, number.digits) {
            (Some(era), ..) => within(value, era),
            (_, Some(Calendar::Minguo), 1..=3) => within(value, Era::Minguo),
            (_, Some(Calendar::Buddhist), 4) if (2400..=2942).contains(&value) => {
                within(value, Era::Buddhist)
            }
            (_, _, 4) => Ok(value),
            (_, _, 2) if value < i16::from(self.pivot) => Ok(2000 + value),
            (_, _, 2) => Ok(1900 + value),
            _ => Err(NO_CENTURY),
        }
    }
}

fn within(year: i16, era: Era) -> Why<i16> {
    let before_first = match era {
        Era::Common => 0,
        Era::Minguo => 1911,
        Era::Buddhist => -543,
        Era::Meiji => 1867,
        Era::Taisho => 1911,
        Era::Showa => 1925,
        Era::Heisei => 1988,
        Era::Reiwa => 2018,
        Era::Lunar => return Err(NO_YEAR),
    };
    year.checked_add(before_first).filter(|_| year > 0).ok_or(NO_YEAR)
}

/// Whether a day is in the era that it is counted in, where the era has an
/// end. Before 1873 Japan counted its days by the moon.
pub(super) fn in_era(day: Day, era: Era) -> Why<()> {
    let (first, last) = match era {
        Era::Meiji => ((1873, 1, 1), (1912, 7, 29)),
        Era::Taisho => ((1912, 7, 30), (1926, 12, 24)),
        Era::Showa => ((1926, 12, 25), (1989, 1, 7)),
        Era::Heisei => ((1989, 1, 8), (2019, 4, 30)),
        Era::Reiwa => ((2019, 5, 1), (9999, 12, 31)),
        Era::Common | Era::Minguo | Era::Buddhist | Era::Lunar => return Ok(()),
    };
    let (Some(year), month, date) = (day.year, day.month, day.day) else { return Err(NO_YEAR) };
    let low = (year, month.unwrap_or(12), date.unwrap_or(31)) >= first;
    let high = (year, month.unwrap_or(1), date.unwrap_or(1)) <= last;
    if low && high { Ok(()) } else { Err(ERA) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_those_of_their_calendar() {
        let year = |calendar, value, digits| {
            Years { calendar: Some(calendar), pivot: 50 }.year(Number { value, digits }, None)
        };
        assert_eq!([49, 50].map(|yy| year(Calendar::Gregorian, yy, 2)), [Ok(2049), Ok(1950)]);
        assert_eq!(year(Calendar::Gregorian, 105, 3), Err(NO_CENTURY));
        assert_eq!(
            [(80, 2), (105, 3), (2016, 4)].map(|(y, d)| year(Calendar::Minguo, y, d)),
            [Ok(1991), Ok(2016), Ok(2016)]
        );
        let unsaid = Years { calendar: None, pivot: 50 };
        assert_eq!(unsaid.year(Number { value: 2567, digits: 4 }, None), Err(WHICH_CALENDAR));
        assert_eq!([2559, 2016].map(|y| year(Calendar::Buddhist, y, 4)), [Ok(2016); 2]);
    }

    #[test]
    fn days_have_numbers_and_weekdays() {
        let day = Day::new(2024, 3, 4).unwrap();
        assert_eq!((day.number(), day.weekday()), (Some(19786), Some(1)));
        assert_eq!(Day::of_number(19786), Ok(day));
        assert_eq!([Day::new(2023, 2, 29), Day::new(2023, 13, 1)], [Err(NO_DAY), Err(NO_MONTH)]);
    }
}
