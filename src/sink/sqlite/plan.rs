//! What is to be written where, settled before the first record.

use rusqlite::Connection;

use super::catalogue::{self, Declared};
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::names::quoted;
use crate::schema::{Kind, Schema};
use crate::sink::table::{Mode, Table, placed};
use crate::sqlite::{self, refused};

/// A table that is there, the columns of it that the records fill, and how.
#[derive(Debug)]
pub(super) struct Plan {
    table: String,
    /// In the order of the columns of the records.
    columns: Vec<Declared>,
    mode: Mode,
    /// Where in the records the key is, and by which collation SQLite tells its values apart.
    key: Vec<(usize, String)>,
    write_nulls: bool,
    triggers: bool,
}

impl Plan {
    /// Makes the table, if it is to be made.
    pub fn make(connection: &Connection, table: &Table, schema: &Schema) -> Result<Self> {
        if table.create && !catalogue::has(connection, &table.name)? {
            connection.execute_batch(&create(table, schema)?).map_err(refused)?;
        }
        Plan::of(connection, table, schema)
    }

    /// Says whether the records fit, and leaves the database alone: a table that
    /// is to be made is made in memory.
    pub fn check(connection: &Connection, table: &Table, schema: &Schema) -> Result<()> {
        sqlite::writable(connection)?;
        if let Some(schema) = table.schema.as_deref().filter(|schema| !schema.eq_ignore_ascii_case("main")) {
            return Err(Error::bind(format!(
                "no schema `{schema}`: a file of SQLite has one, called `main`"
            )));
        }
        let memory;
        let connection = match table.create && !catalogue::has(connection, &table.name)? {
            true => {
                memory = Connection::open_in_memory().map_err(refused)?;
                &memory
            }
            false => connection,
        };
        let plan = Plan::make(connection, table, schema)?;
        Writer::new(connection, &plan).map(drop)
    }

    fn of(connection: &Connection, table: &Table, schema: &Schema) -> Result<Self> {
        let name = sqlite::find_table(connection, &table.name)?;
        let there = catalogue::columns(connection, &name)?;
        let placed = placed(table, &there, schema, str::to_ascii_lowercase)?;
        let columns: Vec<Declared> = placed.iter().map(|place| there[*place].of.clone()).collect();
        for (field, column) in schema.fields().iter().zip(&columns) {
            column.check(field.kind())?;
        }
        let places = schema.indexes(table.mode.key())?;
        let names: Vec<&str> = places.iter().map(|place| &*columns[*place].name).collect();
        let collations = catalogue::collations(connection, &name, &names)?;
        let key = places.into_iter().zip(collations).collect();
        let triggers = catalogue::has_triggers(connection)?;
        let (mode, write_nulls) = (table.mode.clone(), table.write_nulls);
        Ok(Plan { table: name, columns, mode, key, write_nulls, triggers })
    }

    /// The table's name as the database has it.
    pub fn table(&self) -> &str {
        &self.table
    }

    pub fn columns(&self) -> &[Declared] {
        &self.columns
    }

    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Whether more happens on a change than is asked for.
    pub fn has_triggers(&self) -> bool {
        self.triggers
    }

    /// Where in the records the key is.
    pub fn key(&self) -> impl Iterator<Item = usize> {
        self.key.iter().map(|(place, _)| *place)
    }

    /// The columns beside the key.
    pub fn rest(&self) -> impl Iterator<Item = usize> {
        (0..self.columns.len()).filter(|place| self.key().all(|key| key != *place))
    }

    // A value is bound to the number of its column in the records, from 1. `OR
    // ABORT` stands before what the table itself says: a constraint of it that
    // replaces other rows, or ignores the new one, would do so silently.

    pub fn insert(&self) -> String {
        let names = self.columns.iter().map(|column| quoted(&column.name));
        let values = (1..=self.columns.len()).map(|number| format!("?{number}"));
        let (names, values) = (joined(names, ", "), joined(values, ", "));
        format!("INSERT OR ABORT INTO {} ({names}) VALUES ({values})", quoted(&self.table))
    }

    /// Finds the row of a key, and says whether it is as the record says already.
    pub fn find(&self) -> String {
        let same = self.rest().map(|place| {
            let same = format!("{} IS ?{} COLLATE BINARY", self.name(place), place + 1);
            if self.write_nulls { same } else { format!("(?{} IS NULL OR {same})", place + 1) }
        });
        let same = match self.mode {
            Mode::Skip(_) => "1".to_owned(),
            _ => joined(same.chain(["1".to_owned()]), " AND "),
        };
        format!("SELECT {same} FROM {} WHERE {}", quoted(&self.table), self.of_key())
    }

    pub fn update(&self) -> String {
        let values = self.rest().map(|place| match self.write_nulls {
            true => format!("{} = ?{}", self.name(place), place + 1),
            false => format!("{0} = coalesce(?{1}, {0})", self.name(place), place + 1),
        });
        let values = joined(values, ", ");
        format!("UPDATE OR ABORT {} SET {values} WHERE {}", quoted(&self.table), self.of_key())
    }

    fn of_key(&self) -> String {
        let equal = self.key.iter().map(|(place, collation)| {
            format!("{} = ?{} COLLATE {}", self.name(*place), place + 1, quoted(collation))
        });
        joined(equal, " AND ")
    }

    fn name(&self, place: usize) -> String {
        quoted(&self.columns[place].name)
    }
}

fn joined(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    parts.into_iter().collect::<Vec<_>>().join(between)
}

/// The statement that makes the table of the columns of the records.
fn create(table: &Table, schema: &Schema) -> Result<String> {
    if schema.is_empty() {
        return Err(Error::bind("a table needs at least one column"));
    }
    schema.indexes(table.mode.key())?;
    let columns = schema.fields().iter().map(|field| {
        let name = quoted(field.name());
        match (table.mode.key().contains(field.name()), field.kind()) {
            // One file has the key as a number, the next the same key as text.
            (true, Kind::Any) => format!("{name} {} NOT NULL", sqlite::declared(Kind::Text)),
            (true, kind) => format!("{name} {} NOT NULL", sqlite::declared(kind)),
            (false, kind) => format!("{name} {}", sqlite::declared(kind)),
        }
    });
    let key = joined(table.mode.key().iter().map(|name| quoted(name)), ", ");
    let key = (!key.is_empty()).then(|| format!("PRIMARY KEY ({key})"));
    Ok(format!("CREATE TABLE {} ({})", quoted(&table.name), joined(columns.chain(key), ", ")))
}
