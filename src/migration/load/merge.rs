//! A record and the row that is there for it: what is to be changed.

use std::sync::Arc;

use super::bound::{Bound, Written};
use crate::migration::entity::FieldPolicy;
use crate::migration::row::{RowHash, canonical, same, to_json};
use crate::record::{Record, Value};
use crate::schema::{Field, Schema};

/// What is to be changed in a row.
pub(crate) struct Difference {
    /// The columns that change, with their new values.
    pub change: Record,
    /// The same columns as they were and as they will be, as the journal has them.
    pub before: String,
    pub after: String,
    /// The hash of the row as it will be.
    pub written: u64,
}

/// How a record meets a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// By the policies of its fields.
    Policies,
    /// Only what is empty is filled, because the row belongs to another record.
    Fill,
    /// Everything is written, because the row only stood for the record.
    Replace,
}

/// Compares a mapped record with the written columns of its row. `nobody` are the positions of
/// references that point to nothing. None where nothing changes.
pub(crate) fn difference(
    bound: &Bound,
    (mapped, nobody): (&Record, &[usize]),
    row: &Record,
    meeting: Meeting,
    hash: &mut RowHash,
) -> Option<Difference> {
    let mut after = row.clone();
    let mut changed = Vec::new();
    for (place, one) in bound.written.iter().enumerate().filter(|(_, one)| !one.deferred) {
        let (new, old) = (mapped.value(one.position), row.value(place));
        // What was made of a record points to nothing where the record does.
        let to_nobody = meeting == Meeting::Replace && nobody.contains(&one.position);
        let value = settled(one, new, old, meeting).or(to_nobody.then_some(Settled::Value(Value::Null)));
        let Some(value) = value else { continue };
        if !same(value.as_value(), old, one.column.kind) {
            after.set_value(place, value.as_value());
            changed.push(place);
        }
    }
    if changed.is_empty() {
        return None;
    }
    let fields = changed.iter().map(|place| {
        let column = &bound.written[*place].column;
        Field::new(Arc::clone(&column.name), column.kind)
    });
    // The names are those of columns, of which none is there twice.
    let schema = Schema::new(fields).ok()?;
    let values =
        |of: &Record| to_json(changed.iter().map(|place| (&**bound.schema.name(*place), of.value(*place))));
    let mut change = Record::new(schema);
    for (number, place) in changed.iter().enumerate() {
        change.set_value(number, after.value(*place));
    }
    Some(Difference {
        before: values(row),
        after: values(&after),
        written: hash.of(&after, bound.row()),
        change,
    })
}

/// A value, or one that was made.
enum Settled<'v> {
    Value(Value<'v>),
    Text(String),
}

impl Settled<'_> {
    fn as_value(&self) -> Value<'_> {
        match self {
            Settled::Value(value) => *value,
            Settled::Text(text) => Value::Text(text),
        }
    }
}

/// What stands in a field afterwards; none where it stays.
fn settled<'v>(one: &Written, new: Value<'v>, old: Value<'v>, meeting: Meeting) -> Option<Settled<'v>> {
    let is_empty = |value: Value<'_>| canonical(value, one.column.kind).is_empty();
    if is_empty(new) {
        return (one.clear && meeting != Meeting::Fill && !is_empty(old))
            .then_some(Settled::Value(Value::Null));
    }
    let written = Some(Settled::Value(new));
    match (&one.policy, meeting) {
        (_, Meeting::Replace) => written,
        (FieldPolicy::NeverOverwrite, _) => None,
        (_, Meeting::Fill) | (FieldPolicy::FillEmpty, _) => written.filter(|_| is_empty(old)),
        (FieldPolicy::Overwrite, _) => written,
        (FieldPolicy::Append(between), _) if !is_empty(old) => {
            let (old, new) = (old.to_string(), new.to_string());
            (!has_part(&old, &new, between)).then(|| Settled::Text(format!("{old}{between}{new}")))
        }
        (FieldPolicy::Append(_), _) => written,
    }
}

/// Whether a text that was put together with something between its parts has a part, which may have several itself.
pub(crate) fn has_part(whole: &str, part: &str, between: &str) -> bool {
    whole.match_indices(part).any(|(start, _)| {
        let (before, after) = (&whole[..start], &whole[start + part.len()..]);
        (before.is_empty() || before.ends_with(between)) && (after.is_empty() || after.starts_with(between))
    })
}
