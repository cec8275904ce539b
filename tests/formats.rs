//! Every format into every other: what arrives, value by value.
//!
//! A format is a function from what a column holds to what arrives of it. That is the
//! table of known differences; that nothing else differs is what is tested, for each pair.

use std::sync::Arc;

use handover::sink::table::Table;
use handover::sink::{Collect, Create};
use handover::source::{Memory, Open};
use handover::{Date, DateTime, Decimal, Field, Kind, Pipeline, Record, Schema, SourceReader, Value};

/// Columns, and records of them.
type Rows = (Arc<Schema>, Vec<Record>);

/// What a column holds.
type Held = (Kind, Value<'static>);

/// A format, the ending of its files, and what arrives of what a column holds.
struct Format {
    ending: &'static str,
    arrives: fn(Held) -> Held,
}

const POSTGRES: &str = "PostgreSQL";

const FORMATS: [Format; 7] = [
    Format { ending: "csv", arrives: as_text },
    Format { ending: "tsv.gz", arrives: as_text },
    Format { ending: "xlsx", arrives: in_cells },
    Format { ending: "json", arrives: in_json },
    Format { ending: "jsonl.zst", arrives: in_json },
    Format { ending: "db", arrives: in_sqlite },
    Format { ending: POSTGRES, arrives: in_postgres },
];

fn text(value: impl ToString) -> Value<'static> {
    Value::Text(String::leak(value.to_string()))
}

