//! Pairs to learn from: at random, and from among those that agree on something.

use super::compare::{Key, Seen};
use super::field::Table;
use super::universe::Universe;
use super::words::mix;
use crate::error::Result;

/// Numbers that look random and are the same in every run (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(mix(seed.wrapping_add(1)))
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        ((u128::from(mix(self.0)) * u128::from(limit)) >> 64) as u64
    }

    /// A number from 0 to 1.
    pub fn share(&mut self) -> f64 {
        self.below(1 << 53) as f64 / (1_u64 << 53) as f64
    }
}

/// A way to find pairs that agree on something: a kind of keys, or two at once,
/// by their places in [`Keys`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame(pub Vec<usize>);

/// The keys of a sample of records, of every kind.
pub(crate) struct Keys {
    pub kinds: Vec<(usize, Key)>,
    of_kind: Vec<KindKeys>,
}

/// The keys of one kind, record after record.
struct KindKeys {
    ends: Vec<u32>,
    keys: Vec<u64>,
}

impl KindKeys {
    fn of(&self, place: usize) -> &[u64] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.keys[start as usize..self.ends[place] as usize]
    }
}

/// So many kinds of keys at most, those of the first fields: what hundreds of
/// columns could find together is not worth the search.
const KINDS: usize = 60;

impl Keys {
    pub fn of(table: &Table, universe: &Universe, threads: usize) -> Result<Self> {
        let fields = table.fields.iter().enumerate();
        let kinds: Vec<(usize, Key)> = fields
            .flat_map(|(field, f)| f.compared.kinds().iter().map(move |(key, _)| (field, *key)))
            .take(KINDS)
            .collect();
        let of_kind = super::parallel::each(kinds.clone(), threads, |(field, key)| {
            let (mut ends, mut keys) = (Vec::with_capacity(universe.sample.len()), Vec::new());
            for record in &universe.sample {
                table.keys(field, key, *record, &mut keys);
                ends.push(keys.len() as u32);
            }
            Ok(KindKeys { ends, keys })
        })?;
        Ok(Keys { kinds, of_kind })
    }

    /// Whether two records of the sample have a key of a kind in common.
    fn agree(&self, kind: usize, a: usize, b: usize) -> bool {
        let (a, b) = (self.of_kind[kind].of(a), self.of_kind[kind].of(b));
        a.iter().any(|key| b.contains(key))
    }

    /// Whether a record has a key of a kind.
    pub fn has(&self, kind: usize, place: usize) -> bool {
        !self.of_kind[kind].of(place).is_empty()
    }

    /// Records by the keys of a frame: `(key, place in the sample)`, sorted, without most
    /// that stand alone.
    pub fn grouped(&self, frame: &Frame, places: usize) -> Vec<(u64, u32)> {
        let mut grouped = Vec::with_capacity(places);
        for place in 0..places {
            match frame.0[..] {
                [kind] => grouped.extend(self.of_kind[kind].of(place).iter().map(|key| (*key, place as u32))),
                [one, two] => {
                    let two = self.of_kind[two].of(place);
                    let one = self.of_kind[one].of(place).iter();
                    grouped.extend(one.flat_map(|a| two.iter().map(|b| (both(*a, *b), place as u32))));
                }
                _ => (),
            }
        }
        retain_shared(&mut grouped, |(key, _)| *key);
        grouped.sort_unstable();
        grouped.dedup();
        grouped
    }

    /// Every kind, and every two of different fields.
    pub fn frames(&self) -> Vec<Frame> {
        let mut frames: Vec<Frame> = (0..self.kinds.len()).map(|kind| Frame(vec![kind])).collect();
        for one in 0..self.kinds.len() {
            let others = one + 1..self.kinds.len();
            let others = others.filter(|two| self.kinds[*two].0 != self.kinds[one].0);
            frames.extend(others.map(|two| Frame(vec![one, two])));
        }
        frames
    }
}

/// The key of two keys at once.
pub(crate) fn both(one: u64, two: u64) -> u64 {
    mix(one.rotate_left(17) ^ two)
}

