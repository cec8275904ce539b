//! What a text says: an amount, its sign, its unit.

use std::borrow::Cow;

use super::chinese;
use super::currency::{self, Codes};
use super::decimal::{Exact, MOST_PLACES};
use super::separators::{self, DecimalMark, Digits};
use crate::normalize::unicode::width_folded;

/// A text taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    pub number: Digits,
    /// The power of ten that it is multiplied by, `%` and `‰` not counted.
    pub power: i32,
    pub negative: bool,
    /// The currencies that it may be in; empty, if none is said.
    pub currencies: Vec<&'static str>,
    /// The places that a per cent or per mille sign moves the point.
    pub percent: Option<i32>,
}

pub const NOT_A_NUMBER: &str = "not a number";

impl Scan {
    /// Takes a text apart, or says why it is no number.
    pub fn of(text: &str) -> Result<Self, &'static str> {
        let folded = folded(text);
        let mut outside = Outside { rest: folded.trim(), ..Outside::default() };
        outside.peel()?;
        let (number, power) = match in_parts_of_yuan(outside.rest) {
            Some(number) => {
                if !outside.is_money {
                    outside.add(&["CNY"])?;
                }
                (number, 0)
            }
            None => core(outside.rest)?,
        };
        let places = power.saturating_add(outside.power).saturating_abs();
        if places > MOST_PLACES {
            return Err("too many places");
        }
        let Outside { negative, currencies, percent, power: unit, .. } = outside;
        Ok(Scan { number, power: power + unit, negative: negative == Some(true), currencies, percent })
    }

    /// The number, where the doubtful mark, if any, separates decimals or does not.
    pub fn exact(&self, decimals: bool) -> Exact {
        let decimals = if self.number.doubtful.is_some() && !decimals { 0 } else { self.number.decimals };
        let digits = self.number.digits.clone();
        let decimals = i32::try_from(decimals).unwrap_or(i32::MAX);
        Exact { digits, decimals, negative: self.negative }.shifted(self.power)
    }
}

/// Digits of any script as ASCII, and one character for each kind of separator and sign.
fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains(['\t', '`']) {
        return Cow::Borrowed(text);
    }
    let fold = |c: char| match c {
        '\u{2212}' | '\u{2010}'..='\u{2014}' | '\u{FE63}' | '\u{FE58}' => '-',
        '’' | '‘' | '´' | '`' | 'ʼ' | '′' => '\'',
        '٫' => '.',
        '٬' => ',',
        '٪' => '%',
        c if c.is_whitespace() => ' ',
        c => digit(c).unwrap_or(c),
    };
    Cow::Owned(
        width_folded(text)
            .chars()
            .filter(|c| !matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}'))
            .map(fold)
            .collect(),
    )
}

/// A decimal digit of the scripts that numbers are written in, as ASCII.
fn digit(c: char) -> Option<char> {
    /// The zeros of Arabic, Persian, Devanagari, Bengali, Gurmukhi, Gujarati,
    /// Tamil, Telugu, Kannada, Malayalam, Thai, Lao, Myanmar and Khmer.
    const ZEROS: [u32; 14] =
        [0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040, 0x17E0];
    let zero = ZEROS.into_iter().rfind(|zero| *zero <= u32::from(c))?;
    char::from_digit(u32::from(c) - zero, 10)
}

/// What stands around a number, taken off from both ends.
#[derive(Default)]
struct Outside<'a> {
    rest: &'a str,
    negative: Option<bool>,
    in_brackets: bool,
    currencies: Vec<&'static str>,
    is_money: bool,
    percent: Option<i32>,
    power: i32,
}

