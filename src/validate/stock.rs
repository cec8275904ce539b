//! The stock rules about presence, length, pattern, choice and kind.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::{Bound, RangeBounds};

use super::rule::{Judge, Rule};
use crate::error::{Error, Fault, Result};
use crate::names::Names;
use crate::record::Value;
use crate::schema::Kind;

/// A value must be there: neither null nor white space only. Says `missing`.
///
/// ```
/// use handover::validate::required;
///
/// let one = required("name");
/// let several = required(["name", "email"]);
/// ```
pub fn required(columns: impl Into<Names>) -> Rule<Required> {
    Rule::new(columns, Required)
}

/// A value, as written, must be so long. Follow with [`chars`](Rule::chars),
/// [`bytes`](Rule::bytes), or both. Says `too long: 93 characters where 80 are allowed`.
///
/// ```
/// use handover::validate::length;
///
/// let rule = length("name").chars(1..=80).bytes(..=255);
/// ```
pub fn length(columns: impl Into<Names>) -> Rule<Length> {
    Rule::new(columns, Length::default())
}

/// A value, as written, must match a regular expression, in the syntax of the
/// crate `regex`: anywhere, unless it says `^` and `$`. An expression that
/// cannot be read fails the bind. Says `does not match the pattern`.
///
/// ```
/// use handover::validate::pattern;
///
/// let rule = pattern("code", r"^\d{6}$");
/// ```
pub fn pattern(columns: impl Into<Names>, pattern: impl Into<String>) -> Rule<Pattern> {
    Rule::new(columns, Pattern { text: pattern.into(), regex: None })
}

/// A value, as written, must be one of these, to the letter. Says `not one of
/// the 2 allowed values`.
///
/// ```
/// use handover::validate::one_of;
///
/// let rule = one_of("stage", ["lead", "won"]);
/// ```
pub fn one_of<V: Into<String>>(
    columns: impl Into<Names>,
    values: impl IntoIterator<Item = V>,
) -> Rule<OneOf> {
    Rule::new(columns, OneOf(values.into_iter().map(Into::into).collect()))
}

/// A value, as written, must read as a value of this kind, by
/// [`Value::parse`]. Says `not a whole number`, `not a date`.
///
/// ```
/// use handover::{Kind, validate::kind};
///
/// let rule = kind("amount", Kind::Decimal);
/// ```
pub fn kind(columns: impl Into<Names>, kind: Kind) -> Rule<IsKind> {
    Rule::new(columns, IsKind(kind))
}

/// See [`required`].
#[derive(Debug, Clone)]
pub struct Required;

impl Judge for Required {
    const NAME: &'static str = "required";
    const JUDGES_NULL: bool = true;

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        if value.is_blank() { Err(Fault::new("missing")) } else { Ok(()) }
    }
}

/// See [`length`].
#[derive(Debug, Clone, Default)]
pub struct Length {
    chars: Option<Limits>,
    bytes: Option<Limits>,
}

/// The least and the most that are allowed.
#[derive(Debug, Clone, Copy)]
struct Limits {
    least: usize,
    most: usize,
}

impl Rule<Length> {
    /// So many characters (Unicode scalar values).
    #[must_use]
    pub fn chars(mut self, allowed: impl RangeBounds<usize>) -> Self {
        self.judge.chars = Some(Limits::of(allowed));
        self
    }

    /// So many bytes of UTF-8.
    #[must_use]
    pub fn bytes(mut self, allowed: impl RangeBounds<usize>) -> Self {
        self.judge.bytes = Some(Limits::of(allowed));
        self
    }
}

impl Judge for Length {
    const NAME: &'static str = "length";

    fn bind(&mut self) -> Result<()> {
        match [self.chars, self.bytes].into_iter().flatten().find(|limits| limits.least > limits.most) {
            Some(_) => Err(Error::bind("no length fits, the range is empty")),
            None => Ok(()),
        }
    }

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        let text = written(value);
        if let Some(limits) = self.chars {
            limits.judge(text.chars().count(), "character")?;
        }
        match self.bytes {
            Some(limits) => limits.judge(text.len(), "byte"),
            None => Ok(()),
        }
    }
}

impl Limits {
    fn of(allowed: impl RangeBounds<usize>) -> Self {
        let least = match allowed.start_bound() {
            Bound::Included(&least) => least,
            Bound::Excluded(&below) => below.saturating_add(1),
            Bound::Unbounded => 0,
        };
        match allowed.end_bound() {
            Bound::Included(&most) => Limits { least, most },
            Bound::Excluded(0) => Limits { least: 1, most: 0 },
            Bound::Excluded(&above) => Limits { least, most: above - 1 },
            Bound::Unbounded => Limits { least, most: usize::MAX },
        }
    }

