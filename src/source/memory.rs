//! Records that are in memory already.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::Result;
use crate::record::Record;
use crate::schema::Schema;
use crate::source::{Feed, SourceReader};

/// A source of records that are in memory already: for tests, and for rows
/// that a program holds.
///
/// ```
/// use handover::{Record, Schema, source::Memory};
///
/// let schema = Schema::text(["name"])?;
/// let source = Memory::new("names", schema.clone(), [Record::of(schema, ["王伟"])?]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Memory {
    name: String,
    schema: Arc<Schema>,
    records: Vec<Record>,
    key: Option<String>,
}

impl Memory {
    /// A source of these records, which all have these columns.
    pub fn new(
        name: impl Into<String>,
        schema: Arc<Schema>,
        records: impl IntoIterator<Item = Record>,
    ) -> Self {
        Memory { name: name.into(), schema, records: records.into_iter().collect(), key: None }
    }

    /// Declares the column that holds the source's own key.
    #[must_use]
    pub fn key(mut self, column: impl Into<String>) -> Self {
        self.key = Some(column.into());
        self
    }
}

impl SourceReader for Memory {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        if let Some(key) = &self.key {
            self.schema.index(key)?;
        }
        Ok(Arc::clone(&self.schema))
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let key = self.key.as_deref().map(|key| self.schema.index(key)).transpose()?;
        for given in &self.records {
            let record = feed.record();
            for (position, value) in given.values().enumerate().take(record.len()) {
                record.set_value(position, value);
            }
            if let Some(key) = key {
                record.set_key(key);
            }
            feed.push()?;
        }
        Ok(())
    }
}
