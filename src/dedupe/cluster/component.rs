//! One connected component of the links above the threshold, and what becomes of it.

use super::contract::Contraction;
use super::forest::Forest;
use super::{Clustering, Refused};
use crate::dedupe::Link;

/// The probability of a link that is always to be followed.
pub(super) const ALWAYS: f64 = f64::INFINITY;

/// Records that a chain of links holds together, and all that was reported
/// between them. Links name them by their numbers here, by which ties are settled.
#[derive(Default)]
pub(super) struct Component {
    /// Their positions among all records.
    pub members: Vec<u32>,
    /// Their inputs; only where the limits ask for them.
    pub inputs: Vec<u32>,
    /// Every pair once, in order, the smaller number first.
    pub links: Vec<Link>,
    /// Pairs that are never to be together.
    pub never: Vec<(u32, u32)>,
}

/// What became of the components so far.
#[derive(Default)]
pub(super) struct Outcome {
    /// The first record of the cluster of each record of a component that was not left whole.
    pub firsts: Vec<(u32, u32)>,
    /// The weakest link of each cluster, by its first record.
    pub weakest: Vec<(u32, Link)>,
    pub refused: Vec<Refused>,
}

impl Component {
    /// Makes one cluster of the component.
    pub fn leave_whole(&self, outcome: &mut Outcome) {
        let first = self.members.iter().copied().min().unwrap_or_default();
        // Most clusters are pairs.
        if let [only] = &self.links[..] {
            return outcome.weakest.push((first, self.placed(only)));
        }
        self.tell_weakest(&vec![first; self.members.len()], outcome);
    }

    /// Finds the clusters of the component, within limits.
    pub fn settle(&self, limits: &Clustering, outcome: &mut Outcome) {
        let mut contraction = Contraction::of(self, limits);
        contraction.run();
        let groups: Vec<u32> =
            (0..).take(self.members.len()).map(|member| contraction.group(member)).collect();
        let mut smallest = vec![u32::MAX; groups.len()];
        for (group, position) in groups.iter().zip(&self.members) {
            let smallest = &mut smallest[*group as usize];
            *smallest = (*smallest).min(*position);
        }
        let firsts: Vec<u32> = groups.iter().map(|group| smallest[*group as usize]).collect();
        outcome.firsts.extend(self.members.iter().copied().zip(firsts.iter().copied()));
        self.tell_weakest(&firsts, outcome);
        for link in self.links.iter().filter(|link| link.probability >= limits.threshold) {
            if let Some(why) = contraction.why(groups[link.a as usize], groups[link.b as usize]) {
                let Link { a, b, probability } = self.placed(link);
                outcome.refused.push(Refused { a, b, probability, why });
            }
        }
    }

    /// Whether no limit and no evidence can keep anybody apart, so that nobody need look closer.
    pub fn is_undisputed(&self, limits: &Clustering) -> bool {
        let size = self.members.len();
        let followed = self.links.iter().map(|link| link.probability).filter(|p| *p >= limits.threshold);
        let lightest = followed.fold(ALWAYS, f64::min);
        self.never.is_empty()
            && size <= limits.largest
            && size - 1 <= limits.diameter
            && (size == 2 || lightest >= limits.weakest_edge)
            && !self.repeats_an_input()
            && (limits.missing_pair.is_none()
                || lightest >= 1.0
                || self.doubts(limits) <= limits.evidence(lightest))
    }

    fn repeats_an_input(&self) -> bool {
        let mut inputs = self.inputs.clone();
        inputs.sort_unstable();
        inputs.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// All that speaks against the component, in 1/1024 of a bit.
    fn doubts(&self, limits: &Clustering) -> i64 {
        let against = self.links.iter().filter(|link| link.probability < limits.neutral());
        let evidence: i64 = against.map(|link| limits.evidence(link.probability)).sum();
        let size = self.members.len() as u64;
        limits.cost(size * (size - 1) / 2 - self.links.len() as u64).saturating_sub(evidence)
    }

    /// Adds the weakest link of each cluster's maximum spanning tree, found as
    /// the last that Kruskal's algorithm takes; `firsts` name the members' clusters.
    fn tell_weakest(&self, firsts: &[u32], outcome: &mut Outcome) {
        let first = |link: &Link| firsts[link.a as usize];
        let mut within: Vec<&Link> =
            self.links.iter().filter(|link| first(link) == firsts[link.b as usize]).collect();
        within.sort_by(|x, y| first(x).cmp(&first(y)).then(y.probability.total_cmp(&x.probability)));
        let mut trees = Forest::of(firsts.len());
        for cluster in within.chunk_by(|x, y| first(x) == first(y)) {
            let taken = cluster.iter().filter(|link| trees.union(link.a, link.b)).last();
            outcome.weakest.extend(taken.map(|link| (first(link), self.placed(link))));
        }
    }

    /// The link by the positions of its records among all.
    fn placed(&self, link: &Link) -> Link {
        let (a, b) = (self.members[link.a as usize], self.members[link.b as usize]);
        Link { a: a.min(b), b: a.max(b), probability: link.probability.min(1.0) }
    }
}
