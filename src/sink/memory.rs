//! Records kept in memory.

use std::borrow::Cow;

use crate::error::Result;
use crate::record::Record;
use crate::sink::{Rows, SinkWriter};

/// A sink that keeps the records in memory: for tests, and for programs that
/// go on with them. After a run that failed it holds nothing.
///
/// ```
/// use handover::{Pipeline, Record, Schema, sink::Collect, source::Memory};
///
/// let schema = Schema::text(["name"])?;
/// let source = Memory::new("names", schema.clone(), [Record::of(schema, ["王伟"])?]);
/// let mut names = Collect::new();
/// Pipeline::from(source).to(&mut names).run()?;
/// assert_eq!(names.records()[0].text("name")?, "王伟");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Collect {
    records: Vec<Record>,
}

impl Collect {
    /// Nothing yet.
    pub fn new() -> Self {
        Collect::default()
    }

    /// The records of the last run.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The records of the last run, handed over.
    pub fn into_records(self) -> Vec<Record> {
        self.records
    }
}

impl SinkWriter for Collect {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("memory")
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        self.records.clear();
        let mut records = Vec::new();
        while let Some(record) = rows.next()? {
            records.push(record.clone());
        }
        self.records = records;
        Ok(())
    }
}
