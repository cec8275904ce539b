//! The rule about numbers and dates between limits.

use std::cmp::Ordering;
use std::fmt::Display;
use std::ops::{Bound, RangeBounds};

use super::rule::{Judge, Rule};
use super::stock::written;
use crate::error::{Error, Fault, Result};
use crate::names::Names;
use crate::record::{Date, DateTime, Decimal, Value};
use crate::schema::Kind;

/// A value must lie within limits: numbers, days, or times, given as such or
/// as text. Says `below 0`, `above 150`, `before 1900-01-01`.
///
/// Numbers are compared by all their digits, text is read strictly (plain
/// decimals, ISO 8601). A time is compared with a day by its own day, and with
/// another time by the clock on the wall, without offsets.
///
/// ```
/// use handover::{Date, validate::range};
///
/// let age = range("age", 0..=150);
/// let price = range(["net", "gross"], "0.01".."1000000");
/// let joined = range("joined", Date::new(1990, 1, 1).unwrap()..);
/// ```
pub fn range<L: Display>(columns: impl Into<Names>, limits: impl RangeBounds<L>) -> Rule<Range> {
    let text = |bound: Bound<&L>| bound.map(|limit| limit.to_string());
    let (low, high) = (text(limits.start_bound()), text(limits.end_bound()));
    Rule::new(columns, Range { low, high, kind: Kind::Decimal })
}

/// See [`range`].
#[derive(Debug, Clone)]
pub struct Range {
    low: Bound<String>,
    high: Bound<String>,
    /// What the limits are: decimal, date or datetime.
    kind: Kind,
}

impl Judge for Range {
    const NAME: &'static str = "range";

    fn bind(&mut self) -> Result<()> {
        let limits = [inner(&self.low), inner(&self.high)];
        let fits = |kind: &Kind| limits.iter().flatten().all(|limit| Value::parse(limit, *kind).is_ok());
        self.kind = [Kind::Decimal, Kind::Date, Kind::DateTime]
            .into_iter()
            .find(fits)
            .ok_or_else(|| Error::bind("the limits are neither numbers, nor dates, nor times"))?;
        Ok(())
    }

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        let text = written(value);
        let value = match value {
            Value::DateTime(time) if self.kind == Kind::Date => Value::Date(time.date()),
            _ => Value::parse(&text, self.kind).map_err(|fault| Fault::new(fault.to_string()))?,
        };
        let order = |limit: &str| {
            Value::parse(limit, self.kind).map_or(Ordering::Equal, |limit| compare(value, limit))
        };
        let (before, after) = match self.kind {
            Kind::Decimal => ("below", "above"),
            _ => ("before", "after"),
        };
        let broken = match (&self.low, &self.high) {
            (Bound::Included(low), _) if order(low).is_lt() => format!("{before} {low}"),
            (Bound::Excluded(low), _) if order(low).is_le() => format!("not {after} {low}"),
            (_, Bound::Included(high)) if order(high).is_gt() => format!("{after} {high}"),
            (_, Bound::Excluded(high)) if order(high).is_ge() => format!("not {before} {high}"),
            _ => return Ok(()),
        };
        Err(Fault::new(broken))
    }
}

fn inner(bound: &Bound<String>) -> Option<&str> {
    match bound {
        Bound::Included(limit) | Bound::Excluded(limit) => Some(limit),
        Bound::Unbounded => None,
    }
}

/// The order of two values of the same kind.
fn compare(a: Value<'_>, b: Value<'_>) -> Ordering {
    let wall = |time: DateTime| (time.date(), time.micros());
    match (a, b) {
        (Value::Decimal(a), Value::Decimal(b)) => compare_decimals(a, b),
        (Value::Date(a), Value::Date(b)) => Date::cmp(&a, &b),
        (Value::DateTime(a), Value::DateTime(b)) => wall(a).cmp(&wall(b)),
        _ => Ordering::Equal,
    }
}

