//! Rules for Chinese resident ids and credit codes.

use super::rule::{Judge, Rule};
use super::stock::written;
use crate::error::Fault;
use crate::names::Names;
use crate::normalize::id_cn::{CreditCode, ResidentId};
use crate::record::Value;

/// A value must be a Chinese resident id of 18 characters with the right check
/// digit, as [`ResidentId::parse`] reads it. What it says holds no digit of it.
///
/// ```
/// use handover::validate::resident_id;
///
/// let rule = resident_id("id_number").warning();
/// ```
pub fn resident_id(columns: impl Into<Names>) -> Rule<IsResidentId> {
    Rule::new(columns, IsResidentId)
}

/// A value must be a unified social credit code of China with the right check
/// digits, as [`CreditCode::parse`] reads it. What it says holds no digit of it.
///
/// ```
/// use handover::validate::credit_code;
///
/// let rule = credit_code("credit_code");
/// ```
pub fn credit_code(columns: impl Into<Names>) -> Rule<IsCreditCode> {
    Rule::new(columns, IsCreditCode)
}

/// See [`resident_id`].
#[derive(Debug, Clone)]
pub struct IsResidentId;

impl Judge for IsResidentId {
    const NAME: &'static str = "resident id";

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        ResidentId::parse(&written(value)).map(|_| ())
    }
}

/// See [`credit_code`].
#[derive(Debug, Clone)]
pub struct IsCreditCode;

impl Judge for IsCreditCode {
    const NAME: &'static str = "credit code";

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        CreditCode::parse(&written(value)).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::rule::tests::says;

    #[test]
    fn a_wrong_one_is_told_without_its_digits() {
        assert_eq!(says(resident_id("v"), "11000019900307001X"), None);
        assert_eq!(says(resident_id("v"), Value::Null), None);
        assert_eq!(
            says(resident_id("v"), 110_000_199_003_070_011_i64).as_deref(),
            Some("resident id: wrong check digit")
        );
        assert_eq!(says(credit_code("v"), "91110000MA0000031P"), None);
        assert_eq!(says(credit_code("v"), "9111").as_deref(), Some("credit code: too short"));
    }
}
