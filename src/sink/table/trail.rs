//! What a run has pulled so far, in a digest: a later run that goes on from
//! there makes sure that it sees the same records.

use sha2::{Digest, Sha256};

use crate::details::in_hex;
use crate::record::{Record, Value};

/// A running digest of records.
#[derive(Clone, Default)]
pub(crate) struct Trail {
    records: u64,
    digest: Sha256,
    text: String,
}

impl Trail {
    /// A record was pulled.
    pub fn add(&mut self, record: &Record) {
        use std::fmt::Write;
        self.records += 1;
        self.text.clear();
        for value in record.values() {
            let start = self.text.len();
            // Writing into a string does not fail.
            let _ = write!(self.text, "{value}");
            let (length, kind) = (self.text.len() - start, tag(&value));
            let _ = write!(self.text, "\0{kind}{length}\0");
        }
        self.digest.update(self.text.as_bytes());
    }

    /// How many were pulled.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The digest of them, in hexadecimal.
    pub fn digest(&self) -> String {
        in_hex(self.digest.clone())
    }
}

fn tag(value: &Value<'_>) -> char {
    match value {
        Value::Null => 'n',
        Value::Text(_) => 't',
        _ => 'v',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn other_records_another_digest() {
        let digest = |rows: &[[Option<&str>; 2]]| {
            let mut trail = Trail::default();
            for row in rows {
                let values = row.map(|cell| cell.map_or(Value::Null, Value::Text));
                trail.add(&Record::of(Schema::text(["a", "b"]).unwrap(), values).unwrap());
            }
            (trail.records(), trail.digest())
        };
        let same = digest(&[[Some("x"), None], [Some("y"), Some("z")]]);
        assert_eq!(same, digest(&[[Some("x"), None], [Some("y"), Some("z")]]));
        assert_eq!(same.0, 2);
        for other in [
            digest(&[[Some("x"), Some("")], [Some("y"), Some("z")]]),
            digest(&[[Some("y"), Some("z")], [Some("x"), None]]),
            digest(&[[None, Some("x")], [Some("y"), Some("z")]]),
        ] {
            assert_ne!(same, other);
        }
        assert_ne!(digest(&[[Some("xy"), Some("z")]]), digest(&[[Some("x"), Some("yz")]]));
    }
}
