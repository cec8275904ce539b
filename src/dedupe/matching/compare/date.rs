//! Days in the life of a customer, by their eight digits.

use std::collections::HashMap;

use super::phone::one_digit;
use super::{Compared, Key, Level, NONE, Seen, bits};
use crate::dedupe::matching::words::mix;
use crate::normalize::Normalizer;
use crate::normalize::date::Dates;

/// A day as a number of eight digits, four bits each, or any number that was
/// typed where a day was wanted.
pub(crate) struct Date {
    counts: HashMap<u32, u32>,
    records: usize,
    dates: Box<dyn Normalizer>,
}

const LEVELS: &[Level] = &[
    Level { name: "different", same: 0.06, chance: 1.0 },
    Level { name: "same year", same: 0.02, chance: 0.02 },
    Level { name: "two of day, month and year", same: 0.05, chance: 0.002 },
    Level { name: "one digit differs, or day and month changed over", same: 0.12, chance: 0.001 },
    Level { name: "same day", same: 0.75, chance: 0.00005 },
];

impl Date {
    pub fn new() -> Self {
        Date { counts: HashMap::new(), records: 0, dates: Box::new(Dates::date()) }
    }

    /// The digits of a day; the slow way where they do not stand in order.
    fn packed(&self, text: &str) -> u32 {
        let text = text.trim();
        if text.is_empty() {
            return NONE;
        }
        if let Some(packed) = in_order(text) {
            return packed;
        }
        let day = self.dates.normalize(text).ok();
        let digits = day.as_deref().unwrap_or(text).bytes().filter(u8::is_ascii_digit);
        let (packed, count) = digits
            .fold((0_u32, 0), |(packed, count), digit| (packed << 4 | u32::from(digit - b'0'), count + 1));
        if count < 4 { NONE } else { packed }
    }
}

/// `19870919`, `1987-09-19`, `1987/9/19`.
fn in_order(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    if bytes.len() == 8 {
        return bytes.iter().try_fold(0, |packed, byte| Some(packed << 4 | digit(byte)?));
    }
    let (year, rest) = bytes.split_first_chunk::<4>()?;
    let packed = year.iter().try_fold(0, |packed, byte| Some(packed << 4 | digit(byte)?))?;
    let (separator, rest) = rest.split_first()?;
    if !matches!(separator, b'-' | b'/' | b'.') || year[0] == b'0' {
        return None;
    }
    let mut parts = rest.split(|byte| byte == separator);
    let mut part = || match parts.next()? {
        [one] => digit(one),
        [ten, one] => Some(digit(ten)? << 4 | digit(one)?),
        _ => None,
    };
    let packed = packed << 16 | part()? << 8 | part()?;
    parts.next().is_none().then_some(packed)
}

fn level(a: u32, b: u32) -> u8 {
    let (year, month, day) = (a >> 16 == b >> 16, a >> 8 & 0xFF == b >> 8 & 0xFF, a & 0xFF == b & 0xFF);
    let changed_over = a & 0xFF == b >> 8 & 0xFF && b & 0xFF == a >> 8 & 0xFF;
    if one_digit(u64::from(a), u64::from(b)) || year && changed_over {
        return 3;
    }
    match u8::from(year) + u8::from(month) + u8::from(day) {
        2 => 2,
        1 if year => 1,
        _ => 0,
    }
}

impl Compared for Date {
    fn width(&self) -> usize {
        1
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        let packed = self.packed(values.first().copied().unwrap_or(""));
        if packed != NONE {
            *self.counts.entry(packed).or_default() += 1;
        }
        cells.push(packed);
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        let (a, b) = (a[0], b[0]);
        if a == NONE || b == NONE {
            return Seen::MISSING;
        }
        if a != b {
            return Seen::level(level(a, b));
        }
        let count = self.counts.get(&a).copied().unwrap_or(1);
        Seen { level: 4, bits: bits(count, self.records).min(15.0) }
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        if cells[0] != NONE && key == Key::Whole {
            keys.push(mix(u64::from(cells[0]) + 1));
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.75)]
    }
}
