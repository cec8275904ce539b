//! Reading all numbers of a text, as a person would.

use std::collections::HashSet;

use super::cut;
use super::parser::{ParsedPhone, PhoneKind, PhoneParser};
use super::sheet::unspread;
use super::tidy::tidied;
use crate::error::Fault;

/// The most bytes that are looked at. libphonenumber's own limit is 250
/// characters; nothing that long is a number, and patterns take their time with it.
const LONGEST: usize = 250;

/// The least digits of a number that a slash cuts off: `030/1234` is one number.
const LEAST_DIGITS: usize = 7;

/// Reads texts by one parser, for one region.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub parser: &'a dyn PhoneParser,
    pub region: Option<&'a str>,
}

impl Reader<'_> {
    /// The one number of a text that is nothing else, by the parser alone.
    pub fn plain(&self, text: &str) -> Option<ParsedPhone> {
        if is_plain(text) { self.number(text).ok() } else { None }
    }

    /// All numbers of any text, at least one.
    pub fn all(&self, text: &str) -> Result<Vec<ParsedPhone>, Fault> {
        if text.len() > LONGEST {
            return Err(Fault::new("too long"));
        }
        let tidy = tidied(text);
        let sheet = unspread(&tidy)?;
        if let Some(phone) = self.with_code_told(text, &tidy, &sheet) {
            return Ok(vec![phone]);
        }
        let tidy = sheet;
        cut::check(&tidy)?;
        let whole = cut::numbers(&tidy, false);
        let slashed = if tidy.contains('/') { cut::numbers(&tidy, true) } else { Vec::new() };
        if whole.iter().any(|number| number.find("ext.") != number.rfind("ext.")) {
            return Err(Fault::new("more than one extension"));
        }
        let full = slashed.iter().all(|number| digits(number).count() >= LEAST_DIGITS);

        (full.then(|| self.each(&slashed)).flatten())
            .or_else(|| self.each(&whole))
            .or_else(|| self.as_one(&tidy))
            .or_else(|| self.mended(&slashed))
            .or_else(|| self.mended(&whole))
            .map(without_repeats)
            .ok_or_else(|| self.fault(&tidy, &whole, &slashed))
    }

    fn number(&self, text: &str) -> Result<ParsedPhone, Fault> {
        self.parser.parse(text, self.region)
    }

    /// A number whose country code is plain from how it is written, and not
    /// to be taken for the beginning of a national number: `[49] 1512…`, or as
    /// a spreadsheet holds it, `491512….0`.
    fn with_code_told(&self, text: &str, tidy: &str, sheet: &str) -> Option<ParsedPhone> {
        if text.trim_start().starts_with('[') {
            let (code, rest) = tidy.trim_start().strip_prefix('(')?.split_once(')')?;
            let coded = (1..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
            return if coded { self.number(&format!("+{code} {rest}")).ok() } else { None };
        }
        if sheet.len() < tidy.len() { self.with_own_code(sheet) } else { None }
    }

    /// A number that begins with the country code of its region, without the plus sign.
    fn with_own_code(&self, number: &str) -> Option<ParsedPhone> {
        if number.starts_with(&self.own_code()?) { self.number(&format!("+{number}")).ok() } else { None }
    }

    fn own_code(&self) -> Option<String> {
        Some(self.parser.country_code(self.region?)?.to_string())
    }

    /// All of the numbers, if each can be read.
    fn each(&self, numbers: &[String]) -> Option<Vec<ParsedPhone>> {
        let read: Option<Vec<_>> = numbers.iter().map(|number| self.number(number).ok()).collect();
        read.filter(|read| !read.is_empty())
    }

    /// The text as the parser reads it, words and all: `1-800-FLOWERS`, `;phone-context=+64`.
    fn as_one(&self, text: &str) -> Option<Vec<ParsedPhone>> {
        let read = self.number(text).ok()?;
        let is_meant = may_be_letters(&read) || has_digits_of(text, &read);
        // Behind no more than a comma, so long an extension is a number that cannot be read.
        let dialled = text.ends_with('#')
            || read.extension.as_ref().is_none_or(|digits| digits.len() < LEAST_DIGITS + 1);
        (is_meant && dialled).then(|| vec![read])
    }

    /// All of the numbers, each mended if that makes it readable.
    fn mended(&self, numbers: &[String]) -> Option<Vec<ParsedPhone>> {
        let mut read: Vec<ParsedPhone> = Vec::with_capacity(numbers.len());
        for (at, number) in numbers.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| numbers.get(before));
            let found = self
                .number(number)
                .ok()
                .map(|number| vec![number])
                .or_else(|| self.with_prefix_mended(number).map(|number| vec![number]))
                .or_else(|| self.with_extension_at_dash(number).map(|number| vec![number]))
                .or_else(|| self.with_area_of(before?, number).map(|number| vec![number]))
                .or_else(|| self.at_gaps(number))?;
            read.extend(found);
        }
        (!read.is_empty()).then_some(read)
    }

    /// `0055…` where the country dials abroad otherwise (but not `0011`, which
    /// is how Australia does), `+1 (0)900…` where the country has no zero to
    /// leave out, both at once, and `55800…` without any prefix.
    fn with_prefix_mended(&self, number: &str) -> Option<ParsedPhone> {
        let bare = number.trim_start_matches('(');
        let international = match bare.strip_prefix("00") {
            Some(rest) if self.region.is_some() && !rest.starts_with("11") => {
                format!("+{}", rest.trim_start_matches([' ', '-', '.']))
            }
            _ => bare.to_owned(),
        };
        if !international.starts_with('+') {
            return self.with_own_code(number);
        }
        // A code that a form puts before what already has it: `+86 8613800138000`.
        if let Some(coded) = self.own_code().and_then(|code| international.strip_prefix(&format!("+{code}")))
        {
            let coded = coded.trim_start_matches([' ', '-', '0']);
            if let Some(phone) = self.with_own_code(coded) {
                return Some(phone);
            }
        }
        self.number(&international).or_else(|_| self.number(&without_trunk_zero(&international)?)).ok()
    }

    /// `010-12345678-108`: what is too long for a number, but would be one
    /// without three to five digits behind a last dash.
    fn with_extension_at_dash(&self, number: &str) -> Option<ParsedPhone> {
        let (head, tail) = number.rsplit_once('-')?;
        let short = (3..=5).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_digit());
        if !short || digits(head).count() < LEAST_DIGITS || head.contains("ext") {
            return None;
        }
        self.number(&format!("{head} ext. {tail}")).ok()
    }

    /// `87654321` behind `010-12345678/`: as many digits as the group that
    /// ends the number before, whose beginning is therefore left out.
    fn with_area_of(&self, before: &str, number: &str) -> Option<ParsedPhone> {
        let count = digits(number).count();
        if count < 6 || number.contains('+') || before.contains("ext") {
            return None;
        }
        let (at, _) = before.char_indices().filter(|(_, c)| c.is_ascii_digit()).rev().nth(count - 1)?;
        let (area, _) = before.split_at_checked(at)?;
        let cut = area.ends_with(|c: char| !c.is_ascii_digit());
        if cut { self.number(&[area, number].concat()).ok() } else { None }
    }

    /// `13800138000 13900139000`: several runs of digits, each a number.
    fn at_gaps(&self, number: &str) -> Option<Vec<ParsedPhone>> {
        let runs = number.split([' ', '-', '~']).filter(|run| !run.is_empty());
        let runs: Vec<String> = runs.map(str::to_owned).collect();
        let full = runs.len() > 1 && runs.iter().all(|run| digits(run).count() >= LEAST_DIGITS);
        if full { self.each(&runs) } else { None }
    }

    /// Why no number was found.
    fn fault(&self, text: &str, whole: &[String], slashed: &[String]) -> Fault {
        let numbers = if slashed.len() > whole.len() { slashed } else { whole };
        let read: Vec<_> = numbers.iter().map(|number| self.number(number)).collect();
        match &read[..] {
            [Err(fault)] => fault.clone(),
            [Ok(_), _, ..] if whole.len() == 1 && alternates(slashed) => {
                Fault::new("the last digits of a second number stand alone")
            }
            [_, _, ..] if read.iter().any(Result::is_ok) => Fault::new("other digits stand beside a number"),
            _ => self.number(text).err().unwrap_or_else(|| Fault::new("letters stand for digits")),
        }
    }
}

