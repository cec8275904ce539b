//! Which keys a run has met: so that most need not be looked up.

use std::hash::{DefaultHasher, Hash, Hasher};

/// 2^27 bits, which are 16 MiB: one key in a hundred is looked up in vain at ten million.
const BITS: u64 = 1 << 27;
const PROBES: u64 = 6;

/// A Bloom filter (Bloom 1970) of the keys of an entity that was empty before:
/// it knows for certain of most keys that they are new.
pub(crate) struct Seen(Vec<u64>);

impl Seen {
    pub fn new() -> Self {
        Seen(vec![0; (BITS / 64) as usize])
    }

    /// Takes a key in, and says whether it may have been met before.
    pub fn insert(&mut self, key: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        let step = hash >> 32 | 1;
        let mut known = true;
        for probe in 0..PROBES {
            let bit = hash.wrapping_add(probe.wrapping_mul(step)) % BITS;
            let (word, mask) = (&mut self.0[(bit / 64) as usize], 1 << (bit % 64));
            known &= *word & mask != 0;
            *word |= mask;
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_met_is_known_and_nearly_all_else_is_not() {
        let mut seen = Seen::new();
        let key = |number: u32| format!("C-{number:08}");
        let in_vain = (0..100_000).filter(|number| seen.insert(&key(*number))).count();
        assert!(in_vain < 10, "{in_vain}");
        assert!((0..100_000).all(|number| seen.insert(&key(number))));
    }
}
