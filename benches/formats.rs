//! Every format against a bare loop over the crate that reads or writes it, and the memory of
//! every streaming pair.
//!
//! `cargo bench --bench formats --features full [-- ROWS [ROUNDS [CONTEST]]]`, a million rows,
//! a fifth of that for workbooks, and five rounds unless said otherwise.

#[allow(dead_code)]
mod common;
#[path = "common/contest.rs"]
mod contest;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use calamine::{Reader, Xlsx, open_workbook};
use handover::sink::excel::ExcelSink;
use handover::sink::json::{JsonLinesSink, JsonSink};
use handover::sink::sqlite::SqliteSink;
use handover::sink::table::Table;
use handover::source::excel::ExcelSource;
use handover::source::json::{JsonLinesSource, JsonSource};
use handover::source::sqlite::SqliteSource;
use handover::{CsvSink, CsvSource, Pipeline, Result, Rows, SinkWriter, SourceReader};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};

use contest::{Contest, Entry, Outcome};

const fn entry(name: &'static str, run: fn(&Path, &Path) -> Outcome) -> Entry {
    Entry { name, against: None, run }
}

const fn limited(
    name: &'static str,
    against: &'static str,
    most: f64,
    run: fn(&Path, &Path) -> Outcome,
) -> Entry {
    Entry { name, against: Some((against, most)), run }
}

/// At least 0.8 of the rows a second is at most 1.25 of the time.
const CONTESTS: [Contest; 8] = [
    Contest {
        name: "CSV to SQLite",
        input: common::customers,
        share: 1.0,
        entries: &[
            entry("csv and rusqlite", bare_sqlite),
            limited("handover", "csv and rusqlite", 1.25, |input, output| {
                transfer(CsvSource::path(input), SqliteSink::path(output, Table::named("customers").create()))
            }),
        ],
    },
    Contest {
        name: "XLSX in, texts shared",
        input: shared_workbook,
        share: 0.2,
        entries: &[
            entry("calamine", bare_xlsx_in),
            limited("handover", "calamine", 1.25, |input, _| {
                transfer(ExcelSource::path(input), Count::default())
            }),
        ],
    },
    Contest {
        name: "XLSX in, texts in the cells",
        input: workbook,
        share: 0.2,
        entries: &[
            entry("calamine", bare_xlsx_in),
            limited("handover", "calamine", 1.25, |input, _| {
                transfer(ExcelSource::path(input), Count::default())
            }),
        ],
    },
    Contest {
        name: "XLSX out",
        input: common::customers,
        share: 0.2,
        entries: &[
            entry("csv and rust_xlsxwriter", bare_xlsx_out),
            limited("handover", "csv and rust_xlsxwriter", 1.25, |input, output| {
                transfer(CsvSource::path(input), ExcelSink::path(output))
            }),
        ],
    },
    Contest {
        name: "JSON Lines in and out",
        input: json_lines,
        share: 1.0,
        entries: &[
            entry("serde_json", bare_json_lines),
            limited("handover", "serde_json", 1.5, |input, output| {
                transfer(JsonLinesSource::path(input), JsonLinesSink::path(output))
            }),
        ],
    },
    Contest {
        name: "pairs from CSV",
        input: common::customers,
        share: 1.0,
        entries: &[
            entry("to CSV", |input, output| transfer(CsvSource::path(input), CsvSink::path(output))),
            entry("to JSON", |input, output| transfer(CsvSource::path(input), JsonSink::path(output))),
            entry("to JSON Lines", |input, output| {
                transfer(CsvSource::path(input), JsonLinesSink::path(output))
            }),
            entry("to CSV, gzip", |input, output| {
                transfer(CsvSource::path(input), CsvSink::path(output.with_extension("csv.gz")))
            }),
            entry("to XLSX", |input, output| transfer(CsvSource::path(input), ExcelSink::path(output))),
        ],
    },
    Contest {
        name: "pairs from JSON",
        input: json,
        share: 1.0,
        entries: &[
            entry("to CSV", |input, output| transfer(JsonSource::path(input), CsvSink::path(output))),
            entry("to JSON", |input, output| transfer(JsonSource::path(input), JsonSink::path(output))),
        ],
    },
    Contest {
        name: "pairs from SQLite",
        input: database,
        share: 1.0,
        entries: &[
            entry("to CSV", |input, output| {
                transfer(SqliteSource::table(input, "customers"), CsvSink::path(output))
            }),
            entry("to SQLite", |input, output| {
                transfer(
                    SqliteSource::table(input, "customers"),
                    SqliteSink::path(output, Table::named("customers").create()),
                )
            }),
        ],
    },
];

