//! Compressed inputs, known by their first bytes and unfolded while they are read.

use std::fmt;
use std::io::{self, Read};

use super::input::Stored;
use crate::error::{Error, Result};

/// How many times its size an input may unfold to, unless told otherwise.
pub(crate) const MAX_UNFOLD: u64 = 250;
/// No input is refused before it has unfolded to this many bytes.
pub(crate) const ALWAYS_ALLOWED: u64 = 64 << 20;
/// The longest signature.
pub(crate) const SIGNATURE: usize = 4;

/// How an input is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folding {
    Gzip,
    Zstd,
}

impl Folding {
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1F, 0x8B, ..] => Some(Folding::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Folding::Zstd),
            _ => None,
        }
    }
}

impl fmt::Display for Folding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Folding::Gzip => "gzip",
            Folding::Zstd => "Zstandard",
        })
    }
}

/// Looks at the first bytes, and unfolds what is compressed.
pub(crate) fn unfold(
    mut reader: Box<dyn Read + Send>,
    stored: Stored,
    max: u64,
) -> Result<(Box<dyn Read + Send>, Option<Folding>)> {
    let mut head = Vec::with_capacity(SIGNATURE);
    let read = reader.by_ref().take(SIGNATURE as u64).read_to_end(&mut head);
    read.map_err(|error| Error::io("cannot read", error))?;
    let folding = Folding::of(&head);
    let whole: Box<dyn Read + Send> = Box::new(io::Cursor::new(head).chain(reader));
    let Some(folding) = folding else { return Ok((whole, None)) };
    let unfolding = Unfolding { reader: decoder(folding, whole)?, folding, stored, max, unfolded: 0 };
    Ok((Box::new(unfolding), Some(folding)))
}

#[cfg(feature = "compression")]
fn decoder(folding: Folding, reader: Box<dyn Read + Send>) -> Result<Box<dyn Read + Send>> {
    Ok(match folding {
        Folding::Gzip => Box::new(flate2::read::MultiGzDecoder::new(reader)),
        Folding::Zstd => Box::new(
            zstd::stream::read::Decoder::new(reader).map_err(|error| Error::io("cannot unfold", error))?,
        ),
    })
}

#[cfg(not(feature = "compression"))]
fn decoder(folding: Folding, _: Box<dyn Read + Send>) -> Result<Box<dyn Read + Send>> {
    Err(Error::format(format!("this is compressed with {folding}: switch the feature `compression` on")))
}

/// Unfolds, up to the limit, and says when the input is damaged.
struct Unfolding {
    reader: Box<dyn Read + Send>,
    folding: Folding,
    stored: Stored,
    max: u64,
    unfolded: u64,
}

impl Read for Unfolding {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            io::ErrorKind::UnexpectedEof => {
                io::Error::new(error.kind(), format!("the {} data ends too early", self.folding))
            }
            kind => io::Error::new(kind, format!("the {} data is damaged: {error}", self.folding)),
        })?;
        let folded = Folding::of(&buffer[..length]).filter(|_| self.unfolded == 0);
        if let Some(folding) = folded {
            let message = format!("it is compressed twice, {folding} in {}: unfold it once", self.folding);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        self.unfolded += length as u64;
        if self.unfolded > ALWAYS_ALLOWED.max(self.stored.bytes().saturating_mul(self.max)) {
            let message = format!("it unfolds to more than {} times its size: set `max_unfold`", self.max);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        Ok(length)
    }
}

#[cfg(all(test, feature = "compression"))]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::source::input::Input;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn input(bytes: Vec<u8>) -> Input {
        Input::reader("in".to_owned(), Box::new(io::Cursor::new(bytes)))
    }

    fn read(mut input: Input) -> (String, Option<Folding>) {
        let mut out = Vec::new();
        let said = match input.open().unwrap().read_to_end(&mut out) {
            Ok(_) => String::from_utf8(out).unwrap(),
            Err(error) => error.to_string(),
        };
        (said, input.folding())
    }

    #[test]
    fn content_decides_and_not_the_name() {
        let zst = zstd::encode_all(&b"abc"[..], 0).unwrap();
        assert_eq!(read(input(gzip(b"abc"))), ("abc".to_owned(), Some(Folding::Gzip)));
        assert_eq!(read(input(zst)), ("abc".to_owned(), Some(Folding::Zstd)));
        assert_eq!(read(input(b"abc".to_vec())), ("abc".to_owned(), None));
        assert_eq!(read(input(Vec::new())), (String::new(), None));
        let twice = [gzip(b"abc"), gzip(b"def")].concat();
        assert_eq!(read(input(twice)).0, "abcdef");
    }

    #[test]
    fn damage_is_said() {
        let mut folded = gzip(&b"customer".repeat(1000));
        folded.truncate(folded.len() - 6);
        assert_eq!(read(input(folded)).0, "the gzip data ends too early");
        let mut folded = gzip(&b"customer".repeat(1000));
        let last = folded.len() - 5;
        folded[last] ^= 1;
        assert!(read(input(folded)).0.starts_with("the gzip data is damaged: "));
    }

    #[test]
    fn what_is_compressed_twice_is_no_text() {
        let zst = zstd::encode_all(&gzip(b"abc")[..], 0).unwrap();
        assert_eq!(read(input(zst)).0, "it is compressed twice, gzip in Zstandard: unfold it once");
        let empty = gzip(&gzip(b""));
        assert_eq!(read(input(empty)).0, "it is compressed twice, gzip in gzip: unfold it once");
    }

    #[test]
    fn a_bomb_is_stopped() {
        let bomb = gzip(&vec![0; (ALWAYS_ALLOWED + (1 << 20)) as usize]);
        assert_eq!(
            read(input(bomb.clone())).0,
            "it unfolds to more than 250 times its size: set `max_unfold`"
        );
        let mut allowed = input(bomb);
        allowed.max_unfold(2000);
        assert_eq!(
            io::copy(&mut allowed.open().unwrap(), &mut io::sink()).unwrap(),
            ALWAYS_ALLOWED + (1 << 20)
        );
    }
}
