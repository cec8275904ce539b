//! Phone numbers, written as E.164: `+8613800138000`.
//!
//! ```
//! use handover::Normalizer;
//! use handover::normalize::Phone;
//!
//! let phone = Phone::region("CN");
//! assert_eq!(phone.normalize("138 0013 8000")?, "+8613800138000");
//! assert_eq!(phone.normalize("+44 20 7946 0018")?, "+442079460018");
//! assert_eq!(phone.normalize("（０１０）1234-6156 ext. 108")?, "+861012346156;ext=108");
//! assert_eq!(phone.normalize("029-88252701 转 8083")?, "+862988252701;ext=8083");
//! assert_eq!(phone.normalize("1380").unwrap_err().to_string(), "too short");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! What a number is, libphonenumber's rules say; which code applies them is
//! behind [`PhoneParser`]: [`Rlib`] by default, [`Phonenumber`] where a
//! program already holds that crate's types, or one's own.

mod extension;
#[cfg(feature = "phonenumber")]
mod phonenumber;
#[cfg(feature = "phone")]
mod rlib;

use std::borrow::Cow;

use super::Normalizer;
use super::unicode::width_folded;
use crate::error::{Error, Fault, Result};
use crate::normalize::catalogue::Entry;
use crate::record::{Record, Value};
use crate::schema::Schema;

#[cfg(feature = "phonenumber")]
pub use phonenumber::Phonenumber;
#[cfg(feature = "phone")]
pub use rlib::Rlib;

pub(super) const ENTRIES: &[Entry] = &[];

/// The most bytes that are looked at. libphonenumber's own limit is 250
/// characters; nothing that long is a number, and patterns take their time with it.
const LONGEST: usize = 250;

/// Reads a phone number out of a text.
pub trait PhoneParser: Send + Sync {
    /// The number that the text holds, or why it holds none. `region` is the
    /// ISO 3166 code, in capitals, of the country whose national notation the
    /// text may be in; without it, only numbers with a country code can be read.
    fn parse(&self, text: &str, region: Option<&str>) -> Result<ParsedPhone, Fault>;

    /// Whether numbers of a region can be read, asked once before the first record.
    fn knows(&self, region: &str) -> bool {
        region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase())
    }
}

/// A phone number that exists according to its country's numbering plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedPhone {
    /// The number with its country code, digits only: `+8613800138000`.
    pub e164: String,
    /// The digits to dial once connected.
    pub extension: Option<String>,
}

/// What becomes of the extension of a number, for which E.164 has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extension {
    /// It is appended as RFC 3966 writes it: `+861012346156;ext=108`.
    #[default]
    Keep,
    /// It is lost, and the loss is counted with the rule's changes.
    Drop,
}

/// Writes phone numbers as E.164; what is not a valid number is a fault.
///
/// Valid means what libphonenumber's `is_valid_number` means: the number lies
/// in a range that its country assigns, not that somebody answers. A number
/// with masked digits (`138****8000`) is a fault, although libphonenumber would
/// read on past the stars. An extension may stand behind the words that
/// libphonenumber knows (`ext.`, `x`, `#`), and behind those of Chinese,
/// Japanese, Korean and Russian: 转, 分机, 内線, 내선, доп.
///
/// ```
/// use handover::{Normalizer, Record, Schema};
/// use handover::normalize::phone::{Extension, Phone};
///
/// let schema = Schema::text(["phone", "country"])?;
/// let mut record = Record::new(schema.clone());
/// record.set("country", "GB")?;
///
/// let mut phone = Phone::region_from("country").extension(Extension::Drop);
/// phone.bind(&schema)?;
/// assert_eq!(phone.normalize_in("020 7946 0018 x22", &record)?, "+442079460018");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Phone {
    region: Region,
    extension: Extension,
    parser: Box<dyn PhoneParser>,
}

/// Where the country of numbers in national notation comes from.
enum Region {
    Nowhere,
    Fixed(String),
    Column { name: String, position: Option<usize> },
}

/// Numbers of one country in its national notation, and of all others with
/// their country code: the rule [`Phone::region`] as it is by default.
pub fn phone(region: &str) -> Box<dyn Normalizer> {
    Box::new(Phone::region(region))
}

impl Phone {
    /// Reads numbers without a country code as those of a region, an ISO 3166 code such as `CN`.
    pub fn region(region: &str) -> Self {
        Phone::new(Region::Fixed(region.to_ascii_uppercase()))
    }

    /// Reads numbers without a country code as those of the region whose ISO
    /// 3166 code stands in a column of the same record. Where that is empty or
    /// no such code, only numbers with a country code can be read.
    pub fn region_from(column: impl Into<String>) -> Self {
        Phone::new(Region::Column { name: column.into(), position: None })
    }

    /// Reads only numbers with a country code: `+86 138 0013 8000`.
    pub fn international() -> Self {
        Phone::new(Region::Nowhere)
    }

    /// What becomes of extensions; they are kept by default.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extension = extension;
        self
    }

    /// Reads numbers by another parser.
    #[must_use]
    pub fn parser(mut self, parser: impl PhoneParser + 'static) -> Self {
        self.parser = Box::new(parser);
        self
    }

    fn new(region: Region) -> Self {
        Phone { region, extension: Extension::default(), parser: default_parser() }
    }

    fn read<'a>(&self, text: &'a str, region: Option<&str>) -> Result<Cow<'a, str>, Fault> {
        check(text)?;
        let ParsedPhone { mut e164, extension } =
            self.parser.parse(&extension::with_english_word(text), region)?;
        if let (Extension::Keep, Some(extension)) = (self.extension, extension) {
            e164.push_str(";ext=");
            e164.push_str(&width_folded(&extension));
        }
        Ok(if e164 == text { Cow::Borrowed(text) } else { Cow::Owned(e164) })
    }

    fn read_in_column<'a>(
        &self,
        text: &'a str,
        column: &str,
        region: Value<'_>,
    ) -> Result<Cow<'a, str>, Fault> {
        let code = match region {
            Value::Text(code) => code.trim().to_ascii_uppercase(),
            _ => String::new(),
        };
        if self.parser.knows(&code) {
            return self.read(text, Some(&code));
        }
        self.read(text, None).map_err(|fault| match code.is_empty() {
            true => fault,
            false => Fault::new(format!("no country code, and column `{column}` holds no ISO 3166 code")),
        })
    }
}

