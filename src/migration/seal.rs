//! Text that only whoever has the key can read, where there is a key.

use crate::error::{Error, Result};
use crate::normalize::Normalizer;
use crate::protect::{Key, decrypt, encrypt, pseudonym};

/// How a text that is sealed begins.
const MARK: &str = "he1:";

/// What only who has the key can make of a text.
pub(crate) fn code_of(text: &str, key: &Key, domain: &'static str) -> Result<String> {
    let code = pseudonym(key).domain(domain).normalize(text).map(|code| code.into_owned());
    code.map_err(|fault| Error::other(fault.to_string()))
}

/// A text as it is kept.
pub(crate) fn sealed_text(text: String, key: Option<&Key>, domain: &'static str) -> Result<String> {
    let Some(key) = key else { return Ok(text) };
    let sealed = encrypt(key).domain(domain).normalize(&text).map(|text| text.into_owned());
    sealed.map_err(|fault| Error::other(fault.to_string()))
}

/// A text as it was before it was sealed. What was written before there was a key is not.
pub(crate) fn opened_text(text: &str, key: Option<&Key>, domain: &'static str) -> Result<String> {
    if !text.starts_with(MARK) {
        return Ok(text.to_owned());
    }
    let key = key.ok_or_else(|| Error::bind("is sealed, and there is no key"))?;
    let opened = decrypt(key).domain(domain).normalize(text).map(|text| text.into_owned());
    opened.map_err(|fault| Error::format(fault.to_string()))
}
