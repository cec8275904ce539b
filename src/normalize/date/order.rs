//! Which of three numbers is the day, the month and the year.

use std::fmt;

use super::fold::fold;

/// The order in which a column writes day, month and year.
///
/// A year of four digits is known wherever it stands, and so is a day above
/// 12: the order decides only what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// `04/03/2024` is the 4th of March, as nearly everywhere.
    DayMonth,
    /// `04/03/2024` is the 3rd of April, as in the United States.
    MonthDay,
    /// `04/03/20` is the 20th of March 2004, as in East Asia.
    YearMonthDay,
}

impl Order {
    /// `DMY`, `mdy`, `Ymd`.
    pub fn parse(text: &str) -> Option<Self> {
        let is = |name: &str| text.eq_ignore_ascii_case(name);
        match () {
            () if is("dmy") => Some(Order::DayMonth),
            () if is("mdy") => Some(Order::MonthDay),
            () if is("ymd") => Some(Order::YearMonthDay),
            () => None,
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Order::DayMonth => "day before month",
            Order::MonthDay => "month before day",
            Order::YearMonthDay => "year first",
        })
    }
}

/// What the values of a column say about the order of day and month.
///
/// ```
/// use handover::normalize::date::{Order, OrderEvidence};
///
/// let mut evidence = OrderEvidence::default();
/// ["03/04/2024", "13/04/2024", "2024-04-13", "soon"].map(|text| evidence.see(text));
/// assert_eq!(evidence.order(), Some(Order::DayMonth));
/// assert_eq!(evidence.to_string(), "day before month: 1 value says so, 1 could be either");
///
/// evidence.see("04/13/2024");
/// assert_eq!((evidence.order(), evidence.is_mixed()), (None, true));
/// ```
///
/// Values that say nothing about it are passed over: those with a year of four
/// digits in front, with the name of a month, with day and month the same, and
/// those that are no date in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderEvidence {
    day_first: u64,
    month_first: u64,
    year_first: u64,
    either: u64,
    long_years: u64,
}

impl OrderEvidence {
    /// Looks at one value of the column.
    pub fn see(&mut self, text: &str) {
        let Some(numbers) = three_numbers(text) else { return };
        let fits = |order| numbers.is_date(order);
        if numbers.digits[0] == 3 && numbers.digits[1] <= 2 && numbers.digits[2] <= 2 {
            self.long_years += 1;
        }
        let [day, month, year] = [Order::DayMonth, Order::MonthDay, Order::YearMonthDay].map(fits);
        let same = numbers.values[0] == numbers.values[1] && !year;
        match (day, month, year) {
            _ if same => {}
            (true, false, false) => self.day_first += 1,
            (false, true, false) => self.month_first += 1,
            (false, false, true) => self.year_first += 1,
            (false, false, false) => {}
            _ => self.either += 1,
        }
    }

    /// Adds what another part of the column says.
    pub fn merge(&mut self, other: &Self) {
        self.day_first += other.day_first;
        self.month_first += other.month_first;
        self.year_first += other.year_first;
        self.either += other.either;
        self.long_years += other.long_years;
    }

    /// The order, if some value says so and none says the contrary.
    pub fn order(&self) -> Option<Order> {
        match (self.day_first, self.month_first, self.year_first) {
            (1.., 0, 0) => Some(Order::DayMonth),
            (0, 1.., 0) => Some(Order::MonthDay),
            (0, 0, 1..) if self.long_years == 0 => Some(Order::YearMonthDay),
            _ => None,
        }
    }

    /// Whether the values contradict each other.
    pub fn is_mixed(&self) -> bool {
        [self.day_first, self.month_first, self.year_first].iter().filter(|count| **count > 0).count() > 1
    }

    /// How many values have the day first: `13/04/2024`.
    pub fn day_first(&self) -> u64 {
        self.day_first
    }

    /// How many values have the month first: `04/13/2024`.
    pub fn month_first(&self) -> u64 {
        self.month_first
    }

    /// How many values have a year of two digits first: `99/04/13`.
    pub fn year_first(&self) -> u64 {
        self.year_first
    }

    /// How many values could be read in more than one order: `03/04/2024`.
    pub fn either(&self) -> u64 {
        self.either
    }

    /// How many values have a year of three digits first: `113/3/4`, which is
    /// of the calendar of Taiwan. Then no year of two digits is of the 20th
    /// century, and they decide nothing.
    pub fn long_years(&self) -> u64 {
        self.long_years
    }

