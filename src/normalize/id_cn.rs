//! Chinese resident ids and unified social credit codes, with their check digits.

use super::catalogue::Entry;

pub(super) const ENTRIES: &[Entry] = &[];
