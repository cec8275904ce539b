//! Workbooks that others made, compared with what independent readers made of them.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use handover::source::excel::ExcelSource;
use handover::{Date, DateTime, Error, Record, Value};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::read;
use crate::common::shared;

/// Other than the sheet has, no column was named beyond those of the first rows.
const NOT_THERE: &str = "set aside: in a column beyond those of the first 50 rows";

/// What became of the workbooks of a folder.
#[derive(Default)]
struct Tally {
    files: usize,
    read: usize,
    /// Why workbooks were refused.
    refused: BTreeMap<String, usize>,
    cells: usize,
    equal: usize,
    /// Kinds of differences.
    different: BTreeMap<&'static str, usize>,
}

#[test]
fn all_shared_workbooks_are_read_or_refused() {
    let Some(root) = shared("excel") else { return };
    let truth = fs::read_to_string(root.join("truth.jsonl")).unwrap();
    let truth: HashMap<String, Json> = truth
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap())
        .map(|book| (book["path"].as_str().unwrap().to_owned(), book))
        .collect();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for line in fs::read_to_string(root.join("manifest.csv")).unwrap().lines().skip(1) {
        let Some(path) = line.split(',').next().filter(|path| root.join(path).is_file()) else { continue };
        let tally = tallies.entry(path.split('/').next().unwrap().to_owned()).or_default();
        tally.files += 1;
        match read(ExcelSource::path(root.join(path))) {
            Ok(_) => tally.read += 1,
            Err(error) => *tally.refused.entry(reason(&error)).or_default() += 1,
        }
        for sheet in truth.get(path).into_iter().flat_map(|book| book["sheets"].as_array().unwrap()) {
            compare(&root.join(path), sheet, truth[path]["date1904"] == true, tally);
        }
    }
    let table = table(&tallies);
    let told = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/excel-results.md")).unwrap();
    assert!(told.contains(&table), "docs/excel-results.md should have\n{table}");
}

/// An error without what differs from file to file.
fn reason(error: &Error) -> String {
    error.message().split(':').next().unwrap().to_owned()
}

fn table(tallies: &BTreeMap<String, Tally>) -> String {
    let mut table =
        String::from("| folder | files | read | cells compared | equal |\n|---|---|---|---|---|\n");
    let (mut refused, mut different) = (BTreeMap::new(), BTreeMap::new());
    for (folder, Tally { files, read, cells, equal, .. }) in tallies {
        writeln!(table, "| {folder} | {files} | {read} | {cells} | {equal} |").unwrap();
    }
    for tally in tallies.values() {
        for (reason, count) in &tally.refused {
            *refused.entry(reason.as_str()).or_insert(0) += count;
        }
        for (difference, count) in &tally.different {
            *different.entry(*difference).or_insert(0) += count;
        }
    }
    table + &counts("workbooks that are refused", &refused) + &counts("cells that differ", &different)
}

fn counts(what: &str, counts: &BTreeMap<&str, usize>) -> String {
    let mut table = format!("\n| {what} | |\n|---|---|\n");
    for (reason, count) in counts {
        writeln!(table, "| {reason} | {count} |").unwrap();
    }
    table
}

/// Compares the cells of a sheet with what another reader says.
fn compare(path: &Path, sheet: &Json, is_1904: bool, tally: &mut Tally) {
    let name = sheet["name"].as_str().unwrap();
    let expected: Vec<_> = sheet["cells"].as_array().unwrap().iter().filter(|cell| cell[3] != "").collect();
    if expected.is_empty() {
        return;
    }
    tally.cells += expected.len();
    let records = match read(ExcelSource::path(path).sheet(name).no_header()) {
        Ok(table) => table.records,
        Err(_) => {
            *tally.different.entry("the sheet is refused").or_default() += expected.len();
            return;
        }
    };
    let rows: HashMap<u64, &Record> = records.iter().map(|record| (record.origin().line, record)).collect();
    for cell in expected {
        let (row, column) = (cell[0].as_u64().unwrap(), cell[1].as_u64().unwrap() as usize);
        let value = match rows.get(&(row + 1)) {
            Some(record) if column < record.len() => record.value(column),
            _ => Value::Null,
        };
        match difference(cell[2].as_str().unwrap(), &cell[3], value, is_1904) {
            None => tally.equal += 1,
            Some(difference) => *tally.different.entry(difference).or_default() += 1,
        }
    }
}

