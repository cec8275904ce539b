//! Reads a source once, on all processors: one reads, the others share the columns.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use super::gather::Gather;
use crate::batch::{Batch, Fate};
use crate::error::{Error, Result};
use crate::places::Places;
use crate::schema::Schema;
use crate::source::{Feed, SourceReader};

/// How many batches may wait for a worker.
const WAITING: usize = 4;
/// Few records in a batch stay in a cache while one column after the other is looked at.
const RECORDS: usize = 256;

/// What was read.
pub(super) struct Read {
    pub columns: Vec<Gather>,
    pub records: u64,
    pub rejected: u64,
}

/// Some columns of the schema, with their positions.
type Share = Vec<(usize, Gather)>;

pub(super) fn read<S: SourceReader + ?Sized>(source: &mut S, schema: &Arc<Schema>) -> Result<Read> {
    let name: Arc<str> = source.name().into();
    let places = Places::new([Arc::clone(&name)]);
    let (mut records, mut rejected) = (0, 0);
    let mut columns: Share = thread::scope(|scope| {
        let (back, returned) = channel();
        let (mut senders, mut workers): (Vec<SyncSender<Arc<Batch>>>, Vec<_>) = Default::default();
        for share in shares(schema) {
            let (sender, receiver) = sync_channel(WAITING);
            let (places, back) = (&places, back.clone());
            workers.push(scope.spawn(move || work(share, &receiver, &back, places)));
            senders.push(sender);
        }
        drop(back);
        let mut exchange = |batch: Batch| {
            records += batch.rows.len() as u64;
            rejected += batch.rows.iter().filter(|row| row.fate == Fate::Rejected).count() as u64;
            let batch = Arc::new(batch);
            senders.iter().try_for_each(|sender| sender.send(Arc::clone(&batch)).map_err(|_| stopped()))?;
            drop(batch);
            Ok(spare(&returned))
        };
        let mut feed = Feed::new(Arc::clone(schema), 0, Batch::default(), RECORDS, &places, &mut exchange);
        let outcome = source.read(&mut feed).map_err(|error| error.within(&name));
        let outcome = outcome.and_then(|()| feed.finish().map(drop));
        drop(senders);
        let mut columns = Vec::new();
        for worker in workers {
            columns.extend(worker.join().map_err(|_| stopped())?);
        }
        outcome.map(|()| columns)
    })?;
    columns.sort_by_key(|(position, _)| *position);
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    Ok(Read { columns, records: records - rejected, rejected })
}

/// The columns, divided among as many threads as run at once.
fn shares(schema: &Schema) -> Vec<Share> {
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get()).min(schema.len().max(1));
    let mut shares: Vec<Share> = (0..threads).map(|_| Vec::new()).collect();
    for (position, field) in schema.fields().iter().enumerate() {
        shares[position % threads].push((position, Gather::new(field, schema.len())));
    }
    shares
}

fn work(
    mut share: Share,
    batches: &Receiver<Arc<Batch>>,
    back: &Sender<Arc<Batch>>,
    places: &Places,
) -> Share {
    for batch in batches {
        for (position, column) in &mut share {
            for row in batch.rows.iter().filter(|row| row.fate != Fate::Rejected) {
                let record = batch.raw(row);
                column.see(record.value(*position), || places.place(&record.origin()));
            }
        }
        // Nobody listens any more where the source has failed.
        let _ = back.send(batch);
    }
    share
}

/// A batch that everybody has done with, or a new one.
fn spare(returned: &Receiver<Arc<Batch>>) -> Batch {
    let done = returned.try_iter().filter_map(|batch| Arc::try_unwrap(batch).ok()).next();
    done.map_or_else(Batch::default, |mut batch| {
        batch.clear();
        batch
    })
}

fn stopped() -> Error {
    Error::other("a thread that examined columns has stopped")
}
