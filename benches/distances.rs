//! What the distances of the matcher cost, beside those of `strsim`, on pairs of names: unlike ones, and ones with two
//! slips.
//!
//! `cargo bench --bench distances` prints nanoseconds a pair, and how many times as fast ours are.

use std::hint::black_box;
use std::time::Instant;

use handover::dedupe::matching::distance::{damerau, damerau_within, jaro_winkler, lcs, levenshtein};

/// So few that they stay in the cache, and so many that the processor does not learn them by heart.
const PAIRS: usize = 1000;

/// Each is timed so often, in turns with the others, and its best time counts.
const ROUNDS: usize = 20;

fn main() {
    for lengths in [6..=12, 18..=40, 100..=200] {
        let words: Vec<String> = (0..=PAIRS).map(|number| word(number, &lengths)).collect();
        compare(&format!("unlike, {lengths:?} letters"), words.iter().zip(&words[1..]));
        let slipped: Vec<String> = words.iter().map(|word| slipped(word)).collect();
        compare(&format!("two slips, {lengths:?} letters"), words.iter().zip(&slipped));
    }
}

type Distance = fn(&str, &str) -> f64;

/// What is measured, and what it is measured by.
const DISTANCES: [(&str, Distance, Distance); 5] = [
    ("jaro_winkler", |a, b| jaro_winkler(a.as_bytes(), b.as_bytes()), strsim::jaro_winkler),
    ("damerau", |a, b| damerau(a.as_bytes(), b.as_bytes()) as f64, osa),
    ("within 2", |a, b| damerau_within(a.as_bytes(), b.as_bytes(), 2).map_or(3.0, |found| found as f64), osa),
    (
        "levenshtein",
        |a, b| levenshtein(a.as_bytes(), b.as_bytes()) as f64,
        |a, b| strsim::levenshtein(a, b) as f64,
    ),
    ("lcs", |a, b| lcs(a.as_bytes(), b.as_bytes()) as f64, |a, b| strsim::levenshtein(a, b) as f64),
];

fn osa(a: &str, b: &str) -> f64 {
    strsim::osa_distance(a, b) as f64
}

fn compare<'w>(kind: &str, pairs: impl Iterator<Item = (&'w String, &'w String)>) {
    let pairs: Vec<_> = pairs.collect();
    let time = |distance: Distance| {
        let start = Instant::now();
        black_box(pairs.iter().map(|(a, b)| distance(a, b)).sum::<f64>());
        start.elapsed().as_nanos() as f64 / pairs.len() as f64
    };
    let mut best = [(f64::MAX, f64::MAX); DISTANCES.len()];
    for _ in 0..ROUNDS {
        for ((ours, theirs), (_, our, their)) in best.iter_mut().zip(DISTANCES) {
            (*ours, *theirs) = (ours.min(time(our)), theirs.min(time(their)));
        }
    }
    println!("{kind}");
    for ((name, ..), (ours, theirs)) in DISTANCES.iter().zip(best) {
        println!("  {name:12} {ours:8.0} ns, strsim {theirs:8.0} ns: {:5.1} times", theirs / ours);
    }
}

/// A word of letters about as frequent as in names.
fn word(number: usize, lengths: &std::ops::RangeInclusive<usize>) -> String {
    let length = lengths.start() + scatter(number) % (lengths.end() - lengths.start() + 1);
    let letter = |place| b"eeeeaaaaiioorrnnttssllcdumhpgbfywkv"[scatter(number * 1000 + place) % 35];
    (0..length).map(|place| char::from(letter(place))).collect()
}

/// Two neighbours changed places, and another letter was hit.
fn slipped(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let (third, last) = (letters.len() / 3, letters.len() - 1);
    letters.swap(third, third + 1);
    letters[last - 1] = 'x';
    letters.into_iter().collect()
}

/// Spreads numbers, the same in every run (the mixing step of SplitMix64).
fn scatter(number: usize) -> usize {
    let mixed = (number as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed ^ mixed >> 27) as usize >> 8
}
