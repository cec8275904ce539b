//! What a source or a sink tells of itself, for the report.

use serde::Serialize;
#[cfg(any(
    feature = "csv",
    feature = "excel",
    feature = "json",
    feature = "sqlite",
    feature = "postgres"
))]
use sha2::{Digest, Sha256};

/// Facts about an input or an output, for the report.
///
/// ```
/// use handover::Details;
///
/// let mut details = Details { bytes: Some(4096), ..Details::default() };
/// details.fact("encoding", "UTF-8");
/// details.notes.push("3 blank rows are left out".to_owned());
/// assert_eq!(details.get("encoding"), Some("UTF-8"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Details {
    /// Facts in words, each with a name: `("encoding", "GB18030 (guessed)")`.
    pub facts: Vec<(String, String)>,
    /// What was noticed and settled without asking: a column renamed because
    /// its name was there twice, title lines that were skipped.
    pub notes: Vec<String>,
    /// The size in bytes, as stored, where there is one.
    pub bytes: Option<u64>,
    /// The SHA-256 of those bytes in hexadecimal, where it was asked for.
    pub sha256: Option<String>,
}

impl Details {
    /// Adds a fact.
    pub fn fact(&mut self, name: impl Into<String>, value: impl ToString) {
        self.facts.push((name.into(), value.to_string()));
    }

    /// A fact by its name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A digest in hexadecimal, as it stands in [`Details::sha256`].
#[cfg(any(feature = "csv", feature = "excel", feature = "json", feature = "sqlite", feature = "postgres"))]
pub(crate) fn in_hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
