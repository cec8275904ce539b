//! Target and store at a moment, to which they can be put back.

use std::fs;
use std::path::{Path, PathBuf};

use super::small_disk::SmallDisk;

/// The bytes of a target and its store. Nobody has them open.
#[derive(Default)]
pub struct State(Vec<(PathBuf, Vec<u8>)>);

impl State {
    /// What is in a folder now.
    pub fn of(folder: &Path) -> Self {
        let file = |name| {
            let path = fs::canonicalize(folder.join(name)).unwrap();
            let bytes = fs::read(&path).unwrap();
            (path, bytes)
        };
        State(["crm.db", "store.db"].map(file).into())
    }

    /// Makes everything as it was.
    pub fn put_back(&self) {
        for (path, bytes) in &self.0 {
            for beside in ["-journal", "-wal", "-shm"] {
                let mut name = path.clone().into_os_string();
                name.push(beside);
                let _ = fs::remove_file(name);
            }
            fs::write(path, bytes).unwrap();
        }
    }
}

/// Moves a file to a disk, and leaves a link to it.
pub fn move_onto(disk: &SmallDisk, file: &Path) {
    let there = disk.path(file.file_name().unwrap().to_str().unwrap());
    fs::copy(file, &there).unwrap();
    fs::remove_file(file).unwrap();
    std::os::unix::fs::symlink(there, file).unwrap();
}