/// What is different about a value, if anything is.
fn difference(kind: &str, expected: &Json, value: Value<'_>, is_1904: bool) -> Option<&'static str> {
    let shown = value.to_string();
    let told = expected.as_str().unwrap_or_default();
    let equal = match kind {
        "n" => return number(expected.as_f64().unwrap(), value, is_1904),
        "b" => expected.as_bool().is_some_and(|expected| value == Value::Bool(expected)),
        "e" => value.is_null(),
        "d" => return moment(expected.as_str().unwrap(), value),
        "S" => expected == &long(&shown),
        _ => expected.as_str().is_some_and(|text| plain(text) == plain(&shown)),
    };
    match value {
        _ if equal => None,
        Value::Null => Some(NOT_THERE),
        _ if told.contains("_x000D_") || told.contains("_x0007_") => {
            Some("the other reader leaves `_x000D_` as it is")
        }
        _ if told.ends_with(&shown) => Some("the other reader takes the comment of a cell for its text"),
        _ if told.replace(' ', "") == shown.replace(' ', "") => Some("the other reader loses spaces"),
        _ => Some("another value"),
    }
}

/// Line ends are written in several ways.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn long(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("chars={} sha256={hex}", text.chars().count())
}

fn number(expected: f64, value: Value<'_>, is_1904: bool) -> Option<&'static str> {
    let close = |number: f64| (number - expected).abs() <= expected.abs() * 1e-14;
    match value {
        Value::Null => Some(NOT_THERE),
        Value::Date(date) if close(serial(DateTime::new(date, 0, None).unwrap(), is_1904)) => None,
        Value::Date(date) if close(serial(DateTime::new(date, 0, None).unwrap(), true)) => {
            Some("a day of a workbook from 1904 on, which the other reader does not know")
        }
        Value::DateTime(moment) if (serial(moment, is_1904) - expected).abs() < 1e-7 => None,
        Value::Text(text) => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let clock = text
                .trim_start_matches('-')
                .split(':')
                .map(|part| part.parse().unwrap_or(f64::NAN))
                .collect::<Vec<f64>>();
            match clock.as_slice() {
                [h, m, s] if ((h.abs() * 3600.0 + m * 60.0 + s) / 86400.0 - expected.abs()).abs() < 1e-7 => {
                    None
                }
                _ if [digits.as_str(), text]
                    .iter()
                    .any(|t| t.parse().is_ok_and(|number: f64| close(number) || close(-number))) =>
                {
                    Some("text: the format shows an id, or is that of text")
                }
                _ => Some("another value"),
            }
        }
        value if value.to_string().parse().is_ok_and(close) => None,
        _ => Some("another value"),
    }
}

/// The number that a workbook has for a moment.
fn serial(moment: DateTime, is_1904: bool) -> f64 {
    let day = |date: Date| {
        let (y, m) = (i64::from(date.year()), i64::from(date.month()));
        let (y, m) = if m < 3 { (y - 1, m + 12) } else { (y, m) };
        365 * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 + i64::from(date.day())
    };
    let epoch = if is_1904 { Date::new(1904, 1, 1) } else { Date::new(1899, 12, 30) };
    let days = day(moment.date()) - day(epoch.unwrap());
    let days = if days < 61 && !is_1904 { days - 1 } else { days };
    days as f64 + moment.micros() as f64 / 86_400e6
}

fn moment(expected: &str, value: Value<'_>) -> Option<&'static str> {
    if let Some(seconds) = seconds(expected) {
        return number(seconds / 86400.0, value, false);
    }
    let shown = match value {
        Value::Date(date) => format!("{date}T00:00:00"),
        _ => value.to_string(),
    };
    let (expected, shown) =
        (expected.split('.').next().unwrap(), shown.split('.').next().unwrap().to_owned());
    if expected == shown
        || format!("{expected}T00:00:00") == shown
        || expected.ends_with(&format!("T{shown}"))
    {
        return None;
    }
    match value {
        Value::Text(text) if text.contains(':') => {
            Some("a duration, which the other reader takes for a date")
        }
        Value::Int(_) | Value::Decimal(_) if shown.starts_with('-') => {
            Some("a number below zero as a date: Excel shows none, the other reader counts back")
        }
        Value::Text("1900-01-00") => Some("the day 0, which the other reader takes for midnight"),
        _ => Some("another value"),
    }
}

/// The seconds of a duration: `PT10H10M10S`, or `P37200.0S`.
fn seconds(text: &str) -> Option<f64> {
    let (mut total, mut number) = (0.0, String::new());
    for c in text.strip_prefix('P')?.trim_start_matches('T').chars() {
        let unit = match c {
            'H' => 3600.0,
            'M' => 60.0,
            'S' => 1.0,
            _ => {
                number.push(c);
                continue;
            }
        };
        total += std::mem::take(&mut number).parse::<f64>().ok()? * unit;
    }
    Some(total)
}
