//! The similarity of Jaro and Winkler: how many units two names share at about the same place, and in the same order.

use super::masks::{Masks, WORD, WithMasks, with_masks};
use super::{Unit, common_prefix};

/// The similarity of Jaro, from 0 to 1: 1 for equal strings, also for two empty ones.
///
/// Symmetric. For strings of *n* ≤ *m* units it takes time of *m*, and where *m* is over 64 after their common beginning
/// of *m* log *m*, and memory.
pub fn jaro<U: Unit>(a: &[U], b: &[U]) -> f64 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short == long {
        return 1.0;
    }
    // How far apart units may stand and still be in about the same place.
    let reach = (long.len() / 2).saturating_sub(1);
    // Units of the common beginning meet each other, whatever comes after them.
    let prefix = common_prefix(short, long);
    let (short, long) = (&short[prefix..], &long[prefix..]);
    let met = match short.len() {
        0 => Met { common: 0, out_of_order: 0 },
        _ if long.len() <= WORD => with_masks(short, InWords { short, long, reach }),
        _ => sorted(short, long, reach),
    };
    let common = prefix + met.common;
    if common == 0 {
        return 0.0;
    }
    let in_order = (common - met.out_of_order / 2) as f64;
    let common = common as f64;
    (common / a.len() as f64 + common / b.len() as f64 + in_order / common) / 3.0
}

/// The similarity of Jaro and Winkler, from 0 to 1: as [`jaro`], and where that is over 0.7, a tenth of what is missing
/// is added for each of the first four units that are the same.
///
/// Symmetric. It costs what [`jaro`] does.
pub fn jaro_winkler<U: Unit>(a: &[U], b: &[U]) -> f64 {
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = common_prefix(&a[..a.len().min(4)], b);
    jaro + 0.1 * prefix as f64 * (1.0 - jaro)
}

/// How many units have one like them near, and how many of these meet another one when both strings are read in order.
struct Met {
    common: usize,
    out_of_order: usize,
}

/// For strings that fit into a word: units take the first free one within reach, as a bit.
struct InWords<'u, U> {
    short: &'u [U],
    long: &'u [U],
    reach: usize,
}

impl<U: Unit> WithMasks<U> for InWords<'_, U> {
    type Answer = Met;

    #[inline]
    fn run(self, masks: &impl Masks<U>) -> Met {
        let reach = self.reach.min(WORD - 1);
        let mut near = u64::MAX >> (WORD - 1 - reach);
        let (mut free, mut taking) = (u64::MAX, 0);
        for (place, &unit) in self.long.iter().enumerate() {
            let found = masks.of(unit) & near & free;
            free &= !(found & found.wrapping_neg());
            taking |= u64::from(found != 0) << place;
            near = near << 1 | u64::from(place < reach);
        }
        let mut taken = !free;
        let common = taken.count_ones() as usize;
        let mut out_of_order = 0;
        while taken != 0 {
            let (mine, theirs) = (taking.trailing_zeros() as usize, taken.trailing_zeros() as usize);
            out_of_order += usize::from(self.long[mine] != self.short[theirs]);
            (taking, taken) = (taking & (taking - 1), taken & (taken - 1));
        }
        Met { common, out_of_order }
    }
}

/// For strings of any length: equal units are brought together by sorting, and pair off in order.
fn sorted<U: Unit>(short: &[U], long: &[U], reach: usize) -> Met {
    let (from, to) = (places(short), places(long));
    let mut met = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(&(a, at)), Some(&(b, by))) = (from.get(i), to.get(j)) {
        if a == b && at.abs_diff(by) <= reach {
            met.push((at, by));
            (i, j) = (i + 1, j + 1);
        } else if a < b || (a == b && at < by) {
            i += 1;
        } else {
            j += 1;
        }
    }
    let (mut mine, mut theirs): (Vec<usize>, Vec<usize>) = met.into_iter().unzip();
    mine.sort_unstable();
    theirs.sort_unstable();
    let out_of_order = mine.iter().zip(&theirs).filter(|&(&at, &by)| short[at] != long[by]).count();
    Met { common: mine.len(), out_of_order }
}

/// The units of a string, equal ones together, each with its place.
fn places<U: Unit>(units: &[U]) -> Vec<(U, usize)> {
    let mut places: Vec<_> = units.iter().copied().zip(0..).collect();
    places.sort_unstable();
    places
}
