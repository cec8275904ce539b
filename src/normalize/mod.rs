//! One value in, the same value written the standard way out.
//!
//! Rules are small, each changes exactly what its documentation says, and a
//! chain of them reads as a list:
//!
//! ```
//! use handover::normalize::{apply, collapse_space, email, empty_to_null, fold_width, nfc, trim};
//!
//! let name = [trim(), collapse_space(), nfc(), fold_width(), empty_to_null()];
//! assert_eq!(apply(&name, "　Ｍüller   Ｇｍｂｈ ")?, "Müller Gmbh");
//! assert_eq!(apply(&name, " N/A ")?, "");
//!
//! assert_eq!(apply(&[email()], "<zhang＠Example．COM>")?, "zhang@example.com");
//! let fault = apply(&[email()], "zhang.example.com").unwrap_err();
//! assert_eq!((fault.rule_name(), fault.to_string().as_str()), ("email", "no @ sign"));
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! A rule of one's own is a closure in [`rule`], or a type with [`Normalizer`].

pub mod boolean;
mod catalogue;
mod chain;
pub mod chinese;
pub mod company;
pub mod country;
pub mod date;
pub mod email;
mod empty;
pub mod gender;
mod host;
pub mod html;
pub mod id_cn;
mod learn;
pub(crate) mod letters;
pub mod mojibake;
pub mod number;
pub mod person;
#[cfg(any(feature = "phone", feature = "phonenumber"))]
pub mod phone;
pub mod placeholder;
pub mod postcode;
mod quotes;
pub mod region_cn;
mod sequence;
mod splitter;
mod text;
mod unicode;
pub mod url;
mod wrapping;

use std::borrow::Cow;

use crate::error::{Fault, Result};
use crate::record::Record;
use crate::schema::Schema;

pub use catalogue::{Entry, catalogue, named, named_in};
pub use chain::{Chain, OnFault};
pub use email::{Email, email, email_key};
pub use empty::{empty_to_null, empty_words};
pub use learn::learn;
pub use person::{PersonNames, person_key, person_name};
#[cfg(any(feature = "phone", feature = "phonenumber"))]
pub use phone::{Phone, phone, phone_key};
pub use placeholder::placeholder_to_null;
pub use quotes::{straight_dashes, straight_quotes};
pub use sequence::sequence;
pub use splitter::{Several, Splitter};
pub use text::{collapse_space, lowercase, strip_control, trim, truncate_bytes, truncate_chars, uppercase};
pub use unicode::{fold_width, nfc, nfkc};
pub use url::{domain, url, url_key};

/// Rewrites one text value, or says why it cannot.
///
/// A normalizer borrows where it changes nothing or only cuts: the engine
/// tells a change by comparing, and counts it by column and rule. An empty
/// result means "no value" and arrives as null. Null values are never passed in.
pub trait Normalizer: Send + Sync {
    /// The value, written the standard way.
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault>;

    /// The rule's name in reports: `trim`, `email`, `phone`. The type's own
    /// name, where nothing better is said.
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(crate::schema::short_type_name::<Self>())
    }

    /// Resolves the other columns that the rule reads, once, before the first record.
    fn bind(&mut self, _schema: &Schema) -> Result<()> {
        Ok(())
    }

    /// Shows the rule a value of its column before the run, for rules that the
    /// column decides as a whole: the order of day and month, the decimal
    /// separator. [`learn`] shows it all of them, where the rule [learns](Self::learns).
    fn learn(&mut self, _text: &str) {}

    /// Whether the rule learns from its column; if not, nobody reads the column for it.
    fn learns(&self) -> bool {
        false
    }

    /// What the rule concluded of what it was shown, in a line for people:
    /// `day before month: 31 values say so, 12 could be either`.
    fn learnt(&self) -> Option<String> {
        None
    }

    /// Like [`normalize`](Self::normalize), for rules that also look at other
    /// columns of the record (the country that a phone number belongs to).
    fn normalize_in<'a>(&self, text: &'a str, _record: &'a Record) -> Result<Cow<'a, str>, Fault> {
        self.normalize(text)
    }
}

impl<N: Normalizer + ?Sized> Normalizer for Box<N> {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        (**self).normalize(text)
    }

    fn name(&self) -> Cow<'static, str> {
        (**self).name()
    }

    fn bind(&mut self, schema: &Schema) -> Result<()> {
        (**self).bind(schema)
    }

    fn learn(&mut self, text: &str) {
        (**self).learn(text);
    }

    fn learns(&self) -> bool {
        (**self).learns()
    }

    fn learnt(&self) -> Option<String> {
        (**self).learnt()
    }

    fn normalize_in<'a>(&self, text: &'a str, record: &'a Record) -> Result<Cow<'a, str>, Fault> {
        (**self).normalize_in(text, record)
    }
}

