//! What is to be done about duplicates: find, cluster, merge.

use std::sync::Arc;

use super::crosswalk::{CrosswalkRow, Identity};
use super::golden::{MergeCounts, Merger, Provenance};
use super::{Applied, Clustering, Clusters, Decisions, DuplicateDetector, Links, Records, Survivorship};
use crate::error::Result;
use crate::record::Record;
use crate::schema::Schema;

/// How duplicates are found and merged; see the [module](super) for an example.
pub struct Dedupe<'d> {
    detector: Box<dyn DuplicateDetector + 'd>,
    clustering: Clustering,
    decisions: Decisions,
    survivorship: Survivorship,
    watch: Option<Watch<'d>>,
}

/// Somebody who wants to know of every merge.
type Watch<'d> = Box<dyn FnMut(&Provenance) + Send + 'd>;

impl<'d> Dedupe<'d> {
    /// Merges what this detector finds, so that no value is lost.
    pub fn by(detector: impl DuplicateDetector + 'd) -> Self {
        Dedupe {
            clustering: detector.clustering(),
            detector: Box::new(detector),
            decisions: Decisions::default(),
            survivorship: Survivorship::new(),
            watch: None,
        }
    }

    /// From which probability on, from 0 to 1, linked records are merged: what
    /// the [detector](DuplicateDetector::clustering) takes for enough, unless
    /// said otherwise.
    #[must_use]
    pub fn threshold(mut self, probability: f64) -> Self {
        self.clustering = self.clustering.threshold(probability);
        self
    }

    /// From which probability on and within which limits linked records are
    /// merged: as the [detector](DuplicateDetector::clustering) would have it,
    /// unless said otherwise.
    #[must_use]
    pub fn clustering(mut self, clustering: Clustering) -> Self {
        self.clustering = clustering;
        self
    }

    /// What people decided about pairs of records, to be obeyed: by the keys that
    /// the sources declare.
    #[must_use]
    pub fn decisions(mut self, decisions: Decisions) -> Self {
        self.decisions = decisions;
        self
    }

    /// Which values survive: [all](Survivorship), unless said otherwise.
    #[must_use]
    pub fn survivorship(mut self, survivorship: Survivorship) -> Self {
        self.survivorship = survivorship;
        self
    }

    /// Shows somebody every merge: where each value of the golden record comes
    /// from, and which values are lost. In a pipeline the merges come in the
    /// order of the first record of each, on a thread that the run starts; one
    /// that the sink then refuses is shown as well.
    ///
    /// ```
    /// use handover::dedupe::{Dedupe, ExactKeys, Rule, Survivorship};
    /// use handover::{Pipeline, Record, Schema, sink::Collect, source::Memory};
    ///
    /// let schema = Schema::text(["id", "email", "name"])?;
    /// let rows = [["K1", "x@example.cn", "Li"], ["K2", "x@example.cn", "Li Na"]];
    /// let crm = Memory::new("crm", schema.clone(), rows.map(|row| Record::of(schema.clone(), row).unwrap()));
    /// let mut lost = Vec::new();
    /// let dedupe = Dedupe::by(ExactKeys::on(["email"]))
    ///     .survivorship(Survivorship::new().field("name", Rule::longest()))
    ///     .watch(|merge| {
    ///         for value in merge.lost() {
    ///             lost.push(format!("{} of {}", value.value, value.record.key.as_deref().unwrap_or("nobody")));
    ///         }
    ///     });
    /// Pipeline::from(crm.key("id")).dedupe(dedupe).to(Collect::new()).run()?;
    /// assert_eq!(lost, ["Li of K1"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn watch(mut self, watch: impl FnMut(&Provenance) + Send + 'd) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// Resolves columns and inputs. The inputs are named in the order of their
    /// numbers in [`RecordId`](crate::RecordId).
    pub fn bind(mut self, schema: &Schema, inputs: &[impl AsRef<str>]) -> Result<Deduper<'d>> {
        self.clustering.check()?;
        let inputs: Vec<Arc<str>> = inputs.iter().map(|input| Arc::from(input.as_ref())).collect();
        self.detector.bind(schema)?;
        let merger = self.survivorship.bind(schema, &inputs)?;
        Ok(Deduper {
            detector: self.detector,
            clustering: self.clustering,
            decisions: self.decisions,
            applied: Applied::default(),
            merger,
            inputs,
            watch: self.watch,
            provenance: Provenance::default(),
        })
    }
}

/// A [`Dedupe`] whose columns are resolved, at work.
pub struct Deduper<'d> {
    detector: Box<dyn DuplicateDetector + 'd>,
    clustering: Clustering,
    decisions: Decisions,
    applied: Applied,
    merger: Merger,
    inputs: Vec<Arc<str>>,
    watch: Option<Watch<'d>>,
    provenance: Provenance,
}

impl Deduper<'_> {
    /// Finds the records that are the same.
    pub fn find(&mut self, records: &Records) -> Result<Clusters> {
        let links = self.links(records)?;
        self.clustering.cluster(records, &links)
    }

    /// What the detector reports, and what was decided: what [`find`](Self::find)
    /// makes clusters of.
    pub fn links(&mut self, records: &Records) -> Result<Links> {
        let mut links = Links::default();
        self.detector.detect(records, &mut links)?;
        self.applied = self.decisions.apply(records, &self.inputs, &mut links)?;
        Ok(links)
    }

    /// How many decisions were obeyed, and how many could not be.
    pub fn applied(&self) -> Applied {
        self.applied
    }

    /// Makes `golden` the record that the members of a cluster become, and says
    /// which of them survives: `golden` has its origin and its key. Panics
    /// without a member, or beyond the last record.
    ///
    /// # Errors
    ///
    /// When a record is on disk and cannot be read back.
    pub fn merge(&mut self, records: &Records, members: &[u32], golden: &mut Record) -> Result<u32> {
        let Some(watch) = &mut self.watch else {
            return self.merger.merge(records, members, golden, None);
        };
        let survivor = self.merger.merge(records, members, golden, Some(&mut self.provenance))?;
        watch(&self.provenance);
        Ok(survivor)
    }

    /// Like [`merge`](Self::merge), and tells where each value comes from and
    /// which are lost. What `provenance` told before is gone.
    ///
    /// # Errors
    ///
    /// As [`merge`](Self::merge).
    pub fn merge_traced(
        &mut self,
        records: &Records,
        members: &[u32],
        golden: &mut Record,
        provenance: &mut Provenance,
    ) -> Result<u32> {
        self.merger.merge(records, members, golden, Some(provenance))
    }

    /// Where the members of a cluster went that did not survive.
    ///
    /// # Errors
    ///
    /// As [`merge`](Self::merge).
    pub fn crosswalk<'a>(
        &'a self,
        records: &'a Records,
        members: &'a [u32],
        survivor: u32,
    ) -> impl Iterator<Item = Result<CrosswalkRow<'a>>> {
        let merged = members.iter().filter(move |member| **member != survivor);
        merged.map(move |member| {
            let merged = self.identity(records, *member)?;
            Ok(CrosswalkRow { merged, survivor: self.identity(records, survivor)? })
        })
    }

    /// What merging has done to the values so far.
    pub fn counts(&self) -> MergeCounts {
        self.merger.counts()
    }

    fn identity<'a>(&'a self, records: &'a Records, record: u32) -> Result<Identity<'a>> {
        let row = records.row(record as usize)?;
        let id = row.id();
        let source = self.inputs.get(id.input as usize).map_or("", |input| input);
        Ok(Identity { source, key: row.into_key(), id })
    }
}
