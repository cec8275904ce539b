//! What must not be seen on the way: masked, replaced, encrypted, sealed.
//!
//! ```
//! use handover::normalize::apply;
//! use handover::protect::{Key, decrypt, encrypt, masked, pseudonym};
//!
//! let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("main.key");
//! # std::fs::write(&path, text)?;
//! # #[cfg(unix)]
//! # std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
//! let key = Key::from_file(&path)?;
//! assert_eq!(key.id(), "8179656c");
//!
//! // For people who look at it: the shape, and hardly more.
//! assert_eq!(masked("wang@example.com"), "w***@e***.com");
//!
//! // For tests and statistics: the same person stays the same person, and has no name.
//! let name = apply(&[pseudonym(&key).domain("name")], "王小明")?;
//! assert_eq!(name, "hp1:8179656c:dt9nymtc4h84cmh0872kxckhnr");
//!
//! // For the way between two systems: whoever has the key reads it again.
//! let secret = apply(&[encrypt(&key).domain("salary")], "82000")?;
//! assert_eq!(secret, "he1:8179656c:YbtHBl0p6L3FJMPZqodbREoc-8Sv");
//! assert_eq!(apply(&[decrypt(&key).domain("salary")], &secret)?, "82000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | | who can undo it | equal values | |
//! |---|---|---|---|
//! | [`mask`] | nobody | may look equal, as others do | for screens, messages and papers |
//! | [`pseudonym`] | nobody; who has the key can try values | are equal | for test data, joins and counts |
//! | [`encrypt`] | who has the key | are equal | for values on their way |
//! | [`SealedWriter`] | who has the key | | for whole files |
//!
//! One [`Key`] serves for all of them: each purpose has a key of its own, derived from it. What is
//! written names the version of its format and the key that it needs, so that a wrong key is told as such.
//!
//! All of it is deterministic: the same input under the same key gives the same
//! bytes. So a run can be repeated and compared, and values that are equal
//! before are equal after, within one domain. That is also what is given away.

mod encrypt;
mod hex;
mod key;
mod mask;
mod pseudonym;
mod sealed;
mod siv;
mod token;

pub use encrypt::{Decrypt, Encrypt, decrypt, encrypt};
pub use key::Key;
pub use mask::{mask, masked};
pub use pseudonym::{Pseudonym, pseudonym};
pub use sealed::{SealedReader, SealedWriter};
