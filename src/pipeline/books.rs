//! The books of a run: every record by its identity, in exactly one disposition.

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::record::RecordId;

/// How many records ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Records read.
    pub read: u64,
    /// Records that a mapper made beyond one for each record read.
    pub split: u64,
    /// Written, and new in the target.
    pub created: u64,
    /// Written over what the target had.
    pub updated: u64,
    /// In the target already, just the same.
    pub unchanged: u64,
    /// Merged into another record.
    pub merged: u64,
    /// Set aside with a reason.
    pub rejected: u64,
    /// Left out for a named reason.
    pub filtered: u64,
    /// Sent to the target, which may have it or not: the connection was lost
    /// before it said. Only in a run that ended early.
    pub in_doubt: u64,
    /// Read, but neither written nor set aside, because the run ended early.
    pub unfinished: u64,
}

impl Counts {
    /// Records that are in the target: created, updated and unchanged.
    pub fn written(&self) -> u64 {
        self.created + self.updated + self.unchanged
    }

    /// Whether `read + split = written + merged + rejected + filtered + in doubt + unfinished`.
    pub fn balanced(&self) -> bool {
        self.read + self.split == self.settled() + self.unfinished
    }

    fn settled(&self) -> u64 {
        self.written() + self.merged + self.rejected + self.filtered + self.in_doubt
    }

    pub(crate) fn add(&mut self, other: &Counts) {
        self.read += other.read;
        self.split += other.split;
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.merged += other.merged;
        self.rejected += other.rejected;
        self.filtered += other.filtered;
        self.in_doubt += other.in_doubt;
        self.unfinished += other.unfinished;
    }
}

/// How a record ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    Created,
    Updated,
    Unchanged,
    Merged,
    Rejected,
    Filtered,
    InDoubt,
}

/// The books of all inputs.
pub(crate) struct Books {
    inputs: Vec<InputBooks>,
    /// Whether what is written and not durable may be in the target or not.
    doubt: bool,
}

#[derive(Default)]
struct InputBooks {
    counts: Counts,
    durable: Counts,
    /// The last row that was read.
    last: u64,
    /// Which rows are booked, one set a part; rows of a part beyond the first
    /// must be born before they can be booked.
    booked: Vec<RowSet>,
    born: Vec<RowSet>,
    /// Which rows are set aside, whatever became of their other parts.
    aside: RowSet,
}

impl Books {
    pub fn new(inputs: usize) -> Self {
        Books { inputs: (0..inputs).map(|_| InputBooks::default()).collect(), doubt: false }
    }

    /// More rows of an input were read, up to one. Rows that a source passed over, because an
    /// earlier run had them, are not counted.
    pub fn read(&mut self, input: u32, rows: u64, last: u64) {
        let books = &mut self.inputs[input as usize];
        books.counts.read += rows;
        books.last = books.last.max(last);
    }

    /// A row has a further part.
    pub fn born(&mut self, id: RecordId) {
        let books = &mut self.inputs[id.input as usize];
        books.counts.split += 1;
        set_of(&mut books.born, id.part).insert(id.row);
    }

    pub fn book(&mut self, id: RecordId, disposition: Disposition) -> Result<()> {
        let books = &mut self.inputs[id.input as usize];
        if !set_of(&mut books.booked, id.part).insert(id.row) {
            let message = format!("row {} of input {} was booked twice", id.row, id.input + 1);
            return Err(Error::new(ErrorKind::Unbalanced, message));
        }
        *books.counts.of(disposition) += 1;
        Ok(())
    }

    /// The row of a record is set aside; false if it was already, for another part.
    pub fn set_aside(&mut self, id: RecordId) -> bool {
        self.inputs[id.input as usize].aside.insert(id.row)
    }

    /// Whatever is booked as written so far stays written, come what may.
    pub fn mark_durable(&mut self) {
        for books in &mut self.inputs {
            books.durable = books.counts;
        }
    }

    /// What is booked as written and not durable may be in the target or not.
    pub fn mark_in_doubt(&mut self) {
        self.doubt = true;
    }

    /// The run ended early: what the sink did not mark as durable is undone.
    pub fn abandon(&mut self) {
        for InputBooks { counts, durable, .. } in &mut self.inputs {
            if self.doubt {
                counts.in_doubt += counts.written() + counts.merged - durable.written() - durable.merged;
            }
            counts.created = durable.created;
            counts.updated = durable.updated;
            counts.unchanged = durable.unchanged;
            counts.merged = durable.merged;
            counts.unfinished = (counts.read + counts.split).saturating_sub(counts.settled());
        }
    }

    /// How many records the target may have or not.
    pub fn in_doubt(&self) -> u64 {
        self.inputs.iter().map(|books| books.counts.in_doubt).sum()
    }

