//! The groups of one component: joined from the strongest evidence on, within limits.

use std::cmp::Reverse;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BinaryHeap, HashMap};
use std::hash::BuildHasherDefault;

use super::component::{ALWAYS, Component};
use super::steps::Steps;
use super::{Clustering, Why};

/// Groups of records that are being joined. Records are known by their numbers
/// in the component, which go by identity: so does every tie.
pub(super) struct Contraction<'a> {
    limits: &'a Clustering,
    groups: Vec<Group>,
    /// By which group a group was taken in; itself, where it stands.
    taken_by: Vec<u32>,
    bundles: Vec<Bundle>,
    /// The bundle between two groups that stand, the smaller number first.
    between: HashMap<(u32, u32), u32, BuildHasherDefault<DefaultHasher>>,
    queue: BinaryHeap<Candidate>,
    steps: Option<Steps>,
}

/// Records that are one cluster so far.
struct Group {
    members: Vec<u32>,
    /// Their inputs, each once, in order; only where the limits ask for them.
    inputs: Vec<u32>,
    /// The least probable of the links by which it was joined.
    weakest: f64,
    /// Bundles to other groups, and where they led when they were bound.
    bundles: Vec<(u32, u32)>,
}

/// All that was reported between two groups.
#[derive(Default)]
struct Bundle {
    /// A member of each.
    ends: (u32, u32),
    /// The sum of what the links say.
    evidence: i64,
    /// How many pairs were reported.
    pairs: u64,
    /// The probability of the best link.
    best: f64,
    never: bool,
    /// Whether it became part of another bundle.
    merged: bool,
    refused: Option<Why>,
}

/// A bundle as it was when it was put in the queue. The greatest comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    rank: u8,
    evidence: i64,
    bundle: Reverse<u32>,
}

impl<'a> Contraction<'a> {
    /// Every record alone.
    pub fn of(component: &Component, limits: &'a Clustering) -> Self {
        let size = component.members.len();
        let alone = |record| Group {
            members: vec![record],
            inputs: if limits.one_per_source { vec![component.inputs[record as usize]] } else { Vec::new() },
            weakest: f64::INFINITY,
            bundles: Vec::new(),
        };
        let mut new = Contraction {
            limits,
            groups: (0..).take(size).map(alone).collect(),
            taken_by: (0..).take(size).collect(),
            bundles: Vec::with_capacity(component.links.len()),
            between: HashMap::default(),
            queue: BinaryHeap::new(),
            steps: (limits.diameter < size - 1).then(|| Steps::of(component, limits.threshold)),
        };
        for link in &component.links {
            new.bind(link.a, link.b, limits.evidence(link.probability), 1, link.probability, false);
        }
        for &(a, b) in &component.never {
            new.bind(a, b, 0, 0, f64::NEG_INFINITY, true);
        }
        new
    }

    /// Joins what can be joined.
    pub fn run(&mut self) {
        while let Some(candidate) = self.queue.pop() {
            let Reverse(number) = candidate.bundle;
            let bundle = &self.bundles[number as usize];
            if bundle.merged || bundle.candidate(number) != candidate {
                continue;
            }
            let (a, b) = bundle.ends;
            let (a, b) = (self.group(a), self.group(b));
            match self.refusal(number, a, b) {
                None => self.join(number, a, b),
                why => self.bundles[number as usize].refused = why,
            }
        }
    }

    /// The group of a record.
    pub fn group(&mut self, mut record: u32) -> u32 {
        while self.taken_by[record as usize] != record {
            let next = self.taken_by[record as usize];
            self.taken_by[record as usize] = self.taken_by[next as usize];
            record = next;
        }
        record
    }

    /// Why two groups were not joined; none where no link above the threshold leads from one to the other.
    pub fn why(&self, a: u32, b: u32) -> Option<Why> {
        let bundle = self.between.get(&ordered(a, b))?;
        self.bundles[*bundle as usize].refused
    }

