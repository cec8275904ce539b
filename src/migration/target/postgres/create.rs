//! New rows, by `COPY`.

use std::ops::Range;
use std::sync::Arc;

use ::postgres::{Client, Statement};

use super::group::Group;
use super::ids;
use super::table::Known;
use super::write::{Batch, Columns, Rows};
use crate::error::{Fault, Result};
use crate::migration::target::{Op, Outcome, TargetId};
use crate::names::quoted;
use crate::postgres::failure;
use crate::record::Value;
use crate::sink::postgres::halves::{self, Attempt, Trouble};

/// Creates the rows of a group.
pub(super) fn write(client: &mut Client, batch: Batch<'_>, group: &Group<'_>) -> Result<()> {
    let mut given = given(client, &batch, group)?.into_iter();
    let Batch { table, changes, outcomes } = batch;
    let columns = Columns::of(table, group)?;
    let mut rows = Rows::default();
    for &place in &group.places {
        let change = &changes[place];
        let Some(id) = asked(&change.op).cloned().or_else(|| given.next()) else {
            outcomes[place] = Outcome::Refused(no_id(table));
            continue;
        };
        let added = rows.lines.add(|line| {
            let encoded = columns.id.of.fit.encode(id.value(), line);
            encoded.map_err(|fault| fault.column(columns.id.name.as_str()))?;
            columns.encode(&change.record, line)
        });
        match added {
            Ok(()) => rows.of.push((place, id)),
            Err(fault) => outcomes[place] = Outcome::Refused(fault),
        }
    }
    if rows.of.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = columns.iter().map(|column| quoted(&column.name)).collect();
    let copy = format!("COPY {} ({}) FROM STDIN", table.quoted, names.join(", "));
    let copy = client.prepare(&copy).map_err(|error| failure("cannot write", error))?;
    let columns = columns.iter().map(|column| (column.name.clone(), column.name.as_str().into())).collect();
    let mut answers = Vec::with_capacity(rows.of.len());
    halves::write(client, &Creating { copy, rows: &rows, columns }, 0..rows.of.len(), &mut answers)?;
    for ((place, _), answer) in rows.of.iter().zip(answers) {
        outcomes[*place] = answer;
    }
    Ok(())
}

/// The id that a change asks for.
fn asked(op: &Op) -> Option<&TargetId> {
    match op {
        Op::Create(id) => id.as_ref(),
        Op::Update(id) | Op::Delete(id) => Some(id),
    }
}

/// As many ids as rows come without one: none that another row of the batch asks for.
fn given(client: &mut Client, batch: &Batch<'_>, group: &Group<'_>) -> Result<Vec<TargetId>> {
    let without = group.places.iter().filter(|place| asked(&batch.changes[**place].op).is_none()).count();
    if without == 0 {
        return Ok(Vec::new());
    }
    let fit = batch.table.id().of.fit;
    let taken = batch.changes.iter().filter_map(|change| match &change.op {
        Op::Create(Some(TargetId::Number(id))) => {
            fit.encode(Value::Int(*id), &mut Vec::new()).is_ok().then_some(*id)
        }
        _ => None,
    });
    ids::move_on(client, batch.table, taken.max())?;
    ids::given(client, batch.table, without)
}

fn no_id(table: &Known) -> Fault {
    let fault = Fault::new("a new row needs an id: the table gives none");
    fault.rule("key").column(table.id().name.as_str())
}

struct Creating<'r> {
    copy: Statement,
    rows: &'r Rows,
    columns: Vec<(String, Arc<str>)>,
}

impl Attempt for Creating<'_> {
    type Answer = Outcome;

    fn attempt(&self, client: &mut Client, rows: Range<usize>) -> Result<Vec<Outcome>, Trouble> {
        let taken = self.rows.lines.send(client, &self.copy, rows.clone())?;
        Trouble::unless(taken == rows.len() as u64)?;
        Ok(self.rows.of[rows].iter().map(|(_, id)| Outcome::Done(id.clone())).collect())
    }

    fn columns(&self) -> &[(String, Arc<str>)] {
        &self.columns
    }

    fn refused(fault: Fault) -> Outcome {
        Outcome::Refused(fault)
    }
}
