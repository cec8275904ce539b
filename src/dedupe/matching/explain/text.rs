//! An explanation for people: a waterfall of bits.

use std::borrow::Cow;
use std::fmt;

use super::super::pairs::LEAST;
use super::{Evidence, Explanation, Reached, RuleOutcome};

/// So many characters of a value are shown.
const SHOWN: usize = 30;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = &self.records;
        write!(f, "{a} and {b}: {}, {:+.1} bits", percent(self.probability), self.weight)?;
        write!(f, "\n{:+7.1}  any two records", self.prior)?;
        let width =
            |of: fn(&Evidence) -> &str| self.fields.iter().map(|field| of(field).chars().count()).max();
        let (names, levels) = (width(|field| &field.field), width(agreement));
        let (names, levels) = (names.unwrap_or(0), levels.unwrap_or(0));
        for field in &self.fields {
            let [x, y] = field.values.each_ref().map(|value| shown(value));
            let level = agreement(field);
            write!(f, "\n{:+7.1}  {:names$}  {level:levels$}  {x} / {y}", field.bits, field.field)?;
        }
        if tells(self.related) {
            write!(f, "\n{:+7.1}  strangers may agree as well: {}", self.related, self.relation)?;
        }
        if tells(self.rivals) {
            let why = match self.rivals < 0.0 {
                true => "other records are likely too",
                false => "most records have a counterpart, and no other is likelier",
            };
            write!(f, "\n{:+7.1}  {why}", self.rivals)?;
        }
        write!(f, "\n{:+7.1}  in all\n{}", self.weight, self.reached)?;
        if self.reached.is_compared() && !self.kept {
            write!(f, "\nIt is not kept: pairs below {LEAST} bits are not.")?;
        }
        Ok(())
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reached::All => f.write_str("The pair was compared, as all were."),
            Reached::SameInput => {
                f.write_str("The pair was not compared: only records of different inputs are.")
            }
            Reached::Known => {
                f.write_str("The pair was not compared: both are of the input that is known to be settled.")
            }
            Reached::ByRules(tried) => {
                f.write_str(match self.is_compared() {
                    true => "The pair was compared: it agrees on a rule.",
                    false => "The pair was not compared: it agrees on no rule.",
                })?;
                tried.iter().try_for_each(|tried| write!(f, "\n  {}: {}", tried.rule, tried.outcome))
            }
        }
    }
}

impl fmt::Display for RuleOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleOutcome::Agree => f.write_str("agree"),
            RuleOutcome::TooMany(records) => write!(f, "agree, as do {records} records: too many to compare"),
            RuleOutcome::Differ => f.write_str("differ"),
            RuleOutcome::Missing => f.write_str("missing"),
        }
    }
}

/// Whether so many bits are more than nothing when they are shown.
fn tells(bits: f64) -> bool {
    bits.abs() >= 0.05
}

fn agreement(field: &Evidence) -> &str {
    match &field.level {
        Some(level) => level,
        None if field.values.iter().any(String::is_empty) => "missing",
        None => "cannot be compared",
    }
}

/// The beginning of a value, on one line.
fn shown(value: &str) -> Cow<'_, str> {
    if value.is_empty() {
        return Cow::Borrowed("-");
    }
    let cut = value.char_indices().nth(SHOWN).map(|(end, _)| &value[..end]);
    if cut.is_none() && !value.contains(char::is_control) {
        return Cow::Borrowed(value);
    }
    let plain = cut.unwrap_or(value).chars().map(|c| if c.is_control() { ' ' } else { c });
    Cow::Owned(plain.chain(cut.map(|_| '…')).collect())
}

/// A probability for people. Only what is certain is 0 or 100 %.
pub(super) fn percent(probability: f64) -> String {
    match 100.0 * probability {
        0.0 => "0 %".to_owned(),
        100.0 => "100 %".to_owned(),
        low if low < 0.01 => "less than 0.01 %".to_owned(),
        high if high > 99.99 => "more than 99.99 %".to_owned(),
        percent => format!("{percent:.2} %"),
    }
}
