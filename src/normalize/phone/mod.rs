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
//! assert_eq!(phone.normalize("手机：13800138000（微信同号）")?, "+8613800138000");
//! assert_eq!(phone.normalize("13800138000/010-12346156")?, "+8613800138000; +861012346156");
//! assert_eq!(phone.normalize("1380").unwrap_err().to_string(), "too short");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! What a number is, libphonenumber's rules say; which code applies them is
//! behind [`PhoneParser`]: [`Rlib`] by default, [`Phonenumber`] where a
//! program already holds that crate's types, or one's own. What is a number
//! and what stands around it, [`Phone`] tells as a person would.

mod cut;
mod entry;
mod parser;
#[cfg(feature = "phonenumber")]
mod phonenumber;
mod phones;
mod read;
#[cfg(feature = "phone")]
mod rlib;
mod sheet;
mod tidy;
mod words;

use std::borrow::Cow;

use self::read::Reader;
use super::Normalizer;
use super::country::Country;
use crate::error::{Error, Fault, Result};
use crate::record::{Record, Value};
use crate::schema::Schema;

pub use super::splitter::Several;
pub(super) use entry::ENTRIES;
pub use parser::{ParsedPhone, PhoneFormat, PhoneKind, PhoneParser};
#[cfg(feature = "phonenumber")]
pub use phonenumber::Phonenumber;
pub use phones::Phones;
#[cfg(feature = "phone")]
pub use rlib::Rlib;

/// What becomes of the extension of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extension {
    /// It is written behind the number as its format says: `+861012346156;ext=108`.
    #[default]
    Keep,
    /// It is lost, and the loss is counted with the rule's changes.
    Drop,
}

/// Writes phone numbers in one format; what is not a valid number is a fault.
///
/// Valid means what libphonenumber's `is_valid_number` means: the number lies
/// in a range that its country assigns, not that somebody answers. Where
/// libphonenumber reads a text as a person would not, the person is right:
///
/// - words around a number are not part of it: `Tel: `, `(work)`, `微信同号`, a
///   name. Letters stand for digits only in service numbers and those of North
///   America (`1-800-FLOWERS`), and only if the text cannot be read without them;
/// - extensions stand behind the words for them in some thirty languages:
///   `ext.`, `x`, `转`, `分机`, `内線`, `내선`, `доб.`, `Durchwahl`, `poste`,
///   `ramal`; or behind a last dash, where the number would be too long;
/// - several numbers stand behind each other, with anything between them that
///   is not part of a number: `/`, `;`, `、`, `或`, a line break. A second
///   number may leave out the area code of the first: `010-12346156/12346157`;
/// - `00` before a country code and `(0)` behind it are what they are
///   everywhere, where the number is not valid otherwise;
/// - spreadsheets leave `13800138000.0`, `13,800,138,000` and
///   `1.380013800000000E+10`; web pages leave `&#43;86` and `%2B86`.
///
/// No digit is guessed: a number with masked digits (`138****8000`), with
/// digits lost to exponent notation (`1.38E+10`), or beside digits that are
/// no number, is a fault, and so is one without a country code where no region is given.
///
/// ```
/// use handover::{Normalizer, Record, Schema};
/// use handover::normalize::phone::{Extension, Phone, PhoneFormat};
///
/// let schema = Schema::text(["phone", "country"])?;
/// let mut record = Record::new(schema.clone());
/// record.set("country", "GB")?;
///
/// let mut phone = Phone::region_from("country").extension(Extension::Drop);
/// phone.bind(&schema)?;
/// assert_eq!(phone.normalize_in("020 7946 0018 x22", &record)?, "+442079460018");
///
/// let phone = Phone::region("CN").format(PhoneFormat::International);
/// assert_eq!(phone.normalize("01012346156转108")?, "+86 10 1234 6156 ext. 108");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Phone {
    name: &'static str,
    region: Region,
    extension: Extension,
    several: Several,
    format: PhoneFormat,
    parser: Box<dyn PhoneParser>,
}

