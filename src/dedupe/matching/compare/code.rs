//! Values that are compared as a whole: cities, postcodes, ids, categories.

use super::{Compared, Key, Level, NONE, Seen, bits, shared_bits};
use crate::dedupe::matching::distance::damerau_within;
use crate::dedupe::matching::fold::fold;
use crate::dedupe::matching::shape::Shape;
use crate::dedupe::matching::units::with_units;
use crate::dedupe::matching::words::{Words, mix};

/// A value that is right, nearly right or wrong.
pub(crate) struct Code {
    kind: Kind,
    words: Words,
    shapes: Vec<Shape>,
    records: usize,
    folded: String,
}

/// What the codes are.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    City,
    Postcode,
    Id,
    Category,
}

const PLACE: &[Level] = &[
    Level { name: "different", same: 0.12, chance: 1.0 },
    Level { name: "begins alike", same: 0.04, chance: 0.01 },
    Level { name: "one or two letters differ", same: 0.08, chance: 0.002 },
    Level { name: "same", same: 0.76, chance: 0.01 },
];
const ID: &[Level] = &[
    Level { name: "different", same: 0.03, chance: 1.0 },
    Level { name: "begins alike", same: 0.02, chance: 0.001 },
    Level { name: "one or two characters differ", same: 0.10, chance: 0.0001 },
    Level { name: "same", same: 0.85, chance: 0.00001 },
];
const CATEGORY: &[Level] = &[
    Level { name: "different", same: 0.15, chance: 1.0 },
    Level { name: "begins alike", same: 0.02, chance: 0.01 },
    Level { name: "one or two letters differ", same: 0.03, chance: 0.01 },
    Level { name: "same", same: 0.80, chance: 0.2 },
];

impl Code {
    pub fn new(kind: Kind) -> Self {
        Code { kind, words: Words::default(), shapes: Vec::new(), records: 0, folded: String::new() }
    }

    fn near(&self, a: u32, b: u32) -> u8 {
        if !self.shapes[a as usize].has_letters_of(self.shapes[b as usize], 2) {
            return 0;
        }
        with_units(
            self.words.text(a),
            self.words.text(b),
            |a, b| {
                let limit = match a.len().min(b.len()) {
                    0..=3 => 0,
                    4..=7 => 1,
                    _ => 2,
                };
                if limit > 0 && damerau_within(a, b, limit).is_some() {
                    2
                } else {
                    u8::from(begins_alike(a, b))
                }
            },
            |a, b| {
                let limit = if a.len().min(b.len()) < 4 { 0 } else { 1 };
                if limit > 0 && damerau_within(a, b, limit).is_some() {
                    2
                } else {
                    u8::from(begins_alike(a, b))
                }
            },
        )
    }
}

/// One is the beginning of the other, or three quarters of both are.
fn begins_alike<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    let common = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    common >= 2 && (common == short || common * 4 >= long * 3)
}

impl Compared for Code {
    fn width(&self) -> usize {
        1
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        fold(values.first().copied().unwrap_or(""), &mut self.folded);
        if matches!(self.kind, Kind::Postcode | Kind::Id) {
            self.folded.retain(|c| c != ' ');
        }
        if self.kind == Kind::City
            && let Some(stem) = self.folded.strip_suffix('市')
        {
            let stem = stem.len();
            self.folded.truncate(stem);
        }
        cells.push(if self.folded.is_empty() { NONE } else { self.words.count(&self.folded) });
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
        self.shapes = self.words.texts().map(Shape::of).collect();
        self.words.close();
    }

    fn levels(&self) -> &'static [Level] {
        match self.kind {
            Kind::City | Kind::Postcode => PLACE,
            Kind::Id => ID,
            Kind::Category => CATEGORY,
        }
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        let (a, b) = (a[0], b[0]);
        if a == NONE || b == NONE {
            return Seen::MISSING;
        }
        if a != b {
            return Seen::level(self.near(a, b));
        }
        let count = self.words.frequency(a);
        let alone = bits(count, self.records);
        let bits = if self.kind == Kind::Id { shared_bits(alone + 2.0, count, self.records) } else { alone };
        Seen { level: 3, bits }
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        if cells[0] != NONE && key == Key::Whole {
            keys.push(mix(u64::from(cells[0]) + 1));
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        match self.kind {
            Kind::Id => &[(Key::Whole, 0.85)],
            _ => &[(Key::Whole, 0.75)],
        }
    }
}
