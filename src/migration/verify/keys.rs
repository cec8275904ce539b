//! Sets of keys that may be larger than memory: their hashes, sorted, in runs.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};

use crate::error::{Error, Result};
use crate::migration::target::TargetId;

/// How many hashes are held in memory: 16 MiB.
const RUN: usize = 2 << 20;

/// The hash of a text, the same on every machine (FNV-1a, and the end of MurmurHash3).
pub(super) fn hash_of(text: &str) -> u64 {
    let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = text.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, fnv);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// A number is its own hash, so that rows in the order of their ids are sorted already.
pub(super) fn hash_of_id(id: &TargetId) -> u64 {
    match id {
        TargetId::Number(number) => *number as u64,
        TargetId::Text(text) => hash_of(text),
    }
}

/// A set of hashes.
#[derive(Default)]
pub(super) struct KeySet {
    run: Vec<u64>,
    spilled: Vec<File>,
}

impl KeySet {
    pub fn add(&mut self, hash: u64) -> Result<()> {
        if self.run.last() != Some(&hash) {
            self.run.push(hash);
        }
        if self.run.len() < RUN {
            return Ok(());
        }
        self.sort();
        // Few that come again and again stay in memory.
        if self.run.len() > RUN / 2 { self.spill() } else { Ok(()) }
    }

    /// How many there are.
    pub fn len(&mut self) -> Result<u64> {
        let (mut count, mut own) = (0, Merged::of(self)?);
        while own.next()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn sort(&mut self) {
        self.run.sort_unstable();
        self.run.dedup();
    }

    fn spill(&mut self) -> Result<()> {
        let mut spill = || {
            let mut file = BufWriter::new(tempfile::tempfile()?);
            self.run.iter().try_for_each(|hash| file.write_all(&hash.to_le_bytes()))?;
            self.spilled.push(file.into_inner()?);
            Ok(())
        };
        spill().map_err(|error| Error::io("cannot write a temporary file for keys", error))?;
        self.run.clear();
        Ok(())
    }

    /// Those that are not in another set, at most so many, and how many there are.
    pub fn without(&mut self, other: &mut KeySet, most: usize) -> Result<(HashSet<u64>, u64)> {
        let (mut left, mut count) = (HashSet::new(), 0);
        let (mut own, mut other) = (Merged::of(self)?, Merged::of(other)?);
        let mut next = other.next()?;
        while let Some(hash) = own.next()? {
            while next.is_some_and(|next| next < hash) {
                next = other.next()?;
            }
            if next != Some(hash) {
                count += 1;
                if left.len() < most {
                    left.insert(hash);
                }
            }
        }
        Ok((left, count))
    }
}

/// The hashes of a set in ascending order, each once.
struct Merged<'s> {
    runs: Vec<Run<'s>>,
    heap: BinaryHeap<Reverse<(u64, usize)>>,
    last: Option<u64>,
}

enum Run<'s> {
    Memory(std::slice::Iter<'s, u64>),
    File(BufReader<&'s File>),
}

impl<'s> Merged<'s> {
    fn of(set: &'s mut KeySet) -> Result<Self> {
        set.sort();
        let mut runs = vec![Run::Memory(set.run.iter())];
        for mut file in &set.spilled {
            file.rewind().map_err(unreadable)?;
            runs.push(Run::File(BufReader::new(file)));
        }
        let mut merged = Merged { runs, heap: BinaryHeap::new(), last: None };
        for run in 0..merged.runs.len() {
            merged.take(run)?;
        }
        Ok(merged)
    }

    fn take(&mut self, run: usize) -> Result<()> {
        if let Some(hash) = self.runs[run].next()? {
            self.heap.push(Reverse((hash, run)));
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<u64>> {
        while let Some(Reverse((hash, run))) = self.heap.pop() {
            self.take(run)?;
            if self.last.replace(hash) != Some(hash) {
                return Ok(Some(hash));
            }
        }
        Ok(None)
    }
}

impl Run<'_> {
    fn next(&mut self) -> Result<Option<u64>> {
        let file = match self {
            Run::Memory(hashes) => return Ok(hashes.next().copied()),
            Run::File(file) => file,
        };
        let mut eight = [0; 8];
        match file.read_exact(&mut eight) {
            Ok(()) => Ok(Some(u64::from_le_bytes(eight))),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }
}

fn unreadable(error: std::io::Error) -> Error {
    Error::io("cannot read a temporary file of keys", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_other_set_is_found_also_on_disk() {
        let mix = |number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let (mut one, mut other) = (KeySet::default(), KeySet::default());
        for number in 0..100_u64 {
            one.add(mix(number)).unwrap();
            one.add(mix(number % 7)).unwrap();
            if number % 40 == 0 {
                one.sort();
                one.spill().unwrap();
            }
            if number != 3 && number != 55 {
                other.add(mix(number)).unwrap();
            }
        }
        let (left, count) = one.without(&mut other, 10).unwrap();
        assert_eq!((left, count), (HashSet::from([mix(3), mix(55)]), 2));
    }
}
