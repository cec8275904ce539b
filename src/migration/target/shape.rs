//! What a table of the target has and takes.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::schema::{Kind, no_such_column};

/// A table of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// The table's name, as the target has it.
    pub table: Arc<str>,
    /// The column that holds the id.
    pub id: Arc<str>,
    /// All columns, the id's included, in the target's order.
    pub columns: Vec<TargetColumn>,
}

/// A column of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetColumn {
    /// Its name.
    pub name: Arc<str>,
    /// What it holds.
    pub kind: Kind,
    /// Whether a new row needs a value in it: it takes no null, and has no default.
    pub required: bool,
    /// How many characters a text may have.
    pub max_chars: Option<usize>,
    /// Whether no two rows have the same value in it.
    pub unique: bool,
    /// What a new row has in it that says nothing: a literal. `None` where it is null,
    /// or not known before. [`Value::parse`](crate::Value::parse) reads it by the kind.
    pub default: Option<String>,
    /// Whether a new row that says nothing has a value of the target's own making in it, such as
    /// the time, or the number of the row. It can be written.
    pub own_default: bool,
    /// Whether the target computes it: it cannot be written.
    pub computed: bool,
}

impl TableShape {
    /// A column by name. The error names those there are.
    pub fn column(&self, name: &str) -> Result<&TargetColumn> {
        let found = self.columns.iter().find(|column| *column.name == *name);
        let names = self.columns.iter().map(|column| &*column.name);
        found.ok_or_else(|| Error::bind(no_such_column(name, names)).at(&self.table))
    }
}