fn main() -> Outcome {
    contest::main(&CONTESTS, 1_000_000, 5)
}

fn transfer(source: impl SourceReader, sink: impl SinkWriter) -> Outcome {
    Pipeline::from(source).to(sink).run()?;
    Ok(())
}

/// Pulls records, and does no more.
#[derive(Default)]
struct Count(u64);

impl SinkWriter for Count {
    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        while rows.next()?.is_some() {
            self.0 += 1;
        }
        Ok(())
    }
}

/// An input made of the customers, once.
fn made(rows: u64, ending: &str, make: fn(&Path, &Path) -> Outcome) -> PathBuf {
    let customers = common::customers(rows);
    let path = customers.with_extension(ending);
    if !path.exists() {
        let half = path.with_extension(format!("half.{ending}"));
        make(&customers, &half)
            .and_then(|()| Ok(std::fs::rename(&half, &path)?))
            .unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
    }
    path
}

fn workbook(rows: u64) -> PathBuf {
    made(rows, "xlsx", bare_xlsx_out)
}

/// As Excel itself saves it.
fn shared_workbook(rows: u64) -> PathBuf {
    made(rows, "shared.xlsx", |input, output| {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        fill(workbook.add_worksheet(), input)?;
        Ok(workbook.save(output)?)
    })
}

fn json(rows: u64) -> PathBuf {
    made(rows, "json", |input, output| transfer(CsvSource::path(input), JsonSink::path(output)))
}

fn json_lines(rows: u64) -> PathBuf {
    made(rows, "jsonl", |input, output| transfer(CsvSource::path(input), JsonLinesSink::path(output)))
}

fn database(rows: u64) -> PathBuf {
    made(rows, "db", bare_sqlite)
}

fn bare_sqlite(input: &Path, output: &Path) -> Outcome {
    let mut reader = csv::Reader::from_path(input)?;
    let columns: Vec<String> = reader.headers()?.iter().map(|name| format!("\"{name}\" TEXT")).collect();
    let mut database = rusqlite::Connection::open(output)?;
    let transaction = database.transaction()?;
    transaction.execute(&format!("CREATE TABLE customers ({})", columns.join(", ")), [])?;
    let places = vec!["?"; columns.len()].join(", ");
    let mut insert = transaction.prepare(&format!("INSERT INTO customers VALUES ({places})"))?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        insert.execute(rusqlite::params_from_iter(&record))?;
    }
    drop(insert);
    Ok(transaction.commit()?)
}

fn bare_xlsx_in(input: &Path, _: &Path) -> Outcome {
    let mut workbook: Xlsx<_> = open_workbook(input)?;
    let sheet = workbook.sheet_names().first().cloned().ok_or("no sheet")?;
    let mut cells = workbook.worksheet_cells_reader(&sheet)?;
    let mut count = 0_u64;
    while cells.next_cell()?.is_some() {
        count += 1;
    }
    std::hint::black_box(count);
    Ok(())
}

fn bare_xlsx_out(input: &Path, output: &Path) -> Outcome {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    fill(workbook.add_worksheet_with_constant_memory()?, input)?;
    Ok(workbook.save(output)?)
}

fn fill(sheet: &mut rust_xlsxwriter::Worksheet, input: &Path) -> Outcome {
    let mut reader = csv::Reader::from_path(input)?;
    for (column, name) in (0..).zip(reader.headers()?) {
        sheet.write_string(0, column, name)?;
    }
    let (mut record, mut row) = (csv::StringRecord::new(), 0);
    while reader.read_record(&mut record)? {
        row += 1;
        for (column, text) in (0..).zip(&record).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, column, text)?;
        }
    }
    Ok(())
}

/// A JSON object with its keys in order.
struct Object(Vec<(String, serde_json::Value)>);

impl<'de> serde::Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Object;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl serde::Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

fn bare_json_lines(input: &Path, output: &Path) -> Outcome {
    let mut reader = BufReader::new(File::open(input)?);
    let mut writer = BufWriter::new(File::create(output)?);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let object: Object = serde_json::from_str(&line)?;
        serde_json::to_writer(&mut writer, &object)?;
        writer.write_all(b"\n")?;
        line.clear();
    }
    Ok(writer.flush()?)
}
