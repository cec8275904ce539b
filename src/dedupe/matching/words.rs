//! The distinct texts of a column, each once, with how often it stands there.

/// Numbers for hashes, from 0 in the order in which they first came, and how
/// often each was counted.
///
/// That two texts of ten million have the same hash is not to be expected in
/// 300,000 such runs.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// Half of a hash, which tells most others apart, and its number.
    slots: Vec<(u32, u32)>,
    hashes: Vec<u64>,
    counts: Vec<u32>,
}

const EMPTY: (u32, u32) = (0, u32::MAX);

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

impl Numbers {
    /// The number of a hash, which is counted once more.
    pub fn count(&mut self, hash: u64) -> u32 {
        let id = self.number(hash);
        self.tally(id);
        id
    }

    /// Counts a number once more.
    pub fn tally(&mut self, id: u32) {
        self.counts[id as usize] += 1;
    }

    /// The number of a hash, which is not counted.
    pub fn number(&mut self, hash: u64) -> u32 {
        if self.slots.len() * 2 <= self.counts.len() * 3 {
            self.grow();
        }
        let place = self.place(hash);
        if self.slots[place] == EMPTY {
            self.slots[place] = ((hash >> 32) as u32, self.counts.len() as u32);
            self.hashes.push(hash);
            self.counts.push(0);
        }
        self.slots[place].1
    }

    /// Looks where hashes belong that will be asked for soon: the memory looks
    /// for all of them at once.
    pub fn look_at(&self, hashes: impl Iterator<Item = u64>) {
        if let Some(last) = self.slots.len().checked_sub(1) {
            let halves = hashes.fold(0, |all, hash| all ^ self.slots[hash as usize & last].0);
            std::hint::black_box(halves);
        }
    }

    /// The number of a hash that is there.
    pub fn find(&self, hash: u64) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let slot = self.slots[self.place(hash)];
        (slot != EMPTY).then_some(slot.1)
    }

    /// How often a number was counted.
    pub fn frequency(&self, id: u32) -> u32 {
        self.counts[id as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Gives back the memory that only further hashes would need.
    pub fn close(&mut self) {
        self.slots = Vec::new();
        self.hashes = Vec::new();
    }

    /// The slot of a hash, or the one where it belongs.
    fn place(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let (half, id) = self.slots[place];
            if id == EMPTY.1 || half == (hash >> 32) as u32 && self.hashes[id as usize] == hash {
                return place;
            }
            place = (place + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots.clear();
        self.slots.resize(size, EMPTY);
        for (id, hash) in self.hashes.iter().enumerate() {
            let mut place = *hash as usize & (size - 1);
            while self.slots[place] != EMPTY {
                place = (place + 1) & (size - 1);
            }
            self.slots[place] = ((hash >> 32) as u32, id as u32);
        }
    }
}

/// Distinct texts, numbered from 0 in the order in which they first came.
#[derive(Debug, Default)]
pub(crate) struct Words {
    numbers: Numbers,
    text: String,
    ends: Vec<usize>,
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
        self.numbers.tally(id);
    }

    /// The number of a text, which is not counted.
    pub fn intern(&mut self, text: &str) -> u32 {
        self.intern_hashed(text, hash(text))
    }

    /// The number of a text whose hash is known, which is not counted.
    pub fn intern_hashed(&mut self, text: &str, hash: u64) -> u32 {
        let id = self.numbers.number(hash);
        if id as usize == self.ends.len() {
            self.text.push_str(text);
            self.ends.push(self.text.len());
        }
        id
    }

    /// Looks where texts belong, by their hashes.
    pub fn look_at(&self, hashes: impl Iterator<Item = u64>) {
        self.numbers.look_at(hashes);
    }

    /// The number of a text that is there.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.numbers.find(hash(text))
    }

    /// The text of a number.
    pub fn text(&self, id: u32) -> &str {
        let start = (id as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[id as usize]]
    }

    /// All texts, in the order of their numbers.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|id| self.text(id))
    }

    /// How often it was counted.
    pub fn frequency(&self, id: u32) -> u32 {
        self.numbers.frequency(id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Gives back the memory that only further texts would need.
    pub fn close(&mut self) {
        self.numbers.close();
    }
}

/// Texts that wait to be numbered, many at a time: most of the time goes to
/// waiting for the memory, and many waits may go on at once.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    text: String,
    /// Where each ends, and its hash.
    ends: Vec<(usize, u64)>,
}

impl Waiting {
    /// So many texts wait together.
    const MOST: usize = 64;

    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push((self.text.len(), hash(text)));
    }

    pub fn is_full(&self) -> bool {
        self.ends.len() >= Waiting::MOST
    }

    pub fn hashes(&self) -> impl Iterator<Item = u64> {
        self.ends.iter().map(|(_, hash)| *hash)
    }

    /// The texts with their hashes, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        starts.zip(&self.ends).map(|(start, (end, hash))| (&self.text[start..*end], *hash))
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}
