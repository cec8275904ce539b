//! The rule about birthdays.

use super::rule::{Judge, Rule};
use super::stock::written;
use crate::error::{Error, Fault, Result};
use crate::names::Names;
use crate::record::{Date, DateTime, Value};

/// A birthday must be one that a person alive can have: not after today, and
/// not more than 120 years before it. Follow with [`today`](Rule::today), for
/// no clock is read, and perhaps with [`oldest`](Rule::oldest). Says `in the
/// future`, `more than 120 years ago`, `not a date`.
///
/// Values are days or times, given as such or as ISO 8601 text: the normalizer
/// `date` comes before.
///
/// ```
/// use handover::{Date, validate::birthday};
///
/// let rule = birthday("born").today(Date::new(2024, 3, 4).unwrap()).oldest(110).warning();
/// ```
pub fn birthday(columns: impl Into<Names>) -> Rule<Birthday> {
    Rule::new(columns, Birthday { today: None, oldest: 120 })
}

/// See [`birthday`].
#[derive(Debug, Clone)]
pub struct Birthday {
    today: Option<Date>,
    oldest: u16,
}

impl Rule<Birthday> {
    /// The day that ages are reckoned on.
    #[must_use]
    pub fn today(mut self, today: Date) -> Self {
        self.judge.today = Some(today);
        self
    }

    /// The age in years that nobody in the records exceeds.
    #[must_use]
    pub fn oldest(mut self, years: u16) -> Self {
        self.judge.oldest = years;
        self
    }
}

impl Judge for Birthday {
    const NAME: &'static str = "birthday";

    fn bind(&mut self) -> Result<()> {
        self.today.map(|_| ()).ok_or_else(|| Error::bind("which day is today is not said"))
    }

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        let born = match value {
            Value::Date(born) => born,
            Value::DateTime(born) => born.date(),
            other => {
                let text = written(other);
                let time = || DateTime::parse(&text).map(|time| time.date());
                Date::parse(&text).or_else(time).ok_or_else(|| Fault::new("not a date"))?
            }
        };
        let Some(today) = self.today else { return Ok(()) };
        if born > today {
            return Err(Fault::new("in the future"));
        }
        let before = (today.month(), today.day()) < (born.month(), born.day());
        let age = i32::from(today.year()) - i32::from(born.year()) - i32::from(before);
        match age > i32::from(self.oldest) {
            true => Err(Fault::new(format!("more than {} years ago", self.oldest))),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::rule::tests::{refuses, says};

    #[test]
    fn a_birthday_is_that_of_somebody_alive() {
        let today = Date::new(2024, 3, 4).unwrap();
        let found = |born: &str| says(birthday("v").today(today), born);
        let fault = |message: &str| Some(format!("birthday: {message}"));
        assert_eq!([found("2024-03-04"), found("1904-03-04"), found("1903-03-05")], [None, None, None]);
        assert_eq!(found("2024-03-05"), fault("in the future"));
        assert_eq!(found("1903-03-04"), fault("more than 120 years ago"));
        assert_eq!(found("2024-03-05T00:00:00"), fault("in the future"));
        assert_eq!(found("4 March"), fault("not a date"));
        assert_eq!(
            says(birthday("v").today(today).oldest(20), Date::new(2003, 3, 4).unwrap()),
            fault("more than 20 years ago")
        );
        assert_eq!(says(birthday("v").today(today), Value::Null), None);
        assert_eq!(refuses(birthday("v")), "birthday: which day is today is not said");
    }
}
