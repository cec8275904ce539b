//! Rows out of a table, by `COPY`.

use std::io::BufRead;
use std::sync::Arc;

use ::postgres::Client;

use super::table::Known;
use crate::error::{Error, Result};
use crate::migration::target::EachRow;
use crate::postgres::failure;
use crate::record::Record;
use crate::schema::Schema;
use crate::source::postgres::lost;
use crate::source::postgres::row::{RowReader, unescape};

/// Gives every row in the order of the ids.
pub(super) fn scan(
    client: &mut Client,
    table: &Known,
    columns: &[&str],
    each: &mut EachRow<'_>,
) -> Result<()> {
    let schema = table.schema(columns)?;
    rows(client, &table.select(&schema, ""), &schema, each)
}

/// Gives the rows of a query, whose first column is the id and whose others are those of the schema.
pub(super) fn rows(
    client: &mut Client,
    select: &str,
    schema: &Arc<Schema>,
    each: &mut EachRow<'_>,
) -> Result<()> {
    let copy = format!("COPY ({select}) TO STDOUT");
    let mut stream = client.copy_out(&copy).map_err(|error| failure("cannot read", error))?;
    let mut record = Record::new(Arc::clone(schema));
    let (mut rows, mut line, mut plain) = (RowReader::new(schema), Vec::new(), String::new());
    loop {
        line.clear();
        // In this format a line break within a value is escaped.
        if stream.read_until(b'\n', &mut line).map_err(lost)? == 0 {
            return Ok(());
        }
        record.reset(schema);
        let (id, rest) = split(&line)?;
        // A value that its kind does not have, such as a time that is infinite, is there as text.
        rows.fill(rest, &mut record)?;
        record.set_key_text(unescape(id, &mut plain));
        each(&record)?;
    }
}

/// The id of a row, and the rest of its line.
fn split(line: &[u8]) -> Result<(&str, &[u8])> {
    let end = line.iter().position(|byte| matches!(byte, b'\t' | b'\n'));
    let id = end.and_then(|end| {
        let rest = if line[end] == b'\t' { &line[end + 1..] } else { &line[end..] };
        Some((simdutf8::basic::from_utf8(&line[..end]).ok()?, rest))
    });
    id.ok_or_else(|| Error::format("the server sent a row that is not one"))
}