impl<'a> Outside<'a> {
    fn peel(&mut self) -> Result<(), &'static str> {
        if let Some(text) =
            self.rest.strip_prefix('\'').filter(|text| text.starts_with(|c: char| c.is_ascii_digit()))
        {
            // A spreadsheet's mark for text.
            self.rest = text;
        }
        loop {
            let before = self.rest.len();
            self.peel_brackets();
            self.peel_signs()?;
            self.peel_words();
            self.peel_percent()?;
            self.peel_currency()?;
            self.rest = self.rest.trim();
            if self.rest.len() == before {
                return Ok(());
            }
        }
    }

    fn peel_brackets(&mut self) {
        let inner = self.rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        if let Some(inner) = inner.filter(|_| !self.in_brackets) {
            (self.rest, self.in_brackets, self.negative) = (inner.trim(), true, Some(true));
        }
    }

    fn peel_signs(&mut self) -> Result<(), &'static str> {
        const BEFORE: [(&str, bool); 7] = [
            ("-", true),
            ("+", false),
            ("△", true),
            ("▲", true),
            ("负", true),
            ("負", true),
            ("minus ", true),
        ];
        let rest = self.rest;
        let sign = BEFORE.iter().find_map(|(sign, negative)| Some((rest.strip_prefix(sign)?, *negative)));
        // `120,-` and `5000/-` have no decimals, `120-` is below zero.
        let after_digit = |rest: &str| rest.ends_with(|c: char| c.is_ascii_digit());
        let none = [",--", ".--", ",-", ".-", "/-"].iter().find_map(|end| rest.strip_suffix(end));
        let (rest, negative) = match (sign, none.filter(|rest| after_digit(rest)), rest.strip_suffix('-')) {
            (Some((rest, negative)), ..) => (rest, negative),
            (None, Some(rest), _) => {
                self.rest = rest;
                return Ok(());
            }
            (None, None, Some(rest)) => (rest, true),
            (None, None, None) => return Ok(()),
        };
        if self.negative.is_some() && !self.in_brackets || rest.starts_with(['+', '-']) {
            return Err(NOT_A_NUMBER);
        }
        (self.rest, self.negative) = (rest.trim(), Some(negative || self.in_brackets));
        Ok(())
    }

    /// Words that say nothing: `壹佰元整`.
    fn peel_words(&mut self) {
        for word in ["整", "正", " only"] {
            if let Some(rest) = self.rest.strip_suffix(word) {
                self.rest = rest.trim();
            }
        }
    }

    fn peel_percent(&mut self) -> Result<(), &'static str> {
        const AFTER: [(&str, i32); 6] =
            [("%", 2), ("‰", 3), (" percent", 2), (" per cent", 2), (" pct", 2), ("パーセント", 2)];
        let rest = self.rest;
        let after = AFTER.iter().find_map(|(sign, places)| Some((strip_suffix(rest, sign)?, *places)));
        let found = after.or_else(|| Some((rest.strip_prefix("百分之")?, 2)));
        if let Some((rest, places)) = found {
            if self.percent.replace(places).is_some() {
                return Err(NOT_A_NUMBER);
            }
            self.rest = rest.trim();
        }
        Ok(())
    }

    fn peel_currency(&mut self) -> Result<(), &'static str> {
        for peel in [currency::at_start, currency::at_end] {
            if let Some((codes, rest)) = peel(self.rest) {
                self.add(codes)?;
                self.rest = rest.trim();
            }
        }
        Ok(())
    }

    /// `$500 AUD`: each sign says it closer.
    fn add(&mut self, codes: Codes) -> Result<(), &'static str> {
        match self.is_money {
            false => self.currencies = codes.to_vec(),
            true => self.currencies.retain(|code| codes.contains(code)),
        }
        self.is_money = true;
        if self.currencies.is_empty() { Err("two currencies") } else { Ok(()) }
    }
}

/// Letters count in any case.
fn strip_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (rest, tail) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    tail.eq_ignore_ascii_case(suffix).then_some(rest)
}

/// The number itself, and the power of ten that it is multiplied by.
fn core(text: &str) -> Result<(Digits, i32), &'static str> {
    if text.is_empty() {
        return Err(NOT_A_NUMBER);
    }
    if let Some(plain) = separators::read(text) {
        return Ok((plain?, 0));
    }
    if let Some(found) = scientific(text).or_else(|| multiplied(text)) {
        return found;
    }
    in_chinese(text).map(|digits| (digits, 0)).ok_or(NOT_A_NUMBER)
}

type Read = Result<(Digits, i32), &'static str>;

/// `1.38E+10`, where the separator is that of decimals.
fn scientific(text: &str) -> Option<Read> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if exponent_digits.is_empty() || !exponent_digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let power = exponent.parse().unwrap_or(i32::MAX / 2);
    let marks = mantissa.bytes().filter(|b| !b.is_ascii_digit()).count();
    let read = separators::read(mantissa).filter(|_| marks <= 1)?;
    Some(read.map(|digits| (Digits { doubtful: None, ..digits }, power)))
}

