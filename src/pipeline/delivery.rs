//! Handing records to the sink, and booking what it answers.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Fault, Result};
use crate::pipeline::books::Disposition;
use crate::pipeline::desk::Desk;
use crate::pipeline::open::Open;
use crate::record::{Record, RecordId};
use crate::schema::Schema;
use crate::sink::{Answer, Supply};

/// Where the records to be delivered come from.
pub(crate) trait Stock {
    /// What must be kept of a record until the sink has answered for it.
    type Slip;

    /// Goes on to the next record that is to be written.
    fn advance(&mut self, desk: &mut Desk<'_>) -> Result<bool>;
    /// The record that is to be written.
    fn record(&self) -> &Record;
    /// What to keep of it: enough until the next one is pulled or, if `lasting`,
    /// until an answer comes.
    fn slip(&mut self, lasting: bool) -> Self::Slip;
    /// Books the record as written.
    fn settle(&mut self, slip: &Self::Slip, how: Disposition, desk: &mut Desk<'_>) -> Result<()>;
    /// Sets the record aside.
    fn refuse(&mut self, slip: &Self::Slip, fault: Fault, desk: &mut Desk<'_>) -> Result<()>;
    fn warn(&mut self, fault: Fault, desk: &mut Desk<'_>) -> Result<()>;
    /// The records that an answer for this one is for.
    fn answered_with(&self, id: RecordId, _slip: &Self::Slip) -> Result<Vec<RecordId>> {
        Ok(vec![id])
    }
}

/// What the sink pulls from.
pub(crate) struct Delivery<'d, 'p, S: Stock> {
    stock: S,
    desk: &'d mut Desk<'p>,
    schema: Arc<Schema>,
    /// The record that was pulled last, if it still counts as created unless refused.
    current: Option<S::Slip>,
    /// Records whose answer is open, where the sink answers each.
    open: Option<Open<S::Slip>>,
    /// Whether the sink has a record: not before the first, nor after the last.
    holds: bool,
    /// What went wrong, which the sink must pass on.
    failed: Option<(ErrorKind, String)>,
    done: bool,
}

impl<'d, 'p, S: Stock> Delivery<'d, 'p, S> {
    pub fn new(stock: S, desk: &'d mut Desk<'p>, schema: Arc<Schema>) -> Self {
        Delivery { stock, desk, schema, current: None, open: None, holds: false, failed: None, done: false }
    }

    /// Called when the sink has returned without an error.
    pub fn finish(mut self, sink: &str) -> Result<S> {
        if let Some((kind, message)) = self.failed {
            return Err(Error::new(kind, message).at(format!("{sink} went on after an error")));
        }
        if !self.done {
            let message = "the sink returned before it had pulled every record";
            return Err(Error::new(ErrorKind::Unbalanced, message).at(sink));
        }
        match self.open.take().map_or(0, |open| open.len() as u64) + self.desk.books.in_doubt() {
            0 => Ok(self.stock),
            open => {
                let message = format!("no answer for {open} records, which are in doubt");
                Err(Error::new(ErrorKind::Unbalanced, message).at(sink))
            }
        }
    }

    fn settle_current(&mut self) -> Result<()> {
        match self.current.take() {
            Some(slip) => self.stock.settle(&slip, Disposition::Created, self.desk),
            None => Ok(()),
        }
    }

    /// Does something that the sink asks for, unless something failed before.
    /// What fails is kept: a sink that does not pass it on makes the run fail.
    fn attempt<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if let Some((kind, message)) = &self.failed {
            return Err(Error::new(*kind, message.clone()));
        }
        let result = act(self);
        if let Err(error) = &result {
            self.failed = Some((error.kind(), error.to_string()));
        }
        result
    }

    fn advance(&mut self) -> Result<bool> {
        self.settle_current()?;
        self.holds = false;
        if self.done {
            return Ok(false);
        }
        if !self.stock.advance(self.desk)? {
            let open = self.open.iter().flat_map(Open::iter);
            let open = open.map(|(id, slip)| self.stock.answered_with(id, slip));
            let open = open.collect::<Result<Vec<_>>>()?;
            self.desk.close(&mut open.into_iter().flatten())?;
            self.done = true;
            return Ok(false);
        }
        self.desk.handed();
        match &mut self.open {
            Some(open) => open.add(self.stock.record().id(), self.stock.slip(true)),
            None => self.current = Some(self.stock.slip(false)),
        }
        self.holds = true;
        Ok(true)
    }

    fn take_answer(&mut self, id: RecordId, answer: Answer) -> Result<()> {
        let Some(slip) = self.open.as_mut().and_then(|open| open.take(id)) else {
            let message =
                format!("an answer for row {} of input {}, which is not open", id.row, id.input + 1);
            return Err(Error::new(ErrorKind::Unbalanced, message));
        };
        self.settle_as(&slip, answer)
    }

    fn answer_for_current(&mut self, answer: Answer) -> Result<()> {
        match self.current.take() {
            Some(slip) => self.settle_as(&slip, answer),
            None if self.open.is_some() && self.holds => self.take_answer(self.stock.record().id(), answer),
            None => {
                Err(Error::new(ErrorKind::Unbalanced, "the sink answered for a record that it does not have"))
            }
        }
    }

    fn settle_as(&mut self, slip: &S::Slip, answer: Answer) -> Result<()> {
        match answer {
            Answer::Created => self.stock.settle(slip, Disposition::Created, self.desk),
            Answer::Updated => self.stock.settle(slip, Disposition::Updated, self.desk),
            Answer::Unchanged => self.stock.settle(slip, Disposition::Unchanged, self.desk),
            Answer::Refused(fault) => self.stock.refuse(slip, fault.rule("sink"), self.desk),
            Answer::Unknown => self.stock.settle(slip, Disposition::InDoubt, self.desk),
        }
    }

    fn warn_of_current(&mut self, fault: Fault) -> Result<()> {
        match self.holds {
            true => self.stock.warn(fault, self.desk),
            false => {
                Err(Error::new(ErrorKind::Unbalanced, "the sink warned of a record that it does not have"))
            }
        }
    }
}

impl<S: Stock> Supply for Delivery<'_, '_, S> {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn next(&mut self) -> Result<Option<&Record>> {
        let more = self.attempt(Self::advance)?;
        Ok(more.then(|| self.stock.record()))
    }

    fn answers(&mut self) {
        self.open.get_or_insert_with(Open::new);
    }

    fn answer(&mut self, id: RecordId, answer: Answer) -> Result<()> {
        self.attempt(|delivery| delivery.take_answer(id, answer))
    }

    fn settle(&mut self, answer: Answer) -> Result<()> {
        self.attempt(|delivery| delivery.answer_for_current(answer))
    }

    fn warn(&mut self, fault: Fault) {
        // Should it fail, the next call of the sink does, or the run at the end.
        let _ = self.attempt(|delivery| delivery.warn_of_current(fault));
    }

    fn in_doubt(&mut self) {
        if self.attempt(Self::settle_current).is_ok() {
            self.desk.books.mark_in_doubt();
        }
    }

    fn durable(&mut self) {
        // The record pulled last is among them, unless it is to be answered for.
        if self.attempt(Self::settle_current).is_ok() {
            self.desk.books.mark_durable();
        }
    }
}
