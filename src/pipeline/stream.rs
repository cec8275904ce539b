//! Records that go straight from the stages to the sink.

use std::sync::Arc;

use crate::batch::Batch;
use crate::error::{Fault, Result};
use crate::pipeline::books::Disposition;
use crate::pipeline::delivery::Stock;
use crate::pipeline::desk::Desk;
use crate::pipeline::engine::Upstream;
use crate::record::{Pack, Record, RecordId};
use crate::schema::Schema;

/// A buffer that grew beyond this is not kept.
const KEPT_BYTES: usize = 64 << 10;

/// The rows of the batches, in order, as they come out of the stages.
pub(crate) struct Stream {
    upstream: Upstream,
    /// The columns of each input.
    inputs: Vec<Arc<Schema>>,
    batch: Batch,
    /// The row after the current one.
    next: usize,
    /// Buffers of slips that are used again.
    spare: Vec<Pack>,
}

/// Which record it is and, if it must outlast its batch, the raw record, packed.
pub(crate) struct StreamSlip {
    id: RecordId,
    raw: Option<Pack>,
}

impl Stream {
    pub fn new(upstream: Upstream, inputs: Vec<Arc<Schema>>) -> Self {
        Stream { upstream, inputs, batch: Batch::default(), next: 0, spare: Vec::new() }
    }

    /// The current record as it was read.
    pub fn raw(&self) -> &Record {
        self.batch.raw(&self.batch.rows[self.next - 1])
    }
}

impl Stock for Stream {
    type Slip = StreamSlip;

    fn advance(&mut self, desk: &mut Desk<'_>) -> Result<bool> {
        loop {
            while let Some(row) = self.batch.rows.get(self.next) {
                self.next += 1;
                if desk.admit(&self.batch, row)? {
                    return Ok(true);
                }
            }
            let empty = std::mem::take(&mut self.batch);
            self.next = 0;
            match self.upstream.exchange(empty)? {
                Some(batch) => self.batch = batch,
                None => return Ok(false),
            }
            desk.receive(&self.batch)?;
        }
    }

    fn record(&self) -> &Record {
        self.batch.record(&self.batch.rows[self.next - 1])
    }

    fn slip(&mut self, lasting: bool) -> StreamSlip {
        let raw = lasting.then(|| {
            let mut packed = self.spare.pop().unwrap_or_default();
            packed.clear();
            packed.push(self.raw());
            packed
        });
        StreamSlip { id: self.record().id(), raw }
    }

    fn settle(&mut self, slip: &StreamSlip, how: Disposition, desk: &mut Desk<'_>) -> Result<()> {
        desk.books.book(slip.id, how)
    }

    fn refuse(&mut self, slip: &StreamSlip, fault: Fault, desk: &mut Desk<'_>) -> Result<()> {
        match &slip.raw {
            None => desk.reject(slip.id, self.raw(), &[fault]),
            Some(packed) => {
                let mut raw = Record::new(Arc::clone(&self.inputs[slip.id.input as usize]));
                packed.record().unpack(&mut raw);
                desk.reject(slip.id, &raw, &[fault])
            }
        }
    }

    fn release(&mut self, slip: StreamSlip) {
        self.spare.extend(slip.raw.filter(|packed| packed.held() <= KEPT_BYTES));
    }

    fn warn(&mut self, fault: Fault, desk: &mut Desk<'_>) -> Result<()> {
        desk.find(self.raw(), &[fault]).map(drop)
    }
}
