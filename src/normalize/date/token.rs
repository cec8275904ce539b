//! The parts of a date, one after the other.

use super::fold::fold;
use super::han;
use super::words::word;

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Number(Number),
    Unit(Unit),
    /// The name of a month, which may be that of a weekday in another language (`mar.`).
    Month {
        month: u8,
        weekday: Option<u8>,
    },
    /// 1 is Monday; 0 one that is another in another language.
    Weekday(u8),
    Clock(Clock),
    /// The morning, or German `am 4. März`.
    Am,
    Era(Era),
    /// `th`, `er`, `º`, right after its number.
    Ordinal,
    /// Minutes east of UTC; none for an abbreviation with several meanings.
    Zone(Option<i16>),
    /// Between date and time.
    T,
    /// Before the week.
    W,
    /// Of an hour: `半`.
    Half,
    /// Of an hour: `刻`.
    Quarter,
    /// Says nothing: `of`, `at`.
    Filler,
    /// Says only that the day comes before the month: `der`, `klo`, `г.`.
    Local,
    /// What the number behind it counts: `tháng`.
    Ahead(Unit),
    /// A day of the month in letters.
    DayWord(u8),
    /// `- / . , : + ' ( ) @ |`.
    Sign(u8),
}

/// A whole number, with the digits that it was written with: its first nine,
/// where there are more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub value: u32,
    pub digits: u8,
}

/// What a number counts: `年`, `월`, `h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// The half of the day, or the part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// AM, 上午, 凌晨, 오전.
    Morning,
    /// 中午.
    Noon,
    /// PM, 下午, 오후.
    Afternoon,
    /// 晚上, 夜.
    Evening,
}

/// What years are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Era {
    Common,
    /// 民國: 1 is 1912.
    Minguo,
    /// พ.ศ.: 2567 is 2024.
    Buddhist,
    Meiji,
    Taisho,
    Showa,
    Heisei,
    Reiwa,
    /// 農曆 and 旧暦: the days of a calendar by the moon.
    Lunar,
}

/// A token, and whether a space is before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spaced {
    pub token: Token,
    pub spaced: bool,
}

/// The most characters and parts that a date has.
const LONGEST: usize = 80;
const MOST: usize = 24;

/// The parts of one text.
pub(super) struct Tokens {
    list: [Spaced; MOST],
    length: usize,
}

impl Tokens {
    pub fn new() -> Self {
        Tokens { list: [Spaced { token: Token::Filler, spaced: false }; MOST], length: 0 }
    }

