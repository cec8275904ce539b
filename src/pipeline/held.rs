//! Records that are held until the duplicates among all of them are known.

use std::sync::Arc;

use crate::dedupe::Records;
use crate::error::Result;
use crate::pipeline::delivery::Stock;
use crate::pipeline::desk::Desk;
use crate::pipeline::stream::Stream;
use crate::record::Record;
use crate::schema::Schema;

/// All records of a run as they came out of the stages and, where a rejects
/// file may need them, as they were read.
pub(crate) struct Held {
    pub records: Records,
    raw: Option<Records>,
    inputs: Vec<Arc<Schema>>,
}

impl Held {
    /// Takes in every record of the stream.
    pub fn collect(
        mut stream: Stream,
        inputs: Vec<Arc<Schema>>,
        schema: &Arc<Schema>,
        desk: &mut Desk<'_>,
    ) -> Result<Self> {
        let mut records = Records::new(Arc::clone(schema));
        let mut raw = desk.rejects.wants_raw().then(|| Records::new(Arc::clone(schema)));
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

    /// A record as it was read, or as near to that as was kept.
    pub fn raw(&self, record: usize) -> Record {
        let id = self.records.id(record);
        let (kept, schema) = match &self.raw {
            Some(raw) => (raw, &self.inputs[id.input as usize]),
            None => (&self.records, self.records.schema()),
        };
        let mut out = Record::new(Arc::clone(schema));
        kept.read(record, &mut out);
        out
    }
}
