//! Pairs to learn from: at random, and from among those that agree on something.

use std::collections::BTreeMap;

use super::compare::{Key, Seen};
use super::field::Table;
use super::words::mix;
use crate::error::Result;

/// Which pairs of records there are to compare.
#[derive(Debug, Clone)]
pub(crate) struct Universe {
    /// The input of each record, where that matters.
    pub sides: Option<Vec<u32>>,
    /// Whether only records of different inputs are compared.
    pub across: bool,
    /// The input whose records are not compared with one another.
    pub known: Option<u32>,
    pub records: usize,
}

impl Universe {
    /// Whether two records may be compared at all.
    pub fn comparable(&self, a: u32, b: u32) -> bool {
        let Some(sides) = &self.sides else { return a != b };
        let (x, y) = (sides[a as usize], sides[b as usize]);
        a != b && (x != y || !self.across && self.known != Some(x))
    }

    /// How many pairs there are.
    pub fn pairs(&self) -> f64 {
        let all = |count: usize| count as f64 * (count as f64 - 1.0) / 2.0;
        let mut counts = BTreeMap::new();
        for side in self.sides.iter().flatten() {
            *counts.entry(*side).or_insert(0_usize) += 1;
        }
        counts.retain(|side, _| self.across || self.known == Some(*side));
        (all(self.records) - counts.into_values().map(all).sum::<f64>()).max(1.0)
    }
}

/// Numbers that look random and are the same in every run (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(mix(seed.wrapping_add(1)))
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        ((u128::from(mix(self.0)) * u128::from(limit)) >> 64) as u64
    }

    /// A number from 0 to 1.
    pub fn share(&mut self) -> f64 {
        self.below(1 << 53) as f64 / (1_u64 << 53) as f64
    }
}

/// Pairs taken at random; all, where there are no more.
pub(crate) fn random_pairs(universe: &Universe, count: usize) -> Vec<(u32, u32)> {
    if universe.pairs() <= count as f64 {
        let records = universe.records as u32;
        let pairs = (0..records).flat_map(|a| (a + 1..records).map(move |b| (a, b)));
        return pairs.filter(|(a, b)| universe.comparable(*a, *b)).collect();
    }
    let mut random = Random::new(universe.records as u64);
    let records = universe.records as u64;
    let mut pairs = Vec::with_capacity(count);
    for _ in 0..count * 4 {
        if pairs.len() == count {
            break;
        }
        let (a, b) = (random.below(records) as u32, random.below(records) as u32);
        if universe.comparable(a, b) {
            pairs.push((a.min(b), a.max(b)));
        }
    }
    pairs
}

/// A way to find pairs that agree on something: keys of one field or of several at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub keys: Vec<(usize, Key)>,
}

impl Frame {
    /// The keys of a record: each of one field with each of the others.
    pub fn of(&self, table: &Table, record: u32, keys: &mut Vec<u64>) {
        keys.clear();
        let mut one = Vec::new();
        for (place, (field, key)) in self.keys.iter().enumerate() {
            one.clear();
            table.keys(*field, *key, record, &mut one);
            if place == 0 {
                keys.append(&mut one);
            } else {
                let before = std::mem::take(keys);
                keys.extend(before.iter().flat_map(|a| one.iter().map(move |b| mix(a.rotate_left(17) ^ b))));
            }
        }
    }

    fn uses(&self, field: usize) -> bool {
        self.keys.iter().any(|(used, _)| *used == field)
    }
}

/// Records by key: `(key, record)`, sorted.
pub(crate) fn grouped(table: &Table, frame: &Frame, every: u64) -> Vec<(u64, u32)> {
    let (mut grouped, mut keys) = (Vec::new(), Vec::new());
    for record in 0..table.len() as u32 {
        frame.of(table, record, &mut keys);
        grouped.extend(keys.iter().filter(|key| *key % every == 0).map(|key| (*key, record)));
    }
    grouped.sort_unstable();
    grouped.dedup();
    grouped
}

