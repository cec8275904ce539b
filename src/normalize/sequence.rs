//! Several rules as one.

use std::borrow::Cow;

use super::{Normalizer, apply, apply_in};
use crate::error::{Fault, Result};
use crate::record::Record;
use crate::schema::Schema;

/// Makes one rule of several, applied in order; reports know them by one name.
///
/// ```
/// use handover::normalize::{apply, collapse_space, sequence, trim};
///
/// let tidy = sequence("tidy", [trim(), collapse_space()]);
/// assert_eq!(apply(&[tidy], " a  b ")?, "a b");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn sequence(
    name: impl Into<Cow<'static, str>>,
    rules: impl IntoIterator<Item = Box<dyn Normalizer>>,
) -> Box<dyn Normalizer> {
    Box::new(Sequence { name: name.into(), rules: rules.into_iter().collect() })
}

struct Sequence {
    name: Cow<'static, str>,
    rules: Vec<Box<dyn Normalizer>>,
}

impl Normalizer for Sequence {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        apply(&self.rules, text)
    }

    fn name(&self) -> Cow<'static, str> {
        self.name.clone()
    }

    fn bind(&mut self, schema: &Schema) -> Result<()> {
        self.rules.iter_mut().try_for_each(|rule| rule.bind(schema))
    }

    fn learn(&mut self, text: &str) {
        self.rules.iter_mut().for_each(|rule| rule.learn(text));
    }

    fn learns(&self) -> bool {
        self.rules.iter().any(Normalizer::learns)
    }

    fn learnt(&self) -> Option<String> {
        let learnt: Vec<_> = self.rules.iter().filter_map(Normalizer::learnt).collect();
        Some(learnt.join("; ")).filter(|learnt| !learnt.is_empty())
    }

    fn normalize_in<'a>(&self, text: &'a str, record: &'a Record) -> Result<Cow<'a, str>, Fault> {
        apply_in(&self.rules, text, record)
    }
}
