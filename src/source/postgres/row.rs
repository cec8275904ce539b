//! Rows in the text format of `COPY`.

use std::sync::Arc;

use crate::error::{Error, Fault, Result};
use crate::record::{Record, Value};
use crate::schema::{Kind, Schema};

/// Reads rows into records. One is used for all rows, so that nothing is allocated.
pub(crate) struct RowReader {
    schema: Arc<Schema>,
    /// A value without its escapes.
    plain: String,
}

impl RowReader {
    pub fn new(schema: &Arc<Schema>) -> Self {
        RowReader { schema: Arc::clone(schema), plain: String::new() }
    }

    /// Fills a record with a row. What a value's kind does not have stands in the
    /// record as text, and there is a fault for it.
    pub fn fill(&mut self, line: &[u8], record: &mut Record) -> Result<Vec<Fault>> {
        let broken = || Error::format("the server sent a row that is not one");
        let line = simdutf8::basic::from_utf8(line).map_err(|_| broken())?;
        let line = line.strip_suffix('\n').ok_or_else(broken)?;
        let (mut cells, mut faults) = (line.split('\t'), Vec::new());
        for (position, field) in self.schema.fields().iter().enumerate() {
            let cell = match cells.next().ok_or_else(broken)? {
                r"\N" => continue,
                cell if cell.contains('\\') => unescape(cell, &mut self.plain),
                cell => cell,
            };
            let value = parse(cell, field.kind()).unwrap_or_else(|fault| {
                faults.push(fault.column(Arc::clone(field.name())));
                Value::Text(cell)
            });
            record.set_value(position, value);
        }
        Ok(faults)
    }
}

fn parse(cell: &str, kind: Kind) -> Result<Value<'_>, Fault> {
    match (kind, cell) {
        (Kind::Bool, "t") => Ok(Value::Bool(true)),
        (Kind::Bool, "f") => Ok(Value::Bool(false)),
        _ => Value::parse(cell, kind),
    }
}

/// Undoes what the documentation of `COPY` lists: the server writes these and no others.
pub(crate) fn unescape<'p>(cell: &str, plain: &'p mut String) -> &'p str {
    plain.clear();
    let mut parts = cell.split('\\');
    plain.extend(parts.next());
    while let Some(part) = parts.next() {
        let mut rest = part.chars();
        match rest.next() {
            // Two of them stand for one: what follows the second is as it is.
            None => plain.extend(["\\", parts.next().unwrap_or_default()]),
            Some(escape) => {
                plain.push(match escape {
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'v' => '\u{b}',
                    other => other,
                });
                plain.push_str(rest.as_str());
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let undone = |cell| unescape(cell, &mut String::new()).to_owned();
        assert_eq!(undone(r"a\tb\nc\\d\\"), "a\tb\nc\\d\\");
        assert_eq!(undone(r"\\\\\\N"), r"\\\N");
        assert_eq!(undone(r"\\n\b\f\v\r"), "\\n\u{8}\u{c}\u{b}\r");
        assert_eq!(undone(r"\\王\n"), "\\王\n");
    }

    #[test]
    fn a_broken_row_ends_the_run() {
        let schema = Schema::text(["a", "b"]).unwrap();
        let fill = |line: &[u8]| RowReader::new(&schema).fill(line, &mut Record::new(schema.clone()));
        assert!(fill(b"x\ty\n").is_ok_and(|faults| faults.is_empty()));
        for broken in [&b"x\n"[..], b"x\ty", b"x\t\xff\n"] {
            let error = fill(broken).unwrap_err();
            assert_eq!(error.to_string(), "the server sent a row that is not one");
        }
    }
}
