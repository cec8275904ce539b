//! How two values of a role are compared: to a level of agreement, and to the
//! chance that two strangers agree as well.

use std::collections::HashMap;

mod alike;
mod bag;
mod code;
mod company;
mod date;
mod email;
mod joined;
mod number;
mod own;
mod person;
mod phone;

pub(crate) use bag::Bag;
pub(crate) use code::{Code, Kind as CodeKind};
pub(crate) use company::Company;
pub(crate) use date::Date;
pub(crate) use email::Email;
pub(crate) use number::Number;
pub(crate) use own::Own;
pub(crate) use person::Person;
pub(crate) use phone::Phone;

/// A level of agreement, and what is taken for certain before there are data.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    /// What people call it: `same number`.
    pub name: &'static str,
    /// The share of pairs of the same customer that agree like this.
    pub same: f64,
    /// The share of pairs of strangers, where the values do not tell.
    pub chance: f64,
}

/// What comparing two values has shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Seen {
    /// Which level, from 0, the lowest; [`MISSING`](Self::MISSING) where a value is.
    pub level: u8,
    /// How surprising it were that a stranger agrees like this, in bits: the
    /// negative logarithm of the chance. Not a number where only the level tells.
    pub bits: f32,
}

impl Seen {
    /// A value is missing, which says nothing.
    pub const MISSING: Seen = Seen { level: u8::MAX, bits: f32::NAN };

    pub fn level(level: u8) -> Self {
        Seen { level, bits: f32::NAN }
    }

    pub fn is_missing(self) -> bool {
        self.level == u8::MAX
    }
}

/// What a blocking rule groups records by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    /// The whole value, as it is compared.
    Whole,
    /// A part that survives most mistakes: how a name sounds, the end of a number.
    Rough,
    /// Single words that few records have.
    Word,
}

/// The cells of a field in the rows of all records.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'t> {
    /// From the first cell of the field on.
    pub cells: &'t [u32],
    /// How far rows are apart.
    pub apart: usize,
    pub width: usize,
}

impl<'t> Rows<'t> {
    fn of(self, record: u32) -> &'t [u32] {
        &self.cells[record as usize * self.apart..][..self.width]
    }

    /// A cell of both records of each pair that differs in it.
    fn different(self, pairs: &[(u32, u32)], cell: usize) -> impl Iterator<Item = u32> + Clone {
        let both = pairs.iter().map(move |(a, b)| [self.of(*a)[cell], self.of(*b)[cell]]);
        both.filter(|[a, b]| a != b).flatten().filter(|cell| *cell != NONE)
    }
}

/// A field of all records, prepared for being compared: some cells in the row
/// of each record, and what they refer to.
pub(crate) trait Compared: Send + Sync {
    /// How many cells a record has.
    fn width(&self) -> usize;

    /// Adds the next record, whose values are given as text. Its cells are
    /// added at once or with those of later records, in order.
    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>);

    /// Adds the cells that are missing yet.
    fn flush(&mut self, _cells: &mut Vec<u32>) {}

    /// All records have been added.
    fn finish(&mut self, records: usize);

    /// The levels, from the lowest.
    fn levels(&self) -> &'static [Level];

    /// Compares the cells of two records.
    fn compare(&self, a: &[u32], b: &[u32]) -> Seen;

    /// Looks at what will be compared, so that it is near when it is. Much of
    /// the time is spent waiting for the memory, and many waits may go on at once.
    fn fetch(&self, _rows: Rows<'_>, _pairs: &[(u32, u32)]) {}

    /// Compares many pairs of records, each into its place.
    fn compare_all(&self, rows: Rows<'_>, pairs: &[(u32, u32)], seen: &mut [Seen]) {
        self.fetch(rows, pairs);
        for ((a, b), seen) in pairs.iter().zip(seen) {
            *seen = self.compare(rows.of(*a), rows.of(*b));
        }
    }

    /// Adds the keys of a record; none where the value is missing or says too little.
    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>);

    /// The kinds of keys there are, and for each the share of pairs of the
    /// same customer that have a key in common, where both have the value.
    fn kinds(&self) -> &'static [(Key, f64)];
}

/// How often values stand there that more than two records have: a pair that
/// shares another is alone in having it.
#[derive(Default)]
pub(crate) struct Shared {
    values: Vec<u64>,
    counts: HashMap<u64, u32>,
}

impl Shared {
    fn add(&mut self, value: u64) {
        self.values.push(value);
    }

    /// All values have been added.
    fn count(&mut self) {
        let mut values = std::mem::take(&mut self.values);
        values.sort_unstable();
        let often = values.chunk_by(|a, b| a == b).filter(|same| same.len() > 2);
        self.counts = often.map(|same| (same[0], same.len() as u32)).collect();
    }

    /// How many records have a value that two have.
    fn of(&self, value: u64) -> u32 {
        self.counts.get(&value).copied().unwrap_or(2)
    }
}

/// The cell of a value that is not there.
pub(crate) const NONE: u32 = u32::MAX;

/// How surprising it is, in bits, that a stranger has a value that so many of
/// so many records have. Two of them are the pair that is looked at: how rare
/// the value is otherwise, the others tell.
pub(crate) fn bits(count: u32, records: usize) -> f32 {
    (records.max(1) as f32 / (count as f32 - 1.5).max(0.5)).log2()
}

/// How surprising it is that two records share a value. By chance alone they
/// would with `alone` bits; and each further record that has the value shows
/// that it is shared.
pub(crate) fn shared_bits(alone: f32, count: u32, records: usize) -> f32 {
    match count.saturating_sub(2) {
        0 => alone,
        others => {
            let shared = others as f32 / records.max(1) as f32;
            -((-alone).exp2() + shared).log2()
        }
    }
}
