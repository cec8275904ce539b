//! Which part of a date is the day, which the month and which the year.

use super::calendar::{Calendar, Day, Years, in_era};
use super::fault::{
    AMBIGUOUS, AMBIGUOUS_YEAR, NO_DAY, NO_MONTH, NO_WEEK, NOT_A_DATE, ONLY_MONTH, ONLY_YEAR, WEEKDAY,
    WITHOUT_MONTH, WITHOUT_YEAR, Why,
};
use super::number::compact;
use super::order::Order;
use super::token::{Era, Number};

/// What the caller has said about the column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub order: Option<Order>,
    pub years: Years,
    pub partial: bool,
    /// A weekday that does not fit is a fault.
    pub weekday: bool,
}

/// What is written with a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Meaning {
    #[default]
    Plain,
    Year,
    Month,
    /// A month by its name.
    Name,
    Day,
}

/// One number of a date, or the name of its month.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub number: Number,
    pub meaning: Meaning,
    /// A dash is right before or behind it.
    pub dashed: bool,
}

/// A date whose parts are not told apart yet.
#[derive(Default)]
pub(super) struct Draft {
    parts: [Option<Part>; 3],
    pub count: usize,
    pub era: Option<Era>,
    pub weekday: Option<u8>,
    pub week: Option<(u8, u8)>,
    /// Whether Thai is in the text, whose years are Buddhist.
    pub thai: bool,
    /// Dashes in front, instead of a year.
    pub dashes: u8,
    /// Whether a word is of a language that writes the day before the month.
    pub day_first: bool,
    /// The weekday that the month's name is in another language: `mar`.
    name_as_weekday: Option<u8>,
}

impl Draft {
    /// Three numbers without a word.
    pub fn numbers(numbers: [Number; 3]) -> Self {
        let plain = |number| Some(Part { number, meaning: Meaning::Plain, dashed: false });
        Draft { parts: numbers.map(plain), count: 3, ..Draft::default() }
    }

    pub fn first(&self) -> Option<&Part> {
        self.parts.first()?.as_ref()
    }

    pub fn add(&mut self, part: Part) -> Why<()> {
        *self.parts.get_mut(self.count).ok_or(NOT_A_DATE)? = Some(part);
        self.count += 1;
        Ok(())
    }

    /// Adds a month by its name; of two names, the one that is a weekday's in
    /// another language is that: `mar. 3 mai`.
    pub fn add_month(&mut self, month: u8, weekday: Option<u8>, dashed: bool) -> Why<()> {
        let number = Number { value: u32::from(month), digits: 2 };
        let part = Part { number, meaning: Meaning::Name, dashed };
        let named = self.parts.iter().flatten().any(|part| part.meaning == Meaning::Name);
        match (self.name_as_weekday, weekday) {
            _ if !named => {
                self.name_as_weekday = weekday;
                self.add(part)
            }
            _ if self.weekday.is_some() => Err(NOT_A_DATE),
            (Some(day), _) => {
                let mut kept = self.parts.into_iter().flatten().filter(|part| part.meaning != Meaning::Name);
                self.parts = [kept.next(), kept.next(), None];
                self.count -= 1;
                self.weekday = Some(day);
                self.add(part)
            }
            (None, Some(day)) => {
                self.weekday = Some(day);
                Ok(())
            }
            (None, None) => Err(NOT_A_DATE),
        }
    }

