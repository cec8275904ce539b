//! What is seen of a word at a glance: enough to tell of most words that they
//! are not alike, without a look at their letters.

use super::units::LONGEST;
use super::words::mix;

/// The letters of a word as a set, its ends and its length; of a word that is
/// longer, those of the part that is compared.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shape {
    /// A bit for each letter of `a` to `z`, and one for each of the first three
    /// times that a digit stands there; other characters share them.
    letters: u64,
    first: u8,
    last: u8,
    /// How many characters.
    pub length: u8,
    /// Whether it is one letter of ASCII, as initials are.
    pub initial: bool,
    /// Whether there is a digit: a house number, a year, the code of a model.
    pub code: bool,
}

impl Shape {
    pub fn of(text: &str) -> Self {
        let mut shape = Shape { initial: text.len() == 1, ..Shape::default() };
        for c in text.chars().take(LONGEST) {
            shape.last = (mix(u64::from(c)) & 0xFF) as u8;
            shape.first = if shape.length == 0 { shape.last } else { shape.first };
            shape.length += 1;
            shape.letters |= bit(c, shape.letters);
            shape.code |= c.is_ascii_digit();
        }
        shape
    }

    /// Whether so many slips may make one word of the other: each takes away
    /// one letter and brings another one, at most.
    pub fn is_near(self, other: Shape, slips: u32) -> bool {
        let longer = u32::from(self.length.abs_diff(other.length));
        longer <= slips && self.has_letters_of(other, slips)
    }

    /// The same, where one of them may go on.
    pub fn has_letters_of(self, other: Shape, slips: u32) -> bool {
        (self.letters ^ other.letters).count_ones() <= 2 * slips
    }

    /// Whether one word may be made of letters of the other.
    pub fn is_within(self, other: Shape) -> bool {
        let common = self.letters & other.letters;
        common == self.letters || common == other.letters
    }

    /// Whether they may begin with the same letter.
    pub fn begins_like(self, other: Shape) -> bool {
        self.first == other.first
    }

    /// Whether they may end with the same letter.
    pub fn ends_like(self, other: Shape) -> bool {
        self.last == other.last
    }
}

/// The bit that a character adds to a set.
fn bit(c: char, set: u64) -> u64 {
    match c {
        ' ' => 0,
        'a'..='z' => 1 << (c as u32 - 'a' as u32),
        '0'..='9' => {
            let times = 0b111 << (26 + 3 * (c as u32 - '0' as u32));
            (set & times) << 1 & times | times & times.wrapping_neg()
        }
        _ => 1 << (mix(u64::from(c)) % 64),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedupe::matching::distance::damerau;

    #[test]
    fn digits_count_up_to_three_times() {
        let near = |a, b, slips| Shape::of(a).has_letters_of(Shape::of(b), slips);
        assert!(near("7441", "7741", 1) && near("7441", "7411", 1) && near("77777", "7777", 0));
        assert!(!near("7441", "7233", 1) && !near("1111", "1234", 1) && !near("12", "1", 0));
    }

    proptest! {
        #[test]
        fn what_is_near_has_a_shape_that_is_near(a in "[a-c0-3 é王]{0,9}", b in "[a-c0-3 é王]{0,9}") {
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert!(Shape::of(&a).is_near(Shape::of(&b), damerau(&x, &y) as u32));
            prop_assert!(!a.contains(&b) || Shape::of(&a).is_within(Shape::of(&b)));
        }
    }
}
