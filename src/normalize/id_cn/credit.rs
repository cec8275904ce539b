//! The unified social credit code: GB 32100-2015, around the organisation code of GB 11714-1997.

use super::{characters, is_province};
use crate::error::Fault;

/// The digits and letters of a code, each worth its place; I, O, S, V and Z are not among them.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A unified social credit code whose check digits are right: who registered,
/// what was registered, six digits of a division, the organisation code of
/// nine, and a check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CreditCode([u8; 18]);

impl CreditCode {
    /// Reads a code; spaces, hyphens, width, case and a label before a colon do not matter.
    ///
    /// Faults: `too short`, `too long`, `a business licence number of fifteen
    /// digits, not a credit code`, `an organisation code of nine characters,
    /// not a credit code`, `a letter that credit codes do not use`, `no such
    /// registering department`, `no such category`, `no such province code`,
    /// `wrong check digit`, `wrong check digit of the organisation code`, and
    /// for what is masked, rounded or no number at all as with
    /// [`ResidentId`](super::ResidentId::parse).
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let characters = characters(text)?;
        let code: [u8; 18] =
            characters.as_bytes().try_into().map_err(|_| Fault::new(not_eighteen(&characters)))?;
        if code.iter().any(|c| value(*c).is_none()) {
            return Err(Fault::new("a letter that credit codes do not use"));
        }
        let [department, category, region @ ..] = &code;
        let categories = categories(*department);
        if categories.is_empty() {
            return Err(Fault::new("no such registering department"));
        }
        if !categories.contains(category) {
            return Err(Fault::new("no such category"));
        }
        let region = &region[..6];
        if !region.iter().all(u8::is_ascii_digit) || !(is_province(region) || region == b"100000") {
            return Err(Fault::new("no such province code"));
        }
        if check_character(&code) != Some(code[17]) {
            return Err(Fault::new("wrong check digit"));
        }
        match organisation_check(&code[8..16]) == code[16] {
            true => Ok(CreditCode(code)),
            false => Err(Fault::new("wrong check digit of the organisation code")),
        }
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The division that registered it: six digits of GB/T 2260, or 100000 for the whole country.
    pub fn region_code(&self) -> &str {
        self.as_str().get(2..8).unwrap_or_default()
    }

    /// The organisation code (GB 11714): eight characters and a check digit.
    pub fn organisation_code(&self) -> &str {
        self.as_str().get(8..17).unwrap_or_default()
    }

    /// Whether a company or another enterprise was registered, and not an
    /// authority, an association, a sole trader or a cooperative.
    pub fn is_enterprise(&self) -> bool {
        self.0.starts_with(b"91")
    }
}

/// What else a number of another length may be.
fn not_eighteen(characters: &str) -> &'static str {
    match characters.len() {
        15 if characters.bytes().all(|b| b.is_ascii_digit()) => {
            "a business licence number of fifteen digits, not a credit code"
        }
        9 => "an organisation code of nine characters, not a credit code",
        0..18 => "too short",
        _ => "too long",
    }
}

/// What each department registers, in the codes of GB 32100: 9 is mostly anything else.
fn categories(department: u8) -> &'static [u8] {
    match department {
        b'1' | b'5' | b'9' | b'N' => b"1239",
        b'2' | b'4' | b'8' | b'A' => b"19",
        b'3' => b"123459",
        b'6' | b'7' => b"129",
        b'Y' => b"1",
        _ => b"",
    }
}

fn value(character: u8) -> Option<u32> {
    ALPHABET.iter().position(|c| *c == character).and_then(|at| u32::try_from(at).ok())
}

/// MOD 31-3: each of the first 17 characters weighs three times the one before.
fn check_character(code: &[u8; 18]) -> Option<u8> {
    let mut weight = 1;
    let mut sum = 0;
    for character in code.iter().take(17) {
        sum += value(*character)? * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.get((31 - sum % 31) as usize % 31).copied()
}

/// MOD 11, where letters go on from 10; a check digit of ten is an X.
fn organisation_check(code: &[u8]) -> u8 {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let value = |c: u8| u32::from(if c.is_ascii_digit() { c - b'0' } else { c.saturating_sub(b'A') + 10 });
    let sum: u32 = code.iter().zip(WEIGHTS).map(|(c, weight)| value(*c) * weight).sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code that nobody has: the two check digits are added.
    fn code(body: &str) -> String {
        let mut code = [b'0'; 18];
        code[..16].copy_from_slice(body.as_bytes());
        code[16] = organisation_check(&code[8..16]);
        code[17] = check_character(&code).unwrap();
        String::from_utf8(code.to_vec()).unwrap()
    }

    fn fault(text: &str) -> String {
        CreditCode::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn both_check_digits_are_checked() {
        let company = code("91110000MA000003");
        assert_eq!(company, "91110000MA0000031P");
        let parsed = CreditCode::parse(&company).unwrap();
        assert_eq!((parsed.region_code(), parsed.organisation_code()), ("110000", "MA0000031"));
        assert!(parsed.is_enterprise());
        assert_eq!(fault("91110000MA00000313"), "wrong check digit");

        let mut other = company.into_bytes();
        other[16] = b'2';
        let mut wrong: [u8; 18] = other.try_into().unwrap();
        wrong[17] = check_character(&wrong).unwrap();
        let wrong = String::from_utf8(wrong.to_vec()).unwrap();
        assert_eq!(fault(&wrong), "wrong check digit of the organisation code");
    }

    #[test]
    fn what_is_wrong_is_said_without_a_digit() {
        let said = [
            ("91110000", "too short"),
            ("911100000000000000000", "too long"),
            ("110000000000001", "a business licence number of fifteen digits, not a credit code"),
            ("MA000003-1", "an organisation code of nine characters, not a credit code"),
            ("91110000MAO000031P", "a letter that credit codes do not use"),
            ("B1110000MA0000031P", "no such registering department"),
            ("94110000MA0000031P", "no such category"),
            ("91100001MA0000031P", "no such province code"),
            ("9111000*MA0000031P", "digits are masked"),
        ];
        for (text, expected) in said {
            assert_eq!(fault(text), expected, "{text}");
            assert!(!expected.contains(|c: char| c.is_ascii_digit()));
        }
    }

    #[test]
    fn departments_differ_in_what_they_register() {
        for body in ["1211000012345678", "5344000012345678", "N244000012345678", "9210000012345678"] {
            assert!(CreditCode::parse(&code(body)).is_ok(), "{body}");
        }
    }
}
