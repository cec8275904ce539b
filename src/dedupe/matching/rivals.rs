//! Between two inputs, a record has one counterpart at most: pairs that cannot
//! both be true share the probability.

use super::compare::Seen;
use super::field::Table;
use super::model::{Model, probability};
use super::pairs::Pair;

/// So many of a record's pairs are looked at, the likeliest.
const RIVALS: usize = 8;

/// Lowers the weights of pairs of which one record has other pairs that are as
/// likely. Records of one input that are one customer are no rivals.
pub(crate) fn settle(table: &Table, model: &Model, pairs: &mut [Pair]) {
    let rest: Vec<f64> = {
        let mut rest = vec![0.0; pairs.len()];
        for side in [|pair: &Pair| (pair.a, pair.b), |pair: &Pair| (pair.b, pair.a)] {
            against(table, model, pairs, side, &mut rest);
        }
        rest
    };
    for (pair, rest) in pairs.iter_mut().zip(rest) {
        pair.weight -= (1.0 + rest).log2() as f32;
    }
}

/// Adds to each pair the odds of the others that its first record has.
fn against(
    table: &Table,
    model: &Model,
    pairs: &[Pair],
    side: impl Fn(&Pair) -> (u32, u32),
    rest: &mut [f64],
) {
    let mut order: Vec<u32> = (0..pairs.len() as u32).collect();
    order.sort_unstable_by(|x, y| {
        let (x, y) = (&pairs[*x as usize], &pairs[*y as usize]);
        side(x).0.cmp(&side(y).0).then(y.weight.total_cmp(&x.weight)).then(side(x).1.cmp(&side(y).1))
    });
    let mut seen = vec![Seen::MISSING; table.fields.len()];
    for group in order.chunk_by(|x, y| side(&pairs[*x as usize]).0 == side(&pairs[*y as usize]).0) {
        for x in group {
            let this = side(&pairs[*x as usize]).1;
            for y in group.iter().take(RIVALS).filter(|y| *y != x) {
                let other = &pairs[*y as usize];
                table.compare(this, side(other).1, &mut seen);
                let apart = 1.0 - probability(model.weight(&seen));
                rest[*x as usize] += f64::from(other.weight).exp2() * apart;
            }
        }
    }
}
