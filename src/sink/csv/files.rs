//! The file, or the series of files, that rows of bytes go to.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::sink::Output;
use crate::sink::file::{Finished, Target};

/// How much a file may hold before the next one begins.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PartLimits {
    pub rows: Option<u64>,
    pub bytes: Option<u64>,
}

impl PartLimits {
    /// Whether there is any.
    pub fn is_set(self) -> bool {
        self.rows.is_some() || self.bytes.is_some()
    }
}

/// One file, or a series of files that begin with the same head and take
/// their names together, at the end.
pub(crate) struct Files {
    head: Vec<u8>,
    sha256: bool,
    series: Option<Series>,
    current: Target,
    rows: u64,
    finished: Vec<(Finished, u64)>,
}

struct Series {
    path: PathBuf,
    limits: PartLimits,
}

impl Files {
    /// A single output.
    pub fn single(target: Target, head: Vec<u8>, sha256: bool) -> Result<Self> {
        Files::begin(None, target, head, sha256)
    }

    /// A series of files: `customers.csv` becomes `customers-001.csv`, `customers-002.csv`, ….
    pub fn series(path: &Path, limits: PartLimits, head: Vec<u8>, sha256: bool) -> Result<Self> {
        if limits.rows == Some(0) || limits.bytes.is_some_and(|most| most <= head.len() as u64) {
            return Err(Error::bind("the parts are too small for a single row").at(path.display()));
        }
        let series = Series { path: path.to_owned(), limits };
        let target = Target::file(&series.part(1))?;
        Files::begin(Some(series), target, head, sha256)
    }

    fn begin(series: Option<Series>, target: Target, head: Vec<u8>, sha256: bool) -> Result<Self> {
        let mut current = target.sha256(sha256);
        current.write(&head)?;
        Ok(Files { head, sha256, series, current, rows: 0, finished: Vec::new() })
    }

    /// How many bytes a row may have.
    pub fn longest_row(&self) -> u64 {
        let limit = self.series.as_ref().and_then(|series| series.limits.bytes);
        limit.map_or(u64::MAX, |most| most - self.head.len() as u64)
    }

    /// Writes a row of at most [`longest_row`](Self::longest_row) bytes.
    pub fn write(&mut self, row: &[u8]) -> Result<()> {
        let PartLimits { rows, bytes } = self.series.as_ref().map(|series| series.limits).unwrap_or_default();
        let after = self.current.bytes() + row.len() as u64;
        if rows.is_some_and(|most| self.rows >= most) || bytes.is_some_and(|most| after > most) {
            self.next_part()?;
        }
        self.rows += 1;
        self.current.write(row)
    }

    /// Has everything so far on the disk.
    pub fn settle(&mut self) -> Result<()> {
        self.current.settle()
    }

    /// Finishes every file, and only then gives them their names.
    pub fn publish(mut self) -> Result<Vec<Output>> {
        self.finished.push((self.current.finish()?, self.rows));
        let parts = self.finished.len();
        let mut outputs = Vec::with_capacity(parts);
        for (finished, rows) in self.finished {
            let (name, details) = finished.publish()?;
            outputs.push(Output { name, rows, details });
        }
        let beyond = self.series.map(|series| series.part(parts + 1)).filter(|path| path.exists());
        if let (Some(path), Some(last)) = (beyond, outputs.last_mut()) {
            last.details.notes.push(format!("{} is there from an earlier run", path.display()));
        }
        Ok(outputs)
    }

    fn next_part(&mut self) -> Result<()> {
        let Some(series) = &self.series else { return Ok(()) };
        let mut next = Target::file(&series.part(self.finished.len() + 2))?.sha256(self.sha256);
        next.write(&self.head)?;
        let full = std::mem::replace(&mut self.current, next);
        self.finished.push((full.finish()?, std::mem::take(&mut self.rows)));
        Ok(())
    }
}

impl Series {
    fn part(&self, number: usize) -> PathBuf {
        let mut name = self.path.file_stem().unwrap_or_default().to_owned();
        name.push(format!("-{number:03}"));
        if let Some(extension) = self.path.extension() {
            name.push(".");
            name.push(extension);
        }
        self.path.with_file_name(name)
    }
}
