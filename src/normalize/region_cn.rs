//! Provinces, cities and districts of China, to GB/T 2260 codes and names.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
