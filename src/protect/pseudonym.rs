//! The same person everywhere, under a name that tells nothing.

use std::borrow::Cow;

use hmac::Mac;

use super::key::{Derived, Key, Purpose, authenticator};
use super::token::Token;
use crate::error::Fault;
use crate::normalize::Normalizer;

/// Crockford's base 32, in small letters: no i, l, o and u.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// As many digits as 128 bits need.
const LENGTH: usize = 26;

const TOKEN: Token = Token { mark: "hp", noun: "a pseudonym" };

/// Puts a pseudonym in place of each value: the same for equal values, and
/// nothing that leads back to them.
///
/// It is `hp1:`, the key's id, `:` and 26 letters and digits, which are the
/// first 128 bits of the HMAC-SHA-256 of domain and text. The text is taken as it stands, so
/// what should be equal is written the standard way first.
///
/// Who has the key cannot read a pseudonym, but can try: values of which
/// there are few, such as phone numbers, are found by trying them all.
///
/// A pseudonym under this key stays what it is; one under another key is a fault.
///
/// ```
/// use handover::normalize::{apply, email};
/// use handover::protect::{Key, pseudonym};
///
/// let key = Key::from_bytes(*b"thirty-two bytes, out of a vault")?;
/// let [one, two] = ["wang@Example.com", " <wang@example.com>"]
///     .map(|text| apply(&[email(), Box::new(pseudonym(&key).domain("email"))], text).unwrap());
/// assert_eq!(one, two);
/// # Ok::<(), handover::Error>(())
/// ```
pub struct Pseudonym {
    key: Derived,
    id: String,
    prefix: String,
    domain: String,
}

/// Puts pseudonyms under this key in place of values.
pub fn pseudonym(key: &Key) -> Pseudonym {
    Pseudonym {
        key: key.derive(Purpose::Pseudonym, &[]),
        id: key.id().to_owned(),
        prefix: TOKEN.prefix(key),
        domain: String::new(),
    }
}

impl Pseudonym {
    /// The domain within which equal values have equal pseudonyms: `email`. By
    /// default all columns are of one domain.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = domain.into();
        self
    }

    fn of(&self, text: &str) -> String {
        // The length parts the two, so that no domain and text are those of another.
        let length = (self.domain.len() as u64).to_be_bytes();
        let code = authenticator(&self.key)
            .chain_update(length)
            .chain_update(&self.domain)
            .chain_update(text)
            .finalize()
            .into_bytes();
        format!("{}{}", self.prefix, base32(code.first_chunk().expect("a digest has 32 bytes")))
    }
}

impl Normalizer for Pseudonym {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        match TOKEN.body(text, &self.id)? {
            _ if text.is_empty() => Ok(Cow::Borrowed(text)),
            None => Ok(Cow::Owned(self.of(text))),
            Some(body) if body.len() == LENGTH && body.bytes().all(|b| DIGITS.contains(&b)) => {
                Ok(Cow::Borrowed(text))
            }
            Some(_) => Err(Fault::new("a pseudonym that was cut or altered")),
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("pseudonym")
    }
}

/// The bits five by five, from the first on, with zeros after the last.
fn base32(bytes: &[u8; 16]) -> String {
    let bits = u128::from_be_bytes(*bytes);
    let digit = |at: usize| match 5 * (at + 1) {
        end @ ..=128 => bits >> (128 - end),
        end => bits << (end - 128),
    };
    (0..LENGTH).map(|at| char::from(DIGITS[digit(at) as usize % 32])).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::key::tests::key;
    use super::*;

    fn of(rule: &Pseudonym, text: &str) -> String {
        rule.normalize(text).unwrap().into_owned()
    }

    #[test]
    fn digits_are_those_of_crockford() {
        assert_eq!(base32(&[0; 16]), "00000000000000000000000000");
        assert_eq!(base32(&[255; 16]), "zzzzzzzzzzzzzzzzzzzzzzzzzw");
        assert_eq!(
            base32(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
            "000g40r40m30e209185gr38e1w"
        );
    }

    #[test]
    fn a_pseudonym_is_of_its_text_its_domain_and_its_key() {
        assert_eq!(of(&pseudonym(&key(0)), "王小明"), "hp1:8179656c:873zk8463r1xmwvf4bfk80n0fr");
        assert_eq!(of(&pseudonym(&key(0)), "王小明 "), "hp1:8179656c:gh400ks3xeg6h4x803rw3bdnt0");
        assert_eq!(
            of(&pseudonym(&key(0)).domain("name"), "王小明"),
            "hp1:8179656c:dt9nymtc4h84cmh0872kxckhnr"
        );
        assert_eq!(of(&pseudonym(&key(1)), "王小明"), "hp1:4472f1dd:05watkyc5m413zxvyf70mvckhc");
        assert_eq!(of(&pseudonym(&key(0)), ""), "");
        assert_ne!(of(&pseudonym(&key(0)).domain("ab"), "c"), of(&pseudonym(&key(0)).domain("a"), "bc"));
    }

    #[test]
    fn what_is_no_pseudonym_of_this_key_is_a_fault() {
        let known = of(&pseudonym(&key(0)), "a");
        let fault = |first, text: &str| pseudonym(&key(first)).normalize(text).unwrap_err().to_string();
        assert_eq!(fault(1, &known), "a pseudonym under key 8179656c, and this is key 4472f1dd");
        assert_eq!(fault(0, &known[..known.len() - 1]), "a pseudonym that was cut or altered");
        assert_eq!(
            fault(0, &known.replacen("hp1", "hp9", 1)),
            "a pseudonym of version 9, which is not known here"
        );
    }

    proptest! {
        #[test]
        fn a_pseudonym_stays_and_has_one_form(text in ".{1,40}", domain in ".{0,8}") {
            let rule = pseudonym(&key(0)).domain(domain);
            let once = of(&rule, &text);
            prop_assert_eq!(once.len(), "hp1:".len() + 9 + LENGTH);
            prop_assert_eq!(of(&rule, &once), once);
        }
    }
}
