//! Text that was read in the wrong encoding.
//!
//! ```
//! use handover::normalize::mojibake::detect;
//!
//! let found = detect("BjÃ¶rn").unwrap();
//! assert_eq!(found.to_string(), "UTF-8 read as Latin-1");
//! assert_eq!(found.repaired(), Some("Björn"));
//! assert_eq!(detect("鐜嬩紵").unwrap().repaired(), Some("王伟"));
//! assert!(detect("锟斤拷").unwrap().is_lost());
//! assert!(detect("Björn").is_none());
//! ```
//!
//! What is known:
//!
//! | was | read as | looks like |
//! |---|---|---|
//! | UTF-8, also twice and more, in part, with `A0` made a space | ISO-8859-1 and 2, windows-1250 to 1254 and 1257, Mac Roman, IBM437 | `BjÃ¶rn`, `Tiß║┐ng` |
//! | UTF-8 | GBK, Shift_JIS, EUC-KR, Big5 | `鐜嬩紵` |
//! | GBK, EUC-KR, Shift_JIS, windows-1251 | windows-1252, ISO-8859-1 | `ÍõÎ°`, `Èâàíîâ` |
//! | ISO-8859-1 | GBK | `M黮ler` |
//! | windows-1252 | ISO-8859-1 | the controls U+0080 to U+009F |
//! | anything | what lacks its characters | `�`, `???`, `M?ller`, `锟斤拷`: lost |
//!
//! Right text comes first: what could be either is left alone.

mod badness;
mod multi;
mod pages;
mod single;

use std::borrow::Cow;
use std::fmt;

use super::catalogue::{Entry, Options};
use super::{Normalizer, rule};
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "mojibake",
    about: "text that was read in the wrong encoding, as it was before; what is lost stays",
    options: "strict (text that has lost characters is a fault)",
    example: ["mojibake", "BjÃ¶rn StrÃ¶m", "Björn Ström"],
    make,
}];

fn make(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut strict = false;
    for (key, _) in options.pairs() {
        match key.to_ascii_lowercase().as_str() {
            "strict" => strict = true,
            _ => return Err(options.refuse(key)),
        }
    }
    Ok(match strict {
        false => repair_mojibake(),
        true => rule("mojibake", |text| match repair(text) {
            fixed if is_lost(&fixed) => Err(Fault::new(LOST)),
            fixed => Ok(fixed),
        }),
    })
}

/// What is said of text whose characters cannot be brought back.
const LOST: &str = "read in the wrong encoding, characters are lost";

/// How many wrong readings one after the other are looked for.
const MOST_READINGS: usize = 8;

/// What [`detect`] found in a text. As text, what was done to it: `UTF-8 read as GBK`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mojibake {
    story: &'static str,
    repaired: Option<String>,
    lost: bool,
}

impl Mojibake {
    /// The text as it was before, as far as it can be told.
    pub fn repaired(&self) -> Option<&str> {
        self.repaired.as_deref()
    }

    /// Whether characters are gone for good.
    pub fn is_lost(&self) -> bool {
        self.lost
    }
}

impl fmt::Display for Mojibake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.story)
    }
}

/// Whether text was read in the wrong encoding; `None` for what looks right.
pub fn detect(text: &str) -> Option<Mojibake> {
    if let Some((repaired, story)) = mended(text) {
        let lost = is_lost(&repaired);
        return Some(Mojibake { story, repaired: Some(repaired), lost });
    }
    is_lost(text).then_some(Mojibake { story: "characters are lost", repaired: None, lost: true })
}

/// Gives text that was read in the wrong encoding back as it was, where that
/// can be told; everything else stays. The report counts what was repaired.
///
/// ```
/// use handover::normalize::{apply, mojibake::repair_mojibake};
///
/// assert_eq!(apply(&[repair_mojibake()], "ÍõÎ°")?, "王伟");
/// assert_eq!(apply(&[repair_mojibake()], "Jürgen")?, "Jürgen");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn repair_mojibake() -> Box<dyn Normalizer> {
    rule("mojibake", |text| Ok(repair(text)))
}

fn repair(text: &str) -> Cow<'_, str> {
    mended(text).map_or(Cow::Borrowed(text), |(fixed, _)| Cow::Owned(fixed))
}

