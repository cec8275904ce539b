//! Edit distances: how many slips of the keyboard make one string of the other.

use super::masks::{Masks, WORD, WithMasks, with_masks};
use super::{Unit, differing};

/// The Levenshtein distance: how many units must be inserted, deleted or replaced.
///
/// Symmetric. For strings of *n* ≤ *m* units it takes time of *n*/64 × *m* after their common beginning and end.
pub fn levenshtein<U: Unit>(a: &[U], b: &[U]) -> usize {
    distance::<U, false>(a, b, usize::MAX).unwrap_or(usize::MAX)
}

/// The Damerau–Levenshtein distance in its restricted form, optimal string alignment: as [`levenshtein`], where two
/// neighbours that changed places count as one, and no part is edited twice.
///
/// Symmetric, but no metric: `ca` is 1 from `ac`, which is 1 from `abc`, and `ca` is 3 from `abc`. It costs what
/// [`levenshtein`] does.
pub fn damerau<U: Unit>(a: &[U], b: &[U]) -> usize {
    distance::<U, true>(a, b, usize::MAX).unwrap_or(usize::MAX)
}

/// The distance of [`damerau`] where it is at most `limit`, else none, which is found out earlier.
///
/// For strings of *n* ≤ *m* units it takes time of *n*/64 × (64 + 2 `limit`), and none at all where their lengths
/// differ by more than the limit.
pub fn damerau_within<U: Unit>(a: &[U], b: &[U], limit: usize) -> Option<usize> {
    distance::<U, true>(a, b, limit)
}

fn distance<U: Unit, const SWAPS: bool>(a: &[U], b: &[U], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let (pattern, text, _) = differing(a, b);
    let distance = match pattern.len() {
        0 => Some(text.len()),
        1 => Some(text.len() - usize::from(text.contains(&pattern[0]))),
        2..=WORD => with_masks(pattern, OneBlock::<U, SWAPS> { text, last: pattern.len() - 1, limit }),
        _ => Some(in_blocks::<U, SWAPS>(pattern, text, limit)),
    };
    distance.filter(|&distance| distance <= limit)
}

/// A column of the matrix of distances, as far as one block of the pattern reaches: a bit for each row.
struct Column<const SWAPS: bool> {
    /// The distance is greater than one row above.
    grows: u64,
    /// It is smaller.
    shrinks: u64,
    /// It is the same as one row above and one column before.
    same: u64,
    /// The unit of the column stands there in the pattern.
    places: u64,
}

/// What a block of the pattern hands down to the one below it in the same column.
#[derive(Clone, Copy)]
struct Carry {
    /// The distance in the last row is greater than one column before.
    grew: bool,
    /// It is smaller.
    shrank: bool,
    /// The unit stands in the last row, and may have changed places with its neighbour.
    swaps: bool,
}

impl Carry {
    /// Above the first row, where distances are the number of the column.
    const TOP: Carry = Carry { grew: true, shrank: false, swaps: false };
}

impl<const SWAPS: bool> Column<SWAPS> {
    /// Before the first column, where distances are the number of the row.
    const FIRST: Self = Column { grows: u64::MAX, shrinks: 0, same: 0, places: 0 };

    /// Goes on to the next column, and says what becomes of row `last`.
    #[inline]
    fn step(&mut self, places: u64, above: Carry, last: usize) -> Carry {
        let swaps = if SWAPS { !self.same & places } else { 0 };
        let swapped = (swaps << 1 | u64::from(above.swaps)) & self.places;
        let starts = places | u64::from(above.shrank);
        let same =
            ((starts & self.grows).wrapping_add(self.grows) ^ self.grows) | starts | self.shrinks | swapped;
        let grew = self.shrinks | !(same | self.grows);
        let shrank = same & self.grows;
        let in_last = |rows: u64| rows >> last & 1 != 0;
        let carry = Carry { grew: in_last(grew), shrank: in_last(shrank), swaps: in_last(swaps) };
        let (grew, shrank) = (grew << 1 | u64::from(above.grew), shrank << 1 | u64::from(above.shrank));
        *self = Column { grows: shrank | !(same | grew), shrinks: grew & same, same, places };
        carry
    }
}

/// The distance of a text from a pattern of one block.
struct OneBlock<'u, U, const SWAPS: bool> {
    text: &'u [U],
    last: usize,
    limit: usize,
}

impl<U: Unit, const SWAPS: bool> WithMasks<U> for OneBlock<'_, U, SWAPS> {
    type Answer = Option<usize>;

    #[inline]
    fn run(self, masks: &impl Masks<U>) -> Option<usize> {
        let mut column = Column::<SWAPS>::FIRST;
        let mut distance = self.last + 1;
        // Each unit to come takes off one at most.
        let mut hopeful = self.limit.saturating_add(self.text.len());
        for &unit in self.text {
            let carry = column.step(masks.of(unit), Carry::TOP, self.last);
            distance = distance + usize::from(carry.grew) - usize::from(carry.shrank);
            hopeful -= 1;
            if distance > hopeful {
                return None;
            }
        }
        Some(distance)
    }
}

/// The distance of a text from a pattern of several blocks, which is no longer; right where it is at most `limit`, and
/// greater than that else.
///
/// Only columns near the diagonal are visited (E. Ukkonen, *Algorithms for approximate string matching*, 1985), and one
/// more, for units that changed places at the rim. Beyond them each distance is taken for the greatest it can be.
fn in_blocks<U: Unit, const SWAPS: bool>(pattern: &[U], text: &[U], limit: usize) -> usize {
    let reach = limit.saturating_add(1);
    let mut carries = vec![Carry::TOP; text.len()];
    let (mut above, mut first, mut rows) = (0, 0, 0);
    for block in pattern.chunks(WORD) {
        rows += block.len();
        let end = rows.saturating_add(reach).min(text.len());
        let next = if rows == pattern.len() { end } else { rows.saturating_sub(reach) };
        let (text, carries) = (&text[first..end], &mut carries[first..end]);
        let block_of =
            NextBlock::<U, SWAPS> { text, carries, last: block.len() - 1, until: next - first, above };
        above = with_masks(block, block_of);
        first = next;
    }
    above
}

/// The distance in the last row of a block, `until` columns after its first.
struct NextBlock<'u, U, const SWAPS: bool> {
    text: &'u [U],
    /// What the block above hands down, replaced by what this one does.
    carries: &'u mut [Carry],
    last: usize,
    until: usize,
    /// The distance in the row above, before the first column.
    above: usize,
}

impl<U: Unit, const SWAPS: bool> WithMasks<U> for NextBlock<'_, U, SWAPS> {
    type Answer = usize;

    #[inline]
    fn run(self, masks: &impl Masks<U>) -> usize {
        let mut column = Column::<SWAPS>::FIRST;
        for (&unit, carry) in self.text.iter().zip(&mut *self.carries) {
            *carry = column.step(masks.of(unit), *carry, self.last);
        }
        let done = &self.carries[..self.until];
        let grown = done.iter().filter(|carry| carry.grew).count();
        let shrunk = done.iter().filter(|carry| carry.shrank).count();
        self.above + self.last + 1 + grown - shrunk
    }
}
