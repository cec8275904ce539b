//! Simplified and traditional characters.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
