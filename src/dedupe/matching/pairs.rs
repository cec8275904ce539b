//! Scoring: the pairs that blocking finds, each weighed once.

use super::block::{Blocking, Rule, Sizes};
use super::compare::Seen;
use super::field::Table;
use super::model::{Model, probability};
use super::role::Role;
use super::universe::Universe;
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
        Ok((scorer.pairs, scorer.compared))
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
            Ok((scorer.pairs, scorer.compared))
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

/// Scores pairs, and leaves off where what is dear to compare cannot save a pair.
struct Scorer<'a> {
    table: &'a Table,
    model: &'a Model,
    /// Fields by what they cost, and how many of them are cheap.
    order: Vec<usize>,
    cheap: usize,
    /// For each class of related strangers, by how much the dear fields can
    /// speak for one customer at most.
    hope: Vec<f64>,
    seen: Vec<Seen>,
    pairs: Vec<Pair>,
    compared: u64,
}

impl<'a> Scorer<'a> {
    fn of(table: &'a Table, model: &'a Model) -> Self {
        let dear = |field: &usize| {
            matches!(table.fields[*field].field.role, Role::Company | Role::Address | Role::FreeText)
        };
        let (cheap, dear): (Vec<usize>, Vec<usize>) = (0..table.fields.len()).partition(|field| !dear(field));
        let hope = model
            .related
            .iter()
            .map(|class| dear.iter().map(|field| class.hope(*field, &model.fields[*field])).product());
        Scorer {
            table,
            model,
            hope: hope.collect(),
            cheap: cheap.len(),
            order: cheap.into_iter().chain(dear).collect(),
            seen: vec![Seen::MISSING; table.fields.len()],
            pairs: Vec::new(),
            compared: 0,
        }
    }

    fn score(&mut self, a: u32, b: u32) {
        let (a, b) = (a.min(b), a.max(b));
        self.compared += 1;
        let (cheap, dear) = self.order.split_at(self.cheap);
        self.table.compare_in(cheap, a, b, &mut self.seen);
        dear.iter().for_each(|field| self.seen[*field] = Seen::MISSING);
        if self.model.is_hopeless(&self.seen, &self.hope, LEAST) {
            return;
        }
        self.table.compare_in(dear, a, b, &mut self.seen);
        let weight = self.model.weight(&self.seen) as f32;
        if weight >= LEAST {
            self.pairs.push(Pair { a, b, weight });
        }
    }
}
