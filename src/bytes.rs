//! Bytes, eight at a time.

const ONES: u64 = u64::from_le_bytes([1; 8]);

/// A byte, eight times.
pub(crate) fn eight(byte: u8) -> u64 {
    ONES * u64::from(byte)
}

/// Not zero if a byte of the word is, and its lowest bit set is of the first
/// such byte (*Hacker's Delight*, 6-1).
#[inline]
pub(crate) fn zero_byte(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}
