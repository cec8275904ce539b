//! From pairs to groups, within limits.

mod clustering;
mod component;
mod contract;
mod forest;
mod gather;
mod steps;

use std::fmt;

use super::{Link, Links};
use crate::error::Result;
pub use clustering::Clustering;
use component::Outcome;
pub(super) use forest::Forest;

/// Which records belong together, as [`Clustering`] finds it.
///
/// Clusters stand in the order of their first records, and so do the members
/// in each.
#[derive(Debug, PartialEq)]
pub struct Clusters {
    /// The first record of each record's cluster.
    firsts: Vec<u32>,
    /// The members of every cluster of more than one, one cluster after the other.
    members: Vec<u32>,
    /// Where in `members` each cluster ends.
    ends: Vec<usize>,
    /// The weakest link of each cluster's maximum spanning tree.
    weakest: Vec<Link>,
    refused: Vec<Refused>,
}

/// A link above the threshold whose records are in different clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Refused {
    /// The position of one record.
    pub a: u32,
    /// The position of the other, which is greater.
    pub b: u32,
    /// How sure the detector is, from 0 to 1.
    pub probability: f64,
    /// What kept them apart.
    pub why: Why,
}

/// What kept two groups of linked records apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Why {
    /// A record of one and a record of the other are [never](Links::never) to be together.
    Never,
    /// Together they would be more than the [largest](Clustering::largest) cluster.
    Size,
    /// Both have a record of the same input, and it may be only [one](Clustering::one_per_source).
    Source,
    /// A link that would hold them together is below the [weakest edge](Clustering::weakest_edge).
    WeakestEdge,
    /// The other pairs between them speak against it, or are missing: a [weak bridge](Clustering).
    Evidence,
    /// Somebody is [unsure](Links::unsure) about the two.
    Unsure,
    /// Some members would be more than the [diameter](Clustering::diameter) apart.
    Diameter,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Never => "records of the two groups are never to be together",
            Why::Size => "the cluster would be too large",
            Why::Source => "the cluster would have two records of one input",
            Why::WeakestEdge => "the link is too weak for a cluster of more than two",
            Why::Evidence => "the other pairs of the two groups speak against it",
            Why::Unsure => "somebody is unsure about the two",
            Why::Diameter => "members of the cluster would be too many links apart",
        })
    }
}

impl Clusters {
    /// The clusters of `records` records under the links that are at least as
    /// probable as `threshold`, without limits: two records are in one cluster if
    /// a chain of such links leads from one to the other. Fails if a link leads to
    /// a record that is not there, or if its probability is none.
    ///
    /// ```
    /// use handover::dedupe::{Clusters, Links};
    ///
    /// let mut links = Links::default();
    /// links.same(4, 2);
    /// links.same(1, 4);
    /// links.maybe(0, 1, 0.6);
    /// let clusters = Clusters::of(5, &links, 0.99)?;
    /// assert_eq!(clusters.iter().collect::<Vec<_>>(), [[1, 2, 4]]);
    /// assert_eq!(clusters.first_of(4), 1);
    /// assert_eq!(clusters.first_of(0), 0);
    /// # Ok::<(), handover::Error>(())
    /// ```
    pub fn of(records: usize, links: &Links, threshold: f64) -> Result<Self> {
        gather::gather(&Clustering::new(threshold).transitive(), records, None, links)
    }

    /// The clusters of more than one record: their members, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.count()).map(|cluster| self.members(cluster))
    }

    /// The members of the cluster of a number, in the order of [`iter`](Self::iter);
    /// nobody beyond the last.
    pub fn members(&self, cluster: usize) -> &[u32] {
        let start = cluster.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(cluster).map_or(&[], |end| &self.members[start..*end])
    }

    /// The first record of the cluster that a record belongs to: itself, where
    /// it is alone or the first. Panics beyond the last record.
    pub fn first_of(&self, record: usize) -> usize {
        self.firsts[record] as usize
    }

    /// How many clusters of more than one record there are.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// How many records there are, in clusters and alone.
    pub fn records(&self) -> usize {
        self.firsts.len()
    }

    /// How many records are left when each cluster has become one.
    pub fn survivors(&self) -> usize {
        self.firsts.len() - (self.members.len() - self.ends.len())
    }

    /// What holds a cluster together: the link without which, and without those
    /// that are weaker, it would fall apart, which is the weakest of its maximum
    /// spanning tree; one of them, where several are equally weak. The cluster goes
    /// by its number in the order of [`iter`](Self::iter); none beyond the last.
    pub fn weakest(&self, cluster: usize) -> Option<Link> {
        self.weakest.get(cluster).copied()
    }

    /// The links above the threshold that were not followed, by their records.
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// The clusters after components have been taken apart.
    fn after(self, outcome: Outcome) -> Self {
        let Outcome { firsts: changed, mut weakest, mut refused } = outcome;
        let mut clusters = self;
        if !changed.is_empty() {
            changed.iter().for_each(|(record, first)| clusters.firsts[*record as usize] = *first);
            clusters = Clusters::from_firsts(clusters.firsts);
        }
        weakest.sort_unstable_by_key(|(first, _)| *first);
        clusters.weakest = weakest.into_iter().map(|(_, link)| link).collect();
        refused.sort_unstable_by_key(|refused| (refused.a, refused.b));
        clusters.refused = refused;
        clusters
    }

    /// The clusters, with the links among the refused about which somebody is unsure.
    fn after_doubts(mut self, links: &Links, threshold: f64) -> Self {
        let unsure = links.iter().filter(|link| link.probability >= threshold && links.is_unsure(link));
        for &Link { a, b, probability } in unsure {
            if self.firsts[a as usize] != self.firsts[b as usize] {
                self.refused.push(Refused { a: a.min(b), b: a.max(b), probability, why: Why::Unsure });
            }
        }
        self.refused.sort_by_key(|refused| (refused.a, refused.b));
        self.refused.dedup_by_key(|refused| (refused.a, refused.b));
        self
    }

    fn from_firsts(firsts: Vec<u32>) -> Self {
        // Only records that follow another are sorted: those that stand alone,
        // mostly nearly all, cost nothing.
        let positions = firsts.iter().zip(0u32..);
        let mut followers: Vec<(u32, u32)> = positions
            .filter(|(first, record)| *first != record)
            .map(|(first, record)| (*first, record))
            .collect();
        followers.sort_unstable();
        let (mut members, mut ends) = (Vec::new(), Vec::new());
        for cluster in followers.chunk_by(|a, b| a.0 == b.0) {
            members.push(cluster[0].0);
            members.extend(cluster.iter().map(|(_, record)| record));
            ends.push(members.len());
        }
        Clusters { firsts, members, ends, weakest: Vec::new(), refused: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
