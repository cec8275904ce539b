//! Which records are rows that are there already, found by a duplicate detector
//! before anything is written, and written down: a run that is resumed finds the same.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::asides::identity;
use super::matches::Owned;
use super::{Part, Session};
use crate::dedupe::{DuplicateDetector, Links, Records};
use crate::error::{Error, Result};
use crate::migration::store::{Disposition, Match, Note};
use crate::migration::target::{TargetId, id_of};
use crate::record::{Record, RecordId};
use crate::schema::Schema;
use crate::sink::{Rows, SinkWriter};

/// How many bytes of memory records and rows may take together.
const MEMORY: usize = 64 << 20;
/// From which probability on a pair that is not joined is worth a note: it is as likely as not.
const DOUBTFUL: f64 = 0.5;

/// What the audit log says of what a detector found.
#[derive(serde::Serialize, serde::Deserialize)]
struct Matching {
    entity: String,
    phase: u32,
    rows: usize,
    records: usize,
    matched: usize,
    doubtful: usize,
}

/// Whether a run has asked the detector about the records of a part.
pub(crate) fn is_detected(session: &mut Session<'_>, part: &Part<'_>) -> Result<bool> {
    let run = session.run;
    let own = |detail: &str| {
        serde_json::from_str::<Matching>(detail)
            .is_ok_and(|one| one.entity == part.label && one.phase == part.phase)
    };
    let events = session.store.events()?;
    Ok(events.iter().any(|event| event.run == Some(run) && event.what == "matching" && own(&event.detail)))
}

/// How records are counted that are rows of the target, and those that may be.
pub(super) const DETECTED: [&str; 2] = ["matched", "doubtful"];

/// A sink that writes nothing into the target.
pub(crate) struct Detection<'d, 'm> {
    session: &'d mut Session<'m>,
    part: &'d Part<'d>,
    detector: Box<dyn DuplicateDetector>,
    schema: Option<Arc<Schema>>,
    owned: Owned,
}

impl<'d, 'm> Detection<'d, 'm> {
    pub fn new(
        session: &'d mut Session<'m>,
        part: &'d Part<'d>,
        detector: Box<dyn DuplicateDetector>,
    ) -> Self {
        Detection { session, part, detector, schema: None, owned: Owned::default() }
    }

    /// Gathers the rows, if there is a record that may be one, and then those records. Says how many rows there are.
    fn gather(&mut self, rows: &mut Rows<'_>, gathered: &mut Records) -> Result<usize> {
        let (mut batch, mut there, mut more) = (Vec::new(), 0, true);
        while more {
            batch.clear();
            while more && batch.len() < self.session.batch {
                match rows.next()? {
                    Some(record) => batch.push(record.clone()),
                    None => more = false,
                }
            }
            for record in self.without_row(&batch)? {
                if gathered.is_empty() {
                    self.rows(gathered)?;
                    there = gathered.len();
                }
                gathered.push(record)?;
            }
        }
        Ok(there)
    }

