//! Phone numbers by the crate `rlibphonenumber`.

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, Region, ValidationError,
};

use super::{ParsedPhone, PhoneParser, no_country_code};
use crate::error::Fault;

/// Reads phone numbers with the crate `rlibphonenumber`, a port of Google's libphonenumber.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rlib;

impl PhoneParser for Rlib {
    fn parse(&self, text: &str, region: Option<&str>) -> Result<ParsedPhone, Fault> {
        let code = region.and_then(|region| Region::from_code(region).ok());
        let number = PHONE_NUMBER_UTIL.parse(text, code).map_err(|error| match error {
            ParseError::NotANumber(_) => Fault::new("not a phone number"),
            ParseError::InvalidCountryCode => no_country_code(text, region),
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn => Fault::new("too short"),
            ParseError::TooLongNsn => Fault::new("too long"),
        })?;
        if !number.is_valid() {
            return Err(invalid(&number));
        }
        let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
        Ok(ParsedPhone { e164, extension: number.extension })
    }

    fn knows(&self, region: &str) -> bool {
        Region::from_code(region)
            .is_ok_and(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
    }
}

fn invalid(number: &PhoneNumber) -> Fault {
    Fault::new(match number.is_possible_with_reason() {
        Err(ValidationError::TooShort) => "too short",
        Err(ValidationError::TooLong) => "too long",
        Err(ValidationError::InvalidLength) => "not as long as a number of its country",
        Err(ValidationError::InvalidCountryCode) => "no such country code",
        Ok(NumberLengthType::IsPossibleLocalOnly) => "the area code is missing",
        Ok(NumberLengthType::IsPossible) => "not a number that its country assigns",
    })
}
