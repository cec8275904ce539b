//! A record in a batch, and what is decided of it.

use crate::error::Fault;
use crate::migration::store::{Disposition, Entry, JournalLine, Tally};
use crate::migration::target::TargetId;
use crate::record::RecordId;
use crate::sink::Answer;

use super::merge::Meeting;

/// A record of a batch.
pub(crate) struct Row {
    pub id: RecordId,
    pub key: String,
    /// What the ledger said of it before.
    pub known: Option<Box<Entry>>,
    /// The hash of the record as it was mapped.
    pub hash: u64,
    pub inactive: bool,
    /// Whether it is older than what an earlier run has reached.
    pub is_old: bool,
    /// Whether its row belongs to another record, and only what is empty there is filled.
    pub shares: bool,
    /// References that are set afterwards: by number, with the key.
    pub deferred: Vec<(usize, String)>,
    /// Positions of references that point to nothing.
    pub nobody: Vec<usize>,
    /// What its references are counted as, with its batch.
    pub counts: Tally,
    pub fate: Fate,
}

/// What becomes of a record.
pub(crate) enum Fate {
    /// Nothing is decided.
    Open,
    /// It is older than what an earlier run has reached, and is not looked at.
    Passed,
    /// It is answered for, and nothing is written: neither into the target nor into the ledger.
    Settled(Answer),
    /// It is set aside.
    Refused(Fault),
    /// It meets a row that is there.
    Meets(TargetId, Meeting),
    /// The row that is there stays as it is, of this hash.
    Stays(TargetId, u64),
    /// A row of this hash is made.
    Created(u64),
    /// A row is changed, and has this hash then. It is put back by this line.
    Updated(u64, Box<JournalLine>),
}

impl Row {
    pub fn is_open(&self) -> bool {
        matches!(self.fate, Fate::Open)
    }

    pub fn refuse(&mut self, fault: Fault) {
        self.fate = Fate::Refused(fault);
    }

    /// How the ledger calls what is written of it, if anything is.
    pub fn disposition(&self) -> Option<Disposition> {
        match self.fate {
            Fate::Stays(..) => Some(Disposition::Unchanged),
            Fate::Created(_) => Some(Disposition::Created),
            Fate::Updated(..) => Some(Disposition::Updated),
            _ => None,
        }
    }

    /// What is said of it to the pipeline.
    pub fn answer(&mut self) -> Answer {
        match std::mem::replace(&mut self.fate, Fate::Open) {
            Fate::Settled(answer) => answer,
            Fate::Refused(fault) => Answer::Refused(fault),
            Fate::Passed | Fate::Stays(..) => Answer::Unchanged,
            Fate::Created(_) => Answer::Created,
            Fate::Updated(..) => Answer::Updated,
            Fate::Open | Fate::Meets(..) => Answer::Unknown,
        }
    }
}
