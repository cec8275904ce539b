//! Between two inputs, a record has one counterpart as a rule: pairs that
//! cannot both be true compete.

use super::pairs::Pair;

/// What it takes, in bits, to believe that a record has a second counterpart
/// beside a better one.
const SECOND: f64 = 20.0;
/// How often the share of records with a counterpart is estimated.
const ROUNDS: usize = 12;
/// No more records than this share are taken to have one.
const MOST: f64 = 0.98;
/// What speaks for a pair, in bits, if anything does: more than is lost by rounding.
const SOME: f64 = 0.001;

/// Weighs pairs against the others that their records have. `most` is how many
/// counterparts there can be, `prior` the weight of any pair before its records
/// are looked at.
///
/// The more records have a counterpart, the less evidence it takes that the
/// best of the candidates is the one: the weight of having none falls to what
/// is left. That share is learnt from the pairs themselves. A pair that nothing
/// speaks for is no candidate, and does not gain by it.
pub(crate) fn settle(pairs: &mut [Pair], most: usize, prior: f64) {
    let by_a = Groups::of(pairs, |pair| pair.a);
    let by_b = Groups::of(pairs, |pair| pair.b);
    let mut share = 0.0_f64;
    let odds = |pairs: &[Pair], share| pairs.iter().map(|pair| odds(pair, share, prior)).collect::<Vec<_>>();
    for _ in 0..ROUNDS {
        let odds = odds(pairs, share);
        let mut rivals = vec![0.0; pairs.len()];
        by_a.add_others(&odds, &mut rivals);
        by_b.add_others(&odds, &mut rivals);
        let expected: f64 = odds.iter().zip(&rivals).map(|(odds, rivals)| odds / (1.0 + odds + rivals)).sum();
        share = (expected / most.max(1) as f64).min(MOST);
    }
    let odds = odds(pairs, share);
    let mut better = vec![0.0; pairs.len()];
    by_a.add_better(&odds, &mut better);
    by_b.add_better(&odds, &mut better);
    for ((pair, odds), better) in pairs.iter_mut().zip(odds).zip(better) {
        let second = (f64::from(pair.weight) - SECOND).exp2();
        pair.weight = (odds / (1.0 + better)).max(second).log2() as f32;
    }
}

/// The odds of a pair, where a record has a counterpart with this probability.
fn odds(pair: &Pair, share: f64, prior: f64) -> f64 {
    let weight = f64::from(pair.weight);
    if weight < prior + SOME { weight.exp2() } else { weight.exp2() / (1.0 - share) }
}

/// Pairs by one of their records.
struct Groups {
    order: Vec<u32>,
    ends: Vec<u32>,
}

impl Groups {
    fn of(pairs: &[Pair], record: impl Fn(&Pair) -> u32) -> Self {
        let mut order: Vec<u32> = (0..pairs.len() as u32).collect();
        order.sort_unstable_by(|x, y| {
            let (x, y) = (&pairs[*x as usize], &pairs[*y as usize]);
            record(x).cmp(&record(y)).then(y.weight.total_cmp(&x.weight)).then((x.a, x.b).cmp(&(y.a, y.b)))
        });
        let same = |x: &u32, y: &u32| record(&pairs[*x as usize]) == record(&pairs[*y as usize]);
        let mut end = 0;
        let ends = order.chunk_by(same).map(|group| {
            end += group.len() as u32;
            end
        });
        let ends = ends.collect();
        Groups { order, ends }
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.order[start as usize..*end as usize])
    }

    /// Adds to each pair the odds of the others of its group.
    fn add_others(&self, odds: &[f64], into: &mut [f64]) {
        for group in self.iter() {
            let all: f64 = group.iter().map(|pair| odds[*pair as usize]).sum();
            group.iter().for_each(|pair| into[*pair as usize] += (all - odds[*pair as usize]).max(0.0));
        }
    }

    /// Adds to each pair the odds of those of its group that are as good or better.
    fn add_better(&self, odds: &[f64], into: &mut [f64]) {
        for group in self.iter() {
            let mut before = 0.0;
            for equal in group.chunk_by(|x, y| odds[*x as usize] == odds[*y as usize]) {
                let all = before + equal.iter().map(|pair| odds[*pair as usize]).sum::<f64>();
                equal.iter().for_each(|pair| into[*pair as usize] += (all - odds[*pair as usize]).max(0.0));
                before = all;
            }
        }
    }
}
