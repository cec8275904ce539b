//! Companies and other organisations: their legal forms, and a key to compare them by.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
