//! The values that may survive in a column or in several together, and which of them are equal.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::provenance::Member;
use crate::dedupe::Row;
use crate::normalize::Normalizer;
use crate::record::Value;

/// The records that become one, and their positions, in the order of their identities.
pub(super) struct Cluster<'r> {
    pub rows: Vec<(u32, Row<'r>)>,
    /// How good each is by each of the merger's orders.
    pub standings: Vec<Vec<i64>>,
    /// Which of them lives on.
    pub survivor: usize,
}

impl Cluster<'_> {
    /// A member, by its index.
    pub fn member(&self, index: usize) -> Member {
        let (position, row) = &self.rows[index];
        Member { position: *position, id: row.id(), key: row.key().map(Box::from) }
    }
}

/// The values of a cluster's members in some columns; members whose values are
/// all blank are none.
pub(super) struct Candidates<'a> {
    pub cluster: &'a Cluster<'a>,
    width: usize,
    /// The member that each candidate is, in order.
    members: Vec<usize>,
    /// The values of one candidate behind those of another.
    cells: Vec<Value<'a>>,
}

impl<'a> Candidates<'a> {
    /// Takes the values of every member in turn, `width` of each.
    pub fn of(cluster: &'a Cluster<'a>, width: usize, values: impl Iterator<Item = Value<'a>>) -> Self {
        let count = cluster.rows.len();
        let (mut members, mut cells) = (Vec::with_capacity(count), Vec::with_capacity(count * width));
        for (number, value) in values.enumerate() {
            cells.push(value);
            let start = cells.len() - 1 - number % width;
            if number % width + 1 == width {
                match cells[start..].iter().all(Value::is_blank) {
                    true => cells.truncate(start),
                    false => members.push(number / width),
                }
            }
        }
        Candidates { cluster, width, members, cells }
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The member that a candidate is.
    pub fn member(&self, candidate: usize) -> usize {
        self.members[candidate]
    }

    /// The candidate that the survivor is, if its values are not all blank.
    pub fn survivor(&self) -> Option<usize> {
        self.members.binary_search(&self.cluster.survivor).ok()
    }

    pub fn values(&self, candidate: usize) -> &[Value<'a>] {
        &self.cells[candidate * self.width..][..self.width]
    }

    /// Whether all of them are written the same.
    pub fn agree(&self) -> bool {
        let same = |(a, b)| compare(a, b).is_eq();
        self.cells.chunks(self.width).all(|cells| self.cells.iter().zip(cells).all(same))
    }
}

/// Candidates that differ, and how.
pub(super) struct Contest<'c> {
    pub candidates: &'c Candidates<'c>,
    /// For every cell the first candidate whose value of that column equals it.
    classes: Vec<usize>,
    /// For every candidate the first that has the same values.
    same: Vec<usize>,
}

impl<'c> Contest<'c> {
    /// Values are equal that `compared` writes alike; those that it finds
    /// fault with are compared as they are.
    pub fn new(candidates: &'c Candidates<'c>, compared: Option<&dyn Normalizer>) -> Self {
        let (width, count) = (candidates.width, candidates.len());
        let mut classes = vec![0; candidates.cells.len()];
        for column in 0..width {
            let value = |candidate: usize| candidates.values(candidate)[column];
            let keys: Vec<_> = (0..count).map(|candidate| key(value(candidate), compared)).collect();
            let read = |candidate: usize| match &keys[candidate] {
                Some(key) => Value::Text(key),
                None => value(candidate),
            };
            let firsts = firsts(count, |a, b| compare(&read(a), &read(b)));
            firsts.into_iter().enumerate().for_each(|(at, first)| classes[at * width + column] = first);
        }
        let classes_of = |candidate: usize| &classes[candidate * width..][..width];
        let same = firsts(count, |a, b| classes_of(a).cmp(classes_of(b)));
        Contest { candidates, classes, same }
    }

    /// For every candidate, the sum over those that have the same values.
    pub fn sums(&self, each: impl Fn(usize) -> u64) -> Vec<u64> {
        let mut sums = vec![0u64; self.same.len()];
        for (candidate, first) in self.same.iter().enumerate() {
            sums[*first] = sums[*first].saturating_add(each(candidate));
        }
        self.same.iter().map(|first| sums[*first]).collect()
    }

    /// Whether two candidates have the same values.
    pub fn same(&self, a: usize, b: usize) -> bool {
        self.same[a] == self.same[b]
    }

    /// The first of those among these that have the same values.
    pub fn distinct(&self, alive: &[usize]) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        alive.iter().copied().filter(|candidate| seen.insert(self.same[*candidate])).collect()
    }

    /// The first candidates to have the values of a column that none of the chosen has.
    pub fn passed_over(&self, column: usize, chosen: &[usize]) -> impl Iterator<Item = usize> {
        let width = self.candidates.width;
        let class = move |candidate: usize| self.classes[candidate * width + column];
        let kept: BTreeSet<usize> = chosen.iter().map(|candidate| class(*candidate)).collect();
        (0..self.candidates.len()).filter(move |candidate| {
            let value = self.candidates.values(*candidate)[column];
            class(*candidate) == *candidate && !kept.contains(candidate) && !value.is_blank()
        })
    }
}

/// What a value is compared by, where that is not the value itself.
pub(super) fn key<'a>(value: Value<'a>, compared: Option<&dyn Normalizer>) -> Option<Cow<'a, str>> {
    compared?.normalize(value.as_text()?).ok()
}

/// For each of so many things the first that is equal to it.
fn firsts(count: usize, order: impl Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..count).collect();
    sorted.sort_unstable_by(|a, b| order(*a, *b).then(a.cmp(b)));
    let mut firsts = vec![0; count];
    for equal in sorted.chunk_by(|a, b| order(*a, *b).is_eq()) {
        equal.iter().for_each(|thing| firsts[*thing] = equal[0]);
    }
    firsts
}

/// An order of all values, of whatever kind, in which equal values are equal.
fn compare(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => a.as_str().cmp(b.as_str()),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
        (a, b) => a.kind().map(|kind| kind as u8).cmp(&b.kind().map(|kind| kind as u8)),
    }
}
