//! Workbooks as sources.

mod hostile;
mod shared_workbooks;
mod sheets;

use handover::sink::Collect;
use handover::source::excel::ExcelSource;
use handover::{Pipeline, Record, Rejects, Report, Result, SourceReader};

/// What a sheet gave.
struct Table {
    header: Vec<String>,
    records: Vec<Record>,
    report: Report,
    /// The rejects file; empty where nothing was rejected.
    rejects: String,
    findings: Vec<String>,
}

impl Table {
    /// The values as text; null is empty.
    fn rows(&self) -> Vec<Vec<String>> {
        let row = |record: &Record| record.values().map(|value| value.to_string()).collect();
        self.records.iter().map(row).collect()
    }
}

/// Reads everything; rejected records are set aside.
fn read(mut source: ExcelSource) -> Result<Table> {
    let header = source.schema()?.names().map(str::to_owned).collect();
    let folder = tempfile::tempdir().unwrap();
    let mut sink = Collect::new();
    let rejects = folder.path().join("rejects.csv");
    let report = Pipeline::from(source).rejects(Rejects::csv(&rejects)).to(&mut sink).run()?;
    assert!(report.counts.balanced());
    let rejects = std::fs::read_to_string(rejects).unwrap_or_default();
    let findings = report.examples.clone();
    Ok(Table { header, records: sink.into_records(), report, rejects, findings })
}
