//! Scoring: the pairs that blocking finds, each weighed once.

use super::block::Blocking;
use super::candidates::Candidates;
use super::compare::Seen;
use super::field::Table;
use super::model::{KINDS, Model, probability};
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
    let candidates = Candidates::of(table, universe, blocking, threads)?;
    let scored = super::parallel::each(candidates.parts(), threads, |part| {
        let mut scorer = Scorer::of(table, model);
        candidates.of_part(part).into_iter().for_each(|(a, b)| scorer.score(a, b));
        Ok(scorer.done())
    })?;
    Ok(Scored::of(scored))
}

impl Scored {
    fn of(parts: Vec<(Vec<Pair>, u64)>) -> Self {
        let compared = parts.iter().map(|(_, compared)| compared).sum();
        Scored { pairs: parts.into_iter().flat_map(|(pairs, _)| pairs).collect(), compared }
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
