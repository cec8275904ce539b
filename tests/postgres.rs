//! PostgreSQL at either end, against a server of the tests' own.

pub mod cluster;
mod constraints;
mod durable;
mod keys;
mod kinds;
mod lost;
mod names;
#[cfg(feature = "migration")]
mod target;
#[cfg(feature = "postgres-tls")]
mod tls;

use std::borrow::Cow;
use std::fs;
use std::sync::Arc;

use handover::sink::postgres::PostgresSink;
use handover::sink::table::Table;
use handover::source::Memory;
use handover::{
    Feed, Field, Kind, Pipeline, Record, Rejects, Report, Result, RunError, Schema, SourceReader, Value,
};

use self::cluster::Database;

/// Records of these columns.
fn records<'v>(columns: &[(&str, Kind)], rows: impl IntoIterator<Item = Vec<Value<'v>>>) -> Memory {
    let schema = Schema::new(columns.iter().map(|(name, kind)| Field::new(*name, *kind))).unwrap();
    let records: Vec<Record> = rows.into_iter().map(|row| Record::of(schema.clone(), row).unwrap()).collect();
    Memory::new("crm", schema, records)
}

/// Records of text; empty is null.
fn texts(columns: &[&str], rows: &[&[&str]]) -> Memory {
    let columns: Vec<_> = columns.iter().map(|name| (*name, Kind::Text)).collect();
    records(
        &columns,
        rows.iter().map(|row| {
            row.iter().map(|text| if text.is_empty() { Value::Null } else { Value::Text(text) }).collect()
        }),
    )
}

/// So many records: a number from 1, a name, and the number's remainder by a thousand.
struct Numbers<'a> {
    count: i64,
    /// Called before each record, with its number.
    before: Box<dyn FnMut(i64) + Send + 'a>,
}

impl Numbers<'static> {
    fn to(count: i64) -> Self {
        Numbers { count, before: Box::new(|_| ()) }
    }
}

impl SourceReader for Numbers<'_> {
    fn name(&self) -> Cow<'_, str> {
        "numbers".into()
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Schema::new([
            Field::new("id", Kind::Int),
            Field::new("name", Kind::Text),
            Field::new("rest", Kind::Int),
        ])
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for number in 1..=self.count {
            (self.before)(number);
            let record = feed.record();
            record.set_value(0, number);
            record.set_value(1, "王伟");
            record.set_value(2, number % 1000);
            feed.push()?;
        }
        Ok(())
    }
}

/// What a run into a table said, and the reasons of the rejects, each with its record's number.
struct Loaded {
    report: Report,
    rejects: Vec<String>,
}

impl Loaded {
    /// Created, updated, unchanged, rejected.
    fn counts(&self) -> [u64; 4] {
        let counts = self.report.counts;
        [counts.created, counts.updated, counts.unchanged, counts.rejected]
    }
}

fn load(database: &Database, table: Table, source: impl SourceReader) -> Result<Loaded, RunError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rejects.csv");
    let report = Pipeline::from(source)
        .rejects(Rejects::csv(&file))
        .to(PostgresSink::connect(&database.url, table))
        .run()?;
    assert!(report.counts.balanced());
    let rejects = fs::read_to_string(&file).unwrap_or_default();
    let mut reader = csv::Reader::from_reader(rejects.as_bytes());
    let rejects = reader.records().map(|row| {
        let row = row.unwrap();
        // Behind each reason stands its rule.
        let reason = row[1].split(" [").next().unwrap();
        format!("{} {reason}", &row[0])
    });
    Ok(Loaded { report, rejects: rejects.collect() })
}

/// The line that a run fails with.
fn failure(loaded: Result<Loaded, RunError>) -> String {
    match loaded {
        Ok(_) => panic!("it should have failed"),
        Err(error) => error.to_string(),
    }
}