/// Where the country of numbers in national notation comes from.
enum Region {
    Nowhere,
    Fixed(String),
    Column { name: String, position: Option<usize>, otherwise: Option<String> },
}

/// Numbers of one country in its national notation, and of all others with
/// their country code: the rule [`Phone::region`] as it is by default.
pub fn phone(region: &str) -> Box<dyn Normalizer> {
    Box::new(Phone::region(region))
}

/// What phone numbers are compared by: E.164 without the extension. Two
/// people behind one switchboard so have the same key.
///
/// ```
/// use handover::normalize::{apply, phone_key};
///
/// assert_eq!(apply(&[phone_key("CN")], "010-12346156 转 108")?, "+861012346156");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn phone_key(region: &str) -> Box<dyn Normalizer> {
    Box::new(Phone::region(region).into_key())
}

impl Phone {
    /// Reads numbers without a country code as those of a region, an ISO 3166 code such as `CN`.
    pub fn region(region: &str) -> Self {
        Phone::new(Region::Fixed(code(region)))
    }

    /// Reads numbers without a country code as those of the country whose
    /// code or name stands in a column of the same record. Where that is empty
    /// or no country, only numbers with a country code can be read.
    pub fn region_from(column: impl Into<String>) -> Self {
        Phone::new(Region::Column { name: column.into(), position: None, otherwise: None })
    }

    /// Reads only numbers with a country code: `+86 138 0013 8000`.
    pub fn international() -> Self {
        Phone::new(Region::Nowhere)
    }

    /// The region of records whose [column](Self::region_from) for it is empty.
    #[must_use]
    pub fn or_region(mut self, region: &str) -> Self {
        match &mut self.region {
            Region::Column { otherwise, .. } => *otherwise = Some(code(region)),
            Region::Nowhere | Region::Fixed(_) => self.region = Region::Fixed(code(region)),
        }
        self
    }

