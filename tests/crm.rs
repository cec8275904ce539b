//! Export and import files of CRM products, from CSV to CSV: nothing is lost, nothing changes.

use std::fs;
use std::path::Path;

use handover::sink::CsvSink;
use handover::source::csv::{CsvSource, Ragged};
use handover::{Pipeline, Rejects};
use serde_json::Value as Json;

use crate::common::{files, name, read, shared};

/// What is known of a file.
#[derive(Clone, Copy)]
struct Facts {
    delimiter: u8,
    encoding: &'static str,
    header: bool,
    /// How many rows have more or fewer cells than the first.
    ragged: u64,
}

const USUAL: Facts = Facts { delimiter: b',', encoding: "utf-8", header: true, ragged: 0 };

/// The files that are not as usual.
const UNUSUAL: &[(&str, Facts)] = &[
    ("Account_bulk2_test_backquote.csv", Facts { delimiter: b'`', ..USUAL }),
    ("basic_csv_addressbook.csv", Facts { ragged: 2, ..USUAL }),
    ("csv_no_header.csv", Facts { header: false, ..USUAL }),
    ("csv_semicolon.csv", Facts { delimiter: b';', ..USUAL }),
    ("samples__accountData_300rows_without_SESSION_ID__C.csv", Facts { encoding: "windows-1252", ..USUAL }),
    ("shiftjis_addressbook.csv", Facts { encoding: "shift_jis", ..USUAL }),
    ("tab_comma_mixed.csv", Facts { delimiter: b'\t', header: false, ragged: 3, ..USUAL }),
    ("utf16_addressbook.csv", Facts { encoding: "utf-16le", ..USUAL }),
];

/// Every row of a file as the `csv` crate reads it.
fn independent(bytes: &[u8], facts: Facts) -> Vec<Vec<String>> {
    let encoding = encoding_rs::Encoding::for_label(facts.encoding.as_bytes()).unwrap();
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.flexible(true).has_headers(false).delimiter(facts.delimiter);
    let rows = reader.from_reader(text.as_bytes()).into_records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The rows that a copy should have: its header, and those as wide as the first.
fn expected(bytes: &[u8], facts: Facts) -> Vec<Vec<String>> {
    let mut rows = independent(bytes, facts);
    let columns = rows[0].len();
    if !facts.header {
        rows.insert(0, vec![String::new(); columns]);
    }
    for (number, name) in rows[0].iter_mut().enumerate().filter(|(_, name)| name.is_empty()) {
        *name = format!("column_{}", number + 1);
    }
    rows.retain(|row| row.len() == columns);
    rows
}

#[test]
fn csv_to_csv_changes_nothing() {
    let Some(root) = shared("crm") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (copy, rejects) = (folder.path().join("copy.csv"), folder.path().join("rejects.csv"));
    let (mut checked, mut cells) = (0, 0);
    let folders = files(&root).into_iter().filter(|path| path.is_dir());
    for path in folders.flat_map(|folder| files(&folder)).filter(|path| name(path).ends_with(".csv")) {
        let facts = UNUSUAL.iter().find(|(file, _)| *file == name(&path)).map_or(USUAL, |(_, facts)| *facts);
        let source = CsvSource::path(&path);
        let source = if facts.header { source } else { source.no_header() };
        let run = Pipeline::from(source).rejects(Rejects::csv(&rejects)).to(CsvSink::path(&copy)).run();
        let counts = run.unwrap().counts;
        assert!(counts.balanced());
        assert_eq!(counts.rejected, facts.ragged, "{}", name(&path));

        let written = independent(&fs::read(&copy).unwrap(), USUAL);
        // Not `assert_eq`, which would print all of both.
        assert!(written == expected(&fs::read(&path).unwrap(), facts), "{}", name(&path));
        cells += written.concat().len();
        checked += 1;
    }
    println!("crm: {checked} files, {cells} cells as they were");
}

/// Compares what a file's columns have in common with the cards that are expected.
fn address_book(root: &Path, csv: &str, json: &str) {
    let expected: Json = serde_json::from_slice(&fs::read(root.join("addressbook.json")).unwrap()).unwrap();
    let expected = expected[json].as_array().unwrap();
    let table = read(CsvSource::path(root.join(csv)).ragged(Ragged::Pad)).unwrap();
    assert_eq!(table.records.len(), expected.len(), "{csv}");
    for (record, card) in table.records.iter().zip(expected) {
        for (column, property) in [
            ("Display Name", "DisplayName"),
            ("First Name", "FirstName"),
            ("Last Name", "LastName"),
            ("Nickname", "NickName"),
            ("Primary Email", "PrimaryEmail"),
            ("Secondary Email", "SecondEmail"),
        ] {
            if let Some(value) = card[property].as_str() {
                assert_eq!(record.text(column).unwrap(), value, "{csv}");
            }
        }
    }
}

#[test]
fn thunderbird() {
    let Some(root) = shared("crm/thunderbird") else { return };
    for (csv, json) in [
        ("basic_addressbook.csv", "utf16_csv"),
        ("basic_csv_addressbook.csv", "csv_import"),
        ("csv_semicolon.csv", "csv_import"),
        ("shiftjis_addressbook.csv", "shiftjis_csv"),
        ("utf16_addressbook.csv", "utf16_csv"),
        ("quote.csv", "quote_csv"),
    ] {
        address_book(&root, csv, json);
    }
}
