//! Delimiters, quotes and escapes, against files made by others.

use std::fs;
use std::path::Path;

use handover::source::dialect::{Dialect, Escape};
use handover::source::encoding::Encoding;

use crate::common::{files, name, shared};

fn detect(path: &Path) -> Dialect {
    let bytes = fs::read(path).unwrap();
    let detected = Encoding::detect(&bytes, true).unwrap();
    let encoding = encoding_rs::Encoding::for_label(detected.encoding.to_string().as_bytes()).unwrap();
    let (text, _) = encoding.decode_without_bom_handling(&bytes[detected.bom_len..]);
    Dialect::detect(text.as_bytes(), true)
}

/// Prints the misses and returns the hits.
fn count<'a>(cases: impl Iterator<Item = (&'a str, Dialect, Dialect)>) -> (usize, usize) {
    let (mut right, mut of) = (0, 0);
    for (name, expected, found) in cases {
        of += 1;
        match expected == found {
            true => right += 1,
            false => println!("{name}: {found}, should be {expected}"),
        }
    }
    println!("{right} of {of} dialects");
    (right, of)
}

#[test]
fn pollock() {
    let Some(root) = shared("csv/pollock") else { return };
    let paths = files(&root.join("csv"));
    let cases = paths.iter().map(|path| {
        let parameters = root.join(format!("parameters/{}_parameters.json", name(path)));
        let parameters: serde_json::Value = serde_json::from_slice(&fs::read(parameters).unwrap()).unwrap();
        let text = |key: &str| parameters[key].as_str().unwrap();
        let escape = match text("escapechar") {
            "\\" => Escape::Quotes(b'\\'),
            "" if name(path) == "file_escape_char_0x00.csv" => Escape::Unmarked,
            _ => Escape::Doubled,
        };
        let delimiter = text("delimiter").bytes().next().unwrap_or(b',');
        let quote = text("quotechar").bytes().next().or(Some(b'"'));
        let expected = Dialect { delimiter, spaced: text("delimiter") == ", ", quote, escape };
        (name(path), expected, detect(path))
    });
    // Not taken for a table: cells with spaces, delimited by spaces and not quoted. And in the file with
    // single quotes, quotes are escaped by a backslash, which its parameters do not say.
    assert!(count(cases) >= (36, 38));
}

#[test]
fn cpython() {
    let Some(path) = shared("csv/cpython/cpython_csv_cases.json") else { return };
    let cases: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let cases = cases["sniffer"].as_array().unwrap().iter().filter_map(|case| {
        let (sample, delimiter) = (case["sample"].as_str()?, case["delimiter"].as_str()?);
        // CPython tries every character; here `+`, `/` and the like never delimit.
        let delimiter = delimiter.bytes().next().filter(|byte| b",;\t|:".contains(byte))?;
        let quote = case["quotechar"].as_str()?.bytes().next();
        let found = Dialect::detect(sample.as_bytes(), true);
        // What the sniffer thinks of spaces is not recorded.
        let expected = Dialect { quote, spaced: found.spaced, ..Dialect::delimited_by(delimiter) };
        Some((sample, expected, found))
    });
    // The four misses are of one line and one quoted cell: `'123;4'`.
    assert!(count(cases) >= (8, 12));
}

/// The files that are not delimited by comma, nor by what their extension says.
const SEMICOLON: &[&str] = &[
    "accent.csv",
    "country-2.csv",
    "delimiter.csv",
    "examples__european.csv",
    "issue-1009-semicolon.csv",
    "issue-1100.csv",
    "issue-1105-timezone.csv",
    "issue-1138.csv",
    "issue-1232.csv",
    "progetti_sample_10.csv",
    "table-with-accents.csv",
    "vix.csv",
    "weird_head_padding.csv",
];
const SPACED: &[&str] =
    &["capitals.csv", "csv__iterating_test.csv", "escaping.csv", "issue-1109.csv", "table-limits.csv"];
const PIPE: &[&str] = &["dialect.csv", "issue-1478__table.csv"];

fn delimiter_of(name: &str) -> u8 {
    match name.rsplit('.').next() {
        Some("tsv" | "tab") => b'\t',
        Some("psv") => b'|',
        Some("ssv") => b';',
        _ if SEMICOLON.contains(&name) => b';',
        _ if PIPE.contains(&name) => b'|',
        _ => b',',
    }
}

#[test]
fn collections() {
    let mut cases = Vec::new();
    for folder in ["qsv", "univocity", "messytables", "frictionless", "csv-spectrum/csvs"] {
        let Some(root) = shared(&format!("csv/{folder}")) else { return };
        for path in files(&root) {
            let name = name(&path).to_owned();
            if [".csv", ".tsv", ".tab", ".psv", ".ssv"].iter().any(|end| name.ends_with(end)) {
                let escape = match name.as_str() {
                    "escaping.csv" | "examples__european.csv" => Escape::Quotes(b'\\'),
                    _ => Escape::Doubled,
                };
                let expected = Dialect {
                    escape,
                    spaced: SPACED.contains(&name.as_str()),
                    ..Dialect::delimited_by(delimiter_of(&name))
                };
                cases.push((name, expected, detect(&path)));
            }
        }
    }
    let (right, of) = count(cases.iter().map(|(name, expected, found)| (name.as_str(), *expected, *found)));
    assert_eq!(right, of);
}

#[test]
fn crm() {
    let Some(root) = shared("crm") else { return };
    let unusual = [
        ("Account_bulk2_test_backquote.csv", Dialect::delimited_by(b'`')),
        ("csv_semicolon.csv", Dialect::SEMICOLON),
        ("tab_comma_mixed.csv", Dialect::TAB),
    ];
    for folder in files(&root).iter().filter(|path| path.is_dir()) {
        for path in files(folder).iter().filter(|path| name(path).ends_with(".csv")) {
            let expected = unusual.iter().find(|(file, _)| *file == name(path));
            assert_eq!(
                detect(path),
                expected.map_or(Dialect::COMMA, |(_, dialect)| *dialect),
                "{}",
                name(path)
            );
        }
    }
}
