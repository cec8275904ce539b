//! What is seen of a word at a glance: enough to tell of most words that they
//! are not alike, without a look at their letters.

use super::units::LONGEST;
use super::words::mix;

/// The letters of a word as a set, its ends and its length; of a word that is
/// longer, those of the part that is compared.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shape {
    /// A bit for each letter of `a` to `z`; other characters share bits.
    letters: u32,
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
            shape.letters |= if c == ' ' { 0 } else { 1 << bit(c) };
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

fn bit(c: char) -> u32 {
    match c {
        'a'..='z' => c as u32 - 'a' as u32,
        '0'..='9' => 26 + (c as u32 - '0' as u32) % 6,
        _ => mix(u64::from(c)) as u32 % 32,
    }
}
