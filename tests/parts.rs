//! Parts of a pipeline of one's own, into which a test puts what goes wrong.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use handover::dedupe::{Links, Records};
use handover::{DuplicateDetector, Feed, Observer, RecordId, Result, Rows, Schema, SinkWriter, SourceReader};

/// A source of the numbers from 1 to `count`, each on a row with a name.
pub struct Numbers<F> {
    pub count: u64,
    /// What happens before a number is pushed.
    pub before: F,
}

/// A source of numbers that nothing happens to.
pub fn numbers(count: u64) -> Numbers<impl FnMut(u64) -> Result<()> + Send> {
    Numbers { count, before: |_| Ok(()) }
}

impl<F: FnMut(u64) -> Result<()> + Send> SourceReader for Numbers<F> {
    fn name(&self) -> Cow<'_, str> {
        "numbers".into()
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Schema::text(["number", "name"])
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for number in 1..=self.count {
            (self.before)(number)?;
            let record = feed.record();
            record.set_value(0, number.to_string().as_str());
            record.set_value(1, "王伟");
            feed.push()?;
        }
        Ok(())
    }
}

/// A sink that does what a closure says.
pub struct Sink<F>(pub F);

impl<F: FnMut(&mut Rows<'_>) -> Result<()> + Send> SinkWriter for Sink<F> {
    fn name(&self) -> Cow<'_, str> {
        "the target".into()
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        (self.0)(rows)
    }
}

/// Pulls every record, and says which they were.
pub fn drain(rows: &mut Rows<'_>) -> Result<Vec<RecordId>> {
    let mut ids = Vec::new();
    while let Some(record) = rows.next()? {
        ids.push(record.id());
    }
    Ok(ids)
}

/// A detector that does what a closure says.
pub struct Detector<F>(pub F);

impl<F: FnMut(&Records, &mut Links) -> Result<()> + Send> DuplicateDetector for Detector<F> {
    fn bind(&mut self, _schema: &Schema) -> Result<()> {
        Ok(())
    }

    fn detect(&mut self, records: &Records, links: &mut Links) -> Result<()> {
        (self.0)(records, links)
    }
}

/// An observer that is told how far the run is, batch by batch.
pub struct EachBatch<F>(pub F);

impl<F: Fn(&handover::pipeline::Progress) + Send + Sync> Observer for EachBatch<F> {
    fn progress(&self, progress: &handover::pipeline::Progress) {
        (self.0)(progress);
    }
}

/// The names of the files in a folder, in order.
pub fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
