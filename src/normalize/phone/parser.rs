//! What reads a number, and what a number is once it is read.

use std::fmt;

use crate::error::Fault;

/// Reads a phone number out of a text that holds one.
pub trait PhoneParser: Send + Sync {
    /// The number that the text holds, or why it holds none. `region` is the
    /// ISO 3166 code, in capitals, of the country whose national notation the
    /// text may be in; without it, only numbers with a country code can be read.
    fn parse(&self, text: &str, region: Option<&str>) -> Result<ParsedPhone, Fault>;

    /// The number as people or programs write it. None if it cannot be done:
    /// then E.164 is written.
    fn format(&self, _phone: &ParsedPhone, _format: PhoneFormat) -> Option<String> {
        None
    }

    /// The country code of a region: 86 of `CN`. None if it is not known.
    fn country_code(&self, _region: &str) -> Option<u16> {
        None
    }

    /// Whether numbers of a region can be read, asked once before the first record.
    fn knows(&self, region: &str) -> bool {
        region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase())
    }
}

/// A phone number that exists according to its country's numbering plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ParsedPhone {
    /// The number with its country code, digits only: `+8613800138000`.
    pub e164: String,
    /// The digits to dial once connected.
    pub extension: Option<String>,
    /// What the numbering plan says that it is used for.
    pub kind: PhoneKind,
}

/// What numbers of a range are used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PhoneKind {
    /// A mobile phone.
    Mobile,
    /// A line at a place.
    FixedLine,
    /// Either: the plans of North America and some others do not tell them apart.
    FixedOrMobile,
    /// Free for the caller.
    TollFree,
    /// Paid by the caller beyond the cost of the call.
    PremiumRate,
    /// Paid by both sides.
    SharedCost,
    /// Over the internet, at no place.
    Voip,
    /// Follows a person.
    Personal,
    /// A pager.
    Pager,
    /// One number for all places of a company (UAN).
    Uan,
    /// A voicemail box.
    Voicemail,
    /// Not told by the parser.
    #[default]
    Unknown,
}

impl fmt::Display for PhoneKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            PhoneKind::Mobile => "mobile",
            PhoneKind::FixedLine => "fixed line",
            PhoneKind::FixedOrMobile => "fixed line or mobile",
            PhoneKind::TollFree => "toll-free",
            PhoneKind::PremiumRate => "premium rate",
            PhoneKind::SharedCost => "shared cost",
            PhoneKind::Voip => "voice over IP",
            PhoneKind::Personal => "personal number",
            PhoneKind::Pager => "pager",
            PhoneKind::Uan => "universal access number",
            PhoneKind::Voicemail => "voicemail",
            PhoneKind::Unknown => "unknown",
        })
    }
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhoneFormat {
    /// `+861012346156`, by ITU-T E.164. An extension, for which that has no
    /// place, follows as RFC 3966 writes it: `+861012346156;ext=108`.
    #[default]
    E164,
    /// `+86 10 1234 6156 ext. 108`, by ITU-T E.123.
    International,
    /// `010 1234 6156 ext. 108`, as written in the rule's own region. Numbers
    /// of other countries, and those that could not be read again, are
    /// written internationally.
    National,
    /// `tel:+86-10-1234-6156;ext=108`, for links.
    Rfc3966,
}

/// What a country code is that cannot be told: none at all, or one that does not exist.
pub(super) fn no_country_code(text: &str, region: Option<&str>) -> Fault {
    match region.is_none() && !text.contains(['+', '＋']) {
        true => Fault::new("no country code and no region"),
        false => Fault::new("no such country code"),
    }
}
