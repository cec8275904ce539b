//! One of the records that are held, to be looked at.

use std::borrow::Cow;
use std::fmt;

use crate::record::{Origin, Pack, Packed, Record, RecordId, Stamp, Value};

/// One of the [`Records`](super::Records), to be looked at: borrowed where it
/// is in memory, read back where it is on disk.
pub struct Row<'r>(pub(super) Held<'r>);

pub(super) enum Held<'r> {
    InMemory(Packed<'r>),
    ReadBack(Box<Pack>),
}

impl<'r> Row<'r> {
    /// The value of a column; null beyond the last.
    #[inline]
    pub fn value(&self, column: usize) -> Value<'_> {
        self.packed().value(column)
    }

    /// All values, in the order of the columns. Values that
    /// [`nth`](Iterator::nth) passes over are not read.
    #[inline]
    pub fn values(&self) -> impl Iterator<Item = Value<'_>> {
        self.packed().values()
    }

    /// Which record it is.
    pub fn id(&self) -> RecordId {
        self.packed().id()
    }

    /// The source's own key of it, where one is declared.
    pub fn key(&self) -> Option<&str> {
        self.packed().key()
    }

    /// What people call it: its key, or the number of its row, from 1, where it has none.
    pub fn called(&self) -> Cow<'_, str> {
        self.key().map_or_else(|| Cow::Owned(self.id().row.to_string()), Cow::Borrowed)
    }

    /// Where it comes from.
    pub(crate) fn origin(&self) -> Origin<'_> {
        let Stamp { id, line, byte } = self.packed().stamp();
        Origin { id, line, byte, key: self.key() }
    }

    /// Copies it out; `into` must have the same columns.
    pub fn read(&self, into: &mut Record) {
        self.packed().unpack(into);
    }

    /// The key, for longer than the row.
    pub(crate) fn into_key(self) -> Option<Cow<'r, str>> {
        match self.0 {
            Held::InMemory(packed) => packed.key().map(Cow::Borrowed),
            Held::ReadBack(pack) => pack.record().key().map(|key| Cow::Owned(key.to_owned())),
        }
    }

    #[inline]
    pub(super) fn packed(&self) -> Packed<'_> {
        match &self.0 {
            Held::InMemory(packed) => *packed,
            Held::ReadBack(pack) => pack.record(),
        }
    }
}

/// Says which record it is, and none of its values.
impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Row").field(&self.id()).finish()
    }
}
