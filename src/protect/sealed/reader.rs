//! Unsealing, while it is read.

use std::io::{self, Read};

use zeroize::Zeroizing;

use super::{CHUNK, HEADER, LAST, MARK, Seal};
use crate::error::{Error, Result};
use crate::protect::key::Key;
use crate::protect::{hex, siv};

/// Decrypts what a [`SealedWriter`](super::SealedWriter) wrote, in as much memory as a chunk takes.
///
/// Nothing is handed out that was not found to be as it was written. Whether
/// the file is whole is known at its end: a reader that gives an error has given
/// the beginning of what was sealed. After an error it gives that error again.
pub struct SealedReader<R: Read> {
    inner: R,
    seal: Seal,
    buffer: Zeroizing<Vec<u8>>,
    /// How much of the buffer was handed out.
    taken: usize,
    /// How many bytes of the file were read.
    bytes: u64,
    state: State,
}

enum State {
    Open,
    Ended,
    Broken(io::ErrorKind, String),
}

impl<R: Read> SealedReader<R> {
    /// Reads the header line. Fails where it is not a sealed file, or needs another key.
    pub fn open(mut inner: R, key: &Key) -> Result<Self> {
        let mut header = Vec::with_capacity(HEADER);
        let read = inner.by_ref().take(HEADER as u64).read_to_end(&mut header);
        read.map_err(|error| Error::io("cannot read the sealed file", error))?;
        let seal = Seal::new(key, &salt(&header, key)?);
        if seal.header.as_bytes() != header {
            return Err(Error::format("the header of the sealed file was altered"));
        }
        Ok(SealedReader {
            inner,
            seal,
            buffer: Zeroizing::new(Vec::with_capacity(CHUNK + siv::TAG)),
            taken: 0,
            bytes: HEADER as u64,
            state: State::Open,
        })
    }

    /// Reads the next chunk, and behind the last that nothing follows.
    fn advance(&mut self) -> io::Result<()> {
        let begin = self.bytes;
        self.piece(4)?;
        let frame = self.buffer.first_chunk().map_or(0, |frame| u32::from_be_bytes(*frame));
        let (length, last) = ((frame & !LAST) as usize, frame & LAST != 0);
        if length > CHUNK || !last && length != CHUNK {
            return Err(altered(begin));
        }
        self.piece(length + siv::TAG)?;
        if !self.seal.next(frame, |key, headers| siv::open(key, headers, &mut self.buffer)) {
            return Err(altered(begin));
        }
        if last {
            if self.inner.by_ref().take(1).read_to_end(&mut Vec::new())? != 0 {
                return Err(altered(self.bytes));
            }
            self.state = State::Ended;
        }
        Ok(())
    }

    /// Reads so many bytes into the buffer, and nothing else.
    fn piece(&mut self, length: usize) -> io::Result<()> {
        self.buffer.clear();
        let read = self.inner.by_ref().take(length as u64).read_to_end(&mut self.buffer)?;
        self.bytes += read as u64;
        match read == length {
            true => Ok(()),
            false => Err(io::Error::new(io::ErrorKind::UnexpectedEof, cut(self.bytes))),
        }
    }
}

impl<R: Read> Read for SealedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.buffer.len() {
            match &self.state {
                State::Open => {}
                State::Ended => return Ok(0),
                State::Broken(kind, message) => return Err(io::Error::new(*kind, message.clone())),
            }
            self.taken = 0;
            if let Err(error) = self.advance() {
                self.buffer.clear();
                self.state = State::Broken(error.kind(), error.to_string());
            }
        }
        let given = out.len().min(self.buffer.len() - self.taken);
        out[..given].copy_from_slice(&self.buffer[self.taken..self.taken + given]);
        self.taken += given;
        Ok(given)
    }
}

/// The salt in a header line of this version, for this key.
fn salt(header: &[u8], key: &Key) -> Result<[u8; 16]> {
    let altered = || Error::format("the header of the sealed file was altered");
    let known = header.len().min(MARK.len());
    if header[..known] != MARK.as_bytes()[..known] {
        return Err(Error::format("not a sealed file"));
    }
    if header.len() < HEADER {
        return Err(Error::format(cut(header.len() as u64)));
    }
    let line = std::str::from_utf8(&header[known..]).map_err(|_| altered())?;
    let (version, rest) = line.split_once(' ').ok_or_else(altered)?;
    let (id, digits) = rest.split_once(' ').ok_or_else(altered)?;
    if version != "1" {
        let numbered = matches!(version.len(), 1..=3) && version.bytes().all(|b| b.is_ascii_digit());
        return Err(match numbered {
            true => Error::format(format!("a sealed file of version {version}, which is not known here")),
            false => altered(),
        });
    }
    if hex::is_id(id) && id != key.id() {
        return Err(Error::bind(format!("sealed with key {id}, and this is key {}", key.id())));
    }
    hex::bytes(digits.trim_end().as_bytes()).and_then(|salt| salt.try_into().ok()).ok_or_else(altered)
}

fn altered(at: u64) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the sealed file was altered at byte {at}"))
}

fn cut(at: u64) -> String {
    format!("the sealed file is cut off at byte {at}")
}
