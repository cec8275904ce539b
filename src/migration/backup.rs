//! Rows of the target as they were, kept in files before the first is changed.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::plan::digest_of;
use super::row::{from_json, to_json};
use super::seal::{opened_text, sealed_text};
use crate::error::{Error, ErrorKind, Result};
use crate::migration::store::Store;
use crate::migration::target::{Target, TargetId};
use crate::protect::Key;
use crate::record::{Record, Value};
use crate::sink::file::Target as Pending;

/// A file of rows as they were, one JSON object a line, sealed where there is a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// How many rows are in it.
    pub rows: u64,
    /// The SHA-256 of its bytes.
    pub sha256: String,
}

/// A row in such a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackedUp {
    /// The table.
    pub table: String,
    /// The row.
    pub id: TargetId,
    /// Its columns and values; none is null.
    pub values: Vec<(String, Option<String>)>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    table: String,
    id: String,
    row: String,
}

/// The domain of what is sealed.
const DOMAIN: &str = "backup";
/// How many rows are asked for at once.
const ROWS: usize = 10_000;

impl Backup {
    /// Makes sure that the file is what was written: its digest and every line.
    ///
    /// # Errors
    ///
    /// Where it is gone, was changed, or is sealed with another key.
    pub fn check(&self, key: Option<&Key>) -> Result<()> {
        let shown = self.path.display();
        if digest_of(&self.path)?.1 != self.sha256 {
            return Err(Error::format("the backup is not what was written").at(shown));
        }
        let mut rows = 0;
        self.read(key, &mut |_| {
            rows += 1;
            Ok(())
        })?;
        match rows == self.rows {
            true => Ok(()),
            false => Err(Error::format(format!("the backup has {rows} rows, not {}", self.rows)).at(shown)),
        }
    }

    /// Gives every row in it.
    pub fn read(&self, key: Option<&Key>, each: &mut dyn FnMut(BackedUp) -> Result<()>) -> Result<()> {
        let refused = |error| Error::io("cannot read the backup", error);
        let mut read = || {
            let file = BufReader::new(File::open(&self.path).map_err(refused)?);
            for (number, line) in (1..).zip(file.lines()) {
                each(
                    opened(&line.map_err(refused)?, key)
                        .map_err(|error| error.at(format!("line {number}")))?,
                )?;
            }
            Ok(())
        };
        read().map_err(|error: Error| error.at(self.path.display()))
    }
}

fn opened(line: &str, key: Option<&Key>) -> Result<BackedUp> {
    let broken = || Error::format("is no row of a backup");
    let line = opened_text(line, key, DOMAIN)?;
    let Line { table, id, row } = serde_json::from_str(&line).map_err(|_| broken())?;
    Ok(BackedUp { table, id: TargetId::parse(&id), values: from_json(&row).ok_or_else(broken)? })
}

/// Backs up the rows that a plan would change, into each of the folders, and reads back what was written.
pub(crate) fn back_up(
    store: &mut dyn Store,
    target: &mut dyn Target,
    plan: &str,
    (folders, name): (&[PathBuf], &str),
    key: Option<&Key>,
) -> Result<Vec<Backup>> {
    if folders.is_empty() {
        return Ok(Vec::new());
    }
    let path = |folder: &PathBuf| folder.join(format!("{name}.backup.jsonl"));
    let mut files = Vec::new();
    for folder in folders {
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::io("cannot make the folder", error).at(folder.display()))?;
        files.push(Pending::file(&path(folder))?.sha256(true));
    }
    let mut ids: Vec<(String, Vec<TargetId>)> = Vec::new();
    store.touched(plan, &mut |table, id| {
        match ids.last_mut().filter(|(last, ids)| last == table && ids.len() < ROWS) {
            Some((_, ids)) => ids.push(id),
            None => ids.push((table.to_owned(), vec![id])),
        }
        Ok(())
    })?;
    let mut rows = 0;
    for (table, ids) in &ids {
        rows += copy(target, table, ids, &mut files, key)?;
    }
    // None of them has its name before all are whole.
    let finished = files.into_iter().map(Pending::finish).collect::<Result<Vec<_>>>()?;
    let mut backups = Vec::new();
    for (file, folder) in finished.into_iter().zip(folders) {
        let (_, details) = file.publish()?;
        let backup = Backup { path: path(folder), rows, sha256: details.sha256.unwrap_or_default() };
        backup.check(key)?;
        backups.push(backup);
    }
    Ok(backups)
}

fn copy(
    target: &mut dyn Target,
    table: &str,
    ids: &[TargetId],
    files: &mut [Pending],
    key: Option<&Key>,
) -> Result<u64> {
    let shape = target.describe(table)?;
    let columns: Vec<&str> = shape.columns.iter().map(|column| &*column.name).collect();
    let values: Vec<Value<'_>> = ids.iter().map(TargetId::value).collect();
    let mut rows = 0;
    target.find(table, &columns, &shape.id, &values, &mut |row| {
        rows += 1;
        let line = sealed(table, row, key)? + "\n";
        files.iter_mut().try_for_each(|file| file.write(line.as_bytes()))
    })?;
    match rows == ids.len() as u64 {
        true => Ok(rows),
        false => {
            let gone = ids.len() as u64 - rows;
            let message = format!("{gone} rows that the plan would change are gone: make a new plan");
            Err(Error::new(ErrorKind::Bind, message).at(table))
        }
    }
}

fn sealed(table: &str, row: &Record, key: Option<&Key>) -> Result<String> {
    let values = to_json(row.schema().names().zip(row.values()));
    let line = Line { table: table.to_owned(), id: row.key().unwrap_or_default().to_owned(), row: values };
    let line = serde_json::to_string(&line)
        .map_err(|error| Error::other("cannot write a backup").caused_by(error))?;
    sealed_text(line, key, DOMAIN)
}
