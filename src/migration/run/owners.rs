//! Those who are named as owners and cannot own anything.

use serde::{Deserialize, Serialize};

use crate::migration::store::Tally;

/// Somebody who is named as the owner of records, and is not in the target, or inactive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AbsentOwner {
    /// The source's key of the owner.
    pub key: String,
    /// `orphan` for one who is not there, `inactive` for one who must not be given anything.
    pub why: String,
    /// How many records name them.
    pub records: u64,
}

/// How such owners stand in the tally of a batch.
const MARK: &str = "owner\u{1F}";

impl AbsentOwner {
    pub(crate) fn counted(why: &str, key: &str) -> String {
        format!("{MARK}{why}\u{1F}{key}")
    }

    /// Takes the owners out of a tally.
    pub(crate) fn take(tally: &mut Tally) -> Vec<AbsentOwner> {
        let mut owners = Vec::new();
        tally.0.retain(|what, count| {
            let Some((why, key)) = what.strip_prefix(MARK).and_then(|rest| rest.split_once('\u{1F}')) else {
                return true;
            };
            let records = u64::try_from(*count).unwrap_or_default();
            owners.push(AbsentOwner { key: key.to_owned(), why: why.to_owned(), records });
            false
        });
        owners
    }
}
