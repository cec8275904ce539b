//! Values that only who has the key can read.

use std::borrow::Cow;

use base64ct::{Base64UrlUnpadded, Encoding};

use super::key::{Derived, Key, Purpose};
use super::siv;
use super::token::Token;
use crate::error::Fault;
use crate::normalize::Normalizer;

const TOKEN: Token = Token { mark: "he", noun: "an encrypted value" };

/// Encrypts each value by AES-256-SIV (RFC 5297).
///
/// It becomes `he1:`, the key's id, `:` and base64url without padding. Equal
/// values of one domain become equal texts: a run that is repeated gives the
/// same bytes, and what is encrypted can still be joined and counted. Whoever sees
/// the texts sees which are equal, and how long they are; give fields of few
/// values (yes and no) to a sealed file instead.
///
/// A value that is encrypted under this key and for this domain stays what it
/// is; any other that is encrypted is a fault.
///
/// ```
/// use handover::normalize::apply;
/// use handover::protect::{Key, decrypt, encrypt};
///
/// let key = Key::from_bytes(*b"thirty-two bytes, out of a vault")?;
/// let text = apply(&[encrypt(&key).domain("phone")], "+8613800138000").unwrap();
/// assert_eq!(apply(&[decrypt(&key).domain("phone")], &text).unwrap(), "+8613800138000");
///
/// let fault = apply(&[decrypt(&key).domain("fax")], &text).unwrap_err();
/// assert_eq!(fault.to_string(), "an encrypted value that was altered, or is of another domain");
/// # Ok::<(), handover::Error>(())
/// ```
pub struct Encrypt(Cipher);

/// Undoes [`Encrypt`]: the value as it was, or a fault, where a text is not
/// encrypted, was altered, or needs another key.
pub struct Decrypt(Cipher);

struct Cipher {
    key: Derived,
    id: String,
    prefix: String,
    domain: String,
}

/// Encrypts values under this key.
pub fn encrypt(key: &Key) -> Encrypt {
    Encrypt(Cipher::new(key))
}

/// Decrypts values under this key.
pub fn decrypt(key: &Key) -> Decrypt {
    Decrypt(Cipher::new(key))
}

impl Encrypt {
    /// What the values are: `email`. Only a [`Decrypt`] of the same domain reads
    /// them, so that none can be moved to another column. By default there is none.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.0.domain = domain.into();
        self
    }
}

impl Decrypt {
    /// What the values are, as it was said when they were encrypted.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.0.domain = domain.into();
        self
    }
}

impl Normalizer for Encrypt {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        if text.is_empty() || self.0.open(text)?.is_some() {
            return Ok(Cow::Borrowed(text));
        }
        Ok(Cow::Owned(self.0.seal(text)))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("encrypt")
    }
}

impl Normalizer for Decrypt {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        match self.0.open(text)? {
            _ if text.is_empty() => Ok(Cow::Borrowed(text)),
            Some(text) => Ok(Cow::Owned(text)),
            None => Err(Fault::new("not encrypted")),
        }
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("decrypt")
    }
}

impl Cipher {
    fn new(key: &Key) -> Self {
        Cipher {
            key: key.derive(Purpose::Encrypt, &[]),
            id: key.id().to_owned(),
            prefix: TOKEN.prefix(key),
            domain: String::new(),
        }
    }

    fn seal(&self, text: &str) -> String {
        let mut buffer = Vec::with_capacity(text.len() + siv::TAG);
        buffer.extend_from_slice(text.as_bytes());
        siv::seal(&self.key, &self.headers(), &mut buffer);
        format!("{}{}", self.prefix, Base64UrlUnpadded::encode_string(&buffer))
    }

    /// The text of an encrypted value; `None` where it is not encrypted.
    fn open(&self, text: &str) -> Result<Option<String>, Fault> {
        let Some(body) = TOKEN.body(text, &self.id)? else { return Ok(None) };
        let damaged = || Fault::new("an encrypted value that was altered, or is of another domain");
        let mut buffer = Base64UrlUnpadded::decode_vec(body)
            .map_err(|_| Fault::new("an encrypted value that was cut or altered: not base64url"))?;
        if !siv::open(&self.key, &self.headers(), &mut buffer) {
            return Err(damaged());
        }
        String::from_utf8(buffer).map(Some).map_err(|_| damaged())
    }

    fn headers(&self) -> [&[u8]; 2] {
        [b"he1", self.domain.as_bytes()]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::key::tests::key;
    use super::*;

    fn encrypted(text: &str) -> String {
        encrypt(&key(0)).domain("d").normalize(text).unwrap().into_owned()
    }

    fn decrypted(text: &str) -> Result<String, String> {
        let rule = decrypt(&key(0)).domain("d");
        rule.normalize(text).map(Cow::into_owned).map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_value_is_always_encrypted_to_the_same_text() {
        assert_eq!(encrypted("王小明"), "he1:8179656c:errl_AO5wDEz5GkUDSVNGSN_M9ADxut6YQ");
        assert_eq!(encrypted(""), "");
        assert_eq!(
            encrypt(&key(0)).normalize("王小明").unwrap(),
            "he1:8179656c:94Csv8TeWQxRle7DUjylLNSfpG0_P295zQ"
        );
    }

    #[test]
    fn each_way_not_to_be_readable_is_a_fault_of_its_own() {
        let text = encrypted("a");
        let fault = |text: &str| decrypted(text).unwrap_err();
        assert_eq!(fault("a"), "not encrypted");
        assert_eq!(
            fault(&text.replacen("he1", "he2", 1)),
            "an encrypted value of version 2, which is not known here"
        );
        assert_eq!(fault(&text[..26]), "an encrypted value that was cut or altered: not base64url");
        assert_eq!(fault(&text[..25]), "an encrypted value that was altered, or is of another domain");
        let other = decrypt(&key(1)).normalize(&text).unwrap_err().to_string();
        assert_eq!(other, "an encrypted value under key 8179656c, and this is key 4472f1dd");
        let elsewhere = encrypt(&key(0)).normalize(&text).unwrap_err().to_string();
        assert_eq!(elsewhere, "an encrypted value that was altered, or is of another domain");
    }

    proptest! {
        #[test]
        fn what_is_encrypted_is_decrypted_and_not_encrypted_twice(text in ".{0,60}") {
            let once = encrypted(&text);
            prop_assert_eq!(encrypted(&once), once.clone());
            prop_assert_eq!(decrypted(&once), Ok(text));
        }

        #[test]
        fn every_character_that_is_altered_is_found(text in ".{1,20}", at in 0usize..1000, by in 1u8..128) {
            let mut bytes = encrypted(&text).into_bytes();
            let at = at % bytes.len();
            bytes[at] = (bytes[at] ^ by) & 127;
            prop_assert!(decrypted(&String::from_utf8(bytes).unwrap()).is_err());
        }
    }
}
