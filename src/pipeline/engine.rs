//! The threads of a run: one reads, some work, the caller's own writes.
//!
//! The reader deals batches out to the workers in turn, and the writer takes
//! them back in turn: the order is that of the input, whatever the workers'
//! speed. One pool of batches is both the memory bound and the back-pressure.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Scope, ScopedJoinHandle};

use crate::batch::Batch;
use crate::changes::Changes;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::cancel::Cancel;
use crate::pipeline::stages::{Scratch, Stages};
use crate::places::Places;
use crate::schema::Schema;
use crate::source::{Feed, SourceReader};

/// A source and its columns.
pub(crate) struct Input<'p> {
    pub source: Box<dyn SourceReader + 'p>,
    pub name: Arc<str>,
    pub schema: Arc<Schema>,
}

enum Message {
    Batch(Batch),
    End(End),
}

/// What the reader says last: how it went, and how much there was.
struct End {
    result: Result<()>,
    batches: usize,
}

/// How many batches are under way at most.
fn pool_size(workers: usize) -> usize {
    4 + 2 * workers
}

/// How a run goes about it.
pub(crate) struct Setting<'s> {
    pub workers: usize,
    pub batch_records: usize,
    pub cancel: &'s Cancel,
    pub places: &'s Places,
}

/// Starts the reader and the workers; the caller pulls from the [`Upstream`].
/// The handles give the workers' counts of changes.
pub(crate) fn start<'s, 'p: 's>(
    scope: &'s Scope<'s, '_>,
    inputs: &'s mut [Input<'p>],
    stages: &'s Stages<'p>,
    setting: Setting<'s>,
    changes: &Changes,
) -> (Upstream, Vec<ScopedJoinHandle<'s, Changes>>) {
    let Setting { workers, batch_records, cancel, places } = setting;
    let (give_back, free) = channel();
    let workers = if stages.is_empty() { 0 } else { workers.max(1) };
    for _ in 0..pool_size(workers) {
        let _ = give_back.send(Batch::default());
    }
    let (mut lanes_in, mut lanes_out, mut handles) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..workers {
        let (to_worker, from_reader) = channel();
        let (to_writer, from_worker) = channel();
        lanes_in.push(to_worker);
        lanes_out.push(from_worker);
        let changes = changes.clone();
        handles.push(scope.spawn(move || work(stages, changes, places, from_reader, to_writer)));
    }
    if workers == 0 {
        let (to_writer, from_reader) = channel();
        lanes_in.push(to_writer);
        lanes_out.push(from_reader);
    }
    let reader = Reader { lanes: lanes_in, free, sent: 0, cancel, places, batch_records };
    scope.spawn(move || reader.run(inputs));
    (Upstream { lanes: lanes_out, give_back, received: 0 }, handles)
}

/// The thread that reads the sources, one after the other.
struct Reader<'s> {
    lanes: Vec<Sender<Message>>,
    free: Receiver<Batch>,
    sent: usize,
    cancel: &'s Cancel,
    places: &'s Places,
    batch_records: usize,
}

impl Reader<'_> {
    fn run(mut self, inputs: &mut [Input<'_>]) {
        let result = self.read(inputs);
        let end = End { result, batches: self.sent };
        let _ = self.lane().send(Message::End(end));
    }

    fn read(&mut self, inputs: &mut [Input<'_>]) -> Result<()> {
        let mut batch = self.free.recv().map_err(over)?;
        for (number, Input { source, name, schema }) in inputs.iter_mut().enumerate() {
            let (records, places) = (self.batch_records, self.places);
            let mut exchange = |full| self.exchange(full);
            let mut feed =
                Feed::new(Arc::clone(schema), number as u32, batch, records, places, &mut exchange);
            guarded("the source", || source.read(&mut feed)).map_err(|error| error.within(name))?;
            batch = feed.finish()?;
        }
        Ok(())
    }

    fn exchange(&mut self, full: Batch) -> Result<Batch> {
        self.cancel.check()?;
        self.lane().send(Message::Batch(full)).map_err(over)?;
        self.sent += 1;
        self.free.recv().map_err(over)
    }

    fn lane(&self) -> &Sender<Message> {
        &self.lanes[self.sent % self.lanes.len()]
    }
}

/// The other end is gone: it says why, elsewhere.
fn over<E>(_: E) -> Error {
    Error::new(ErrorKind::Stopped, "the run is over")
}

/// A thread that does the work on one record at a time.
fn work(
    stages: &Stages<'_>,
    changes: Changes,
    places: &Places,
    from: Receiver<Message>,
    to: Sender<Message>,
) -> Changes {
    let mut scratch = Scratch::new(changes);
    for message in from {
        let message = match message {
            Message::End(end) => Message::End(end),
            Message::Batch(mut batch) => {
                match guarded("a stage", || stages.process(&mut batch, &mut scratch)) {
                    Ok(()) => Message::Batch(batch),
                    Err(error) => {
                        let record = batch.records.get(scratch.at);
                        let place = record.map(|record| places.place(&record.origin()));
                        let result = Err(match place {
                            Some(place) => error.at(place),
                            None => error,
                        });
                        Message::End(End { result, batches: 0 })
                    }
                }
            }
        };
        if to.send(message).is_err() {
            break;
        }
    }
    scratch.changes
}

/// Runs something of the caller's own, and makes an error of a panic.
pub(crate) fn guarded<T>(what: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(&*panic, what)))
}

fn panicked(panic: &(dyn Any + Send), what: &str) -> Error {
    let said = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Error::new(ErrorKind::Panic, format!("{what} panicked: {said}"))
}

/// The batches as they come out of the stages, in order.
pub(crate) struct Upstream {
    lanes: Vec<Receiver<Message>>,
    give_back: Sender<Batch>,
    received: usize,
}

impl Upstream {
    /// Gives an empty batch back and takes the next full one, if there is one.
    pub fn exchange(&mut self, mut empty: Batch) -> Result<Option<Batch>> {
        if self.received > 0 {
            empty.clear();
            let _ = self.give_back.send(empty);
        }
        let lane = &self.lanes[self.received % self.lanes.len()];
        match lane.recv() {
            Ok(Message::Batch(batch)) => {
                self.received += 1;
                Ok(Some(batch))
            }
            Ok(Message::End(End { result, batches })) => {
                result?;
                self.check(batches)?;
                Ok(None)
            }
            Err(_) => Err(Error::new(ErrorKind::Panic, "a thread of the run ended without a word")),
        }
    }

    fn check(&self, batches: usize) -> Result<()> {
        if batches == self.received {
            return Ok(());
        }
        let message = format!("{batches} batches were sent, {} arrived", self.received);
        Err(Error::new(ErrorKind::Unbalanced, message))
    }
}