/// Whether a text holds nothing that the parser could misread: such a text is
/// a number as it is, or is none.
fn is_plain(text: &str) -> bool {
    text.len() <= LONGEST
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'(' | b')' | b'+' | b'.'))
        && !text.ends_with(".0")
        && !text.ends_with(".00")
}

fn digits(text: &str) -> impl DoubleEndedIterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_digit)
}

/// `+1 (0)900…` and `+1 0900…` without the zero.
fn without_trunk_zero(number: &str) -> Result<String, Fault> {
    let code = number.trim_start_matches('+').trim_start().bytes().take_while(u8::is_ascii_digit).count();
    let start = number.len() - number.trim_start_matches(['+', ' ']).len();
    let split = number.split_at_checked(start + code).filter(|_| (1..=3).contains(&code));
    let rest = split.and_then(|(_, rest)| {
        let rest = rest.trim_start_matches([' ', '-', '.', '(', ')']);
        rest.strip_prefix('0')
    });
    match (split, rest) {
        (Some((code, gap)), Some(rest)) if !gap.starts_with(|c: char| c.is_ascii_digit()) => {
            Ok(format!("{code} {}", rest.trim_start_matches([')', ' '])))
        }
        _ => Err(Fault::new("no trunk zero")),
    }
}

/// Whether letters may stand for digits in a number: those of the services
/// that advertise so, and any in North America.
fn may_be_letters(phone: &ParsedPhone) -> bool {
    let service = matches!(
        phone.kind,
        PhoneKind::TollFree | PhoneKind::PremiumRate | PhoneKind::SharedCost | PhoneKind::Uan
    );
    service || phone.e164.starts_with("+1")
}

