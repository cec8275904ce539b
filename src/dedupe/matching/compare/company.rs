//! Names of companies: by their key, word by word, and short against full.

use super::bag::choices;
use super::{Bag, Compared, Key, Level, NONE, Seen, shared_bits};
use crate::dedupe::matching::fold::{cut, is_han};
use crate::dedupe::matching::words::{Words, mix};
use crate::normalize::company::Company as Name;

/// A company's name: its key without legal form and region, and all its words.
pub(crate) struct Company {
    /// Each distinct name as it was written, and the key of each.
    written: Words,
    key_of: Vec<u32>,
    bag_of: Vec<u32>,
    keys: Words,
    bag: Bag,
    records: usize,
}

const LEVELS: &[Level] = &[
    Level { name: "different", same: 0.05, chance: 1.0 },
    Level { name: "little in common", same: 0.05, chance: 0.1 },
    Level { name: "a third in common", same: 0.08, chance: 0.01 },
    Level { name: "half in common", same: 0.10, chance: 0.001 },
    Level { name: "most in common", same: 0.12, chance: 0.0001 },
    Level { name: "nearly the same words", same: 0.15, chance: 0.00001 },
    Level { name: "same name but for legal form and place", same: 0.45, chance: 0.00001 },
];

/// How much of a name is read, in bytes.
const LONGEST: usize = 200;

impl Company {
    pub fn new() -> Self {
        Company {
            written: Words::default(),
            key_of: Vec::new(),
            bag_of: Vec::new(),
            keys: Words::default(),
            bag: Bag::of_characters(),
            records: 0,
        }
    }

    /// How much of the shorter name stands in the longer one in the same
    /// order, character by character: `中石油` in `中国石油天然气`. In bits, with
    /// the number of characters; both names are Chinese.
    fn in_order(&self, a: u32, b: u32) -> (f32, usize) {
        const MOST: usize = 40;
        let (mut long, mut bits) = ([' '; MOST], [0.0_f32; MOST]);
        let mut buffer = [0; 4];
        let mut length = 0;
        for (place, c) in self.bag.folded(b).chars().take(MOST).enumerate() {
            (long[place], bits[place]) = (c, self.bag.weight(c.encode_utf8(&mut buffer)));
            length = place + 1;
        }
        // The best sum up to each place of the longer name, and how many characters it is made of.
        let mut best = [(0.0_f32, 0_usize); MOST + 1];
        for c in self.bag.folded(a).chars().take(MOST) {
            let mut before = best[0];
            for place in 0..length {
                let here = best[place + 1];
                let taken = (before.0 + bits[place], before.1 + 1);
                let reached = if here.0 >= best[place].0 { here } else { best[place] };
                best[place + 1] = if long[place] == c && taken.0 > reached.0 { taken } else { reached };
                before = here;
            }
        }
        best[length]
    }
}

impl Compared for Company {
    fn width(&self) -> usize {
        2
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        let text = cut(values.first().copied().unwrap_or("").trim(), LONGEST);
        if text.is_empty() {
            cells.extend([NONE; 2]);
            return;
        }
        let id = self.written.intern(text) as usize;
        if id == self.key_of.len() {
            let key = Name::key(text);
            self.key_of.push(if key.is_empty() { NONE } else { self.keys.intern(&key) });
            self.bag_of.push(NONE);
        }
        // The keys and words are counted for every record, also where the name was seen before.
        let key = self.key_of[id];
        if key != NONE {
            self.keys.tally(key);
        }
        self.bag_of[id] = self.bag.text(text);
        cells.extend([key, self.bag_of[id]]);
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
        self.bag.finish(records);
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        if a[1] == NONE || b[1] == NONE {
            return Seen::MISSING;
        }
        if a[0] == b[0] && a[0] != NONE {
            let alone =
                self.bag.total(a[1]).min(self.bag.total(b[1])).min(2.0 * (self.records as f32).log2());
            return Seen { level: 6, bits: shared_bits(alone, self.keys.frequency(a[0]), self.records) };
        }
        let by_words = self.bag.agreement(a[1], b[1]);
        let (x, y) = (self.bag.folded(a[1]), self.bag.folded(b[1]));
        if !x.contains(is_han) || !y.contains(is_han) {
            return by_words;
        }
        let (short, long) = if x.len() <= y.len() { (a[1], b[1]) } else { (b[1], a[1]) };
        let (bits, count) = self.in_order(short, long);
        let length = self.bag.folded(short).chars().count();
        let share = |text| (bits / self.bag.total(text).max(1.0)).min(1.0);
        let likeness = 0.7 * share(short) + 0.3 * share(long);
        let level = match likeness {
            x if x >= 0.80 => 5,
            x if x >= 0.65 => 4,
            x if x >= 0.50 => 3,
            x if x >= 0.35 => 2,
            x if x >= 0.15 => 1,
            _ => 0,
        };
        if level == 0 {
            return Seen::level(0);
        }
        Seen { level, bits: (bits - choices(length, count)).max(0.0) }
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        match key {
            Key::Whole if cells[0] != NONE => keys.push(mix(u64::from(cells[0]) + 1)),
            Key::Whole => (),
            _ => self.bag.keys(key, &cells[1..], keys),
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.45), (Key::Rough, 0.60), (Key::Word, 0.90)]
    }
}