    /// What becomes of extensions; they are kept by default.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extension = extension;
        self
    }

    /// What becomes of several numbers in one value; they are joined by default.
    #[must_use]
    pub fn several(mut self, several: Several) -> Self {
        self.several = several;
        self
    }

    /// How numbers are written; as E.164 by default.
    #[must_use]
    pub fn format(mut self, format: PhoneFormat) -> Self {
        self.format = format;
        self
    }

    /// Reads numbers by another parser.
    #[must_use]
    pub fn parser(mut self, parser: impl PhoneParser + 'static) -> Self {
        self.parser = Box::new(parser);
        self
    }

    /// The numbers in a text, at least one; a region that stands in another
    /// column is not known here.
    ///
    /// ```
    /// use handover::normalize::phone::{Phone, PhoneKind};
    ///
    /// let found = Phone::region("CN").read("手机13800138000 座机010-12346156")?;
    /// let kinds: Vec<_> = found.iter().map(|phone| phone.kind).collect();
    /// assert_eq!(kinds, [PhoneKind::Mobile, PhoneKind::FixedLine]);
    /// # Ok::<(), handover::Fault>(())
    /// ```
    pub fn read(&self, text: &str) -> Result<Vec<ParsedPhone>, Fault> {
        let reader = self.reader(self.region_without_record());
        match reader.plain(text) {
            Some(phone) => Ok(vec![phone]),
            None => reader.all(text),
        }
    }

    fn new(region: Region) -> Self {
        Phone {
            name: "phone",
            region,
            extension: Extension::default(),
            several: Several::default(),
            format: PhoneFormat::default(),
            parser: default_parser(),
        }
    }

    fn into_key(mut self) -> Self {
        self.name = "phone_key";
        self.format(PhoneFormat::E164).extension(Extension::Drop)
    }

    /// Whether a word is the code of a region whose numbers can be read.
    fn knows(&self, region: &str) -> bool {
        self.parser.knows(&code(region))
    }

    fn region_without_record(&self) -> Option<&str> {
        match &self.region {
            Region::Fixed(region) => Some(region),
            Region::Nowhere => None,
            Region::Column { otherwise, .. } => otherwise.as_deref(),
        }
    }

    fn reader<'a>(&'a self, region: Option<&'a str>) -> Reader<'a> {
        Reader { parser: &*self.parser, region }
    }

    /// All numbers of a text, written.
    fn rewrite<'a>(&self, text: &'a str, region: Option<&str>) -> Result<Cow<'a, str>, Fault> {
        let reader = self.reader(region);
        let written = match reader.plain(text) {
            Some(phone) => self.write(phone, region),
            None => {
                let phones = reader.all(text)?;
                if self.several == Several::Refuse && phones.len() > 1 {
                    return Err(Fault::new(format!("{} numbers where one is expected", phones.len())));
                }
                let mut written: Vec<String> = Vec::with_capacity(phones.len());
                for phone in phones {
                    let phone = self.write(phone, region);
                    if !written.contains(&phone) {
                        written.push(phone);
                    }
                }
                written.join("; ")
            }
        };
        Ok(if written == text { Cow::Borrowed(text) } else { Cow::Owned(written) })
    }

    /// One number, written.
    fn write(&self, mut phone: ParsedPhone, region: Option<&str>) -> String {
        if self.extension == Extension::Drop {
            phone.extension = None;
        }
        let written = match self.format {
            PhoneFormat::E164 => None,
            PhoneFormat::National => self.nationally(&phone, region),
            format => self.parser.format(&phone, format),
        };
        written.unwrap_or_else(|| match phone.extension {
            Some(extension) => phone.e164 + ";ext=" + &extension,
            None => phone.e164,
        })
    }

    /// The number in national notation, if it is read there as the same
    /// number; otherwise in international notation.
    fn nationally(&self, phone: &ParsedPhone, region: Option<&str>) -> Option<String> {
        let national = self.parser.format(phone, PhoneFormat::National)?;
        let reader = self.reader(region);
        let read =
            reader.plain(&national).map_or_else(|| reader.all(&national).ok(), |read| Some(vec![read]));
        match read.as_deref() {
            Some([same]) if region.is_some() && same == phone => Some(national),
            _ => self.parser.format(phone, PhoneFormat::International),
        }
    }

    fn rewrite_in_column<'a>(
        &self,
        text: &'a str,
        column: &str,
        region: Value<'_>,
    ) -> Result<Cow<'a, str>, Fault> {
        let found = match region {
            Value::Text(found) => code(found),
            _ => String::new(),
        };
        if found.is_empty() {
            return self.rewrite(text, self.region_without_record());
        }
        if self.parser.knows(&found) {
            return self.rewrite(text, Some(&found));
        }
        if let Ok(country) = Country::find(&found)
            && self.parser.knows(country.alpha2())
        {
            return self.rewrite(text, Some(country.alpha2()));
        }
        self.rewrite(text, None).map_err(|fault| match fault.to_string().starts_with("no country code") {
            true => Fault::new(format!("no country code, and column `{column}` holds no country")),
            false => fault,
        })
    }
}

/// A region's code as the parsers know it. `UK` is reserved for Great Britain, and usual.
fn code(region: &str) -> String {
    match region.trim().to_ascii_uppercase() {
        uk if uk == "UK" => "GB".to_owned(),
        code => code,
    }
}

