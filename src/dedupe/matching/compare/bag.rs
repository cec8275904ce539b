//! Texts of several words, whatever their order: titles, addresses.

use super::alike::{alike, may_be_alike};
use super::joined::Joined;
use super::{Compared, Key, Level, NONE, Rows, Seen, bits, shared_bits};
use crate::dedupe::matching::fold::{fold, is_han};
use crate::dedupe::matching::shape::Shape;
use crate::dedupe::matching::words::{Numbers, Waiting, Words, hash, mix};

/// Texts as sets of words. A word counts by how surprising it is: rare words
/// much, words that many records have next to nothing (the inverse document
/// frequency of Spärck Jones 1972, in bits).
#[derive(Default)]
pub(crate) struct Bag {
    /// Each distinct text.
    texts: Numbers,
    spellings: Words,
    /// The words of each text: in its order, until all texts have been added,
    /// then the rarest first.
    members: Vec<u32>,
    ends: Vec<usize>,
    /// What is known of each word, the rarest first, and the first that several records have.
    words: Vec<Word>,
    shared: u32,
    /// How surprising each text's words are together, in bits.
    totals: Vec<f32>,
    records: usize,
    /// Whether single Chinese characters count, not pairs of them.
    single: bool,
    folded: String,
    waiting: Waiting,
}

/// A word of a text.
#[derive(Clone, Copy)]
struct Word {
    spelling: u32,
    /// How many records have it, and how surprising it is, in bits.
    frequency: u32,
    weight: f32,
    shape: Shape,
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
/// How much more codes that agree or differ count than other words.
const CODES: f32 = 2.0;
/// Of a text, at most so many words are compared.
const MOST_WORDS: usize = 96;
/// So many of its words, the rarest, are keys.
const KEYS: usize = 6;

impl Bag {
    /// Texts of which single Chinese characters count.
    pub fn of_characters() -> Self {
        Bag { single: true, ..Bag::default() }
    }

    /// The number of a text, which is counted.
    pub fn text(&mut self, text: &str) -> u32 {
        let mut folded = std::mem::take(&mut self.folded);
        fold(text, &mut folded);
        let id = self.number(&folded, hash(&folded));
        self.folded = folded;
        id
    }

    fn number(&mut self, folded: &str, hash: u64) -> u32 {
        if folded.is_empty() {
            return NONE;
        }
        let id = self.texts.count(hash);
        if id as usize == self.ends.len() {
            self.split(folded);
        }
        id
    }

    /// Counts a text once more.
    pub fn again(&mut self, text: u32) {
        self.texts.tally(text);
    }

    fn split(&mut self, folded: &str) {
        for word in pieces(folded).take(MOST_WORDS) {
            if !word.chars().next().is_some_and(is_han) {
                self.members.push(self.spellings.intern(word));
                continue;
            }
            let mut ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
            let (mut from, mut middle) = (0, ends.next().unwrap_or(word.len()));
            if self.single || middle == word.len() {
                self.members.push(self.spellings.intern(&word[..middle]));
            }
            for end in ends {
                let part = if self.single { &word[middle..end] } else { &word[from..end] };
                self.members.push(self.spellings.intern(part));
                (from, middle) = (middle, end);
            }
        }
        self.ends.push(self.members.len());
    }

    /// All texts have been added. Says which word each spelling is.
    pub fn settle(&mut self, records: usize) -> Vec<u32> {
        self.records = records;
        self.join();
        let ranks = self.rank();
        self.spellings.close();
        self.texts.close();
        let mut start = 0;
        for end in &self.ends {
            let words = &mut self.members[start..*end];
            words.iter_mut().for_each(|word| *word = ranks[*word as usize]);
            words.sort_unstable();
            self.totals.push(words.iter().map(|word| self.words[*word as usize].weight).sum());
            start = *end;
        }
        ranks
    }

    /// Leaves each word of a text once, written together or apart as most write it.
    fn join(&mut self) {
        let texts = (0..self.len()).map(|text| (self.words(text), self.frequency(text)));
        let joined = Joined::of(&self.spellings, texts);
        let mut members = Vec::with_capacity(self.members.len());
        let (mut ends, mut words) = (Vec::with_capacity(self.ends.len()), Vec::new());
        for text in 0..self.len() {
            words.clear();
            joined.rewrite(self.words(text), &mut words);
            let start = members.len();
            for word in &words {
                if !members[start..].contains(word) {
                    members.push(*word);
                }
            }
            ends.push(members.len());
        }
        (self.members, self.ends) = (members, ends);
    }

