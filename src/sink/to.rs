//! What a sink of bytes was told to write to.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::file::Target;
use crate::error::{Error, Result};

/// A file, the standard output, or a stream.
pub(crate) enum To {
    Path(PathBuf),
    Stdout,
    /// None once it was used.
    Writer(Option<Box<dyn Write + Send>>),
}

impl To {
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            To::Path(path) => path.to_string_lossy(),
            To::Stdout => Cow::Borrowed("standard output"),
            To::Writer(_) => Cow::Borrowed("stream"),
        }
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            To::Path(path) => Some(path),
            _ => None,
        }
    }

    /// Opens it. A stream can be opened once.
    pub fn open(&mut self) -> Result<Target> {
        let name = self.name().into_owned();
        match self {
            To::Path(path) => Target::file(path),
            To::Stdout => Ok(Target::stream(name, Box::new(std::io::stdout()))),
            To::Writer(writer) => match writer.take() {
                Some(writer) => Ok(Target::stream(name, writer)),
                None => Err(Error::bind("it was written by an earlier run").at(name)),
            },
        }
    }
}
