//! Sums of columns of numbers, exact as far as the numbers are written out.

use std::fmt;

use crate::migration::row::canonical;
use crate::record::Value;
use crate::schema::Kind;

/// How many digits behind the point are added exactly.
const DIGITS: usize = 12;

/// A sum: in units of the last digit that is kept, and apart from it what does not fit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sum {
    units: i128,
    rest: f64,
}

impl Sum {
    /// A number by itself.
    pub fn of(value: Value<'_>, kind: Kind) -> Self {
        let mut sum = Sum::default();
        sum.add(value, kind);
        sum
    }

    /// Adds what is a number.
    pub fn add(&mut self, value: Value<'_>, kind: Kind) {
        let text = canonical(value, kind);
        let sum = units(&text).and_then(|units| self.units.checked_add(units));
        match sum {
            Some(sum) => self.units = sum,
            None => self.rest += text.parse().unwrap_or(0.0),
        }
    }

    /// How far it is from another.
    pub fn distance(&self, other: &Sum) -> f64 {
        let exact = self.units.saturating_sub(other.units) as f64 / 10_f64.powi(DIGITS as i32);
        (exact + (self.rest - other.rest)).abs()
    }
}

fn units(text: &str) -> Option<i128> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > DIGITS {
        return None;
    }
    let parse = |part: &str| if part.is_empty() { Some(0) } else { part.parse::<i128>().ok() };
    let fraction = parse(fraction)? * 10_i128.pow((DIGITS - fraction.len()) as u32);
    let units = parse(whole)?.checked_mul(10_i128.pow(DIGITS as u32))?.checked_add(fraction)?;
    Some(if negative { -units } else { units })
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rest != 0.0 {
            return write!(f, "{}", self.units as f64 / 10_f64.powi(DIGITS as i32) + self.rest);
        }
        let one = 10_u128.pow(DIGITS as u32);
        let (whole, fraction) = (self.units.unsigned_abs() / one, self.units.unsigned_abs() % one);
        let sign = if self.units < 0 { "-" } else { "" };
        let shown = format!("{sign}{whole}.{fraction:0width$}", width = DIGITS);
        f.write_str(shown.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_adds_up_to_the_cent() {
        let mut sum = Sum::default();
        for text in ["0.1", "0.2", "-10.05", "9999999999999.99"] {
            sum.add(Value::Text(text), Kind::Decimal);
        }
        assert_eq!(sum.to_string(), "9999999999990.24");
        sum.add(Value::Float(0.1), Kind::Float);
        assert_eq!(sum.to_string(), "9999999999990.34");
        sum.add(Value::Text("1e30"), Kind::Text);
        assert_eq!(sum.to_string(), "1000000000000000000000000000000");
    }
}
