//! The table that is written into: its columns, and whether records fit them.

use std::sync::Arc;

use ::postgres::Client;
use ::postgres::types::Type;

use super::encode::Fit;
use crate::error::{Error, Fault, Result};
use crate::names::quoted;
use crate::postgres::{Relation, failure, qualified};
use crate::record::{Record, Value};
use crate::schema::{Field, Kind, Schema, list};
use crate::sink::table::{Column, Mode, Table, placed};
use crate::source::postgres::kind;

/// A table, and the columns of it that records fill, in their order.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Its name in SQL.
    pub table: String,
    pub fills: Vec<Fill>,
    /// The positions of the key's columns; none for plain inserts.
    pub key: Vec<usize>,
}

/// A column that records fill.
#[derive(Debug, Clone)]
pub(super) struct Fill {
    pub name: Arc<str>,
    pub fit: Fit,
}

/// The type of a column of the catalogue.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub fit: Fit,
    /// The kind of its values, once they are read.
    pub kind: Kind,
    /// The type in SQL.
    pub shown: String,
    /// The type behind it, where there is one with a number of its own: a domain is another's.
    pub base: Option<Type>,
    pub modifier: i32,
}

/// The longest name that PostgreSQL keeps, in bytes; it cuts longer ones without a word.
const MAX_NAME: usize = 63;

/// Makes sure that names are kept as they are.
fn check_names<'n>(mut names: impl Iterator<Item = &'n str>) -> Result<()> {
    match names.find(|name| name.len() > MAX_NAME) {
        None => Ok(()),
        Some(name) => {
            let message = format!("PostgreSQL keeps names of {MAX_NAME} bytes at most, and not `{name}`");
            Err(Error::bind(message))
        }
    }
}

impl Target {
    /// The table, if it is there, once its columns have been checked.
    pub fn find(client: &mut Client, table: &Table, schema: &Schema) -> Result<Option<Target>> {
        let within = table.schema.as_deref();
        let found = match table.create {
            true => Relation::find(client, within, &table.name)?,
            false => Some(Relation::get(client, within, &table.name)?),
        };
        let Some(relation) = found else {
            check_names(schema.names().chain([table.name.as_str()]))?;
            return Ok(None);
        };
        if !b"rpf".contains(&(relation.kind as u8)) {
            return Err(Error::bind("it is not a table"));
        }
        let known = columns(client, relation.oid, &table.mode)?;
        let places = placed(table, &known, schema, str::to_owned)?;
        check_key(client, relation.oid, table.mode.key())?;
        let fields = schema.fields().iter().zip(places.into_iter().map(|place| &known[place].of));
        let fills = fields.map(|(field, column)| fill(field, column)).collect::<Result<_>>()?;
        Ok(Some(Target::new(table, schema, fills)?))
    }

    /// The statement that makes the table of the columns of the records, and the table as it is
    /// then. Whether times have an offset is seen from the first record.
    pub fn create(table: &Table, schema: &Schema, first: Option<&Record>) -> Result<(String, Target)> {
        let (mut columns, mut fills) = (Vec::new(), Vec::new());
        for (position, field) in schema.fields().iter().enumerate() {
            let value = first.map_or(Value::Null, |record| record.value(position));
            let zoned = matches!(value, Value::DateTime(time) if time.offset().is_some());
            let (name, fit) = new_type(field.kind(), zoned);
            columns.push(format!("{} {name}", quoted(field.name())));
            fills.push(Fill { name: Arc::clone(field.name()), fit });
        }
        let target = Target::new(table, schema, fills)?;
        if !target.key.is_empty() {
            columns.push(format!("PRIMARY KEY ({})", target.names(&target.key)));
        }
        Ok((format!("CREATE TABLE {} ({})", target.table, columns.join(", ")), target))
    }

    fn new(table: &Table, schema: &Schema, fills: Vec<Fill>) -> Result<Target> {
        let key = schema.indexes(table.mode.key())?;
        Ok(Target { table: qualified(table.schema.as_deref(), &table.name), fills, key })
    }

    /// The names of columns in SQL, joined.
    pub fn names(&self, positions: &[usize]) -> String {
        let names = positions.iter().map(|position| quoted(&self.fills[*position].name));
        names.collect::<Vec<_>>().join(", ")
    }
}

impl Fill {
    /// Appends the value of a record, or says why the column does not take it.
    pub fn encode(&self, record: &Record, position: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.fit.encode(record.value(position), out).map_err(|fault| fault.column(Arc::clone(&self.name)))
    }
}

fn fill(field: &Field, column: &Typed) -> Result<Fill> {
    let (name, kind) = (field.name(), field.kind());
    match column.fit.takes(kind) {
        true => Ok(Fill { name: Arc::clone(name), fit: column.fit }),
        false => {
            let shown = &column.shown;
            Err(Error::bind(format!("column `{name}` is of the type {shown}, which takes no {kind}")))
        }
    }
}

