//! What the ledger knows of a record.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::migration::target::TargetId;

/// The number of an entity in its store.
pub type EntityId = u32;

/// How a record ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Disposition {
    /// A row was made of it.
    Created,
    /// A row that was there was changed.
    Updated,
    /// A row that was there is as the record says.
    Unchanged,
    /// It is the same customer as another record, and shares its row.
    Merged,
    /// It was set aside, with its reasons.
    Rejected,
    /// The mapping left it out.
    Filtered,
    /// It waits for a record that it refers to.
    Parked,
    /// It was never read, or was set aside: a row stands for it because others refer to it.
    Placeholder,
    /// What was written of it has been taken back.
    Undone,
}

impl Disposition {
    /// All of them, in the order of their codes.
    pub const ALL: [Disposition; 9] = [
        Disposition::Created,
        Disposition::Updated,
        Disposition::Unchanged,
        Disposition::Merged,
        Disposition::Rejected,
        Disposition::Filtered,
        Disposition::Parked,
        Disposition::Placeholder,
        Disposition::Undone,
    ];

    /// The number that stands in the store, from 1.
    pub fn code(self) -> u8 {
        self as u8 + 1
    }

    /// The disposition of a number.
    pub fn of_code(code: u8) -> Option<Self> {
        Disposition::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// Its name: `created`.
    pub fn name(self) -> &'static str {
        match self {
            Disposition::Created => "created",
            Disposition::Updated => "updated",
            Disposition::Unchanged => "unchanged",
            Disposition::Merged => "merged",
            Disposition::Rejected => "rejected",
            Disposition::Filtered => "filtered",
            Disposition::Parked => "parked",
            Disposition::Placeholder => "placeholder",
            Disposition::Undone => "undone",
        }
    }

    /// Whether the record has a row in the target.
    pub fn has_row(self) -> bool {
        self == Disposition::Merged || self.has_own_row()
    }

    /// Whether it has a row that is not another record's.
    pub fn has_own_row(self) -> bool {
        use Disposition::{Created, Placeholder, Unchanged, Updated};
        matches!(self, Created | Updated | Unchanged | Placeholder)
    }
}

/// What the ledger notes of a record whose row another record had before it.
pub(crate) const SHARED: &str = "its row is another record's, of which only what was empty is filled";

/// A line of the ledger: what became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// How it ended.
    pub disposition: Disposition,
    /// Its row in the target, where it has one.
    pub target: Option<TargetId>,
    /// The hash of the record as it was mapped: another record has another one.
    pub hash: u64,
    /// The hash of the row as it was left.
    pub written: u64,
    /// The batch that it went with.
    pub batch: u64,
    /// Its row in the input, from 1; 0 where it was never read.
    pub row: u64,
    /// Whether it is a person who is not to be given anything.
    pub inactive: bool,
    /// The key of the record that it was merged into, the reasons for which it was set aside, or
    /// that another record had its row before it.
    pub note: Option<Arc<str>>,
}

impl Entry {
    /// An entry of a disposition, with nothing else.
    pub fn new(disposition: Disposition, batch: u64, row: u64) -> Self {
        Entry { disposition, target: None, hash: 0, written: 0, batch, row, inactive: false, note: None }
    }

    /// Whether it has a row that another record had before it.
    pub(crate) fn shares_row(&self) -> bool {
        self.disposition == Disposition::Merged
            || self.note.as_deref().is_some_and(|note| note.starts_with(SHARED))
    }

    /// Whether it is of the record of this row, which ended without a row of its own.
    pub(crate) fn is_aside(&self, row: u64) -> bool {
        use Disposition::{Filtered, Merged, Parked, Rejected};
        self.row == row && matches!(self.disposition, Merged | Rejected | Filtered | Parked)
    }
}

/// Some records that are written together: in doubt until it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number, over all runs, from 1.
    pub id: u64,
    /// The run that it belongs to.
    pub run: u64,
    /// Which part of the run: all batches of a phase are of one entity, and one after the other.
    pub phase: u32,
    /// The entity.
    pub entity: EntityId,
    /// The last row of the input that it, or one before it, holds.
    pub last_row: u64,
    /// Whether it is known what the target made of it.
    pub confirmed: bool,
    /// What became of its records, and of those set aside before them.
    pub tally: Tally,
}

/// How often each thing happened: `created`, `company_id: orphan`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Tally(pub BTreeMap<String, i64>);

impl Tally {
    /// Counts so many more of a thing.
    pub fn add(&mut self, what: &str, count: i64) {
        match self.0.get_mut(what) {
            Some(known) => *known += count,
            None => drop(self.0.insert(what.to_owned(), count)),
        }
    }

    /// Counts all of another.
    pub fn merge(&mut self, other: &Tally) {
        other.0.iter().for_each(|(what, count)| self.add(what, *count));
    }

    /// How often a thing happened.
    pub fn of(&self, what: &str) -> i64 {
        self.0.get(what).copied().unwrap_or_default()
    }
}

/// How one row is put back as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// The batch that changed it, and the line's number in it.
    pub batch: u64,
    /// The number.
    pub line: u32,
    /// The table.
    pub table: Arc<str>,
    /// The row.
    pub target: TargetId,
    /// The columns that were changed as they were before, as a JSON object. `None` where the row was made.
    pub before: Option<String>,
    /// The same columns as they were left.
    pub after: Option<String>,
    /// The record that it was changed for, where there is one, and what the ledger said of it before.
    pub record: Option<(EntityId, String, Option<Entry>)>,
}

/// A reference that could not be set at once, because what it points to came later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deferred {
    /// The entity that refers.
    pub entity: EntityId,
    /// The column that refers.
    pub column: Arc<str>,
    /// The record that refers.
    pub key: String,
    /// The record that it refers to.
    pub parent: String,
}

/// A record that a detector found in the target, before anything of its entity was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The run.
    pub run: u64,
    /// The entity.
    pub entity: EntityId,
    /// The record's key in the ledger.
    pub key: String,
    /// The row that it is.
    pub target: TargetId,
    /// Whether another record has the row, so that only what is empty is filled.
    pub fills: bool,
    /// How sure the detector is, from 0 to 1.
    pub probability: f64,
}

/// A record that was set aside, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The entity.
    pub entity: EntityId,
    /// The record's key in the ledger.
    pub key: String,
    /// Where it stands.
    pub place: String,
    /// Why it was set aside.
    pub reasons: String,
    /// The record as a JSON object, sealed where that is asked for.
    pub raw: String,
}

/// Something that a person should know, found by a run.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Note {
    /// The run.
    pub run: u64,
    /// The entity's name.
    pub entity: String,
    /// The record's key, where it is about one.
    pub key: Option<String>,
    /// The rule that found it.
    pub rule: String,
    /// What was found.
    pub message: String,
}

/// How a rule ends by which a reference is not set.
const NOT_SET: &str = ": not set";

impl Note {
    /// What is said of a column whose reference the target does not take: the row that it would point to, and why.
    pub(crate) fn of_not_set(run: u64, entity: &str, key: &str, column: &str, message: String) -> Self {
        let (entity, key, rule) = (entity.to_owned(), Some(key.to_owned()), format!("{column}{NOT_SET}"));
        Note { run, entity, key, rule, message }
    }

    /// The column of such a rule.
    pub(crate) fn not_set(rule: &str) -> Option<&str> {
        rule.strip_suffix(NOT_SET)
    }
}
