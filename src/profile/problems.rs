//! What stands in the way of using the values of a column.

use std::fmt;

use serde::Serialize;

use super::gather::{Gather, Keys, is_nothing};
use super::meaning::Meaning;
use super::scan::{Flags, scan};
use super::{ColumnProfile, Count};
use crate::normalize::mojibake;
use crate::normalize::placeholder::{Subject, is_placeholder};

/// Something wrong with values of a column, without a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What it is, for programs.
    pub kind: ProblemKind,
    /// How many values it is about.
    pub values: Count,
    /// What it is, for people.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What may be wrong with the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// There are none.
    Empty,
    /// There is one for all.
    Constant,
    /// Nearly all are there once, as keys are, but not all.
    NearlyUnique,
    /// Days before months and months before days.
    MixedDateOrders,
    /// Dates that nobody can tell the order of day and month of.
    UnclearDateOrder,
    /// Phone numbers written in several ways.
    MixedPhoneStyles,
    /// Numbers and keys that a spreadsheet has read as floating point.
    ReadAsFloat,
    /// The same e-mail address or phone number more than once.
    LikelyDuplicates,
    /// Text that was read in the wrong encoding.
    Mojibake,
    /// What people type into fields that must not stay empty.
    Placeholders,
    /// Words for nothing: `N/A`, `无`.
    WordsForNothing,
    /// White space before or after, or nothing else.
    OuterSpace,
    /// Characters that nobody sees.
    Invisible,
    /// Full-width letters and digits beside ordinary ones.
    MixedWidths,
    /// Values that are not what the others are.
    Misfits,
}

/// Columns of fewer values are not judged as a whole.
const ENOUGH: u64 = 20;
/// What share of the values is different, where nearly all are.
const NEARLY: f64 = 0.98;
/// An estimate that differs by less may as well be the same.
const ERROR: f64 = 0.025;

/// All problems of a column, the ones of the whole column first.
pub(super) fn of(column: &ColumnProfile, gather: &Gather) -> Vec<Problem> {
    let meaning = column.meaning.map(|likely| likely.meaning);
    let mut problems = Vec::new();
    let problems = &mut problems;
    whole(column, meaning, problems);
    if meaning.is_some_and(|meaning| matches!(meaning, Meaning::Date | Meaning::DateTime)) {
        dates(gather, problems);
    }
    if meaning == Some(Meaning::Phone) {
        phones(gather, problems);
        repeated(gather, Flags::PHONE, &gather.phone_keys, "phone numbers", problems);
    }
    if meaning == Some(Meaning::Email) {
        repeated(gather, Flags::EMAIL, &gather.email_keys, "e-mail addresses", problems);
    }
    floats(gather, meaning, problems);
    held(gather, meaning, problems);
    flagged(column, gather, problems);
    std::mem::take(problems)
}

fn exactly(count: u64) -> Count {
    Count { count, exact: true }
}

fn add(problems: &mut Vec<Problem>, kind: ProblemKind, values: Count, message: impl Into<String>) {
    if values.count > 0 || kind == ProblemKind::Empty {
        problems.push(Problem { kind, values, message: message.into() });
    }
}

/// `1 value`, `about 12 values`.
fn values(count: Count) -> String {
    counted(count, "value")
}

fn counted(count: Count, noun: &str) -> String {
    format!("{count} {noun}{}", if count.count == 1 { "" } else { "s" })
}

fn whole(column: &ColumnProfile, meaning: Option<Meaning>, problems: &mut Vec<Problem>) {
    let (filled, distinct) = (column.filled, column.distinct);
    if filled == 0 {
        return add(problems, ProblemKind::Empty, exactly(0), "no values");
    }
    if distinct.count == 1 && filled > 1 {
        add(problems, ProblemKind::Constant, exactly(filled), "the same value in all records that have one");
    }
    let share = distinct.count as f64 / filled as f64;
    let is_key = meaning == Some(Meaning::Id);
    if is_key && distinct.exact && filled >= ENOUGH && share >= NEARLY && distinct.count < filled {
        let repeated = exactly(filled - distinct.count);
        let message = format!("nearly a key: {repeated} of {filled} values repeat another");
        add(problems, ProblemKind::NearlyUnique, repeated, message);
    }
}

