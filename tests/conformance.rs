//! CSV files and parser cases of other projects, against what those expect.
//!
//! Every case is read as expected, or stands in [`DIFFERENCES`] with a reason.

use std::fs;
use std::path::Path;

use handover::source::csv::CsvSource;
use handover::source::dialect::Dialect;
use serde_json::Value as Json;

use crate::common::{files, name, read, shared};

/// Set, case, and why it is read otherwise.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("cpython", r"`abc\\,def\r\n` with escape `\\`", OUTSIDE),
    ("cpython", r#"`a,\"`"#, OPEN),
    ("cpython", r#"`\"a`"#, OPEN),
    ("cpython", r"`^` with escape `^`", OUTSIDE),
    ("cpython", r"`^` with escape `^`, strict", OUTSIDE),
    ("cpython", r"`a,b\rc,d`", LINES),
    ("cpython", r"`a,b\nc,d`", LINES),
    ("cpython", r"`a,b\r\nc,d`", LINES),
    ("cpython", r"`a,\\b,c` with escape `\\`", OUTSIDE),
    ("cpython", r"`a,b\\,c` with escape `\\`", OUTSIDE),
    ("cpython", r"`a,^b,c` with escape `^`", OUTSIDE),
    ("cpython", r"`a,\0b,c` with escape `\x00`", OUTSIDE),
    ("cpython", r"`a,b\\\0,c` with escape `\\`", OUTSIDE),
    ("cpython", "``", "a file without a byte is an error"),
    (
        "cpython",
        r#"`\"ab\"c`, strict"#,
        "text behind a closing quote belongs to the cell, as in CPython when not strict",
    ),
    ("cpython", r"`a\\\nb,b\r\nc,x\\\r\\\nd\r\n` with escape `\\`", OUTSIDE),
    (
        "csv-spectrum",
        "location_coordinates",
        "not UTF-8, in the expected result neither: read as the encoding that is likely",
    ),
    ("pollock", "file_escape_char_0x00.csv", "quotes within quotes are neither doubled nor escaped"),
    (
        "pollock",
        "file_escape_char_0x5C.csv",
        r#"`\'` within quotes is `'`; expected is that only `\"` is an escape"#,
    ),
    (
        "pollock",
        "file_field_delimiter_0x2C_0x20.csv",
        "a delimiter is one character, the space belongs to the cell",
    ),
    ("pollock", "file_header_multirow_2.csv", HEADER),
    ("pollock", "file_header_multirow_3.csv", HEADER),
    (
        "pollock",
        "file_multitable_same.csv",
        "the rows of the second table have the width of the first, and are read",
    ),
    (
        "pollock",
        "file_no_header.csv",
        "the first row is taken for a header unless `no_header()` says otherwise",
    ),
    (
        "pollock",
        "file_quotation_char_0x27.csv",
        r"`\'` within quotes is `'`; expected is that the backslash stays",
    ),
    ("pollock", "row_extra_quote0_col0.csv", "an open quote in the header swallows its delimiters"),
    ("pollock", "row_extra_quote83_col8.csv", "a quote that is opened and never closed is an error"),
    ("pollock", "row_field_delimiter_0_0x20.csv", "a header with spaces for delimiters is taken for a title"),
    ("pollock", "row_less_sep_row40_col5.csv", "the damaged row has as many cells as the header"),
    ("pollock", "row_more_sep_row0_col1.csv", WIDER),
    ("pollock", "row_more_sep_row0_col8.csv", WIDER),
    ("frictionless", "compression__implicit-gz.csv", "a gzip file, refused"),
    ("frictionless", "compression__implicit-zip.csv", "a ZIP file, refused"),
    ("frictionless", "empty.csv", "a file without a byte is an error"),
];

const OUTSIDE: &str = "an escape counts within quotes only";
const OPEN: &str = "a quote that is opened and never closed is an error";
const LINES: &str = "two rows; CPython refuses a line break in what it is given as one line";
const HEADER: &str = "a header is one row";
const WIDER: &str =
    "the header has a column that no row has: all rows are rejected, and read under `Ragged::Pad`";

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
        match right {
            true => self.right += 1,
            false => self.differ.push(case.into()),
        }
    }

    /// Prints the counts; what differs must be known to, and the other way round.
    fn settle(self) {
        let of = self.right + self.differ.len();
        println!("{}: {} of {of} as expected", self.set, self.right);
        let counts = format!("| {of} | {} |", self.right);
        assert!(PAGE.contains(&counts), "docs/csv-conformance.md should have `{counts}` for {}", self.set);
        let known = DIFFERENCES.iter().filter(|(set, ..)| *set == self.set);
        let known: Vec<_> = known.map(|(_, case, _)| (*case).to_owned()).collect();
        assert_eq!(self.differ, known, "{}", self.set);
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
        let expected = plain(&root.join("clean").join(name(&path)));
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
        "file_escape_char_0x00.csv" => dialect(Dialect { escape: Some(0), ..Dialect::COMMA }),
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
        let rows: Vec<Vec<String>> = serde_json::from_value(case["rows"].clone()).unwrap();
        let columns = rows.first().map_or(0, Vec::len);
        let padded = rows.into_iter().map(|mut row| {
            row.resize(columns, String::new());
            row
        });
        let source = CsvSource::reader("case", std::io::Cursor::new(input.clone()));
        let source = source.no_header().dialect(dialect).ragged(handover::source::csv::Ragged::Pad);
        let right = match read(source) {
            Ok(table) => case["error"].is_null() && table.rows().into_iter().eq(padded),
            Err(_) => !case["error"].is_null(),
        };
        let escape = dialect.escape.map(|escape| format!(" with escape `{}`", escape.escape_ascii()));
        let strict = if case["dialect"]["strict"] == Json::Bool(true) { ", strict" } else { "" };
        tally.add(format!("`{}`{}{strict}", input.escape_debug(), escape.unwrap_or_default()), right);
    }
    tally.settle();
}

/// The dialect of a case, where it can be said here.
fn cpython_dialect(case: &Json) -> Option<Dialect> {
    let byte = |key: &str| case[key].as_str().and_then(|text| text.bytes().next());
    let quoting = case["quoting"].as_u64()?;
    // 2 makes numbers of what is not quoted, spaces are never skipped here.
    if quoting == 2 || case["skipinitialspace"] == Json::Bool(true) {
        return None;
    }
    let quote = byte("quotechar").filter(|_| quoting != 3);
    Some(Dialect { delimiter: byte("delimiter")?, quote, escape: byte("escapechar") })
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
