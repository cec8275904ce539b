//! Files that appear whole or not at all.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};

use crate::details::{Details, in_hex};
use crate::error::{Error, Result};
use crate::sink::fold::{Fold, Metered};

const BUFFER: usize = 256 << 10;

/// Where the bytes of an output go: a file that takes its name when it is
/// complete, or a stream.
///
/// The file is written under another name in the same folder, synced, and
/// renamed over the target by [`Finished::publish`]; dropped before that, it
/// is gone and the target is what it was. A device or a pipe cannot be
/// renamed over and is written as a stream. What is called `.gz` or `.zst` is
/// compressed.
pub(crate) struct Target {
    name: String,
    to: Fold,
    file: Option<Pending>,
    buffer: Vec<u8>,
    bytes: u64,
}

/// What was written, synced, and still to be renamed.
pub(crate) struct Finished {
    name: String,
    file: Option<(TempPath, PathBuf)>,
    details: Details,
}

struct Pending {
    temp: NamedTempFile,
    target: PathBuf,
}

impl Target {
    /// A file. Fails where no file could be put in place: a folder that is
    /// not there or cannot be written to, a path that is a folder itself.
    pub fn file(path: &Path) -> Result<Self> {
        Target::through(path, |file| Box::new(file))
    }

    /// A stream: whatever was flushed into it stays there.
    pub fn stream(name: impl Into<String>, to: Box<dyn Write + Send>) -> Self {
        let buffer = Vec::with_capacity(BUFFER);
        Target { name: name.into(), to: Fold::Plain(Metered::new(to)), file: None, buffer, bytes: 0 }
    }

    /// The same target, with a SHA-256 of what is stored, if `wanted`.
    pub fn sha256(mut self, wanted: bool) -> Self {
        self.to.metered().digest = wanted.then(Sha256::new);
        self
    }

    /// A file, written through what `wrap` makes of it.
    fn through(path: &Path, wrap: impl FnOnce(File) -> Box<dyn Write + Send>) -> Result<Self> {
        let name = path.display().to_string();
        let refused = |error: io::Error| Error::io("cannot write", error).at(path.display());
        let old = fs::metadata(path).ok();
        let device = old.as_ref().is_some_and(|old| !old.is_file() && !old.is_dir());
        let (file, pending) = if device {
            (File::create(path).map_err(refused)?, None)
        } else {
            let pending = Pending::create(path, old).map_err(refused)?;
            (pending.temp.as_file().try_clone().map_err(refused)?, Some(pending))
        };
        let to = Fold::by_name(path, Metered::new(wrap(file)))?;
        Ok(Target { name, to, file: pending, buffer: Vec::with_capacity(BUFFER), bytes: 0 })
    }

    /// Writes some bytes, sooner or later.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush()?;
        }
        self.buffer.extend_from_slice(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// How many bytes were written, before they are compressed.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes what there is so far and, where it is a file, waits for the disk.
    pub fn settle(&mut self) -> Result<()> {
        self.flush()?;
        self.to.flush().map_err(|error| self.refused(error))?;
        match &self.file {
            Some(pending) => pending.temp.as_file().sync_all().map_err(|error| self.refused(error)),
            None => Ok(()),
        }
    }

    /// Settles everything, so that only the name is left to be given.
    pub fn finish(mut self) -> Result<Finished> {
        self.flush()?;
        let refused = |error| Error::io("cannot write", error).at(&self.name);
        let mut stored = self.to.finish().map_err(refused)?;
        stored.flush().map_err(refused)?;
        if let Some(pending) = &self.file {
            pending.temp.as_file().sync_all().map_err(refused)?;
        }
        let (bytes, sha256) = (Some(stored.bytes), stored.digest.map(in_hex));
        Ok(Finished {
            file: self.file.map(|pending| (pending.temp.into_temp_path(), pending.target)),
            details: Details { bytes, sha256, ..Details::default() },
            name: self.name,
        })
    }

    fn flush(&mut self) -> Result<()> {
        self.to.write_all(&self.buffer).map_err(|error| self.refused(error))?;
        self.buffer.clear();
        Ok(())
    }

    fn refused(&self, error: io::Error) -> Error {
        Error::io("cannot write", error).at(&self.name)
    }
}

impl Finished {
    /// Gives the file its name. Returns that name and what is known of it.
    pub fn publish(self) -> Result<(String, Details)> {
        if let Some((temp, target)) = self.file {
            let refused = |error| Error::io("cannot rename the finished file to it", error).at(&self.name);
            temp.persist(&target).map_err(|failed| refused(failed.error))?;
            sync_folder(&target).map_err(refused)?;
        }
        Ok((self.name, self.details))
    }
}

impl Pending {
    /// A temporary file beside `path`, with the permissions of the old file.
    fn create(path: &Path, old: Option<Metadata>) -> io::Result<Self> {
        if old.as_ref().is_some_and(Metadata::is_dir) {
            return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder"));
        }
        // A link stays a link: the file that it points to is replaced.
        let target = fs::canonicalize(path).or_else(|_| std::path::absolute(path))?;
        let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is not the name of a file"));
        };
        if !folder.is_dir() {
            let message = format!("the folder {} does not exist", folder.display());
            return Err(io::Error::new(ErrorKind::NotFound, message));
        }
        let prefix = [OsStr::new("."), name, OsStr::new(".")].join(OsStr::new(""));
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".tmp");
        // As for any new file, less what the umask takes: `tempfile` makes them private.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        // Its errors name the temporary file, whose name is another one each time.
        let temp = builder.tempfile_in(folder).map_err(|error| error.kind())?;
        if let Some(old) = old {
            temp.as_file().set_permissions(old.permissions())?;
        }
        Ok(Pending { temp, target })
    }
}

