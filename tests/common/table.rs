//! Tables read to their end, and the files that they are in.

use std::fs;
use std::path::{Path, PathBuf};

use handover::sink::Collect;
use handover::{Pipeline, Record, Rejects, Report, Result, SourceReader};

/// The files of a folder, in order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A file's name without its folder.
pub fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// What a source gave.
pub struct Table {
    pub header: Vec<String>,
    pub records: Vec<Record>,
    /// The rejects file; empty where nothing was rejected.
    pub rejects: String,
    pub report: Report,
}

impl Table {
    /// The values as text; null is empty.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let row = |record: &Record| record.values().map(|value| value.to_string()).collect();
        self.records.iter().map(row).collect()
    }
}

/// Reads everything; rejected records are set aside. The books must balance.
pub fn read(mut source: impl SourceReader) -> Result<Table> {
    let header = source.schema()?.names().map(str::to_owned).collect();
    let folder = tempfile::tempdir().unwrap();
    let rejects = folder.path().join("rejects.csv");
    let mut sink = Collect::new();
    let run = Pipeline::from(source).rejects(Rejects::csv(&rejects)).to(&mut sink).run();
    let report = match &run {
        Ok(report) => Some(report),
        Err(failed) => failed.report(),
    };
    assert!(report.is_none_or(|report| report.counts.balanced()));
    let report = run?;
    assert_eq!(sink.records().len() as u64, report.counts.written());
    let rejects = fs::read_to_string(rejects).unwrap_or_default();
    Ok(Table { header, records: sink.into_records(), rejects, report })
}
