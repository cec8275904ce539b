//! Phone numbers by the crate `rlibphonenumber`.

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region,
    ValidationError,
};

use super::parser::{ParsedPhone, PhoneFormat, PhoneKind, PhoneParser, no_country_code};
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
        // A number is valid if it is of any kind: asking for the kind alone halves the work.
        let Some(kind) = kind(number.get_type()) else { return Err(invalid(&number)) };
        let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
        Ok(ParsedPhone { e164, extension: number.extension, kind })
    }

    fn format(&self, phone: &ParsedPhone, format: PhoneFormat) -> Option<String> {
        let mut number = PHONE_NUMBER_UTIL.parse(&phone.e164, None).ok()?;
        number.extension.clone_from(&phone.extension);
        let format = match format {
            PhoneFormat::E164 => PhoneNumberFormat::E164,
            PhoneFormat::International => PhoneNumberFormat::International,
            PhoneFormat::National => PhoneNumberFormat::National,
            PhoneFormat::Rfc3966 => PhoneNumberFormat::RFC3966,
        };
        Some(number.format_as(format).into_owned())
    }

    fn country_code(&self, region: &str) -> Option<u16> {
        let code = PHONE_NUMBER_UTIL.get_country_code_for_region(Region::from_code(region).ok()?)?;
        u16::try_from(code).ok()
    }

    fn knows(&self, region: &str) -> bool {
        self.country_code(region).is_some()
    }
}

/// None if the number is in no range that its country assigns.
fn kind(kind: PhoneNumberType) -> Option<PhoneKind> {
    Some(match kind {
        PhoneNumberType::Mobile => PhoneKind::Mobile,
        PhoneNumberType::FixedLine => PhoneKind::FixedLine,
        PhoneNumberType::FixedLineOrMobile => PhoneKind::FixedOrMobile,
        PhoneNumberType::TollFree => PhoneKind::TollFree,
        PhoneNumberType::PremiumRate => PhoneKind::PremiumRate,
        PhoneNumberType::SharedCost => PhoneKind::SharedCost,
        PhoneNumberType::VoIP => PhoneKind::Voip,
        PhoneNumberType::PersonalNumber => PhoneKind::Personal,
        PhoneNumberType::Pager => PhoneKind::Pager,
        PhoneNumberType::UAN => PhoneKind::Uan,
        PhoneNumberType::VoiceMail => PhoneKind::Voicemail,
        PhoneNumberType::Unknown => return None,
    })
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
