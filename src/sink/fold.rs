//! Compressed outputs, by the ending of their names.

use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::formats::ending;

/// Counts and digests what is stored.
pub(crate) struct Metered {
    to: Box<dyn Write + Send>,
    pub bytes: u64,
    pub digest: Option<Sha256>,
}

impl Metered {
    pub fn new(to: Box<dyn Write + Send>) -> Self {
        Metered { to, bytes: 0, digest: None }
    }
}

impl Write for Metered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        self.bytes += length as u64;
        if let Some(digest) = &mut self.digest {
            digest.update(&bytes[..length]);
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Writes plainly or compressed.
pub(crate) enum Fold {
    Plain(Metered),
    #[cfg(feature = "compression")]
    Gzip(flate2::write::GzEncoder<Metered>),
    #[cfg(feature = "compression")]
    Zstd(zstd::stream::write::Encoder<'static, Metered>),
}

impl Fold {
    /// Compresses where the path ends in `.gz` or `.zst`, in whatever case.
    pub fn by_name(path: &Path, to: Metered) -> Result<Self> {
        match ending(path).as_str() {
            folding @ ("gz" | "zst") => {
                Fold::compressing(folding, to).map_err(|error| error.at(path.display()))
            }
            _ => Ok(Fold::Plain(to)),
        }
    }

    #[cfg(feature = "compression")]
    fn compressing(folding: &str, to: Metered) -> Result<Self> {
        if folding == "gz" {
            return Ok(Fold::Gzip(flate2::write::GzEncoder::new(to, flate2::Compression::default())));
        }
        let encoder = zstd::stream::write::Encoder::new(to, zstd::DEFAULT_COMPRESSION_LEVEL);
        encoder.map(Fold::Zstd).map_err(|error| Error::io("cannot compress", error))
    }

    #[cfg(not(feature = "compression"))]
    fn compressing(folding: &str, _: Metered) -> Result<Self> {
        Err(Error::bind(format!("to write .{folding}, switch the feature `compression` on")))
    }

    pub fn metered(&mut self) -> &mut Metered {
        match self {
            Fold::Plain(to) => to,
            #[cfg(feature = "compression")]
            Fold::Gzip(encoder) => encoder.get_mut(),
            #[cfg(feature = "compression")]
            Fold::Zstd(encoder) => encoder.get_mut(),
        }
    }

    /// Writes what the compressor holds back.
    pub fn finish(self) -> io::Result<Metered> {
        match self {
            Fold::Plain(to) => Ok(to),
            #[cfg(feature = "compression")]
            Fold::Gzip(encoder) => encoder.finish(),
            #[cfg(feature = "compression")]
            Fold::Zstd(encoder) => encoder.finish(),
        }
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Fold::Plain(to) => to,
            #[cfg(feature = "compression")]
            Fold::Gzip(encoder) => encoder,
            #[cfg(feature = "compression")]
            Fold::Zstd(encoder) => encoder,
        }
    }
}

impl Write for Fold {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().flush()
    }
}
