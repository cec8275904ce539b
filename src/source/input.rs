//! Where the bytes of a source come from: a file, a reader, standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::details::in_hex;
use crate::error::{Error, ErrorKind, Result};

/// Bytes to be read, and what is known of them.
pub(crate) struct Input {
    name: String,
    from: From,
    size: Option<u64>,
    digest: Option<Arc<Mutex<Sha256>>>,
}

enum From {
    Path(PathBuf),
    Reader(Box<dyn Read + Send>),
    Taken,
}

impl Input {
    pub fn path(path: &Path) -> Self {
        let name = path.display().to_string();
        Input { name, from: From::Path(path.to_owned()), size: None, digest: None }
    }

    pub fn reader(name: String, reader: Box<dyn Read + Send>) -> Self {
        Input { name, from: From::Reader(reader), size: None, digest: None }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file, until it is opened.
    pub fn file(&self) -> Option<&Path> {
        match &self.from {
            From::Path(path) => Some(path),
            _ => None,
        }
    }

    pub fn rename(&mut self, name: String) {
        self.name = name;
    }

    /// Has the bytes digested while they are read.
    pub fn digest(&mut self) {
        self.digest = Some(Arc::default());
    }

    /// The size in bytes, where it is known before everything is read.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Checks that the file was not cut short while it was read.
    pub fn check(&self, read: u64) -> Result<()> {
        match self.size {
            Some(size) if read < size => {
                let message = format!("the file became shorter while it was read: {read} of {size} bytes");
                Err(Error::new(ErrorKind::Io, message).at(&self.name))
            }
            _ => Ok(()),
        }
    }

    /// The SHA-256 of what was read, if it was asked for.
    pub fn sha256(&self) -> Option<String> {
        let digest = self.digest.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Some(in_hex(digest))
    }

    /// Opens it. An input can be read once.
    pub fn open(&mut self) -> Result<Box<dyn Read + Send>> {
        let reader = match std::mem::replace(&mut self.from, From::Taken) {
            From::Path(path) => self.open_file(&path)?,
            From::Reader(reader) => reader,
            From::Taken => return Err(Error::bind("the source has been read already").at(&self.name)),
        };
        Ok(match &self.digest {
            Some(digest) => Box::new(Digesting { reader, digest: Arc::clone(digest) }),
            None => reader,
        })
    }

    fn open_file(&mut self, path: &Path) -> Result<Box<dyn Read + Send>> {
        let cannot = |error| Error::io("cannot open", error).at(path.display());
        let file = File::open(path).map_err(cannot)?;
        let metadata = file.metadata().map_err(cannot)?;
        if metadata.is_dir() {
            return Err(Error::new(ErrorKind::Io, "is a folder, not a file").at(path.display()));
        }
        self.size = metadata.is_file().then_some(metadata.len());
        Ok(Box::new(file))
    }
}

/// Digests what is read through it.
struct Digesting {
    reader: Box<dyn Read + Send>,
    digest: Arc<Mutex<Sha256>>,
}

impl Read for Digesting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.digest.lock().unwrap_or_else(PoisonError::into_inner).update(&buffer[..length]);
        Ok(length)
    }
}