fn compare_decimals(a: Decimal<'_>, b: Decimal<'_>) -> Ordering {
    let ((a_negative, a), (b_negative, b)) = (sign_and_size(a), sign_and_size(b));
    match (a_negative, b_negative) {
        (false, false) => a.cmp(&b),
        (true, true) => b.cmp(&a),
        (a_negative, b_negative) => b_negative.cmp(&a_negative),
    }
}

/// Whether a number is below zero, and its size in a form that compares as the
/// number does: how many digits before the point, these, and those after it.
fn sign_and_size(number: Decimal<'_>) -> (bool, (usize, &str, &str)) {
    let text = number.as_str();
    let unsigned = text.trim_start_matches(['-', '+']);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let zero = whole.is_empty() && fraction.is_empty();
    (text.starts_with('-') && !zero, (whole.len(), whole, fraction))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::rule::tests::{refuses, says};
    use proptest::prelude::*;

    fn fault(message: &str) -> Option<String> {
        Some(format!("range: {message}"))
    }

    #[test]
    fn numbers_are_compared_exactly() {
        let age = || range("v", 0..=150);
        assert_eq!(says(age(), Value::Null), None);
        assert_eq!(says(age(), "150.00"), None);
        assert_eq!(says(age(), "-0"), None);
        assert_eq!(says(age(), "150.00000000000000000001"), fault("above 150"));
        assert_eq!(says(age(), -1), fault("below 0"));
        assert_eq!(says(age(), 1e300), fault("above 150"));
        assert_eq!(says(age(), f64::NAN), fault("not a decimal number"));
        assert_eq!(says(age(), "old"), fault("not a decimal number"));
        assert_eq!(says(range("v", "0.01"..), "0.009"), fault("below 0.01"));
        assert_eq!(says(range("v", ..0.5), "0.5"), fault("not below 0.5"));
        let above = (Bound::Excluded(0), Bound::Unbounded);
        assert_eq!(says(range("v", above), "0.0"), fault("not above 0"));
    }

    #[test]
    fn days_and_times_are_compared_as_such() {
        let date = |year| Date::new(year, 1, 1).unwrap();
        let joined = || range("v", date(1990)..date(2030));
        assert_eq!(says(joined(), "1990-01-01"), None);
        assert_eq!(says(joined(), date(1989)), fault("before 1990-01-01"));
        assert_eq!(says(joined(), "2030-01-01"), fault("not before 2030-01-01"));
        assert_eq!(says(joined(), DateTime::new(date(1990), 0, None)), None);
        assert_eq!(says(joined(), "1.1.1990"), fault("not a date"));
        let noon = || range("v", ..="1990-01-01T12:00:00");
        assert_eq!(says(noon(), "1990-01-01 12:00Z"), None);
        assert_eq!(says(noon(), "1990-01-01 12:01"), fault("after 1990-01-01T12:00:00"));
        assert_eq!(says(noon(), "1990-01-01"), fault("not a date and time"));
    }

    #[test]
    fn limits_must_make_sense() {
        let refusal = "range: the limits are neither numbers, nor dates, nor times";
        assert_eq!(refuses(range("v", "low".."high")), refusal);
        assert_eq!(refuses(range("v", "1".."1990-01-01")), refusal);
    }

    proptest! {
        #[test]
        fn decimals_compare_as_their_numbers(a in -2_000_000i64..2_000_000, b in -2_000_000i64..2_000_000, zeros in 0usize..3) {
            let text = |n: i64| {
                let sign = if n < 0 { "-" } else { "" };
                format!("{sign}{}{}.{:03}{}", "0".repeat(zeros), n.abs() / 1000, n.abs() % 1000, "0".repeat(zeros))
            };
            let (x, y) = (text(a), text(b));
            let order = compare_decimals(Decimal::parse(&x).unwrap(), Decimal::parse(&y).unwrap());
            prop_assert_eq!(order, a.cmp(&b));
        }
    }
}
