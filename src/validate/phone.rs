//! What a phone number is used for.

use super::rule::{Judge, Rule};
use super::stock::written;
use crate::error::{Fault, Result};
use crate::names::Names;
use crate::normalize::phone::{Phone, PhoneKind};
use crate::record::Value;

/// All phone numbers in a value must be of one of these kinds, by the
/// numbering plan of their country. A range that the plan gives to fixed and
/// mobile lines alike, as all in North America, passes where either is
/// allowed. Says `fixed line, where only mobile is allowed`, or why the value is no
/// phone number.
///
/// Numbers are read with their country code, as the rule of
/// [`normalize::phone`](crate::normalize::phone()) writes them, unless
/// [`read_by`](Rule::read_by) says otherwise.
///
/// ```
/// use handover::normalize::Phone;
/// use handover::normalize::phone::PhoneKind;
/// use handover::validate::phone_kind;
///
/// let written = phone_kind("mobile", [PhoneKind::Mobile]).warning();
/// let raw = phone_kind(["tel", "fax"], [PhoneKind::FixedLine]).read_by(Phone::region("CN"));
/// ```
pub fn phone_kind(
    columns: impl Into<Names>,
    kinds: impl IntoIterator<Item = PhoneKind>,
) -> Rule<IsPhoneKind> {
    Rule::new(columns, IsPhoneKind { allowed: kinds.into_iter().collect(), phone: Phone::international() })
}

/// See [`phone_kind`].
pub struct IsPhoneKind {
    allowed: Vec<PhoneKind>,
    phone: Phone,
}

impl Rule<IsPhoneKind> {
    /// Reads numbers by a rule of one's own, for values that are not normalized.
    #[must_use]
    pub fn read_by(mut self, phone: Phone) -> Self {
        self.judge.phone = phone;
        self
    }
}

impl IsPhoneKind {
    fn allows(&self, kind: PhoneKind) -> bool {
        let either = [PhoneKind::Mobile, PhoneKind::FixedLine];
        self.allowed.contains(&kind)
            || (kind == PhoneKind::FixedOrMobile && either.iter().any(|kind| self.allowed.contains(kind)))
    }
}

impl Judge for IsPhoneKind {
    const NAME: &'static str = "phone kind";

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        let phones = self.phone.read(&written(value))?;
        match phones.iter().find(|phone| !self.allows(phone.kind)) {
            Some(phone) => {
                let allowed: Vec<_> = self.allowed.iter().map(PhoneKind::to_string).collect();
                Err(Fault::new(format!("{}, where only {} is allowed", phone.kind, allowed.join(" or "))))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::rule::tests::says;

    fn mobile() -> Rule<IsPhoneKind> {
        phone_kind("v", [PhoneKind::Mobile, PhoneKind::Voip])
    }

    #[test]
    fn the_plan_decides() {
        assert_eq!(says(mobile(), "+8613800138000"), None);
        assert_eq!(says(mobile(), "+12015550123"), None);
        assert_eq!(
            says(mobile(), "+861012346156").as_deref(),
            Some("phone kind: fixed line, where only mobile or voice over IP is allowed")
        );
        assert!(says(mobile(), "+8613800138000; +861012346156").is_some());
        assert_eq!(says(mobile(), Value::Null), None);
    }

    #[test]
    fn numbers_in_national_notation_need_a_region() {
        assert_eq!(
            says(mobile(), "13800138000").as_deref(),
            Some("phone kind: no country code and no region")
        );
        assert_eq!(says(mobile().read_by(Phone::region("CN")), "13800138000"), None);
    }
}
