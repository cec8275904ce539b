//! Postcodes.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
