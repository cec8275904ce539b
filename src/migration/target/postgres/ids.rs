//! The ids of new rows, and the sequence that others take theirs from.

use ::postgres::Client;

use super::table::Known;
use crate::error::Result;
use crate::migration::target::{TargetId, columns};
use crate::names::quoted;
use crate::postgres::failure;
use crate::schema::Kind;

/// The numbers behind the greatest that is there.
pub(super) fn next(client: &mut Client, table: &Known, count: usize) -> Result<Option<Vec<TargetId>>> {
    if table.id().of.kind != Kind::Int {
        return Ok(None);
    }
    let sql = format!("SELECT max({})::bigint FROM {}", quoted(&table.id().name), table.quoted);
    let row = client.query_one(&sql, &[]).map_err(|error| failure("cannot read the ids", error))?;
    let greatest: Option<i64> = row.get(0);
    Ok(Some(columns::behind(greatest.unwrap_or(0), count)?))
}

/// Ids that the database gives rows that come without one; none where it gives none.
pub(super) fn given(client: &mut Client, table: &Known, count: usize) -> Result<Vec<TargetId>> {
    let unable = |error| failure("cannot ask for ids", error);
    let default = match sequence(client, table, true)? {
        Some(sequence) => Some(format!("pg_catalog.nextval({})", literal(&sequence))),
        None => {
            let sql = "SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d \
                JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum \
                WHERE d.adrelid = $1 AND a.attname = $2 AND a.attgenerated = ''";
            let row = client.query_opt(sql, &[&table.oid, &table.id().name]).map_err(unable)?;
            row.and_then(|row| row.get(0))
        }
    };
    let Some(default) = default else { return Ok(Vec::new()) };
    let sql = format!("SELECT ({default})::text FROM pg_catalog.generate_series(1, $1::bigint)");
    let rows = client.query(&sql, &[&i64::try_from(count).unwrap_or(i64::MAX)]).map_err(unable)?;
    let ids = rows.iter().map(|row| row.get::<_, Option<&str>>(0).map(TargetId::parse));
    Ok(ids.collect::<Option<Vec<_>>>().unwrap_or_default())
}

/// Has the sequence of the ids go on behind a number, so that nobody else is given it.
pub(super) fn move_on(client: &mut Client, table: &Known, greatest: Option<i64>) -> Result<()> {
    let Some(greatest) = greatest.filter(|_| table.id().of.kind == Kind::Int) else { return Ok(()) };
    let Some(sequence) = sequence(client, table, false)? else { return Ok(()) };
    let sql = format!(
        "SELECT pg_catalog.setval({}, $1) FROM {sequence} \
         WHERE last_value < $1 OR last_value = $1 AND NOT is_called",
        literal(&sequence)
    );
    client
        .execute(&sql, &[&greatest])
        .map(drop)
        .map_err(|error| failure("cannot move the sequence on", error))
}

/// The sequence that the id's column has for itself or, unless only that is asked for, takes its
/// default from: its name in SQL.
fn sequence(client: &mut Client, table: &Known, own: bool) -> Result<Option<String>> {
    let sql = "SELECT coalesce(pg_catalog.pg_get_serial_sequence(a.attrelid::regclass::text, a.attname), \
        (SELECT d.refobjid::regclass::text FROM pg_catalog.pg_attrdef e \
        JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = e.oid \
        AND d.refclassid = 'pg_catalog.pg_class'::regclass \
        JOIN pg_catalog.pg_class s ON s.oid = d.refobjid AND s.relkind = 'S' \
        WHERE NOT $3 AND e.adrelid = a.attrelid AND e.adnum = a.attnum LIMIT 1)) \
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1 AND a.attname = $2";
    let row = client
        .query_one(sql, &[&table.oid, &table.id().name, &own])
        .map_err(|error| failure("cannot look for the sequence", error))?;
    Ok(row.get(0))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
