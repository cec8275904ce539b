//! Which keys a run has met: so that most need not be looked up.

use twox_hash::XxHash3_64;

/// The keys that a filter holds: sixteen bits for each, of which about one key in two hundred is looked up in vain.
const KEYS: usize = 1 << 20;
/// The filter that more keys are put into than it should: with those before it, it takes 30 MiB.
const LAST: u32 = 3;
const PROBES: u32 = 5;

/// Filters of the keys of an entity that was empty before: they know for certain of most keys
/// that they are new. The first is small enough for the processor's cache, and each one twice as large as
/// the one before (Almeida, Baquero, Preguiça and Hutchison 2007).
pub(crate) struct Seen {
    filters: Vec<Filter>,
    /// How many more keys the last of them takes.
    room: usize,
}

impl Seen {
    pub fn new() -> Self {
        Seen { filters: vec![Filter::new(0)], room: KEYS }
    }

    /// Takes a key in, and says whether it may have been met before.
    pub fn insert(&mut self, key: &str) -> bool {
        let hash = XxHash3_64::oneshot(key.as_bytes());
        let number = self.filters.len() as u32;
        if self.room == 0 && number <= LAST {
            self.filters.push(Filter::new(number));
            self.room = KEYS << number;
        }
        self.room = self.room.saturating_sub(1);
        let Some((last, full)) = self.filters.split_last_mut() else { return true };
        let known = full.iter().any(|filter| filter.has(hash));
        known | last.insert(hash)
    }
}

/// A Bloom filter (Bloom 1970) that has all bits of a key in one line of the cache (Putze, Sanders and
/// Singler 2007).
struct Filter(Vec<[u64; 8]>);

impl Filter {
    fn new(number: u32) -> Self {
        Filter(vec![[0; 8]; (KEYS << number) / 32])
    }

    /// The upper bits choose the block, and the lower ones nine bits a probe.
    fn block(&self, hash: u64) -> usize {
        (hash >> 45) as usize % self.0.len()
    }

    fn bits(hash: u64) -> impl Iterator<Item = (usize, u64)> {
        let bit = move |probe| (hash >> (9 * probe)) as usize % 512;
        (0..PROBES).map(move |probe| (bit(probe) / 64, 1 << (bit(probe) % 64)))
    }

    fn has(&self, hash: u64) -> bool {
        let block = &self.0[self.block(hash)];
        Filter::bits(hash).all(|(word, mask)| block[word] & mask != 0)
    }

    /// Puts a key in, and says whether it may have been there.
    fn insert(&mut self, hash: u64) -> bool {
        let at = self.block(hash);
        let block = &mut self.0[at];
        let mut known = true;
        for (word, mask) in Filter::bits(hash) {
            known &= block[word] & mask != 0;
            block[word] |= mask;
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_grow() {
        let mut seen = Seen::new();
        let key = |number: usize| format!("{number:x}");
        let in_vain = (0..3 * KEYS).filter(|number| seen.insert(&key(*number))).count();
        assert!(in_vain < 3 * KEYS / 100, "{in_vain}");
        assert_eq!(seen.filters.len(), 2);
        assert!((0..3 * KEYS).step_by(97).all(|number| seen.insert(&key(number))));
    }

    #[test]
    fn what_was_met_is_known_and_nearly_all_else_is_not() {
        let mut seen = Seen::new();
        let key = |number: u32| format!("C-{number:08}");
        let in_vain = (0..100_000).filter(|number| seen.insert(&key(*number))).count();
        assert!(in_vain < 10, "{in_vain}");
        assert!((0..100_000).all(|number| seen.insert(&key(number))));
    }
}
