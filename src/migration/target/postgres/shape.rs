//! What a table has and takes, by the catalogue.

use std::collections::{HashMap, HashSet};

use ::postgres::Client;
use ::postgres::types::Type;

use super::table::Known;
use crate::error::Result;
use crate::migration::target::columns::unquoted;
use crate::migration::target::{TableShape, TargetColumn};
use crate::postgres::failure;
use crate::sink::postgres::target::Typed;

/// What is to be known of a table before anything is written.
pub(super) fn describe(client: &mut Client, table: &Known) -> Result<TableShape> {
    let (unique, defaults) = (unique(client, table.oid)?, defaults(client, table.oid)?);
    let columns = table.columns.iter().map(|column| {
        let given = defaults.get(&column.name);
        let default = given.and_then(|sql| read_default(sql));
        TargetColumn {
            name: column.name.as_str().into(),
            kind: column.of.kind,
            required: column.required && !table.is_id(column),
            max_chars: max_chars(&column.of),
            unique: table.is_id(column) || unique.contains(&column.name),
            own_default: given.is_some_and(|sql| default.is_none() && !sql.starts_with("NULL::")),
            default,
            computed: column.generated,
        }
    });
    let columns = columns.collect();
    Ok(TableShape { table: table.name.clone(), id: table.id().name.as_str().into(), columns })
}

/// The length of `varchar(80)` and `char(3)`, which stands behind a header of four.
fn max_chars(of: &Typed) -> Option<usize> {
    let limited = matches!(of.base, Some(Type::VARCHAR | Type::BPCHAR));
    usize::try_from(of.modifier).ok()?.checked_sub(4).filter(|_| limited)
}

/// A default, if it is a literal, with or without its type.
fn read_default(sql: &str) -> Option<String> {
    if let Some(end) = sql.rfind('\'') {
        let (text, of) = sql.split_at(end + 1);
        let is_type = of.is_empty() || of.starts_with("::") && !of.contains(['|', '+', '-', '*']);
        return unquoted(text, "'").filter(|_| is_type);
    }
    let literal = matches!(sql, "true" | "false") || sql.parse::<f64>().is_ok_and(f64::is_finite);
    literal.then(|| sql.to_owned())
}

/// The defaults in SQL, by column; what an identity gives is none that is known.
fn defaults(client: &mut Client, table: u32) -> Result<HashMap<String, String>> {
    let sql = "SELECT a.attname::text, coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), t.typdefault, 'identity') \
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
        WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' \
        AND (d.oid IS NOT NULL OR t.typdefault IS NOT NULL OR a.attidentity <> '')";
    let rows = client.query(sql, &[&table]).map_err(|error| failure("cannot read the defaults", error))?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The columns that have a unique constraint or index for themselves.
fn unique(client: &mut Client, table: u32) -> Result<HashSet<String>> {
    let sql = "SELECT a.attname::text FROM pg_catalog.pg_index i \
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
        WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 \
        AND i.indpred IS NULL AND i.indexprs IS NULL";
    let rows = client.query(sql, &[&table]).map_err(|error| failure("cannot read the indexes", error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_read_where_they_are_literals() {
        for (sql, expected) in [
            ("'new'::character varying", Some("new")),
            ("'it''s'::text", Some("it's")),
            ("''::text", Some("")),
            ("'-1'::integer", Some("-1")),
            ("0", Some("0")),
            ("0.50", Some("0.50")),
            ("false", Some("false")),
            ("'2024-02-29'::date", Some("2024-02-29")),
            ("'0'::numeric(10,2)", Some("0")),
            ("NULL::text", None),
            ("now()", None),
            ("nextval('t_id_seq'::regclass)", None),
            ("('a'::text || 'b'::text)", None),
            ("identity", None),
            ("(1 + 2)", None),
            ("CURRENT_TIMESTAMP", None),
        ] {
            assert_eq!(read_default(sql).as_deref(), expected, "{sql}");
        }
    }
}
