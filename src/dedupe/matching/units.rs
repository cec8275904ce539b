//! Two texts as slices of their characters, without a copy where they are ASCII.

/// The longest text that is compared character by character.
pub(crate) const LONGEST: usize = 64;

/// Calls `ascii` with the bytes of two ASCII texts, or else `wide` with the
/// characters; of texts that are longer, with their first 64.
pub(crate) fn with_units<R>(
    a: &str,
    b: &str,
    ascii: impl FnOnce(&[u8], &[u8]) -> R,
    wide: impl FnOnce(&[char], &[char]) -> R,
) -> R {
    if a.is_ascii() && b.is_ascii() {
        let cut = |text: &str| text.len().min(LONGEST);
        return ascii(&a.as_bytes()[..cut(a)], &b.as_bytes()[..cut(b)]);
    }
    let (mut left, mut right) = (['\0'; LONGEST], ['\0'; LONGEST]);
    let (a, b) = (fill(&mut left, a), fill(&mut right, b));
    wide(&left[..a], &right[..b])
}

fn fill(into: &mut [char; LONGEST], text: &str) -> usize {
    into.iter_mut().zip(text.chars()).map(|(place, c)| *place = c).count()
}
