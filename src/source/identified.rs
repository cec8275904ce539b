//! A source whose records have their key from a column, read from a row on.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::details::Details;
use crate::error::Result;
use crate::schema::Schema;
use crate::source::{Feed, SourceReader};

/// A source of which a column is the key of each record, and whose first rows are passed over.
pub(crate) struct Identified<S> {
    source: S,
    column: String,
    skip: u64,
    position: usize,
    only: Option<String>,
}

impl<S: SourceReader> Identified<S> {
    pub fn new(source: S, column: &str, skip: u64) -> Self {
        Identified { source, column: column.to_owned(), skip, position: 0, only: None }
    }

    /// Passes over all records but those of one key.
    pub fn only(mut self, key: &str) -> Self {
        self.only = Some(key.to_owned());
        self
    }
}

impl<S: SourceReader> SourceReader for Identified<S> {
    fn name(&self) -> Cow<'_, str> {
        self.source.name()
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let schema = self.source.schema()?;
        self.position = schema.index(&self.column).map_err(|error| error.at(self.source.name()))?;
        Ok(schema)
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        feed.go_on(self.position, self.skip);
        if let Some(only) = &self.only {
            feed.only(only);
        }
        self.source.read(feed)
    }

    fn files(&self) -> Vec<&Path> {
        self.source.files()
    }

    fn details(&self) -> Details {
        self.source.details()
    }
}