    fn judge(self, length: usize, unit: &str) -> Result<(), Fault> {
        let plural = if length == 1 { "" } else { "s" };
        let (verdict, limit, verb) = match length {
            _ if length > self.most => ("too long", self.most, "allowed"),
            _ if length < self.least => ("too short", self.least, "needed"),
            _ => return Ok(()),
        };
        let are = if limit == 1 { "is" } else { "are" };
        Err(Fault::new(format!("{verdict}: {length} {unit}{plural} where {limit} {are} {verb}")))
    }
}

/// See [`pattern`].
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Option<regex::Regex>,
}

impl Judge for Pattern {
    const NAME: &'static str = "pattern";

    fn bind(&mut self) -> Result<()> {
        let regex = regex::Regex::new(&self.text)
            .map_err(|error| Error::bind(format!("not a regular expression: {}", last_line(&error))))?;
        self.regex = Some(regex);
        Ok(())
    }

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        match &self.regex {
            Some(regex) if !regex.is_match(&written(value)) => Err(Fault::new("does not match the pattern")),
            _ => Ok(()),
        }
    }
}

/// What is wrong with a pattern, without the picture of it that comes before.
fn last_line(error: &regex::Error) -> String {
    let said = error.to_string();
    let last = said.lines().next_back().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

/// See [`one_of`].
#[derive(Debug, Clone)]
pub struct OneOf(HashSet<String>);

impl Judge for OneOf {
    const NAME: &'static str = "one of";

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        if self.0.contains(&*written(value)) {
            return Ok(());
        }
        Err(Fault::new(format!("not one of the {} allowed values", self.0.len())))
    }
}

/// See [`kind`].
#[derive(Debug, Clone)]
pub struct IsKind(Kind);

impl Judge for IsKind {
    const NAME: &'static str = "kind";

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        if value.kind() == Some(self.0) {
            return Ok(());
        }
        Value::parse(&written(value), self.0).map(|_| ())
    }
}

/// A value as a text format would write it.
pub(super) fn written(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        Value::Decimal(number) => Cow::Borrowed(number.as_str()),
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::rule::tests::{refuses, says};

    fn fault(message: &str) -> Option<String> {
        Some(message.to_owned())
    }

    #[test]
    fn required_objects_to_null_and_blank() {
        assert_eq!(says(required("v"), Value::Null), fault("required: missing"));
        assert_eq!(says(required("v"), " \u{3000}"), fault("required: missing"));
        assert_eq!(says(required("v"), "x"), None);
        assert_eq!(says(required("v"), 0), None);
    }

    #[test]
    fn the_others_pass_null_over() {
        assert_eq!(says(length("v").chars(1..), Value::Null), None);
        assert_eq!(says(pattern("v", "x"), Value::Null), None);
        assert_eq!(says(one_of("v", ["x"]), Value::Null), None);
        assert_eq!(says(kind("v", Kind::Int), Value::Null), None);
    }

    #[test]
    fn lengths_are_counted_in_characters_or_bytes() {
        let name = || length("v").chars(2..=3).bytes(..8);
        assert_eq!(says(name(), "王伟"), None);
        assert_eq!(says(name(), "王"), fault("length: too short: 1 character where 2 are needed"));
        assert_eq!(says(name(), "abcd"), fault("length: too long: 4 characters where 3 are allowed"));
        assert_eq!(says(name(), "王小伟"), fault("length: too long: 9 bytes where 7 are allowed"));
        assert_eq!(says(name(), 12345), fault("length: too long: 5 characters where 3 are allowed"));
        assert_eq!(
            says(length("v").chars(..=1), "ab"),
            fault("length: too long: 2 characters where 1 is allowed")
        );
        assert_eq!(refuses(length("v").bytes(..0)), "length: no length fits, the range is empty");
    }

    #[test]
    fn a_pattern_is_compiled_before_the_first_record() {
        assert_eq!(says(pattern("v", r"^\d{6}$"), "100020"), None);
        assert_eq!(says(pattern("v", r"^\d{6}$"), 10002), fault("pattern: does not match the pattern"));
        assert_eq!(refuses(pattern("v", "(x")), "pattern: not a regular expression: unclosed group");
    }

    #[test]
    fn one_of_is_exact() {
        let stage = || one_of("v", ["lead", "won", "1"]);
        assert_eq!(says(stage(), "won"), None);
        assert_eq!(says(stage(), 1), None);
        assert_eq!(says(stage(), "Won"), fault("one of: not one of the 3 allowed values"));
    }

    #[test]
    fn a_kind_is_read_strictly() {
        assert_eq!(says(kind("v", Kind::Int), "42"), None);
        assert_eq!(says(kind("v", Kind::Int), "4.2"), fault("kind: not a whole number"));
        assert_eq!(says(kind("v", Kind::Decimal), 42), None);
        assert_eq!(says(kind("v", Kind::Decimal), "1e3"), fault("kind: not a decimal number"));
        assert_eq!(says(kind("v", Kind::Date), "2024-02-30"), fault("kind: not a date"));
        assert_eq!(says(kind("v", Kind::Bool), true), None);
        assert_eq!(says(kind("v", Kind::Text), 42), None);
    }
}
