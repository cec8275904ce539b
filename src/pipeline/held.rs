//! Records that are held until the duplicates among all of them are known.

use std::sync::Arc;

use crate::dedupe::Records;
use crate::error::Result;
use crate::pipeline::delivery::Stock;
use crate::pipeline::desk::Desk;
use crate::pipeline::stream::Stream;
use crate::record::{Record, RecordId};
use crate::schema::Schema;

/// All records of a run as they came out of the stages and, where a rejects
/// file may need them, as they were read.
pub(crate) struct Held {
    pub records: Records,
    raw: Option<Records>,
    inputs: Vec<Arc<Schema>>,
}

impl Held {
    /// Takes in every record of the stream. What needs more memory than the
    /// budget goes to disk.
    pub fn collect(
        mut stream: Stream,
        inputs: Vec<Arc<Schema>>,
        schema: &Arc<Schema>,
        budget: usize,
        desk: &mut Desk<'_>,
    ) -> Result<Self> {
        let wants_raw = desk.rejects.wants_raw();
        let of_each = if wants_raw { budget / 2 } else { budget };
        let mut records = Records::spilling(Arc::clone(schema), of_each);
        let mut raw = wants_raw.then(|| Records::spilling(Arc::clone(schema), of_each));
        while stream.advance(desk)? {
            records.push(stream.record())?;
            if let Some(raw) = &mut raw {
                raw.push(stream.raw())?;
            }
        }
        Ok(Held { records, raw, inputs })
    }

    /// Memory that the records take, in bytes.
    pub fn bytes(&self) -> usize {
        self.records.bytes() + self.raw.as_ref().map_or(0, Records::bytes)
    }

    /// Bytes of records that are on disk.
    pub fn bytes_spilled(&self) -> u64 {
        self.records.bytes_spilled() + self.raw.as_ref().map_or(0, Records::bytes_spilled)
    }

    /// Which record it is.
    pub fn id(&self, record: u32) -> Result<RecordId> {
        self.records.row(record as usize).map(|row| row.id())
    }

    /// A record as it was read, or as near to that as was kept.
    pub fn raw(&self, record: u32) -> Result<Record> {
        let (kept, schema) = match &self.raw {
            Some(raw) => (raw, &self.inputs[self.id(record)?.input as usize]),
            None => (&self.records, self.records.schema()),
        };
        let mut out = Record::new(Arc::clone(schema));
        kept.row(record as usize)?.read(&mut out);
        Ok(out)
    }
}
