//! From pairs to groups: the connected components of the links.

use super::Links;
use crate::error::{Error, Result};

/// Which records belong together.
///
/// Two records are in one cluster if a chain of links leads from one to the
/// other, each at least as probable as a threshold. The order of the links
/// does not matter: clusters stand in the order of their first records, and so
/// do the members in each.
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
#[derive(Debug, PartialEq, Eq)]
pub struct Clusters {
    /// The first record of each record's cluster.
    firsts: Vec<u32>,
    /// The members of every cluster of more than one, one cluster after the other.
    members: Vec<u32>,
    /// Where in `members` each cluster ends.
    ends: Vec<usize>,
}

impl Clusters {
    /// The clusters of `records` records under the links that are at least as
    /// probable as `threshold`. Fails if a link leads to a record that is not
    /// there, or if its probability is none.
    pub fn of(records: usize, links: &Links, threshold: f64) -> Result<Self> {
        let mut forest = Forest::of(records);
        for link in links.iter() {
            if !(0.0..=1.0).contains(&link.probability) {
                return Err(Error::other(
                    "the detector linked two records with a probability not from 0 to 1",
                ));
            }
            if link.a.max(link.b) as usize >= records {
                return Err(Error::other(format!(
                    "the detector linked a record beyond the last of {records}"
                )));
            }
            if link.probability >= threshold {
                forest.union(link.a, link.b);
            }
        }
        Ok(Clusters::from_firsts(forest.into_roots()))
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

    /// How many records are left when each cluster has become one.
    pub fn survivors(&self) -> usize {
        self.firsts.len() - (self.members.len() - self.ends.len())
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
        Clusters { firsts, members, ends }
    }
}

/// Disjoint sets as trees in one array, each record pointing to its parent
/// (Tarjan and van Leeuwen 1984, path halving). The smaller position becomes
/// the root, so that a root is its cluster's first record.
struct Forest {
    parents: Vec<u32>,
}

impl Forest {
    fn of(records: usize) -> Self {
        Forest { parents: (0..).take(records).collect() }
    }

    fn root(&mut self, mut record: u32) -> u32 {
        loop {
            let parent = self.parents[record as usize];
            if parent == record {
                return record;
            }
            let grandparent = self.parents[parent as usize];
            self.parents[record as usize] = grandparent;
            record = grandparent;
        }
    }

    fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }

    fn into_roots(mut self) -> Vec<u32> {
        // Parents stand before their children and are roots by then.
        for record in 0..self.parents.len() {
            self.parents[record] = self.parents[self.parents[record] as usize];
        }
        self.parents
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clusters(records: usize, pairs: &[(usize, usize)]) -> Vec<Vec<u32>> {
        let mut links = Links::default();
        pairs.iter().for_each(|(a, b)| links.same(*a, *b));
        Clusters::of(records, &links, 0.5).unwrap().iter().map(<[u32]>::to_vec).collect()
    }

    #[test]
    fn chains_become_one_cluster_whatever_the_order() {
        assert_eq!(clusters(6, &[(5, 4), (3, 5), (0, 2), (2, 0), (1, 1)]), [vec![0, 2], vec![3, 4, 5]]);
        assert_eq!(clusters(6, &[(2, 0), (3, 5), (4, 5)]), [vec![0, 2], vec![3, 4, 5]]);
        assert_eq!(clusters(0, &[]), Vec::<Vec<u32>>::new());
    }

    #[test]
    fn weak_links_are_left_out() {
        let mut links = Links::default();
        links.maybe(0, 1, 0.9);
        links.maybe(1, 2, 0.89);
        let clusters = Clusters::of(3, &links, 0.9).unwrap();
        assert_eq!(clusters.iter().collect::<Vec<_>>(), [[0, 1]]);
        assert_eq!((clusters.count(), clusters.survivors(), clusters.first_of(1)), (1, 2, 0));
    }

    #[test]
    fn a_detector_that_errs_is_told() {
        let error = |a, b, probability| {
            let mut links = Links::default();
            links.maybe(a, b, probability);
            Clusters::of(2, &links, 0.5).unwrap_err().to_string()
        };
        assert_eq!(error(0, 2, 1.0), "the detector linked a record beyond the last of 2");
        assert_eq!(error(0, 1 << 32, 1.0), "the detector linked a record beyond the last of 2");
        let none = "the detector linked two records with a probability not from 0 to 1";
        assert_eq!(error(0, 1, f64::NAN), none);
        assert_eq!(error(0, 1, 1.01), none);
    }
}
