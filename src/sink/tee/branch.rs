//! One of the sinks that take what the first one took.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use super::fan::{Message, Parcel, Said};
use super::{Other, Warnings, gone, in_batches, too_early};
use crate::error::{Error, Fault, Result};
use crate::record::{Record, RecordId};
use crate::schema::Schema;
use crate::sink::{Answer, Rows, Supply};

/// What another sink pulls from.
pub(super) struct Branch {
    schema: Arc<Schema>,
    from: Receiver<Message>,
    tell: Tell,
    parcel: Parcel,
    /// The record after the current one.
    next: usize,
    /// The records to be answered for, where the sink answers for each.
    open: Option<HashSet<RecordId>>,
    ended: bool,
    ready: bool,
    durable: bool,
    warnings: Warnings,
}

/// Says that the sink is over, however it ends.
struct Tell(Sender<Said>);

impl Drop for Tell {
    fn drop(&mut self) {
        let _ = self.0.send(Said::Over);
    }
}

impl Branch {
    pub fn new(schema: Arc<Schema>, from: Receiver<Message>, tell: Sender<Said>) -> Self {
        #[rustfmt::skip]
        let branch = Branch {
            schema, from, tell: Tell(tell), parcel: Parcel::default(), next: 0, open: None,
            ended: false, ready: false, durable: false, warnings: Warnings::new(),
        };
        branch
    }

    pub fn run(mut self, other: &mut Other<'_>) -> Result<()> {
        other.sink.write(&mut Rows::new(&mut self))?;
        other.warnings = std::mem::take(&mut self.warnings);
        match self.ready {
            true => Ok(()),
            false => Err(too_early()),
        }
    }

    fn advance(&mut self) -> Result<bool> {
        if self.durable {
            return Err(in_batches());
        }
        while self.next >= self.parcel.len() {
            if self.ended {
                return Ok(false);
            }
            match self.from.recv().map_err(gone)? {
                Message::Parcel(parcel) => (self.parcel, self.next) = (parcel, 0),
                Message::End | Message::Commit => {
                    (self.ended, self.parcel, self.next) = (true, Parcel::default(), 0);
                    self.wait_if_settled()?;
                    return Ok(false);
                }
            }
        }
        self.next += 1;
        if let (Some(open), Some(record)) = (&mut self.open, self.parcel.get(self.next - 1)) {
            open.insert(record.id());
        }
        Ok(true)
    }

    fn current(&self) -> Option<&Record> {
        self.next.checked_sub(1).and_then(|at| self.parcel.get(at))
    }

    /// At the end, when nothing is open, waits until all may commit.
    fn wait_if_settled(&mut self) -> Result<()> {
        if !self.ended || self.ready || self.open.as_ref().is_some_and(|open| !open.is_empty()) {
            return Ok(());
        }
        self.tell.0.send(Said::Ready).map_err(gone)?;
        match self.from.recv() {
            Ok(Message::Commit) => {
                self.ready = true;
                Ok(())
            }
            _ => Err(gone(())),
        }
    }

    fn take(&mut self, id: RecordId, answer: Answer) -> Result<()> {
        match answer {
            Answer::Refused(fault) => {
                let message = "it refuses a record that the first sink took";
                return Err(Error::other(message).caused_by(fault));
            }
            Answer::Unknown => return Err(Error::other("it does not know what became of a record")),
            Answer::Created | Answer::Updated | Answer::Unchanged => {}
        }
        if let Some(open) = &mut self.open {
            open.remove(&id);
        }
        self.wait_if_settled()
    }
}

impl Supply for Branch {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn next(&mut self) -> Result<Option<&Record>> {
        Ok(if self.advance()? { self.current() } else { None })
    }

    fn answers(&mut self) {
        self.open.get_or_insert_default();
    }

    fn answer(&mut self, id: RecordId, answer: Answer) -> Result<()> {
        self.take(id, answer)
    }

    fn settle(&mut self, answer: Answer) -> Result<()> {
        let id = self.current().map(Record::id).unwrap_or_default();
        self.take(id, answer)
    }

    fn warn(&mut self, fault: Fault) {
        let column = fault.column_name().unwrap_or_default().to_owned();
        let key = (column, fault.rule_name().to_owned(), fault.to_string());
        *self.warnings.entry(key).or_default() += 1;
    }

    fn durable(&mut self) {
        self.durable = true;
    }

    fn in_doubt(&mut self) {}
}