    fn refusal(&mut self, bundle: u32, a: u32, b: u32) -> Option<Why> {
        let (limits, bundle) = (self.limits, &self.bundles[bundle as usize]);
        if bundle.never {
            return Some(Why::Never);
        }
        if bundle.best == ALWAYS {
            return None;
        }
        let (one, other) = (&self.groups[a as usize], &self.groups[b as usize]);
        let size = one.members.len() + other.members.len();
        if size > limits.largest {
            return Some(Why::Size);
        }
        if one.inputs.iter().any(|input| other.inputs.binary_search(input).is_ok()) {
            return Some(Why::Source);
        }
        if size > 2 && bundle.best.min(one.weakest).min(other.weakest) < limits.weakest_edge {
            return Some(Why::WeakestEdge);
        }
        let pairs = one.members.len() as u64 * other.members.len() as u64;
        let weighed = limits.missing_pair.is_some() && bundle.best < 1.0;
        if weighed && bundle.evidence < limits.cost(pairs.saturating_sub(bundle.pairs)) {
            return Some(Why::Evidence);
        }
        let steps = self.steps.as_mut()?;
        steps.too_many(&one.members, &other.members, limits.diameter).then_some(Why::Diameter)
    }

    /// Makes one group of two. The one that has less to carry moves.
    fn join(&mut self, bundle: u32, a: u32, b: u32) {
        let load = |group: u32| {
            let group = &self.groups[group as usize];
            group.members.len() + group.bundles.len()
        };
        let (kept, moved) = if load(a) < load(b) { (b, a) } else { (a, b) };
        let best = self.bundles[bundle as usize].best;
        let from = &mut self.groups[moved as usize];
        let (members, inputs) = (std::mem::take(&mut from.members), std::mem::take(&mut from.inputs));
        let (bundles, weakest) = (std::mem::take(&mut from.bundles), from.weakest);
        let into = &mut self.groups[kept as usize];
        into.members.extend(members);
        into.inputs.extend(inputs);
        into.inputs.sort_unstable();
        into.inputs.dedup();
        into.weakest = into.weakest.min(weakest).min(best);
        self.taken_by[moved as usize] = kept;
        for (end, bundle) in bundles {
            self.rebind(bundle, end, moved, kept);
        }
    }

    /// Binds to the group that was kept what led from the one that moved.
    fn rebind(&mut self, bundle: u32, end: u32, moved: u32, kept: u32) {
        if self.bundles[bundle as usize].merged {
            return;
        }
        let other = self.group(end);
        self.between.remove(&ordered(moved, other));
        if other == kept {
            self.bundles[bundle as usize].merged = true;
            return;
        }
        match self.between.entry(ordered(kept, other)) {
            Entry::Vacant(place) => {
                place.insert(bundle);
                self.groups[kept as usize].bundles.push((end, bundle));
            }
            Entry::Occupied(there) => {
                let there = *there.get();
                self.bundles[bundle as usize].merged = true;
                let Bundle { evidence, pairs, best, never, .. } = self.bundles[bundle as usize];
                self.bundles[there as usize].add(evidence, pairs, best, never);
                self.enqueue(there);
            }
        }
    }

    /// Binds two records that are groups of their own.
    fn bind(&mut self, a: u32, b: u32, evidence: i64, pairs: u64, best: f64, never: bool) {
        let new = self.bundles.len() as u32;
        let bundle = *self.between.entry(ordered(a, b)).or_insert(new);
        if bundle == new {
            self.bundles.push(Bundle { ends: (a, b), ..Bundle::default() });
            self.groups[a as usize].bundles.push((b, new));
            self.groups[b as usize].bundles.push((a, new));
        }
        self.bundles[bundle as usize].add(evidence, pairs, best, never);
        self.enqueue(bundle);
    }

    fn enqueue(&mut self, bundle: u32) {
        let candidate = self.bundles[bundle as usize].candidate(bundle);
        if self.bundles[bundle as usize].best >= self.limits.threshold {
            self.queue.push(candidate);
        }
    }
}

impl Bundle {
    fn add(&mut self, evidence: i64, pairs: u64, best: f64, never: bool) {
        self.evidence += evidence;
        self.pairs += pairs;
        self.best = self.best.max(best);
        self.never |= never;
        self.refused = None;
    }

    /// What is decided goes first, then what is certain, then by evidence.
    fn candidate(&self, bundle: u32) -> Candidate {
        let rank = u8::from(self.best >= 1.0) + u8::from(self.best == ALWAYS);
        Candidate { rank, evidence: self.evidence, bundle: Reverse(bundle) }
    }
}

fn ordered(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}
