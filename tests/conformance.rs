//! CSV files and parser cases of other projects, against what those expect.
//!
//! Every case is read as expected, or stands in [`DIFFERENCES`] with a reason.

use std::fs;
use std::path::Path;

use handover::source::csv::CsvSource;
use handover::source::dialect::{Dialect, Escape};
use serde_json::Value as Json;

use crate::common::{files, name, read, shared};

/// Set, case, and why it is read otherwise.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("cpython", r#"`a,\"`"#, OPEN),
    ("cpython", r#"`\"a`"#, OPEN),
    ("cpython", r"`^` with escape `^`", "an escape that nothing stands behind costs its record"),
    ("cpython", r"`a,b\rc,d`", LINES),
    ("cpython", r"`a,b\nc,d`", LINES),
    ("cpython", r"`a,b\r\nc,d`", LINES),
    ("cpython", "``", "a file without a byte is an error"),
    (
        "cpython",
        r#"`\"ab\"c`, strict"#,
        "text behind a closing quote belongs to the cell, as in CPython when not strict",
    ),
    (
        "csv-spectrum",
        "location_coordinates",
        "not UTF-8, in the expected result neither: read as the encoding that is likely",
    ),
    (
        "pollock",
        "file_quotation_char_0x27.csv",
        r#"`""` within `'` are two characters; expected is that they are one"#,
    ),
    (
        "pollock",
        "row_less_sep_row40_col5.csv",
        "the damaged row has as many cells as the header: read, with a finding",
    ),
    ("frictionless", "compression__implicit-gz.csv", "a gzip file, read with the feature `compression`"),
    ("frictionless", "compression__implicit-zip.csv", "a ZIP file, refused"),
    ("frictionless", "empty.csv", "a file without a byte is an error"),
];

const OPEN: &str = "a quote that is opened and never closed costs its record";
const LINES: &str = "two rows; CPython refuses a line break in what it is given as one line";

const PAGE: &str = include_str!("../docs/csv-conformance.md");

/// The table above as `docs/csv-conformance.md` shows it.
#[test]
fn the_differences_are_documented() {
    let rows = DIFFERENCES.iter().map(|(set, case, reason)| format!("| {set} | {case} | {reason} |\n"));
    let table = format!("| set | case | difference |\n|---|---|---|\n{}", rows.collect::<String>());
    assert!(PAGE.contains(&table), "docs/csv-conformance.md should have this table:\n{table}");
}

/// Cases of a set, told as they are compared.
struct Tally {
    set: &'static str,
    right: usize,
    differ: Vec<String>,
}

impl Tally {
    fn new(set: &'static str) -> Self {
        Tally { set, right: 0, differ: Vec::new() }
    }

    fn add(&mut self, case: impl Into<String>, right: bool) {
        let case = case.into();
        // Counted alike with every set of features.
        let right = right && !case.ends_with("-gz.csv");
        match right {
            true => self.right += 1,
            false => self.differ.push(case),
        }
    }

    /// Prints the counts; what differs must be known to, and the other way round.
    fn settle(self) {
        let of = self.right + self.differ.len();
        println!("{}: {} of {of} as expected", self.set, self.right);
        let known = DIFFERENCES.iter().filter(|(set, ..)| *set == self.set);
        let known: Vec<_> = known.map(|(_, case, _)| (*case).to_owned()).collect();
        assert_eq!(self.differ, known, "{}", self.set);
        let counts = format!("| {of} | {} |", self.right);
        assert!(PAGE.contains(&counts), "docs/csv-conformance.md should have `{counts}` for {}", self.set);
    }
}

/// Header and rows as the `csv` crate reads a file that leaves no questions open.
fn plain(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_path(path).unwrap();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    let mut rows: Vec<Vec<String>> = rows.collect();
    let header = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
    (header, rows)
}

