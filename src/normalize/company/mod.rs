//! Companies and other organisations: their legal forms, and a key to compare them by.
//!
//! ```
//! use handover::normalize::apply;
//! use handover::normalize::company::{Company, company, company_key};
//!
//! let parsed = Company::parse("北京市星河科技（集团）股份有限公司")?;
//! assert_eq!((parsed.name.as_str(), parsed.region.as_deref()), ("星河科技", Some("北京市")));
//! assert_eq!(parsed.legal_form.as_deref(), Some("(集团)股份有限公司"));
//!
//! assert_eq!(apply(&[company()], " Ｍüller  GmbH＆Co. KG ")?, "Müller GmbH&Co. KG");
//! assert_eq!(apply(&[company_key()], "MULLER GMBH & CO. KG")?, "muller");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! The forms are those of [rigour](https://github.com/opensanctions/rigour)
//! (MIT, commit 8f4044d), of cleanco 2.3 (MIT) and some of our own;
//! `scripts/legal_forms.py` makes the table.

mod forms;
mod quick;
mod region;
mod words;
mod write;

use std::borrow::Cow;

use self::words::{Role, Words};
use self::write::{key, source, standardized};
use super::catalogue::{Entry, Options};
use super::text::tidied;
use super::unicode::width_folded;
use super::{Normalizer, rule};
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "company",
    about: "company names: space and width; their names, legal forms or keys by option",
    options: "standard_form (Ltd. for LIMITED), name (without legal form and region), form (the legal form alone), \
              region (the place alone), key (what to compare by)",
    example: ["company", "上海星河科技（集团）　有限公司", "上海星河科技(集团) 有限公司"],
    make,
}];

fn make(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut made = company();
    for (key, _) in options.pairs() {
        made = match key.to_ascii_lowercase().as_str() {
            "standard_form" | "standard" => company_standard_form(),
            "name" => part("company_name", |company| Some(company.name), |_| false),
            "form" | "legal_form" => part("company_form", |company| company.legal_form, forms::are_all),
            "region" => {
                part("company_region", |company| company.region, |words| region::is_place(&words.letters))
            }
            "key" => company_key(),
            _ => return Err(options.refuse(key)),
        };
    }
    Ok(made)
}

/// A company's name, taken apart. What is put together again is spelt as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Company {
    /// The name without what follows. The whole text, where nothing else would be left.
    pub name: String,
    /// `Co., Ltd.`, `GmbH & Co. KG`, `股份有限公司`, `(株)`.
    pub legal_form: Option<String>,
    /// The place before a Chinese name, or in brackets: `北京市`, `China`.
    pub region: Option<String>,
    /// The place of a branch: `上海` of `某某有限公司上海分公司`.
    pub branch: Option<String>,
}

impl Company {
    /// Takes a name apart. A text without letters and digits is a fault.
    ///
    /// A legal form is set aside at the end, at the beginning where it is one
    /// that stands there (`ООО`, `PT`, `Oy`, `株式会社`), in brackets, and within
    /// the name where it is no word (`Acme Inc. dba Zoom`), always provided
    /// that a name remains. A place is set aside in brackets, and before a
    /// Chinese name that tells the company apart without it: `上海星河科技`, but not `上海银行`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = tidied(text);
        let words = read(&text);
        if words.letters.is_empty() {
            return Err(Fault::new(NOTHING));
        }
        let of =
            |wanted: fn(Role) -> bool| Some(source(&words, &text, wanted)).filter(|part| !part.is_empty());
        let name = of(|role| matches!(role, Role::Name | Role::Filler | Role::Open | Role::Close));
        Ok(Company {
            name: name.unwrap_or_else(|| text.clone().into_owned()),
            legal_form: of(|role| role == Role::Form),
            region: of(|role| role == Role::Region)
                .map(|place| place.trim_matches(['(', ')', ' ']).to_owned()),
            branch: of(|role| role == Role::Branch),
        })
    }

    /// What two spellings of one company have in common: see [`company_key`].
    pub fn key(text: &str) -> String {
        let text = match text.contains(|c| matches!(c, '\u{FF61}'..='\u{FF9F}')) {
            true => width_folded(text),
            false => Cow::Borrowed(text),
        };
        let (mut key, mut settled) = key(&read(&text));
        // What only came to the end now may be set aside as well.
        for _ in 0..8 {
            if settled {
                break;
            }
            let (next, again) = self::key(&read(&key));
            settled = again || next == key;
            key = next;
        }
        key
    }
}

