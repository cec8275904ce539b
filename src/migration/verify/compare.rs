//! What a field of the target must hold, by what the record and the policies say.

use super::sums::Sum;
use crate::migration::entity::{Entity, FieldPolicy, WritePolicy};
use crate::migration::load::bound::Written;
use crate::migration::load::merge::has_part;
use crate::migration::row::{canonical, same};
use crate::migration::store::Disposition;
use crate::record::Value;
use crate::schema::Kind;

/// How strictly a row is compared with its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Against {
    /// All that the record has must be in it: the row was made of it.
    Record,
    /// By the policies of the fields: the row was there before.
    Policies,
    /// Nothing that the record has may be empty in it: other records share the row.
    Filled,
    /// It must only be there.
    Nothing,
}

impl Against {
    /// How the row of a record that ended so is compared.
    pub fn of(entity: &Entity, disposition: Disposition, is_shared: bool) -> Self {
        match (entity.write, disposition) {
            (WritePolicy::LinkOnly, _) | (WritePolicy::CreateOnly, Disposition::Unchanged) => {
                Against::Nothing
            }
            _ if is_shared => Against::Filled,
            // A row that stood for a record was overwritten with it.
            (_, Disposition::Created) | (WritePolicy::CreateOnly, _) => Against::Record,
            _ => Against::Policies,
        }
    }

    /// Whether the field must be what the record says, and not only agree with it.
    pub fn is_equal(self, policy: &FieldPolicy) -> bool {
        matches!((self, policy), (Against::Record, _) | (Against::Policies, FieldPolicy::Overwrite))
    }
}

/// Whether a field is not as it must be. `orphan` says that the record refers to nothing that is there.
pub(super) fn differs(
    one: &Written,
    (new, there): (Value<'_>, Value<'_>),
    against: Against,
    (tolerance, orphan): (f64, bool),
) -> bool {
    let kind = one.column.kind;
    if against == Against::Nothing || same(new, there, kind) {
        return false;
    }
    let is_empty = canonical(there, kind).is_empty();
    if canonical(new, kind).is_empty() {
        let cleared = one.clear && matches!(against, Against::Record | Against::Policies);
        return !is_empty && (cleared || orphan && against == Against::Record);
    }
    match &one.policy {
        policy if against.is_equal(policy) => !is_within(new, there, kind, tolerance),
        FieldPolicy::Append(between) if against == Against::Policies => {
            !has_part(&there.to_string(), &new.to_string(), between)
        }
        FieldPolicy::NeverOverwrite if matches!(against, Against::Policies | Against::Filled) => false,
        _ => is_empty,
    }
}

fn is_within(new: Value<'_>, there: Value<'_>, kind: Kind, tolerance: f64) -> bool {
    let number = |value| canonical(value, kind).parse::<f64>().is_ok().then(|| Sum::of(value, kind));
    tolerance > 0.0
        && number(new).zip(number(there)).is_some_and(|(new, there)| new.distance(&there) <= tolerance)
}

/// Whether a column holds numbers that can be added.
pub(super) fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Int | Kind::Float | Kind::Decimal)
}
