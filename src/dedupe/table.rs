//! Tables that name records, as sources write them.

use super::RecordKey;
use crate::error::Result;
use crate::record::Value;
use crate::source::Feed;

/// The columns that name two records: with their sources or without.
pub(super) fn pair_columns(with_sources: bool) -> &'static [&'static str] {
    if with_sources { &["source_a", "key_a", "source_b", "key_b"] } else { &["id_a", "id_b"] }
}

/// The values of these columns.
pub(super) fn pair_values<'k>(
    with_sources: bool,
    a: &'k RecordKey,
    b: &'k RecordKey,
) -> impl Iterator<Item = Value<'k>> {
    let source = move |key: &'k RecordKey| with_sources.then_some(Value::Text(&key.source));
    [a, b].into_iter().flat_map(move |key| source(key).into_iter().chain([Value::Text(&key.key)]))
}

/// Sends a row of these values on its way.
pub(super) fn push_row<'v>(feed: &mut Feed<'_>, values: impl Iterator<Item = Value<'v>>) -> Result<()> {
    let record = feed.record();
    values.enumerate().for_each(|(position, value)| record.set_value(position, value));
    feed.push()
}
