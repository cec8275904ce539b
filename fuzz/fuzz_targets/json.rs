//! JSON and JSON Lines: nothing panics, every record is accounted for, the
//! splitter agrees with `serde_json` on what is JSON, and how the bytes
//! arrive does not matter.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run -s none json`

#![no_main]

use std::io::{self, Cursor, Read};

use handover::sink::Collect;
use handover::{Error, ErrorKind, JsonLinesSource, JsonSource, Pipeline, Rejects, Report, SourceReader};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Gives a few bytes at a time.
struct Trickle(Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(&mut buffer[..length])
    }
}

/// The rows as text, and what was rejected with its reason and its text.
#[derive(Debug, PartialEq)]
struct Outcome {
    rows: Vec<Vec<String>>,
    rejected: Vec<(String, String)>,
}

fn read(source: impl SourceReader + 'static) -> Result<Outcome, String> {
    let folder = tempfile::tempdir().unwrap();
    let rejects = folder.path().join("rejects.jsonl");
    let mut sink = Collect::new();
    let run = Pipeline::from(source).rejects(Rejects::json_lines(&rejects)).to(&mut sink).run();
    let report: Report = run.map_err(|failed| {
        let error = Error::from(failed);
        assert!(!matches!(error.kind(), ErrorKind::Panic | ErrorKind::Unbalanced), "{error}");
        error.to_string()
    })?;
    assert!(report.counts.balanced());
    let rows =
        sink.records().iter().map(|record| record.values().map(|value| format!("{value:?}")).collect());
    let text = std::fs::read_to_string(rejects).unwrap_or_default();
    let rejected = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        (line["reasons"][0]["message"].to_string(), line["raw"].as_str().unwrap().to_owned())
    });
    Ok(Outcome { rows: rows.collect(), rejected: rejected.collect() })
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok() && std::str::from_utf8(text).is_ok()
}

fuzz_target!(|data: &[u8]| {
    let [step, json @ ..] = data else { return };
    let whole = || Cursor::new(json.to_vec());
    let trickle = || Trickle(whole(), usize::from(*step % 16) + 1);

    let document = read(JsonSource::reader("in", whole()));
    assert_eq!(document, read(JsonSource::reader("in", trickle())));
    let plain = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    if document.as_ref().is_ok_and(|outcome| outcome.rejected.is_empty()) {
        assert!(is_json(plain), "not JSON, and read");
    }
    if let (Err(error), Ok(_)) = (&document, serde_json::from_slice::<Value>(plain)) {
        let known = [
            "no records in it",
            "not an object",
            "no array of objects",
            "several arrays",
            "the array is there twice",
            "nested deeper",
        ];
        assert!(known.iter().any(|known| error.contains(known)), "JSON, and not read: {error}");
    }

    let lines = read(JsonLinesSource::reader("in", whole()));
    assert_eq!(lines, read(JsonLinesSource::reader("in", trickle())));
    let Ok(lines) = lines else { return };
    let expected = plain.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(|byte| b" \t\r".contains(byte)));
    assert_eq!(expected.clone().count(), lines.rows.len() + lines.rejected.len());
    let good = expected.filter(|line| is_json(line)).count();
    assert!(lines.rows.len() <= good);
    for (reason, raw) in &lines.rejected {
        let is_syntax = reason.contains("not JSON") || reason.contains("too early");
        assert!(!is_syntax || serde_json::from_str::<Value>(raw).is_err(), "JSON, and rejected: {reason}");
    }
});
