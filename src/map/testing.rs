//! Runs a mapper over one record, for tests.

use super::{Bench, FieldMapper, Mapped, Notes};
use crate::changes::Changes;
use crate::error::Findings;
use crate::record::Record;
use crate::schema::Schema;

/// What came of a record.
pub(crate) struct Outcome {
    pub records: Vec<Record>,
    pub filtered: Vec<String>,
    /// Severity, column, rule and message.
    pub faults: Vec<String>,
    /// Column, rule and count.
    pub changes: Vec<String>,
}

/// Binds a mapper to text columns and maps one record, in which an empty
/// value is null.
pub(crate) fn run(mapper: impl FieldMapper, columns: &[&str], values: &[&str]) -> Outcome {
    let schema = Schema::text(columns.iter().copied()).unwrap();
    let values = values.iter().map(|value| Some(*value).filter(|value| !value.is_empty()));
    run_record(mapper, &Record::of(schema, values).unwrap())
}

pub(crate) fn run_record(mut mapper: impl FieldMapper, record: &Record) -> Outcome {
    let schema = mapper.bind(record.schema()).unwrap();
    let (mut pool, mut findings, mut changes) = (Vec::new(), Findings::default(), Changes::default());
    let counter = changes.register(mapper.counters());
    let notes = Notes { findings: &mut findings, changes: &mut changes, counter };
    let mut output = Mapped::new(record, Bench { schema: &schema, pool: &mut pool, start: 0, notes });
    let result = mapper.map(record, &mut output);
    let (parts, filtered) = output.finish();
    pool.truncate(parts);
    let faults = findings.take().into_iter().chain(result.err()).map(|fault| {
        let severity = if fault.is_error() { "error" } else { "warning" };
        format!("{severity} {} {}: {fault}", fault.column_name().unwrap_or_default(), fault.rule_name())
    });
    let changes =
        changes.rows().into_iter().map(|((column, rule), count)| format!("{column} {rule} {count}"));
    Outcome {
        filtered: filtered.iter().map(ToString::to_string).collect(),
        faults: faults.collect(),
        changes: changes.collect(),
        records: pool,
    }
}

/// The records as text, columns separated by bars.
pub(crate) fn texts(outcome: &Outcome) -> Vec<String> {
    let line = |record: &Record| record.values().map(|v| v.to_string()).collect::<Vec<_>>().join("|");
    outcome.records.iter().map(line).collect()
}