    /// Checks that every record, but for the open ones, is booked.
    pub fn check(&self, open: &mut dyn Iterator<Item = RecordId>) -> Result<()> {
        let mut waiting = vec![0u64; self.inputs.len()];
        for id in open {
            waiting[id.input as usize] += 1;
        }
        for (number, (books, waiting)) in self.inputs.iter().zip(waiting).enumerate() {
            let expected = books.counts.read + books.counts.split;
            let found = books.booked.iter().map(RowSet::len).sum::<u64>() + waiting;
            if expected != found || !books.known() {
                return Err(Error::new(
                    ErrorKind::Unbalanced,
                    format!("input {}: {expected} records came in, {found} are accounted for", number + 1),
                ));
            }
        }
        Ok(())
    }

    pub fn counts(&self, input: usize) -> Counts {
        self.inputs[input].counts
    }
}

impl InputBooks {
    /// Whether only rows are booked that were read, and only parts that were born.
    fn known(&self) -> bool {
        let first = self.booked.first().is_none_or(|rows| rows.max() <= self.last);
        let nothing = RowSet::default();
        let rest = (1..self.booked.len()).all(|part| {
            let born = self.born.get(part).unwrap_or(&nothing);
            self.booked[part].is_subset(born)
        });
        first && rest
    }
}

impl Counts {
    fn of(&mut self, disposition: Disposition) -> &mut u64 {
        match disposition {
            Disposition::Created => &mut self.created,
            Disposition::Updated => &mut self.updated,
            Disposition::Unchanged => &mut self.unchanged,
            Disposition::Merged => &mut self.merged,
            Disposition::Rejected => &mut self.rejected,
            Disposition::Filtered => &mut self.filtered,
            Disposition::InDoubt => &mut self.in_doubt,
        }
    }
}

fn set_of(sets: &mut Vec<RowSet>, part: u32) -> &mut RowSet {
    let part = part as usize;
    if sets.len() <= part {
        sets.resize_with(part + 1, RowSet::default);
    }
    &mut sets[part]
}

/// A set of row numbers, a bit each.
#[derive(Default)]
struct RowSet {
    words: Vec<u64>,
    len: u64,
}

impl RowSet {
    /// Adds a row; false if it was there.
    fn insert(&mut self, row: u64) -> bool {
        let (word, bit) = ((row / 64) as usize, 1 << (row % 64));
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        self.len += u64::from(new);
        new
    }

    fn len(&self) -> u64 {
        self.len
    }

    fn max(&self) -> u64 {
        let last = self.words.iter().rposition(|word| *word != 0);
        last.map_or(0, |at| at as u64 * 64 + 63 - u64::from(self.words[at].leading_zeros()))
    }

    fn is_subset(&self, of: &RowSet) -> bool {
        self.words.iter().enumerate().all(|(at, word)| word & !of.words.get(at).copied().unwrap_or(0) == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(row: u64, part: u32) -> RecordId {
        RecordId { input: 0, row, part }
    }

    #[test]
    fn every_row_once() {
        let mut books = Books::new(1);
        books.read(0, 2, 2);
        books.book(id(1, 0), Disposition::Created).unwrap();
        assert_eq!(
            books.check(&mut std::iter::empty()).unwrap_err().to_string(),
            "input 1: 2 records came in, 1 are accounted for"
        );
        books.check(&mut [id(2, 0)].into_iter()).unwrap();
        books.book(id(2, 0), Disposition::Filtered).unwrap();
        books.check(&mut std::iter::empty()).unwrap();
        assert!(books.counts(0).balanced());
        assert_eq!(
            books.book(id(2, 0), Disposition::Created).unwrap_err().to_string(),
            "row 2 of input 1 was booked twice"
        );
    }

    #[test]
    fn the_wrong_row_does_not_stand_in_for_the_right_one() {
        let mut books = Books::new(1);
        books.read(0, 2, 2);
        books.book(id(1, 0), Disposition::Created).unwrap();
        books.book(id(3, 0), Disposition::Created).unwrap();
        assert!(books.check(&mut std::iter::empty()).is_err());
    }

    #[test]
    fn parts_must_be_born() {
        let mut books = Books::new(1);
        books.read(0, 1, 1);
        books.born(id(1, 1));
        books.book(id(1, 0), Disposition::Created).unwrap();
        books.book(id(1, 2), Disposition::Created).unwrap();
        assert!(books.check(&mut std::iter::empty()).is_err());
    }

    #[test]
    fn what_is_not_durable_is_unfinished() {
        let mut books = Books::new(1);
        books.read(0, 3, 3);
        books.book(id(1, 0), Disposition::Created).unwrap();
        books.mark_durable();
        books.book(id(2, 0), Disposition::Created).unwrap();
        books.abandon();
        let counts = books.counts(0);
        assert_eq!((counts.created, counts.unfinished), (1, 2));
        assert!(counts.balanced());
    }
}