/// A pair to learn from.
pub(crate) struct Example {
    pub seen: Vec<Seen>,
    /// For how many pairs of the universe it stands.
    pub weight: f64,
    /// The same for each field, where only those count that were not found by that field.
    pub without: Vec<f64>,
}

/// Pairs that agree on something, so weighted that they stand for all that do.
pub(crate) fn examples(
    table: &Table,
    universe: &Universe,
    frames: &[Frame],
    threads: usize,
) -> Result<Vec<Example>> {
    const EACH: u64 = 4_000;
    const GROUPED: u64 = 100_000;
    let every = (table.len() as u64 / GROUPED).max(1);
    let drawn = super::parallel::each((0..frames.len()).collect(), threads, |number| {
        Ok(draw(table, universe, &frames[number], number as u64, every, EACH))
    })?;
    let rates: Vec<f64> = drawn.iter().map(|(rate, _)| *rate).collect();
    let mut pairs: Vec<(u32, u32)> = drawn.into_iter().flat_map(|(_, pairs)| pairs).collect();
    pairs.sort_unstable();
    let chunks: Vec<_> = pairs.chunks(4096).collect();
    let made = super::parallel::each(chunks, threads, |pairs| {
        Ok(pairs.iter().map(|pair| example(table, frames, &rates, *pair)).collect::<Vec<_>>())
    });
    Ok(made?.into_iter().flatten().collect())
}

fn example(table: &Table, frames: &[Frame], rates: &[f64], (a, b): (u32, u32)) -> Example {
    let mut seen = vec![Seen::MISSING; table.fields.len()];
    table.compare(a, b, &mut seen);
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    let mut rate = 0.0;
    let mut without = vec![0.0; table.fields.len()];
    for (frame, frame_rate) in frames.iter().zip(rates) {
        frame.of(table, a, &mut of_a);
        frame.of(table, b, &mut of_b);
        if of_a.iter().any(|key| of_b.contains(key)) {
            rate += frame_rate;
            for (field, without) in without.iter_mut().enumerate() {
                *without += if frame.uses(field) { 0.0 } else { *frame_rate };
            }
        }
    }
    let weight = |rate: f64| if rate > 0.0 { 1.0 / rate } else { 0.0 };
    Example { seen, weight: weight(rate), without: without.into_iter().map(weight).collect() }
}

/// Draws pairs of a frame, each as likely as any other, and tells how likely.
fn draw(
    table: &Table,
    universe: &Universe,
    frame: &Frame,
    seed: u64,
    every: u64,
    count: u64,
) -> (f64, Vec<(u32, u32)>) {
    let grouped = grouped(table, frame, every);
    let blocks: Vec<&[(u64, u32)]> =
        grouped.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1).collect();
    let mut ends = Vec::with_capacity(blocks.len());
    let mut total = 0_u64;
    for block in &blocks {
        total += block.len() as u64 * (block.len() as u64 - 1) / 2;
        ends.push(total);
    }
    let mut pairs = Vec::new();
    let mut add = |a: u32, b: u32| {
        if universe.comparable(a, b) {
            pairs.push((a.min(b), a.max(b)));
        }
    };
    if total <= count {
        for block in &blocks {
            for (place, (_, a)) in block.iter().enumerate() {
                block[place + 1..].iter().for_each(|(_, b)| add(*a, *b));
            }
        }
        return (1.0 / every as f64, pairs);
    }
    let mut random = Random::new(seed);
    for _ in 0..count {
        let drawn = random.below(total);
        let block = blocks[ends.partition_point(|end| *end <= drawn)];
        let a = random.below(block.len() as u64) as usize;
        let b = random.below(block.len() as u64 - 1) as usize;
        add(block[a].1, block[b + usize::from(b >= a)].1);
    }
    (count as f64 / total as f64 / every as f64, pairs)
}
