//! Matching by likeness: how good it is, what always holds, and what it makes of hostile input.

mod floors;
mod hostile;
mod laws;

use std::sync::Arc;

use handover::dedupe::{Gather, Records};
use handover::source::Memory;
use handover::{Pipeline, Record, Schema};

/// Records of these rows; the first column is their key.
fn records(schema: &Arc<Schema>, rows: &[Vec<String>]) -> Records {
    let mut records = Records::new(schema.clone());
    add(&mut records, rows, 0);
    records
}

/// Adds rows of an input.
fn add(records: &mut Records, rows: &[Vec<String>], input: u32) {
    let source = source(records.schema(), rows);
    Pipeline::from(source).to(Gather::to(records).input(input)).run().unwrap();
}

fn source(schema: &Arc<Schema>, rows: &[Vec<String>]) -> Memory {
    let record = |row: &Vec<String>| Record::of(schema.clone(), row.iter().map(String::as_str)).unwrap();
    let key = schema.names().next().unwrap_or_default();
    Memory::new("crm", schema.clone(), rows.iter().map(record).collect::<Vec<_>>()).key(key)
}
