//! One value into several.

use std::borrow::Cow;

use crate::error::{Fault, Result};

/// Takes one text apart into several values: a name into its parts, a field
/// with two phone numbers into both.
pub trait Splitter: Send + Sync {
    /// Appends the values, in order; an empty one is null.
    fn split(&self, text: &str, values: &mut Vec<String>) -> Result<(), Fault>;

    /// The rule's name in reports.
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(crate::schema::short_type_name::<Self>())
    }
}
