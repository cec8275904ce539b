//! Records on their way, as rows of `COPY`.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::lines::Lines;
use super::target::Target;
use crate::error::Fault;
use crate::record::{Record, RecordId};
use crate::sink::Answer;

/// A batch is sent when it holds this many rows …
const ROWS: usize = 8192;
/// … or takes this many bytes, whichever is first.
const BYTES: usize = 4 << 20;

/// Rows that are sent together, each with the record that it is made of.
#[derive(Default)]
pub(super) struct Batch {
    lines: Lines,
    pulled: Vec<Pulled>,
    passes: Vec<u32>,
    /// In how many rows each key stands.
    keys: HashMap<Vec<u8>, u32>,
    /// Records that are no rows, because the table does not take them.
    refused: Vec<(Pulled, Fault)>,
}

/// A record that was pulled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pulled {
    pub id: RecordId,
    /// Its number in the run, where the run keeps count.
    pub number: u64,
}

impl Batch {
    pub fn is_full(&self) -> bool {
        self.lines.len() + self.refused.len() >= ROWS || self.lines.bytes() >= BYTES
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The rows.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The answers for the records, given those for the rows.
    pub fn answered(&mut self, rows: Vec<Answer>) -> Vec<(Pulled, Answer)> {
        let mut answers: Vec<_> = self.pulled.iter().copied().zip(rows).collect();
        if !self.refused.is_empty() {
            answers.extend(self.refused.drain(..).map(|(pulled, fault)| (pulled, Answer::Refused(fault))));
            answers.sort_by_key(|(pulled, _)| pulled.id);
        }
        answers
    }

    /// In which pass a row is written: rows of one key are written one after the other, in
    /// the order in which they came; none where there is no key.
    pub fn passes(&self, rows: Range<usize>) -> &[u32] {
        self.passes.get(rows).unwrap_or_default()
    }

    /// Makes it empty, and keeps its memory.
    pub fn clear(&mut self) {
        self.lines.clear(2 * BYTES);
        self.pulled.clear();
        self.passes.clear();
        self.keys.clear();
        self.refused.clear();
    }

    /// Adds a record.
    pub fn add(&mut self, record: &Record, number: u64, target: &Target) {
        let Batch { lines, pulled, passes, keys, refused } = self;
        let (row, this) = (lines.len(), Pulled { id: record.id(), number });
        let added = lines.add(|line| {
            if !target.key.is_empty() {
                let pass = pass(record, target, keys)?;
                passes.push(pass);
                line.extend_from_slice(format!("{row}\t{pass}\t").as_bytes());
            }
            add_values(line, record, target)
        });
        match added {
            Ok(()) => pulled.push(this),
            Err(fault) => {
                passes.truncate(row);
                refused.push((this, fault));
            }
        }
    }
}

/// In which pass the row of a record is written. Its number and that of its pass stand before
/// the values.
fn pass(record: &Record, target: &Target, keys: &mut HashMap<Vec<u8>, u32>) -> Result<u32, Fault> {
    let mut text = Vec::new();
    for &position in &target.key {
        let column = &target.fills[position];
        if record.value(position).is_null() {
            return Err(Fault::new("the key is null").rule("key").column(Arc::clone(&column.name)));
        }
        column.encode(record, position, &mut text)?;
        text.push(b'\t');
    }
    Ok(*keys.entry(text).and_modify(|pass| *pass += 1).or_default())
}

fn add_values(line: &mut Vec<u8>, record: &Record, target: &Target) -> Result<(), Fault> {
    for (position, column) in target.fills.iter().enumerate() {
        if position > 0 {
            line.push(b'\t');
        }
        column.encode(record, position, line)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;
    use crate::sink::table::Table;

    #[test]
    fn rows_of_one_key_are_written_one_after_the_other() {
        let schema = Schema::text(["id", "name"]).unwrap();
        let (_, target) = Target::create(&Table::named("t").upsert("id"), &schema, None).unwrap();
        let mut batch = Batch::default();
        for (id, name) in [("a", "x"), ("b", "y"), ("a", "\0"), ("a", "z"), ("a", "w")] {
            batch.add(&Record::of(schema.clone(), [id, name]).unwrap(), 0, &target);
        }
        assert_eq!(batch.passes(0..4), [0, 0, 2, 3]);
        assert_eq!(batch.lines().text(0..4), b"0\t0\ta\tx\n1\t0\tb\ty\n2\t2\ta\tz\n3\t3\ta\tw\n");
        assert_eq!(batch.lines().text(1..2), b"1\t0\tb\ty\n");
        batch.add(&Record::new(schema), 0, &target);
        let faults: Vec<_> =
            batch.refused.iter().map(|(_, fault)| (fault.to_string(), fault.column_name())).collect();
        let nul = "a NUL character, which PostgreSQL does not have in text";
        assert_eq!(faults, [(nul.to_owned(), Some("name")), ("the key is null".to_owned(), Some("id"))]);
    }
}
