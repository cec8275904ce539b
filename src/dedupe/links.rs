//! The pairs that a detector reports, and what is known of pairs for certain.

use std::collections::{BTreeMap, BTreeSet};

/// Two records that are, or may be, the same customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The position of one record in [`Records`](super::Records).
    pub a: u32,
    /// The position of the other.
    pub b: u32,
    /// How sure the detector is, from 0 to 1.
    pub probability: f64,
}

/// The pairs that a [`DuplicateDetector`](super::DuplicateDetector) reports.
///
/// It reports what it finds likely, and may report what it compared and finds
/// unlikely: that counts against clusters in which both records would be.
#[derive(Debug, Default)]
pub struct Links {
    links: Vec<Link>,
    always: Vec<(u32, u32)>,
    never: Vec<(u32, u32)>,
    /// With the probability at which somebody was unsure.
    unsure: BTreeMap<(u32, u32), Option<f64>>,
}

impl Links {
    /// Two records are the same customer for certain.
    pub fn same(&mut self, a: usize, b: usize) {
        self.maybe(a, b, 1.0);
    }

    /// Two records are the same customer with a probability.
    pub fn maybe(&mut self, a: usize, b: usize, probability: f64) {
        self.links.push(Link { a: position(a), b: position(b), probability });
    }

    /// Two records are to be in one cluster, whatever its [limits](super::Clustering)
    /// are: somebody decided it.
    pub fn always(&mut self, a: usize, b: usize) {
        self.always.push((position(a), position(b)));
    }

    /// Two records are never to be in one cluster, not by a chain of others
    /// either. This is stronger than [`always`](Self::always).
    pub fn never(&mut self, a: usize, b: usize) {
        self.never.push((position(a), position(b)));
    }

    /// Whatever the detector reports of two records says nothing: somebody looked
    /// and cannot tell, when the probability was such, where that is known. They
    /// may come into one cluster by others.
    pub fn unsure(&mut self, a: usize, b: usize, probability: Option<f64>) {
        self.unsure.insert(ordered(position(a), position(b)), probability);
    }

    /// The links, in the order in which they were reported, without what is
    /// always or never to be.
    pub fn iter(&self) -> std::slice::Iter<'_, Link> {
        self.links.iter()
    }

    /// The pairs that are one customer if everything from this probability on is,
    /// each once, in the order of the records: the links, and what is always to
    /// be, with probability 1; without what is never to be and what somebody is
    /// unsure about.
    pub fn holding(&self, threshold: f64) -> Vec<Link> {
        let found = self.links.iter().filter(|link| link.probability >= threshold && !self.is_unsure(link));
        let decided = self.always.iter().map(|(a, b)| Link { a: *a, b: *b, probability: 1.0 });
        let in_order = |link: Link| Link { a: link.a.min(link.b), b: link.a.max(link.b), ..link };
        let mut holding: Vec<Link> = found.copied().chain(decided).map(in_order).collect();
        holding.sort_unstable_by(|x, y| {
            (x.a, x.b).cmp(&(y.a, y.b)).then(y.probability.total_cmp(&x.probability))
        });
        holding.dedup_by_key(|link| (link.a, link.b));
        if !self.never.is_empty() {
            let never: BTreeSet<(u32, u32)> = self.never.iter().map(|(a, b)| ordered(*a, *b)).collect();
            holding.retain(|link| !never.contains(&(link.a, link.b)));
        }
        holding
    }

    pub(super) fn always_pairs(&self) -> &[(u32, u32)] {
        &self.always
    }

    /// Whether nobody can tell what a link says.
    pub(super) fn is_unsure(&self, link: &Link) -> bool {
        self.unsure_at(link).is_some()
    }

    /// The probability, where it is known, at which somebody was unsure about a link.
    pub(super) fn unsure_at(&self, link: &Link) -> Option<Option<f64>> {
        self.unsure.get(&ordered(link.a, link.b)).copied()
    }

    pub(super) fn never_pairs(&self) -> &[(u32, u32)] {
        &self.never
    }
}

fn ordered(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

/// No record stands at the last position, so that one beyond it is told from all.
fn position(record: usize) -> u32 {
    u32::try_from(record).unwrap_or(u32::MAX)
}
