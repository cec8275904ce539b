//! Verifying: what the target holds, compared with what it should hold.
//!
//! The records are read again and go through their pipelines again. Each is
//! looked up in the ledger and compared with its row, field by field, by the policies under which
//! it was written. Then the ledger is read for what no record leads to,
//! and the tables of the target for what points to nothing. Nothing is kept of
//! a record beyond its batch but the hash of its key, and of those what memory has no room for goes
//! into a temporary file.

mod beside;
mod check;
mod compare;
mod expected;
mod keys;
mod ledger;
mod refused;
mod report;
mod sample;
mod sums;
mod tables;
mod tamper;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::audit::{Audit, moment};
use super::builder::Migration;
use super::handed::Standing;
use super::load::{Part, Queue};
use super::plan::{Plan, Purpose};
use super::run::{Conduct, pipeline_of};
use super::store::{Page, Store, Tally};
use crate::error::{Error, Result};
use crate::pipeline::Rejects;
use check::{Books, Checker};
use refused::Refused;
use report::Found;
use sample::Samples;

pub use report::{
    Discrepancy, EntityCheck, ReferenceCheck, Rule as VerifyRule, SumCheck, TableCheck, Verification,
};

/// How a migration is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// How many records are kept of each stratum, for [`Verification::sample`]: 25 by default.
    pub samples: usize,
    /// Whether the sample shows personal values, which are masked by default.
    pub shows_personal: bool,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        VerifyOptions { samples: 25, shows_personal: false }
    }
}

impl VerifyOptions {
    /// How many records are kept of each stratum.
    #[must_use]
    pub fn samples(mut self, most: usize) -> Self {
        self.samples = most;
        self
    }

    /// The sample shows personal values.
    #[must_use]
    pub fn show_personal(mut self) -> Self {
        self.shows_personal = true;
        self
    }
}

impl Migration {
    /// Compares what the target holds with what the mapping says that it should hold.
    ///
    /// Nothing is written but a line of the audit log. What is found can be
    /// [repaired](Self::repair), but for references that the target has refused, which are listed as known. Empty values of the source say nothing, unless
    /// the entity [clears with them](super::Entity::clear_with_empty); numbers may be off by their
    /// [tolerance](super::Entity::tolerance).
    ///
    /// # Errors
    ///
    /// Where a source, the store or the target cannot be read.
    pub fn verify(&mut self, options: VerifyOptions) -> Result<Verification> {
        self.store.check_key()?;
        let mut done = Verification {
            at: moment(&self.clock),
            entities: Vec::new(),
            tables: Vec::new(),
            references: Vec::new(),
            tampering: Vec::new(),
            found: Tally::default(),
            findings: Vec::new(),
            known: Vec::new(),
            digest: String::new(),
            samples: Samples::new(options.samples),
        };
        let (of_store, beside) = tamper::look(&mut *self.store, self.key.as_ref())?;
        let mut is_reliable = of_store.is_empty();
        done.tampering = of_store.into_iter().chain(beside).collect();
        let compared = if is_reliable { self.compare(options, &mut done) } else { Ok(()) };
        // A line of the ledger that was changed is an error to whoever reads it; here all of them are named.
        if !is_reliable || compared.is_err() {
            let all = self.store.tampering()?;
            is_reliable &= all.is_empty();
            done.tampering
                .extend(all.into_iter().filter(|what| !done.tampering.contains(what)).collect::<Vec<_>>());
        }
        match is_reliable {
            true => compared?,
            false => done.entities.clear(),
        }
        done.digest = done.expected_digest()?;
        if is_reliable {
            self.book(&done)?;
        }
        Ok(done)
    }

