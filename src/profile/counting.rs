//! Counts that need no more memory however much is counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Takes what is a hash already.
#[derive(Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type ByHash<V> = HashMap<u64, V, BuildHasherDefault<AsItIs>>;

/// How many different values there are: exactly up to a bound, then about.
pub(super) struct Distinct {
    exact: HashSet<u64, BuildHasherDefault<AsItIs>>,
    bound: usize,
    sketch: Option<HyperLogLog>,
}

impl Distinct {
    pub fn up_to(bound: usize) -> Self {
        Distinct { exact: HashSet::default(), bound, sketch: None }
    }

    pub fn add(&mut self, hash: u64) {
        if let Some(sketch) = &mut self.sketch {
            return sketch.add(hash);
        }
        self.exact.insert(hash);
        if self.exact.len() > self.bound {
            let mut sketch = HyperLogLog::default();
            std::mem::take(&mut self.exact).into_iter().for_each(|hash| sketch.add(hash));
            self.sketch = Some(sketch);
        }
    }

    /// The number, and whether it is exact.
    pub fn count(&self) -> (u64, bool) {
        match &self.sketch {
            Some(sketch) => (sketch.estimate().round() as u64, false),
            None => (self.exact.len() as u64, true),
        }
    }
}

/// The sketch of Flajolet, Fusy, Gandouet and Meunier (2007) with 2¹⁴ registers,
/// of a standard error of 0.8 %, and the estimator of Ertl (2017), which needs no correction of bias.
struct HyperLogLog {
    registers: Vec<u8>,
}

const BITS: u32 = 14;
const REGISTERS: usize = 1 << BITS;
/// The most that a register can hold.
const MOST: usize = 64 - BITS as usize + 1;

impl Default for HyperLogLog {
    fn default() -> Self {
        HyperLogLog { registers: vec![0; REGISTERS] }
    }
}

impl HyperLogLog {
    fn add(&mut self, hash: u64) {
        let register = &mut self.registers[(hash >> (64 - BITS)) as usize];
        let rank = (hash << BITS | 1 << (BITS - 1)).leading_zeros() as u8 + 1;
        *register = (*register).max(rank);
    }

    fn estimate(&self) -> f64 {
        let mut held = [0.0; MOST + 1];
        self.registers.iter().for_each(|&register| held[usize::from(register)] += 1.0);
        let all = REGISTERS as f64;
        let mut sum = all * tau(1.0 - held[MOST] / all);
        for count in held[1..MOST].iter().rev() {
            sum = 0.5 * (sum + count);
        }
        sum += all * sigma(held[0] / all);
        all * all / (2.0 * std::f64::consts::LN_2 * sum)
    }
}

fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z == before {
            return z / 3.0;
        }
    }
}

/// The values that are there most often: exactly as long as there are no more
/// of them than places, then by Filtered Space-Saving (Homem and Carvalho, 2010).
pub(super) struct Frequent<T> {
    slots: Vec<Slot<T>>,
    /// How often the value of each slot has been there since it took its place:
    /// apart from the slots, so that counting touches little memory.
    seen: Vec<u64>,
    places: usize,
    by_hash: ByHash<u32>,
    /// By some bits of the hash, how often values were seen that have no place; empty while there are places.
    sieve: Vec<u32>,
    /// The least count of a slot, and the slots that had it when it was last looked for.
    least: u64,
    lasts: Vec<u32>,
}

struct Slot<T> {
    text: Box<str>,
    over: u64,
    facts: T,
    hash: u64,
}

/// A value that has a place.
pub(super) struct Placed<'a, T> {
    pub text: &'a str,
    pub facts: &'a T,
    /// How often it has been there since it took its place.
    pub seen: u64,
    /// By how much its count may be too much.
    pub over: u64,
}

impl<T> Placed<'_, T> {
    /// At most how often it was there.
    pub fn count(&self) -> u64 {
        self.over + self.seen
    }
}

/// So many counts of values without a place go with each place: few enough for a cache.
const SIEVED: usize = 8;

impl<T> Frequent<T> {
    pub fn of(places: usize) -> Self {
        Frequent {
            slots: Vec::new(),
            seen: Vec::new(),
            places: places.max(1),
            by_hash: HashMap::default(),
            sieve: Vec::new(),
            least: 0,
            lasts: Vec::new(),
        }
    }

    /// Whether every value has its place.
    pub fn is_exact(&self) -> bool {
        self.sieve.is_empty()
    }

