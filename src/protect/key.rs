//! Where keys come from, and what is derived of them.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::hex;
use crate::error::{Error, Result};

/// More than any file with a key holds.
const LONGEST: u64 = 4096;

/// A secret of 32 or 64 bytes, which is overwritten in memory when it is dropped.
///
/// As text it is hexadecimal: 64 digits, or 128. White space around it is
/// ignored. `openssl rand -hex 32` makes one.
///
/// Whatever needs a key is given a key of its own, derived by HKDF (RFC 5869,
/// SHA-256): what is known of one tells nothing of another.
#[derive(Clone)]
pub struct Key {
    secret: Zeroizing<Vec<u8>>,
    id: String,
}

/// A key of one purpose: as long as HMAC-SHA-256 and AES-256-SIV take it.
pub(super) type Derived = Zeroizing<[u8; 64]>;

/// What a key is derived for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Id,
    Pseudonym,
    Encrypt,
    SealFile,
    Audit,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Id => "id",
            Purpose::Pseudonym => "pseudonym",
            Purpose::Encrypt => "encrypt",
            Purpose::SealFile => "seal-file",
            Purpose::Audit => "audit",
        }
    }
}

impl Key {
    /// The key in a file, which on Unix nobody but its owner may read or write.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let read = || {
            let file = File::open(path).map_err(|error| Error::io("cannot open the key", error))?;
            private(&file, path)?;
            let mut text = Zeroizing::new(Vec::with_capacity(LONGEST as usize));
            file.take(LONGEST)
                .read_to_end(&mut text)
                .map_err(|error| Error::io("cannot read the key", error))?;
            Key::parse(&text)
        };
        read().map_err(|error: Error| error.at(path.display()))
    }

    /// The key in an environment variable.
    pub fn from_env(name: &str) -> Result<Self> {
        Key::from_variable(std::env::var_os(name)).map_err(|error| error.at(format_args!("${name}")))
    }

    /// The key of these bytes: 32 or 64.
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self> {
        let bytes = bytes.as_ref();
        if !matches!(bytes.len(), 32 | 64) {
            return Err(Error::bind(format!("a key has 32 or 64 bytes, this has {}", bytes.len())));
        }
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(Error::bind("one byte over and over is no key"));
        }
        let mut key = Key { secret: Zeroizing::new(bytes.to_vec()), id: String::new() };
        let named = key.derive(Purpose::Id, &[]);
        key.id = hex::hex(&Sha256::digest(*named)[..4]);
        Ok(key)
    }

    /// The key that a configuration file names: `file:PATH` or `env:NAME`.
    pub fn from_source(source: &str) -> Result<Self> {
        let is_key = |text: &str| text.len() >= 32 && text.bytes().all(|digit| hex::value(digit).is_some());
        match source.split_once(':') {
            Some(("file", path)) if !is_key(path) => Key::from_file(path),
            Some(("env", name)) if !is_key(name) => Key::from_env(name),
            // What stands there is not shown: it may be the key itself.
            _ => Err(Error::bind("a key is named as file:PATH or env:NAME, and never stands there itself")),
        }
    }

    /// Eight hexadecimal digits that tell keys apart and give nothing away:
    /// the first of the SHA-256 of a value derived from the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Signs a message by HMAC-SHA-256, under the key of audit trails.
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        self.signature(message).finalize().into_bytes().into()
    }

    /// Whether [`sign`](Self::sign) gave this signature; in a time that does not depend on it.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.signature(message).verify_slice(signature).is_ok()
    }

    fn from_variable(text: Option<OsString>) -> Result<Self> {
        let text =
            text.ok_or_else(|| Error::bind("no such environment variable, which should hold a key"))?;
        Key::parse(&Zeroizing::new(text.into_encoded_bytes()))
    }

    fn signature(&self, message: &[u8]) -> Hmac<Sha256> {
        authenticator(&self.derive(Purpose::Audit, &[])).chain_update(message)
    }

    /// The key of one purpose and, where each file has its own, one salt.
    pub(super) fn derive(&self, purpose: Purpose, salt: &[u8]) -> Derived {
        let mut derived = Zeroizing::new([0; 64]);
        Hkdf::<Sha256>::new(Some(b"handover 1"), &self.secret)
            .expand_multi_info(&[purpose.name().as_bytes(), b":", salt], &mut *derived)
            .expect("no purpose asks for more than 255 digests");
        derived
    }

    fn parse(text: &[u8]) -> Result<Self> {
        let text = text.trim_ascii();
        if text.is_empty() {
            return Err(Error::bind("holds nothing where a key should be"));
        }
        if let Some(at) = text.iter().position(|digit| hex::value(*digit).is_none()) {
            return Err(Error::bind(format!("a key is hexadecimal, character {} is not", at + 1)));
        }
        let found = match text.len() {
            64 | 128 => return Key::from_bytes(&*Zeroizing::new(hex::bytes(text).unwrap_or_default())),
            0..64 => "too short",
            65..128 => "neither",
            _ => "too long",
        };
        let digits = text.len();
        Err(Error::bind(format!("a key has 64 or 128 hexadecimal digits, {digits} are {found}")))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// What makes a code of a message that nobody without this key can make.
pub(super) fn authenticator(key: &Derived) -> Hmac<Sha256> {
    Hmac::new((&**key).into())
}

#[cfg(unix)]
fn private(file: &File, path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode =
        file.metadata().map_err(|error| Error::io("cannot look at the key", error))?.permissions().mode();
    if mode & 0o077 != 0 {
        let what = format!(
            "others than its owner have access to the key, repair that by: chmod 600 '{}'",
            path.display()
        );
        return Err(Error::bind(what));
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(_file: &File, _path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The bytes from `first` on, as a key.
    pub(in crate::protect) fn key(first: u8) -> Key {
        Key::from_bytes((first..first + 32).collect::<Vec<_>>()).unwrap()
    }

    fn refused(key: Result<Key>) -> String {
        key.unwrap_err().to_string()
    }

    #[test]
    fn text_is_hexadecimal_of_one_of_two_lengths() {
        let text = hex::hex(&key(0).secret);
        assert_eq!(Key::parse(format!(" {}\r\n", text.to_uppercase()).as_bytes()).unwrap().id(), key(0).id());
        assert_ne!(Key::parse([&*text, &*text].concat().as_bytes()).unwrap().id(), key(0).id());

        let refused = |text: &str| refused(Key::parse(text.as_bytes()));
        assert_eq!(refused(" \n"), "holds nothing where a key should be");
        assert_eq!(refused("0123456"), "a key has 64 or 128 hexadecimal digits, 7 are too short");
        assert_eq!(refused(&format!("{text}00")), "a key has 64 or 128 hexadecimal digits, 66 are neither");
        assert_eq!(refused(&text.repeat(3)), "a key has 64 or 128 hexadecimal digits, 192 are too long");
        assert_eq!(refused(&text.replace("0a", "0 ")), "a key is hexadecimal, character 22 is not");
        assert_eq!(refused(&"0".repeat(64)), "one byte over and over is no key");
    }

    #[test]
    fn bytes_are_of_one_of_two_lengths() {
        assert_eq!(refused(Key::from_bytes([])), "a key has 32 or 64 bytes, this has 0");
        assert_eq!(refused(Key::from_bytes([1; 33])), "a key has 32 or 64 bytes, this has 33");
    }

    #[test]
    fn a_variable_holds_a_key_or_is_told_by_its_name() {
        assert_eq!(Key::from_variable(Some(hex::hex(&key(0).secret).into())).unwrap().id(), key(0).id());
        let error = "$HANDOVER_NO_SUCH: no such environment variable, which should hold a key";
        assert_eq!(refused(Key::from_env("HANDOVER_NO_SUCH")), error);
        assert_eq!(refused(Key::from_source("env:HANDOVER_NO_SUCH")), error);
    }

    #[test]
    fn a_source_that_is_a_key_is_not_shown() {
        let error = "a key is named as file:PATH or env:NAME, and never stands there itself";
        assert_eq!(refused(Key::from_source("00112233")), error);
        assert_eq!(refused(Key::from_source("hex:00112233")), error);
        assert_eq!(refused(Key::from_source(&format!("env:{}", hex::hex(&key(0).secret)))), error);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.key");
        let shown = path.display();
        std::fs::write(&path, hex::hex(&key(0).secret)).unwrap();
        let open = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            Key::from_source(&format!("file:{shown}"))
        };
        for mode in [0o640, 0o604, 0o620] {
            let error = "others than its owner have access to the key, repair that by";
            assert_eq!(refused(open(mode)), format!("{shown}: {error}: chmod 600 '{shown}'"));
        }
        assert_eq!(open(0o600).unwrap().id(), key(0).id());

        std::fs::write(&path, "00").unwrap();
        let short = "a key has 64 or 128 hexadecimal digits, 2 are too short";
        assert_eq!(refused(open(0o400)), format!("{shown}: {short}"));
        std::fs::remove_file(&path).unwrap();
        let missing = "cannot open the key: No such file or directory (os error 2)";
        assert_eq!(refused(Key::from_file(&path)), format!("{shown}: {missing}"));
    }

    #[test]
    fn nothing_shows_the_key() {
        assert_eq!(format!("{:?}", key(0)), "Key(..)");
    }

    #[test]
    fn what_is_derived_stays_the_same_and_differs_by_purpose() {
        let first = |purpose, salt: &[u8]| hex::hex(&key(0).derive(purpose, salt)[..8]);
        assert_eq!(first(Purpose::Pseudonym, &[]), "bec0aa26ee8fd9d9");
        assert_eq!(first(Purpose::Encrypt, &[]), "6a53828c0b42ddc1");
        assert_eq!(first(Purpose::SealFile, &[]), "db0c06f8909ba34c");
        assert_eq!(first(Purpose::SealFile, &[1]), "227457efb34458ed");
        assert_eq!(first(Purpose::Audit, &[]), "4e5519b34ae59bc9");
        assert_eq!([key(0).id(), key(1).id()], ["8179656c", "4472f1dd"]);
    }

    #[test]
    fn a_signature_is_of_one_key_and_one_message() {
        let signature = key(0).sign(b"approved");
        assert_eq!(hex::hex(&signature[..8]), "ece27c06fc544045");
        assert!(key(0).verify(b"approved", &signature));
        assert!(!key(0).verify(b"Approved", &signature));
        assert!(!key(1).verify(b"approved", &signature));
        assert!(!key(0).verify(b"approved", &signature[..31]));
    }
}
