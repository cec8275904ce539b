//! Numbers, percentages and amounts of money.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
