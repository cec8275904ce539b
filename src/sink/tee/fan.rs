//! The other sinks, on their threads, and the way to them.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use super::branch::Branch;
use super::{Other, gone};
use crate::error::{Error, ErrorKind, Result};
use crate::record::Record;
use crate::schema::Schema;

/// Records travel to the other sinks so many at a time, …
const PARCEL: usize = 256;
/// … and so many parcels wait for each.
const WAITING: usize = 4;

pub(super) type Parcel = Arc<Vec<Record>>;

/// What the others are sent.
pub(super) enum Message {
    Parcel(Parcel),
    /// There are no more records.
    End,
    Commit,
}

/// What the others say.
pub(super) enum Said {
    /// It would commit now.
    Ready,
    /// It is over, well or not.
    Over,
}

/// The way to the other sinks.
pub(super) struct Fan {
    to: Vec<SyncSender<Message>>,
    said: Receiver<Said>,
    parcel: Vec<Record>,
}

/// The other sinks at work.
pub(super) struct Branches<'s> {
    to: Vec<SyncSender<Message>>,
    handles: Vec<(String, ScopedJoinHandle<'s, Result<()>>)>,
}

impl Fan {
    pub fn start<'s, 'p: 's>(
        scope: &'s Scope<'s, '_>,
        others: &'s mut [Other<'p>],
        schema: &Arc<Schema>,
    ) -> (Fan, Branches<'s>) {
        let (tell, said) = channel();
        let (mut to, mut handles) = (Vec::new(), Vec::new());
        for other in others {
            let (sender, from) = sync_channel(WAITING);
            let branch = Branch::new(Arc::clone(schema), from, tell.clone());
            to.push(sender);
            handles.push((other.sink.name().into_owned(), scope.spawn(move || branch.run(other))));
        }
        (Fan { to: to.clone(), said, parcel: Vec::new() }, Branches { to, handles })
    }

    pub fn send(&mut self, record: Record) -> Result<()> {
        self.parcel.push(record);
        if self.parcel.len() < PARCEL { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<()> {
        let parcel = Arc::new(std::mem::take(&mut self.parcel));
        self.tell(|| Message::Parcel(Arc::clone(&parcel)))
    }

    fn tell(&self, message: impl Fn() -> Message) -> Result<()> {
        self.to.iter().try_for_each(|to| to.send(message()).map_err(gone))
    }

    /// Has every other sink come to the point where it would commit.
    pub fn agree(&mut self) -> Result<()> {
        self.flush()?;
        self.tell(|| Message::End)?;
        for _ in 0..self.to.len() {
            match self.said.recv() {
                Ok(Said::Ready) => {}
                Ok(Said::Over) | Err(_) => return Err(gone(())),
            }
        }
        Ok(())
    }
}

/// Why a run of several sinks failed.
pub(super) struct Failed {
    pub error: Error,
    pub some_committed: bool,
}

impl Branches<'_> {
    /// Lets the others commit, one after the other, if the first has, whose name is given.
    pub fn commit(self, first: Result<String>) -> Result<(), Failed> {
        let (mut committed, mut failed) = match first {
            Ok(name) => (vec![name], None),
            Err(error) => (Vec::new(), Some(error)),
        };
        for (to, (name, handle)) in self.to.into_iter().zip(self.handles) {
            if failed.is_none() {
                let _ = to.send(Message::Commit);
            }
            drop(to);
            match handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)) {
                Ok(()) => committed.push(name),
                // It was only told that another one failed.
                Err(error) if failed.is_some() && error.kind() == ErrorKind::Stopped => {}
                // Its own error is the reason why the first one was stopped.
                Err(error) if failed.as_ref().is_none_or(is_vague) => {
                    failed = Some(error.within(&name));
                }
                Err(_) => {}
            }
        }
        match failed {
            None => Ok(()),
            Some(error) if committed.is_empty() => Err(Failed { error, some_committed: false }),
            Some(error) => {
                let message = format!("the sinks disagree: committed already: {}", committed.join(", "));
                let error = Error::new(error.kind(), message).caused_by(error);
                Err(Failed { error, some_committed: true })
            }
        }
    }
}

/// Whether an error may come of another sink's.
fn is_vague(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Stopped | ErrorKind::Unbalanced)
}
