//! Dates and times, however people and programs write them.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