#[test]
fn csv_spectrum() {
    let Some(root) = shared("csv/csv-spectrum") else { return };
    let mut tally = Tally::new("csv-spectrum");
    for path in files(&root.join("json")) {
        let stem = name(&path).trim_end_matches(".json");
        let csv = root.join(format!("csvs/{stem}.csv"));
        if !csv.exists() {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let expected = match serde_json::from_str(&text).unwrap() {
            Json::Array(rows) => rows,
            row => vec![row],
        };
        let table = read(CsvSource::path(csv)).unwrap();
        let rows = table.rows();
        let right = rows.iter().map(|row| {
            let cells = table.header.iter().zip(row).map(|(name, cell)| (name.clone(), cell.as_str().into()));
            Json::Object(cells.collect())
        });
        tally.add(stem, right.eq(expected));
    }
    tally.settle();
}

#[test]
fn pollock() {
    let Some(root) = shared("csv/pollock") else { return };
    let mut tally = Tally::new("pollock");
    let mut set_aside = 0;
    for path in files(&root.join("csv")) {
        let mut expected = plain(&root.join("clean").join(name(&path)));
        if name(&path) == "file_no_header.csv" {
            let numbered = (1..=expected.0.len()).map(|number| format!("column_{number}")).collect();
            let first = std::mem::replace(&mut expected.0, numbered);
            expected.1.insert(0, first);
        }
        let outcome = match outcome(CsvSource::path(&path), &expected) {
            Outcome::Other => {
                pollock_options(&path).map_or(Outcome::Other, |source| outcome(source, &expected))
            }
            outcome => outcome,
        };
        set_aside += usize::from(outcome == Outcome::SetAside);
        tally.add(name(&path), outcome != Outcome::Other);
    }
    println!("pollock: of these, {set_aside} with nothing but the damaged rows set aside");
    tally.settle();
}

#[derive(PartialEq)]
enum Outcome {
    Same,
    /// Every row that was read is as expected, the others were rejected.
    SetAside,
    Other,
}

fn outcome(source: CsvSource, (header, rows): &(Vec<String>, Vec<Vec<String>>)) -> Outcome {
    let Ok(table) = read(source) else {
        return if header.is_empty() { Outcome::Same } else { Outcome::Other };
    };
    let mut expected = rows.iter();
    let in_order = table.rows().iter().all(|row| expected.any(|other| row == other));
    let accounted = table.report.counts.read as usize >= rows.len();
    match (table.header == *header, table.rows() == *rows && table.report.counts.rejected == 0) {
        (true, true) => Outcome::Same,
        (true, false) if in_order && accounted => Outcome::SetAside,
        _ => Outcome::Other,
    }
}

/// What must be set for a file that is not read as expected without.
fn pollock_options(path: &Path) -> Option<CsvSource> {
    let dialect = |dialect| Some(CsvSource::path(path).dialect(dialect));
    match name(path) {
        "file_header_multirow_2.csv" => Some(CsvSource::path(path).header_rows(2)),
        "file_header_multirow_3.csv" => Some(CsvSource::path(path).header_rows(3)),
        "file_multitable_same.csv" => Some(CsvSource::path(path).table(1)),
        "file_field_delimiter_0x20.csv" => dialect(Dialect::delimited_by(b' ')),
        "file_quotation_char_0x27.csv" => dialect(Dialect { quote: Some(b'\''), ..Dialect::COMMA }),
        _ => None,
    }
}

#[test]
fn cpython() {
    let Some(path) = shared("csv/cpython/cpython_csv_cases.json") else { return };
    let cases: Json = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let mut tally = Tally::new("cpython");
    for case in cases["reader"].as_array().unwrap() {
        let Some(dialect) = cpython_dialect(&case["dialect"]) else { continue };
        let lines: Vec<&str> =
            case["input"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let input = lines.join(if lines[0].ends_with(['\r', '\n']) { "" } else { "\n" });
        // Quoting 2 makes numbers of what is not quoted, or fails.
        let Ok(rows) = serde_json::from_value::<Vec<Vec<String>>>(case["rows"].clone()) else { continue };
        if case["error"].as_str().is_some_and(|error| error.starts_with("ValueError")) {
            continue;
        }
        let columns = rows.first().map_or(0, Vec::len);
        let padded = rows.into_iter().map(|mut row| {
            row.resize(columns, String::new());
            row
        });
        let source = CsvSource::reader("case", std::io::Cursor::new(input.clone()));
        let source = source.no_header().dialect(dialect).ragged(handover::source::csv::Ragged::Pad);
        let right = match read(source) {
            // What is an error there costs its record here.
            Ok(table) if table.report.counts.rejected > 0 => !case["error"].is_null(),
            Ok(table) => case["error"].is_null() && table.rows().into_iter().eq(padded),
            Err(_) => !case["error"].is_null(),
        };
        let escape = match dialect.escape {
            Escape::Any(escape) => Some(format!(" with escape `{}`", escape.escape_ascii())),
            _ => None,
        };
        let strict = if case["dialect"]["strict"] == Json::Bool(true) { ", strict" } else { "" };
        tally.add(format!("`{}`{}{strict}", input.escape_debug(), escape.unwrap_or_default()), right);
    }
    tally.settle();
}

/// The dialect of a case, where it can be said here.
fn cpython_dialect(case: &Json) -> Option<Dialect> {
    let byte = |key: &str| case[key].as_str().and_then(|text| text.bytes().next());
    let quoting = case["quoting"].as_u64()?;
    let quote = byte("quotechar").filter(|_| quoting != 3);
    let escape = byte("escapechar").map_or(Escape::Doubled, Escape::Any);
    Some(Dialect {
        delimiter: byte("delimiter")?,
        spaced: case["skipinitialspace"] == Json::Bool(true),
        quote,
        escape,
    })
}

#[test]
fn univocity() {
    let Some(root) = shared("csv/univocity") else { return };
    let mut tally = Tally::new("univocity");
    let output =
        |name: &str| fs::read_to_string(root.join(format!("examples__expectedOutputs__{name}"))).unwrap();
    let printed = |file: &str, header_line: u64| {
        let table = read(CsvSource::path(root.join(file)).header_line(header_line)).unwrap();
        let rows = std::iter::once(table.header.clone()).chain(table.rows());
        rows.map(|row| {
            let cells: Vec<_> = row.iter().map(|cell| if cell.is_empty() { "null" } else { cell }).collect();
            format!("[{}]", cells.join(", "))
        })
        .collect::<Vec<_>>()
    };
    let all = output("CsvParserExamples__example012FormatAutodetection");
    for (file, line) in [("examples__example.csv", 6), ("examples__european.csv", 1)] {
        let rows = printed(file, line);
        tally.add(file, rows.len() == 6 && rows.iter().all(|row| all.contains(row)));
    }
    let essential = |name: &str| {
        let table = read(CsvSource::path(root.join(name))).unwrap();
        (table.header.clone(), table.rows().concat().join("|").replace("\r\n", "\n").replace('\r', "\n"))
    };
    for (unix, others) in [
        ("csv__essential.csv", ["csv__essential-dos.csv", "csv__essential-mac.csv"]),
        ("tsv__essential.tsv", ["tsv__essential-dos.tsv", "tsv__essential-mac.tsv"]),
    ] {
        for other in others {
            tally.add(other, essential(unix) == essential(other));
        }
    }
    tally.settle();
}

/// Files without an expected result: read, and balanced, or refused for a reason that is plain.
#[test]
fn collections() {
    for set in ["frictionless", "messytables", "qsv", "univocity"] {
        let Some(root) = shared(&format!("csv/{set}")) else { return };
        let mut tally = Tally::new(set);
        for path in files(&root).iter().filter(|path| is_table(path)) {
            tally.add(name(path), read(CsvSource::path(path)).is_ok());
        }
        tally.settle();
    }
}

fn is_table(path: &Path) -> bool {
    [".csv", ".tsv", ".tab", ".psv", ".ssv", ".txt"].iter().any(|end| name(path).ends_with(end))
        && !name(path).contains("expectedOutputs")
}
