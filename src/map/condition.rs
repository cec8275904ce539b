//! When a record is left out.

use std::sync::Arc;

use super::rule::Closure;
use crate::error::Fault;
use crate::names::Names;
use crate::record::Value;

/// When [`Mapping::filter_out`](super::Mapping::filter_out) leaves a record
/// out: [`one_of`], [`none_of`] or [`when`].
#[derive(Debug, Clone)]
pub struct Condition(pub(super) Test);

#[derive(Debug, Clone)]
pub(super) enum Test {
    /// Whether a column's value is among these, or not among them.
    Among {
        column: Arc<str>,
        values: Names,
        among: bool,
    },
    When {
        columns: Names,
        closure: Closure,
    },
}

/// A column holds one of these values. White space around it is set aside;
/// null is the empty value `""`.
pub fn one_of(column: &str, values: impl Into<Names>) -> Condition {
    Condition(Test::Among { column: column.into(), values: values.into(), among: true })
}

/// A column holds none of these values, compared as by [`one_of`].
pub fn none_of(column: &str, values: impl Into<Names>) -> Condition {
    Condition(Test::Among { column: column.into(), values: values.into(), among: false })
}

/// A closure says yes to the values of these columns. Its fault rejects the record.
///
/// ```
/// use handover::map::{Mapping, when};
///
/// let mapping = Mapping::new()
///     .filter_out("no contact", when(["phone", "email"], |[phone, email]| {
///         Ok(phone.is_blank() && email.is_blank())
///     }))
///     .keep_rest();
/// ```
pub fn when<const N: usize>(
    columns: [&str; N],
    closure: impl Fn([Value<'_>; N]) -> Result<bool, Fault> + Send + Sync + 'static,
) -> Condition {
    Condition(Test::When { columns: columns.into(), closure: Closure::new(closure) })
}
