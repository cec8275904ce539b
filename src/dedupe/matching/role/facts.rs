//! What a sample of the values of a column tells of its role.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::dedupe::{Records, Row};
use crate::error::Result;
use crate::normalize::company::Company;
use crate::normalize::person::PersonName;
use crate::profile::{Meaning, Shares};
use crate::record::{Date, Value};

/// So many records are looked at.
const SAMPLE: usize = 2_000;
/// So many values of a column are recognised, which takes longer than to count them.
pub(super) const RECOGNISED: usize = 200;
/// So many records are looked at to see whether a value ever comes twice.
const WIDE: usize = 10_000;
/// So many records that follow each other are looked at together, to see what is numbered.
const RUN: usize = 16;
/// Values are cut to so many characters.
const LONGEST: usize = 200;

/// The records of a sample of at most so many, in short runs spread evenly, with their positions.
pub(super) fn spread(records: &Records, most: usize) -> impl Iterator<Item = Result<(usize, Row<'_>)>> {
    let len = records.len();
    let step = if len <= most { RUN } else { len / (most / RUN) };
    let runs = (0..len).step_by(step).map(move |from| from..len.min(from + RUN));
    runs.flat_map(|run| run.clone().zip(records.rows(run)).map(|(at, row)| Ok((at, row?))))
}

/// What the values of a column are, in shares of those that are there.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// How many values are in the sample.
    pub filled: usize,
    /// How many of them differ.
    pub distinct: usize,
    /// Whether no value comes twice, in a wider sample too.
    pub is_unique: bool,
    /// How many are a number that is one more than that of the record before.
    pub serial: f64,
    pub words: f64,
    pub chars: f64,
    /// Digits among the characters of values with letters.
    pub coded: f64,
    /// Values with a digit.
    pub digits: f64,
    pub integers: f64,
    /// All digits, and as many of them as most have.
    pub same_length: f64,
    pub length: usize,
    pub years: f64,
    pub compact_days: f64,
    pub persons: f64,
    pub known_persons: f64,
    pub given: f64,
    pub family: f64,
    pub cities: f64,
    pub companies: f64,
    pub lists: f64,
    pub shares: Shares,
}

impl Facts {
    /// Of every column of the records.
    pub fn of(records: &Records) -> Result<Vec<Self>> {
        let columns = records.schema().fields().len();
        let mut gathered: Vec<Gathered> = (0..columns).map(|_| Gathered::default()).collect();
        for sampled in spread(records, SAMPLE) {
            let (at, row) = sampled?;
            for (value, column) in row.values().zip(&mut gathered) {
                column.add(at, value);
            }
        }
        let mut facts: Vec<Facts> = gathered.iter().map(Gathered::facts).collect();
        find_repetitions(records, &mut facts)?;
        Ok(facts)
    }

    pub fn share(&self, meanings: &[Meaning]) -> f64 {
        meanings.iter().map(|meaning| self.shares.share(*meaning)).sum()
    }

    /// Few values, each of them many times.
    pub fn is_few(&self) -> bool {
        self.distinct * 10 <= self.filled
    }
}

/// Looks for values that come twice in a wider sample, in the columns where none does in the first one.
fn find_repetitions(records: &Records, facts: &mut [Facts]) -> Result<()> {
    let columns = facts.iter_mut().enumerate().filter(|(_, facts)| facts.is_unique);
    let mut open: Vec<(usize, &mut Facts, HashSet<String>)> =
        columns.map(|(column, facts)| (column, facts, HashSet::new())).collect();
    for sampled in spread(records, WIDE) {
        let (_, row) = sampled?;
        open.retain_mut(|(column, facts, seen)| {
            let text = text(row.value(*column));
            facts.is_unique = text.is_empty() || seen.insert(text);
            facts.is_unique
        });
    }
    Ok(())
}

/// A value as text, cut where it is long.
pub(super) fn text(value: Value<'_>) -> String {
    value.to_string().trim().chars().take(LONGEST).collect()
}

#[derive(Default)]
struct Gathered {
    values: Vec<(usize, String)>,
}

impl Gathered {
    fn add(&mut self, record: usize, value: Value<'_>) {
        let text = text(value);
        if !text.is_empty() {
            self.values.push((record, text));
        }
    }

    fn facts(&self) -> Facts {
        let filled = self.values.len();
        let distinct: HashSet<&str> = self.values.iter().map(|(_, text)| &**text).collect();
        // Spread over the sample again, so that all parts of the file are heard.
        let step = filled.div_ceil(RECOGNISED).max(1);
        let some: Vec<&str> = self.values.iter().step_by(step).map(|(_, text)| &**text).collect();
        let share = |is: &dyn Fn(&str) -> bool| {
            some.iter().filter(|text| is(text)).count() as f64 / some.len().max(1) as f64
        };
        let kinds: Vec<u8> = some.iter().map(|text| kinds(text)).collect();
        let known = |kind: u8| {
            kinds.iter().filter(|kinds| **kinds & kind > 0).count() as f64 / kinds.len().max(1) as f64
        };
        let looks: Vec<Looks> = some.iter().map(|text| looks(text)).collect();
        let like = |wanted: &[Looks]| {
            looks.iter().filter(|looks| wanted.contains(looks)).count() as f64 / looks.len().max(1) as f64
        };
        let mean = |of: &dyn Fn(&str) -> f64| {
            some.iter().map(|text| of(text)).sum::<f64>() / some.len().max(1) as f64
        };
        let length = most_frequent(some.iter().map(|text| text.len()));
        Facts {
            filled,
            distinct: distinct.len(),
            is_unique: distinct.len() == filled && filled > 1,
            serial: self.serial(),
            words: mean(&|text| text.split_whitespace().count() as f64),
            chars: mean(&|text| text.chars().count() as f64),
            coded: share(&|text| {
                text.chars().any(char::is_alphabetic) && text.chars().any(|c| c.is_ascii_digit())
            }),
            digits: share(&|text| text.contains(|c: char| c.is_ascii_digit())),
            integers: share(&is_integer),
            same_length: share(&|text| is_integer(text) && text.len() == length),
            length,
            years: share(&|text| {
                text.len() == 4 && text.parse().is_ok_and(|year: u32| (1000..2100).contains(&year))
            }),
            compact_days: share(&is_compact_day),
            persons: like(&[Looks::Name, Looks::Person]),
            known_persons: like(&[Looks::Person]),
            given: known(GIVEN),
            family: known(FAMILY),
            cities: known(CITY),
            companies: like(&[Looks::Company]),
            lists: share(&|text| {
                let lower = text.to_lowercase();
                lower.contains([',', ';', '&', '、', '|']) || lower.contains(" and ")
            }),
            shares: Shares::of(some.iter().copied()),
        }
    }

