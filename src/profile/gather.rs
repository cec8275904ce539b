//! What is kept of a column while its values go by.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use super::counting::{Distinct, Frequent, Sample};
use super::scan::{Flags, hash, scan, shape};
use crate::error::Place;
use crate::map::{Evidence, Fits, Witness};
use crate::normalize::date::OrderEvidence;
use crate::normalize::{Normalizer, empty_to_null};
use crate::record::Value;
use crate::schema::Field;

/// How many values, shapes and examples are held of a column.
const VALUES: usize = 1024;
const SHAPES: usize = 256;
const EXAMPLES: usize = 1000;
/// Of longer values only the beginning is held.
const HELD_BYTES: usize = 200;
/// Different values are counted exactly up to this number, and up to a part
/// of the total where there are many columns.
const EXACT: usize = 20_000;
const EXACT_IN_ALL: usize = 1_000_000;
const EXACT_AT_LEAST: usize = 1024;
/// After so many values, a column that has few numbers or addresses does not need their keys.
const ENOUGH: u64 = 10_000;
/// Columns that are examined in full; of many the memory is divided.
const USUAL_COLUMNS: usize = 64;

/// What is known of one value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    chars: u32,
    flags: Flags,
    shape: u64,
    fits: Fits,
}

/// The counts of a column.
pub(super) struct Gather {
    pub nulls: u64,
    /// Values of white space only.
    pub blanks: u64,
    pub filled: u64,
    /// The least and the most characters, and all together.
    pub lengths: (u32, u32, u64),
    pub distinct: Distinct,
    pub frequent: Frequent<Facts>,
    pub shapes: Frequent<()>,
    pub sample: Sample,
    pub email_keys: Keys,
    pub phone_keys: Keys,
    flags: [u64; Flags::COUNT],
    witness: Witness,
    scratch: String,
    reconsidered: bool,
}

/// The keys of values that mean the same when they are equal.
pub(super) struct Keys {
    pub distinct: Distinct,
    pub given_up: bool,
}

impl Gather {
    pub fn new(field: &Field, columns: usize) -> Self {
        let bound = (EXACT_IN_ALL / columns.max(1)).clamp(EXACT_AT_LEAST, EXACT);
        let part = |most: usize| (most * USUAL_COLUMNS / columns.max(USUAL_COLUMNS)).max(32);
        let keys = || Keys { distinct: Distinct::up_to(bound), given_up: false };
        Gather {
            nulls: 0,
            blanks: 0,
            filled: 0,
            lengths: (u32::MAX, 0, 0),
            distinct: Distinct::up_to(bound),
            frequent: Frequent::of(part(VALUES)),
            shapes: Frequent::of(part(SHAPES)),
            sample: Sample::of(part(EXAMPLES)),
            email_keys: keys(),
            phone_keys: keys(),
            flags: [0; Flags::COUNT],
            witness: Witness::new(field),
            scratch: String::new(),
            reconsidered: false,
        }
    }

    pub fn see(&mut self, value: Value<'_>, place: impl Fn() -> Place) {
        match value {
            Value::Null => self.nulls += 1,
            Value::Text(text) => self.text(text, value, place),
            other => {
                use std::fmt::Write;
                let mut text = std::mem::take(&mut self.scratch);
                text.clear();
                // Writing into a `String` does not fail.
                let _ = write!(text, "{other}");
                self.text(&text, other, place);
                self.scratch = text;
            }
        }
    }

    #[inline]
    fn text(&mut self, text: &str, value: Value<'_>, place: impl Fn() -> Place) {
        let hash = hash(text.as_bytes());
        if self.frequent.hit(hash, 1) {
            self.filled += 1;
        } else if value.is_blank() {
            self.blanks += 1;
        } else {
            self.filled += 1;
            self.stranger(hash, text, value, place);
        }
    }

