//! Text that only whoever has the key can read, where there is a key.

use crate::error::{Error, Result};
use crate::normalize::Normalizer;
use crate::protect::{Key, decrypt, encrypt};

/// The domain of records that are set aside.
pub(crate) const ASIDE: &str = "aside";

/// A text as it is kept.
pub(crate) fn sealed_text(text: String, key: Option<&Key>, domain: &'static str) -> Result<String> {
    let Some(key) = key else { return Ok(text) };
    let sealed = encrypt(key).domain(domain).normalize(&text).map(|text| text.into_owned());
    sealed.map_err(|fault| Error::other(fault.to_string()))
}

/// A text as it was before it was sealed.
pub(crate) fn opened_text(text: &str, key: Option<&Key>, domain: &'static str) -> Result<String> {
    let Some(key) = key else { return Ok(text.to_owned()) };
    let opened = decrypt(key).domain(domain).normalize(text).map(|text| text.into_owned());
    opened.map_err(|fault| Error::format(fault.to_string()))
}