/// `5k`, `3.5万`, `2 Mio.`
fn multiplied(text: &str) -> Option<Read> {
    const UNITS: [(&str, i32); 30] = [
        ("thousand", 3),
        ("tsd.", 3),
        ("tsd", 3),
        ("k", 3),
        ("w", 4),
        ("lakhs", 5),
        ("lakh", 5),
        ("lacs", 5),
        ("lac", 5),
        ("million", 6),
        ("millions", 6),
        ("mio.", 6),
        ("mio", 6),
        ("mln", 6),
        ("mn", 6),
        ("m", 6),
        ("crores", 7),
        ("crore", 7),
        ("cr", 7),
        ("billion", 9),
        ("billions", 9),
        ("mrd.", 9),
        ("mrd", 9),
        ("bln", 9),
        ("bn", 9),
        ("b", 9),
        ("trillion", 12),
        ("tn", 12),
        ("十万", 5),
        ("百万", 6),
    ];
    const MYRIADS: [(&str, i32); 9] = [
        ("千万", 7),
        ("十亿", 9),
        ("百亿", 10),
        ("千亿", 11),
        ("万亿", 12),
        ("百萬", 6),
        ("千萬", 7),
        ("百만", 6),
        ("천만", 7),
    ];
    let unit = UNITS.iter().chain(&MYRIADS).find_map(|(unit, power)| {
        let rest = strip_suffix(text, unit)?.trim_end();
        rest.ends_with(|c: char| c.is_ascii_digit()).then_some((rest, *power))
    });
    let (rest, power) = unit.or_else(|| {
        let last = text.chars().next_back()?;
        let rest = text.strip_suffix(last)?.trim_end();
        Some((rest, i32::try_from(chinese::power(last)?).ok()?))
    })?;
    separators::read(rest).map(|read| read.map(|digits| (digits, power)))
}

fn in_chinese(text: &str) -> Option<Digits> {
    if !chinese::is_numeral(text) || text.contains(' ') {
        return None;
    }
    if let Some((whole, decimals)) = text.split_once(['点', '點']) {
        return with_point(whole, decimals);
    }
    let whole = chinese::whole(text).map(|number| number.to_string());
    whole.or_else(|| chinese::digits(text)).map(|digits| plain(digits, 0))
}

/// `三点五万`: digit by digit behind the point, and then perhaps units.
fn with_point(whole: &str, decimals: &str) -> Option<Digits> {
    let tail = decimals.trim_end_matches(|c| chinese::power(c).is_some());
    let units = decimals.strip_prefix(tail)?.chars();
    let power: u32 = units.filter_map(chinese::power).sum();
    let digits = chinese::digits(tail).filter(|digits| !digits.is_empty())?;
    let whole = chinese::whole(whole)?.to_string();
    let length = digits.len();
    let zeros = usize::try_from(power).ok()?.saturating_sub(length);
    let digits = whole + &digits + &"0".repeat(zeros);
    Some(plain(digits, (length + zeros).saturating_sub(usize::try_from(power).ok()?)))
}

/// `壹佰贰拾元伍角叁分`, `5元3角`, `8角`.
fn in_parts_of_yuan(text: &str) -> Option<Digits> {
    if !text.ends_with(['角', '毛', '分']) || !text.contains(['元', '圆', '圓', '块', '角', '毛']) {
        return None;
    }
    let (yuan, rest) = match text.split_once(['元', '圆', '圓', '块']) {
        Some((yuan, rest)) => (chinese::whole(yuan)?, rest),
        None => (0, text),
    };
    let rest = rest.trim_start_matches(['零', '〇']);
    let (jiao, rest) = match rest.split_once(['角', '毛']) {
        Some((jiao, rest)) => (chinese::whole(jiao)?, rest.trim_start_matches(['零', '〇'])),
        None => (0, rest),
    };
    let fen = match rest.strip_suffix('分') {
        Some(fen) => chinese::whole(fen)?,
        None if rest.is_empty() => 0,
        None => return None,
    };
    (jiao < 10 && fen < 10).then(|| plain(format!("{yuan}{jiao}{fen}"), 2))
}

fn plain(digits: String, decimals: usize) -> Digits {
    Digits { digits, decimals, mark: None, doubtful: None }
}

/// What the doubtful mark separates by the convention of the currencies it may be.
pub fn by_convention(doubtful: DecimalMark, currencies: &[&str]) -> Option<bool> {
    let points = !currencies.is_empty() && currencies.iter().all(|code| currency::has_decimal_point(code));
    (doubtful == DecimalMark::Comma && points).then_some(false)
}