fn mended(text: &str) -> Option<(String, &'static str)> {
    if text.is_ascii() {
        return None;
    }
    let once = |text: &str| {
        single::reread(text).or_else(|| multi::repaired(text)).or_else(|| single::reread_in_part(text))
    };
    let (mut fixed, story) = once(text)?;
    for _ in 0..MOST_READINGS {
        let Some((next, _)) = once(&fixed) else { break };
        fixed = next;
    }
    (fixed != text).then_some((fixed, story))
}

/// Whether characters were replaced by others that say so.
fn is_lost(text: &str) -> bool {
    let marked = !text.is_ascii() && ["\u{FFFD}", "锟斤", "斤拷"].iter().any(|mark| text.contains(mark));
    marked || (text.contains('?') && has_question_marks_for_text(text)) || multi::is_cut_off(text)
}

/// Question marks where no question is: nothing else, three and more after
/// what is no word, or one between small letters of what is no address.
fn has_question_marks_for_text(text: &str) -> bool {
    let address = text.contains(['/', '=', '@', '&']);
    let only = text.len() > 1 && text.chars().all(|c| c == '?' || c == ' ') && text.contains("??");
    let begins = text.trim_start().starts_with("???") || text.contains(" ???");
    let within = |three: &[u8]| matches!(three, [b'a'..=b'z' | b'A'..=b'Z', b'?', b'a'..=b'z']);
    only || (!address && (begins || text.as_bytes().windows(3).any(within)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> (String, &'static str) {
        mended(text).unwrap_or_else(|| (text.to_owned(), "right"))
    }

    #[test]
    fn utf8_comes_back_from_every_page() {
        for (text, right, story) in [
            ("ZoÃ«", "Zoë", "UTF-8 read as Latin-1"),
            ("â€œquotedâ€\u{9D}", "“quoted”", "UTF-8 read as windows-1252"),
            ("РџСЂРёРІРµС‚", "Привет", "UTF-8 read as windows-1251"),
            ("ÃƒÂ©tÃƒÂ©", "été", "UTF-8 read as windows-1252"),
            ("鐜嬩紵", "王伟", "UTF-8 read as GBK"),
            ("å¼ ä¸‰", "张三", "UTF-8 read as windows-1252"),
            ("ÍõÎ°", "王伟", "GBK read as windows-1252"),
            ("Èâàíîâ", "Иванов", "windows-1251 read as windows-1252"),
            ("±è¹Î¼ö", "김민수", "EUC-KR read as windows-1252"),
            ("ƒeƒXƒg", "テスト", "Shift_JIS read as windows-1252"),
            ("M黮ler", "Müller", "ISO-8859-1 read as GBK"),
            ("縺薙ｓ縺ｫ縺｡縺ｯ", "こんにちは", "UTF-8 read as Shift_JIS"),
        ] {
            assert_eq!(fixed(text), (right.to_owned(), story), "{text}");
        }
    }

    #[test]
    fn right_text_is_left_alone() {
        for text in [
            "Müller & Söhne GmbH",
            "Nguyễn Thị Minh Khai",
            "François Lefèvre-Ædin",
            "王伟",
            "北京市朝阳区",
            "株式会社テスト",
            "김철수",
            "Привет, мир",
            "ÀÉÎÕÜ",
            "Åse Øyen",
            "“Ça va ?”",
            "£5 – £10",
            "····",
            "°°°°",
            "Œuvres d’Émile",
            "app没bug",
            "iPhone裝置",
            "Hello猫",
            "どうして???",
            "¿Qué?",
            "What?",
            "ＡＢＣ株式会社",
            "𠮷野家",
            "e\u{301}",
            "",
        ] {
            assert_eq!(detect(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_lost_is_said() {
        for text in
            ["M\u{FFFD}ller", "锟斤拷锟斤拷", "???", "?? ??", "M?ller", "??? GmbH", "鍖椾含甯\u{FFFD}"]
        {
            let found = detect(text).unwrap();
            assert!(found.is_lost() && found.repaired().is_none(), "{text}");
        }
        for text in ["Really?", "Why??", "https://a.cn/?a=b", "?", "wann? bald"] {
            assert_eq!(detect(text), None, "{text}");
        }
    }
}
