//! The distinct texts of a column, each once, with how often it stands there.

/// Distinct texts, numbered from 0 in the order in which they first came.
#[derive(Debug, Default)]
pub(crate) struct Words {
    text: String,
    ends: Vec<usize>,
    counts: Vec<u32>,
    sketches: Vec<u32>,
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// All of it: that two texts of ten million have the same is not to be
    /// expected in 300,000 such runs.
    hash: u64,
    id: u32,
}

const EMPTY: Slot = Slot { hash: 0, id: u32::MAX };

/// A hash that is the same in every run.
pub(crate) fn hash(text: &str) -> u64 {
    // A word at a time (the multiplication of FxHash, the finalizer of SplitMix64).
    const K: u64 = 0x517C_C1B7_2722_0A95;
    let mut chunks = text.as_bytes().chunks_exact(8);
    let mut state = text.len() as u64;
    for chunk in &mut chunks {
        let word = u64::from_le_bytes([
            chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7],
        ]);
        state = (state.rotate_left(5) ^ word).wrapping_mul(K);
    }
    let rest = chunks.remainder().iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    mix((state.rotate_left(5) ^ rest).wrapping_mul(K))
}

/// Spreads the bits of a number (the finalizer of SplitMix64, Steele et al. 2014).
pub(crate) fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

impl Words {
    /// The number of a text, which is counted once more.
    pub fn count(&mut self, text: &str) -> u32 {
        let id = self.intern(text);
        self.tally(id);
        id
    }

    /// Counts the text of a number once more.
    pub fn tally(&mut self, id: u32) {
        self.counts[id as usize] += 1;
    }

    /// The number of a text, which is not counted.
    pub fn intern(&mut self, text: &str) -> u32 {
        if self.slots.len() * 3 <= self.ends.len() * 4 {
            self.grow();
        }
        let hash = hash(text);
        let mask = self.slots.len() - 1;
        let mut place = (hash >> 32) as usize & mask;
        loop {
            let slot = self.slots[place];
            if slot.id == EMPTY.id {
                let id = self.ends.len() as u32;
                self.slots[place] = Slot { hash, id };
                self.text.push_str(text);
                self.ends.push(self.text.len());
                self.counts.push(0);
                self.sketches.push(sketch(text));
                return id;
            }
            if slot.hash == hash {
                return slot.id;
            }
            place = (place + 1) & mask;
        }
    }

    /// The number of a text that is there.
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = hash(text);
        let mask = self.slots.len().checked_sub(1)?;
        let mut place = (hash >> 32) as usize & mask;
        while self.slots[place].id != EMPTY.id {
            let slot = self.slots[place];
            if slot.hash == hash {
                return Some(slot.id);
            }
            place = (place + 1) & mask;
        }
        None
    }

    /// The text of a number.
    pub fn text(&self, id: u32) -> &str {
        let start = (id as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[id as usize]]
    }

    /// How often it was counted.
    pub fn frequency(&self, id: u32) -> u32 {
        self.counts[id as usize]
    }

    /// Which characters it has, as a set of 32 bits: texts whose sets differ
    /// in many bits differ in about half as many characters.
    pub fn sketch(&self, id: u32) -> u32 {
        self.sketches[id as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        let before = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        for slot in before.into_iter().filter(|slot| slot.id != EMPTY.id) {
            let mut place = (slot.hash >> 32) as usize & (size - 1);
            while self.slots[place].id != EMPTY.id {
                place = (place + 1) & (size - 1);
            }
            self.slots[place] = slot;
        }
    }
}

fn sketch(text: &str) -> u32 {
    text.chars().filter(|c| *c != ' ').fold(0, |set, c| {
        let bit = match c {
            'a'..='z' => c as u32 - 'a' as u32,
            '0'..='9' => 26 + (c as u32 - '0' as u32) % 6,
            _ => mix(u64::from(c)) as u32 % 32,
        };
        set | 1 << bit
    })
}