    pub fn placed(&self) -> impl Iterator<Item = Placed<'_, T>> + Clone {
        let slots = self.slots.iter().zip(&self.seen);
        slots.map(|(Slot { text, over, facts, .. }, &seen)| Placed { text, facts, seen, over: *over })
    }

    /// Counts a value that has a place; false if it has none.
    pub fn hit(&mut self, hash: u64, times: u64) -> bool {
        let Some(seen) = self.by_hash.get(&hash).and_then(|at| self.seen.get_mut(*at as usize)) else {
            return false;
        };
        *seen += times;
        true
    }

    /// Counts a value that has no place, which may now get one. True if it got
    /// one: then it counts as seen there. `left` is told who had it before.
    pub fn admit(
        &mut self,
        hash: u64,
        times: u64,
        made: impl FnOnce() -> (Box<str>, T),
        left: impl FnOnce(&T, u64),
    ) -> bool {
        if self.slots.len() < self.places {
            let (text, facts) = made();
            self.by_hash.insert(hash, self.slots.len() as u32);
            self.slots.push(Slot { text, over: 0, facts, hash });
            self.seen.push(times);
            return true;
        }
        if self.sieve.is_empty() {
            self.sieve = vec![0; (self.places * SIEVED).next_power_of_two()];
            self.least = self.counts().min().unwrap_or(0);
        }
        let sieved = self.sieved(hash);
        let before = u64::from(self.sieve[sieved]);
        if before + times <= self.least {
            self.sieve[sieved] += times as u32;
            return false;
        }
        let Some(at) = self.last() else { return false };
        let (text, facts) = made();
        let leaves = self.sieved(self.slots[at as usize].hash);
        let (slot, seen) = (&mut self.slots[at as usize], &mut self.seen[at as usize]);
        left(&slot.facts, *seen);
        self.by_hash.remove(&slot.hash);
        self.sieve[leaves] = (slot.over + *seen).min(u64::from(u32::MAX)) as u32;
        self.by_hash.insert(hash, at);
        *slot = Slot { text, over: before, facts, hash };
        *seen = times;
        true
    }

    /// At most how often the value of each slot was there.
    fn counts(&self) -> impl Iterator<Item = u64> {
        self.slots.iter().zip(&self.seen).map(|(slot, seen)| slot.over + seen)
    }

    /// Where a value without a place is counted; the sieve's length is a power of two.
    fn sieved(&self, hash: u64) -> usize {
        (hash >> 20) as usize & (self.sieve.len() - 1)
    }

    /// A slot of the least count.
    fn last(&mut self) -> Option<u32> {
        loop {
            while let Some(at) = self.lasts.pop() {
                if self.slots[at as usize].over + self.seen[at as usize] == self.least {
                    return Some(at);
                }
            }
            self.least = self.counts().min()?;
            let all = (0..).zip(self.counts());
            self.lasts = all.filter(|(_, count)| *count == self.least).map(|(at, _)| at).collect();
            self.lasts.reverse();
        }
    }

    /// The most frequent, in order; of equal counts the one that was there first, which is deterministic.
    pub fn first(&self, most: usize) -> Vec<Placed<'_, T>> {
        let mut placed: Vec<_> = self.placed().collect();
        placed.sort_by_key(|value| std::cmp::Reverse(value.count()));
        placed.truncate(most);
        placed
    }
}

/// Some of the different values, each as likely as any other, and the same ones
/// each time: those with the least hashes.
pub(super) struct Sample {
    values: BTreeMap<u64, Box<str>>,
    places: usize,
    most: u64,
}

impl Sample {
    pub fn of(places: usize) -> Self {
        Sample { values: BTreeMap::new(), places, most: u64::MAX }
    }

    pub fn add(&mut self, hash: u64, text: impl FnOnce() -> Box<str>) {
        // The high bits choose the register of a sketch; here all count.
        let order = hash.rotate_left(32);
        if order > self.most || self.values.contains_key(&order) {
            return;
        }
        self.values.insert(order, text());
        if self.values.len() > self.places {
            self.values.pop_last();
            self.most = self.values.last_key_value().map_or(u64::MAX, |(order, _)| *order);
        }
    }

    pub fn values(&self) -> impl ExactSizeIterator<Item = &str> {
        self.values.values().map(|text| &**text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::hash;
    use super::*;

    fn numbered(n: u64) -> u64 {
        hash(n.to_string().as_bytes())
    }

    #[test]
    fn distinct_values_are_counted_exactly_and_then_about() {
        for (count, exact) in [(0, true), (1000, true), (1001, false), (50_000, false), (300_000, false)] {
            let mut distinct = Distinct::up_to(1000);
            (0..count).chain(0..count / 2).for_each(|n| distinct.add(numbered(n)));
            let (found, is_exact) = distinct.count();
            assert_eq!(is_exact, exact);
            let error = (found as f64 - count as f64).abs() / count.max(1) as f64;
            assert!(error <= if exact { 0.0 } else { 0.03 }, "{found} for {count}");
        }
    }

    #[test]
    fn frequent_values_are_found_among_many_rare_ones() {
        let mut frequent = Frequent::of(64);
        let mut left = 0;
        // Ten values of a thousand each, among a hundred thousand that are there once.
        for n in 0..110_000_u64 {
            let value = if n % 11 == 0 { n / 11 % 10 } else { 1000 + n };
            let hash = numbered(value);
            if !frequent.hit(hash, 1) {
                let made = || (value.to_string().into_boxed_str(), ());
                frequent.admit(hash, 1, made, |(), seen| left += seen);
            }
        }
        assert!(!frequent.is_exact() && left > 0);
        let mut first: Vec<&str> = frequent.first(10).iter().map(|placed| placed.text).collect();
        first.sort_unstable();
        assert_eq!(first, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        for placed in frequent.first(10) {
            assert!(placed.count() >= 1000 && placed.seen <= 1000);
        }
    }

    #[test]
    fn a_sample_does_not_depend_on_order_or_repetition() {
        let sampled = |numbers: &mut dyn Iterator<Item = u64>| {
            let mut sample = Sample::of(50);
            numbers.for_each(|n| sample.add(numbered(n), || n.to_string().into()));
            sample.values().map(str::to_owned).collect::<Vec<_>>()
        };
        let once = sampled(&mut (0..10_000));
        assert_eq!(once.len(), 50);
        assert_eq!(sampled(&mut (0..10_000).rev().chain(0..500)), once);
    }
}
