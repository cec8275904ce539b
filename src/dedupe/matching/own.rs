//! What users bring: comparators and blocking rules of their own.

use std::fmt;
use std::sync::Arc;

use super::Role;
use super::compare::Level;
use super::field::{COLUMNS, Field, read};
use super::words::hash;
use crate::dedupe::Records;
use crate::error::{Error, Result};
use crate::schema::Schema;

/// Compares values of a kind that no [`Role`] knows. What its levels are
/// worth is learnt from the records, as it is for those of a role.
///
/// It must depend on nothing but the texts, and `compare(a, b)` must be `compare(b, a)`.
///
/// ```
/// use handover::dedupe::matching::{Comparator, Level, Matcher};
///
/// /// Shelf marks, of which the last letter is often forgotten.
/// struct ShelfMark;
///
/// impl Comparator for ShelfMark {
///     fn levels(&self) -> &'static [Level] {
///         &[
///             Level { name: "different", same: 0.05, chance: 0.99 },
///             Level { name: "but for the last letter", same: 0.15, chance: 0.005 },
///             Level { name: "same", same: 0.8, chance: 0.005 },
///         ]
///     }
///
///     fn compare(&self, a: &str, b: &str) -> Option<usize> {
///         Some(if a == b { 2 } else { usize::from(self.key(a) == self.key(b)) })
///     }
///
///     fn key(&self, text: &str) -> Option<String> {
///         Some(text.trim_end_matches(char::is_alphabetic).to_owned())
///     }
/// }
///
/// let matcher = Matcher::new().compare(["shelf"], ShelfMark);
/// ```
pub trait Comparator: Send + Sync {
    /// The levels of agreement, from the lowest, with what is usual: one to 255,
    /// whose shares are above 0 and at most 1.
    fn levels(&self) -> &'static [Level];

    /// At which level two values agree, by its place in [`levels`](Self::levels);
    /// beyond the last is the last. Nothing where this cannot be told. Neither
    /// text is blank; those of several columns have blanks between them.
    ///
    /// Where two equal texts are at the last level, it counts how rare the text is.
    fn compare(&self, a: &str, b: &str) -> Option<usize>;

    /// By what records may be found that agree: texts that have the same key are
    /// compared, where that is worth while. Nothing where the text says too little.
    /// Unless said otherwise, the text itself.
    fn key(&self, text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}

/// Some columns and how they are compared.
#[derive(Clone)]
pub(crate) struct OwnField {
    pub columns: Vec<String>,
    pub comparator: Arc<dyn Comparator>,
}

/// How a blocking rule makes a key of the values of its columns.
type RuleKey = dyn Fn(&[&str]) -> Option<String> + Send + Sync;

/// A blocking rule.
#[derive(Clone)]
pub(crate) struct OwnRule {
    pub name: String,
    pub columns: Vec<String>,
    pub key: Arc<RuleKey>,
}

/// The keys of a blocking rule, record by record.
pub(crate) struct RuleKeys {
    pub name: String,
    /// 0 where there is none.
    keys: Vec<u64>,
}

impl OwnField {
    pub fn field(&self, schema: &Schema) -> Result<Field> {
        let columns = positions(&self.columns, schema)?;
        let comparator = Some(self.clone());
        Ok(Field { name: self.columns.join(" + "), role: Role::Ignore, columns, comparator })
    }
}

impl OwnRule {
    pub fn keys(&self, records: &Records) -> Result<RuleKeys> {
        let columns = positions(&self.columns, records.schema())?;
        let mut keys = Vec::with_capacity(records.len());
        read(records, &columns, |values| {
            keys.push((self.key)(values).map_or(0, |key| hash(&key).max(1)));
        })?;
        Ok(RuleKeys { name: self.name.clone(), keys })
    }
}

impl RuleKeys {
    pub fn key(&self, record: u32) -> Option<u64> {
        Some(self.keys[record as usize]).filter(|key| *key != 0)
    }
}

/// Where columns stand.
pub(crate) fn positions(columns: &[String], schema: &Schema) -> Result<Vec<usize>> {
    if columns.is_empty() || columns.len() > COLUMNS {
        let count = columns.len();
        return Err(Error::bind(format!(
            "{count} columns are to be compared as one, and 1 to {COLUMNS} can be"
        )));
    }
    columns.iter().map(|column| schema.index(column)).collect()
}

impl fmt::Debug for OwnField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnField").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl fmt::Debug for OwnRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("OwnRule");
        shown.field("name", &self.name).field("columns", &self.columns).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
