//! What is written into a store at once.

use std::sync::Arc;

use super::entry::{Batch, Deferred, EntityId, Entry, JournalLine, Match, Note, SetAside};
use super::event::Event;
use super::head::Head;
use crate::migration::target::TargetId;

/// Changes of a store that hold together: all are there after a crash, or none.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// A batch that begins: it is in doubt until it is confirmed.
    pub batch: Option<Batch>,
    /// Batches of which it is known what the target made of them.
    pub confirmed: Vec<u64>,
    /// Batches that were never sent, and have no entries any more.
    pub withdrawn: Vec<u64>,
    /// Lines of the ledger, each in place of the one of its key.
    pub entries: Vec<(EntityId, String, Entry)>,
    /// Keys that the ledger knows no longer.
    pub forgotten: Vec<(EntityId, String)>,
    /// Lines of the journal.
    pub journal: Vec<JournalLine>,
    /// References that wait.
    pub deferred: Vec<Deferred>,
    /// References that wait no longer.
    pub resolved: Vec<Deferred>,
    /// Records that a detector found in the target.
    pub matches: Vec<Match>,
    /// Records that were set aside.
    pub asides: Vec<SetAside>,
    /// Findings.
    pub notes: Vec<Note>,
    /// Lines of the audit log.
    pub events: Vec<Event>,
    /// Where the audit log ends with them.
    pub head: Option<Head>,
    /// Rows that a plan would change: the plan's hash, the table and the row.
    pub touched: Vec<(String, Arc<str>, TargetId)>,
}

impl Page {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        let Page { batch, confirmed, withdrawn, entries, forgotten, journal, .. } = self;
        let Page { deferred, resolved, matches, asides, notes, events, touched, .. } = self;
        let ledger = entries.is_empty() && forgotten.is_empty() && journal.is_empty();
        let batches = batch.is_none() && confirmed.is_empty() && withdrawn.is_empty();
        let references = deferred.is_empty() && resolved.is_empty();
        ledger
            && batches
            && references
            && matches.is_empty()
            && asides.is_empty()
            && notes.is_empty()
            && events.is_empty()
            && touched.is_empty()
    }

    /// Makes it empty, and keeps its memory.
    pub fn clear(&mut self) {
        self.batch = None;
        self.confirmed.clear();
        self.withdrawn.clear();
        self.entries.clear();
        self.forgotten.clear();
        self.journal.clear();
        self.deferred.clear();
        self.resolved.clear();
        self.matches.clear();
        self.asides.clear();
        self.notes.clear();
        self.events.clear();
        self.head = None;
        self.touched.clear();
    }
}
