//! A database that a plan is tried on: it need not survive anything.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;
use tempfile::TempPath;

use super::SqliteTarget;
use crate::error::{Error, Result};
use crate::sqlite::refused;

/// How many pages are copied between two looks at whether others want to write.
const PAGES: i32 = 4096;

impl SqliteTarget {
    /// A database that is gone with its target, under the name of what it is a copy of, so
    /// that messages are the same.
    pub(in crate::migration::target) fn of_copy(copy: TempPath, name: String) -> Self {
        SqliteTarget { path: copy.to_path_buf(), name, connection: None, copy: Some(copy) }
    }
}

/// Copies a database as it is, with triggers and constraints.
pub(super) fn copy(from: &Connection, folder: &Path) -> Result<TempPath> {
    let path = file(folder)?;
    let mut to = Connection::open(&path).map_err(refused)?;
    to.execute_batch("PRAGMA synchronous = OFF").map_err(refused)?;
    let backup = Backup::new(from, &mut to).map_err(refused)?;
    backup.run_to_completion(PAGES, Duration::ZERO, None).map_err(refused)?;
    Ok(path)
}

/// An empty file, which is a database without tables.
pub(in crate::migration::target) fn file(folder: &Path) -> Result<TempPath> {
    let file = tempfile::Builder::new().prefix("rehearsal-").suffix(".db").tempfile_in(folder);
    Ok(file.map_err(|error| Error::io("cannot make the copy", error).at(folder.display()))?.into_temp_path())
}
