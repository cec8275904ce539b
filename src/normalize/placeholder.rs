//! What people type into fields that must not stay empty.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
