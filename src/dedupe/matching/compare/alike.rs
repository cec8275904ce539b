//! How much two words that are not the same have in common: slips of the
//! keyboard, abbreviations, initials, codes with something before or behind.

use crate::dedupe::matching::distance::{Unit, damerau_within};
use crate::dedupe::matching::shape::Shape;
use crate::dedupe::matching::units::with_units;

/// So many slips at most make two words alike.
const MOST_SLIPS: u32 = 3;

/// Whether two different words may have something to do with each other, as
/// far as their shapes tell. Most have not.
pub(super) fn may_be_alike(a: Shape, b: Shape) -> bool {
    let (shortest, begins) = (a.length.min(b.length), a.begins_like(b));
    if a.code && b.code {
        return shortest >= PART && (begins || a.ends_like(b)) && a.is_within(b);
    }
    let slips = slips(shortest.into());
    begins && a.is_within(b) || slips > 0 && a.is_near(b, slips)
}

/// How much agreement of two different words counts, from 0 to 1, where the
/// same word counts 1; none where they have nothing to do with each other.
pub(super) fn alike(a: &str, b: &str, both_codes: bool) -> Option<f32> {
    with_units(
        a,
        b,
        |a, b| if both_codes { part(a, b) } else { written_alike(a, b) },
        |a, b| if both_codes { part(a, b) } else { written_alike(a, b) },
    )
}

/// How many slips a word of so many letters may have.
fn slips(letters: usize) -> u32 {
    match letters {
        ..=2 => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => MOST_SLIPS,
    }
}

/// A part of a code has so many characters at least.
const PART: u8 = 4;

/// One code with something before or behind it: `fx820` and `dvpfx820`.
/// Codes with slips are taken for other codes: models differ by one digit.
fn part<U: Unit>(a: &[U], b: &[U]) -> Option<f32> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let found = short.len() >= usize::from(PART) && (long.starts_with(short) || long.ends_with(short));
    found.then(|| short.len() as f32 / long.len() as f32)
}

fn written_alike<U: Unit>(a: &[U], b: &[U]) -> Option<f32> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.starts_with(short) {
        return Some(if short.len() >= 3 { 0.75 } else { 0.5 });
    }
    let slips = slips(short.len());
    if slips > 0
        && let Some(distance) = damerau_within(short, long, slips as usize)
    {
        let kept = 1.0 - distance as f32 / long.len() as f32;
        return Some(kept * kept.sqrt());
    }
    is_contraction(short, long).then_some(0.6)
}

/// Letters left out between the first and the last: `mfg` of `manufacturing`.
fn is_contraction<U: Unit>(short: &[U], long: &[U]) -> bool {
    let ends = short.len() >= 2 && short.first() == long.first() && short.last() == long.last();
    let mut rest = long.iter();
    ends && short.iter().all(|unit| rest.any(|other| other == unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(a: &str, b: &str) -> Option<f32> {
        let (x, y) = (Shape::of(a), Shape::of(b));
        let share = |a, b| alike(a, b, x.code && y.code);
        assert_eq!(share(a, b), share(b, a));
        assert!(share(a, b).is_none() || may_be_alike(x, y) && may_be_alike(y, x));
        share(a, b)
    }

    #[test]
    fn slips_are_forgiven_the_more_the_longer_a_word_is() {
        for (a, b) in [("mayer", "mayyr"), ("inc", "inx"), ("beatty", "4eatty"), ("müller", "mülelr")] {
            assert!(share(a, b).is_some(), "{a} {b}");
        }
        for (a, b) in [("mayer", "moyyr"), ("co", "cx"), ("little", "inc")] {
            assert_eq!(share(a, b), None, "{a} {b}");
        }
        assert!(share("oberbrunner", "oberbruner") > share("inc", "inx"));
    }

    #[test]
    fn abbreviations_begin_alike_or_leave_letters_out() {
        let pairs =
            [("tech", "technology"), ("j", "john"), ("intl", "international"), ("mfg", "manufacturing")];
        assert_eq!(pairs.map(|(a, b)| share(a, b)), [Some(0.75), Some(0.5), Some(0.6), Some(0.6)]);
    }

    #[test]
    fn a_code_with_a_slip_is_another_code() {
        assert_eq!(share("ln46a750", "ln46a650"), None);
        assert_eq!(share("12", "123"), None);
        assert_eq!(share("fx820", "dvpfx820"), Some(0.625));
    }
}
