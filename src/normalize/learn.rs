//! Rules that a column decides as a whole.

use std::sync::Arc;

use super::Normalizer;
use crate::error::Result;
use crate::record::Value;
use crate::source::SourceReader;
use crate::source::within::read_within;

/// Shows a rule all values of a column before the run: a whole source is read
/// for it, once. A column that holds both `13/04/2024` and `03/04/2024` so
/// decides that the second is in April.
///
/// What the source itself rejects is passed over. For a rule that does not
/// [learn](Normalizer::learns) nothing is read, and the source not opened.
pub fn learn(rule: &mut dyn Normalizer, mut source: impl SourceReader, column: &str) -> Result<()> {
    if !rule.learns() {
        return Ok(());
    }
    let name: Arc<str> = source.name().into();
    let schema = source.schema().map_err(|error| error.within(&name))?;
    let column = schema.index(column).map_err(|error| error.within(&name))?;
    read_within(&mut source, &schema, |pushed| {
        match pushed.record.value(column) {
            _ if pushed.rejected => {}
            Value::Null => {}
            Value::Text(text) => rule.learn(text),
            other => rule.learn(&other.to_string()),
        }
        Ok(())
    })
}
