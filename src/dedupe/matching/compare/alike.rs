//! How much two words that are not the same have in common: slips of the
//! keyboard, abbreviations, initials, codes with something before or behind.

use crate::dedupe::matching::distance::{Unit, damerau_within};
use crate::dedupe::matching::units::with_units;
use crate::dedupe::matching::words::Words;

/// So many slips at most make two words alike.
const MOST_SLIPS: usize = 3;

/// Whether a word holds a digit: a house number, a year, the code of a model.
pub(super) fn is_code(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// How much agreement of two different words counts, from 0 to 1, where the
/// same word counts 1; none where they have nothing to do with each other.
pub(super) fn alike(words: &Words, a: u32, b: u32) -> Option<f32> {
    let (a_letters, b_letters) = (words.sketch(a), words.sketch(b));
    // A slip takes away one letter and brings another one, at most.
    let near = |slips: usize| (a_letters ^ b_letters).count_ones() as usize <= 2 * slips;
    let within = a_letters & !b_letters == 0 || b_letters & !a_letters == 0;
    // Most words differ so much that they need not be looked up.
    if !within && !near(MOST_SLIPS) {
        return None;
    }
    let (a, b) = (words.text(a), words.text(b));
    if !within && !near(slips(a.len().min(b.len()))) {
        return None;
    }
    let both_codes = is_code(a) && is_code(b);
    with_units(
        a,
        b,
        |a, b| if both_codes { part(a, b) } else { written_alike(a, b) },
        |a, b| if both_codes { part(a, b) } else { written_alike(a, b) },
    )
}

/// How many slips a word of so many letters may have.
fn slips(letters: usize) -> usize {
    match letters {
        ..=2 => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => MOST_SLIPS,
    }
}

/// One code with something before or behind it: `fx820` and `dvpfx820`.
/// Codes with slips are taken for other codes: models differ by one digit.
fn part<U: Unit>(a: &[U], b: &[U]) -> Option<f32> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let found = short.len() >= 4 && (long.starts_with(short) || long.ends_with(short));
    found.then(|| short.len() as f32 / long.len() as f32)
}

fn written_alike<U: Unit>(a: &[U], b: &[U]) -> Option<f32> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.starts_with(short) {
        return Some(if short.len() >= 3 { 0.75 } else { 0.5 });
    }
    let slips = slips(short.len());
    if slips > 0
        && let Some(distance) = damerau_within(short, long, slips)
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
        let mut words = Words::default();
        let (a, b) = (words.intern(a), words.intern(b));
        let share = alike(&words, a, b);
        assert_eq!(share, alike(&words, b, a));
        share
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
