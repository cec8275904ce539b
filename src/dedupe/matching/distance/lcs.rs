//! The longest common subsequence: how much of one string is left in the other, in order.

use super::masks::{Masks, WORD, WithMasks, with_masks};
use super::{Unit, differing};

/// How many units the longest common subsequence has (H. Hyyrö, *Bit-parallel LCS-length computation revisited*, 2004).
///
/// Symmetric. For strings of *n* ≤ *m* units it takes time of *n*/64 × *m* after their common beginning and end.
pub fn lcs<U: Unit>(a: &[U], b: &[U]) -> usize {
    let (pattern, text, outside) = differing(a, b);
    let inside = match pattern.len() {
        0 => 0,
        1..=WORD => with_masks(pattern, OneBlock { text }),
        _ => {
            let mut carries = vec![false; text.len()];
            pattern
                .chunks(WORD)
                .map(|block| with_masks(block, NextBlock { text, carries: &mut carries }))
                .sum()
        }
    };
    outside + inside
}

/// The rows of a column where the subsequence is as long as one row above. The bits of all rows are set before the
/// first column.
#[derive(Clone, Copy)]
struct Column(u64);

impl Column {
    /// The next column, and whether the subsequence became longer in the last row, which the block below must know.
    #[inline]
    fn step(self, places: u64, carry: bool) -> (Column, bool) {
        let here = self.0 & places;
        let (sum, longer) = self.0.overflowing_add(here);
        let (sum, much_longer) = sum.overflowing_add(u64::from(carry));
        (Column(sum | (self.0 - here)), longer | much_longer)
    }

    fn length(self) -> usize {
        self.0.count_zeros() as usize
    }
}

struct OneBlock<'u, U> {
    text: &'u [U],
}

impl<U: Unit> WithMasks<U> for OneBlock<'_, U> {
    type Answer = usize;

    #[inline]
    fn run(self, masks: &impl Masks<U>) -> usize {
        let column = Column(u64::MAX);
        self.text.iter().fold(column, |column, &unit| column.step(masks.of(unit), false).0).length()
    }
}

struct NextBlock<'u, U> {
    text: &'u [U],
    /// What the block above hands down, replaced by what this one does.
    carries: &'u mut [bool],
}

impl<U: Unit> WithMasks<U> for NextBlock<'_, U> {
    type Answer = usize;

    #[inline]
    fn run(self, masks: &impl Masks<U>) -> usize {
        let mut column = Column(u64::MAX);
        for (&unit, carry) in self.text.iter().zip(self.carries) {
            (column, *carry) = column.step(masks.of(unit), *carry);
        }
        column.length()
    }
}