    /// The share of neighbours of which the second's number is the first's and one.
    fn serial(&self) -> f64 {
        let neighbours = self.values.windows(2).filter_map(|pair| match pair {
            [(before, a), (after, b)] if before + 1 == *after => Some((a, b)),
            _ => None,
        });
        let (mut all, mut next) = (0, 0);
        for (a, b) in neighbours {
            all += 1;
            next += usize::from(number_in(a).zip(number_in(b)).is_some_and(|(a, b)| a + 1 == b));
        }
        f64::from(next as u32) / f64::from(all.max(1) as u32)
    }
}

/// The number at the end of a value: `17` of `KH-0017`.
fn number_in(text: &str) -> Option<u64> {
    let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
    text[stem.len()..].parse().ok()
}

fn is_integer(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// `19870919`
fn is_compact_day(text: &str) -> bool {
    let part = |range| text.get(range).and_then(|part: &str| part.parse().ok());
    let (year, month, day) = (part(0..4), part(4..6), part(6..8));
    text.len() == 8
        && is_integer(text)
        && year.is_some_and(|year| (1800..2100).contains(&year))
        && year
            .zip(month)
            .zip(day)
            .is_some_and(|((year, month), day)| Date::new(year as i16, month as u8, day as u8).is_some())
}

fn most_frequent(lengths: impl Iterator<Item = usize>) -> usize {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    lengths.for_each(|length| *counts.entry(length).or_default() += 1);
    counts.into_iter().max_by_key(|(length, count)| (*count, *length)).map_or(0, |(length, _)| length)
}

const GIVEN: u8 = 1;
const FAMILY: u8 = 1 << 1;
const CITY: u8 = 1 << 2;
const TRADE: u8 = 1 << 3;
const TRADE_HAN: u8 = 1 << 4;

/// What is known of words.
static WORDS: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let mut known: HashMap<&str, u8> = HashMap::new();
    for (kind, words) in include_str!("words.tsv").lines().filter_map(|line| line.split_once('\t')) {
        let kind = match kind {
            "given" => GIVEN,
            "family" => FAMILY,
            "city" => CITY,
            "trade" => TRADE,
            "trade_han" => TRADE_HAN,
            _ => continue,
        };
        words.split(' ').for_each(|word| *known.entry(word).or_default() |= kind);
    }
    known
});

static TRADES_HAN: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    WORDS.iter().filter(|(_, kinds)| **kinds & TRADE_HAN > 0).map(|(word, _)| *word).collect()
});

/// What a word may be.
fn kinds(word: &str) -> u8 {
    WORDS.get(unaccented(word).as_str()).copied().unwrap_or_default()
}

fn unaccented(text: &str) -> String {
    super::naming::folded(text).to_lowercase()
}

#[derive(PartialEq, Eq)]
enum Looks {
    /// A company: a legal form, or a word of a trade.
    Company,
    /// The whole name of a person, of which a word is known.
    Person,
    /// Words like the whole name of a person.
    Name,
    Other,
}

/// What a name looks like to be the name of.
fn looks(text: &str) -> Looks {
    // Numbers, days, addresses in a network.
    if !text.contains(char::is_alphabetic) || text.contains(['@', '/']) {
        return Looks::Other;
    }
    if is_company(text) {
        return Looks::Company;
    }
    if text.contains(|c: char| c.is_ascii_digit()) {
        return Looks::Other;
    }
    if text.chars().all(|c| !c.is_alphabetic() || is_east_asian(c)) {
        return if is_east_asian_name(text) { Looks::Person } else { Looks::Other };
    }
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let is_word =
        |word: &&str| word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '.' | '’'));
    if !(2..=4).contains(&words.len()) || !words.iter().all(is_word) {
        return Looks::Other;
    }
    match words.iter().any(|word| kinds(word) & (GIVEN | FAMILY) > 0) {
        true => Looks::Person,
        false => Looks::Name,
    }
}

/// A family name and a given one, of the usual length: of four characters, companies are rather called.
fn is_east_asian_name(text: &str) -> bool {
    let count = text.chars().count();
    (2..=5).contains(&count)
        && PersonName::parse(text).is_ok_and(|name| {
            let long_family = name.family.chars().count() >= 2;
            !name.family.is_empty() && !name.given.is_empty() && (count <= 3 || long_family)
        })
}

fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

fn is_company(text: &str) -> bool {
    if !text.is_ascii() && TRADES_HAN.iter().any(|word| text.contains(word)) {
        return true;
    }
    let lower = unaccented(text);
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.any(|word| WORDS.get(word).is_some_and(|kinds| kinds & TRADE > 0))
        || Company::parse(text).is_ok_and(|company| company.legal_form.is_some())
}
