//! Web addresses and domains.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
