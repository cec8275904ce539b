//! Records that go straight from the stages to the sink.

use std::sync::Arc;

use crate::batch::Batch;
use crate::error::{Fault, Result};
use crate::pipeline::books::Disposition;
use crate::pipeline::delivery::Stock;
use crate::pipeline::desk::Desk;
use crate::pipeline::engine::Upstream;
use crate::record::{Record, RecordId};

/// The rows of the batches, in order, as they come out of the stages.
pub(crate) struct Stream {
    upstream: Upstream,
    batch: Arc<Batch>,
    /// The row after the current one.
    next: usize,
    /// Batches that are behind, of which records may still be held.
    behind: Vec<Arc<Batch>>,
}

/// Which record it is and, if it must outlast the next one, where it lies.
pub(crate) struct StreamSlip {
    id: RecordId,
    held: Option<(Arc<Batch>, usize)>,
}

impl Stream {
    pub fn new(upstream: Upstream) -> Self {
        Stream { upstream, batch: Arc::default(), next: 0, behind: Vec::new() }
    }

    /// The current record as it was read.
    pub fn raw(&self) -> &Record {
        self.batch.raw(&self.batch.rows[self.next - 1])
    }

    /// A batch to be used again: one of which no record is held.
    fn free(&mut self) -> Batch {
        self.behind.push(std::mem::take(&mut self.batch));
        let free = self.behind.iter_mut().position(|batch| Arc::get_mut(batch).is_some());
        free.and_then(|at| Arc::into_inner(self.behind.swap_remove(at))).unwrap_or_default()
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
            let empty = self.free();
            self.next = 0;
            match self.upstream.exchange(empty)? {
                Some(batch) => self.batch = Arc::new(batch),
                None => return Ok(false),
            }
            desk.receive(&self.batch)?;
        }
    }

    fn record(&self) -> &Record {
        self.batch.record(&self.batch.rows[self.next - 1])
    }

    fn slip(&mut self, lasting: bool) -> StreamSlip {
        let held = lasting.then(|| (Arc::clone(&self.batch), self.next - 1));
        StreamSlip { id: self.record().id(), held }
    }

    fn settle(&mut self, slip: &StreamSlip, how: Disposition, desk: &mut Desk<'_>) -> Result<()> {
        desk.books.book(slip.id, how)
    }

    fn refuse(&mut self, slip: &StreamSlip, fault: Fault, desk: &mut Desk<'_>) -> Result<()> {
        let held = slip.held.as_ref().map(|(batch, row)| batch.raw(&batch.rows[*row]));
        desk.reject(slip.id, held.unwrap_or_else(|| self.raw()), &[fault])
    }

    fn warn(&mut self, fault: Fault, desk: &mut Desk<'_>) -> Result<()> {
        desk.find(self.raw(), &[fault]).map(drop)
    }
}
