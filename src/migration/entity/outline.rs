//! What the papers can tell of a pipeline: closures do not speak.

use crate::names::Names;

/// The rules of an entity that was read from a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outline {
    /// Columns, `*` for all, and the rules that rewrite them, in their order.
    pub rules: Vec<(Names, String)>,
    /// Columns that must have a value.
    pub required: Names,
    /// How many characters a column may have.
    pub most: Vec<(String, usize)>,
}
