//! Yes and no, in the words and signs that forms and exports hold.
//!
//! ```
//! use handover::normalize::boolean::boolean;
//! use handover::normalize::{apply, named};
//!
//! for text in ["Yes", "Ｙ", "是", "√", "1", "TRUE", "oui", "はい", "да"] {
//!     assert_eq!(apply(&[boolean()], text)?, "true");
//! }
//! assert_eq!(apply(&[named("bool:是|否")?], "no")?, "否");
//! assert_eq!(apply(&[boolean()], "maybe").unwrap_err().to_string(), "neither yes nor no");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::borrow::Cow;

use super::Normalizer;
use super::catalogue::{Entry, Options};
use super::text::trimmed;
use super::unicode::width_folded;
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "bool",
    about: "yes and no in many languages, numbers and signs, to true and false",
    options: "the two words to write, with a bar between them, such as yes|no, 是|否 or 1|0",
    example: ["bool", "是", "true"],
    make: named,
}];

fn named(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut rule = Boolean::default();
    for (key, _) in options.pairs() {
        let Some((yes, no)) = key.split_once(['|', '/']) else { return Err(options.refuse(key)) };
        let (yes, no) = (yes.trim(), no.trim());
        if yes.is_empty() || no.is_empty() || yes == no || no.contains(['|', '/']) {
            return Err(options.refuse(key));
        }
        rule = Boolean::words(yes, no);
    }
    Ok(Box::new(rule))
}

const YES: &[&str] = &[
    "1",
    "1.0",
    "-1",
    "y",
    "yes",
    "t",
    "true",
    "on",
    "enabled",
    "checked",
    "yep",
    "yeah", // English
    "是",
    "是的",
    "有",
    "对",
    "對",
    "真",
    "已",
    "开",
    "開",
    "启用",
    "啟用",
    "同意",
    "需要", // Chinese
    "√",
    "✓",
    "✔",
    "☑",
    "✅", // signs
    "oui",
    "vrai",
    "ja",
    "j",
    "wahr",
    "sí",
    "si",
    "sì",
    "s",
    "verdadero",
    "vero",
    "sim",
    "verdadeiro",
    "да",
    "истина",
    "так",
    "tak",
    "prawda",
    "ano",
    "igen",
    "da",
    "evet",
    "kyllä",
    "jo",
    "waar",
    "sand",
    "sant",
    "はい",
    "有り",
    "あり",
    "예",
    "네",
    "참",
    "có",
    "ya",
    "ใช่",
    "نعم",
    "हाँ",
];

const NO: &[&str] = &[
    "0",
    "0.0",
    "n",
    "no",
    "f",
    "false",
    "off",
    "disabled",
    "unchecked",
    "nope", // English
    "否",
    "不",
    "不是",
    "无",
    "無",
    "没有",
    "沒有",
    "错",
    "錯",
    "假",
    "未",
    "关",
    "關",
    "停用",
    "禁用",
    "不同意",
    "不需要",
    "×",
    "✗",
    "✘",
    "✕",
    "✖",
    "☐",
    "❌", // signs
    "non",
    "faux",
    "nein",
    "falsch",
    "falso",
    "não",
    "nao",
    "нет",
    "ложь",
    "ні",
    "nie",
    "fałsz",
    "ne",
    "nem",
    "nu",
    "hayır",
    "hayir",
    "ei",
    "nej",
    "nei",
    "nee",
    "onwaar",
    "falsk",
    "usant",
    "いいえ",
    "無し",
    "なし",
    "아니오",
    "아니요",
    "거짓",
    "không",
    "tidak",
    "ไม่ใช่",
    "لا",
    "नहीं",
];

/// Writes `true` and `false`: the rule [`Boolean`] as it is by default.
pub fn boolean() -> Box<dyn Normalizer> {
    Box::new(Boolean::default())
}

/// Reads yes and no and writes one word for each.
///
/// Read are `yes`, `true`, `on` and their like in the major languages, one
/// letter (`Y`, `N`, `T`, `F`, `J`, `S`), 1 and 0 (and -1, as Access writes
/// yes), ticks and crosses; case, width and white space do not matter. `x` is
/// a cross to some and a tick to others, and so a fault: `neither yes nor no`.
#[derive(Debug, Clone)]
pub struct Boolean {
    yes: Cow<'static, str>,
    no: Cow<'static, str>,
}

impl Default for Boolean {
    fn default() -> Self {
        Boolean { yes: Cow::Borrowed("true"), no: Cow::Borrowed("false") }
    }
}

impl Boolean {
    /// Writes these words, which are then read as what they stand for, whatever else they may mean.
    pub fn words(yes: impl Into<String>, no: impl Into<String>) -> Self {
        Boolean { yes: Cow::Owned(yes.into()), no: Cow::Owned(no.into()) }
    }
}

impl Normalizer for Boolean {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        if text == self.yes || text == self.no {
            return Ok(Cow::Borrowed(text));
        }
        let word = word(text);
        let written = match &*word {
            word if YES.contains(&word) => &self.yes,
            word if NO.contains(&word) => &self.no,
            _ => return Err(Fault::new("neither yes nor no").rule("bool")),
        };
        Ok(match written {
            Cow::Borrowed(word) => Cow::Borrowed(word),
            Cow::Owned(word) => Cow::Owned(word.clone()),
        })
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("bool")
    }
}

/// A text as the words of a table are written: trimmed, of ordinary width, in
/// lower case and without a final full stop.
pub(super) fn word(text: &str) -> Cow<'_, str> {
    let short = trimmed(text).trim_end_matches(['.', '。', '．']);
    match width_folded(short) {
        Cow::Borrowed(word) if !word.contains(char::is_uppercase) => Cow::Borrowed(word),
        word => Cow::Owned(word.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_both() {
        for words in [YES, NO] {
            for text in words {
                assert_eq!(word(text), *text, "is found as it stands");
            }
        }
        assert!(YES.iter().all(|yes| !NO.contains(yes)));
    }

    #[test]
    fn ones_own_words_win() {
        let turned = Boolean::words("0", "1");
        assert_eq!(turned.normalize("yes").unwrap(), "0");
        assert_eq!(turned.normalize("0").unwrap(), "0");
    }

    #[test]
    fn what_is_neither_says_so() {
        for text in ["", "x", "maybe", "2", "yes no", "N/A"] {
            assert_eq!(boolean().normalize(text).unwrap_err().to_string(), "neither yes nor no");
        }
    }
}