/// Waits until the new name of a file is on the disk too.
#[cfg(unix)]
fn sync_folder(of: &Path) -> io::Result<()> {
    let folder = of.parent().unwrap_or(of);
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Network file systems may not offer it.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        other => other,
    }
}

#[cfg(not(unix))]
fn sync_folder(_of: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Takes `left` bytes and is full then.
    pub(crate) struct Full<W> {
        pub to: W,
        pub left: usize,
    }

    impl<W: Write> Write for Full<W> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.left == 0 {
                return Err(ErrorKind::StorageFull.into());
            }
            let written = self.to.write(&bytes[..bytes.len().min(self.left)])?;
            self.left -= written;
            Ok(written)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.to.flush()
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_when_it_is_published() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut target = Target::file(&path).unwrap().sha256(true);
        target.write(b"abc").unwrap();
        assert_eq!(target.bytes(), 3);
        let finished = target.finish().unwrap();
        let [temporary] = &names(folder.path())[..] else { panic!("one file") };
        assert!(temporary.starts_with(".out.csv.") && temporary.ends_with(".tmp"), "{temporary}");
        let (name, details) = finished.publish().unwrap();
        assert_eq!(name, path.display().to_string());
        assert_eq!(details.bytes, Some(3));
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(details.sha256.as_deref(), Some(abc));
        assert_eq!(
            (names(folder.path()), fs::read(&path).unwrap()),
            (vec!["out.csv".to_owned()], b"abc".to_vec())
        );
    }

    #[test]
    fn dropped_midway_it_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let mut target = Target::file(&path).unwrap();
        target.write(&[b'x'; 2 * BUFFER]).unwrap();
        drop(target);
        drop(Target::file(&path).unwrap().finish().unwrap());
        assert_eq!(
            (names(folder.path()), fs::read(&path).unwrap()),
            (vec!["out.csv".to_owned()], b"old".to_vec())
        );
    }

    #[test]
    fn a_full_disk_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        for left in [0, 1, BUFFER, BUFFER + 1] {
            let mut target = Target::through(&path, |to| Box::new(Full { to, left })).unwrap();
            let written = (0..2 * BUFFER).try_for_each(|_| target.write(b"xy"));
            let error = written.and_then(|()| target.finish().map(drop)).unwrap_err();
            assert_eq!(error.to_string(), format!("{}: cannot write: no storage space", path.display()));
        }
        assert_eq!(
            (names(folder.path()), fs::read(&path).unwrap()),
            (vec!["out.csv".to_owned()], b"old".to_vec())
        );
    }

    #[test]
    fn a_bad_path_fails_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (path, shown) = (folder.path(), folder.path().display());
        fs::write(path.join("file"), "").unwrap();
        let error = |path: &Path| Target::file(path).err().unwrap().to_string();
        assert_eq!(error(path), format!("{shown}: cannot write: it is a folder"));
        assert_eq!(
            error(&path.join("no/out.csv")),
            format!("{shown}/no/out.csv: cannot write: the folder {shown}/no does not exist")
        );
        assert_eq!(
            error(&path.join("file/out.csv")),
            format!("{shown}/file/out.csv: cannot write: the folder {shown}/file does not exist")
        );
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_of_the_old_file_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("out.csv"), folder.path().join("link.csv"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        Target::file(&link).unwrap().finish().unwrap().publish().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read(&path).unwrap(), b"");
    }

    #[cfg(feature = "compression")]
    #[test]
    fn the_ending_of_the_name_compresses() {
        use std::io::Read;
        let folder = tempfile::tempdir().unwrap();
        let unfold = |name: &str| {
            let path = folder.path().join(name);
            let mut target = Target::file(&path).unwrap().sha256(true);
            target.write(&b"customer ".repeat(1000)).unwrap();
            let (_, details) = target.finish().unwrap().publish().unwrap();
            let stored = fs::read(&path).unwrap();
            assert_eq!(details.bytes, Some(stored.len() as u64));
            assert_eq!(details.sha256, Some(in_hex(Sha256::new_with_prefix(&stored))));
            let (mut text, mut input) = (String::new(), crate::source::input::Input::path(&path));
            input.open().unwrap().read_to_string(&mut text).unwrap();
            (text == "customer ".repeat(1000), input.folding().map(|folding| folding.to_string()))
        };
        assert_eq!(unfold("a.csv.gz"), (true, Some("gzip".to_owned())));
        assert_eq!(unfold("a.csv.GZ"), (true, Some("gzip".to_owned())));
        assert_eq!(unfold("a.csv.zst"), (true, Some("Zstandard".to_owned())));
        assert_eq!(unfold("a.csv"), (true, None));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_as_a_stream() {
        let mut target = Target::file(Path::new("/dev/full")).unwrap();
        target.write(b"abc").unwrap();
        let error = target.finish().err().unwrap().to_string();
        assert_eq!(error, "/dev/full: cannot write: No space left on device (os error 28)");
    }
}
