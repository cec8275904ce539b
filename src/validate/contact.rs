//! Values that are well formed and yet not what the field is for.

use super::rule::{Judge, Rule};
use super::stock::written;
use crate::error::{Fault, Result};
use crate::names::Names;
use crate::normalize::Splitter;
use crate::normalize::email::{Emails, likely_domain};
use crate::normalize::placeholder::Placeholder;
use crate::record::Value;

/// A value must not be what people type into fields that must not stay empty:
/// a [`Subject`](crate::normalize::placeholder::Subject), or a [`Placeholder`] with its options. Says `a placeholder, not a phone number`.
///
/// ```
/// use handover::normalize::placeholder::{Placeholder, Subject};
/// use handover::validate::placeholder;
///
/// let phones = placeholder(["mobile", "phone"], Subject::Phone);
/// let strict = placeholder("email", Placeholder::of(Subject::Email).examples()).warning();
/// ```
pub fn placeholder(columns: impl Into<Names>, placeholder: impl Into<Placeholder>) -> Rule<NoPlaceholder> {
    Rule::new(columns, NoPlaceholder(placeholder.into()))
}

/// See [`placeholder`].
#[derive(Debug, Clone)]
pub struct NoPlaceholder(Placeholder);

impl Judge for NoPlaceholder {
    const NAME: &'static str = "placeholder";

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        match self.0.matches(&written(value)) {
            true => Err(Fault::new(format!("a placeholder, not {}", self.0.subject().noun()))),
            false => Ok(()),
        }
    }
}

/// An e-mail address should not have the domain of a large provider misspelt,
/// as [`likely_domain`] tells. A warning, since there might be such a domain. Says `the
/// domain looks like gmail.com misspelt`. What is not an address is passed over.
///
/// ```
/// use handover::validate::email_typo;
///
/// let rule = email_typo(["email", "email_2"]);
/// ```
pub fn email_typo(columns: impl Into<Names>) -> Rule<EmailTypo> {
    Rule::new(columns, EmailTypo).warning()
}

/// See [`email_typo`].
#[derive(Debug, Clone)]
pub struct EmailTypo;

impl Judge for EmailTypo {
    const NAME: &'static str = "email typo";

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        let mut addresses = Vec::new();
        // What is wrong with an address otherwise is for others to say.
        let _ = Emails::default().split(&written(value), &mut addresses);
        let domains = addresses.iter().filter_map(|address| address.rsplit_once('@'));
        match domains.into_iter().find_map(|(_, domain)| likely_domain(domain)) {
            Some(meant) => Err(Fault::new(format!("the domain looks like {meant} misspelt"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::placeholder::Subject;
    use crate::validate::rule::tests::says;

    #[test]
    fn a_placeholder_is_told_with_what_should_be_there() {
        let said = |message: &str| Some(format!("placeholder: a placeholder, not {message}"));
        assert_eq!(says(placeholder("v", Subject::Phone), "13800138000"), said("a phone number"));
        assert_eq!(says(placeholder("v", Subject::Any), "待补充"), said("a value"));
        assert_eq!(says(placeholder("v", Subject::Phone), 1_111_111), said("a phone number"));
        assert_eq!(says(placeholder("v", Subject::Email), "zhang@example.com"), None);
        let examples = placeholder("v", Placeholder::of(Subject::Email).examples());
        assert_eq!(says(examples, "zhang@example.com"), said("an e-mail address"));
    }

    #[test]
    fn a_misspelt_provider_is_told_with_the_right_one() {
        let said = Some("email typo: the domain looks like gmail.com misspelt".to_owned());
        assert_eq!(says(email_typo("v"), "王伟 <wang@gmial.com>"), said);
        assert_eq!(says(email_typo("v"), "wang@qq.com; wang@gmal.com"), said);
        assert_eq!(says(email_typo("v"), "wang@gmail.com"), None);
        assert_eq!(says(email_typo("v"), "gmial.com"), None);
    }
}
