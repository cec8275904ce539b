//! A record in a batch, and what is decided of it.

use crate::error::Fault;
use crate::migration::store::{Entry, JournalLine};
use crate::migration::target::{Op, TargetId};
use crate::record::{Record, RecordId};
use crate::sink::Answer;

use super::merge::Meeting;

/// A record of a batch.
pub(crate) struct Row {
    pub id: RecordId,
    pub key: String,
    /// What the ledger said of it before.
    pub known: Option<Entry>,
    /// The hash of the record as it was mapped.
    pub hash: u64,
    pub inactive: bool,
    /// References that are set afterwards: by number, with the key.
    pub deferred: Vec<(usize, String)>,
    pub fate: Fate,
}

/// What becomes of a record.
pub(crate) enum Fate {
    /// Nothing is decided.
    Open,
    /// It is answered for, and nothing is written: neither into the target nor into the ledger.
    Settled(Answer),
    /// It is set aside.
    Refused(Fault),
    /// It meets a row that is there.
    Meets(TargetId, Meeting),
    /// The row that is there stays as it is, of this hash.
    Stays(TargetId, u64),
    /// A row is written.
    Written(Box<Write>),
}

/// A row that is written.
pub(crate) struct Write {
    pub op: Op,
    pub record: Record,
    /// The hash of the row as it will be.
    pub hash: u64,
    /// How it is put back, where it was there.
    pub journal: Option<JournalLine>,
}

impl Row {
    pub fn is_open(&self) -> bool {
        matches!(self.fate, Fate::Open)
    }

    pub fn refuse(&mut self, fault: Fault) {
        self.fate = Fate::Refused(fault);
    }
}