/// Leaves out entries whose key no other has, most of them: a look that costs
/// less than to sort them.
pub(crate) fn retain_shared<T>(entries: &mut Vec<T>, key: impl Fn(&T) -> u64) {
    let bits = (entries.len() * 8).next_power_of_two().max(64);
    let (mut once, mut again) = (vec![0_u64; bits / 64], vec![0_u64; bits / 64]);
    let place = |entry: &T| {
        let bit = mix(key(entry)) as usize & (bits - 1);
        (bit / 64, 1 << (bit % 64))
    };
    for (word, bit) in entries.iter().map(place) {
        again[word] |= once[word] & bit;
        once[word] |= bit;
    }
    entries.retain(|entry| {
        let (word, bit) = place(entry);
        again[word] & bit != 0
    });
}

/// Pairs taken at random; all, where there are no more.
pub(crate) fn random_pairs(universe: &Universe, count: usize) -> Vec<(u32, u32)> {
    if universe.pairs() <= count as f64 {
        let records = universe.records as u32;
        let pairs = (0..records).flat_map(|a| (a + 1..records).map(move |b| (a, b)));
        return pairs.filter(|(a, b)| universe.comparable(*a, *b)).collect();
    }
    let mut random = Random::new(1);
    let records = universe.sample.len() as u64;
    let mut pairs = Vec::with_capacity(count);
    for _ in 0..count * 4 {
        if pairs.len() == count {
            break;
        }
        let mut one = || universe.sample[random.below(records) as usize];
        let (a, b) = (one(), one());
        if universe.comparable(a, b) {
            pairs.push((a.min(b), a.max(b)));
        }
    }
    pairs
}

/// Pairs to learn from.
pub(crate) struct Examples {
    pub fields: usize,
    /// For each pair and field what was seen, the pairs one after the other.
    pub seen: Vec<Seen>,
    /// For how many pairs of the universe each pair stands.
    pub weights: Vec<f64>,
    /// The same for each pair and field, where only those count that were not found by that field.
    pub without: Vec<f64>,
}

/// How many pairs are learnt from, nearly, and how many values of them at most.
const EXAMPLES: u64 = 60_000;
const CELLS: u64 = 2_000_000;
/// In how many ways pairs to learn from are found at most.
const FRAMES: usize = 120;

/// Pairs that agree on something, so weighted that they stand for all that do:
/// the more ways there are to find a pair, the less it counts (Hansen and Hurwitz 1943).
pub(crate) fn examples(table: &Table, universe: &Universe, keys: &Keys, threads: usize) -> Result<Examples> {
    let whole = |kind: &usize| keys.kinds[*kind].1 == Key::Whole;
    let mut frames = keys.frames();
    frames.retain(|frame| frame.0.len() == 1 || frame.0.iter().all(whole));
    frames.truncate(FRAMES);
    let most = EXAMPLES.min(CELLS / table.fields.len().max(1) as u64);
    let each = (most / frames.len().max(1) as u64).max(20);
    let numbers = (0..frames.len()).collect();
    let drawn = super::parallel::each(numbers, threads, |number: usize| {
        Ok(draw(universe, keys, &frames[number], number as u64, each))
    })?;
    let rates: Vec<f64> = drawn.iter().map(|(rate, _)| *rate).collect();
    let mut pairs: Vec<(u32, u32)> = drawn.into_iter().flat_map(|(_, pairs)| pairs).collect();
    pairs.sort_unstable();
    let weighing = Weighing::of(table, keys, &frames, &rates, universe.scale());
    let chunks: Vec<_> = pairs.chunks(4096).collect();
    let made = super::parallel::each(chunks, threads, |pairs| {
        let (mut weights, mut without) = (Vec::with_capacity(pairs.len()), Vec::new());
        pairs.iter().for_each(|pair| weights.push(weighing.of_pair(*pair, &mut without)));
        let one = |place: u32| universe.sample[place as usize];
        let pairs: Vec<_> = pairs.iter().map(|(a, b)| (one(*a).min(one(*b)), one(*a).max(one(*b)))).collect();
        Ok((compared(table, &pairs), weights, without))
    })?;
    let mut all =
        Examples { fields: table.fields.len(), seen: Vec::new(), weights: Vec::new(), without: Vec::new() };
    for (seen, weights, without) in made {
        all.seen.extend(seen);
        all.weights.extend(weights);
        all.without.extend(without);
    }
    Ok(all)
}

