//! Where a merged record went.

use std::borrow::Cow;

use crate::record::{RecordId, Value};

/// One record that was merged into another: what the crosswalk has a row for.
///
/// [`values`](Self::values) are in the order of [`COLUMNS`](Self::COLUMNS). A
/// record that is not in the crosswalk survived as itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrosswalkRow<'a> {
    /// The merged record.
    pub merged: Identity<'a>,
    /// The record that it was merged into.
    pub survivor: Identity<'a>,
}

/// By what a record is found again in its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The input's name.
    pub source: &'a str,
    /// The source's own key, where one is declared.
    pub key: Option<Cow<'a, str>>,
    /// Row and part.
    pub id: RecordId,
}

impl CrosswalkRow<'_> {
    /// The columns of a crosswalk as a table.
    pub const COLUMNS: [&'static str; 8] = [
        "source",
        "key",
        "row",
        "part",
        "surviving_source",
        "surviving_key",
        "surviving_row",
        "surviving_part",
    ];

    /// The row's values, in the order of the columns.
    pub fn values(&self) -> [Value<'_>; 8] {
        let [source, key, row, part] = self.merged.values();
        let [surviving_source, surviving_key, surviving_row, surviving_part] = self.survivor.values();
        [source, key, row, part, surviving_source, surviving_key, surviving_row, surviving_part]
    }
}

impl Identity<'_> {
    fn values(&self) -> [Value<'_>; 4] {
        [self.source.into(), self.key.as_deref().into(), Value::Int(self.id.row as i64), self.id.part.into()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_under_their_columns() {
        let merged = Identity { source: "shop", key: None, id: RecordId { input: 1, row: 9, part: 2 } };
        let survivor =
            Identity { source: "crm", key: Some("K7".into()), id: RecordId { input: 0, row: 3, part: 0 } };
        let values = CrosswalkRow { merged, survivor }.values().map(|value| value.to_string());
        assert_eq!(values, ["shop", "", "9", "2", "crm", "K7", "3", "0"]);
    }
}