const NOTHING: &str = "no letter or digit in it";

/// Company names as they are stored: white space and width made even, brackets
/// too (`（集团）` becomes `(集团)`), what nobody sees removed. The name and its
/// legal form stay as they are spelt.
///
/// A text without letters and digits is a fault.
pub fn company() -> Box<dyn Normalizer> {
    rule("company", |text| {
        let tidy = tidied(text);
        match tidy.is_empty() || tidy.contains(char::is_alphanumeric) {
            true => Ok(tidy),
            false => Err(Fault::new(NOTHING)),
        }
    })
}

/// Like [`company`], and the legal form is written the standard way: `LIMITED`
/// becomes `Ltd.`, `Aktiengesellschaft` becomes `AG`, `㈱` becomes `株式会社`.
///
/// ```
/// use handover::normalize::apply;
/// use handover::normalize::company::company_standard_form;
///
/// assert_eq!(apply(&[company_standard_form()], "ACME TRADING CO LIMITED")?, "ACME TRADING Co., Ltd.");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn company_standard_form() -> Box<dyn Normalizer> {
    rule("company_standard_form", |text| {
        let mut now = company().normalize(text)?;
        for _ in 0..4 {
            let next = standardized(&read(&now), &now);
            if next == *now {
                break;
            }
            now = Cow::Owned(next);
        }
        Ok(now)
    })
}

/// What two spellings of one company have in common, for comparing and not for
/// reading: the name in lower case, without legal form, place (as
/// [`Company::parse`] sets them aside), accents, punctuation, `&`, `and` and
/// `the`, in simplified characters. The place of a branch stays.
///
/// ```
/// use handover::normalize::apply;
/// use handover::normalize::company::company_key;
///
/// let key = |text| apply(&[company_key()], text).unwrap().into_owned();
/// assert_eq!(key("The Café & Bar Company, Ltd."), key("CAFE AND BAR LIMITED"));
/// assert_eq!(key("臺灣星河電子股份有限公司"), key("星河电子（台湾）有限公司"));
/// assert_ne!(key("上海银行股份有限公司"), key("北京银行股份有限公司"));
/// ```
pub fn company_key() -> Box<dyn Normalizer> {
    rule("company_key", |text| {
        let key = Company::key(text);
        Ok(if key == text { Cow::Borrowed(text) } else { Cow::Owned(key) })
    })
}

/// A rule that writes one part of a company's name; a text that is nothing but such a part stays.
fn part(
    name: &'static str,
    part: fn(Company) -> Option<String>,
    is_part: fn(&Words) -> bool,
) -> Box<dyn Normalizer> {
    rule(name, move |text| {
        let mut now = tidied(text);
        for _ in 0..8 {
            if is_part(&Words::of(&now)) {
                break;
            }
            let part = part(Company::parse(&now)?).unwrap_or_default();
            if part == *now || part.is_empty() {
                return Ok(if part == *now { now } else { Cow::Borrowed("") });
            }
            now = Cow::Owned(part);
        }
        Ok(now)
    })
}

/// The words of a name, told apart by what they are for.
fn read(text: &str) -> Words {
    /// More than this (bytes) is no name, and is not looked at.
    const LONGEST: usize = 1000;

    let mut words = Words::of(text);
    if text.len() <= LONGEST {
        region::mark_in_brackets(&mut words);
        forms::mark(&mut words, text);
        while region::mark_before(&mut words, text) && forms::mark_first(&mut words, text) {}
    }
    words
}