fn decimal(text: &'static str) -> Value<'static> {
    Value::Decimal(Decimal::parse(text).unwrap())
}

/// CSV knows no kinds, and takes empty text for null.
fn as_text((_, value): Held) -> Held {
    let shown = value.to_string();
    (Kind::Text, if shown.is_empty() { Value::Null } else { text(shown) })
}

/// Cells have kinds, columns have none. More than 15 digits are text; empty text is
/// an empty cell, a float is the number that is shown, and decimals end without zeros.
fn in_cells((_, value): Held) -> Held {
    let arrives = match value {
        Value::Int(number) if number.unsigned_abs() >= 1_000_000_000_000_000 => text(number),
        Value::Float(number) => decimal(String::leak(number.to_string())),
        Value::Decimal(number) => decimal(number.as_str().trim_end_matches('0')),
        Value::Text("") => Value::Null,
        other => other,
    };
    (Kind::Any, arrives)
}

/// JSON has text, numbers and truth: days and times are text, floats the number that they show.
fn in_json((_, value): Held) -> Held {
    let arrives = match value {
        Value::Float(number) => decimal(String::leak(number.to_string())),
        Value::Date(_) | Value::DateTime(_) => text(value),
        other => other,
    };
    (Kind::Any, arrives)
}

/// SQLite keeps the kinds of columns. In a column of any kind it knows
/// whole numbers, floats and text; decimals are text there, to keep every digit.
fn in_sqlite((kind, value): Held) -> Held {
    let arrives = match (kind, value) {
        (Kind::Any, Value::Bool(truth)) => Value::Int(truth.into()),
        (Kind::Any, Value::Date(_) | Value::DateTime(_) | Value::Decimal(_)) => text(value),
        (_, other) => other,
    };
    (kind, arrives)
}

/// PostgreSQL keeps the kinds of columns; a column of any kind is one of text.
fn in_postgres((kind, value): Held) -> Held {
    match (kind, value) {
        (Kind::Any, Value::Null) => (Kind::Text, Value::Null),
        (Kind::Any, other) => (Kind::Text, text(other)),
        held => held,
    }
}

/// The columns, and two rows: what is easily damaged, and nothing.
fn customers() -> Rows {
    let born = Date::parse("2024-02-29").unwrap();
    let seen = DateTime::parse("2024-02-29T08:30:05").unwrap();
    let columns = [
        ("key", Value::Int(1)),
        ("name", text("王伟 𠮷😀")),
        ("note", text("two\nlines, \"quoted\"; and\ttab")),
        ("code", text("007")),
        ("phone", text("+8613800138000")),
        ("formula", text("=1+1")),
        ("digits15", Value::Int(123_456_789_012_345)),
        ("digits18", Value::Int(-123_456_789_012_345_678)),
        ("amount", decimal("12.50")),
        ("exact", decimal("0.1234567890123")),
        ("rate", Value::Float(0.1)),
        ("vip", Value::Bool(true)),
        ("born", Value::Date(born)),
        ("seen", Value::DateTime(seen)),
        ("select", text("from \"where\"; --")),
        ("nothing", text("")),
    ];
    let field = |(name, value): &(&str, Value<'_>)| Field::new(*name, value.kind().unwrap());
    let schema = Schema::new(columns.iter().map(field)).unwrap();
    let full = Record::of(schema.clone(), columns.map(|(_, value)| value)).unwrap();
    let empty = Record::of(schema.clone(), [Value::Int(2)]).unwrap();
    (schema, vec![full, empty])
}

/// Where formats are tried: a folder and, where there is one, a server.
struct Places {
    folder: tempfile::TempDir,
    server: Option<String>,
}

impl Places {
    fn new() -> Self {
        #[cfg(all(unix, feature = "postgres"))]
        let server = crate::postgres::cluster::database().map(|database| database.url);
        #[cfg(not(all(unix, feature = "postgres")))]
        let server = None;
        Places { folder: tempfile::tempdir().unwrap(), server }
    }

    fn formats(&self) -> impl Iterator<Item = &'static Format> {
        FORMATS.iter().filter(|format| format.ending != POSTGRES || self.server.is_some())
    }

    /// Writes records in a format, and reads them again.
    fn pass(&self, (schema, records): &Rows, format: &Format, name: &str) -> Rows {
        let (sink, source) = match &self.server {
            Some(url) if format.ending == POSTGRES => {
                (Create::new(url).table(Table::named(name).create()), Open::new(url).table(name))
            }
            _ => {
                let path = self.folder.path().join(format!("{name}.{}", format.ending));
                (Create::new(&path), Open::new(&path))
            }
        };
        let given = Memory::new("memory", schema.clone(), records.iter().cloned());
        Pipeline::from(given).to(sink.create().unwrap()).run().unwrap();
        let mut source = source.open().unwrap();
        let schema = source.schema().unwrap();
        let mut read = Collect::new();
        Pipeline::from(source).to(&mut read).run().unwrap();
        (schema, read.into_records())
    }
}

/// Every value, with its column and the kind of that.
fn shown((schema, records): &Rows) -> Vec<String> {
    let record = |record: &Record| -> Vec<String> {
        let fields = schema.fields().iter().zip(record.values());
        fields.map(|(field, value)| format!("{} {} {value:?}", field.name(), field.kind())).collect()
    };
    records.iter().flat_map(record).collect()
}

/// What arrives of a value on the way through formats.
fn expected(way: &[&Format], (schema, records): &Rows) -> Vec<String> {
    let value = |(field, value): (&Field, Value<'_>)| {
        let own = match value {
            Value::Text(held) => text(held),
            Value::Decimal(held) => decimal(String::leak(held.to_string())),
            Value::Null => Value::Null,
            Value::Bool(held) => Value::Bool(held),
            Value::Int(held) => Value::Int(held),
            Value::Float(held) => Value::Float(held),
            Value::Date(held) => Value::Date(held),
            Value::DateTime(held) => Value::DateTime(held),
        };
        let (kind, value) = way.iter().fold((field.kind(), own), |held, format| (format.arrives)(held));
        format!("{} {kind} {value:?}", field.name())
    };
    records.iter().flat_map(|record| schema.fields().iter().zip(record.values()).map(value)).collect()
}

#[test]
fn every_format_goes_into_every_other() {
    let (places, customers) = (Places::new(), customers());
    for (number, from) in places.formats().enumerate() {
        let read = places.pass(&customers, from, &format!("from{number}"));
        assert_eq!(shown(&read), expected(&[from], &customers), "memory to {}", from.ending);
        for (other, to) in places.formats().enumerate() {
            let arrived = places.pass(&read, to, &format!("from{number}to{other}"));
            let expected = expected(&[from, to], &customers);
            assert_eq!(shown(&arrived), expected, "{} to {}", from.ending, to.ending);
        }
    }
}
