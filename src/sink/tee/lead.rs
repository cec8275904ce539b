//! The first of several sinks, which decides.

use std::collections::VecDeque;
use std::sync::Arc;

use super::fan::Fan;
use super::{in_batches, too_early};
use crate::error::{Fault, Result};
use crate::record::{Record, RecordId};
use crate::schema::Schema;
use crate::sink::{Answer, Rows, Supply};

/// What the first sink pulls from: what it takes goes on to the others.
pub(super) struct Lead<'r, 'a> {
    rows: &'r mut Rows<'a>,
    schema: Arc<Schema>,
    fan: Fan,
    /// The records pulled whose turn to go on has not come, in order, each
    /// with whether it was taken.
    held: VecDeque<(Record, Option<bool>)>,
    /// Whether the sink answers for each record.
    answers: bool,
    done: bool,
    agreed: bool,
    durable: bool,
}

impl<'r, 'a> Lead<'r, 'a> {
    pub fn new(rows: &'r mut Rows<'a>, fan: Fan) -> Self {
        let (schema, held) = (rows.schema(), VecDeque::new());
        Lead { rows, schema, fan, held, answers: false, done: false, agreed: false, durable: false }
    }

    /// Called when the sink has returned.
    pub fn check(&self) -> Result<()> {
        match self.agreed {
            true => Ok(()),
            false => Err(too_early()),
        }
    }

    /// Sends on what is settled, and has all agree when there is no more.
    fn forward(&mut self) -> Result<()> {
        while let Some((_, Some(taken))) = self.held.front() {
            let taken = *taken;
            if let Some((record, _)) = self.held.pop_front().filter(|_| taken) {
                self.fan.send(record)?;
            }
        }
        if self.done && self.held.is_empty() && !self.agreed {
            self.fan.agree()?;
            self.agreed = true;
        }
        Ok(())
    }

    fn settle_last(&mut self) {
        if let Some((_, taken @ None)) = self.held.back_mut().filter(|_| !self.answers) {
            *taken = Some(true);
        }
    }

    fn advance(&mut self) -> Result<bool> {
        if self.durable {
            return Err(in_batches());
        }
        self.settle_last();
        self.forward()?;
        match self.rows.next()? {
            Some(record) => self.held.push_back((record.clone(), None)),
            None => {
                self.done = true;
                self.forward()?;
            }
        }
        Ok(!self.done)
    }
}

impl Supply for Lead<'_, '_> {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn next(&mut self) -> Result<Option<&Record>> {
        let more = self.advance()?;
        Ok(self.held.back().filter(|_| more).map(|(record, _)| record))
    }

    fn answers(&mut self) {
        self.answers = true;
        self.rows.answers_each();
    }

    fn answer(&mut self, id: RecordId, answer: Answer) -> Result<()> {
        let taken = was_taken(&answer);
        self.rows.answer(id, answer)?;
        if let Some((_, verdict)) = self.held.iter_mut().find(|(record, _)| record.id() == id) {
            *verdict = Some(taken);
        }
        self.forward()
    }

    fn settle(&mut self, answer: Answer) -> Result<()> {
        let taken = was_taken(&answer);
        self.rows.settle(answer)?;
        if let Some((_, verdict)) = self.held.back_mut() {
            *verdict = Some(taken);
        }
        Ok(())
    }

    fn warn(&mut self, fault: Fault) {
        self.rows.warn(fault);
    }

    fn durable(&mut self) {
        self.durable = true;
    }

    fn in_doubt(&mut self) {
        self.rows.mark_in_doubt();
    }
}

fn was_taken(answer: &Answer) -> bool {
    matches!(answer, Answer::Created | Answer::Updated | Answer::Unchanged)
}
