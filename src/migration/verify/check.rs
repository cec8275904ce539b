//! A sink that writes nothing: it looks whether the target holds what it is given.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::thread;

use super::beside::Beside;
use super::expected::{Batch, Expected};
use super::keys::KeySet;
use super::refused::Refused;
use super::report::{EntityCheck, Found};
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

    /// Looks at the rows of a batch while the ledger is asked about the next one.
    fn run(&mut self, rows: &mut Rows<'_>, bound: &Bound) -> Result<()> {
        let Checker { expected, beside, found, .. } = self;
        let mut used = Batch::default();
        let mut batch = expected.next(rows, bound, Batch::default())?;
        loop {
            let more = batch.more;
            let (compared, next) = thread::scope(|scope| {
                let compare = scope.spawn(|| beside.compare(&mut batch, bound));
                let next = more.then(|| expected.next(rows, bound, used));
                (compare.join(), next)
            });
            let compared = compared.map_err(|_| Error::new(ErrorKind::Panic, "the target panicked"))??;
            batch.found.drain(..).chain(compared).for_each(|discrepancy| found.add(discrepancy));
            match next {
                Some(next) => (used, batch) = (batch, next?),
                None => break,
            }
        }
        beside.sums(bound).into_iter().for_each(|discrepancy| found.add(discrepancy));
        Ok(())
    }

    /// Takes in what ended last, and gives what was counted, and the keys that the source has.
    pub fn finish(mut self) -> Result<(EntityCheck, KeySet)> {
        let mut found = Vec::new();
        self.expected.asides(&mut found)?;
        found.into_iter().for_each(|discrepancy| self.found.add(discrepancy));
        Ok((self.beside.check, self.expected.seen))
    }
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
