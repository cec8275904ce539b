//! Numbers that are measured or counted: prices, years, lengths.

use std::collections::HashMap;

use super::phone::one_digit;
use super::{Compared, Key, Level, NONE, Seen, bits};
use crate::dedupe::matching::words::mix;

/// Numbers, as floating point: they are compared, not kept.
#[derive(Default)]
pub(crate) struct Number {
    counts: HashMap<u32, u32>,
    records: usize,
}

const LEVELS: &[Level] = &[
    Level { name: "different", same: 0.14, chance: 1.0 },
    Level { name: "within 30 %", same: 0.08, chance: 0.3 },
    Level { name: "within 5 %", same: 0.10, chance: 0.1 },
    Level { name: "one more or less, or one digit differs", same: 0.13, chance: 0.03 },
    Level { name: "same number", same: 0.55, chance: 0.02 },
];

/// The first number in a text, of plain digits with a point.
fn number(text: &str) -> Option<f32> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let text = text.get(start..)?;
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(text.len());
    let digits: String = text.get(..end)?.chars().filter(|c| *c != ',').collect();
    digits.trim_end_matches('.').parse().ok()
}

fn whole(number: f32) -> bool {
    number.fract() == 0.0 && (0.0..1e7).contains(&number)
}

/// The digits of a whole number, four bits each.
fn digits(number: f32) -> u64 {
    let (mut number, mut digits, mut place) = (number as u64, 0, 0);
    while number > 0 {
        digits |= (number % 10) << place;
        (number, place) = (number / 10, place + 4);
    }
    digits
}

impl Compared for Number {
    fn width(&self) -> usize {
        1
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        let cell = number(values.first().copied().unwrap_or("")).map_or(NONE, f32::to_bits);
        if cell != NONE {
            *self.counts.entry(cell).or_default() += 1;
        }
        cells.push(cell);
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        if a[0] == NONE || b[0] == NONE {
            return Seen::MISSING;
        }
        if a[0] == b[0] {
            let count = self.counts.get(&a[0]).copied().unwrap_or(1);
            return Seen { level: 4, bits: bits(count, self.records).min(10.0) };
        }
        let (a, b) = (f32::from_bits(a[0]), f32::from_bits(b[0]));
        if whole(a) && whole(b) && ((a - b).abs() <= 1.0 || one_digit(digits(a), digits(b))) {
            return Seen::level(3);
        }
        let apart = (a - b).abs() / a.abs().max(b.abs());
        Seen::level(if apart <= 0.05 { 2 } else { u8::from(apart <= 0.3) })
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        if cells[0] != NONE && key == Key::Whole {
            keys.push(mix(u64::from(cells[0]) + 1));
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.5)]
    }
}
