//! Scoring: the pairs that blocking finds, each weighed once.

use super::block::{Blocking, Rule, Sizes};
use super::compare::Seen;
use super::field::Table;
use super::model::{KINDS, Model, probability};
use super::sample::retain_shared;
use super::universe::Universe;
use super::weigh::{Odds, Weigher};
use crate::error::Result;

/// Pairs of less weight, in bits, are not kept.
pub(crate) const LEAST: f32 = -6.0;

/// A pair of records and the weight of the evidence that they are one customer, in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The position of one record, the smaller one.
    pub a: u32,
    /// The position of the other.
    pub b: u32,
    /// The logarithm of the odds that they are one customer, to base 2.
    pub weight: f32,
}

impl Pair {
    /// How probable it is that they are one customer. Nothing that was computed
    /// is certain: certainty is left to people.
    pub fn probability(&self) -> f64 {
        probability(f64::from(self.weight)).min(1.0 - f64::EPSILON)
    }
}

/// What scoring has done.
pub(crate) struct Scored {
    /// Pairs at or above the lowest weight that is kept, in order of their records.
    pub pairs: Vec<Pair>,
    pub compared: u64,
}

/// Scores every pair there is.
pub(crate) fn score_all(table: &Table, universe: &Universe, model: &Model, threads: usize) -> Result<Scored> {
    let rows: Vec<u32> = (0..table.len() as u32).collect();
    let chunks: Vec<&[u32]> = rows.chunks(64).collect();
    let scored = super::parallel::each(chunks, threads, |rows| {
        let mut scorer = Scorer::of(table, model);
        for a in rows {
            let others = a + 1..table.len() as u32;
            others.filter(|b| universe.comparable(*a, *b)).for_each(|b| scorer.score(*a, b));
        }
        Ok(scorer.done())
    })?;
    Ok(Scored::of(scored))
}

/// Scores the pairs that the rules find.
pub(crate) fn score(
    table: &Table,
    universe: &Universe,
    model: &Model,
    blocking: &mut Blocking,
    threads: usize,
) -> Result<Scored> {
    let groups = super::parallel::each(blocking.rules.iter().collect(), threads, |rule| {
        Ok(Grouped::of(table, rule, blocking.largest))
    })?;
    blocking.rules.iter_mut().zip(&groups).for_each(|(rule, grouped)| rule.sizes = grouped.sizes);
    let marks = Marks::of(&groups, table.len());
    let mut all = Vec::new();
    for (rule, grouped) in groups.iter().enumerate() {
        let chunks: Vec<&[u64]> = grouped.pieces(1 << 14);
        all.extend(super::parallel::each(chunks, threads, |piece| {
            let mut scorer = Scorer::of(table, model);
            for block in grouped.blocks(piece) {
                for (place, a) in block.iter().enumerate() {
                    let a = grouped.record(*a);
                    for b in &block[place + 1..] {
                        let b = grouped.record(*b);
                        if universe.comparable(a, b) && !marks.found_before(rule, a, b) {
                            scorer.score(a, b);
                        }
                    }
                }
            }
            Ok(scorer.done())
        })?);
    }
    Ok(Scored::of(all))
}

impl Scored {
    fn of(parts: Vec<(Vec<Pair>, u64)>) -> Self {
        let compared = parts.iter().map(|(_, compared)| compared).sum();
        let mut pairs: Vec<Pair> = parts.into_iter().flat_map(|(pairs, _)| pairs).collect();
        pairs.sort_unstable_by_key(|pair| u64::from(pair.a) << 32 | u64::from(pair.b));
        pairs.dedup_by_key(|pair| (pair.a, pair.b));
        Scored { pairs, compared }
    }
}

/// Records by the keys of a rule, without those that stand alone or in a block
/// that is too large: the high bits of a key and the record in one number.
struct Grouped {
    entries: Vec<u64>,
    bits: u32,
    /// Whether a record has one key at most.
    single: bool,
    sizes: Sizes,
}

impl Grouped {
    fn of(table: &Table, rule: &Rule, largest: usize) -> Self {
        let bits = usize::BITS - table.len().leading_zeros();
        let (mut keys, mut spare) = (Vec::new(), Vec::new());
        let mut entries = Vec::with_capacity(table.len());
        let mut single = true;
        for record in 0..table.len() as u32 {
            rule.of(table, record, &mut keys, &mut spare);
            single &= keys.len() <= 1;
            entries.extend(keys.iter().map(|key| key >> bits << bits | u64::from(record)));
        }
        retain_shared(&mut entries, |entry| entry >> bits);
        entries.sort_unstable();
        entries.dedup();
        let mut grouped = Grouped { entries, bits, single, sizes: Sizes::default() };
        let mut kept = 0;
        let mut start = 0;
        while start < grouped.entries.len() {
            let key = grouped.entries[start] >> bits;
            let end =
                start + grouped.entries[start..].iter().take_while(|entry| **entry >> bits == key).count();
            if grouped.sizes.take(end - start, largest) {
                grouped.entries.copy_within(start..end, kept);
                kept += end - start;
            }
            start = end;
        }
        grouped.entries.truncate(kept);
        grouped.entries.shrink_to_fit();
        grouped
    }

