//! Yes and no, and the genders.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
