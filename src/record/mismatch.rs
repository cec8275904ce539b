//! Where a record and a serde type do not fit each other.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, Expected, Unexpected};
use serde::ser;

use crate::error::Fault;
use crate::schema::{Schema, list, no_such_column};

/// What serde is told when something does not fit. serde's own messages quote
/// the value; these do not.
#[derive(Debug)]
pub(super) enum Mismatch {
    /// A field for which there is no column.
    NoColumn(Cow<'static, str>),
    /// Two values for the same field, and the field's name.
    Twice(&'static str),
    /// Anything else.
    Fault(Fault),
}

impl Mismatch {
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Mismatch::Fault(Fault::new(message))
    }

    /// The same mismatch, in a column. A column that is already named stays.
    pub fn column(self, column: &Arc<str>) -> Self {
        match self {
            Mismatch::Fault(fault) => Mismatch::Fault(fault.column(Arc::clone(column))),
            other => other,
        }
    }

    pub fn into_fault(self, schema: &Schema) -> Fault {
        let fault = match self {
            Mismatch::NoColumn(name) => Fault::new(no_such_column(&name, schema.names())).column(&*name),
            Mismatch::Twice(field) => Fault::new("two columns for the same field").column(field),
            Mismatch::Fault(fault) => fault,
        };
        fault.rule("type")
    }
}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Mismatch::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Mismatch::new(format!("{} where {expected} is expected", noun(found)))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Mismatch::new(format!("not accepted where {expected} is expected"))
    }

    fn invalid_length(columns: usize, expected: &dyn Expected) -> Self {
        Mismatch::new(format!("{columns} columns where {expected} is expected"))
    }

    fn unknown_variant(_: &str, variants: &'static [&'static str]) -> Self {
        Mismatch::new(format!("not one of: {}", list(variants.iter().copied())))
    }

    fn unknown_field(column: &str, fields: &'static [&'static str]) -> Self {
        let message = format!("no field for this column. The fields are: {}", list(fields.iter().copied()));
        Mismatch::Fault(Fault::new(message).column(column))
    }

    fn missing_field(field: &'static str) -> Self {
        Mismatch::NoColumn(Cow::Borrowed(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Mismatch::Twice(field)
    }
}

impl ser::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Mismatch::new(message.to_string())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::NoColumn(name) => write!(f, "no column `{name}`"),
            Mismatch::Twice(field) => write!(f, "two columns for the field `{field}`"),
            Mismatch::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for Mismatch {}

fn noun(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Unit | Unexpected::Option => "no value",
        Unexpected::Seq | Unexpected::Map => "a record",
        Unexpected::UnitVariant => "a plain name",
        _ => "something else",
    }
}
