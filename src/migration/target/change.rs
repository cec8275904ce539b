//! What is written, and what the target says of it.

use std::fmt;
use std::sync::Arc;

use crate::error::Fault;
use crate::record::{Record, Value};

/// The id of a row in the target.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetId {
    /// A number, as databases have it.
    Number(i64),
    /// A text, as web services have it.
    Text(Arc<str>),
}

impl TargetId {
    /// The id as a value to be stored in a column that refers to the row.
    pub fn value(&self) -> Value<'_> {
        match self {
            TargetId::Number(number) => Value::Int(*number),
            TargetId::Text(text) => Value::Text(text),
        }
    }

    /// The id that a value is, if it is one.
    pub fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Int(number) => Some(TargetId::Number(number)),
            Value::Text(text) => Some(TargetId::Text(text.into())),
            _ => None,
        }
    }

    /// The id that is written so: a number where it is written as one.
    pub fn parse(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_plain = text == "0" || digits.starts_with(|first: char| ('1'..='9').contains(&first));
        match text.parse() {
            Ok(number) if is_plain => TargetId::Number(number),
            _ => TargetId::Text(text.into()),
        }
    }
}

impl From<i64> for TargetId {
    fn from(number: i64) -> Self {
        TargetId::Number(number)
    }
}

impl From<i32> for TargetId {
    fn from(number: i32) -> Self {
        TargetId::Number(number.into())
    }
}

impl From<&str> for TargetId {
    /// As [`parse`](TargetId::parse).
    fn from(text: &str) -> Self {
        TargetId::parse(text)
    }
}

impl From<String> for TargetId {
    /// As [`parse`](TargetId::parse).
    fn from(text: String) -> Self {
        TargetId::parse(&text)
    }
}

impl serde::Serialize for TargetId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TargetId::Number(number) => number.fmt(f),
            TargetId::Text(text) => f.write_str(text),
        }
    }
}

/// One row to be created, changed or deleted.
#[derive(Debug, Clone)]
pub struct Change {
    /// Tells the change from the others of its batch, for the answer.
    pub token: u64,
    /// What is done.
    pub op: Op,
    /// The values: of a new row all, of a changed one those columns that are
    /// to be set, null included; of a deleted one none. Never the id, which
    /// the operation says.
    pub record: Record,
}

/// What is done to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// A new row, of this id, or of one that the target gives it.
    Create(Option<TargetId>),
    /// The columns of the record are set in the row of this id.
    Update(TargetId),
    /// The row of this id is deleted.
    Delete(TargetId),
}

/// What became of a [`Change`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done. The id is the row's.
    Done(TargetId),
    /// The target does not take it.
    Refused(Fault),
    /// There is no such row to be changed or deleted.
    Gone,
    /// Nobody knows.
    Unknown,
}
