//! A mapper that says column by column what the target is made of.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bind::bind;
use super::condition::Condition;
use super::rule::{Rule, from};
use super::run::{Bound, not_bound};
use super::{FieldMapper, Mapped};
use crate::error::{Fault, Result};
use crate::names::Names;
use crate::record::Record;
use crate::schema::Schema;

/// The target's columns in order, what each is made of, which records are
/// left out, and which source columns are not wanted.
///
/// Every source column must be used by a rule, kept, or declared ignored; else
/// [`bind`](FieldMapper::bind) fails, and its error names everything that does not fit.
///
/// ```
/// use handover::map::{FieldMapper, Mapping, from};
/// use handover::Schema;
///
/// let mut mapping = Mapping::new().rename("客户名称", "name").field("phone", from(["手机", "Mobile"]));
/// let target = mapping.bind(&Schema::text(["客户名称", "手机"])?)?;
/// assert_eq!(target, Schema::text(["name", "phone"])?);
/// # Ok::<(), handover::Error>(())
/// ```
///
/// The same as a file, for [`Mapping::load`]; `docs/mapping.md` has all its keys:
///
/// ```toml
/// [[column]]
/// name = "name"
/// from = "客户名称"
///
/// [[column]]
/// name = "phone"
/// from = ["手机", "Mobile"]
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    #[serde(rename = "column", skip_serializing_if = "Vec::is_empty")]
    pub(super) columns: Vec<Column>,
    #[serde(rename = "filter_out", skip_serializing_if = "Vec::is_empty")]
    pub(super) filters: Vec<Filter>,
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub(super) ignore: Names,
    pub(super) rest: Rest,
    /// The file it was read from.
    #[serde(skip)]
    pub(super) file: Option<String>,
    #[serde(skip)]
    bound: Option<Bound>,
}

/// A target column.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub name: Arc<str>,
    pub rule: Rule,
}

/// A reason to leave a record out.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pub reason: Cow<'static, str>,
    pub condition: Condition,
}

/// What becomes of source columns that nothing names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Rest {
    #[default]
    Refuse,
    Keep,
    Ignore,
}

impl Mapping {
    /// No column yet.
    pub fn new() -> Self {
        Mapping::default()
    }

    /// Adds columns that are copied under the names that they have.
    #[must_use]
    pub fn copy(self, columns: impl Into<Names>) -> Self {
        let columns: Names = columns.into();
        columns.iter().fold(self, |mapping, name| mapping.rename(name, name))
    }

    /// Adds a column that is copied from one of another name.
    #[must_use]
    pub fn rename(self, column: &str, target: &str) -> Self {
        self.field(target, from(column))
    }

    /// Adds a column that is made by a rule.
    #[must_use]
    pub fn field(mut self, target: &str, rule: Rule) -> Self {
        self.columns.push(Column { name: target.into(), rule });
        self
    }

    /// Leaves records out for a reason, which the report counts. Conditions
    /// are tried in the order in which they were added, the first to hold
    /// gives the reason, and no rule runs on a record that is left out.
    #[must_use]
    pub fn filter_out(mut self, reason: impl Into<Cow<'static, str>>, condition: Condition) -> Self {
        self.filters.push(Filter { reason: reason.into(), condition });
        self
    }

    /// Declares source columns to be unwanted.
    #[must_use]
    pub fn ignore(mut self, columns: impl Into<Names>) -> Self {
        self.ignore.extend(columns.into());
        self
    }

    /// Declares all source columns that nothing names to be unwanted.
    #[must_use]
    pub fn ignore_rest(mut self) -> Self {
        self.rest = Rest::Ignore;
        self
    }

    /// Copies all source columns that nothing names, after the others and in
    /// the source's order.
    #[must_use]
    pub fn keep_rest(mut self) -> Self {
        self.rest = Rest::Keep;
        self
    }
}

impl FieldMapper for Mapping {
    fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>> {
        let (schema, bound) = bind(self, input)?;
        self.bound = Some(bound);
        Ok(schema)
    }

    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        self.bound.as_ref().ok_or_else(not_bound)?.map(input, output)
    }

    fn counters(&self) -> Vec<(String, String)> {
        self.bound.as_ref().map(Bound::counters).unwrap_or_default()
    }
}