    fn record(&self, entry: u64) -> u32 {
        (entry & ((1 << self.bits) - 1)) as u32
    }

    fn blocks<'a>(&'a self, entries: &'a [u64]) -> impl Iterator<Item = &'a [u64]> {
        entries.chunk_by(move |a, b| a >> self.bits == b >> self.bits)
    }

    /// The entries in pieces of whole blocks.
    fn pieces(&self, size: usize) -> Vec<&[u64]> {
        let mut pieces = Vec::new();
        let mut rest = &self.entries[..];
        while rest.len() > size {
            let key = rest[size] >> self.bits;
            let end = size + rest[size..].iter().take_while(|entry| **entry >> self.bits == key).count();
            let (piece, after) = rest.split_at(end);
            pieces.push(piece);
            rest = after;
        }
        pieces.push(rest);
        pieces
    }
}

/// For each record the block of every rule that gives one key at most, so that
/// a pair is scored by the first rule that finds it.
struct Marks {
    marks: Vec<u32>,
    rules: usize,
}

impl Marks {
    fn of(groups: &[Grouped], records: usize) -> Self {
        let rules = groups.len();
        let mut marks = vec![0; records * rules];
        for (rule, grouped) in groups.iter().enumerate().filter(|(_, grouped)| grouped.single) {
            for (block, entries) in grouped.blocks(&grouped.entries).enumerate() {
                for entry in entries {
                    marks[grouped.record(*entry) as usize * rules + rule] = block as u32 + 1;
                }
            }
        }
        Marks { marks, rules }
    }

    fn found_before(&self, rule: usize, a: u32, b: u32) -> bool {
        let marks = |record: u32| &self.marks[record as usize * self.rules..][..rule];
        marks(a).iter().zip(marks(b)).any(|(a, b)| a == b && *a != 0)
    }
}

/// Scores pairs, many at a time.
struct Scorer<'t> {
    table: &'t Table,
    weigher: Weigher,
    /// The fields, those that cost little first, and by how much those behind
    /// each can say for one customer at most.
    steps: Vec<(usize, [f64; KINDS])>,
    waiting: Vec<(u32, u32)>,
    odds: Vec<Odds>,
    seen: Vec<Seen>,
    pairs: Vec<Pair>,
    compared: u64,
}

/// So many pairs are scored together.
const BATCH: usize = 256;

impl<'t> Scorer<'t> {
    fn of(table: &'t Table, model: &Model) -> Self {
        let weigher = Weigher::of(model);
        let mut order: Vec<usize> = (0..table.fields.len()).collect();
        order.sort_by_key(|field| table.fields[*field].field.cost());
        let mut hope = [1.0; KINDS];
        let mut steps = Vec::with_capacity(order.len());
        for field in order.into_iter().rev() {
            steps.push((field, hope));
            hope.iter_mut().zip(weigher.hope(field)).for_each(|(hope, more)| *hope *= more);
        }
        steps.reverse();
        Scorer {
            table,
            weigher,
            steps,
            waiting: Vec::with_capacity(BATCH),
            odds: Vec::with_capacity(BATCH),
            seen: vec![Seen::MISSING; BATCH],
            pairs: Vec::new(),
            compared: 0,
        }
    }

    fn score(&mut self, a: u32, b: u32) {
        self.waiting.push((a.min(b), a.max(b)));
        if self.waiting.len() == BATCH {
            self.flush();
        }
    }

    /// Scores the pairs that wait, field by field; a pair that has no hope left is dropped.
    fn flush(&mut self) {
        self.compared += self.waiting.len() as u64;
        self.odds.clear();
        self.odds.resize(self.waiting.len(), self.weigher.prior());
        let least = f64::from(LEAST).exp2();
        for (field, hope) in &self.steps {
            self.table.compare_in(*field, &self.waiting, &mut self.seen);
            let mut kept = 0;
            for place in 0..self.waiting.len() {
                let (mut odds, seen) = (self.odds[place], self.seen[place]);
                self.weigher.add(*field, seen.level, self.weigher.chance(*field, seen), &mut odds);
                if !odds.are_below(least, hope) {
                    (self.waiting[kept], self.odds[kept]) = (self.waiting[place], odds);
                    kept += 1;
                }
            }
            self.waiting.truncate(kept);
            self.odds.truncate(kept);
        }
        for ((a, b), odds) in self.waiting.drain(..).zip(&self.odds) {
            let weight = odds.weight() as f32;
            if weight >= LEAST {
                self.pairs.push(Pair { a, b, weight });
            }
        }
    }

    fn done(mut self) -> (Vec<Pair>, u64) {
        self.flush();
        (self.pairs, self.compared)
    }
}
