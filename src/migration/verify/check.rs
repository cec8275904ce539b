//! A sink that writes nothing: it looks whether the target holds what it is given.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread;

use super::beside::Beside;
use super::expected::{Batch, Expected};
use super::ledger::Seen;
use super::refused::Refused;
use super::report::{Discrepancy, EntityCheck, Found};
use super::sample::Samples;
use crate::error::{Error, ErrorKind, Result};
use crate::migration::load::bound::Bound;
use crate::migration::load::{Part, Queue};
use crate::migration::store::Store;
use crate::migration::target::{Target, TargetId};
use crate::schema::Schema;
use crate::sink::{Rows, SinkWriter};

/// What checkers of all entities write into.
pub(super) struct Books<'v> {
    pub store: &'v mut dyn Store,
    pub target: &'v mut dyn Target,
    pub found: &'v mut Found,
    pub refused: &'v Refused,
    pub samples: &'v mut Samples,
    /// Whether personal values are shown on the sheet.
    pub shows_personal: bool,
}

/// How many batches may wait to be compared.
const AHEAD: usize = 1;

/// Compares the records of an entity with their rows.
pub(super) struct Checker<'c> {
    expected: Expected<'c>,
    beside: Beside<'c>,
    found: &'c mut Found,
    part: &'c Part<'c>,
    bound: Option<Bound>,
}

impl<'c> Checker<'c> {
    pub fn new(
        books: &'c mut Books<'_>,
        part: &'c Part<'c>,
        queue: Arc<Queue>,
        shared: HashSet<TargetId>,
    ) -> Self {
        let Books { store, target, found, refused, samples, shows_personal } = books;
        let expected = Expected::new(*store, part, queue, shared);
        let beside = Beside::new(*target, (samples, *shows_personal), part, refused);
        Checker { expected, beside, found, part, bound: None }
    }

    /// Looks at the rows of batches while the ledger is asked about the next ones.
    fn run(&mut self, rows: &mut Rows<'_>, bound: &Bound) -> Result<()> {
        let Checker { expected, beside, found, .. } = self;
        let (to_compare, batches) = sync_channel(AHEAD);
        let (answer, compared) = channel();
        thread::scope(|scope| {
            let beside = scope.spawn(|| compare(beside, bound, batches, answer));
            let mut take = |(mut batch, compared): Compared| {
                batch.found.drain(..).chain(compared).for_each(|discrepancy| found.add(discrepancy));
                batch
            };
            let (mut spare, mut more, mut failed) = (Vec::new(), true, Ok(()));
            while more {
                match expected.next(rows, bound, spare.pop().unwrap_or_default()) {
                    Ok(batch) => {
                        let is_last = !batch.more;
                        more = to_compare.send(batch).is_ok() && !is_last;
                    }
                    Err(error) => (more, failed) = (false, Err(error)),
                }
                spare.extend(compared.try_iter().map(&mut take));
            }
            drop(to_compare);
            compared.iter().for_each(|one| drop(take(one)));
            beside.join().map_err(|_| Error::new(ErrorKind::Panic, "the target panicked"))?.and(failed)
        })?;
        beside.sums(bound).into_iter().for_each(|discrepancy| found.add(discrepancy));
        Ok(())
    }

    /// Takes in what ended last, and gives what was counted, and what the source leads to.
    pub fn finish(mut self) -> Result<(EntityCheck, Seen)> {
        let mut found = Vec::new();
        self.expected.asides(&mut found)?;
        found.into_iter().for_each(|discrepancy| self.found.add(discrepancy));
        Ok((self.beside.check, self.expected.seen))
    }
}

/// A batch that was compared, and what was found.
type Compared = (Batch, Vec<Discrepancy>);

/// Compares batches as they come.
fn compare(
    beside: &mut Beside<'_>,
    bound: &Bound,
    batches: Receiver<Batch>,
    answer: Sender<Compared>,
) -> Result<()> {
    for mut batch in batches {
        let found = beside.compare(&mut batch, bound)?;
        // Nobody asks for it if something else went wrong.
        let _ = answer.send((batch, found));
    }
    Ok(())
}

impl SinkWriter for Checker<'_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(self.beside.name())
    }

    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        let bound = Bound::new(self.part.entity, &self.part.to, &self.part.shape, schema)?;
        self.beside.bind(&bound);
        self.bound = Some(bound);
        Ok(())
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        match self.bound.take() {
            Some(bound) => self.run(rows, &bound),
            None => Err(Error::bind("the sink was not bound")),
        }
    }
}
