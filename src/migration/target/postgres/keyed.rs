//! Rows that are there, changed or deleted by way of a table of the session's own.

use std::ops::Range;
use std::sync::Arc;

use ::postgres::{Client, Statement};

use super::find::is_exact;
use super::group::{Group, Verb};
use super::table::{Known, is_text};
use super::write::{Batch, Columns, Rows};
use crate::error::{Fault, Result};
use crate::migration::target::{Op, Outcome};
use crate::names::quoted;
use crate::postgres::failure;
use crate::sink::postgres::halves::{self, Attempt, Trouble, left_out};

/// The rows of a group, before they go where they belong.
const BATCH: &str = "pg_temp.handover_changes";

/// Changes or deletes the rows of a group.
pub(super) fn write(client: &mut Client, batch: Batch<'_>, group: &Group<'_>) -> Result<()> {
    let Batch { table, changes, outcomes } = batch;
    let columns = Columns::of(table, group)?;
    let mut rows = Rows::default();
    for &place in &group.places {
        let (Op::Create(Some(id)) | Op::Update(id) | Op::Delete(id)) = &changes[place].op else { continue };
        let mut key = Vec::new();
        if columns.id.of.fit.encode(id.value(), &mut key).is_err() {
            // No row has an id that the column would change.
            outcomes[place] = Outcome::Gone;
            continue;
        }
        let added = rows.lines.add(|line| {
            line.extend_from_slice(format!("{}\t", rows.of.len()).as_bytes());
            line.extend_from_slice(&key);
            columns.encode(&changes[place].record, line)
        });
        match added {
            Ok(()) => rows.of.push((place, id.clone())),
            Err(fault) => outcomes[place] = Outcome::Refused(fault),
        }
    }
    if rows.of.is_empty() {
        return Ok(());
    }
    let changing = Changing::prepare(client, table, group.verb, &columns, &rows)?;
    let mut answers = Vec::with_capacity(rows.of.len());
    halves::write(client, &changing, 0..rows.of.len(), &mut answers)?;
    for ((place, _), answer) in rows.of.iter().zip(answers) {
        outcomes[*place] = answer;
    }
    Ok(())
}

struct Changing<'r> {
    rows: &'r Rows,
    /// Fills the table of the session.
    fill: Statement,
    /// Changes rows, and says which.
    change: Statement,
    /// Says which rows are there.
    probe: Statement,
    columns: Vec<(String, Arc<str>)>,
}

impl<'r> Changing<'r> {
    fn prepare(
        client: &mut Client,
        table: &Known,
        verb: Verb,
        columns: &Columns<'_>,
        rows: &'r Rows,
    ) -> Result<Self> {
        let id = quoted(&table.id().name);
        let exact = !is_text(&table.id().of) || is_exact(client, table, &table.id().name)?;
        let collation = if exact { "" } else { " COLLATE \"C\"" };
        let matched = format!("t.{id} = b.c0{collation}");
        let (quoted_table, from) = (&table.quoted, format!("{BATCH} AS b"));
        let probe = format!("SELECT b.number FROM {quoted_table} AS t, {from} WHERE {matched}");
        let sets: Vec<String> = columns
            .filled
            .iter()
            .zip(1..)
            .map(|(column, at)| format!("{} = b.c{at}", quoted(&column.name)))
            .collect();
        let change = match verb {
            Verb::Delete => {
                format!("DELETE FROM {quoted_table} AS t USING {from} WHERE {matched} RETURNING b.number")
            }
            _ if sets.is_empty() => probe.clone(),
            _ => format!(
                "UPDATE {quoted_table} AS t SET {} FROM {from} WHERE {matched} RETURNING b.number",
                sets.join(", ")
            ),
        };
        let prepare = |client: &mut Client| {
            client.batch_execute(&table_of(table, columns))?;
            let fill = client.prepare(&format!("COPY {BATCH} FROM STDIN"))?;
            Ok((fill, client.prepare(&change)?, client.prepare(&probe)?))
        };
        let (fill, change, probe) = prepare(client).map_err(|error| failure("cannot write", error))?;
        let names = columns.iter().enumerate();
        let columns = names.map(|(at, column)| (format!("c{at}"), column.name.as_str().into())).collect();
        Ok(Changing { rows, fill, change, probe, columns })
    }

    /// The numbers that a statement gives.
    fn numbers(&self, client: &mut Client, of: &Statement) -> Result<Vec<usize>, Trouble> {
        let rows = client.query(of, &[])?;
        Ok(rows.iter().filter_map(|row| usize::try_from(row.get::<_, i32>(0)).ok()).collect())
    }
}

/// The statement that makes the table of the session, with columns of the same types.
fn table_of(table: &Known, columns: &Columns<'_>) -> String {
    let columns = columns.iter().enumerate();
    let columns: Vec<_> = columns.map(|(at, column)| format!("{} AS c{at}", quoted(&column.name))).collect();
    format!(
        "DROP TABLE IF EXISTS {BATCH}; CREATE TEMPORARY TABLE handover_changes ON COMMIT DROP AS \
         SELECT 0 AS number, {} FROM {} WITH NO DATA",
        columns.join(", "),
        table.quoted
    )
}

impl Attempt for Changing<'_> {
    type Answer = Outcome;

    fn attempt(&self, client: &mut Client, rows: Range<usize>) -> Result<Vec<Outcome>, Trouble> {
        client.batch_execute(&format!("TRUNCATE {BATCH}"))?;
        self.rows.lines.send(client, &self.fill, rows.clone())?;
        let done = self.numbers(client, &self.change)?;
        let mut outcomes = vec![Outcome::Gone; rows.len()];
        let answer = |outcomes: &mut [Outcome], number: usize, outcome| {
            let slot = number.checked_sub(rows.start).and_then(|at| outcomes.get_mut(at));
            if let Some(slot) = slot {
                *slot = outcome;
            }
        };
        if done.len() < rows.len() {
            // A row that is there all the same was left out by a trigger.
            for number in self.numbers(client, &self.probe)? {
                answer(&mut outcomes, number, Outcome::Refused(left_out()));
            }
        }
        for number in done {
            if let Some((_, id)) = self.rows.of.get(number) {
                answer(&mut outcomes, number, Outcome::Done(id.clone()));
            }
        }
        Ok(outcomes)
    }

    fn columns(&self) -> &[(String, Arc<str>)] {
        &self.columns
    }

    fn refused(fault: Fault) -> Outcome {
        Outcome::Refused(fault)
    }
}
