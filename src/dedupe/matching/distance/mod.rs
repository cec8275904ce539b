//! How unlike two strings are: edit distances, common subsequences and the Jaro–Winkler similarity, for millions of
//! pairs a second.
//!
//! Strings are slices of [`Unit`]s: bytes where all of them are ASCII, else code points. Answers are those of the
//! crate `strsim`, reached another way: a column of the matrix of distances is a handful of machine words (G. Myers, *A
//! fast bit-vector algorithm for approximate string matching based on dynamic programming*, 1999; H. Hyyrö, *A
//! bit-vector algorithm for computing Levenshtein and Damerau edit distances*, 2003). Where the shorter string has up to
//! 64 units nothing is allocated. Each function says what it costs; the caller cuts what is too long.

mod edit;
mod jaro;
mod lcs;
mod masks;
#[cfg(test)]
mod tests;

pub use edit::{damerau, damerau_within, levenshtein};
pub use jaro::{jaro, jaro_winkler};
pub use lcs::lcs;

/// What strings are made of, as far as distances can see: `u8`, `u32` and `char` are.
pub trait Unit: Copy + Ord + Into<u32> {}

impl<T: Copy + Ord + Into<u32>> Unit for T {}

/// How many units two strings have in common at their beginnings.
pub fn common_prefix<U: Unit>(a: &[U], b: &[U]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// How many units two strings have in common at their ends.
fn common_suffix<U: Unit>(a: &[U], b: &[U]) -> usize {
    a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

/// What differs: the shorter and the longer string without their common beginning and end, and the length of these.
fn differing<'u, U: Unit>(a: &'u [U], b: &'u [U]) -> (&'u [U], &'u [U], usize) {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let prefix = common_prefix(short, long);
    let (short, long) = (&short[prefix..], &long[prefix..]);
    let suffix = common_suffix(short, long);
    (&short[..short.len() - suffix], &long[..long.len() - suffix], prefix + suffix)
}
