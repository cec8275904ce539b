//! From what SQLite stores to a value of ours.

use std::fmt::Write;

use rusqlite::types::ValueRef;

use crate::error::Fault;
use crate::record::{Decimal, Value};
use crate::schema::Kind;

/// A stored value as one of the declared kind. If it is none, it stays as it
/// is and the fault is a warning; if it is not text either, there is no value.
/// `digits` is where a number is written to become a decimal.
pub(crate) fn convert<'v>(
    stored: ValueRef<'v>,
    kind: Kind,
    digits: &'v mut String,
) -> (Value<'v>, Option<Fault>) {
    let value = match stored {
        ValueRef::Null => return (Value::Null, None),
        ValueRef::Integer(number @ (0 | 1)) if kind == Kind::Bool => Value::Bool(number == 1),
        ValueRef::Integer(number) if kind == Kind::Decimal => decimal(number, digits, Value::Int(number)),
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) if kind == Kind::Decimal => decimal(number, digits, Value::Float(number)),
        ValueRef::Real(number) => Value::Float(number),
        ValueRef::Text(bytes) => match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => Value::parse(text, kind).unwrap_or(Value::Text(text)),
            Err(_) => {
                return (Value::Null, Some(Fault::new("text that is not valid UTF-8").rule("encoding")));
            }
        },
        ValueRef::Blob(bytes) => return binary(bytes),
    };
    let fits = kind == Kind::Any || value.kind() == Some(kind);
    let message = || format!("{} where the column is declared {kind}", value.kind().unwrap_or_default());
    (value, (!fits).then(|| Fault::warning(message()).rule("kind")))
}

/// The shortest decimal that is stored as this number; an infinite one has none.
fn decimal<'v>(number: impl std::fmt::Display, digits: &'v mut String, otherwise: Value<'v>) -> Value<'v> {
    digits.clear();
    // Writing into a string does not fail.
    let _ = write!(digits, "{number}");
    Decimal::parse(digits).map_or(otherwise, Value::Decimal)
}

fn binary(bytes: &[u8]) -> (Value<'_>, Option<Fault>) {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => (Value::Text(text), Some(Fault::warning("binary data, taken as text").rule("kind"))),
        Err(_) => (Value::Null, Some(Fault::new("binary data that is no text").rule("kind"))),
    }
}