/// Whether the digits of a number, but for its country code, occur in a text in order.
fn has_digits_of(text: &str, phone: &ParsedPhone) -> bool {
    let longest_code = 3;
    let mut written = digits(text);
    digits(&phone.e164).skip(longest_code).all(|digit| written.any(|found| found == digit))
}

/// Whether what follows the first number are no more than the last digits of others.
fn alternates(numbers: &[String]) -> bool {
    numbers.iter().skip(1).all(|number| digits(number).count() < 5)
}

fn without_repeats(mut phones: Vec<ParsedPhone>) -> Vec<ParsedPhone> {
    if phones.len() > 1 {
        let mut seen = HashSet::new();
        phones.retain(|phone| seen.insert((phone.e164.clone(), phone.extension.clone())));
    }
    phones
}

#[cfg(all(test, feature = "phone"))]
mod tests {
    use super::super::Rlib;
    use super::*;

    fn read(region: &str, text: &str) -> String {
        let reader = Reader { parser: &Rlib, region: Some(region) };
        match reader.all(text) {
            Ok(phones) => phones.into_iter().map(|phone| phone.e164).collect::<Vec<_>>().join(" "),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn prefixes_are_mended_where_nothing_else_is_valid() {
        for (region, text, expected) in [
            ("US", "00 44 20 7946 0018", "+442079460018"),
            ("US", "0044 (0)20 7946 0018", "+442079460018"),
            ("US", "0011 44 20 7946 0018", "too long"),
            ("HK", "+852 (0)21235071", "+85221235071"),
            ("HK", "+852 021235071", "+85221235071"),
            ("IT", "+39 06 1234 5678", "+390612345678"),
            ("BR", "55800128632", "+55800128632"),
            ("CN", "+86 8613800138001", "+8613800138001"),
            ("DE", "[49] 15123456789", "+4915123456789"),
            ("DE", "4915123456789.0", "+4915123456789"),
        ] {
            assert_eq!(read(region, text), expected, "{text}");
        }
    }

    #[test]
    fn a_slash_is_in_a_number_or_between_two() {
        assert_eq!(read("DE", "030/23125039"), "+493023125039");
        assert_eq!(read("DE", "030/23125039/030/23125040"), "other digits stand beside a number");
        assert_eq!(read("DE", "030 23125039/030 23125040"), "+493023125039 +493023125040");
        assert_eq!(read("CN", "010-12346156/12346157"), "+861012346156 +861012346157");
        assert_eq!(read("CN", "010-12346156/7"), "the last digits of a second number stand alone");
    }

    #[test]
    fn letters_are_digits_only_where_that_is_usual() {
        assert_eq!(read("US", "1-800-FLOWERS"), "+18003569377");
        assert_eq!(read("DE", "030 23125 (Anna)"), "+493023125");
        assert_eq!(read("DE", "030 12 (Anna)"), "not a number that its country assigns");
        assert_eq!(read("NZ", "tel:03-331-6005;phone-context=+64"), "+6433316005");
    }

    #[test]
    fn no_digit_is_left_over() {
        for (text, expected) in [
            ("13800138001 (2)", "not a number that its country assigns"),
            ("010-12346156 x1 x2", "more than one extension"),
            ("13800138001;1390013900", "other digits stand beside a number"),
        ] {
            assert_eq!(read("CN", text), expected, "{text}");
        }
    }
}
