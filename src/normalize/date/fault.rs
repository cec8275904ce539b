//! What can be wrong with a date.

/// A result whose error is what to say of the value.
pub(super) type Why<T> = Result<T, &'static str>;

pub(super) const NOT_A_DATE: &str = "not a date";
pub(super) const NO_DAY: &str = "no such day in that month";
pub(super) const NO_MONTH: &str = "no such month";
pub(super) const NO_YEAR: &str = "no such year";
pub(super) const NO_TIME: &str = "no such time of day";
pub(super) const NO_WEEK: &str = "no such week in that year";
pub(super) const NO_OFFSET: &str = "no zone is that far from UTC";
pub(super) const NO_CENTURY: &str = "the year is neither of two digits nor of four";
pub(super) const WHICH_CALENDAR: &str = "a Buddhist year, it seems: say the calendar";
pub(super) const FAR: &str = "counted, it is a day after the year 2400: say the calendar if it is meant";
pub(super) const AMBIGUOUS: &str = "day and month cannot be told apart";
pub(super) const AMBIGUOUS_YEAR: &str = "day and year cannot be told apart";
pub(super) const ONLY_MONTH: &str = "only a year and a month";
pub(super) const ONLY_YEAR: &str = "only a year";
pub(super) const WITHOUT_YEAR: &str = "no year";
pub(super) const WITHOUT_MONTH: &str = "no year and no month";
pub(super) const ONLY_TIME: &str = "only a time of day";
pub(super) const ERA: &str = "not a day of that era";
pub(super) const LUNAR: &str = "a day of the lunar calendar";
pub(super) const WEEKDAY: &str = "the weekday is not that of the day";
pub(super) const COUNT: &str = "a number: if it counts days or seconds, say from when";
pub(super) const EXPONENT: &str = "digits are lost: written with an exponent";
pub(super) const SERIAL: &str = "no day has that number in Excel";
pub(super) const ZONE: &str = "the zone's abbreviation has several meanings";
pub(super) const SKIPPED: &str = "the clocks of that zone skipped that time";