    /// The day that the parts say, by the rules of the column where they leave a choice.
    pub fn resolve(&self, rules: &Rules) -> Why<Day> {
        let era = match self.thai {
            true => self.era.or_else(|| self.thai_era()),
            false => self.era,
        };
        let local = self.day_first.then_some(Order::DayMonth);
        let rules = &Rules { order: rules.order.or(local), ..*rules };
        let solver = Solver { rules, era, weekday: self.weekday.filter(|day| *day > 0) };
        let day = match (self.week, &self.parts) {
            (None, [Some(month), Some(day), None]) if self.dashes == 2 => solver.of_any_year(*month, *day),
            _ if self.dashes > 0 => Err(NOT_A_DATE),
            (Some(week), [Some(year), None, None]) => iso_week(solver.year(year.number)?, week),
            (Some(_), _) => Err(NOT_A_DATE),
            (None, [Some(one), None, None]) if one.meaning == Meaning::Plain => solver.one(one.number),
            (None, [Some(one), Some(two), None]) => solver.two(*one, *two),
            (None, [Some(one), Some(two), Some(three)]) => solver.three([*one, *two, *three]),
            (None, [Some(one), ..]) => solver.told([Some(*one), None, None]),
            (None, _) => Err(NOT_A_DATE),
        }?;
        if let Some(era) = era {
            in_era(day, era)?;
        }
        let off =
            rules.weekday && solver.weekday.is_some_and(|told| day.weekday().is_some_and(|is| is != told));
        if off { Err(WEEKDAY) } else { whole(day, rules.partial) }
    }

    fn thai_era(&self) -> Option<Era> {
        let buddhist = |part: &Part| part.number.digits == 4 && (2400..=2942).contains(&part.number.value);
        self.parts.iter().flatten().any(buddhist).then_some(Era::Buddhist)
    }
}

/// Refuses what lacks a part, unless that is allowed.
fn whole(day: Day, partial: bool) -> Why<Day> {
    match (day.year, day.month, day.day) {
        (Some(_), Some(_), Some(_)) => Ok(day),
        (Some(_), Some(_), None) if !partial => Err(ONLY_MONTH),
        (Some(_), None, None) if !partial => Err(ONLY_YEAR),
        (None, Some(_), Some(_)) if !partial => Err(WITHOUT_YEAR),
        (None, None, Some(_)) => Err(WITHOUT_MONTH),
        (Some(_), _, None) | (None, Some(_), Some(_)) => Ok(day),
        _ => Err(NOT_A_DATE),
    }
}

fn iso_week(year: i16, (week, day): (u8, u8)) -> Why<Day> {
    let weekday = jiff::civil::Weekday::from_monday_one_offset(day as i8).map_err(|_| NO_DAY)?;
    let week = jiff::civil::ISOWeekDate::new(year, week as i8, weekday).map_err(|_| NO_WEEK)?;
    let date = week.date();
    Day::new(date.year(), date.month() as u32, date.day() as u32)
}

struct Solver<'r> {
    rules: &'r Rules,
    era: Option<Era>,
    weekday: Option<u8>,
}

