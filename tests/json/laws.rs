//! The laws of the formats, as properties.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use handover::sink::Collect;
use handover::source::Memory;
use handover::{
    Date, DateTime, Decimal, Field, JsonLinesSink, JsonLinesSource, JsonSink, JsonSource, Kind, Pipeline,
    Record, Schema, SinkWriter, SourceReader, Value,
};
use proptest::prelude::*;

use super::{Outcome, Written, read};
use crate::common::cases;

#[derive(Debug, Clone)]
enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Decimal(String),
    Date(i16, u8),
    Time(i64, Option<i16>),
    Text(String),
}

impl Cell {
    fn value(&self) -> Value<'_> {
        let day = Date::new(2024, 2, 29);
        match self {
            Cell::Null => Value::Null,
            Cell::Bool(value) => Value::Bool(*value),
            Cell::Int(value) => Value::Int(*value),
            Cell::Float(value) => Value::Float(*value),
            Cell::Decimal(digits) => Decimal::parse(digits).into(),
            Cell::Date(year, day) => Date::new(*year, 1, *day).into(),
            Cell::Time(micros, offset) => day.and_then(|day| DateTime::new(day, *micros, *offset)).into(),
            Cell::Text(text) => Value::Text(text),
        }
    }

    /// Whether this is what JSON can say of the value: numbers are numbers, days are text.
    fn came_back_as(&self, back: Value<'_>) -> bool {
        match (self.value(), back) {
            (Value::Float(value), Value::Int(_) | Value::Decimal(_)) => back.to_string().parse() == Ok(value),
            (Value::Decimal(value), Value::Int(_) | Value::Decimal(_)) => {
                let plain = |digits: &str| {
                    let (sign, digits) =
                        digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
                    format!("{sign}{}", digits.trim_start_matches(['+', '0']))
                };
                plain(value.as_str()) == plain(&back.to_string())
            }
            (value @ (Value::Date(_) | Value::DateTime(_)), Value::Text(text)) => value.to_string() == text,
            (value, back) => value == back,
        }
    }
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Null),
        any::<bool>().prop_map(Cell::Bool),
        any::<i64>().prop_map(Cell::Int),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Cell::Float),
        "[+-]?[0-9]{1,30}(\\.[0-9]{1,30})?".prop_map(Cell::Decimal),
        (1i16..=9999, 1u8..=31).prop_map(|(year, day)| Cell::Date(year, day)),
        (0..86_400_000_000i64, proptest::option::of(-1439i16..=1439))
            .prop_map(|(micros, offset)| Cell::Time(micros, offset)),
        any::<String>().prop_map(Cell::Text),
        "[\\[{;\"\\\\nt0-9. \u{0}-\u{1F}]{0,6}".prop_map(Cell::Text),
    ]
}

/// Columns of nested objects, none of which is a value too, and rows for them.
fn table() -> impl Strategy<Value = (Vec<String>, Vec<Vec<Cell>>)> {
    let path = proptest::collection::vec("[ab.\\\\é\"]{0,2}", 1..4);
    proptest::collection::vec(path, 1..6).prop_flat_map(|paths| {
        let mut kept: Vec<Vec<String>> = Vec::new();
        for path in paths {
            if !kept.iter().any(|other| other.starts_with(&path) || path.starts_with(other)) {
                kept.push(path);
            }
        }
        let escape = |key: &String| key.replace('\\', "\\\\").replace('.', "\\.");
        let names: Vec<String> =
            kept.iter().map(|path| path.iter().map(escape).collect::<Vec<_>>().join(".")).collect();
        let row = proptest::collection::vec(cell(), names.len());
        (Just(names), proptest::collection::vec(row, 1..6))
    })
}

fn come_back(
    names: &[String],
    rows: &[Vec<Cell>],
    sink: impl SinkWriter,
    written: &Written,
    source: impl FnOnce(Cursor<Vec<u8>>) -> Box<dyn SourceReader>,
) -> Result<(), TestCaseError> {
    let schema = Schema::new(names.iter().map(|name| Field::new(name.as_str(), Kind::Any))).unwrap();
    let record = |row: &Vec<Cell>| Record::of(schema.clone(), row.iter().map(Cell::value)).unwrap();
    let memory = Memory::new("memory", schema.clone(), rows.iter().map(record).collect::<Vec<_>>());
    Pipeline::from(memory).to(sink).run().unwrap();
    let mut back = Collect::new();
    Pipeline::from(source(Cursor::new(written.text().into_bytes()))).to(&mut back).run().unwrap();
    prop_assert_eq!(back.records().len(), rows.len());
    for (record, row) in back.records().iter().zip(rows) {
        let back: HashMap<&str, Value> = record.schema().names().zip(record.values()).collect();
        prop_assert_eq!(back.len(), names.len());
        for (name, cell) in names.iter().zip(row) {
            prop_assert!(
                cell.came_back_as(back[name.as_str()]),
                "{cell:?} came back as {:?}",
                back[name.as_str()]
            );
        }
    }
    Ok(())
}

/// Gives a few bytes at a time.
struct Trickle(Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(&mut buffer[..length])
    }
}

/// All that can be told of a run.
fn told(read: handover::Result<Outcome>) -> Result<impl PartialEq + std::fmt::Debug, String> {
    read.map(|read| (read.columns, read.rows, read.rejects)).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn what_is_written_is_read_again((names, rows) in table(), pretty: bool, at in proptest::option::of("[a.\\\\]{1,4}")) {
        let written = Written::default();
        let mut sink = JsonSink::writer(written.clone());
        if pretty {
            sink = sink.pretty();
        }
        if let Some(at) = &at {
            sink = sink.at(at);
        }
        come_back(&names, &rows, sink, &written, |text| {
            let source = JsonSource::reader("in", text);
            Box::new(if let Some(at) = &at { source.at(at) } else { source })
        })?;
        let written = Written::default();
        come_back(&names, &rows, JsonLinesSink::writer(written.clone()), &written, |text| {
            Box::new(JsonLinesSource::reader("in", text))
        })?;
    }

    #[test]
    fn it_does_not_matter_how_the_bytes_arrive(
        json in proptest::collection::vec("[\\[\\]{},:\"a1\\\\ \n]|\"a\":1|\\{\"b\":\"é\\\\\"\\}|\\[\\{|\\}\\]", 0..12),
        step in 1usize..5,
    ) {
        let text = || Cursor::new(json.concat().into_bytes());
        let trickle = || Trickle(text(), step);
        prop_assert_eq!(
            told(read(JsonSource::reader("in", text()))),
            told(read(JsonSource::reader("in", trickle())))
        );
        prop_assert_eq!(
            told(read(JsonLinesSource::reader("in", text()))),
            told(read(JsonLinesSource::reader("in", trickle())))
        );
    }
}