fn dates(gather: &Gather, problems: &mut Vec<Problem>) {
    let [day, month, either] =
        [Flags::DAY_FIRST, Flags::MONTH_FIRST, Flags::EITHER_FIRST].map(|flag| gather.flagged(flag));
    if day > 0 && month > 0 {
        let message = format!(
            "mixed date orders: {day} with the day first, {month} with the month first, {either} that could be either"
        );
        add(problems, ProblemKind::MixedDateOrders, exactly(day + month + either), message);
    } else if day + month == 0 && either > 0 {
        let message = format!("{} in which day and month cannot be told apart", values(exactly(either)));
        add(problems, ProblemKind::UnclearDateOrder, exactly(either), message);
    }
}

/// The ways in which numbers are written, as they are named.
fn phone_style(text: &str) -> Option<&'static str> {
    let scanned = scan(text);
    let text = text.trim();
    if scanned.flags.has(Flags::WIDE) && !scanned.flags.has(Flags::LETTER) {
        return Some("in full width");
    }
    if !(7..=20).contains(&scanned.digits) {
        return None;
    }
    let lower = text.to_lowercase();
    let is_extended = ["ext", "x", "转", "分机", "#"].iter().any(|mark| lower.contains(mark));
    Some(match () {
        () if is_extended => "with an extension",
        () if text.starts_with('+') => "international",
        () if text.starts_with("00") => "international with 00",
        () if text.bytes().all(|b| b.is_ascii_digit()) => "digits only",
        () => "with separators",
    })
}

fn phones(gather: &Gather, problems: &mut Vec<Problem>) {
    let mut styles: Vec<(&str, u64)> = Vec::new();
    for (text, times) in gather.held() {
        let Some(style) = phone_style(text) else { continue };
        match styles.iter_mut().find(|(known, _)| *known == style) {
            Some((_, count)) => *count += times,
            None => styles.push((style, times)),
        }
    }
    if styles.len() < 2 {
        return;
    }
    styles.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let all: u64 = styles.iter().map(|(_, count)| count).sum();
    let exact = gather.holds_all();
    let told = styles.iter().map(|(style, count)| match exact {
        true => format!("{style}, {count}"),
        false => format!("{style}, {:.1} %", *count as f64 * 100.0 / all as f64),
    });
    let message =
        format!("{} ways of writing numbers: {}", styles.len(), told.collect::<Vec<_>>().join("; "));
    let others = all - styles.first().map_or(0, |(_, count)| *count);
    add(problems, ProblemKind::MixedPhoneStyles, Count { count: others, exact }, message);
}

fn repeated(gather: &Gather, flag: Flags, keys: &Keys, what: &str, problems: &mut Vec<Problem>) {
    let (all, (distinct, exact)) = (gather.flagged(flag), keys.distinct.count());
    let repeated = all.saturating_sub(distinct);
    if keys.given_up || !exact && (repeated as f64) < all as f64 * ERROR {
        return;
    }
    let count = Count { count: repeated, exact };
    let message = format!("likely duplicates: {count} of {all} {what} repeat another, however written");
    add(problems, ProblemKind::LikelyDuplicates, count, message);
}

fn floats(gather: &Gather, meaning: Option<Meaning>, problems: &mut Vec<Problem>) {
    let exponents = exactly(gather.flagged(Flags::EXPONENT));
    let message = format!("{} like `9.99E+99`: digits are lost", values(exponents));
    add(problems, ProblemKind::ReadAsFloat, exponents, message);
    let is_name = matches!(
        meaning,
        Some(Meaning::Id | Meaning::Phone | Meaning::Postcode | Meaning::Handle | Meaning::CreditCode)
    );
    let points = exactly(if is_name { gather.flagged(Flags::POINT_ZERO) } else { 0 });
    add(problems, ProblemKind::ReadAsFloat, points, format!("{} of digits with `.0` behind", values(points)));
}

