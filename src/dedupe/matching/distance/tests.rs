use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

/// Strings of few letters, so that much is alike, in one, two, three and four bytes; short ones, those around the
/// length of a word, and longer ones.
fn text() -> impl Strategy<Value = String> {
    let letters = || select(vec!['a', 'b', 'c', 'é', '王', '伟', '𠮷']);
    let string = |length| vec(letters(), length).prop_map(|letters| letters.into_iter().collect());
    prop_oneof![4 => string(0..20), 1 => string(60..70), 1 => string(120..300)]
}

/// A string, and another one a few slips away from it.
fn pair() -> impl Strategy<Value = (String, String)> {
    let slips = vec((any::<Index>(), 0..3u8), 0..12);
    let near = (text(), slips).prop_map(|(text, slips)| (text.clone(), slipped(&text, &slips)));
    prop_oneof![near, (text(), text())]
}

fn slipped(text: &str, slips: &[(Index, u8)]) -> String {
    let mut units = units(text);
    for (place, slip) in slips {
        let place = place.index(units.len() + 1);
        match slip {
            0 => units.insert(place, 'b'),
            1 if place < units.len() => drop(units.remove(place)),
            _ if place + 1 < units.len() => units.swap(place, place + 1),
            _ => {}
        }
    }
    units.into_iter().collect()
}

fn units(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// By the definition, cell by cell.
fn lcs_by_cells(a: &[char], b: &[char]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

proptest! {
    #[test]
    fn all_are_what_strsim_says((a, b) in pair()) {
        let (x, y) = (units(&a), units(&b));
        prop_assert_eq!(jaro(&x, &y), strsim::jaro(&a, &b));
        prop_assert_eq!(jaro_winkler(&x, &y), strsim::jaro_winkler(&a, &b));
        prop_assert_eq!(levenshtein(&x, &y), strsim::levenshtein(&a, &b));
        prop_assert_eq!(damerau(&x, &y), strsim::osa_distance(&a, &b));
        prop_assert_eq!(lcs(&x, &y), lcs_by_cells(&x, &y));
    }

    #[test]
    fn bytes_and_code_points_are_the_same_to_all(a in "[a-c]{0,80}", b in "[a-c]{0,80}") {
        let (x, y) = (units(&a), units(&b));
        prop_assert_eq!(jaro_winkler(a.as_bytes(), b.as_bytes()), jaro_winkler(&x, &y));
        prop_assert_eq!(levenshtein(a.as_bytes(), b.as_bytes()), levenshtein(&x, &y));
        prop_assert_eq!(damerau(a.as_bytes(), b.as_bytes()), damerau(&x, &y));
        prop_assert_eq!(lcs(a.as_bytes(), b.as_bytes()), lcs(&x, &y));
    }

    #[test]
    fn all_are_symmetric((a, b) in pair()) {
        let (a, b) = (units(&a), units(&b));
        prop_assert_eq!(jaro(&a, &b), jaro(&b, &a));
        prop_assert_eq!(jaro_winkler(&a, &b), jaro_winkler(&b, &a));
        prop_assert_eq!(levenshtein(&a, &b), levenshtein(&b, &a));
        prop_assert_eq!(damerau(&a, &b), damerau(&b, &a));
        prop_assert_eq!(lcs(&a, &b), lcs(&b, &a));
        prop_assert_eq!(common_prefix(&a, &b), common_prefix(&b, &a));
    }

    #[test]
    fn nothing_is_away_from_itself_and_all_else_is((a, b) in pair()) {
        let same = a == b;
        let (a, b) = (units(&a), units(&b));
        prop_assert_eq!(jaro(&a, &b) == 1.0, same);
        prop_assert_eq!(jaro_winkler(&a, &b) == 1.0, same);
        prop_assert_eq!(levenshtein(&a, &b) == 0, same);
        prop_assert_eq!(damerau(&a, &b) == 0, same);
        prop_assert_eq!(lcs(&a, &a), a.len());
        prop_assert_eq!(common_prefix(&a, &a), a.len());
    }

    #[test]
    fn within_a_limit_the_distance_is_the_same((a, b) in pair(), limit in 0..40usize) {
        let (a, b) = (units(&a), units(&b));
        let distance = damerau(&a, &b);
        prop_assert_eq!(damerau_within(&a, &b, limit), Some(distance).filter(|&distance| distance <= limit));
        prop_assert_eq!(damerau_within(&a, &b, distance), Some(distance));
    }
}

#[test]
fn slips_are_counted() {
    assert_eq!(levenshtein(b"kitten", b"sitting"), 3);
    assert_eq!(levenshtein(b"zhagn", b"zhang"), 2);
    assert_eq!(damerau(b"zhagn", b"zhang"), 1);
    assert_eq!(damerau(b"ca", b"abc"), 3); // no part is edited twice
    assert_eq!(damerau(b"", b"abc"), 3);
    assert_eq!(damerau_within(b"meier", b"mayer", 1), None);
    assert_eq!(damerau_within(b"meier", b"mayer", 2), Some(2));
}

#[test]
fn shared_units_are_counted_in_order() {
    assert_eq!(lcs(b"petrochina", b"chinapetro"), 5);
    assert_eq!(lcs(&units("中石油"), &units("中国石油天然气股份有限公司")), 3);
    assert_eq!(common_prefix(b"schmidt", b"schmitt"), 5);
    assert_eq!(lcs(b"", b"abc"), 0);
}

#[test]
fn names_are_alike_by_jaro_and_winkler() {
    assert_eq!(format!("{:.4}", jaro(b"martha", b"marhta")), "0.9444");
    assert_eq!(format!("{:.4}", jaro_winkler(b"martha", b"marhta")), "0.9611");
    assert_eq!(jaro(b"abc", b"xyz"), 0.0);
    assert_eq!((jaro(b"", b""), jaro(b"", b"a")), (1.0, 0.0));
}

#[test]
fn units_of_one_slot_are_told_apart() {
    let word: Vec<u32> = (0..64).map(|unit| unit * 128).collect();
    let turned: Vec<u32> = word.iter().rev().copied().collect();
    assert_eq!(lcs(&word, &turned), 1);
    assert_eq!(levenshtein(&word, &turned), 64);
}
