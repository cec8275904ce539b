//! Where the bytes of a source come from: a file, a reader, standard input,
//! unfolded where they are compressed.

use std::fs::File;
use std::io::{self, Read};
#[cfg(feature = "excel")]
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
#[cfg(feature = "excel")]
use tempfile::SpooledTempFile;

#[cfg(feature = "excel")]
use super::unfold::SIGNATURE;
use super::unfold::{Folding, MAX_UNFOLD, unfold};
use crate::details::in_hex;
use crate::error::{Error, ErrorKind, Result};

/// Bytes to be read, and what is known of them.
pub(crate) struct Input {
    name: String,
    file: Option<PathBuf>,
    from: From,
    size: Option<u64>,
    max_unfold: u64,
    folding: Option<Folding>,
    stored: Stored,
    digest: Option<Arc<Mutex<Sha256>>>,
}

enum From {
    Path(PathBuf),
    Reader(Box<dyn Read + Send>),
    Taken,
}

/// Bytes that can be read at any place.
#[cfg(feature = "excel")]
pub(crate) trait Seekable: Read + Seek + Send {}
#[cfg(feature = "excel")]
impl<T: Read + Seek + Send> Seekable for T {}

/// How much of an input that is no file is held in memory, and how much at all.
#[cfg(feature = "excel")]
const SPOOLED_IN_MEMORY: usize = 16 << 20;
#[cfg(feature = "excel")]
const MAX_SPOOLED: u64 = 4 << 30;

/// How many bytes of an input were read, as they are stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stored(Arc<AtomicU64>);

impl Stored {
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Input {
    pub fn path(path: &Path) -> Self {
        let file = Some(path.to_owned());
        Input { file, ..Input::new(path.display().to_string(), From::Path(path.to_owned())) }
    }

    pub fn reader(name: String, reader: Box<dyn Read + Send>) -> Self {
        Input::new(name, From::Reader(reader))
    }

    fn new(name: String, from: From) -> Self {
        let stored = Stored::default();
        Input {
            name,
            file: None,
            from,
            size: None,
            max_unfold: MAX_UNFOLD,
            folding: None,
            stored,
            digest: None,
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The same file, to be read once more; none where that cannot be done.
    #[cfg(feature = "json")]
    pub fn again(&self) -> Option<Input> {
        let path = self.file().filter(|path| path.is_file())?;
        Some(Input { name: self.name.clone(), max_unfold: self.max_unfold, ..Input::path(path) })
    }

    pub fn rename(&mut self, name: String) {
        self.name = name;
    }

    /// Has the bytes digested while they are read, as they are stored.
    pub fn digest(&mut self) {
        self.digest = Some(Arc::default());
    }

    /// How many times its size a compressed input may unfold to.
    pub fn max_unfold(&mut self, times: u64) {
        self.max_unfold = times.max(1);
    }

    /// How the input is compressed; known once it is open.
    pub fn folding(&self) -> Option<Folding> {
        self.folding
    }

    /// The size in bytes as stored, where it is known before everything is read.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// How much has been read, to be asked at any time.
    pub fn stored(&self) -> Stored {
        self.stored.clone()
    }

    /// Checks that the file was not cut short while it was read. For the end,
    /// when the reader has said that there is no more.
    pub fn check(&self) -> Result<()> {
        let read = self.stored.bytes();
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

    /// Opens it: what comes out is unfolded. An input can be read once.
    pub fn open(&mut self) -> Result<Box<dyn Read + Send>> {
        let reader = match std::mem::replace(&mut self.from, From::Taken) {
            From::Path(path) => Box::new(self.open_file(&path)?),
            From::Reader(reader) => reader,
            From::Taken => return Err(Error::bind("the source has been read already").at(&self.name)),
        };
        let metered = Metered { reader, stored: self.stored.clone(), digest: self.digest.clone() };
        let (reader, folding) = unfold(Box::new(metered), self.stored.clone(), self.max_unfold)
            .map_err(|error| error.at(&self.name))?;
        self.folding = folding;
        Ok(reader)
    }

    /// Opens it to be read at any place: a file as it stands, all else by way of a temporary file.
    #[cfg(feature = "excel")]
    pub fn open_seekable(&mut self) -> Result<Box<dyn Seekable>> {
        if let From::Path(path) = &self.from {
            let mut file = self.open_file(&path.clone())?;
            let cannot = |error| Error::io("cannot read", error).at(&self.name);
            if Folding::of(&head(&mut file).map_err(cannot)?).is_none() {
                self.from = From::Taken;
                let mut metered =
                    Metered { reader: file, stored: Stored::default(), digest: self.digest.clone() };
                if self.digest.is_some() {
                    io::copy(&mut metered, &mut io::sink()).map_err(cannot)?;
                }
                metered.reader.rewind().map_err(cannot)?;
                return Ok(Box::new(Metered { digest: None, stored: self.stored.clone(), ..metered }));
            }
        }
        let reader = self.open()?;
        let cannot = |error| Error::io("cannot read", error).at(&self.name);
        let mut spooled = SpooledTempFile::new(SPOOLED_IN_MEMORY);
        let length = io::copy(&mut reader.take(MAX_SPOOLED), &mut spooled).map_err(cannot)?;
        if length == MAX_SPOOLED {
            let message = format!("more than {} GiB that are not in a file", MAX_SPOOLED >> 30);
            return Err(Error::new(ErrorKind::Limit, message).at(&self.name));
        }
        spooled.rewind().map_err(cannot)?;
        Ok(Box::new(spooled))
    }

    fn open_file(&mut self, path: &Path) -> Result<File> {
        let cannot = |error| Error::io("cannot open", error).at(path.display());
        let file = File::open(path).map_err(cannot)?;
        let metadata = file.metadata().map_err(cannot)?;
        if metadata.is_dir() {
            return Err(Error::new(ErrorKind::Io, "is a folder, not a file").at(path.display()));
        }
        self.size = metadata.is_file().then_some(metadata.len());
        Ok(file)
    }
}

/// The first bytes, by which a compressed file is known.
#[cfg(feature = "excel")]
fn head(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.by_ref().take(SIGNATURE as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Counts and digests what is read through it.
struct Metered<R = Box<dyn Read + Send>> {
    reader: R,
    stored: Stored,
    digest: Option<Arc<Mutex<Sha256>>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.stored.add(length);
        if let Some(digest) = &self.digest {
            digest.lock().unwrap_or_else(PoisonError::into_inner).update(&buffer[..length]);
        }
        Ok(length)
    }
}

#[cfg(feature = "excel")]
impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}