/// Compares pairs of records in all fields, the pairs one after the other.
pub(crate) fn compared(table: &Table, pairs: &[(u32, u32)]) -> Vec<Seen> {
    let fields = table.fields.len();
    let (mut all, mut column) = (vec![Seen::MISSING; pairs.len() * fields], vec![Seen::MISSING; pairs.len()]);
    for field in 0..fields {
        table.compare_in(field, pairs, &mut column);
        let places = all.iter_mut().skip(field).step_by(fields);
        places.zip(&column).for_each(|(place, seen)| *place = *seen);
    }
    all
}

/// For how many pairs one that was drawn stands.
struct Weighing<'k> {
    keys: &'k Keys,
    /// For each frame its kinds as bits, its rate, and its fields.
    frames: Vec<(u64, f64, [usize; 2])>,
    fields: usize,
    scale: f64,
}

impl<'k> Weighing<'k> {
    fn of(table: &Table, keys: &'k Keys, frames: &[Frame], rates: &[f64], scale: f64) -> Self {
        let frames = frames.iter().zip(rates).map(|(frame, rate)| {
            let bits = frame.0.iter().fold(0, |bits, kind| bits | 1 << kind);
            let field = |kind: Option<&usize>| kind.map_or(usize::MAX, |kind| keys.kinds[*kind].0);
            (bits, *rate, [field(frame.0.first()), field(frame.0.get(1))])
        });
        Weighing { keys, frames: frames.collect(), fields: table.fields.len(), scale: scale * scale }
    }

    fn of_pair(&self, (a, b): (u32, u32), without: &mut Vec<f64>) -> f64 {
        let kinds = 0..self.keys.kinds.len();
        let agree = kinds.filter(|kind| self.keys.agree(*kind, a as usize, b as usize));
        let agree = agree.fold(0_u64, |bits, kind| bits | 1 << kind);
        let start = without.len();
        without.resize(start + self.fields, 0.0);
        let mut rate = 0.0;
        for (_, frame_rate, fields) in self.frames.iter().filter(|(bits, ..)| bits & agree == *bits) {
            rate += frame_rate;
            let others = without[start..].iter_mut().enumerate().filter(|(field, _)| !fields.contains(field));
            others.for_each(|(_, without)| *without += frame_rate);
        }
        let weight = |rate: f64| if rate > 0.0 { self.scale / rate } else { 0.0 };
        without[start..].iter_mut().for_each(|rate| *rate = weight(*rate));
        weight(rate)
    }
}

/// Draws pairs of a frame, each as likely as any other, and tells how likely.
fn draw(universe: &Universe, keys: &Keys, frame: &Frame, seed: u64, count: u64) -> (f64, Vec<(u32, u32)>) {
    let grouped = keys.grouped(frame, universe.sample.len());
    let mut blocks: Vec<&[(u64, u32)]> =
        grouped.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1).collect();
    // Keys go by the order in which values were first seen, and what is learnt must not.
    blocks.sort_by(|x, y| x.iter().map(|entry| entry.1).cmp(y.iter().map(|entry| entry.1)));
    let mut total = 0_u64;
    let ends: Vec<u64> = blocks
        .iter()
        .map(|block| {
            total += block.len() as u64 * (block.len() as u64 - 1) / 2;
            total
        })
        .collect();
    let mut pairs = Vec::new();
    let mut add = |a: u32, b: u32| {
        if universe.comparable(universe.sample[a as usize], universe.sample[b as usize]) {
            pairs.push((a.min(b), a.max(b)));
        }
    };
    if total <= count {
        for block in &blocks {
            for (place, (_, a)) in block.iter().enumerate() {
                block[place + 1..].iter().for_each(|(_, b)| add(*a, *b));
            }
        }
        return (1.0, pairs);
    }
    let mut random = Random::new(seed);
    for _ in 0..count {
        let drawn = random.below(total);
        let block = blocks[ends.partition_point(|end| *end <= drawn)];
        let a = random.below(block.len() as u64) as usize;
        let b = random.below(block.len() as u64 - 1) as usize;
        add(block[a].1, block[b + usize::from(b >= a)].1);
    }
    (count as f64 / total as f64, pairs)
}
