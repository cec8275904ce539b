//! Golden records: made of the clusters on one thread, delivered on another.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

use crate::batch::{BATCH_BYTES, BATCH_RECORDS};
use crate::dedupe::{Clusters, Deduper};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::pipeline::books::Disposition;
use crate::pipeline::delivery::Stock;
use crate::pipeline::desk::Desk;
use crate::pipeline::engine::guarded;
use crate::pipeline::held::Held;
use crate::pipeline::observer::Aside;
use crate::record::{Record, RecordId};

/// How many batches of golden records are under way at most.
const POOL: usize = 4;

/// The golden records, in the order of the first record of each.
pub(crate) struct Golden<'a> {
    held: &'a Held,
    clusters: &'a Clusters,
    from_maker: Receiver<Result<Made>>,
    give_back: Sender<Made>,
    batch: Made,
    /// The record after the current one.
    next: usize,
    /// The survivor of each cluster so far; none where the sink refused it.
    pub survivors: Vec<Option<u32>>,
}

/// Which records became the golden one, and which of them survives.
#[derive(Clone, Copy)]
pub(crate) struct GoldenSlip {
    cluster: Option<usize>,
    survivor: u32,
}

/// Some golden records, used over and over.
#[derive(Default)]
struct Made {
    records: Vec<Record>,
    /// One for each record; records beyond are spare.
    slips: Vec<GoldenSlip>,
    /// Whether there are no more.
    last: bool,
}

impl<'a> Golden<'a> {
    /// Starts the thread that makes them.
    pub fn start<'s>(
        scope: &'s Scope<'s, '_>,
        held: &'a Held,
        clusters: &'a Clusters,
        deduper: &'s mut Deduper<'_>,
    ) -> Self
    where
        'a: 's,
    {
        let (to_desk, from_maker) = channel();
        let (give_back, free) = channel();
        for _ in 0..POOL {
            let _ = give_back.send(Made::default());
        }
        let maker = Maker { held, clusters, deduper, next: 0, next_cluster: 0 };
        scope.spawn(move || {
            if let Err(error) = guarded("merging", || maker.run(&free, &to_desk)) {
                let _ = to_desk.send(Err(error));
            }
        });
        let (batch, survivors) = (Made::default(), Vec::with_capacity(clusters.count()));
        Golden { held, clusters, from_maker, give_back, batch, next: 0, survivors }
    }

    fn members<'s>(&'s self, slip: &'s GoldenSlip) -> &'s [u32] {
        match slip.cluster {
            Some(cluster) => self.clusters.members(cluster),
            None => std::slice::from_ref(&slip.survivor),
        }
    }

    fn exchange(&mut self, desk: &mut Desk<'_>) -> Result<()> {
        desk.cancel.check()?;
        desk.progress()?;
        let full = self.from_maker.recv().map_err(|_| {
            Error::new(ErrorKind::Panic, "the thread that makes golden records ended without a word")
        })??;
        let _ = self.give_back.send(std::mem::replace(&mut self.batch, full));
        self.next = 0;
        Ok(())
    }
}

impl Stock for Golden<'_> {
    type Slip = GoldenSlip;

    fn advance(&mut self, desk: &mut Desk<'_>) -> Result<bool> {
        while self.next == self.batch.slips.len() {
            if self.batch.last {
                return Ok(false);
            }
            self.exchange(desk)?;
        }
        let slip = self.batch.slips[self.next];
        self.survivors.extend(slip.cluster.map(|_| Some(slip.survivor)));
        self.next += 1;
        Ok(true)
    }

    fn record(&self) -> &Record {
        &self.batch.records[self.next - 1]
    }

    fn slip(&mut self, _lasting: bool) -> GoldenSlip {
        self.batch.slips[self.next - 1]
    }

    fn settle(&mut self, slip: &GoldenSlip, how: Disposition, desk: &mut Desk<'_>) -> Result<()> {
        for &member in self.members(slip) {
            let id = self.held.id(member)?;
            if member == slip.survivor {
                desk.books.book(id, how)?;
                continue;
            }
            desk.books.book(id, Disposition::Merged)?;
            if desk.is_watched() {
                let survivor = self.held.id(slip.survivor)?;
                desk.aside(id, &self.held.raw(member)?, Aside::Merged(survivor))?;
            }
        }
        Ok(())
    }

    /// A golden record that the sink refuses takes all its members with it:
    /// each is set aside as it was read, so that no value is lost.
    fn refuse(&mut self, slip: &GoldenSlip, fault: Fault, desk: &mut Desk<'_>) -> Result<()> {
        for &member in self.members(slip) {
            let raw = self.held.raw(member)?;
            desk.reject(self.held.id(member)?, &raw, std::slice::from_ref(&fault))?;
        }
        if let Some(survivor) = slip.cluster.and_then(|cluster| self.survivors.get_mut(cluster)) {
            *survivor = None;
        }
        Ok(())
    }

    fn answered_with(&self, _: RecordId, slip: &GoldenSlip) -> Result<Vec<RecordId>> {
        self.members(slip).iter().map(|member| self.held.id(*member)).collect()
    }

    fn warn(&mut self, fault: Fault, desk: &mut Desk<'_>) -> Result<()> {
        desk.find(self.record(), &[fault]).map(drop)
    }
}

/// Makes golden records.
struct Maker<'a, 's, 'd> {
    held: &'a Held,
    clusters: &'a Clusters,
    deduper: &'s mut Deduper<'d>,
    /// The record that comes next, and the cluster that comes next.
    next: usize,
    next_cluster: usize,
}

impl Maker<'_, '_, '_> {
    /// Works until there are no more, or until nobody wants them.
    fn run(mut self, free: &Receiver<Made>, to_desk: &Sender<Result<Made>>) -> Result<()> {
        for mut batch in free {
            self.fill(&mut batch)?;
            let last = batch.last;
            if to_desk.send(Ok(batch)).is_err() || last {
                break;
            }
        }
        Ok(())
    }

    fn fill(&mut self, batch: &mut Made) -> Result<()> {
        batch.slips.clear();
        let mut bytes = 0;
        while batch.slips.len() < BATCH_RECORDS && bytes < BATCH_BYTES {
            if batch.records.len() == batch.slips.len() {
                batch.records.push(Record::new(Arc::clone(self.held.records.schema())));
            }
            let record = &mut batch.records[batch.slips.len()];
            let Some(slip) = self.make(record)? else {
                batch.last = true;
                break;
            };
            bytes += record.size();
            batch.slips.push(slip);
        }
        Ok(())
    }

    /// Makes the golden record of the next cluster, which may be a record alone.
    fn make(&mut self, golden: &mut Record) -> Result<Option<GoldenSlip>> {
        let records = &self.held.records;
        let mut rest = self.next..records.len();
        let Some(position) = rest.find(|record| self.clusters.first_of(*record) == *record) else {
            return Ok(None);
        };
        self.next = position + 1;
        let members = self.clusters.members(self.next_cluster);
        if members.first() != Some(&(position as u32)) {
            records.row(position)?.read(golden);
            return Ok(Some(GoldenSlip { cluster: None, survivor: position as u32 }));
        }
        let survivor = self.deduper.merge(records, members, golden)?;
        let cluster = Some(self.next_cluster);
        self.next_cluster += 1;
        Ok(Some(GoldenSlip { cluster, survivor }))
    }
}
