//! Text that was read in the wrong encoding.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
