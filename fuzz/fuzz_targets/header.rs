//! Whatever the file: its columns have names that differ, every row below
//! is read or rejected, a second reading says the same, and what was rejected
//! can be read again.
#![no_main]

use handover::sink::Collect;
use handover::source::csv::CsvSource;
use handover::{Pipeline, Rejects, SourceReader};
use libfuzzer_sys::fuzz_target;

/// Header, rows and rejects of a file, told in words.
fn read(mut source: CsvSource) -> Option<(String, String)> {
    let names: Vec<String> = source.schema().ok()?.names().map(str::to_owned).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), names.len());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    let mut sink = Collect::new();
    let report = Pipeline::from(source).rejects(Rejects::csv(&path)).to(&mut sink).run().ok()?;
    assert!(report.counts.balanced());
    assert_eq!(report.counts.read, report.counts.rejected + sink.records().len() as u64);
    let rows: Vec<Vec<String>> =
        sink.records().iter().map(|record| record.values().map(|value| value.to_string()).collect()).collect();
    assert!(rows.iter().all(|row| row.len() == names.len()));
    Some((format!("{names:?}{rows:?}"), std::fs::read_to_string(&path).unwrap_or_default()))
}

fuzz_target!(|input: (&[u8], u8, u8)| {
    let (bytes, rows, table) = input;
    let source = |bytes: &[u8]| {
        let source = CsvSource::reader("in", std::io::Cursor::new(bytes.to_vec())).max_row_bytes(4096);
        match (rows % 4, table % 4) {
            (0, 0) => source,
            (0, table) => source.table(table.into()),
            (rows, 0) => source.header_rows(rows.into()),
            (rows, table) => source.header_rows(rows.into()).table(table.into()),
        }
    };
    let first = read(source(bytes));
    assert_eq!(first, read(source(bytes)));
    if let Some((_, rejects)) = first.filter(|(_, rejects)| !rejects.is_empty()) {
        let again = CsvSource::reader("again", std::io::Cursor::new(rejects));
        assert!(read(again).is_some());
    }
});