    /// The records that have a key, and no row.
    fn without_row<'r>(&mut self, batch: &'r [Record]) -> Result<Vec<&'r Record>> {
        let records: Vec<&Record> = batch.iter().filter(|record| record.key().is_some()).collect();
        let keys: Vec<_> = records.iter().map(|record| identity(record.id(), record.key())).collect();
        let borrowed: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let known = self.session.store.look_up(self.part.id, &borrowed)?;
        let is_meant = |key: &str| self.part.only.is_none() || self.part.repairs(key);
        let mut without = Vec::new();
        for ((record, key), entry) in records.into_iter().zip(&keys).zip(known) {
            let entry = entry.filter(|entry| entry.disposition != Disposition::Undone);
            if entry.and_then(|entry| entry.target).is_none() && is_meant(key) {
                without.push(record);
            }
        }
        Ok(without)
    }

    /// The rows of the table, in the columns of the records that it has. Of a
    /// reference the record has a key and the row an id, which say nothing of each other.
    fn rows(&mut self, gathered: &mut Records) -> Result<()> {
        let Detection { session, part, owned, .. } = self;
        *owned = Owned::read(session.store, part, session.first_batch)?;
        let schema = Arc::clone(gathered.schema());
        let refers = |name: &str| part.entity.references.iter().any(|reference| reference.column == name);
        let (mut columns, mut places) = (Vec::new(), Vec::new());
        for (place, name) in schema.names().enumerate() {
            if part.shape.column(name).is_ok() && !refers(name) {
                columns.push(name);
                places.push(place);
            }
        }
        let mut placed = Record::new(Arc::clone(&schema));
        let mut number = 0;
        session.target.scan(&part.shape.table, &columns, &mut |row| {
            if owned.made.contains(&id_of(row)) {
                return Ok(());
            }
            number += 1;
            placed.reset(&schema);
            for (place, value) in places.iter().zip(row.values()) {
                placed.set_value(*place, value);
            }
            placed.set_id(RecordId { input: 1, row: number, part: 0 });
            placed.set_key_text(row.key().unwrap_or_default());
            gathered.push(&placed)
        })
    }

    /// Puts on the page which records are which rows, and which may be.
    fn detect(&mut self, gathered: &Records, rows: usize) -> Result<Matching> {
        let (mut found, mut doubtful) = (Vec::new(), 0);
        for (record, (probability, row)) in self.best(gathered, rows)? {
            let (record, target) = (gathered.row(record as usize)?, gathered.row(row as usize)?);
            let key = identity(record.id(), record.key()).into_owned();
            let target = TargetId::parse(target.key().unwrap_or_default());
            let run = self.session.run;
            if probability >= self.detector.clustering().least() {
                let fills = !self.owned.taken.insert(target.clone());
                found.push(Match { run, entity: self.part.id, key, target, fills, probability });
            } else if probability >= DOUBTFUL {
                doubtful += 1;
                let message = format!(
                    "may be row {target}, with a probability of {probability:.3}; it was not joined to it"
                );
                let (entity, rule) = (self.part.label.clone(), "match".to_owned());
                self.session.page.notes.push(Note { run, entity, key: Some(key), rule, message });
            }
        }
        let (entity, phase, matched) = (self.part.label.clone(), self.part.phase, found.len());
        self.session.page.matches = found;
        Ok(Matching { entity, phase, rows, records: gathered.len() - rows, matched, doubtful })
    }

    /// The row that each record is most likely to be, in the order of the records.
    fn best(&mut self, gathered: &Records, rows: usize) -> Result<BTreeMap<u32, (f64, u32)>> {
        let mut best = BTreeMap::new();
        if rows == 0 {
            return Ok(best);
        }
        self.detector.clustering().check()?;
        let mut links = Links::default();
        self.detector.detect(gathered, &mut links)?;
        let crosses = |a: u32, b: u32| (a as usize) < rows && (rows..gathered.len()).contains(&(b as usize));
        // In the order of the rows, so that of several that are equally likely the first stays.
        for link in links.holding(0.0).into_iter().filter(|link| crosses(link.a, link.b)) {
            let known = best.entry(link.b).or_insert((link.probability, link.a));
            if link.probability > known.0 {
                *known = (link.probability, link.a);
            }
        }
        Ok(best)
    }
}

impl SinkWriter for Detection<'_, '_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}[{}]", self.session.target.name(), self.part.entity.table))
    }

    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        self.schema = Some(Arc::clone(schema));
        self.detector.bind(schema)
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let schema = self.schema.take().ok_or_else(|| Error::bind("the sink was not bound"))?;
        let mut gathered = Records::spilling(schema, MEMORY);
        let there = self.gather(rows, &mut gathered)?;
        let matching = self.detect(&gathered, there)?;
        for (what, count) in DETECTED.into_iter().zip([matching.matched, matching.doubtful]) {
            if count > 0 {
                self.session.tally.add(what, count as i64);
            }
        }
        self.session.event("matching", serde_json::json!(matching).to_string());
        self.session.intend(self.part.phase, self.part.id, 0, false).map(drop)
    }
}
