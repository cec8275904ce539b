//! AES-256-SIV (RFC 5297): encryption that tells when anything was altered,
//! and that gives nothing away, except equality, where the same is encrypted twice.

use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;

use super::key::Derived;

/// How much longer a text is when it is encrypted.
pub(super) const TAG: usize = 16;

/// Encrypts what is in the buffer, bound to these headers.
pub(super) fn seal(key: &Derived, headers: &[&[u8]], buffer: &mut Vec<u8>) {
    let sealed = Aes256Siv::new((&**key).into()).encrypt_in_place(headers, buffer);
    sealed.expect("a vector grows, and there are fewer than 126 headers");
}

/// Decrypts what is in the buffer. `false` where a byte of it, of the headers
/// or of the key is not what it was; nothing is decrypted then.
#[must_use]
pub(super) fn open(key: &Derived, headers: &[&[u8]], buffer: &mut Vec<u8>) -> bool {
    Aes256Siv::new((&**key).into()).decrypt_in_place(headers, buffer).is_ok()
}
