//! Sealing, while it is written.

use std::io::{self, Write};

use zeroize::Zeroizing;

use super::{CHUNK, LAST, Seal};
use crate::error::{Error, Result};
use crate::protect::key::Key;
use crate::protect::siv;

/// Encrypts what is written to it, 64 KiB at a time, and writes it on.
///
/// Call [`finish`](Self::finish) at the end: a file without it is cut off, and its reader says so.
///
/// The salt makes the key of this file: give each file another. Two files of
/// one key and one salt show in which chunks they are the same.
///
/// ```
/// use std::io::{Read, Write};
/// use handover::protect::{Key, SealedReader, SealedWriter};
///
/// let key = Key::from_bytes(*b"thirty-two bytes, out of a vault")?;
/// let mut writer = SealedWriter::create(Vec::new(), &key, [7; 16])?;
/// writer.write_all("name\n王小明\n".as_bytes())?;
/// let file = writer.finish()?;
///
/// let mut text = String::new();
/// SealedReader::open(&*file, &key)?.read_to_string(&mut text)?;
/// assert_eq!(text, "name\n王小明\n");
///
/// let cut = SealedReader::open(&file[..file.len() - 1], &key)?.read_to_string(&mut text);
/// assert_eq!(cut.unwrap_err().to_string(), "the sealed file is cut off at byte 94");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SealedWriter<W: Write> {
    inner: W,
    seal: Seal,
    buffer: Zeroizing<Vec<u8>>,
    /// Whether a chunk was lost on the way: what follows it would be of no use.
    broken: bool,
}

impl<W: Write> SealedWriter<W> {
    /// Begins a file: the header line is written at once.
    pub fn create(mut inner: W, key: &Key, salt: [u8; 16]) -> Result<Self> {
        let seal = Seal::new(key, &salt);
        let written = inner.write_all(seal.header.as_bytes());
        written.map_err(|error| Error::io("cannot write the sealed file", error))?;
        let buffer = Zeroizing::new(Vec::with_capacity(CHUNK + siv::TAG));
        Ok(SealedWriter { inner, seal, buffer, broken: false })
    }

    /// Writes the last chunk, and gives back what was written to.
    pub fn finish(mut self) -> Result<W> {
        self.chunk(LAST)
            .and_then(|()| self.inner.flush())
            .map_err(|error| Error::io("cannot write the sealed file", error))?;
        Ok(self.inner)
    }

    fn chunk(&mut self, last: u32) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("the sealed file could not be written before"));
        }
        let frame = self.buffer.len() as u32 | last;
        self.seal.next(frame, |key, headers| siv::seal(key, headers, &mut self.buffer));
        let written =
            self.inner.write_all(&frame.to_be_bytes()).and_then(|()| self.inner.write_all(&self.buffer));
        self.broken = written.is_err();
        self.buffer.clear();
        written
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Only when more comes is it known that a full chunk is not the last.
        if self.broken || self.buffer.len() == CHUNK && !bytes.is_empty() {
            self.chunk(0)?;
        }
        let taken = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Flushes what is below. A chunk that is not full stays here until
    /// there is more, or the file is [finished](Self::finish).
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
