//! One of the records that are held, to be looked at.

use std::borrow::Cow;
use std::fmt;

use crate::record::{Origin, Packed, Record, RecordId, Stamp, Value, unpack};

/// One of the [`Records`](super::Records), to be looked at: borrowed where it
/// is in memory, read back where it is on disk.
pub struct Row<'r>(pub(super) Cow<'r, [u8]>);

impl<'r> Row<'r> {
    /// The value of a column; null beyond the last.
    pub fn value(&self, column: usize) -> Value<'_> {
        self.packed().value(column)
    }

    /// All values, in the order of the columns. Values that
    /// [`nth`](Iterator::nth) passes over are not read.
    pub fn values(&self) -> impl Iterator<Item = Value<'_>> {
        self.packed().values()
    }

    /// Which record it is.
    pub fn id(&self) -> RecordId {
        self.packed().origin().0.id
    }

    /// The source's own key of it, where one is declared.
    pub fn key(&self) -> Option<&str> {
        self.packed().origin().1
    }

    /// What people call it: its key, or the number of its row, from 1, where it has none.
    pub fn called(&self) -> Cow<'_, str> {
        self.key().map_or_else(|| Cow::Owned(self.id().row.to_string()), Cow::Borrowed)
    }

    /// Where it comes from.
    pub(crate) fn origin(&self) -> Origin<'_> {
        let (Stamp { id, line, byte }, key) = self.packed().origin();
        Origin { id, line, byte, key }
    }

    /// Copies it out; `into` must have the same columns.
    pub fn read(&self, into: &mut Record) {
        unpack(&self.0, into);
    }

    /// The key, for longer than the row.
    pub(crate) fn into_key(self) -> Option<Cow<'r, str>> {
        match self.0 {
            Cow::Borrowed(bytes) => Packed::new(bytes).origin().1.map(Cow::Borrowed),
            Cow::Owned(bytes) => Packed::new(&bytes).origin().1.map(|key| Cow::Owned(key.to_owned())),
        }
    }

    fn packed(&self) -> Packed<'_> {
        Packed::new(&self.0)
    }
}

/// Says which record it is, and none of its values.
impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Row").field(&self.id()).finish()
    }
}
