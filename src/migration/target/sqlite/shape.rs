//! What a table has and takes, as it is declared.

use rusqlite::Connection;

use super::table::{Known, strings};
use super::{TableShape, refused};
use crate::error::Result;
use crate::migration::target::TargetColumn;
use crate::migration::target::columns::unquoted;
use crate::schema::Kind;

/// What is to be known of a table before anything is written.
pub(super) fn describe(connection: &Connection, table: &Known) -> Result<TableShape> {
    let unique = unique(connection, &table.name)?;
    let mut defaults = defaults(connection, &table.name)?;
    let columns = table.columns.iter().map(|column| {
        let given = defaults.iter().position(|(name, _)| *name == column.name);
        let given = given.and_then(|at| defaults.swap_remove(at).1);
        let kind = column.of.kind;
        let default = given.as_deref().map_or(Given::Literal(None), |sql| read_default(sql, kind));
        let (default, own_default) = match default {
            Given::Literal(text) => (text, false),
            Given::Computed => (None, true),
        };
        TargetColumn {
            name: column.name.as_str().into(),
            kind,
            required: column.required && !table.is_id(column),
            max_chars: max_chars(&column.of.written).filter(|_| kind == Kind::Text),
            unique: table.is_id(column) || unique.contains(&column.name),
            default,
            own_default: own_default || table.is_id(column) && table.gives_ids,
            computed: column.generated,
        }
    });
    let columns = columns.collect();
    Ok(TableShape { table: table.name.as_str().into(), id: table.id().name.as_str().into(), columns })
}

/// What a new row has in a column that it says nothing of.
#[derive(Debug, PartialEq)]
enum Given {
    Literal(Option<String>),
    /// Whatever an expression gives then.
    Computed,
}

/// A default as it is declared, if it is a literal.
fn read_default(sql: &str, kind: Kind) -> Given {
    let sql = sql.trim();
    if let Some(text) = unquoted(sql, "'").or_else(|| unquoted(sql, "\"")) {
        return Given::Literal(Some(text));
    }
    let number = sql.strip_prefix('+').unwrap_or(sql);
    match sql.to_ascii_lowercase().as_str() {
        "null" => Given::Literal(None),
        "true" | "1" if kind == Kind::Bool => Given::Literal(Some("true".to_owned())),
        "false" | "0" if kind == Kind::Bool => Given::Literal(Some("false".to_owned())),
        "true" => Given::Literal(Some("1".to_owned())),
        "false" => Given::Literal(Some("0".to_owned())),
        _ if number.parse::<f64>().is_ok_and(f64::is_finite) => Given::Literal(Some(number.to_owned())),
        _ => Given::Computed,
    }
}

/// The length of `VARCHAR(80)` and the like.
fn max_chars(written: &str) -> Option<usize> {
    let (name, rest) = written.split_once('(')?;
    let (length, _) = rest.split_once(')')?;
    let is_text = name.to_ascii_uppercase().contains("CHAR");
    length.trim().parse().ok().filter(|_| is_text)
}

fn defaults(connection: &Connection, table: &str) -> Result<Vec<(String, Option<String>)>> {
    let sql = "SELECT name, dflt_value FROM pragma_table_xinfo(?1)";
    let read = || {
        let mut statement = connection.prepare(sql)?;
        let defaults = statement.query_map([table], |row| row.try_into())?;
        defaults.collect::<rusqlite::Result<_>>()
    };
    read().map_err(refused)
}

/// The columns that have a unique constraint for themselves.
fn unique(connection: &Connection, table: &str) -> Result<Vec<String>> {
    let sql = "SELECT max(x.name) FROM pragma_index_list(?1) l, pragma_index_xinfo(l.name) x \
               WHERE l.\"unique\" AND NOT l.partial AND x.key \
               GROUP BY l.name HAVING count(*) = 1 AND count(x.name) = 1";
    strings(connection, sql, table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_read_where_they_are_literals() {
        let literal = |text: &str| Given::Literal(Some(text.to_owned()));
        for (sql, kind, expected) in [
            ("'it''s'", Kind::Text, literal("it's")),
            ("\"new\"", Kind::Text, literal("new")),
            ("''", Kind::Text, literal("")),
            ("0.50", Kind::Decimal, literal("0.50")),
            ("-1", Kind::Int, literal("-1")),
            ("+1", Kind::Int, literal("1")),
            ("FALSE", Kind::Bool, literal("false")),
            ("1", Kind::Bool, literal("true")),
            ("TRUE", Kind::Int, literal("1")),
            ("NULL", Kind::Text, Given::Literal(None)),
            ("CURRENT_TIMESTAMP", Kind::DateTime, Given::Computed),
            ("inf", Kind::Float, Given::Computed),
            ("'a' || 'b'", Kind::Text, Given::Computed),
            ("x'00'", Kind::Any, Given::Computed),
        ] {
            assert_eq!(read_default(sql, kind), expected, "{sql}");
        }
    }

    #[test]
    fn lengths_are_those_of_texts() {
        for (written, expected) in [
            ("VARCHAR(80)", Some(80)),
            ("nchar ( 3 )", Some(3)),
            ("CHARACTER VARYING(20) ", Some(20)),
            ("DECIMAL(10,2)", None),
            ("TEXT", None),
        ] {
            assert_eq!(max_chars(written), expected, "{written}");
        }
    }
}
