//! Names of persons: their parts, their order, and a key to compare them by.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