impl Normalizer for Phone {
    /// As [`normalize_in`](Normalizer::normalize_in) does; a region that
    /// stands in another column is not known here.
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        self.rewrite(text, self.region_without_record()).map_err(|fault| fault.rule(self.name))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.name)
    }

    fn bind(&mut self, schema: &Schema) -> Result<()> {
        let known = |region: &str| match self.parser.knows(region) {
            true => Ok(()),
            false => Err(Error::bind(format!("no phone numbers of a region `{region}` are known"))),
        };
        match &mut self.region {
            Region::Nowhere => {}
            Region::Fixed(region) => known(region)?,
            Region::Column { name, position, otherwise } => {
                otherwise.as_deref().map_or(Ok(()), known)?;
                *position = Some(schema.index(name)?);
            }
        }
        Ok(())
    }

    fn normalize_in<'a>(&self, text: &'a str, record: &'a Record) -> Result<Cow<'a, str>, Fault> {
        match &self.region {
            Region::Column { name, position: Some(position), .. } => self
                .rewrite_in_column(text, name, record.value(*position))
                .map_err(|fault| fault.rule(self.name)),
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
    fn several_numbers_are_joined_or_refused() {
        let phone = Phone::region("CN");
        let joined = "+8613800138001; +861012346156;ext=108";
        assert_eq!(phone.normalize("13800138001 / 010-12346156转108").unwrap(), joined);
        assert!(matches!(phone.normalize(joined), Ok(Cow::Borrowed(same)) if same == joined));
        assert_eq!(phone.normalize("13800138001、138 0013 8001").unwrap(), "+8613800138001");
        let one = Phone::region("CN").several(Several::Refuse);
        assert_eq!(fault(&one, joined), "2 numbers where one is expected");
        assert_eq!(one.normalize("13800138001、138 0013 8001").unwrap(), "+8613800138001");
        let dropped = Phone::region("CN").extension(Extension::Drop);
        assert_eq!(dropped.normalize("010-12346156转1、010-12346156转2").unwrap(), "+861012346156");
    }

    #[test]
    fn formats_are_read_again_as_the_same() {
        for (format, text, expected) in [
            (PhoneFormat::International, "01012346156转108", "+86 10 1234 6156 ext. 108"),
            (PhoneFormat::National, "+86 138 0013 8001", "138 0013 8001"),
            (PhoneFormat::National, "+44 20 7946 0018", "+44 20 7946 0018"),
            (PhoneFormat::Rfc3966, "01012346156转108", "tel:+86-10-1234-6156;ext=108"),
            (PhoneFormat::Rfc3966, "13800138001/13900139001", "tel:+86-138-0013-8001; tel:+86-139-0013-9001"),
        ] {
            let phone = Phone::region("CN").format(format);
            assert_eq!(phone.normalize(text).unwrap(), expected);
            assert!(matches!(phone.normalize(expected), Ok(Cow::Borrowed(_))), "{expected}");
        }
        let nowhere = Phone::international().format(PhoneFormat::National);
        assert_eq!(nowhere.normalize("+8613800138001").unwrap(), "+86 138 0013 8001");
    }

    #[test]
    fn kinds_are_those_of_the_numbering_plan() {
        let kind = |text| Phone::international().read(text).unwrap()[0].kind;
        assert_eq!(kind("+8613800138001"), PhoneKind::Mobile);
        assert_eq!(kind("+861012346156"), PhoneKind::FixedLine);
        assert_eq!(kind("+12015550123"), PhoneKind::FixedOrMobile);
        assert_eq!(kind("+18002345678"), PhoneKind::TollFree);
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
        assert_eq!(read("China", "13800138000"), "+8613800138000");
        assert_eq!(read("中国", "13800138000"), "+8613800138000");
        assert_eq!(read("USA", "(650) 253-0000"), "+16502530000");
        assert_eq!(read("Narnia", "13800138000"), "no country code, and column `country` holds no country");
        assert_eq!(read("", "13800138000"), "no country code and no region");
        assert_eq!(read("uk", "020 7946 0018"), "+442079460018");

        let mut phone = Phone::region_from("country").or_region("cn");
        phone.bind(&schema).unwrap();
        let record = Record::new(std::sync::Arc::clone(&schema));
        assert_eq!(phone.normalize_in("13800138000", &record).unwrap(), "+8613800138000");
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
