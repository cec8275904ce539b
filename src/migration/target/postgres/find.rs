//! Rows of some values.

use ::postgres::Client;
use ::postgres::types::Type;

use super::read;
use super::table::{Known, is_text};
use crate::error::Result;
use crate::migration::target::EachRow;
use crate::names::quoted;
use crate::postgres::failure;
use crate::record::Value;
use crate::schema::Kind;
use crate::sink::postgres::encode::Fit;
use crate::sink::postgres::target::Typed;
use crate::sink::table::Column;

/// Gives the rows in which a column holds one of some values.
pub(super) fn find(
    client: &mut Client,
    table: &Known,
    columns: &[&str],
    (column, values): (&str, &[Value<'_>]),
    each: &mut EachRow<'_>,
) -> Result<()> {
    let schema = table.schema(columns)?;
    let sought = table.column(column)?;
    let comparison = Comparison::of(client, table, sought)?;
    let mut list = String::new();
    for text in values.iter().filter_map(|value| written(*value, &sought.of)) {
        push(&text, &mut list);
    }
    if list.is_empty() {
        return Ok(());
    }
    let condition = format!(" WHERE {} = ANY ('{{{list}}}'::{}[])", comparison.column, comparison.of);
    read::rows(client, &table.select(&schema, &condition), &schema, each)
}

/// How the values of a column are told apart.
struct Comparison {
    /// The column in SQL.
    column: String,
    /// The type by which values are compared.
    of: String,
}

impl Comparison {
    fn of(client: &mut Client, table: &Known, column: &Column<Typed>) -> Result<Self> {
        let name = quoted(&column.name);
        let plain = |of: &Type| Comparison { column: name.clone(), of: of.name().to_owned() };
        let by_text = |column: String| Comparison { column, of: "text".to_owned() };
        Ok(match &column.of.base {
            Some(_) if is_text(&column.of) => match is_exact(client, table, &column.name)? {
                true => by_text(name),
                false => by_text(format!("{name} COLLATE \"C\"")),
            },
            Some(base @ (Type::BPCHAR | Type::UUID)) => plain(base),
            Some(base) if column.of.fit != Fit::Text => plain(base),
            // Whatever the type takes for equal, or cannot compare at all.
            _ => by_text(format!("{name}::text COLLATE \"C\"")),
        })
    }
}

/// Whether the collation of a column tells all texts apart.
pub(super) fn is_exact(client: &mut Client, table: &Known, column: &str) -> Result<bool> {
    let sql = "SELECT c.collisdeterministic FROM pg_catalog.pg_attribute a \
        JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation WHERE a.attrelid = $1 AND a.attname = $2";
    let row = client
        .query_opt(sql, &[&table.oid, &column])
        .map_err(|error| failure("cannot read the collations", error))?;
    Ok(row.is_none_or(|row| row.get(0)))
}

/// A value as the server reads it, if the column can hold it.
fn written(value: Value<'_>, of: &Typed) -> Option<String> {
    let text = match (of.fit, value) {
        (_, Value::Null) => return None,
        (Fit::Text, value) => value.to_string(),
        // The server takes `yes` and more for true, and others for no value at all.
        (Fit::Bool, Value::Text(text)) => Value::parse(text, Kind::Bool).ok()?.to_string(),
        (fit, value) => {
            let mut text = Vec::new();
            fit.encode(value, &mut text).ok()?;
            String::from_utf8(text).ok()?
        }
    };
    let fits = match of.base {
        Some(Type::UUID) => is_uuid(&text),
        _ => !text.contains('\0'),
    };
    fits.then_some(text)
}

/// Whether a text is an id as the server writes it.
fn is_uuid(text: &str) -> bool {
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let right = |(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { hex(byte) };
    text.len() == 36 && text.bytes().enumerate().all(right)
}

/// Appends a text to a list that stands between the quotes of SQL.
fn push(text: &str, list: &mut String) {
    list.push_str(if list.is_empty() { "\"" } else { ",\"" });
    for c in text.chars() {
        match c {
            '"' | '\\' => list.extend(['\\', c]),
            '\'' => list.push_str("''"),
            c => list.push(c),
        }
    }
    list.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_list() {
        let mut list = String::new();
        for text in ["a", "'", "\"", "\\", ",", "}"] {
            push(text, &mut list);
        }
        assert_eq!(list, r#""a","''","\"","\\",",","}""#);
    }

    #[test]
    fn an_id_is_one_as_the_server_writes_it() {
        assert!(is_uuid("0b8fd1d4-3b3e-4c0e-9a0e-0123456789ab"));
        assert!(!is_uuid("0B8FD1D4-3b3e-4c0e-9a0e-0123456789ab"));
        assert!(!is_uuid("0b8fd1d43b3e4c0e9a0e0123456789ab"));
    }
}