/// Makes a normalizer of a function or closure, under the name that reports show.
///
/// ```
/// use std::borrow::Cow;
/// use handover::normalize::{apply, rule, trim};
///
/// let digits = rule("digits", |text| Ok(Cow::Owned(text.replace('-', ""))));
/// assert_eq!(apply(&[trim(), digits], " 12-34 ")?, "1234");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn rule<F>(name: impl Into<Cow<'static, str>>, rewrite: F) -> Box<dyn Normalizer>
where
    F: for<'a> Fn(&'a str) -> Result<Cow<'a, str>, Fault> + Send + Sync + 'static,
{
    Box::new(Rule { name: name.into(), rewrite })
}

/// A macro, because no closure's type says that it borrows from whichever text it is given.
macro_rules! in_turn {
    ($rules:expr, $text:expr, |$rule:ident, $given:ident| $write:expr) => {{
        let mut value = Cow::Borrowed($text);
        for $rule in $rules {
            if value.is_empty() {
                break;
            }
            value = match value {
                Cow::Borrowed($given) => $write,
                Cow::Owned(text) => {
                    let $given = &*text;
                    $write.map(|new| Cow::Owned(new.into_owned()))
                }
            }
            .map_err(|fault| fault.rule($rule.name()))?;
        }
        Ok(value)
    }};
}

/// Applies rules to one value, in order, as the engine does to a column: a
/// value that has become empty is no value, and goes no further. A fault names its rule.
pub fn apply<'a>(rules: &[impl Normalizer], text: &'a str) -> Result<Cow<'a, str>, Fault> {
    in_turn!(rules, text, |rule, text| rule.normalize(text))
}

/// Like [`apply`], for rules that also look at other columns of the record.
pub fn apply_in<'a>(
    rules: &[impl Normalizer],
    text: &'a str,
    record: &'a Record,
) -> Result<Cow<'a, str>, Fault> {
    in_turn!(rules, text, |rule, text| rule.normalize_in(text, record))
}

struct Rule<F> {
    name: Cow<'static, str>,
    rewrite: F,
}

impl<F> Normalizer for Rule<F>
where
    F: for<'a> Fn(&'a str) -> Result<Cow<'a, str>, Fault> + Send + Sync,
{
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        (self.rewrite)(text)
    }

    fn name(&self) -> Cow<'static, str> {
        self.name.clone()
    }
}

/// Rewrites the characters from the first that `wanted` finds: what is before
/// is copied, what is not there is not touched.
fn rewrite_from<'a>(
    text: &'a str,
    wanted: impl FnMut(&(usize, char)) -> bool,
    rewrite: impl FnOnce(&mut String, &str),
) -> Cow<'a, str> {
    let Some((at, _)) = text.char_indices().find(wanted) else { return Cow::Borrowed(text) };
    let (kept, rest) = text.split_at(at);
    let mut out = String::with_capacity(text.len());
    out.push_str(kept);
    rewrite(&mut out, rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_stops_at_no_value_and_a_fault_names_its_rule() {
        let unreachable = rule("never", |_| Err(Fault::new("was asked")));
        assert_eq!(apply(&[trim(), unreachable], "  ").unwrap(), "");

        let picky = rule("picky", |_| Err(Fault::new("not this one")));
        assert_eq!(apply(&[trim(), picky], " a ").unwrap_err().rule_name(), "picky");
    }

    #[test]
    fn what_does_not_change_is_borrowed() {
        let chain = [trim(), collapse_space(), strip_control(), nfc(), nfkc(), fold_width(), lowercase()];
        for text in ["plain text", "张三丰", "カタカナ", "café", ""] {
            assert!(matches!(apply(&chain, text), Ok(Cow::Borrowed(same)) if same == text), "{text}");
        }
        assert!(matches!(apply(&[trim(), truncate_chars(2)], " 张三丰 "), Ok(Cow::Borrowed("张三"))));
    }

    #[test]
    fn names_are_those_of_the_functions() {
        let rules = [
            trim(),
            collapse_space(),
            strip_control(),
            nfc(),
            nfkc(),
            fold_width(),
            lowercase(),
            uppercase(),
            empty_to_null(),
            empty_words(["x"]),
            truncate_chars(1),
            truncate_bytes(1),
            email(),
        ];
        let names: Vec<_> = rules.iter().map(|rule| rule.name().into_owned()).collect();
        assert_eq!(
            names.join(" "),
            "trim collapse_space strip_control nfc nfkc fold_width lowercase uppercase \
             empty_to_null empty_words truncate_chars truncate_bytes email"
        );
    }
}