    /// Puts the words in order, the rarest first, whichever came first; says
    /// where each spelling stands.
    fn rank(&mut self) -> Vec<u32> {
        let mut frequencies = vec![0_u32; self.spellings.len()];
        for text in 0..self.len() {
            let count = self.frequency(text);
            self.words(text).iter().for_each(|word| frequencies[*word as usize] += count);
        }
        let spelt = self.spellings.texts().zip(&frequencies).zip(0..);
        let mut order: Vec<_> =
            spelt.map(|((text, frequency), spelling)| (*frequency, hash(text), spelling)).collect();
        order.sort_unstable();
        self.shared = order.partition_point(|(frequency, ..)| *frequency < 2) as u32;
        let mut ranks = vec![0; order.len()];
        for (rank, (frequency, _, spelling)) in order.into_iter().enumerate() {
            ranks[spelling as usize] = rank as u32;
            let weight = bits(frequency, self.records).max(0.05);
            let shape = Shape::of(self.spellings.text(spelling));
            self.words.push(Word { spelling, frequency, weight, shape });
        }
        ranks
    }

    /// The words of a text.
    pub fn words(&self, text: u32) -> &[u32] {
        let start = (text as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.members[start..self.ends[text as usize]]
    }

    /// Looks at the words of texts, so that they are near when they are compared.
    pub fn look_at(&self, texts: impl Iterator<Item = u32> + Clone) {
        let ends = texts.clone().fold(0, |all, text| all ^ self.ends[text as usize]);
        let words = texts.clone().fold(0, |all, text| all ^ self.words(text).first().copied().unwrap_or(0));
        let members = texts.flat_map(|text| self.words(text).iter().take(LEFT_OVER));
        let spelt = members.fold(0, |all, word| all ^ self.words[*word as usize].spelling);
        std::hint::black_box((ends, words ^ spelt));
    }

    /// How surprising a word is, in bits.
    pub fn weight_of(&self, word: u32) -> f32 {
        self.words[word as usize].weight
    }

    /// How many records have a word.
    pub fn frequency_of(&self, word: u32) -> u32 {
        self.words[word as usize].frequency
    }

    /// How many distinct texts there are.
    pub fn len(&self) -> u32 {
        self.texts.len() as u32
    }

    /// How surprising a text is by all its words, in bits.
    pub fn total(&self, text: u32) -> f32 {
        self.totals[text as usize]
    }

    pub fn frequency(&self, text: u32) -> u32 {
        self.texts.frequency(text)
    }

    /// Compares two texts that may be the same.
    pub fn agreement(&self, a: u32, b: u32) -> Seen {
        if a == b {
            let alone = self.total(a).min(2.0 * (self.records as f32).log2());
            return Seen { level: 6, bits: shared_bits(alone, self.frequency(a), self.records) };
        }
        let (mut left, mut right, mut common) = (Rest::NOTHING, Rest::NOTHING, Common::default());
        let (a_words, b_words) = (self.words(a), self.words(b));
        let (mut i, mut j) = (0, 0);
        while i < a_words.len() || j < b_words.len() {
            match (a_words.get(i), b_words.get(j)) {
                (Some(x), Some(y)) if x == y => {
                    let word = &self.words[*x as usize];
                    common.add(word.weight, word.shape.code);
                    (i, j) = (i + 1, j + 1);
                }
                (Some(x), y) if y.is_none_or(|y| x < y) => {
                    left.add(*x, &self.words[*x as usize]);
                    i += 1;
                }
                (_, Some(y)) => {
                    right.add(*y, &self.words[*y as usize]);
                    j += 1;
                }
                _ => break,
            }
        }
        let same = left.count == 0 && right.count == 0;
        if left.count <= LEFT_OVER && right.count <= LEFT_OVER {
            self.pair_up(&mut left, &mut right, &mut common);
        }
        self.judge(&common, (a_words.len(), &left), (b_words.len(), &right), same)
    }

    /// Finds what words that are left over have in common, the best pairs first.
    fn pair_up(&self, left: &mut Rest, right: &mut Rest, common: &mut Common) {
        let mut pairs = Alike::default();
        for x in &left.words[..left.count] {
            let word = &self.words[*x as usize];
            for y in &right.words[..right.count] {
                let other = &self.words[*y as usize];
                if may_be_alike(word.shape, other.shape)
                    && let Some(share) = self.alike(word, other)
                {
                    pairs.push((share * word.weight.min(other.weight), *x, *y));
                }
            }
        }
        for (bits, x, y) in pairs.best_first() {
            if left.has(*x) && right.has(*y) {
                let (word, other) = (&self.words[*x as usize], &self.words[*y as usize]);
                common.add(*bits, word.shape.code && other.shape.code);
                // What one spelling is rarer than the other is the slip, which tells nothing.
                let remain = word.weight.min(other.weight) - *bits;
                left.take(*x, remain, word);
                right.take(*y, remain, other);
            }
        }
    }

    fn alike(&self, word: &Word, other: &Word) -> Option<f32> {
        let (a, b) = (self.spellings.text(word.spelling), self.spellings.text(other.spelling));
        alike(a, b, word.shape.code && other.shape.code)
    }

    /// The level of what is shared; it is the less surprising, the more ways
    /// there are to choose as many words.
    fn judge(&self, common: &Common, a: (usize, &Rest), b: (usize, &Rest), same: bool) -> Seen {
        // Codes that both have and that differ tell more than other words, and so do those they share.
        let codes = CODES * common.codes;
        let differ = CODES * a.1.codes.min(b.1.codes);
        let share = |rest: &Rest| {
            let shared = common.bits + codes;
            shared / (shared + rest.bits + differ).max(f32::MIN_POSITIVE)
        };
        let likeness = (share(a.1) + share(b.1)) / 2.0;
        let level = match likeness {
            _ if same => 6,
            x if x >= 0.80 => 5,
            x if x >= 0.60 => 4,
            x if x >= 0.42 => 3,
            x if x >= 0.26 => 2,
            x if x >= 0.10 => 1,
            _ => return Seen::level(0),
        };
        let bits = (common.bits - choices(a.0.min(b.0), common.count)).max(0.0);
        Seen { level, bits: bits.min(2.0 * (self.records as f32).log2()) }
    }
}

/// What two texts have in common.
#[derive(Default)]
struct Common {
    bits: f32,
    count: usize,
    /// Of the bits, those of codes.
    codes: f32,
}

impl Common {
    fn add(&mut self, bits: f32, code: bool) {
        self.bits += bits;
        self.count += 1;
        self.codes += if code { bits } else { 0.0 };
    }
}

/// Pairs of words that are alike: what they are worth in bits, and which.
#[derive(Default)]
struct Alike {
    pairs: Option<[(f32, u32, u32); LEFT_OVER * LEFT_OVER]>,
    count: usize,
}

impl Alike {
    fn push(&mut self, pair: (f32, u32, u32)) {
        self.pairs.get_or_insert([pair; LEFT_OVER * LEFT_OVER])[self.count] = pair;
        self.count += 1;
    }

