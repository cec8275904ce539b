//! Whatever the text: a dialect is found, always the same one, and the rows
//! that it makes are all fed or rejected.
#![no_main]

use handover::source::csv::{CsvSource, Ragged};
use handover::source::dialect::Dialect;
use handover::source::encoding::Encoding;
use handover::sink::Collect;
use handover::{Pipeline, Rejects};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let dialect = Dialect::detect(text, true);
    assert_eq!(dialect, Dialect::detect(text, true));
    Dialect::detect(text, false);
    let source = CsvSource::reader("in", std::io::Cursor::new(text.to_vec())).max_row_bytes(4096);
    let source = source.encoding(Encoding::UTF_8).dialect(dialect).no_header().ragged(Ragged::Pad);
    let mut sink = Collect::new();
    let folder = tempfile::tempdir().unwrap();
    let rejects = Rejects::csv(folder.path().join("rejects.csv"));
    if let Ok(report) = Pipeline::from(source).rejects(rejects).to(&mut sink).run() {
        assert!(report.counts.balanced());
        assert_eq!(report.counts.written(), sink.records().len() as u64);
    }
});
