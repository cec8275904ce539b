//! The files of a run: none may take the place of another.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The files of a run, each with the part that it plays.
#[derive(Default)]
pub(crate) struct Files(Vec<(PathBuf, &'static str)>);

impl Files {
    /// Adds a file, unless it plays another part already. Devices and pipes
    /// are not replaced and may play several.
    pub fn add<'f>(&mut self, paths: impl IntoIterator<Item = &'f Path>, part: &'static str) -> Result<()> {
        for path in paths.into_iter().filter(|path| !is_stream(path)) {
            let identity = identity(path);
            let parts = match self.0.iter().find(|(known, _)| *known == identity) {
                Some((_, other)) if *other != part => format!("{other} and {part} of the run"),
                Some(_) if part != "an input" => format!("{part} twice"),
                _ => String::new(),
            };
            if !parts.is_empty() {
                let message = format!("is {parts}, give one of them another name");
                return Err(Error::bind(message).at(path.display()));
            }
            self.0.push((identity, part));
        }
        Ok(())
    }
}

fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// The same for every way to write the path, links included, whether the
/// file is there or not.
fn identity(path: &Path) -> PathBuf {
    let parent = || match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new(".").canonicalize(),
        Some(parent) => parent.canonicalize(),
        None => std::path::absolute(path),
    };
    let of_parent = || Some(parent().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(of_parent).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_plays_one_part() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("in.csv"), "").unwrap();
        let mut files = Files::default();
        files.add(Some(&*path("in.csv")), "an input").unwrap();
        files.add(Some(&*path("in.csv")), "an input").unwrap();
        files.add(Some(&*path("out.csv")), "an output").unwrap();
        files.add(None, "the rejects file").unwrap();
        let error = files.add(Some(&*path("./out.csv")), "the rejects file").unwrap_err().to_string();
        assert!(error.ends_with(
            "out.csv: is an output and the rejects file of the run, give one of them another name"
        ));
        assert!(files.add(Some(&*path("in.csv")), "the rejects file").is_err());
        let error = files.add(Some(&*path("out.csv")), "an output").unwrap_err().to_string();
        assert!(error.ends_with("out.csv: is an output twice, give one of them another name"));
    }
}
