//! Dates and times, however people and programs write them.

mod fold;
mod order;

use super::catalogue::Entry;

pub use order::{Order, OrderEvidence};

pub(super) const ENTRIES: &[Entry] = &[];