impl Solver<'_> {
    fn year(&self, number: Number) -> Why<i16> {
        self.rules.years.year(number, self.era)
    }

    fn day(&self, year: Number, month: Number, day: Number) -> Why<Day> {
        if month.digits > 2 || day.digits > 2 {
            return Err(NOT_A_DATE);
        }
        Day::new(self.year(year)?, month.value, day.value)
    }

    /// A number alone, perhaps with a time behind: `20240304`.
    fn one(&self, number: Number) -> Why<Day> {
        match number.digits {
            4 => Day { year: Some(self.year(number)?), ..Day::default() }.checked(),
            _ => compact(number, self.rules)?.ok_or(NOT_A_DATE),
        }
    }

    fn two(&self, one: Part, two: Part) -> Why<Day> {
        if one.meaning != Meaning::Plain || two.meaning != Meaning::Plain {
            return self.told([Some(one), Some(two), None]);
        }
        let (one, two) = (one.number, two.number);
        match (one.digits, two.digits) {
            (4, 3) => day_of_year(self.year(one)?, two.value),
            (4, 1 | 2) => self.month_of(one, two),
            (1 | 2, 4) => self.month_of(two, one),
            (1 | 2, 1 | 2) => self.without_year(one.value, two.value),
            _ => Err(NOT_A_DATE),
        }
    }

    fn month_of(&self, year: Number, month: Number) -> Why<Day> {
        Day { year: Some(self.year(year)?), month: Some(month.value as u8), day: None }.checked()
    }

    fn of_any_year(&self, month: Part, day: Part) -> Why<Day> {
        let plain = [month, day].iter().all(|part| part.meaning == Meaning::Plain && part.number.digits == 2);
        let day =
            Day { year: None, month: Some(month.number.value as u8), day: Some(day.number.value as u8) };
        if plain { day.checked() } else { Err(NOT_A_DATE) }
    }

    fn without_year(&self, one: u32, two: u32) -> Why<Day> {
        let (month, day) = match self.rules.order {
            _ if one > 12 => (two, one),
            _ if two > 12 || one == two => (one, two),
            Some(Order::DayMonth) => (two, one),
            Some(Order::MonthDay | Order::YearMonthDay) => (one, two),
            None if !self.rules.partial => return Err(WITHOUT_YEAR),
            None => return Err(AMBIGUOUS),
        };
        Day { year: None, month: Some(month as u8), day: Some(day as u8) }.checked()
    }

    fn three(&self, parts: [Part; 3]) -> Why<Day> {
        if parts.iter().any(|part| part.meaning != Meaning::Plain) {
            return self.told(parts.map(Some));
        }
        let [one, two, three] = parts.map(|part| part.number);
        let minguo =
            self.rules.years.calendar == Some(Calendar::Minguo) && one.digits <= 3 && three.digits <= 2;
        match (self.era, one.digits, two.digits, three.digits) {
            (Some(Era::Buddhist), 1 | 2, ..) => self.day(three, two, one),
            (Some(Era::Minguo | Era::Meiji | Era::Taisho | Era::Showa | Era::Heisei | Era::Reiwa), ..) => {
                self.day(one, two, three)
            }
            _ if minguo => self.day(one, two, three),
            (_, 4, ..) => self.day(one, two, three),
            (_, 1 | 2, 1 | 2, 4) => self.year_last(three, [one, two]),
            (_, 1 | 2, 1 | 2, 3) if self.rules.years.calendar == Some(Calendar::Minguo) => {
                self.year_last(three, [one, two])
            }
            (_, 2, 1 | 2, 1 | 2) => self.short_year([one, two, three]),
            (_, 1, 1 | 2, 2) => self.year_last(three, [one, two]),
            (_, 3, ..) => self.day(one, two, three),
            _ => Err(NOT_A_DATE),
        }
    }

    /// Day and month in front, the year behind.
    fn year_last(&self, year: Number, [one, two]: [Number; 2]) -> Why<Day> {
        let (day_first, month_first) = (self.day(year, two, one), self.day(year, one, two));
        match (one.value, two.value) {
            (0, _) | (_, 0) => day_first.and(month_first),
            (13.., 13..) => Err(NO_MONTH),
            (13.., _) => day_first,
            (_, 13..) => month_first,
            (one, two) if one == two => day_first,
            _ => match self.rules.order {
                Some(Order::DayMonth) => day_first,
                Some(Order::MonthDay) => month_first,
                Some(Order::YearMonthDay) | None => self.by_weekday([day_first, month_first]),
            },
        }
    }

    /// The one of several days that the weekday in the text is right for.
    fn by_weekday<const N: usize>(&self, days: [Why<Day>; N]) -> Why<Day> {
        let mut right =
            days.into_iter().flatten().filter(|day| self.weekday.is_some() && day.weekday() == self.weekday);
        match (right.next(), right.next()) {
            (Some(day), None) => Ok(day),
            _ => Err(AMBIGUOUS),
        }
    }

    /// Three numbers of which any may be the year.
    fn short_year(&self, [one, two, three]: [Number; 3]) -> Why<Day> {
        let day_first = self.day(three, two, one);
        let month_first = self.day(three, one, two);
        let year_first = self.day(one, two, three);
        let told = match self.rules.order {
            Some(Order::DayMonth) => day_first.or(month_first),
            Some(Order::MonthDay) => month_first.or(day_first),
            Some(Order::YearMonthDay) => year_first,
            None => Err(AMBIGUOUS),
        };
        let year_last = match (day_first, month_first) {
            (Ok(day), Err(_)) | (Err(_), Ok(day)) => Some(day),
            (Ok(day), Ok(same)) if day == same => Some(day),
            _ => None,
        };
        match (told, year_last, year_first) {
            (Ok(day), ..) | (_, Some(day), Err(_)) => Ok(day),
            (_, None, Err(_)) if day_first.is_err() => day_first,
            // A year of two digits in front is believed only where the column has them there.
            _ => self.by_weekday([day_first, month_first, year_first]),
        }
    }

    /// Parts of which some say what they are.
    fn told(&self, parts: [Option<Part>; 3]) -> Why<Day> {
        let mut known = Known::of(&parts)?;
        let is = |part: &Option<Part>, meaning| part.is_some_and(|part| part.meaning == meaning);
        let named = parts.iter().position(|part| is(part, Meaning::Name));
        let mut plain = parts.iter().flatten().filter(|part| part.meaning == Meaning::Plain);
        match (plain.next(), plain.next(), known) {
            (None, ..) => {}
            (Some(one), None, _) => known.place(*one, named == Some(0))?,
            (Some(one), Some(two), Known { year: None, month: Some(_), day: None }) => {
                let (day, year) = self.day_and_year(one.number, two.number, named)?;
                known = Known { year: Some(year), day: Some(day), ..known };
            }
            // `2024年3/4` and `3/4 '24`.
            (Some(one), Some(two), Known { year: Some(year), month: None, day: None }) => {
                return match parts.first().is_some_and(|part| is(part, Meaning::Year)) {
                    true => self.day(year, one.number, two.number),
                    false => self.year_last(year, [one.number, two.number]),
                };
            }
            _ => return Err(NOT_A_DATE),
        }
        let short = |number: Option<Number>| match number {
            Some(number) if number.digits > 2 => Err(NOT_A_DATE),
            Some(number) => Ok(Some(number.value as u8)),
            None => Ok(None),
        };
        let year = known.year.map(|year| self.year(year)).transpose()?;
        Day { year, month: short(known.month)?, day: short(known.day)? }.checked()
    }

    /// The two numbers beside the name of a month.
    fn day_and_year(&self, one: Number, two: Number, named: Option<usize>) -> Why<(Number, Number)> {
        let is_year = |number: Number| number.digits > 2 || number.value > 31 || number.value == 0;
        match (is_year(one), is_year(two)) {
            (true, true) => Err(NO_DAY),
            (true, false) => Ok((two, one)),
            (false, true) => Ok((one, two)),
            (false, false) => match (named, self.rules.order) {
                (Some(1), Some(Order::YearMonthDay)) => Ok((two, one)),
                (Some(0 | 1), _) => Ok((one, two)),
                _ => Err(AMBIGUOUS_YEAR),
            },
        }
    }
}

