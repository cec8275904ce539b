//! Texts of several words, whatever their order: titles, addresses.

use super::{Compared, Key, Level, NONE, Seen, shared_bits};
use crate::dedupe::matching::distance::damerau_within;
use crate::dedupe::matching::fold::{fold, is_han};
use crate::dedupe::matching::units::with_units;
use crate::dedupe::matching::words::{Words, mix};

/// Texts as sets of words. A word counts by how surprising it is: rare words
/// much, words that many records have next to nothing (the inverse document
/// frequency of Spärck Jones 1972, in bits).
#[derive(Default)]
pub(crate) struct Bag {
    /// Each distinct text.
    texts: Words,
    words: Words,
    /// The words of each text, in the order of their numbers.
    members: Vec<u32>,
    ends: Vec<usize>,
    /// How surprising each word is, and how much each text's words are together, in bits.
    weights: Vec<f32>,
    totals: Vec<f32>,
    /// How many records have each word.
    frequencies: Vec<u32>,
    records: usize,
    /// Whether single Chinese characters count, not pairs of them.
    single: bool,
    folded: String,
}

const LEVELS: &[Level] = &[
    Level { name: "different", same: 0.08, chance: 1.0 },
    Level { name: "little in common", same: 0.06, chance: 0.1 },
    Level { name: "a third in common", same: 0.10, chance: 0.01 },
    Level { name: "half in common", same: 0.14, chance: 0.001 },
    Level { name: "most in common", same: 0.17, chance: 0.0001 },
    Level { name: "nearly the same words", same: 0.15, chance: 0.00001 },
    Level { name: "same words", same: 0.30, chance: 0.00001 },
];

/// Words that are left over are compared letter by letter, if they are not more.
const LEFT_OVER: usize = 12;
/// Of a text, at most so many words are compared.
const MOST_WORDS: usize = 96;

impl Bag {
    /// Texts of which single Chinese characters count.
    pub fn of_characters() -> Self {
        Bag { single: true, ..Bag::default() }
    }

    /// The number of a text, which is counted.
    pub fn text(&mut self, text: &str) -> u32 {
        let mut folded = std::mem::take(&mut self.folded);
        fold(text, &mut folded);
        let id = if folded.is_empty() { NONE } else { self.texts.count(&folded) };
        if id as usize == self.ends.len() {
            self.split(&folded);
        }
        self.folded = folded;
        id
    }

    fn split(&mut self, folded: &str) {
        let start = self.members.len();
        for word in pieces(folded).take(MOST_WORDS) {
            if !word.chars().next().is_some_and(is_han) {
                self.members.push(self.words.intern(word));
                continue;
            }
            let mut ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
            let (mut from, mut middle) = (0, ends.next().unwrap_or(word.len()));
            if self.single || middle == word.len() {
                self.members.push(self.words.intern(&word[..middle]));
            }
            for end in ends {
                let part = if self.single { &word[middle..end] } else { &word[from..end] };
                self.members.push(self.words.intern(part));
                (from, middle) = (middle, end);
            }
        }
        self.members[start..].sort_unstable();
        let mut kept = start;
        for at in start..self.members.len() {
            if at == start || self.members[at] != self.members[at - 1] {
                self.members[kept] = self.members[at];
                kept += 1;
            }
        }
        self.members.truncate(kept);
        self.ends.push(self.members.len());
    }