    /// Plans to send those records again whose rows are missing or are not as they
    /// should be. The plan is approved and [applied](Self::apply) like any other.
    ///
    /// A row that is missing is made again, under its old id where the target takes ids. What was
    /// found and is not among the kept ones is not in the plan: verify again after it.
    ///
    /// # Errors
    ///
    /// Where nothing was found that sending records again can make right; otherwise
    /// as for [`plan`](Self::plan).
    pub fn repair(&mut self, verification: &Verification) -> Result<Plan> {
        let repairable = verification.findings.iter().filter(|one| one.rule.is_repairable());
        let keys: BTreeSet<(String, String)> =
            repairable.filter_map(|one| Some((one.entity.clone(), one.key.clone()?))).collect();
        if keys.is_empty() {
            return Err(Error::bind("nothing was found that sending records again can make right"));
        }
        self.plan_for(Purpose::Repair(keys.into_iter().collect()))
    }

    fn compare(&mut self, options: VerifyOptions, done: &mut Verification) -> Result<()> {
        let steps = self.steps()?;
        let events = self.store.events()?;
        let purpose = Purpose::Move;
        let conduct = Conduct {
            entities: &self.entities,
            steps: &steps,
            cancel: &self.cancel,
            pace: self.pace,
            purpose: &purpose,
        };
        let ids = conduct.ids(&mut *self.store)?;
        for (.., other) in self.store.entities()?.into_iter().filter(|(.., id)| !ids.contains(id)) {
            // Whatever was changed there shows, too.
            self.store.scan(other, &mut |_, _| Ok(()))?;
        }
        let tables = conduct.tables(&ids);
        let standing = Standing::read(&mut *self.store, &events)?;
        let mut found = Found::default();
        let refused = Refused::read(&mut *self.store, &events)?;
        let mut books = Books {
            store: &mut *self.store,
            target: &mut *self.target,
            found: &mut found,
            refused: &refused,
            samples: &mut done.samples,
            shows_personal: options.shows_personal,
        };
        for number in 0..self.entities.len() {
            let part = conduct.part(books.target, (number, 0), &ids, &tables, &standing)?;
            done.entities.push(entity(&conduct, &mut books, &part)?);
        }
        let label = |id| {
            let known = ids.iter().position(|known| *known == id);
            known.map_or_else(|| format!("entity {id}"), |number| steps.labels[number].clone())
        };
        ledger::in_doubt(books.store, &events, label, books.found)?;
        (done.tables, done.references) = tables::read(&mut *self.target, &self.entities, &steps, &mut found)?;
        for table in &mut done.tables {
            let own = done.entities.iter().filter(|entity| entity.table == table.table);
            let known = ["created", "updated", "unchanged", "placeholder"];
            let counts = own.flat_map(|entity| known.map(|one| entity.ledger.of(one)));
            table.by_ledger = counts.sum::<i64>().unsigned_abs();
        }
        (done.found, done.findings, done.known) = (found.tally, found.kept, found.known);
        Ok(())
    }

    /// Writes down that it was verified, and what came of it.
    fn book(&mut self, done: &Verification) -> Result<()> {
        let compared: u64 = done.entities.iter().map(|entity| entity.compared).sum();
        let detail = serde_json::json!({
            "compared": compared,
            "found": done.found,
            "known": done.known.len(),
            "tampering": done.tampering.len(),
            "digest": done.digest,
        });
        let mut audit = Audit::after(&mut *self.store, &self.who, &self.clock)?;
        let page = Page { events: vec![audit.event("verified", detail.to_string())], ..Page::default() };
        self.store.write(&page)
    }
}

/// Compares the records of an entity.
fn entity(conduct: &Conduct<'_>, books: &mut Books<'_>, part: &Part<'_>) -> Result<EntityCheck> {
    let shared = ledger::shared(books.store, part)?;
    let queue = Arc::new(Queue::default());
    let mut checker = Checker::new(books, part, Arc::clone(&queue), shared);
    let mut pipeline = pipeline_of(part.entity, 0)?;
    if let Some(threads) = conduct.pace.threads {
        pipeline = pipeline.threads(threads);
    }
    let report = pipeline
        .rejects(Rejects::observed())
        .observe(queue)
        .cancel(conduct.cancel.clone())
        .to(&mut checker)
        .run()
        .map_err(|failed| Error::from(failed).within(&part.label))?;
    let (mut check, seen) = checker.finish()?;
    check.read = report.counts.read + report.counts.split;
    check.ledger = ledger::read(books, part, seen)?;
    Ok(check)
}