/// What the parts themselves say.
#[derive(Clone, Copy, Default)]
struct Known {
    year: Option<Number>,
    month: Option<Number>,
    day: Option<Number>,
}

impl Known {
    fn of(parts: &[Option<Part>]) -> Why<Self> {
        let mut known = Known::default();
        for part in parts.iter().flatten() {
            let place = match part.meaning {
                Meaning::Year => &mut known.year,
                Meaning::Month | Meaning::Name => &mut known.month,
                Meaning::Day => &mut known.day,
                Meaning::Plain => continue,
            };
            if place.replace(part.number).is_some() {
                return Err(NOT_A_DATE);
            }
        }
        Ok(known)
    }

    /// Puts the one number that says nothing where something lacks.
    fn place(&mut self, part: Part, behind_name: bool) -> Why<()> {
        let is_year = match (self.year, self.month, self.day) {
            (Some(_), Some(_), None) => false,
            (None, Some(_), Some(_)) => true,
            // `Dec-89`, `2024 Aug`, `August 2012`, and otherwise `Aug 12`.
            (None, Some(_), None) => {
                let year = part.number.digits > 2 || part.number.value > 31;
                year || (behind_name && part.dashed && part.number.digits == 2)
            }
            _ => return Err(NOT_A_DATE),
        };
        *(if is_year { &mut self.year } else { &mut self.day }) = Some(part.number);
        Ok(())
    }
}

/// `2024-060`.
pub(super) fn day_of_year(year: i16, day: u32) -> Why<Day> {
    let first = Day::new(year, 1, 1)?.number().ok_or(NO_DAY)?;
    let found = Day::of_number(first + i64::from(day) - 1)?;
    if day == 0 || found.year != Some(year) { Err(NO_DAY) } else { Ok(found) }
}
