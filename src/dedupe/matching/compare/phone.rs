//! Phone numbers, by the digits that a caller at home dials.

use super::{Compared, Key, Level, NONE, Seen, Shared, shared_bits};
use crate::dedupe::matching::words::mix;

/// A phone number: its last ten digits, four bits each, in two cells.
#[derive(Default)]
pub(crate) struct Phone {
    numbers: Shared,
    records: usize,
    digits: String,
}

const LEVELS: &[Level] = &[
    Level { name: "different", same: 0.25, chance: 1.0 },
    Level { name: "one digit differs", same: 0.10, chance: 0.00001 },
    Level { name: "ends alike", same: 0.05, chance: 0.00001 },
    Level { name: "same number", same: 0.60, chance: 0.00001 },
];

/// Digits in front of the last ten are codes of countries and areas.
const KEPT: usize = 10;
/// Fewer digits are an extension, not a number.
const FEWEST: usize = 5;

/// The last ten digits of the first number in a text.
fn digits(text: &str, out: &mut String) {
    out.clear();
    for c in text.chars() {
        let c = match c {
            '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
            other => other,
        };
        let between = matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{3000}' | '－' | '（' | '）');
        if c.is_ascii_digit() {
            out.push(c);
        } else if out.len() >= FEWEST + 2 && !between {
            break;
        }
    }
    let start = out.len().saturating_sub(KEPT);
    out.drain(..start);
    let zeros = out.bytes().take_while(|digit| *digit == b'0').count();
    out.drain(..zeros);
}

impl Phone {
    fn number(cells: &[u32]) -> u64 {
        u64::from(cells[0]) << 32 | u64::from(cells[1])
    }

    fn near(a: u64, b: u64) -> u8 {
        let common = ((a ^ b).trailing_zeros() / 4).min(16);
        if common >= 7 {
            return 2;
        }
        u8::from(one_digit(a, b))
    }
}

/// Whether two numbers of four bits a digit differ in one digit, or in two neighbours changed over.
pub(super) fn one_digit(a: u64, b: u64) -> bool {
    let differ = a ^ b;
    let lowest = differ.trailing_zeros() / 4 * 4;
    let rest = differ >> lowest;
    if rest < 16 {
        return true;
    }
    let (x, y) = (a >> lowest & 0xFF, b >> lowest & 0xFF);
    rest < 256 && x == (y >> 4 | (y & 15) << 4)
}

impl Compared for Phone {
    fn width(&self) -> usize {
        2
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        let mut text = std::mem::take(&mut self.digits);
        digits(values.first().copied().unwrap_or(""), &mut text);
        let packed = text.bytes().fold(0_u64, |number, digit| number << 4 | u64::from(digit - b'0'));
        if text.len() < FEWEST {
            cells.extend([NONE; 2]);
        } else {
            self.numbers.add(packed);
            cells.extend([(packed >> 32) as u32, packed as u32]);
        }
        self.digits = text;
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
        self.numbers.count();
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        if a[0] == NONE || b[0] == NONE {
            return Seen::MISSING;
        }
        let (a, b) = (Phone::number(a), Phone::number(b));
        if a != b {
            return Seen::level(Phone::near(a, b));
        }
        let alone = (self.records as f32).log2() + 3.0;
        Seen { level: 3, bits: shared_bits(alone, self.numbers.of(a), self.records) }
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        match key {
            _ if cells[0] == NONE => (),
            Key::Whole => keys.push(mix(Phone::number(cells) + 1)),
            Key::Rough => keys.push(mix(u64::from(cells[1] & 0x0FFF_FFFF) + 1)),
            Key::Word => (),
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.60), (Key::Rough, 0.65)]
    }
}
