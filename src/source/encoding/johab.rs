//! Johab (KS X 1001, annex 3): syllables of Korean by their letters, five bits each.

use super::own::{Step, ks_x_1001};

/// What stands at the beginning of bytes that do not begin with ASCII.
pub fn step(bytes: &[u8]) -> Step {
    match bytes {
        [first @ 0x84..=0xD3, second @ (0x41..=0x7E | 0x81..=0xFE), ..] => {
            decoded(syllable(u32::from(*first) << 8 | u32::from(*second)))
        }
        [first @ (0xD9..=0xDE | 0xE0..=0xF9), second @ (0x31..=0x7E | 0x91..=0xFE), ..] => {
            decoded(symbol(*first, *second))
        }
        [0x84..=0xD3 | 0xD9..=0xDE | 0xE0..=0xF9] => Step::Torn,
        _ => Step::Bad(1),
    }
}

fn decoded(c: Option<char>) -> Step {
    c.map_or(Step::Bad(1), |c| Step::Char(c, 2))
}

/// A letter in its place, or none there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    None,
    Number(u32),
}

fn syllable(code: u32) -> Option<char> {
    let lead = match code >> 10 & 31 {
        1 => Letter::None,
        number @ 2..=20 => Letter::Number(number - 2),
        _ => return None,
    };
    let vowel = match code >> 5 & 31 {
        2 => Letter::None,
        number @ 3..=7 => Letter::Number(number - 3),
        number @ 10..=15 => Letter::Number(number - 5),
        number @ 18..=23 => Letter::Number(number - 7),
        number @ 26..=29 => Letter::Number(number - 9),
        _ => return None,
    };
    let tail = match code & 31 {
        1 => Letter::None,
        number @ 2..=17 => Letter::Number(number - 1),
        number @ 19..=29 => Letter::Number(number - 2),
        _ => return None,
    };
    composed(lead, vowel, tail)
}

/// A syllable (U+AC00 and on), or a letter alone (U+3131 and on).
fn composed(lead: Letter, vowel: Letter, tail: Letter) -> Option<char> {
    const LEADS: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
    const TAILS: &str = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
    let nth = |letters: &str, at: u32| letters.chars().nth(usize::try_from(at).ok()?);
    match (lead, vowel, tail) {
        (Letter::Number(lead), Letter::Number(vowel), tail) => {
            let tail = if let Letter::Number(tail) = tail { tail } else { 0 };
            char::from_u32(0xAC00 + (lead * 21 + vowel) * 28 + tail)
        }
        (Letter::Number(lead), Letter::None, Letter::None) => nth(LEADS, lead),
        (Letter::None, Letter::Number(vowel), Letter::None) => char::from_u32(0x314F + vowel),
        (Letter::None, Letter::None, Letter::Number(tail)) => nth(TAILS, tail - 1),
        _ => None,
    }
}

/// Symbols and hanja, two rows of KS X 1001 to a first byte.
fn symbol(first: u8, second: u8) -> Option<char> {
    let row = match first {
        0xD9..=0xDE => (first - 0xD9) * 2 + 0x21,
        _ => (first - 0xE0) * 2 + 0x4A,
    };
    let cell = if second < 0x91 { second - 0x31 } else { second - 0x43 };
    ks_x_1001(row + cell / 94, cell % 94 + 0x21)
}
