//! Names of persons: their parts, their order, and a key to compare them by.
//!
//! ```
//! use handover::normalize::person::PersonName;
//!
//! let name = PersonName::parse("Smith, Dr. John V., Jr.")?;
//! assert_eq!((name.title.as_str(), name.given.as_str(), name.family.as_str()), ("Dr.", "John", "Smith"));
//! assert_eq!((name.middle.as_str(), name.suffix.as_str()), ("V.", "Jr."));
//! assert_eq!(name.to_string(), "Dr. John V. Smith, Jr.");
//!
//! let name = PersonName::parse("欧阳娜娜女士")?;
//! assert_eq!((name.family.as_str(), name.given.as_str(), name.suffix.as_str()), ("欧阳", "娜娜", "女士"));
//! # Ok::<(), handover::Fault>(())
//! ```

mod clauses;
mod east_asian;
mod piece;
mod surnames;
mod western;
mod words;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use super::catalogue::Entry;
use super::{Normalizer, apply, collapse_space, fold_width, nfc, strip_control, trim};
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[];

/// A name in its parts, each empty where the name has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonName {
    /// In front of the name: `Dr.`, `Prof. Dr.`, `Mr. and Mrs.`.
    pub title: String,
    /// `John`, `伟`; with the names of both where it is a couple's: `John and Jane`.
    pub given: String,
    /// `V.`, `Carlos`.
    pub middle: String,
    /// `Smith`, `van der Berg`, `欧阳`.
    pub family: String,
    /// Behind the name: `Jr.`, `III, PhD`; forms of address in East Asian names: `先生`, `总`, `様`, `씨`.
    pub suffix: String,
    /// In brackets or quotation marks: `Jack`.
    pub nickname: String,
    /// The family name at birth: `née Jones`.
    pub maiden: String,
}

impl PersonName {
    /// Reads a name, its order decided by its script.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Ok(read(text, false))
    }
}


fn read(text: &str, family_first: bool) -> PersonName {
    let text = tidied(text);
    let text = &*text;
    let clauses::Clauses { rest, nickname, maiden } = clauses::take(text);
    let mut segments: Vec<&str> = rest.split([',', '，', '،', '、']).map(str::trim).collect();
    let mut first = true;
    segments.retain(|segment| std::mem::take(&mut first) || !segment.is_empty());
    let mut name = match east_asian::applies(&segments) {
        true => read_east_asian(&segments),
        false => western::parse(&segments, family_first),
    };
    let moves = !name.given.is_empty() && name.family.is_empty() && name.middle.is_empty() && name.title.is_empty();
    let moves = moves && (name.suffix.is_empty() || !maiden.is_empty());
    if moves && (!nickname.is_empty() || !maiden.is_empty()) {
        std::mem::swap(&mut name.family, &mut name.given);
    }
    name.nickname = nickname;
    push_word(&mut name.maiden, &maiden, " ");
    name
}

/// The text as one would write it: width, form, white space, and no pictures.
fn tidied(text: &str) -> Cow<'_, str> {
    static TIDY: LazyLock<[Box<dyn Normalizer>; 5]> =
        LazyLock::new(|| [strip_control(), fold_width(), nfc(), collapse_space(), trim()]);
    let mut before = b' ';
    let tidy = text.bytes().all(|b| {
        let tidy = b.is_ascii_graphic() || b == b' ' && before != b' ';
        before = b;
        tidy
    });
    if tidy && before != b' ' {
        return Cow::Borrowed(text);
    }
    let picture = |c: char| matches!(c, '\u{2600}'..='\u{27BF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}');
    let tidy = apply(&*TIDY, text).unwrap_or(Cow::Borrowed(text));
    match tidy.contains(picture) {
        false => tidy,
        true => Cow::Owned(tidied(&tidy.replace(picture, "")).into_owned()),
    }
}

/// An East Asian name, with titles and suffixes that may be Western: `Dr 김민준씨, Jr.`.
fn read_east_asian(segments: &[&str]) -> PersonName {
    let (mut titles, mut suffixes, mut maiden) = (String::new(), String::new(), String::new());
    let mut words = Vec::new();
    let mut comma = None;
    for (at, segment) in segments.iter().enumerate() {
        if at == 1 {
            comma = Some(words.len());
        }
        let mut separator = if at == 0 { " " } else { ", " };
        let mut segment_words = segment.split(' ').filter(|word| !word.is_empty());
        while let Some(word) = segment_words.next() {
            match word {
                "旧姓" | "舊姓" => {
                    push_word(&mut maiden, segment_words.next().unwrap_or_default(), " ");
                }
                word if east_asian::is_address(word) && at > 0 => {
                    push_word(&mut suffixes, word, separator);
                    separator = " ";
                }
                word if east_asian::is_east_asian(word) => words.push(word),
                word if words.is_empty() || word.ends_with('.') && piece::Piece::of(word, 0).is(words::TITLE) => {
                    push_word(&mut titles, word, " ");
                }
                word if at == 1 && piece::Piece::of(word, 0).initials == 1 => words.push(word),
                word => {
                    push_word(&mut suffixes, word, separator);
                    separator = " ";
                }
            }
        }
    }
    let mut name = east_asian::parse(&words, comma);
    name.title = titles;
    let separator = if segments.len() > 1 { ", " } else { " " };
    push_word(&mut name.suffix, &suffixes, separator);
    name.maiden = maiden;
    name
}

/// Adds a word behind those that are there.
fn push_word(words: &mut String, word: &str, separator: &str) {
    if !words.is_empty() && !word.is_empty() {
        words.push_str(separator);
    }
    words.push_str(word);
}