    fn words(&self, text: u32) -> &[u32] {
        let start = (text as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.members[start..self.ends[text as usize]]
    }

    /// How surprising a word is, in bits.
    pub fn weight(&self, word: &str) -> f32 {
        self.words.find(word).map_or(0.0, |word| self.weights[word as usize])
    }

    /// How surprising a text is by all its words, in bits.
    pub fn total(&self, text: u32) -> f32 {
        self.totals[text as usize]
    }

    pub fn frequency(&self, text: u32) -> u32 {
        self.texts.frequency(text)
    }

    pub fn folded(&self, text: u32) -> &str {
        self.texts.text(text)
    }

    /// Compares two texts that may be the same.
    pub fn agreement(&self, a: u32, b: u32) -> Seen {
        if a == b {
            let alone = self.total(a).min(2.0 * (self.records as f32).log2());
            return Seen { level: 6, bits: shared_bits(alone, self.frequency(a), self.records) };
        }
        let (mut left, mut right) = ([0; LEFT_OVER], [0; LEFT_OVER]);
        let (mut lefts, mut rights) = (0, 0);
        let (mut shared, mut count) = (0.0_f32, 0_usize);
        let (a_words, b_words) = (self.words(a), self.words(b));
        let (mut i, mut j) = (0, 0);
        while i < a_words.len() || j < b_words.len() {
            match (a_words.get(i), b_words.get(j)) {
                (Some(x), Some(y)) if x == y => {
                    shared += self.weights[*x as usize];
                    count += 1;
                    (i, j) = (i + 1, j + 1);
                }
                (Some(x), y) if y.is_none_or(|y| x < y) => {
                    if lefts < LEFT_OVER {
                        left[lefts] = *x;
                    }
                    (i, lefts) = (i + 1, lefts + 1);
                }
                (_, Some(y)) => {
                    if rights < LEFT_OVER {
                        right[rights] = *y;
                    }
                    (j, rights) = (j + 1, rights + 1);
                }
                _ => break,
            }
        }
        if lefts <= LEFT_OVER && rights <= LEFT_OVER {
            let (bits, near) = self.near(&mut left[..lefts], &mut right[..rights]);
            shared += bits;
            count += near;
        }
        self.judge(shared, count, (a, a_words.len()), (b, b_words.len()))
    }

    /// What words that are left over have in common, and how many pairs of them.
    fn near(&self, left: &mut [u32], right: &mut [u32]) -> (f32, usize) {
        let (mut shared, mut count) = (0.0, 0);
        for x in left.iter() {
            for y in right.iter_mut().filter(|y| **y != NONE) {
                if let Some(share) = self.alike(*x, *y) {
                    shared += share * self.weights[*x as usize].min(self.weights[*y as usize]);
                    count += 1;
                    *y = NONE;
                    break;
                }
            }
        }
        (shared, count)
    }

    /// How much two words count that are written nearly alike.
    fn alike(&self, a: u32, b: u32) -> Option<f32> {
        let differ = (self.words.sketch(a) ^ self.words.sketch(b)).count_ones();
        let (a, b) = (self.words.text(a), self.words.text(b));
        let short = a.len().min(b.len());
        if short < 3 || !a.is_ascii() || !b.is_ascii() {
            return None;
        }
        if a.as_bytes()[0].is_ascii_digit() || b.as_bytes()[0].is_ascii_digit() {
            return None;
        }
        if a.starts_with(b) || b.starts_with(a) {
            return Some(0.7);
        }
        let limit = match short {
            ..=3 => return None,
            4..=7 => 1,
            _ => 2,
        };
        let near =
            differ <= 4 && with_units(a, b, |a, b| damerau_within(a, b, limit).is_some(), |_, _| false);
        near.then_some(0.75)
    }

    /// The level of what is shared; it is the less surprising, the more ways
    /// there are to choose as many words.
    fn judge(&self, shared: f32, count: usize, a: (u32, usize), b: (u32, usize)) -> Seen {
        let (total_a, total_b) = (self.totals[a.0 as usize], self.totals[b.0 as usize]);
        let share = |total: f32| if total > 0.0 { (shared / total).min(1.0) } else { 0.0 };
        let likeness = (share(total_a) + share(total_b)) / 2.0;
        let level = match likeness {
            x if x >= 0.80 => 5,
            x if x >= 0.60 => 4,
            x if x >= 0.42 => 3,
            x if x >= 0.26 => 2,
            x if x >= 0.10 => 1,
            _ => return Seen::level(0),
        };
        let bits = (shared - choices(a.1.min(b.1), count)).max(0.0);
        Seen { level, bits: bits.min(2.0 * (self.records as f32).log2()) }
    }
}

/// The logarithm to base 2 of the ways to choose `k` of `n`, nearly (the entropy bound).
pub(super) fn choices(n: usize, k: usize) -> f32 {
    if k == 0 || k >= n {
        return 0.0;
    }
    let share = k as f32 / n as f32;
    let entropy = -share * share.log2() - (1.0 - share) * (1.0 - share).log2();
    (n as f32 * entropy - 0.5 * (n as f32).log2()).max(0.0)
}

/// The words of a folded text, Chinese and other characters apart.
pub(super) fn pieces(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').flat_map(|word| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let han = is_han(rest.chars().next()?);
            let end = rest.find(|c| is_han(c) != han).unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            rest = after;
            Some(piece)
        })
    })
}

impl Compared for Bag {
    fn width(&self) -> usize {
        1
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        let id = match values {
            [one] => self.text(one),
            several => self.text(&several.join(" ")),
        };
        cells.push(id);
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
        self.frequencies = vec![0; self.words.len()];
        for text in 0..self.texts.len() as u32 {
            let count = self.texts.frequency(text);
            let start = (text as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
            for word in &self.members[start..self.ends[text as usize]] {
                self.frequencies[*word as usize] += count;
            }
        }
        let weight = |frequency: &u32| ((records as f32 + 1.0) / (*frequency).max(1) as f32).log2().max(0.05);
        self.weights = self.frequencies.iter().map(weight).collect();
        let total = |text: u32| self.words(text).iter().map(|word| self.weights[*word as usize]).sum();
        self.totals = (0..self.texts.len() as u32).map(total).collect();
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        if a[0] == NONE || b[0] == NONE { Seen::MISSING } else { self.agreement(a[0], b[0]) }
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        let text = cells[0];
        if text == NONE {
            return;
        }
        match key {
            Key::Whole => keys.push(mix(u64::from(text) + 1)),
            Key::Rough => {
                // The two most surprising words, whatever stands beside them.
                let mut rarest = [(f32::MIN, 0_u32); 2];
                for word in self.words(text) {
                    let this = (self.weights[*word as usize], *word);
                    if this > rarest[0] {
                        rarest = [this, rarest[0]];
                    } else if this > rarest[1] {
                        rarest[1] = this;
                    }
                }
                if rarest[1].0 > f32::MIN {
                    let (a, b) = (rarest[0].1.min(rarest[1].1), rarest[0].1.max(rarest[1].1));
                    keys.push(mix(u64::from(a) << 32 | u64::from(b)));
                }
            }
            Key::Word => {
                let mut rare: Vec<(u32, u32)> =
                    self.words(text).iter().map(|word| (self.frequencies[*word as usize], *word)).collect();
                rare.retain(|(frequency, _)| *frequency > 1);
                rare.sort_unstable();
                keys.extend(rare.iter().take(6).map(|(_, word)| mix(u64::from(*word) + 1)));
            }
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.40), (Key::Rough, 0.60), (Key::Word, 0.95)]
    }
}
