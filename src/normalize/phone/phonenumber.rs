//! Phone numbers by the crate `phonenumber`.

use phonenumber::country::Id;
use phonenumber::{Mode, ParseError, PhoneNumber, Type, metadata::DATABASE};

use super::super::unicode::width_folded;
use super::parser::{ParsedPhone, PhoneFormat, PhoneKind, PhoneParser, no_country_code};
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
        let extension = number.extension().map(|extension| width_folded(extension.as_ref()).into_owned());
        Ok(ParsedPhone { e164, extension, kind: kind(&number) })
    }

    fn format(&self, phone: &ParsedPhone, format: PhoneFormat) -> Option<String> {
        let number = phonenumber::parse(None, &phone.e164).ok()?;
        let (mode, mark) = match format {
            PhoneFormat::E164 => (Mode::E164, ";ext="),
            PhoneFormat::International => (Mode::International, " ext. "),
            PhoneFormat::National => (Mode::National, " ext. "),
            PhoneFormat::Rfc3966 => (Mode::Rfc3966, ";ext="),
        };
        let written = number.format().mode(mode).to_string();
        Some(match &phone.extension {
            Some(extension) => written + mark + extension,
            None => written,
        })
    }

    fn country_code(&self, region: &str) -> Option<u16> {
        DATABASE.by_id(region).map(|metadata| metadata.country_code())
    }

    fn knows(&self, region: &str) -> bool {
        self.country_code(region).is_some()
    }
}

fn kind(number: &PhoneNumber) -> PhoneKind {
    match number.number_type(&DATABASE) {
        Type::Mobile => PhoneKind::Mobile,
        Type::FixedLine => PhoneKind::FixedLine,
        Type::FixedLineOrMobile => PhoneKind::FixedOrMobile,
        Type::TollFree => PhoneKind::TollFree,
        Type::PremiumRate => PhoneKind::PremiumRate,
        Type::SharedCost => PhoneKind::SharedCost,
        Type::Voip => PhoneKind::Voip,
        Type::PersonalNumber => PhoneKind::Personal,
        Type::Pager => PhoneKind::Pager,
        Type::Uan => PhoneKind::Uan,
        Type::Voicemail => PhoneKind::Voicemail,
        _ => PhoneKind::Unknown,
    }
}
