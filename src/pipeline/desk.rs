//! Where every record is booked: one desk, on one thread, in the order of the input.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::{Batch, Fate, Row};
use crate::error::{Fault, Finding, Result};
use crate::pipeline::books::{Books, Disposition};
use crate::pipeline::cancel::Cancel;
use crate::pipeline::engine::guarded;
use crate::pipeline::observer::{Aside, Observer, Progress};
use crate::pipeline::rejects::RejectsDesk;
use crate::pipeline::report::Tallies;
use crate::places::Places;
use crate::record::{Record, RecordId};

/// Books records, counts findings, sets rejects aside, tells observers.
pub(crate) struct Desk<'p> {
    pub books: Books,
    pub tallies: Tallies,
    pub filtered: BTreeMap<Cow<'static, str>, u64>,
    pub rejects: RejectsDesk,
    pub cancel: Cancel,
    observers: Vec<Box<dyn Observer + 'p>>,
    pub places: Arc<Places>,
    progress: Progress,
    bytes: Vec<u64>,
    /// Rows read up to the one that was judged last.
    judged: u64,
}

impl<'p> Desk<'p> {
    pub fn new(
        names: Vec<Arc<str>>,
        bytes_total: Option<u64>,
        rejects: RejectsDesk,
        cancel: Cancel,
        observers: Vec<Box<dyn Observer + 'p>>,
    ) -> Self {
        Desk {
            books: Books::new(names.len()),
            bytes: vec![0; names.len()],
            places: Arc::new(Places::new(names)),
            tallies: Tallies::default(),
            filtered: BTreeMap::new(),
            rejects,
            cancel,
            observers,
            judged: 0,
            progress: Progress { bytes_total, ..Progress::default() },
        }
    }

    /// Tells every observer.
    pub fn tell(&self, what: impl Fn(&dyn Observer)) -> Result<()> {
        guarded("an observer", || {
            self.observers.iter().for_each(|observer| what(observer.as_ref()));
            Ok(())
        })
    }

    /// A batch has come in.
    pub fn receive(&mut self, batch: &Batch) -> Result<()> {
        self.cancel.check()?;
        let last = batch.records[..batch.read].last().map_or(0, |record| record.id().row);
        self.books.read(batch.input, batch.read as u64, last);
        self.progress.read += batch.read as u64;
        self.bytes[batch.input as usize] = batch.bytes_read;
        self.progress.bytes_read = self.bytes.iter().sum();
        self.progress()
    }

    /// Tells observers how far the run is.
    pub fn progress(&self) -> Result<()> {
        self.tell(|observer| observer.progress(&self.progress))
    }

    /// Books a row that goes no further; says whether it does go further.
    pub fn admit(&mut self, batch: &Batch, row: &Row) -> Result<bool> {
        let id = batch.id(row);
        match row.part {
            0 => self.judged += 1,
            _ => self.books.born(id),
        }
        match &row.fate {
            Fate::Pass => {
                self.find(batch.raw(row), &row.faults)?;
                Ok(true)
            }
            Fate::Rejected if row.part > 0 => {
                self.books.book(id, Disposition::Rejected)?;
                self.aside(id, batch.raw(row), Aside::Rejected(&[]))?;
                Ok(false)
            }
            Fate::Rejected => {
                self.reject(id, batch.raw(row), &row.faults)?;
                Ok(false)
            }
            Fate::Filtered(reason) => {
                self.find(batch.raw(row), &row.faults)?;
                *self.filtered.entry(reason.clone()).or_default() += 1;
                self.books.book(id, Disposition::Filtered)?;
                self.aside(id, batch.raw(row), Aside::Filtered(reason))?;
                Ok(false)
            }
        }
    }

    /// Sets a record aside; its row only once, whichever of its parts are at fault.
    pub fn reject(&mut self, id: RecordId, raw: &Record, faults: &[Fault]) -> Result<()> {
        self.progress.rejected += 1;
        self.books.book(id, Disposition::Rejected)?;
        let findings = self.find(raw, faults)?;
        self.aside(id, raw, Aside::Rejected(&findings))?;
        match self.books.set_aside(id) {
            true => self.rejects.put(raw, &findings, self.judged),
            false => Ok(()),
        }
    }

    /// Counts findings at their place, and tells observers.
    pub fn find(&mut self, raw: &Record, faults: &[Fault]) -> Result<Vec<Finding>> {
        if faults.is_empty() {
            return Ok(Vec::new());
        }
        let place = self.places.place(&raw.origin());
        let findings: Vec<Finding> =
            faults.iter().map(|fault| fault.clone().found_at(place.clone())).collect();
        for finding in &findings {
            self.tallies.add(finding);
            self.tell(|observer| observer.finding(finding))?;
        }
        Ok(findings)
    }

    /// Tells observers that a record ends here.
    pub fn aside(&self, id: RecordId, record: &Record, why: Aside<'_>) -> Result<()> {
        self.tell(|observer| observer.aside(id, record, why))
    }

    /// Whether somebody watches.
    pub fn is_watched(&self) -> bool {
        !self.observers.is_empty()
    }

    /// A record was handed to the sink.
    pub fn handed(&mut self) {
        self.progress.handed += 1;
    }

    /// All records have been read and judged: checks the books, but for the
    /// records whose answer is open, and makes sure that the rejects are on disk.
    pub fn close(&mut self, open: &mut dyn Iterator<Item = RecordId>) -> Result<()> {
        self.cancel.check()?;
        self.books.check(open)?;
        self.rejects.settle(self.judged)?;
        self.progress()
    }
}
