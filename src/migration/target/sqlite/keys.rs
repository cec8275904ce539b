//! Values that are looked for in a column, as SQLite stores and compares them.

use std::cmp::Ordering;

use rusqlite::types::ValueRef;

use crate::record::Value;
use crate::sink::sqlite::catalogue::Declared;
use crate::sink::sqlite::exact::exact;

/// A stored value. Numbers that are equal are the same one, as they are to SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<T> {
    Int(i64),
    /// The bits of a number that is no whole one.
    Real(u64),
    Text(T),
}

impl<'v> Key<&'v [u8]> {
    /// The key that a stored value is; null and binary data are none.
    pub fn of(stored: ValueRef<'v>) -> Option<Self> {
        match stored {
            ValueRef::Integer(number) => Some(Key::Int(number)),
            ValueRef::Real(number) if number as i64 as f64 == number && number < i64::MAX as f64 => {
                Some(Key::Int(number as i64))
            }
            ValueRef::Real(number) => Some(Key::Real(number.to_bits())),
            ValueRef::Text(text) => Some(Key::Text(text)),
            ValueRef::Null | ValueRef::Blob(_) => None,
        }
    }
}

impl Key<Box<[u8]>> {
    /// The key as a value of SQLite.
    pub fn stored(&self) -> ValueRef<'_> {
        match self {
            Key::Int(number) => ValueRef::Integer(*number),
            Key::Real(bits) => ValueRef::Real(f64::from_bits(*bits)),
            Key::Text(text) => ValueRef::Text(text),
        }
    }

    fn compare(&self, other: Key<&[u8]>) -> Ordering {
        match self {
            Key::Int(number) => Key::Int(*number).cmp(&other),
            Key::Real(bits) => Key::Real(*bits).cmp(&other),
            Key::Text(text) => Key::Text(&**text).cmp(&other),
        }
    }
}

/// Keys in ascending order, each once.
pub(super) struct Keys(Vec<Key<Box<[u8]>>>);

impl Keys {
    /// The keys that values are in a column. A value that the column would change, `007` in one
    /// of numbers, stands in none of its rows.
    pub fn of(values: &[Value<'_>], column: &Declared) -> Self {
        let mut shown = String::new();
        let mut keys = Vec::with_capacity(values.len());
        for value in values {
            let stored = exact(*value, column, &mut shown).ok();
            keys.extend(stored.and_then(Key::of).map(|key| match key {
                Key::Int(number) => Key::Int(number),
                Key::Real(bits) => Key::Real(bits),
                Key::Text(text) => Key::Text(text.into()),
            }));
        }
        keys.sort_unstable();
        keys.dedup();
        Keys(keys)
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Key<Box<[u8]>>> {
        self.0.iter()
    }

    pub fn has(&self, stored: ValueRef<'_>) -> bool {
        let Some(key) = Key::of(stored) else { return false };
        // Where no number is left out, each stands in its place.
        let place = match (key, self.0.first()) {
            (Key::Int(number), Some(Key::Int(first))) => usize::try_from(number.wrapping_sub(*first)).ok(),
            _ => None,
        };
        let is_in_place = |known: &Key<Box<[u8]>>| known.compare(key).is_eq();
        place.and_then(|place| self.0.get(place)).is_some_and(is_in_place)
            || self.0.binary_search_by(|known| known.compare(key)).is_ok()
    }

    /// The first and the last, if all are whole numbers of which at least half are asked for.
    pub fn dense(&self) -> Option<(i64, i64)> {
        match (self.0.first()?, self.0.last()?) {
            (Key::Int(first), Key::Int(last)) => {
                let few = u64::try_from(2 * self.0.len()).is_ok_and(|twice| last.abs_diff(*first) < twice);
                few.then_some((*first, *last))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_one_key() {
        let of = Key::of;
        assert_eq!(of(ValueRef::Real(7.0)), of(ValueRef::Integer(7)));
        assert_eq!(of(ValueRef::Real(-0.0)), of(ValueRef::Integer(0)));
        assert_ne!(of(ValueRef::Real(7.5)), of(ValueRef::Integer(7)));
        assert_ne!(of(ValueRef::Real(9.3e18)), of(ValueRef::Integer(i64::MAX)));
        assert_ne!(of(ValueRef::Text(b"7")), of(ValueRef::Integer(7)));
    }
}
