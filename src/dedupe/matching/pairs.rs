//! Scoring: the pairs that blocking finds, each weighed once.

use super::block::Blocking;
use super::compare::Seen;
use super::field::Table;
use super::model::{Model, probability};
use super::sample::{Universe, grouped};
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
pub(crate) fn score_all(
    table: &Table,
    universe: &Universe,
    model: &Model,
    least: f32,
    threads: usize,
) -> Result<Scored> {
    let rows: Vec<u32> = (0..table.len() as u32).collect();
    let chunks: Vec<&[u32]> = rows.chunks(256).collect();
    let scored = super::parallel::each(chunks, threads, |rows| {
        let mut scorer = Scorer::of(table, model, least);
        for a in rows {
            (a + 1..table.len() as u32)
                .filter(|b| universe.comparable(*a, *b))
                .for_each(|b| scorer.score(*a, b));
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
    blocking: &Blocking,
    least: f32,
    threads: usize,
) -> Result<Scored> {
    let mut all = Vec::new();
    let rules: Vec<usize> = (0..blocking.rules.len()).collect();
    let groups =
        super::parallel::each(rules, threads, |rule| Ok(grouped(table, &blocking.rules[rule].frame, 1)))?;
    for grouped in groups {
        let blocks = grouped.chunk_by(|a, b| a.0 == b.0);
        let blocks: Vec<&[(u64, u32)]> =
            blocks.filter(|block| (2..=blocking.largest).contains(&block.len())).collect();
        let chunks: Vec<&[&[(u64, u32)]]> = blocks.chunks(2048).collect();
        all.extend(super::parallel::each(chunks, threads, |blocks| {
            let mut scorer = Scorer::of(table, model, least);
            for block in blocks {
                for (place, (_, a)) in block.iter().enumerate() {
                    for (_, b) in &block[place + 1..] {
                        if universe.comparable(*a, *b) {
                            scorer.score(*a, *b);
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
        pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
        pairs.dedup_by_key(|pair| (pair.a, pair.b));
        Scored { pairs, compared }
    }
}

struct Scorer<'a> {
    table: &'a Table,
    model: &'a Model,
    least: f32,
    seen: Vec<Seen>,
    pairs: Vec<Pair>,
    compared: u64,
}

impl<'a> Scorer<'a> {
    fn of(table: &'a Table, model: &'a Model, least: f32) -> Self {
        let seen = vec![Seen::MISSING; table.fields.len()];
        Scorer { table, model, least, seen, pairs: Vec::new(), compared: 0 }
    }

    fn score(&mut self, a: u32, b: u32) {
        let (a, b) = (a.min(b), a.max(b));
        self.table.compare(a, b, &mut self.seen);
        self.compared += 1;
        let weight = self.model.weight(&self.seen) as f32;
        if weight >= self.least {
            self.pairs.push(Pair { a, b, weight });
        }
    }
}