    fn best_first(&mut self) -> &[(f32, u32, u32)] {
        let Some(pairs) = &mut self.pairs else { return &[] };
        let pairs = &mut pairs[..self.count];
        let either = |x: &(f32, u32, u32)| (x.1.min(x.2), x.1.max(x.2));
        pairs.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(either(x).cmp(&either(y))));
        pairs
    }
}

/// What only one of two texts has.
struct Rest {
    words: [u32; LEFT_OVER],
    count: usize,
    bits: f32,
    /// Of the bits, those of codes.
    codes: f32,
}

impl Rest {
    const NOTHING: Rest = Rest { words: [NONE; LEFT_OVER], count: 0, bits: 0.0, codes: 0.0 };

    fn add(&mut self, number: u32, word: &Word) {
        if let Some(place) = self.words.get_mut(self.count) {
            *place = number;
        }
        self.count += 1;
        self.bits += word.weight;
        self.codes += if word.shape.code { word.weight } else { 0.0 };
    }

    fn has(&self, number: u32) -> bool {
        self.words.contains(&number)
    }

    /// A word has been found in the other text, but for some bits.
    fn take(&mut self, number: u32, remain: f32, word: &Word) {
        self.words.iter_mut().filter(|other| **other == number).for_each(|other| *other = NONE);
        self.bits += remain - word.weight;
        self.codes -= if word.shape.code { word.weight } else { 0.0 };
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
        match values {
            [one] => fold(one, &mut self.folded),
            several => fold(&several.join(" "), &mut self.folded),
        }
        self.waiting.push(&self.folded);
        if self.waiting.is_full() {
            self.flush(cells);
        }
    }

    fn flush(&mut self, cells: &mut Vec<u32>) {
        let mut waiting = std::mem::take(&mut self.waiting);
        self.texts.look_at(waiting.hashes());
        cells.extend(waiting.iter().map(|(folded, hash)| self.number(folded, hash)));
        waiting.clear();
        self.waiting = waiting;
    }

    fn finish(&mut self, records: usize) {
        self.settle(records);
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        if a[0] == NONE || b[0] == NONE { Seen::MISSING } else { self.agreement(a[0], b[0]) }
    }