    /// A value that has no place among the frequent ones.
    fn stranger(&mut self, hash: u64, text: &str, value: Value<'_>, place: impl Fn() -> Place) {
        let facts = self.look(text, value);
        self.witness.meet(facts.fits, place);
        self.distinct.add(hash);
        self.sample.add(hash, || held(text));
        if facts.flags.has(Flags::EMAIL) && !self.email_keys.given_up {
            self.email_keys.distinct.add(email_key(text));
        }
        if facts.flags.has(Flags::PHONE) && !self.phone_keys.given_up {
            self.phone_keys.distinct.add(phone_key(text));
        }
        let Gather { frequent, flags, lengths, shapes, witness, .. } = self;
        let left = |facts: &Facts, seen| {
            count(facts, seen, flags, lengths, shapes, witness);
        };
        let placed = frequent.admit(hash, 1, || (held(text), facts), left);
        // What has a place is counted when it leaves it.
        let known = match placed {
            true => shapes.hit(facts.shape, 0),
            false => count(&facts, 1, flags, lengths, shapes, witness),
        };
        if !known {
            shapes.admit(facts.shape, u64::from(!placed), || (shape(text).into(), ()), |(), _| {});
        }
        if !placed {
            self.reconsider();
        }
    }

    /// Stops to keep keys that nobody will ask for.
    fn reconsider(&mut self) {
        if self.reconsidered || self.filled < ENOUGH {
            return;
        }
        self.reconsidered = true;
        let placed = |flag| {
            self.frequent
                .placed()
                .filter(|placed| placed.facts.flags.has(flag))
                .map(|placed| placed.seen)
                .sum::<u64>()
        };
        let few = |flag| self.flagged(flag) + placed(flag) < self.filled / 4;
        (self.email_keys.given_up, self.phone_keys.given_up) = (few(Flags::EMAIL), few(Flags::PHONE));
    }

    fn look(&self, text: &str, value: Value<'_>) -> Facts {
        let scan = scan(text);
        let mut flags = scan.flags;
        let is_text = matches!(value, Value::Text(_));
        if flags.has(Flags::AT) {
            flags.add_if(Flags::EMAIL, is_email_like(text));
        } else if scan.digits > 0 && is_text && scan.chars <= 32 {
            flags.add(numeric(text, scan.digits, scan.flags));
        }
        flags.add_if(Flags::NOTHING, scan.chars <= 8 && is_nothing(text));
        Facts { chars: scan.chars, flags, shape: scan.shape, fits: Fits::of(value) }
    }

    /// Takes what is held back into the counts; before anything is read off.
    pub fn settle(&mut self) {
        let Gather { frequent, flags, lengths, shapes, witness, .. } = self;
        for placed in frequent.placed() {
            count(placed.facts, placed.seen, flags, lengths, shapes, witness);
        }
    }

    /// How many values have something odd about them.
    pub fn flagged(&self, flag: Flags) -> u64 {
        self.flags[flag.0.trailing_zeros() as usize]
    }

    /// What the kind of the column is.
    pub fn evidence(&self) -> Evidence {
        self.witness.clone().conclude()
    }

    /// The values that are held, each with how often it was there at least.
    pub fn held(&self) -> impl Iterator<Item = (&str, u64)> {
        let placed = self.frequent.placed();
        let known: HashSet<&str> = placed.clone().map(|placed| placed.text).collect();
        let others = self.sample.values().filter(move |value| !known.contains(value));
        placed.map(|placed| (placed.text, placed.seen)).chain(others.map(|value| (value, 1)))
    }

    /// Whether every value is among those that are held.
    pub fn holds_all(&self) -> bool {
        self.frequent.is_exact()
    }
}

/// Counts values of these facts; false if their shape has no place.
fn count(
    facts: &Facts,
    seen: u64,
    flags: &mut [u64; Flags::COUNT],
    lengths: &mut (u32, u32, u64),
    shapes: &mut Frequent<()>,
    witness: &mut Witness,
) -> bool {
    let mut bits = facts.flags.0;
    while bits != 0 {
        flags[bits.trailing_zeros() as usize] += seen;
        bits &= bits - 1;
    }
    *lengths =
        (lengths.0.min(facts.chars), lengths.1.max(facts.chars), lengths.2 + u64::from(facts.chars) * seen);
    witness.count(facts.fits, seen);
    shapes.hit(facts.shape, seen)
}

/// The beginning of a value.
fn held(text: &str) -> Box<str> {
    let end = (0..=HELD_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text[..end.unwrap_or(0)].into()
}

/// Whether a text is a word for nothing: `N/A`, `无`.
pub(super) fn is_nothing(text: &str) -> bool {
    static WORDS: LazyLock<Box<dyn Normalizer>> = LazyLock::new(empty_to_null);
    matches!(WORDS.normalize(text).as_deref(), Ok(""))
}

fn is_email_like(text: &str) -> bool {
    let text = text.trim();
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace)
    })
}

