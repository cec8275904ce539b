//! Entities and tags that web forms leave behind.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
