//! A decimal number while it is read: every digit, and where the point stands.

/// Digits times a power of ten, below zero or not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exact {
    /// ASCII digits, at least one.
    pub digits: String,
    /// How many of them stand behind the point; fewer than none, if zeros follow.
    pub decimals: i32,
    pub negative: bool,
}

/// How far a point is moved at most: what goes beyond is no amount of anything.
pub const MOST_PLACES: i32 = 60;

impl Exact {
    /// Multiplied by a power of ten.
    pub fn shifted(mut self, power: i32) -> Self {
        self.decimals -= power;
        self
    }

    /// Whether the point could be taken for one that separates thousands: one
    /// to three digits before it, and three behind.
    fn looks_grouped(&self) -> bool {
        self.decimals == 3 && matches!(self.digits.trim_start_matches('0').len(), 4..=6)
    }

    /// Plainly: `-1234.50`. `clear` adds a fourth decimal where three could be
    /// taken for thousands.
    pub fn write(&self, clear: bool) -> String {
        let mut digits = self.digits.trim_start_matches('0').to_owned();
        let zero = digits.is_empty();
        let mut decimals = usize::try_from(self.decimals).unwrap_or(0);
        if zero {
            digits.push('0');
        } else if let Ok(zeros) = usize::try_from(-i64::from(self.decimals)) {
            digits.extend(std::iter::repeat_n('0', zeros));
        }
        if clear && self.looks_grouped() {
            digits.push('0');
            decimals += 1;
        }
        let missing = (decimals + 1).saturating_sub(digits.len());
        digits.insert_str(0, &"0".repeat(missing));
        if decimals > 0 {
            digits.insert(digits.len() - decimals, '.');
        }
        if self.negative && !zero {
            digits.insert(0, '-');
        }
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(digits: &str, decimals: i32) -> String {
        Exact { digits: digits.to_owned(), decimals, negative: false }.write(true)
    }

    #[test]
    fn the_point_is_where_it_belongs() {
        assert_eq!(written("0123450", 2), "1234.50");
        assert_eq!(written("5", 3), "0.005");
        assert_eq!(written("35", -3), "35000");
        assert_eq!(written("000", 2), "0.00");
        assert_eq!(written("1234", 3), "1.2340");
        assert_eq!(Exact { digits: "0".into(), decimals: 0, negative: true }.write(false), "0");
    }
}
