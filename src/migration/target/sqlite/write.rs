//! A batch of changes, in one transaction.

use std::sync::Arc;

use rusqlite::{CachedStatement, Connection, Transaction, TransactionBehavior};

use super::table::Known;
use super::{Change, Outcome, TargetId};
use crate::error::{Fault, Result};
use crate::migration::target::{Op, columns};
use crate::names::quoted;
use crate::record::Record;
use crate::schema::Schema;
use crate::sink::sqlite::catalogue::{self, Declared};
use crate::sink::sqlite::exact::exact;
use crate::sink::sqlite::execute::{Failure, bind, execute, left_out, not_committed};
use crate::sqlite::{self, refused};

/// The parameter of the id; those of the record's columns follow.
const ID: usize = 1;

/// Writes a batch, and answers in its order. What is not committed when this returns is undone.
pub(super) fn write(connection: &Connection, table: &str, changes: &[Change]) -> Result<Vec<(u64, Outcome)>> {
    sqlite::writable(connection)?;
    // No other program can get into its way.
    let transaction =
        Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(refused)?;
    let known = Known::of(connection, table)?;
    let mut writer = Writer::new(connection, &known)?;
    let mut outcomes = Vec::with_capacity(changes.len());
    for change in changes {
        outcomes.push((change.token, writer.put(change)?));
    }
    drop(writer);
    connection.execute_batch("COMMIT").map_err(|error| not_committed(connection, error))?;
    drop(transaction);
    Ok(outcomes)
}

/// What a statement does. Rows are created with an id or without one.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Verb {
    Create { id: bool },
    Update,
    Delete,
}

struct Writer<'c> {
    connection: &'c Connection,
    table: &'c Known,
    /// The id's name, for faults.
    id: Arc<str>,
    triggers: bool,
    statements: Vec<Prepared<'c>>,
    /// Where a value is written that is stored as text.
    shown: String,
}

/// A statement for changes of one kind, of the same columns.
struct Prepared<'c> {
    verb: Verb,
    schema: Arc<Schema>,
    /// The table's columns, in the order of the record's.
    columns: Vec<&'c Declared>,
    statement: CachedStatement<'c>,
}

impl<'c> Writer<'c> {
    fn new(connection: &'c Connection, table: &'c Known) -> Result<Self> {
        let (id, triggers) = (table.id().name.as_str().into(), catalogue::has_triggers(connection)?);
        Ok(Writer { connection, table, id, triggers, statements: Vec::new(), shown: String::new() })
    }

    /// Does what a change says. An error ends the batch.
    fn put(&mut self, change: &Change) -> Result<Outcome> {
        let done = match &change.op {
            Op::Create(id) => self.create(id.as_ref(), &change.record),
            Op::Update(id) => self.change(Verb::Update, id, &change.record),
            Op::Delete(id) => self.change(Verb::Delete, id, &change.record),
        };
        match done {
            Ok(outcome) => Ok(outcome),
            Err(Failure::Record(fault)) => Ok(Outcome::Refused(fault)),
            Err(Failure::Run(error)) => Err(error),
        }
    }

    fn create(&mut self, id: Option<&TargetId>, record: &Record) -> Result<Outcome, Failure> {
        if id.is_none() && !self.table.gives_ids {
            let fault = Fault::new("a new row needs an id: the table gives none");
            return Err(fault.rule("key").column(Arc::clone(&self.id)).into());
        }
        match self.execute(Verb::Create { id: id.is_some() }, id, record)? {
            0 => Err(left_out().into()),
            _ => {
                let given = || TargetId::Number(self.connection.last_insert_rowid());
                Ok(Outcome::Done(id.cloned().unwrap_or_else(given)))
            }
        }
    }

    /// Changes or deletes a row.
    fn change(&mut self, verb: Verb, id: &TargetId, record: &Record) -> Result<Outcome, Failure> {
        // No row has an id that the column would change.
        if exact(id.value(), &self.table.id().of, &mut self.shown).is_err() {
            return Ok(Outcome::Gone);
        }
        match self.execute(verb, Some(id), record)? {
            0 if self.triggers && self.is_there(id)? => Err(left_out().into()),
            0 => Ok(Outcome::Gone),
            _ => Ok(Outcome::Done(id.clone())),
        }
    }

