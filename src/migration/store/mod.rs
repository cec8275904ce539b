//! What a migration remembers: one file, that people can query by hand.
//!
//! A [`Store`] holds the ledger (what became of every record), the journal
//! (how every change is taken back), what is in doubt, what was set aside, and
//! the audit log, which is also where plans, approvals and runs are written
//! down. The stock one is a SQLite database, [`SqliteStore`]; its tables are
//! described in `docs/migration.md`.

mod entry;
mod event;
mod head;
mod page;
mod sealing;
mod sqlite;

use std::path::Path;

use crate::error::Result;
use crate::migration::target::TargetId;

pub(crate) use entry::SHARED;
pub use entry::{Batch, Deferred, Disposition, EntityId, Entry, JournalLine, Match, Note, SetAside, Tally};
pub use event::{Event, check_chain};
pub use head::Head;
pub use page::Page;
pub(crate) use sealing::Sealing;
pub use sqlite::SqliteStore;

/// Remembers a migration.
///
/// What [`write`](Self::write) was given is there after a crash as a whole or
/// not at all, and is durable when it returns.
pub trait Store: Send {
    /// The number of an entity, which is given when it is first asked for.
    fn entity(&mut self, system: &str, name: &str) -> Result<EntityId>;

    /// All entities: system, name and number.
    fn entities(&mut self) -> Result<Vec<(String, String, EntityId)>>;

    /// What the ledger says of records, one answer a key.
    fn look_up(&mut self, entity: EntityId, keys: &[&str]) -> Result<Vec<Option<Entry>>>;

    /// Gives the lines of the ledger of an entity, in the order of the keys, from
    /// behind a key on, as long as `each` says that it wants more.
    fn scan_after(
        &mut self,
        entity: EntityId,
        after: &str,
        each: &mut dyn FnMut(&str, Entry) -> Result<bool>,
    ) -> Result<()>;

    /// Gives every line of the ledger of an entity, in the order of the keys.
    fn scan(&mut self, entity: EntityId, each: &mut dyn FnMut(&str, Entry) -> Result<()>) -> Result<()> {
        self.scan_after(entity, "", &mut |key, entry| each(key, entry).map(|()| true))
    }

    /// How many lines the ledger has of an entity.
    fn lines(&mut self, entity: EntityId) -> Result<u64> {
        let mut lines = 0;
        self.scan(entity, &mut |_, _| {
            lines += 1;
            Ok(())
        })?;
        Ok(lines)
    }

    /// Writes a page.
    fn write(&mut self, page: &Page) -> Result<()>;

    /// The batches of a run, in their order.
    fn batches(&mut self, run: u64) -> Result<Vec<Batch>>;

    /// The lines of the records that went with a batch and have a row of their own.
    fn sent_with(&mut self, batch: &Batch) -> Result<Vec<(String, Entry)>> {
        let mut lines = Vec::new();
        self.scan(batch.entity, &mut |key, entry| {
            if entry.batch == batch.id && entry.disposition.has_own_row() {
                lines.push((key.to_owned(), entry));
            }
            Ok(())
        })?;
        Ok(lines)
    }

    /// The number of the last batch of all; 0 where there is none.
    fn last_batch(&mut self) -> Result<u64>;

    /// The lines of the journal of a batch, in their order.
    fn journal(&mut self, batch: u64) -> Result<Vec<JournalLine>>;

    /// The lines of the journal about a row, in their order.
    fn journal_of(&mut self, table: &str, target: &TargetId) -> Result<Vec<JournalLine>> {
        let mut lines = Vec::new();
        for batch in 1..=self.last_batch()? {
            let all = self.journal(batch)?;
            lines.extend(all.into_iter().filter(|line| *line.table == *table && line.target == *target));
        }
        Ok(lines)
    }

    /// References of a column that wait, in the order of the keys, beginning
    /// after a key, and at most so many.
    fn deferred(&mut self, entity: EntityId, column: &str, after: &str, most: usize)
    -> Result<Vec<Deferred>>;

    /// The records of an entity that a detector found in the target for a run.
    fn matches(&mut self, run: u64, entity: EntityId) -> Result<Vec<Match>>;

    /// Gives every record of an entity that was set aside, in the order in which it was.
    fn asides(&mut self, entity: EntityId, each: &mut dyn FnMut(SetAside) -> Result<()>) -> Result<()>;

    /// The findings of a run.
    fn notes(&mut self, run: u64) -> Result<Vec<Note>>;

    /// Gives every row that a plan would change: its table and its id, table by table.
    fn touched(&mut self, plan: &str, each: &mut dyn FnMut(&str, TargetId) -> Result<()>) -> Result<()>;

    /// The audit log.
    fn events(&mut self) -> Result<Vec<Event>>;

    /// Where the audit log ends, by what was written with its last line; none where it has no line.
    fn head(&mut self) -> Result<Option<Head>>;

    /// What was changed in it by somebody else, in words; nothing if all is well.
    fn tampering(&mut self) -> Result<Vec<String>>;

    /// The same, apart from the ledger, whose lines are looked at as they are read.
    fn tampering_beside_ledger(&mut self) -> Result<Vec<String>> {
        self.tampering()
    }

    /// A copy in a folder, on which a plan is tried.
    fn rehearsal(&mut self, folder: &Path) -> Result<Box<dyn Store>>;
}