impl Normalizer for Phone {
    /// As [`normalize_in`](Normalizer::normalize_in) does; a region that
    /// stands in another column is not known here.
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let region = match &self.region {
            Region::Fixed(region) => Some(region.as_str()),
            Region::Nowhere | Region::Column { .. } => None,
        };
        self.read(text, region).map_err(|fault| fault.rule("phone"))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("phone")
    }

    fn bind(&mut self, schema: &Schema) -> Result<()> {
        match &mut self.region {
            Region::Nowhere => {}
            Region::Fixed(region) if self.parser.knows(region) => {}
            Region::Fixed(region) => {
                return Err(Error::bind(format!("no phone numbers of a region `{region}` are known")));
            }
            Region::Column { name, position } => *position = Some(schema.index(name)?),
        }
        Ok(())
    }

    fn normalize_in<'a>(&self, text: &'a str, record: &'a Record) -> Result<Cow<'a, str>, Fault> {
        match &self.region {
            Region::Column { name, position: Some(position) } => {
                self.read_in_column(text, name, record.value(*position)).map_err(|fault| fault.rule("phone"))
            }
            _ => self.normalize(text),
        }
    }
}

#[cfg(feature = "phone")]
fn default_parser() -> Box<dyn PhoneParser> {
    Box::new(Rlib)
}

#[cfg(not(feature = "phone"))]
fn default_parser() -> Box<dyn PhoneParser> {
    Box::new(Phonenumber)
}

/// Refuses what no parser should see.
fn check(text: &str) -> Result<(), Fault> {
    if text.len() > LONGEST {
        return Err(Fault::new("too long"));
    }
    if text.contains("**") || text.to_ascii_lowercase().contains("xxx") {
        return Err(Fault::new("digits are masked"));
    }
    Ok(())
}

/// What a country code is that cannot be told: none at all, or one that does not exist.
fn no_country_code(text: &str, region: Option<&str>) -> Fault {
    match region.is_none() && !text.contains(['+', '＋']) {
        true => Fault::new("no country code and no region"),
        false => Fault::new("no such country code"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(phone: &Phone, text: &str) -> String {
        phone.normalize(text).unwrap_err().to_string()
    }

    #[test]
    fn e164_is_borrowed_and_stays() {
        let phone = Phone::region("CN");
        for text in ["+8613800138000", "+861012346156;ext=108"] {
            assert!(matches!(phone.normalize(text), Ok(Cow::Borrowed(same)) if same == text));
        }
    }

    #[test]
    fn extensions_are_kept_or_dropped() {
        assert_eq!(Phone::region("CN").normalize("010-12346156 ext 108").unwrap(), "+861012346156;ext=108");
        assert_eq!(
            Phone::region("CN").normalize("010-12346156（转１０８）").unwrap(),
            "+861012346156;ext=108"
        );
        let phone = Phone::region("CN").extension(Extension::Drop);
        assert_eq!(phone.normalize("010-12346156 ext 108").unwrap(), "+861012346156");
    }

    #[test]
    fn faults_say_what_is_wrong() {
        let phone = Phone::region("CN");
        for (text, expected) in [
            ("call me", "not a phone number"),
            ("138****8000", "digits are masked"),
            ("1380", "too short"),
            ("138001380001380", "too long"),
            ("+999 1234567", "no such country code"),
            ("12345678901", "not a number that its country assigns"),
        ] {
            assert_eq!(fault(&phone, text), expected, "{text}");
        }
        assert_eq!(fault(&phone, &"1".repeat(5000)), "too long");
        assert_eq!(fault(&Phone::international(), "13800138000"), "no country code and no region");
        assert_eq!(phone.normalize("").unwrap_err().rule_name(), "phone");
    }

    #[test]
    fn a_region_comes_from_its_column() {
        let schema = Schema::text(["phone", "country"]).unwrap();
        let mut record = Record::new(std::sync::Arc::clone(&schema));
        let mut phone = Phone::region_from("country");
        phone.bind(&schema).unwrap();
        let mut read = |country: &str, text: &str| {
            record.set("country", country).unwrap();
            phone.normalize_in(text, &record).map_or_else(|fault| fault.to_string(), Cow::into_owned)
        };
        assert_eq!(read("cn ", "13800138000"), "+8613800138000");
        assert_eq!(read("US", "(650) 253-0000"), "+16502530000");
        assert_eq!(read("China", "+8613800138000"), "+8613800138000");
        assert_eq!(
            read("China", "13800138000"),
            "no country code, and column `country` holds no ISO 3166 code"
        );
        assert_eq!(read("", "13800138000"), "no country code and no region");
    }

    #[test]
    fn a_region_or_column_that_is_not_there_is_found_before_the_first_record() {
        let schema = Schema::text(["phone"]).unwrap();
        assert_eq!(
            Phone::region("China").bind(&schema).unwrap_err().to_string(),
            "no phone numbers of a region `CHINA` are known"
        );
        assert_eq!(
            Phone::region_from("country").bind(&schema).unwrap_err().to_string(),
            "no column `country`. The columns are: phone"
        );
    }
}