    fn fetch(&self, rows: Rows<'_>, pairs: &[(u32, u32)]) {
        self.look_at(rows.different(pairs, 0));
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        let text = cells[0];
        if text == NONE {
            return;
        }
        match key {
            Key::Whole => keys.push(mix(u64::from(text) + 1)),
            // The two rarest words, whatever stands beside them.
            Key::Rough => {
                if let [one, two, ..] = self.words(text) {
                    keys.push(mix(u64::from(*one) << 32 | u64::from(*two)));
                }
            }
            // What nobody else has, a slip mostly, finds nobody.
            Key::Word => {
                let shared = self.words(text).iter().filter(|word| **word >= self.shared);
                keys.extend(shared.take(KEYS).map(|word| mix(u64::from(*word) + 1)));
            }
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.40), (Key::Rough, 0.60), (Key::Word, 0.95)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The levels of the first text with each of the others, among strangers.
    fn levels<const N: usize>(first: &str, others: [&str; N]) -> [u8; N] {
        seen(first, others).map(|seen| seen.level)
    }

    fn seen<const N: usize>(first: &str, others: [&str; N]) -> [Seen; N] {
        let mut bag = Bag::default();
        let mut cells = Vec::new();
        bag.add(&[first], &mut cells);
        others.iter().for_each(|text| bag.add(&[text], &mut cells));
        bag.flush(&mut cells);
        for number in 0..500 {
            bag.add(&[&format!("samsung tv main street black {number}")], &mut Vec::new());
        }
        bag.flush(&mut Vec::new());
        bag.finish(501 + N);
        std::array::from_fn(|place| bag.compare(&cells[..1], &cells[place + 1..place + 2]))
    }

    #[test]
    fn the_order_of_words_says_nothing() {
        assert_eq!(levels("Zephyr Quill, black", ["black zephyr quill", "Zephyr Quill, black"]), [6, 6]);
    }

    #[test]
    fn a_model_that_differs_outweighs_the_words_around_it() {
        let levels = levels(
            "Samsung LN46A860 TV Regza Panel",
            ["Samsung LN46A860 black TV main street", "Samsung LN46A650 TV Regza Panel"],
        );
        assert!(levels[0] >= 4 && levels[1] <= 3, "{levels:?}");
    }

    #[test]
    fn codes_are_the_same_written_together_or_apart() {
        assert_eq!(levels("Recorder DMR-EZ48VK", ["Recorder DMREZ48VK", "Recorder DMR EZ48VK"]), [6, 6]);
        assert_eq!(levels("Garmin 010-10723-03", ["Garmin 0101072303"]), [6]);
    }

    #[test]
    fn a_house_number_is_not_a_part_of_another() {
        assert_eq!(levels("12 3 Elm Grove", ["123 Elm Grove", "12 3 Elm Grove"])[1], 6);
        assert!(levels("12 3 Elm Grove", ["123 Elm Grove"])[0] < 5);
    }

    #[test]
    fn slips_and_abbreviations_are_forgiven() {
        let others = ["Quarterly Journal Manufacturing", "Quartrely Jornal Mfg"];
        assert_eq!(levels("Quarterly Journal Mfg", others), [5, 5]);
    }

    #[test]
    fn rare_words_are_more_surprising_than_common_ones() {
        let [rare, common] = seen("Zephyr Quill black", ["Zephyr Quill tv", "black tv main street"]);
        assert!(rare.bits > 10.0 && common.level <= 1, "{rare:?} {common:?}");
    }

    #[test]
    fn nothing_is_known_of_a_missing_text() {
        assert!(levels("Zephyr", ["", " - "]).iter().all(|level| *level == Seen::MISSING.level));
    }

    proptest! {
        #[test]
        fn texts_are_compared_alike_both_ways(texts in prop::collection::vec("[a-c1北京 -]{0,12}|\\PC{0,12}", 2..6)) {
            for mut bag in [Bag::default(), Bag::of_characters()] {
                let mut cells = Vec::new();
                texts.iter().for_each(|text| bag.add(&[text], &mut cells));
                bag.flush(&mut cells);
                bag.finish(texts.len());
                for a in cells.chunks(1) {
                    for b in cells.chunks(1) {
                        let (seen, back) = (bag.compare(a, b), bag.compare(b, a));
                        prop_assert_eq!(seen.level, back.level);
                        prop_assert!(seen.bits == back.bits || seen.bits.is_nan() && back.bits.is_nan());
                        prop_assert!(seen.is_missing() || seen.bits.is_nan() || seen.bits >= 0.0);
                        prop_assert!(a != b || a[0] == NONE || seen.level == 6);
                    }
                    for (key, _) in bag.kinds() {
                        bag.keys(*key, a, &mut Vec::new());
                    }
                }
            }
        }
    }
}