/// The columns of a table, in its order.
pub(crate) fn columns(client: &mut Client, table: u32, mode: &Mode) -> Result<Vec<Column<Typed>>> {
    let sql = "SELECT a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), \
        CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END, \
        CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END, \
        (a.attnotnull OR t.typnotnull) AND NOT a.atthasdef AND t.typdefault IS NULL AND a.attidentity = '', \
        a.attgenerated <> '', a.attidentity = 'a' \
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
        WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    let rows = client.query(sql, &[&table]).map_err(|error| failure("cannot read the columns", error))?;
    let columns = rows.iter().map(|row| {
        let (name, shown): (String, String) = (row.get(0), row.get(1));
        let (base, modifier) = (Type::from_oid(row.get(2)), row.get(3));
        let fit = base.as_ref().map_or(Fit::Text, |base| fit(base, modifier));
        let kind = base.as_ref().map_or(Kind::Text, kind);
        // Whoever only updates does not write the key, and may go by an identity.
        let only_read = matches!(mode, Mode::Update(key) if key.iter().any(|key| **key == *name));
        let identity = row.get::<_, bool>(6) && !only_read;
        Column {
            name,
            required: row.get(4),
            generated: row.get::<_, bool>(5) || identity,
            of: Typed { fit, kind, shown, base, modifier },
        }
    });
    Ok(columns.collect())
}

/// What a column of a type takes; the modifier holds the digits of a `numeric`, and of seconds.
fn fit(of: &Type, modifier: i32) -> Fit {
    match *of {
        Type::BOOL => Fit::Bool,
        Type::INT2 => Fit::Int { least: i16::MIN.into(), most: i16::MAX.into() },
        Type::INT4 => Fit::Int { least: i32::MIN.into(), most: i32::MAX.into() },
        Type::INT8 => Fit::Int { least: i64::MIN, most: i64::MAX },
        Type::NUMERIC => Fit::Numeric { scale: scale(modifier) },
        Type::FLOAT4 => Fit::Float { single: true },
        Type::FLOAT8 => Fit::Float { single: false },
        Type::DATE => Fit::Date,
        Type::TIMESTAMP => Fit::Timestamp { zoned: false, step: step(modifier) },
        Type::TIMESTAMPTZ => Fit::Timestamp { zoned: true, step: step(modifier) },
        _ => Fit::Text,
    }
}

/// The digits after the point: the lower eleven bits above the header's four, signed. A
/// negative number of them rounds to tens or hundreds, which nobody has asked for here.
fn scale(modifier: i32) -> Option<usize> {
    let bits = modifier.checked_sub(4).filter(|bits| *bits >= 0)? & 0x7ff;
    Some(if bits < 0x400 { bits as usize } else { 0 })
}

/// The microseconds that a time is rounded to: the modifier is the digits of its seconds.
fn step(modifier: i32) -> i64 {
    let digits = u32::try_from(modifier).unwrap_or(6).min(6);
    10i64.pow(6 - digits)
}

/// The type of a new column, in SQL and as what it takes.
fn new_type(kind: Kind, zoned: bool) -> (&'static str, Fit) {
    match kind {
        Kind::Text | Kind::Any => ("text", Fit::Text),
        Kind::Bool => ("boolean", Fit::Bool),
        Kind::Int => ("bigint", Fit::Int { least: i64::MIN, most: i64::MAX }),
        Kind::Float => ("double precision", Fit::Float { single: false }),
        Kind::Decimal => ("numeric", Fit::Numeric { scale: None }),
        Kind::Date => ("date", Fit::Date),
        Kind::DateTime if zoned => ("timestamptz", Fit::Timestamp { zoned, step: 1 }),
        Kind::DateTime => ("timestamp", Fit::Timestamp { zoned, step: 1 }),
    }
}

/// A key finds one row at most: the columns of a unique constraint or index.
fn check_key(client: &mut Client, table: u32, key: &[Arc<str>]) -> Result<()> {
    if key.is_empty() {
        return Ok(());
    }
    let sql = "SELECT ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a \
        WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) \
        FROM pg_catalog.pg_index i WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid \
        AND i.indpred IS NULL AND i.indexprs IS NULL";
    let rows = client.query(sql, &[&table]).map_err(|error| failure("cannot read the indexes", error))?;
    let is_key = |columns: Vec<String>| {
        columns.len() == key.len() && columns.iter().all(|column| key.iter().any(|key| **key == **column))
    };
    match rows.iter().any(|row| is_key(row.get(0))) {
        true => Ok(()),
        false => {
            let names = list(key.iter().map(|name| &**name));
            Err(Error::bind(format!("the key ({names}) has no unique constraint in the table")))
        }
    }
}
