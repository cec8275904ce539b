//! Countries, to their ISO 3166 codes and names.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