/// What values of digits may be.
fn numeric(text: &str, digits: u32, scanned: Flags) -> Flags {
    let mut flags = Flags::default();
    if is_year_first(text) {
        return flags;
    }
    let order = date_order(text);
    flags.add(order.unwrap_or_default());
    let is_date = order.is_some();
    let is_phone = (7..=17).contains(&digits) && !scanned.has(Flags::NOT_PHONE) && !is_date;
    flags.add_if(Flags::PHONE, is_phone && !text.contains('.') | text.starts_with('+'));
    flags.add_if(Flags::EXPONENT, scanned.has(Flags::LETTER) && is_exponent(text));
    let whole = text.split_once('.').filter(|(_, rest)| !rest.is_empty() && rest.bytes().all(|b| b == b'0'));
    let is_whole =
        whole.is_some_and(|(whole, _)| whole.len() >= 5 && whole.bytes().all(|b| b.is_ascii_digit()));
    flags.add_if(Flags::POINT_ZERO, is_whole);
    flags
}

/// A large number as spreadsheets write it: `1.38E+10`.
fn is_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = exponent.strip_prefix('+').unwrap_or(exponent);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    is_number(mantissa) && is_number(digits) && digits.len() <= 3
}

fn is_year_first(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8
        && bytes.starts_with(b"19") | bytes.starts_with(b"20")
        && matches!(bytes[4], b'-' | b'/' | b'.')
}

/// What a value says about the order of day and month, if it is such a date.
fn date_order(text: &str) -> Option<Flags> {
    let start = text.as_bytes().get(1..3)?;
    if !start.iter().any(|b| matches!(b, b'/' | b'.' | b'-')) {
        return None;
    }
    let mut evidence = OrderEvidence::default();
    evidence.see(text);
    Some(match (evidence.day_first(), evidence.month_first(), evidence.either()) {
        (1.., ..) => Flags::DAY_FIRST,
        (_, 1.., _) => Flags::MONTH_FIRST,
        (.., 1..) => Flags::EITHER_FIRST,
        _ => return None,
    })
}

/// Addresses that differ in case or white space are the same.
fn email_key(text: &str) -> u64 {
    let text = text.trim();
    let lower = match text.bytes().any(|b| b.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    };
    hash(lower.as_bytes())
}

/// Numbers that end in the same digits are the same: eleven of a mobile number
/// in China, else nine, since the rest may be the code of a country.
fn phone_key(text: &str) -> u64 {
    let mut digits = [0; 24];
    let mut length = 0;
    for (place, digit) in digits.iter_mut().zip(text.bytes().filter(u8::is_ascii_digit)) {
        *place = digit;
        length += 1;
    }
    let digits = &digits[..length];
    let last = |count: usize| &digits[length.saturating_sub(count)..];
    let mobile = last(11);
    let is_mobile = mobile.len() == 11 && mobile[0] == b'1' && mobile[1] >= b'3';
    hash(if is_mobile { mobile } else { last(9) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_set_the_way_of_writing_aside() {
        assert_eq!(email_key(" Wang@Example.CN"), email_key("wang@example.cn"));
        assert_eq!(phone_key("+86 138 0013 8000"), phone_key("13800138000"));
        assert_eq!(phone_key("+49 30 23125039"), phone_key("(030) 2312 5039"));
        assert_ne!(phone_key("13800138000"), phone_key("13900138000"));
    }

    #[test]
    fn what_digits_may_be() {
        let has = |text: &str, flag| numeric(text, scan(text).digits, scan(text).flags).has(flag);
        assert!(
            has("1.38E+10", Flags::EXPONENT) && has("1e5", Flags::EXPONENT) && !has("1E+", Flags::EXPONENT)
        );
        assert!(has("12345.0", Flags::POINT_ZERO) && !has("12.0", Flags::POINT_ZERO));
        assert!(has("31/12/2020", Flags::DAY_FIRST) && has("12/31/20", Flags::MONTH_FIRST));
        assert!(has("03.04.2020 10:00", Flags::EITHER_FIRST) && !has("03.03.2020", Flags::EITHER_FIRST));
        assert!(
            has("138-0013-8000", Flags::PHONE)
                && !has("2024-01-02", Flags::PHONE)
                && !has("12.5", Flags::PHONE)
        );
        assert!(!has("1250000.50", Flags::PHONE) && has("+49.30.2312503", Flags::PHONE));
    }
}