    /// The parts of a text, written over those of another. None where
    /// something stands in the text that stands in no date.
    pub fn read(&mut self, text: &str) -> Option<&[Spaced]> {
        self.length = 0;
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            self.split(text)?;
        } else {
            let mut folded = Folded { bytes: [0; 4 * LONGEST], length: 0 };
            self.split(folded.write(text)?)?;
        }
        Some(self.as_slice())
    }

    fn split(&mut self, text: &str) -> Option<()> {
        let mut at = 0;
        while let Some(first) = text.as_bytes().get(at) {
            if *first == b' ' {
                at += 1;
                continue;
            }
            let rest = text.get(at..)?;
            if matches!(first, b'(' | b'[' | b'm') && self.only_a_remark_follows(rest) {
                break;
            }
            let (token, length) = self.next(rest)?;
            let spaced = at > 0 && text.as_bytes().get(at - 1) == Some(&b' ');
            *self.list.get_mut(self.length)? = Spaced { token, spaced };
            self.length += 1;
            at += length;
        }
        Some(())
    }

    fn as_slice(&self) -> &[Spaced] {
        self.list.get(..self.length).unwrap_or_default()
    }

    /// The token at the start of the text, and its length.
    fn next(&self, text: &str) -> Option<(Token, usize)> {
        let first = text.chars().next()?;
        match first {
            '0'..='9' => number(text),
            '-' | '/' | '.' | ',' | ':' | '+' | '\'' | '(' | ')' | '@' | '|' | '[' | ']' => {
                match (first, weekday_in_brackets(text)) {
                    ('(', Some(found)) => Some(found),
                    _ => Some((Token::Sign(first as u8), 1)),
                }
            }
            _ if first.is_ascii() => common_era(text).or_else(|| self.letters(text)),
            _ => han::token(text).or_else(|| self.letters(text)),
        }
    }

    /// A word: letters, with the dots that are inside an abbreviation.
    fn letters(&self, text: &str) -> Option<(Token, usize)> {
        let mut end = 0;
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let dot = letter == '.' && end <= 12 && letters.peek().is_some_and(|(_, next)| is_letter(*next));
            if !dot && !is_letter(letter) {
                break;
            }
            end = at + letter.len_utf8();
        }
        let (letters, rest) = text.split_at_checked(end)?;
        // `H28.10.15`, but not `S12-3-4`, which is the number of something.
        let behind = rest.trim_start_matches(|next: char| next.is_ascii_digit());
        let year = self.length == 0 && behind.len() < rest.len() && behind.starts_with(['.', '/', '年']);
        let era = if year { han::era_letter(letters) } else { None };
        let token = era.or_else(|| word(letters))?;
        // Portuguese `sexta-feira`.
        let feira = rest.get(..6).is_some_and(|rest| rest.eq_ignore_ascii_case("-feira"));
        let end = if feira && matches!(token, Token::Weekday(_)) { end + 6 } else { end };
        Some((token, end)).filter(|_| end > 0)
    }

    /// Whether the rest is what programs write behind an offset: `(China
    /// Standard Time)`, `[Asia/Shanghai]`, Go's `m=+0.000000001`.
    fn only_a_remark_follows(&self, rest: &str) -> bool {
        let ends = (rest.starts_with('(') && rest.ends_with(')'))
            || (rest.starts_with('[') && rest.ends_with(']'))
            || (rest.starts_with("m=+") || rest.starts_with("m=-"));
        ends && match self.as_slice() {
            [.., sign, Spaced { token: Token::Number(number), .. }]
                if matches!(sign.token, Token::Sign(b'+' | b'-')) =>
            {
                matches!(number.digits, 2 | 4) && self.length > 4
            }
            [.., sign, _, colon, Spaced { token: Token::Number(_), .. }] => {
                matches!(sign.token, Token::Sign(b'+' | b'-')) && colon.token == Token::Sign(b':')
            }
            [.., Spaced { token: Token::Zone(_), .. }] => !rest.starts_with('('),
            _ => false,
        }
    }
}

/// `n. Chr.`, `d. C.`: the years that are counted without saying so.
fn common_era(text: &str) -> Option<(Token, usize)> {
    let phrases = ["n. Chr.", "d. C.", "p. Chr. n.", "na Christus", "nach Christus"];
    let begins =
        |phrase: &&&str| text.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase));
    let found = phrases.iter().filter(|_| text.starts_with(['n', 'N', 'd', 'p'])).find(begins)?;
    Some((Token::Era(Era::Common), found.len()))
}

/// `(三)`, `(周六)`, `(금)`, with the brackets.
fn weekday_in_brackets(text: &str) -> Option<(Token, usize)> {
    let (inside, _) = text.get(1..)?.split_once(')')?;
    let weekday = han::weekday(inside.trim())?;
    Some((Token::Weekday(weekday), inside.len() + 2))
}

fn is_letter(letter: char) -> bool {
    match letter.is_ascii() {
        true => letter.is_ascii_alphabetic(),
        false => {
            (letter.is_alphabetic() && !han::is_cjk(letter))
                // The vowel signs of India and Southeast Asia.
                || matches!(letter, '\u{300}'..='\u{36F}' | '\u{900}'..='\u{DFF}' | '\u{E00}'..='\u{EFF}' | 'º' | 'ª')
        }
    }
}

fn number(text: &str) -> Option<(Token, usize)> {
    let mut number = Number { value: 0, digits: 0 };
    for digit in text.bytes().take_while(u8::is_ascii_digit) {
        if number.digits < 9 {
            number.value = number.value * 10 + u32::from(digit - b'0');
        }
        number.digits = number.digits.checked_add(1)?;
    }
    Some((Token::Number(number), usize::from(number.digits)))
}

/// A text in the characters that programs write, on the stack.
struct Folded {
    bytes: [u8; 4 * LONGEST],
    length: usize,
}

impl Folded {
    fn write(&mut self, text: &str) -> Option<&str> {
        for letter in text.chars().filter_map(fold) {
            let room = self.bytes.get_mut(self.length..self.length + letter.len_utf8())?;
            letter.encode_utf8(room);
            self.length += letter.len_utf8();
        }
        std::str::from_utf8(self.bytes.get(..self.length)?).ok()
    }
}