    /// Whether any value has a part in the decision.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for OrderEvidence {
    /// In a line for people: `day before month: 31 values say so, 12 could be either`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count =
            |number: u64| if number == 1 { "1 value says".into() } else { format!("{number} values say") };
        let said = [
            (self.day_first, Order::DayMonth),
            (self.month_first, Order::MonthDay),
            (self.year_first, Order::YearMonthDay),
        ];
        let mut said = said.into_iter().filter(|(number, _)| *number > 0);
        match (said.next(), self.order()) {
            (None, _) => f.write_str("no value tells the order of day and month")?,
            (Some((number, order)), Some(_)) => write!(f, "{order}: {} so", count(number))?,
            (Some((number, order)), None) if !self.is_mixed() => {
                write!(f, "{order}, but uncertain: {} so", count(number))?
            }
            (Some((number, order)), None) => {
                write!(f, "mixed orders: {} {order}", count(number))?;
                for (number, order) in said {
                    write!(f, ", {number} {order}")?;
                }
            }
        }
        match self.either {
            0 => {}
            number => write!(f, ", {number} could be either")?,
        }
        match self.long_years {
            0 => Ok(()),
            number => write!(f, ", {number} with a year of three digits"),
        }
    }
}

/// Three numbers that may be a date, as they stand.
struct ThreeNumbers {
    values: [u32; 3],
    digits: [usize; 3],
}

impl ThreeNumbers {
    /// Whether there is such a day; the 29th of February is one in any year.
    fn is_date(&self, order: Order) -> bool {
        let ([a, b, c], [first, _, last]) = (self.values, self.digits);
        let (month, day, year_digits) = match order {
            Order::DayMonth => (b, a, last),
            Order::MonthDay => (a, b, last),
            Order::YearMonthDay => (b, c, first),
        };
        // A year of four digits in front leaves no question.
        let year = if order == Order::YearMonthDay { year_digits == 2 } else { matches!(year_digits, 2 | 4) };
        let short = self.digits.iter().filter(|digits| **digits <= 2).count();
        let most = match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        year && short >= 2 && (1..=most).contains(&day)
    }
}

/// The numbers of `3/4/2024`, `3.4.24 12:30`, `03-04-2024`, with the same
/// separator twice and nothing but a time behind.
fn three_numbers(text: &str) -> Option<ThreeNumbers> {
    let mut found = ThreeNumbers { values: [0; 3], digits: [0; 3] };
    let (mut at, mut separator) = (0, None);
    let mut letters = text.trim().chars().filter_map(fold).take(40).peekable();
    while let Some(letter) = letters.next() {
        if let Some(digit) = letter.to_digit(10) {
            found.values[at] = found.values[at].saturating_mul(10).saturating_add(digit);
            found.digits[at] += 1;
        } else if matches!(letter, '/' | '-' | '.') && at < 2 && separator.is_none_or(|one| one == letter) {
            separator = Some(letter);
            at += 1;
            while letters.next_if_eq(&' ').is_some() {}
        } else {
            let ends = matches!(letter, ' ' | ',' | 'T') && at == 2;
            return (ends && found.digits[2] > 0).then_some(found);
        }
    }
    (at == 2 && found.digits.iter().all(|digits| *digits > 0)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(values: &[&str]) -> OrderEvidence {
        let mut evidence = OrderEvidence::default();
        values.iter().for_each(|value| evidence.see(value));
        evidence
    }

    #[test]
    fn one_value_decides_where_none_objects() {
        assert_eq!(seen(&["01/02/2024", "13/02/2024"]).order(), Some(Order::DayMonth));
        assert_eq!(seen(&["1.2.24", "2.13.24 10:00"]).order(), Some(Order::MonthDay));
        assert_eq!(seen(&["99/12/31", "01/02/03"]).order(), Some(Order::YearMonthDay));
        assert_eq!(seen(&["01/02/2024", "05-06-2024"]).order(), None);
        assert_eq!(seen(&["80/12/31", "105/12/31"]).order(), None);
        assert_eq!(seen(&["13/02/2024", "02/13/2024"]).order(), None);
    }

    #[test]
    fn values_that_say_nothing_are_passed_over() {
        for text in ["2024-03-04", "03/03/2024", "31/31/2024", "3 March 2024", "1/2", "", "1//2024"] {
            assert!(seen(&[text]).is_empty(), "{text}");
        }
        assert_eq!(seen(&["１３／０２／２０２４", "\u{200e}13/\u{200e}2/\u{200e}2024"]).day_first(), 2);
        assert_eq!((seen(&["13/02/24"]).either(), seen(&["03/04/2024"]).either()), (1, 1));
    }

    #[test]
    fn what_is_known_is_told_in_a_line() {
        let told = |values: &[&str]| seen(values).to_string();
        assert_eq!(told(&[]), "no value tells the order of day and month");
        assert_eq!(told(&["01/02/2024"]), "no value tells the order of day and month, 1 could be either");
        assert_eq!(told(&["2/13/2024", "2/14/2024"]), "month before day: 2 values say so");
        assert_eq!(
            told(&["2/13/2024", "14/2/2024", "1/2/2024"]),
            "mixed orders: 1 value says day before month, 1 month before day, 1 could be either"
        );
    }
}