/// What is seen in the values that are held.
fn held(gather: &Gather, meaning: Option<Meaning>, problems: &mut Vec<Problem>) {
    let subject = match meaning {
        Some(Meaning::Phone) => Subject::Phone,
        Some(Meaning::Email) => Subject::Email,
        Some(Meaning::Person) => Subject::Person,
        Some(Meaning::Company) => Subject::Company,
        Some(Meaning::CreditCode) => Subject::Id,
        Some(Meaning::Date | Meaning::DateTime) => Subject::Date,
        _ => Subject::Any,
    };
    let (mut placeholders, mut mojibake, mut misfits, mut all) = (0, 0, 0, 0);
    for (text, times) in gather.held() {
        all += times;
        if is_nothing(text) {
            continue;
        }
        let is_placeholder = is_placeholder(subject, text);
        placeholders += if is_placeholder { times } else { 0 };
        misfits += if !is_placeholder && is_misfit(text, meaning) { times } else { 0 };
        mojibake += if !text.is_ascii() && mojibake::detect(text).is_some() { times } else { 0 };
    }
    let exact = gather.holds_all();
    // Of a sample, its share of all.
    let count = |found: u64| match exact {
        true => exactly(found),
        false => {
            Count { count: (found as f64 * gather.filled as f64 / all.max(1) as f64).round() as u64, exact }
        }
    };
    let [placeholders, mojibake, misfits] = [placeholders, mojibake, misfits].map(count);
    let message = format!("{} in place of {}", counted(placeholders, "placeholder"), subject.noun());
    add(problems, ProblemKind::Placeholders, placeholders, message);
    let message = format!("{} read in the wrong encoding, it seems", values(mojibake));
    add(problems, ProblemKind::Mojibake, mojibake, message);
    if misfits.count * 2 < gather.filled {
        let message = format!(
            "{} unlike any {}",
            values(misfits),
            meaning.map(|meaning| meaning.to_string()).unwrap_or_default()
        );
        add(problems, ProblemKind::Misfits, misfits, message);
    }
}

/// Whether a value cannot be what the column holds.
fn is_misfit(text: &str, meaning: Option<Meaning>) -> bool {
    let scanned = scan(text);
    match meaning {
        Some(Meaning::Email) => !scanned.flags.has(Flags::AT) && !text.contains('＠'),
        Some(Meaning::Phone) => !scanned.flags.has(Flags::DIGIT) && !scanned.flags.has(Flags::WIDE),
        Some(Meaning::Person) => scanned.flags.has(Flags::AT) || scanned.digits > 6,
        _ => false,
    }
}

fn flagged(column: &ColumnProfile, gather: &Gather, problems: &mut Vec<Problem>) {
    let count = |flag| exactly(gather.flagged(flag));
    let nothing = count(Flags::NOTHING);
    add(
        problems,
        ProblemKind::WordsForNothing,
        nothing,
        format!("{nothing} times a word for nothing, such as N/A"),
    );
    let space = count(Flags::OUTER_SPACE);
    add(
        problems,
        ProblemKind::OuterSpace,
        space,
        format!("{} with white space before or after", values(space)),
    );
    let blank = exactly(column.blank);
    add(problems, ProblemKind::OuterSpace, blank, format!("{} of white space alone", values(blank)));
    let invisible = count(Flags::CONTROL);
    add(
        problems,
        ProblemKind::Invisible,
        invisible,
        format!("{} with characters that nobody sees", values(invisible)),
    );
    let wide = count(Flags::WIDE);
    let ordinary = gather.flagged(Flags::ASCII_WORD);
    if ordinary > 0 {
        add(
            problems,
            ProblemKind::MixedWidths,
            wide,
            format!("{} in full-width characters beside ordinary ones", values(wide)),
        );
    }
    let replaced = count(Flags::REPLACED);
    add(
        problems,
        ProblemKind::Mojibake,
        replaced,
        format!("{} with `\u{FFFD}`, where a character is lost", values(replaced)),
    );
}
