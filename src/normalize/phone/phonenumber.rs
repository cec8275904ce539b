//! Phone numbers by the crate `phonenumber`.

use phonenumber::country::Id;
use phonenumber::{Mode, ParseError, metadata::DATABASE};

use super::super::unicode::width_folded;
use super::{ParsedPhone, PhoneParser, no_country_code};
use crate::error::Fault;

/// Reads phone numbers with the crate `phonenumber`, for programs that hold
/// its types anyway. It agrees with libphonenumber less often than
/// `Rlib`, the default, and is slow where numbers of many countries are mixed,
/// because it keeps no more than 100 compiled patterns, behind one lock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Phonenumber;

impl PhoneParser for Phonenumber {
    fn parse(&self, text: &str, region: Option<&str>) -> Result<ParsedPhone, Fault> {
        let id = region.and_then(|region| region.parse::<Id>().ok());
        let text = &width_folded(text);
        let number = phonenumber::parse(id, text).map_err(|error| match error {
            ParseError::NoNumber | ParseError::MalformedInteger(_) => Fault::new("not a phone number"),
            ParseError::InvalidCountryCode => no_country_code(text, region),
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn => Fault::new("too short"),
            ParseError::TooLong => Fault::new("too long"),
        })?;
        if number.code().value() == 0 {
            return Err(no_country_code(text, region));
        }
        if !number.is_valid() {
            return Err(Fault::new("not a number that its country assigns"));
        }
        let e164 = number.format().mode(Mode::E164).to_string();
        Ok(ParsedPhone { e164, extension: number.extension().map(ToString::to_string) })
    }

    fn knows(&self, region: &str) -> bool {
        DATABASE.by_id(region).is_some()
    }
}
