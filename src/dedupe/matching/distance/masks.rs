//! Where in a pattern a unit stands, as a word with a bit for each place.

use std::ops::BitOrAssign;

use super::Unit;

/// As many units as one word can stand for.
pub(super) const WORD: usize = 64;

/// Work that is compiled once for each size of the table.
pub(super) trait WithMasks<U> {
    type Answer;

    fn run(self, masks: &impl Masks<U>) -> Self::Answer;
}

/// The places of units in a pattern of at most [`WORD`] units.
pub(super) trait Masks<U> {
    /// A bit for each place in the pattern where the unit stands.
    fn of(&self, unit: U) -> u64;
}

/// Runs the work with the masks of a pattern of 1 to [`WORD`] units, in the smallest table that holds them: to clear a
/// larger one costs as much as the work itself.
#[inline]
pub(super) fn with_masks<U: Unit, W: WithMasks<U>>(pattern: &[U], work: W) -> W::Answer {
    match pattern.len() {
        ..=16 => work.run(&Table::<U, u16, 32>::new(pattern)),
        17..=32 => work.run(&Table::<U, u32, 64>::new(pattern)),
        _ => work.run(&Table::<U, u64, 128>::new(pattern)),
    }
}

/// Masks by the last bits of the unit's code; of two units with the same bits, one stands in a slot further on. There
/// are twice as many slots as units, and no two small letters of ASCII share one.
struct Table<'u, U, M, const SLOTS: usize> {
    pattern: &'u [U],
    masks: [M; SLOTS],
}

impl<'u, U: Unit, M: Mask, const SLOTS: usize> Table<'u, U, M, SLOTS> {
    #[inline]
    fn new(pattern: &'u [U]) -> Self {
        let mut table = Table { pattern, masks: [M::default(); SLOTS] };
        for (place, &unit) in pattern.iter().enumerate() {
            let slot = table.slot(unit);
            table.masks[slot] |= M::at(place);
        }
        table
    }

    /// The slot of a unit, or the free one where it belongs.
    #[inline]
    fn slot(&self, unit: U) -> usize {
        let mut slot = unit.into() as usize % SLOTS;
        loop {
            let mask: u64 = self.masks[slot].into();
            let known = self.pattern[(mask.trailing_zeros() as usize).min(self.pattern.len() - 1)];
            let other = u64::from(known.into() ^ unit.into());
            // Which of the two is nought cannot be foretold, so that they share one branch.
            if other.min(mask) == 0 {
                return slot;
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

impl<U: Unit, M: Mask, const SLOTS: usize> Masks<U> for Table<'_, U, M, SLOTS> {
    #[inline]
    fn of(&self, unit: U) -> u64 {
        self.masks[self.slot(unit)].into()
    }
}

/// A word that a mask is kept in.
trait Mask: Copy + Default + Into<u64> + BitOrAssign {
    fn at(place: usize) -> Self;
}

macro_rules! mask {
    ($($word:ty),*) => {$(
        impl Mask for $word {
            #[inline]
            fn at(place: usize) -> Self {
                1 << place
            }
        }
    )*};
}
mask!(u16, u32, u64);
