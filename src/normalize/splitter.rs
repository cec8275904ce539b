//! One value into several.

use std::borrow::Cow;

use crate::error::{Fault, Result};

/// What becomes of several phone numbers or e-mail addresses where one is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Several {
    /// They are written one behind the other, in their order, each once:
    /// `+8613800138000; +861012346156`. A [`Splitter`] puts them into columns of their own.
    #[default]
    Join,
    /// The value is a fault.
    Refuse,
}

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
