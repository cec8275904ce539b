//! What others found hard to parse: <https://github.com/nst/JSONTestSuite>.

use std::fs;
use std::io::Cursor;

use handover::{JsonLinesSource, JsonSource, SourceReader};

use super::read;
use crate::common::{files, name, shared};

/// Whether a text is taken in a record of a document, beside the records of
/// one, and in a line.
fn taken(text: &[u8]) -> [bool; 3] {
    let around = |before: &str, after: &str| {
        Cursor::new([before.as_bytes(), text.trim_ascii(), after.as_bytes()].concat())
    };
    let record = JsonSource::reader("in.json", around("[{\"id\": 1, \"v\": ", "}]"));
    let beside = JsonSource::reader("in.json", around("{\"v\": ", ", \"at\": [{\"id\": 1}]}")).at("at");
    let line = JsonLinesSource::reader("in.jsonl", around("{\"id\": 1, \"v\": ", "}"));
    let record = is_taken(record);
    let lines = text.trim_ascii().iter().filter(|byte| b"\n\r".contains(byte)).count();
    [record, is_taken(beside), if lines == 0 { is_taken(line) } else { record }]
}

fn is_taken(source: impl SourceReader + 'static) -> bool {
    read(source).is_ok_and(|read| (read.report.counts.created, read.report.counts.rejected) == (1, 0))
}

#[test]
fn the_json_test_suite_is_taken_as_it_should_be() {
    let Some(folder) = shared("json/JSONTestSuite/test_parsing") else { return };
    let (mut yes, mut no, mut either) = (0, 0, 0);
    for path in files(&folder) {
        let (name, text) = (name(&path).to_owned(), fs::read(&path).unwrap());
        let taken = taken(&text);
        match name.as_bytes()[0] {
            // Two values under one key: which one is meant?
            b'y' if name.starts_with("y_object_duplicated_key") => {
                assert_eq!(taken, [false, true, false], "{name}")
            }
            b'y' => {
                yes += 1;
                assert_eq!(taken, [true; 3], "{name}");
            }
            b'n' => {
                no += 1;
                assert_eq!(taken, [false; 3], "{name}");
                assert!(
                    !is_taken(JsonSource::path(&path)) && !is_taken(JsonLinesSource::path(&path)),
                    "{name}"
                );
            }
            _ => either += 1,
        }
    }
    assert!(yes > 90 && no > 180 && either > 30, "{yes} {no} {either}");
}
