//! When linked records are one cluster: the threshold and the limits.

use super::Clusters;
use super::gather::gather;
use crate::dedupe::{Links, Records};
use crate::error::{Error, Result};

/// How clusters are made of [`Links`]: from which probability on, and within
/// which limits.
///
/// A link below the threshold joins nothing. Above it, groups are joined from
/// the strongest evidence on: what speaks for joining two groups is the sum of
/// all that was reported between their members, as log2 odds, so that a link of
/// low probability speaks against it, and a pair that nobody reported costs
/// [half a bit](Self::missing_pair). Two dense groups that hang together by one
/// weak link are left apart; a chain of strong links is followed. This is greedy
/// additive edge contraction (Keuper et al., *Efficient Decomposition of Image
/// and Mesh Graphs by Lifted Multicuts*, 2015) for correlation clustering
/// (Bansal, Blum and Chawla, 2004). A link of probability 1 is followed whatever
/// evidence there is, unless a limit forbids it. Of several links between two
/// records the most probable counts.
///
/// Which records are together depends neither on the order of the links nor on
/// the order of the records, as long as these have keys that differ: equal
/// evidence goes by input and key. Records without a key go by their row.
///
/// Links above the threshold that were not followed are [told](Clusters::refused).
///
/// ```
/// use handover::dedupe::{Clustering, Links, Records, Why};
/// use handover::{Record, Schema};
///
/// let schema = Schema::text(["name"])?;
/// let mut records = Records::new(schema.clone());
/// for name in ["Li Na", "Li Na", "Lina Li", "Lina Lin"] {
///     records.push(&Record::of(schema.clone(), [name])?)?;
/// }
/// let mut links = Links::default();
/// links.maybe(0, 1, 0.9999);
/// links.maybe(1, 2, 0.998);
/// links.maybe(2, 3, 0.99);
/// links.maybe(1, 3, 0.002); // compared, and very different
/// let clusters = Clustering::new(0.95).cluster(&records, &links)?;
/// assert_eq!(clusters.iter().collect::<Vec<_>>(), [[0, 1, 2]]);
/// assert_eq!(clusters.weakest(0).map(|link| link.probability), Some(0.998));
/// assert_eq!(clusters.refused()[0].why, Why::Evidence);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Clustering {
    pub(super) threshold: f64,
    pub(super) weakest_edge: f64,
    pub(super) largest: usize,
    pub(super) diameter: usize,
    pub(super) one_per_source: bool,
    /// What a pair that nobody reported costs, in bits; none where evidence is not weighed.
    pub(super) missing_pair: Option<f64>,
    /// What a pair that was reported costs at most, in bits.
    pub(super) most_against: f64,
}

impl Clustering {
    /// What an unreported pair costs unless said otherwise, in bits. A detector
    /// that reports half of the true pairs would justify one bit if its errors
    /// were independent; they are not.
    const MISSING_PAIR: f64 = 0.5;

    /// Clusters of links that are at least as probable as the threshold, from 0 to 1.
    pub fn new(threshold: f64) -> Self {
        Clustering {
            threshold,
            weakest_edge: 0.0,
            largest: usize::MAX,
            diameter: usize::MAX,
            one_per_source: false,
            missing_pair: Some(Self::MISSING_PAIR),
            most_against: f64::INFINITY,
        }
    }

    /// The same limits at another threshold.
    #[must_use]
    pub fn threshold(mut self, probability: f64) -> Self {
        self.threshold = probability;
        self
    }

    /// How probable every link must be that holds a cluster of three or more
    /// records together, from 0 to 1: stricter than the threshold, at which two
    /// records may be a pair. No more than the threshold unless said otherwise.
    #[must_use]
    pub fn weakest_edge(mut self, probability: f64) -> Self {
        self.weakest_edge = probability;
        self
    }

    /// How many records a cluster has at most; no limit unless said otherwise.
    #[must_use]
    pub fn largest(mut self, records: usize) -> Self {
        self.largest = records;
        self
    }

    /// How many links above the threshold lead from any member of a cluster to
    /// any other at most; no limit unless said otherwise. At 1, everybody is
    /// linked to everybody. Finding out takes time that grows with the square of
    /// a cluster's size: set [`largest`](Self::largest) too.
    #[must_use]
    pub fn diameter(mut self, steps: usize) -> Self {
        self.diameter = steps;
        self
    }

    /// A cluster has at most one record of each input: for inputs that are free
    /// of duplicates in themselves.
    #[must_use]
    pub fn one_per_source(mut self) -> Self {
        self.one_per_source = true;
        self
    }

    /// What each pair within a cluster costs that the detector did not report,
    /// in bits: half a bit unless said otherwise. The more complete a detector's
    /// reports are, the more it may be.
    #[must_use]
    pub fn missing_pair(mut self, bits: f64) -> Self {
        self.missing_pair = Some(bits);
        self
    }

    /// What each pair within a cluster costs at most that was reported with a
    /// low probability, in bits; no limit unless said otherwise. Little is right
    /// where a customer's records differ in many ways: of one who married and
    /// moved, each record is like some of the others and not like all.
    #[must_use]
    pub fn most_against(mut self, bits: f64) -> Self {
        self.most_against = bits;
        self
    }

    /// Follows every link above the threshold, whatever the evidence of other
    /// pairs is. Limits hold all the same.
    #[must_use]
    pub fn transitive(mut self) -> Self {
        self.missing_pair = None;
        self
    }

    /// From which probability on two records are the same.
    #[cfg(feature = "migration")]
    pub(crate) fn least(&self) -> f64 {
        self.threshold
    }

    /// Fails if a limit is none.
    pub fn check(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.threshold) {
            return Err(Error::bind("the threshold is not a probability from 0 to 1"));
        }
        if !(0.0..=1.0).contains(&self.weakest_edge) {
            return Err(Error::bind("the weakest edge is not a probability from 0 to 1"));
        }
        if self.missing_pair.is_some_and(|bits| !(0.0..=64.0).contains(&bits)) {
            return Err(Error::bind("the cost of a missing pair is not from 0 to 64 bits"));
        }
        if self.most_against.is_nan() || self.most_against < 0.0 {
            return Err(Error::bind("the most that a pair costs is not a number of bits from 0 on"));
        }
        Ok(())
    }

    /// The clusters of the records under the links. Fails if a limit is none, if
    /// a link leads to a record that is not there, or if its probability is none.
    pub fn cluster(&self, records: &Records, links: &Links) -> Result<Clusters> {
        self.check()?;
        gather(self, records.len(), Some(records), links)
    }

    /// The probability that speaks neither for nor against joining. What is above
    /// the threshold never speaks against it.
    pub(super) fn neutral(&self) -> f64 {
        self.threshold.min(0.5)
    }

    /// What a probability says, in 1/1024 of a bit, so that sums are exact.
    pub(super) fn evidence(&self, probability: f64) -> i64 {
        let bits = log_odds(probability.min(1.0)) - log_odds(self.neutral());
        (bits.max(-self.most_against) * 1024.0).round() as i64
    }

    /// What pairs that nobody reported cost, in 1/1024 of a bit.
    pub(super) fn cost(&self, missing: u64) -> i64 {
        (self.missing_pair.unwrap_or(0.0) * 1024.0 * missing as f64).round() as i64
    }
}

/// The log2 odds of a probability, at most 60 bits either way: more than
/// floating point tells from certainty.
fn log_odds(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2().clamp(-60.0, 60.0)
}
