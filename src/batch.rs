//! The vehicle in which records travel through the engine, used over and over.

use std::borrow::Cow;

use crate::error::Fault;
use crate::record::{Record, RecordId};

/// A batch is sent on when it holds this many records …
pub(crate) const BATCH_RECORDS: usize = 1024;
/// … or takes this many bytes, whichever is first.
pub(crate) const BATCH_BYTES: usize = 512 << 10;
/// More memory than this is given back when a batch is used again.
const KEPT_BYTES: usize = 4 * BATCH_BYTES;

/// Some records of one input, in order.
#[derive(Default)]
pub(crate) struct Batch {
    /// The input's number.
    pub input: u32,
    /// Bytes of the input that were read when the batch was sent on.
    pub bytes_read: u64,
    /// The records as read. Those beyond `read` are spare.
    pub records: Vec<Record>,
    pub read: usize,
    /// The records that stages made. Those that no row points to are spare.
    pub made: Vec<Record>,
    /// One for each part of each record, in order.
    pub rows: Vec<Row>,
}

/// What becomes of a record, or of a part of it.
pub(crate) struct Row {
    /// The record as read, in `Batch::records`.
    pub source: u32,
    /// The record made of it, in `Batch::made`; none where no stage made one.
    pub made: Option<u32>,
    pub part: u32,
    pub fate: Fate,
    pub faults: Vec<Fault>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Pass,
    Rejected,
    Filtered(Cow<'static, str>),
}

impl Row {
    pub fn pass(source: u32) -> Self {
        Row { source, made: None, part: 0, fate: Fate::Pass, faults: Vec::new() }
    }
}

impl Batch {
    /// Makes the batch empty, and keeps its memory.
    pub fn clear(&mut self) {
        self.read = 0;
        self.rows.clear();
        self.made.truncate(2 * BATCH_RECORDS);
        for records in [&mut self.records, &mut self.made] {
            // A long row now and then would make every record long in the end.
            if records.iter().map(Record::held).sum::<usize>() > KEPT_BYTES {
                records.clear();
            }
        }
    }

    /// The record of a row as it stands after the stages.
    pub fn record(&self, row: &Row) -> &Record {
        match row.made {
            Some(made) => &self.made[made as usize],
            None => self.raw(row),
        }
    }

    /// The record of a row as it was read.
    pub fn raw(&self, row: &Row) -> &Record {
        &self.records[row.source as usize]
    }

    /// Which record a row is about.
    pub fn id(&self, row: &Row) -> RecordId {
        RecordId { part: row.part, ..self.raw(row).id() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn memory_of_long_rows_is_given_back() {
        let schema = Schema::text(["a"]).unwrap();
        let mut batch = Batch::default();
        for (length, kept) in [(100, BATCH_RECORDS), (KEPT_BYTES / BATCH_RECORDS, 0)] {
            batch.records.resize(BATCH_RECORDS, Record::new(schema.clone()));
            batch.records.iter_mut().for_each(|record| record.set_value(0, &*"x".repeat(length)));
            batch.clear();
            assert_eq!(batch.records.len(), kept);
        }
    }
}
