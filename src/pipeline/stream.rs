//! Records that go straight from the stages to the sink.

use crate::batch::Batch;
use crate::error::{Fault, Result};
use crate::pipeline::books::Disposition;
use crate::pipeline::delivery::Stock;
use crate::pipeline::desk::Desk;
use crate::pipeline::engine::Upstream;
use crate::record::{Record, RecordId};

/// A buffer that grew beyond this is not kept.
const KEPT_BYTES: usize = 64 << 10;

/// The rows of the batches, in order, as they come out of the stages.
pub(crate) struct Stream {
    upstream: Upstream,
    batch: Batch,
    /// The row after the current one.
    next: usize,
    /// Records of slips that are used again.
    spare: Vec<Record>,
}

/// Which record it is and, if it must outlast its batch, the raw record.
pub(crate) struct StreamSlip {
    id: RecordId,
    raw: Option<Record>,
}

impl Stream {
    pub fn new(upstream: Upstream) -> Self {
        Stream { upstream, batch: Batch::default(), next: 0, spare: Vec::new() }
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
        let spare = if lasting { self.spare.pop() } else { None };
        let raw = self.raw();
        let raw = lasting.then(|| match spare {
            Some(mut spare) => {
                spare.copy_from(raw, raw.schema());
                spare
            }
            None => raw.clone(),
        });
        StreamSlip { id: self.record().id(), raw }
    }

    fn settle(&mut self, slip: &StreamSlip, how: Disposition, desk: &mut Desk<'_>) -> Result<()> {
        desk.books.book(slip.id, how)
    }

    fn refuse(&mut self, slip: &StreamSlip, fault: Fault, desk: &mut Desk<'_>) -> Result<()> {
        desk.reject(slip.id, slip.raw.as_ref().unwrap_or_else(|| self.raw()), &[fault])
    }

    fn release(&mut self, slip: StreamSlip) {
        self.spare.extend(slip.raw.filter(|raw| raw.held() <= KEPT_BYTES));
    }

    fn warn(&mut self, fault: Fault, desk: &mut Desk<'_>) -> Result<()> {
        desk.find(self.raw(), &[fault]).map(drop)
    }
}
