//! Records that end without being written, on their way into the ledger.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use crate::error::Finding;
use crate::migration::store::Disposition;
use crate::pipeline::{Aside, Observer, json_line, reasons};
use crate::record::{Record, RecordId};
use crate::source::ledger_key;

/// The rule of a fault by which a record waits for another.
pub(crate) const PARKED: &str = "parked";
/// The rule of a fault of the key: the record is told from others by its row.
pub(crate) const IDENTITY: &str = "identity";

/// A record that ended so.
#[derive(Debug)]
pub(crate) struct Ended {
    pub id: RecordId,
    pub key: String,
    pub disposition: Disposition,
    /// Reasons, or why it was left out.
    pub note: String,
    pub place: String,
    /// The record as a line of JSON, where it was rejected.
    pub raw: Option<String>,
    /// The record that it was merged into.
    pub survivor: Option<RecordId>,
    /// Whether it ended because another record has its key, or the key of the one it was merged into.
    pub same_key: bool,
}

/// Takes them from the pipeline, in the order of the input.
#[derive(Default)]
pub(crate) struct Queue(Mutex<Vec<Ended>>);

impl Queue {
    pub fn take(&self) -> Vec<Ended> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The key by which the ledger knows a record: its own or, where it has none, its row. Further parts of
/// a record that was split are marked, so that no other key is like theirs.
pub(crate) fn identity(id: RecordId, key: Option<&str>) -> Cow<'_, str> {
    match (key.map(ledger_key), id.part) {
        (Some(key), 0) => key,
        (Some(key), part) => format!("#/{key}/{part}").into(),
        (None, 0) => format!("#{}", id.row).into(),
        (None, part) => format!("#{}/{part}", id.row).into(),
    }
}

impl Observer for Queue {
    fn aside(&self, id: RecordId, record: &Record, why: Aside<'_>) {
        let mut ended = Ended {
            id,
            key: identity(id, record.key()).into_owned(),
            disposition: Disposition::Rejected,
            note: String::new(),
            place: String::new(),
            raw: None,
            survivor: None,
            same_key: false,
        };
        match why {
            Aside::Rejected(findings) => {
                let has = |rule: &str| findings.iter().any(|finding| finding.rule == rule);
                if has(PARKED) {
                    ended.disposition = Disposition::Parked;
                }
                ended.same_key = has(IDENTITY);
                ended.note = reasons(findings);
                ended.place = findings.first().map(place_of).unwrap_or_default();
                ended.raw = json_line(record, findings).ok();
            }
            Aside::Filtered(reason) => {
                (ended.disposition, ended.note) = (Disposition::Filtered, reason.to_owned());
            }
            Aside::Merged(survivor) => {
                (ended.disposition, ended.survivor) = (Disposition::Merged, Some(survivor));
            }
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(ended);
    }
}

fn place_of(finding: &Finding) -> String {
    let mut place = finding.place.clone();
    place.column = None;
    place.to_string()
}
