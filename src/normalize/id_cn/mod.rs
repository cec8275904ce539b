//! Chinese resident ids and unified social credit codes, with their check digits.
//!
//! ```
//! use handover::normalize::id_cn::{CreditCode, ResidentId};
//! use handover::Normalizer;
//! use handover::normalize::named;
//!
//! let id = named("id_cn")?;
//! assert_eq!(id.normalize("110000 19900307 001x")?, "11000019900307001X");
//! assert_eq!(id.normalize("110000199003070011").unwrap_err().to_string(), "wrong check digit");
//!
//! let id = ResidentId::parse("11000019900307001X")?;
//! assert_eq!(id.birth().to_string(), "1990-03-07");
//! assert_eq!(id.mask(), "110***********001X");
//!
//! assert_eq!(CreditCode::parse("91 110000 MA0000031 3").unwrap_err().to_string(), "wrong check digit");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! No message holds a digit of what it is about.

mod credit;
mod resident;

use std::borrow::Cow;

use super::Normalizer;
use super::catalogue::{Entry, Options};
use super::text::{behind_label, is_control, trimmed};
use super::unicode::width_folded;
use crate::error::{Fault, Result};

pub use credit::CreditCode;
pub use resident::ResidentId;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "id_cn",
        about: "resident ids of China: 18 characters with region, birth date and check digit (GB 11643)",
        options: "upgrade (ids of 15 digits become those of 18)",
        example: ["id_cn", "110000 19900307 001x", "11000019900307001X"],
        make: resident_named,
    },
    Entry {
        name: "credit_code_cn",
        about: "unified social credit codes of China, with both check digits (GB 32100, GB 11714)",
        options: "",
        example: ["credit_code_cn", "91110000ma0000031p", "91110000MA0000031P"],
        make: credit_named,
    },
];

fn resident_named(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut upgrade = false;
    for (key, _) in options.pairs() {
        match key.eq_ignore_ascii_case("upgrade") {
            true => upgrade = true,
            false => return Err(options.refuse(key)),
        }
    }
    Ok(Box::new(ResidentIds { upgrade }))
}

fn credit_named(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    options.none()?;
    Ok(credit_code_cn())
}

/// Writes a resident id as its 18 characters: without spaces and hyphens, of
/// ordinary width, with a capital `X`. [`ResidentId::parse`] says what is a fault.
pub fn id_cn() -> Box<dyn Normalizer> {
    Box::new(ResidentIds { upgrade: false })
}

/// Like [`id_cn`], and makes ids of 18 characters of those of 15 digits that
/// were issued until 1999: the century, 19, and the check digit are added.
pub fn id_cn_upgraded() -> Box<dyn Normalizer> {
    Box::new(ResidentIds { upgrade: true })
}

/// Writes a unified social credit code as its 18 capitals and digits.
/// [`CreditCode::parse`] says what is a fault.
pub fn credit_code_cn() -> Box<dyn Normalizer> {
    Box::new(CreditCodes)
}

struct ResidentIds {
    upgrade: bool,
}

impl Normalizer for ResidentIds {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let id = match self.upgrade {
            true => ResidentId::parse_upgraded(text),
            false => ResidentId::parse(text),
        };
        id.map(|id| written(text, id.as_str())).map_err(|fault| fault.rule("id_cn"))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("id_cn")
    }
}

struct CreditCodes;

impl Normalizer for CreditCodes {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        CreditCode::parse(text)
            .map(|code| written(text, code.as_str()))
            .map_err(|fault| fault.rule("credit_code_cn"))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("credit_code_cn")
    }
}

fn written<'a>(text: &'a str, normal: &str) -> Cow<'a, str> {
    if normal == text { Cow::Borrowed(text) } else { Cow::Owned(normal.to_owned()) }
}

/// The letters and digits of a text, in capitals and of ordinary width, and
/// nothing else: without what people put between them, a label before a
/// colon, and the apostrophe that makes a spreadsheet keep digits. Fails
/// where a number is masked or rounded, or holds anything else.
fn characters(text: &str) -> Result<Cow<'_, str>, Fault> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Ok(Cow::Borrowed(text));
    }
    let folded = width_folded(text);
    let bare = trimmed(behind_label(&folded));
    if bare.contains(['*', '●', '•']) {
        return Err(Fault::new("digits are masked"));
    }
    if bare.contains('.') || bare.to_ascii_uppercase().contains("E+") {
        return Err(Fault::new("rounded by a spreadsheet, digits are lost"));
    }
    let mut characters = String::with_capacity(18);
    for c in bare.chars() {
        match c {
            '0'..='9' | 'A'..='Z' | 'a'..='z' => characters.push(c.to_ascii_uppercase()),
            '×' | 'Х' | 'х' => characters.push('X'),
            '-' | '‐' | '–' | '—' | '\'' | '’' | '`' | '_' => {}
            c if c.is_whitespace() || is_control(c) => {}
            _ => return Err(Fault::new("something other than letters and digits")),
        }
    }
    match characters.is_empty() {
        true => Err(Fault::new("no number")),
        false => Ok(Cow::Owned(characters)),
    }
}

/// The two digits that the divisions of a province begin with (GB/T 2260).
fn is_province(code: &[u8]) -> bool {
    matches!(
        code,
        [b'1', b'1'..=b'5', ..]
            | [b'2', b'1'..=b'3', ..]
            | [b'3', b'1'..=b'7', ..]
            | [b'4', b'1'..=b'6', ..]
            | [b'5', b'0'..=b'4', ..]
            | [b'6', b'1'..=b'5', ..]
            | [b'7', b'1', ..]
            | [b'8', b'1'..=b'2', ..]
    )
}
