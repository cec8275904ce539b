//! Where in a pattern a unit stands, as a word with a bit for each place.

use super::Unit;

/// As many units as one word can stand for.
pub(super) const WORD: usize = 64;

/// As many units as are compared one by one faster than they are looked up.
const FEW: usize = 16;

/// The places of units in a pattern of at most [`WORD`] units.
pub(super) trait Masks<U> {
    /// A bit for each place in the pattern where the unit stands.
    fn of(&self, unit: U) -> u64;
}

/// Work that is compiled once for each kind of masks.
pub(super) trait WithMasks<U> {
    type Answer;

    fn run(self, masks: &impl Masks<U>) -> Self::Answer;
}

/// Runs the work with the masks that are fastest for a pattern of 1 to [`WORD`] units.
#[inline]
pub(super) fn with_masks<U: Unit, W: WithMasks<U>>(pattern: &[U], work: W) -> W::Answer {
    if pattern.len() <= FEW { work.run(&Few::new(pattern)) } else { work.run(&Table::new(pattern)) }
}

/// A short pattern: all of it is compared with the unit at once.
struct Few<U> {
    units: [U; FEW],
    used: u64,
}

impl<U: Unit> Few<U> {
    #[inline]
    fn new(pattern: &[U]) -> Self {
        let mut units = [pattern[0]; FEW];
        units[..pattern.len()].copy_from_slice(pattern);
        Few { units, used: (1 << pattern.len()) - 1 }
    }
}

impl<U: Unit> Masks<U> for Few<U> {
    #[inline]
    fn of(&self, unit: U) -> u64 {
        let same = |(place, &known): (usize, &U)| u64::from(known == unit) << place;
        self.units.iter().enumerate().map(same).fold(0, |mask, bit| mask | bit) & self.used
    }
}

/// A longer pattern: its units are found by their codes, two units of one slot in neighbouring ones.
struct Table {
    codes: [u32; SLOTS],
    masks: [u64; SLOTS],
}

/// Twice as many slots as units, so that a free one is near; ASCII never meets itself.
const SLOTS: usize = 2 * WORD;

impl Table {
    #[inline]
    fn new<U: Unit>(pattern: &[U]) -> Self {
        let mut table = Table { codes: [0; SLOTS], masks: [0; SLOTS] };
        for (place, &unit) in pattern.iter().enumerate() {
            let slot = table.slot(unit.into());
            table.codes[slot] = unit.into();
            table.masks[slot] |= 1 << place;
        }
        table
    }

    /// The slot of a code, or the free one where it belongs.
    #[inline]
    fn slot(&self, code: u32) -> usize {
        let mut slot = code as usize % SLOTS;
        while self.masks[slot] != 0 && self.codes[slot] != code {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }
}

impl<U: Unit> Masks<U> for Table {
    #[inline]
    fn of(&self, unit: U) -> u64 {
        self.masks[self.slot(unit.into())]
    }
}