    fn is_there(&mut self, id: &TargetId) -> Result<bool, Failure> {
        let own = |error| Failure::Run(refused(error));
        let sql = format!("SELECT 1 FROM {} WHERE {}", self.table.quoted(), of_id(self.table));
        let mut statement = self.connection.prepare_cached(&sql).map_err(own)?;
        let value = (id.value(), &self.table.id().of, &self.id);
        bind(self.connection, &mut statement, ID, value, &mut self.shown)?;
        statement.raw_query().next().map(|row| row.is_some()).map_err(own)
    }

    fn execute(&mut self, verb: Verb, id: Option<&TargetId>, record: &Record) -> Result<usize, Failure> {
        let at = self.prepared(verb, record.schema()).map_err(Failure::Run)?;
        let Writer { connection, table, statements, shown, .. } = self;
        let Prepared { columns, statement, .. } = &mut statements[at];
        if let Some(id) = id {
            bind(connection, statement, ID, (id.value(), &table.id().of, &self.id), shown)?;
        }
        for (position, column) in columns.iter().enumerate() {
            let value = (record.value(position), *column, record.schema().name(position));
            bind(connection, statement, ID + 1 + position, value, shown)?;
        }
        execute(connection, statement, self.triggers)
    }

    /// The statement for a change, prepared if it is not.
    fn prepared(&mut self, verb: Verb, schema: &Arc<Schema>) -> Result<usize> {
        let of_verb = |known: &Prepared<'_>| known.verb == verb;
        let same = |known: &Prepared<'_>| of_verb(known) && Arc::ptr_eq(&known.schema, schema);
        let equal =
            |known: &Prepared<'_>| of_verb(known) && (verb == Verb::Delete || known.schema == *schema);
        let known = self.statements.iter().position(same);
        if let Some(at) = known.or_else(|| self.statements.iter().position(equal)) {
            return Ok(at);
        }
        let columns = if verb == Verb::Delete { Vec::new() } else { self.columns(schema)? };
        let sql = sql(self.table, verb, &columns);
        let statement = self.connection.prepare_cached(&sql).map_err(refused)?;
        self.statements.push(Prepared { verb, schema: Arc::clone(schema), columns, statement });
        Ok(self.statements.len() - 1)
    }

    /// The columns that a record fills.
    fn columns(&self, schema: &Schema) -> Result<Vec<&'c Declared>> {
        let Known { columns, .. } = self.table;
        let filled = columns::filled(columns, self.table.id(), schema, str::eq_ignore_ascii_case)?;
        Ok(filled.into_iter().map(|column| &column.of).collect())
    }
}

/// The statement of a change. `OR ABORT` stands before what the table itself says: a constraint of
/// it that replaces other rows, or ignores the new one, would do so silently.
fn sql(table: &Known, verb: Verb, columns: &[&Declared]) -> String {
    let name = table.quoted();
    let values = || columns.iter().enumerate().map(|(at, column)| (quoted(&column.name), ID + 1 + at));
    match verb {
        Verb::Create { id } => {
            let id = id.then(|| (quoted(&table.id().name), ID));
            let (names, values): (Vec<_>, Vec<_>) =
                id.into_iter().chain(values()).map(|(name, number)| (name, format!("?{number}"))).unzip();
            match names.as_slice() {
                [] => format!("INSERT OR ABORT INTO {name} DEFAULT VALUES"),
                _ => format!(
                    "INSERT OR ABORT INTO {name} ({}) VALUES ({})",
                    names.join(", "),
                    values.join(", ")
                ),
            }
        }
        Verb::Update => {
            let sets: Vec<_> = values().map(|(name, number)| format!("{name} = ?{number}")).collect();
            let id = quoted(&table.id().name);
            let sets = if sets.is_empty() { format!("{id} = {id}") } else { sets.join(", ") };
            format!("UPDATE OR ABORT {name} SET {sets} WHERE {}", of_id(table))
        }
        Verb::Delete => format!("DELETE FROM {name} WHERE {}", of_id(table)),
    }
}

/// The row of an id, where an index of another collation may find more.
fn of_id(table: &Known) -> String {
    let id = quoted(&table.id().name);
    format!("{id} = ?{ID} AND {id} = ?{ID} COLLATE BINARY")
}
