//! Hand-over sheets: what somebody received, row by row.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::find::owner_of;
use super::users::Users;
use super::{Access, Transfer};
use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::migration::access::Probes;
use crate::migration::handed::{Handed, rows_of};
use crate::migration::runs::runs;
use crate::migration::target::{TableShape, Target, TargetId, fetch};
use crate::pipeline::Pipeline;
use crate::protect::masked;
use crate::record::{Record, Value};
use crate::schema::{Field, Kind, Schema};
use crate::sink::{self, CsvSink, SinkWriter};
use crate::source::{Feed, SourceReader};

/// How many rows are read together.
const ROWS: usize = 10_000;

/// What a transfer has handed over: a [sheet](Sheet) for each receiver, and
/// [whom to notify](Self::notices).
///
/// It has the rows that belong to their new owners when it is made; what those have passed on
/// already, or what was left, is not in it.
pub struct Handover<'m> {
    pub(super) target: &'m mut dyn Target,
    pub(super) users: Users,
    pub(super) rows: Vec<Handed>,
    pub(super) effective: Option<String>,
    tables: Vec<Listed>,
    /// What is declared of it, and who may do what.
    transfer: Transfer,
    access: Option<Access>,
    run: u64,
    is_masked: bool,
}

/// A table and its columns that sheets show.
struct Listed {
    shape: TableShape,
    shown: Vec<Arc<str>>,
    personal: BTreeSet<Arc<str>>,
}

impl Migration {
    /// What a run has handed over, to be told to those who must know. The columns of the sheets
    /// are those that the transfer [shows](super::Holding::show).
    ///
    /// # Errors
    ///
    /// Where the run is not a transfer, or was taken back, and where the target cannot be read.
    pub fn handover(&mut self, transfer: &Transfer, run: u64) -> Result<Handover<'_>> {
        let known = runs(&self.events()?).into_iter().find(|known| known.run == run);
        let known = known.filter(|known| known.kind == "transfer");
        let known = known.ok_or_else(|| Error::bind(format!("run {run} is no transfer")))?;
        if let Some(by) = known.undone_by {
            return Err(Error::bind(format!("run {run} was taken back, by run {by}")));
        }
        let plan = self.known_plan(known.plan.as_deref().unwrap_or_default())?;
        let tables = listed(transfer, &mut *self.target)?;
        let mut rows = rows_of(&mut *self.store, run)?;
        keep_received(&mut rows, &mut *self.target)?;
        Ok(Handover {
            target: &mut *self.target,
            users: transfer.known_users()?.clone(),
            rows,
            effective: plan.transfer().and_then(|planned| planned.effective.clone()),
            tables,
            transfer: transfer.clone(),
            access: self.access.clone(),
            run,
            is_masked: true,
        })
    }
}

fn listed(transfer: &Transfer, target: &mut dyn Target) -> Result<Vec<Listed>> {
    let mut tables: Vec<Listed> = Vec::new();
    for holding in transfer.holdings() {
        let shape = target.describe(&holding.table)?;
        for column in holding.shown.iter().chain(holding.personal.iter()) {
            shape.column(column)?;
        }
        let (shown, personal) = (holding.shown.iter().cloned(), holding.personal.iter().cloned());
        match tables.iter_mut().find(|listed| listed.shape.table == shape.table) {
            Some(listed) => {
                let new: Vec<_> = shown.filter(|column| !listed.shown.contains(column)).collect();
                listed.shown.extend(new);
                listed.personal.extend(personal);
            }
            None => tables.push(Listed { shape, shown: shown.collect(), personal: personal.collect() }),
        }
    }
    Ok(tables)
}

/// Keeps the rows that belong to those to whom they were handed over.
fn keep_received(rows: &mut Vec<Handed>, target: &mut dyn Target) -> Result<()> {
    let mut received = Vec::with_capacity(rows.len());
    for together in chunks(rows) {
        let Some(Handed { table, owner, .. }) = together.first() else { continue };
        let shape = target.describe(table)?;
        let there = fetch(target, &shape, &[owner], together.iter().map(|row| &row.id))?;
        let is = |row: &&Handed| there.get(&row.id).is_some_and(|now| owner_of(now) == row.to);
        received.extend(together.iter().filter(is).cloned());
    }
    *rows = received;
    Ok(())
}

/// Rows of one table and one owner column, not too many.
fn chunks(rows: &[Handed]) -> impl Iterator<Item = &[Handed]> {
    rows.chunk_by(Handed::is_beside).flat_map(|of_table| of_table.chunks(ROWS))
}

impl Handover<'_> {
    /// Shows personal values as they are, where it would mask them.
    #[must_use]
    pub fn unmasked(mut self) -> Self {
        self.is_masked = false;
        self
    }

    /// Who received something, in the order of their ids.
    pub fn receivers(&self) -> Vec<TargetId> {
        let ids: BTreeSet<&TargetId> = self.rows.iter().map(|row| &row.to).collect();
        ids.into_iter().cloned().collect()
    }

    /// What somebody received, as a source for any sink: the columns `table` and `id`, those that are shown,
    /// `old_owner`, `new_owner` and `effective`.
    pub fn sheet(&mut self, receiver: impl Into<TargetId>) -> Sheet<'_> {
        let receiver = receiver.into();
        let name = format!("run {} to {receiver}", self.run);
        let rows = self.rows.iter().filter(|row| row.to == receiver).cloned().collect();
        let Handover { target, tables, effective, is_masked, .. } = self;
        Sheet {
            target: &mut **target,
            tables,
            rows,
            effective: effective.as_deref(),
            is_masked: *is_masked,
            name,
        }
    }

    /// What to try of the rows that were handed over, where it is said [who may do what](Migration::access).
    pub fn probes(&mut self) -> Result<Option<Probes>> {
        let Some(access) = &self.access else { return Ok(None) };
        let users = self.users.everybody(self.target)?;
        Ok(Some(access.probes_of(&users, &self.transfer, &self.rows)))
    }

    /// Writes whatever is declared: the [sheets](Transfer::sheets), [whom to notify](Transfer::notices), and
    /// [what to try](Access::probes). Gives the paths.
    pub fn write(&mut self) -> Result<Vec<PathBuf>> {
        let mut paths = match self.transfer.sheets.clone() {
            Some((folder, format)) => self.write_sheets(folder, &format)?,
            None => Vec::new(),
        };
        if let Some(path) = self.transfer.notices.clone() {
            Pipeline::from(&self.notices()?).to(sink::create(&path)?).run()?;
            paths.push(path);
        }
        if let Some(path) = self.access.as_ref().and_then(|access| access.probes.clone())
            && let Some(probes) = self.probes()?
        {
            Pipeline::from(&probes).to(sink::create(&path)?).run()?;
            paths.push(path);
        }
        Ok(paths)
    }

    /// Writes a sheet for each receiver into a folder, in the format of an ending (`csv`, `xlsx`), and gives
    /// the paths: `run-7-to-3.csv`. In CSV, text that a spreadsheet would run is
    /// [disarmed](CsvSink::guard_formulas).
    pub fn write_sheets(&mut self, folder: impl AsRef<Path>, ending: &str) -> Result<Vec<PathBuf>> {
        let folder = folder.as_ref();
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::io("cannot make the folder", error).at(folder.display()))?;
        let mut paths = Vec::new();
        for receiver in self.receivers() {
            let path = folder.join(format!("run-{}-to-{}.{ending}", self.run, in_a_name(&receiver)));
            let sink: Box<dyn SinkWriter> = match ending {
                "csv" => Box::new(CsvSink::path(&path).guard_formulas()),
                _ => sink::create(&path)?,
            };
            Pipeline::from(self.sheet(receiver)).to(sink).run()?;
            paths.push(path);
        }
        Ok(paths)
    }
}

/// An id as it can stand in the name of a file, another one for every id.
fn in_a_name(id: &TargetId) -> String {
    let id = id.to_string();
    let shown = |byte: u8| match byte {
        b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    id.bytes().map(shown).collect()
}

/// What somebody received, as a source: see [`Handover::sheet`].
pub struct Sheet<'h> {
    target: &'h mut dyn Target,
    tables: &'h [Listed],
    rows: Vec<Handed>,
    effective: Option<&'h str>,
    is_masked: bool,
    name: String,
}

impl Sheet<'_> {
    /// The columns of all tables, each with its kind.
    fn shown(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for Listed { shape, shown, personal } in self.tables {
            for name in shown {
                let hides = self.is_masked && personal.contains(name);
                let kind = shape.column(name).map_or(Kind::Any, |column| column.kind);
                let kind = if hides { Kind::Text } else { kind };
                match fields.iter_mut().find(|field| field.name() == name) {
                    Some(field) if field.kind() == kind => {}
                    Some(field) => *field = Field::new(Arc::clone(name), Kind::Any),
                    None => fields.push(Field::new(Arc::clone(name), kind)),
                }
            }
        }
        fields
    }

    fn push(&self, feed: &mut Feed<'_>, row: &Handed, there: &Record, fields: &[Field]) -> Result<()> {
        let (id, from, to) = (row.id.to_string(), row.from.to_string(), row.to.to_string());
        let listed = self.tables.iter().find(|listed| listed.shape.table == row.table);
        let record = feed.record();
        record.set_value(0, &*row.table);
        record.set_value(1, id.as_str());
        for (position, field) in (2..).zip(fields) {
            let value = there.get(field.name()).unwrap_or(Value::Null);
            let hides = self.is_masked && listed.is_some_and(|it| it.personal.contains(field.name()));
            match hides && !value.is_null() {
                true => record.set_value(position, masked(&value.to_string()).as_str()),
                false => record.set_value(position, value),
            }
        }
        let last = 2 + fields.len();
        record.set_value(last, from.as_str());
        record.set_value(last + 1, to.as_str());
        record.set_value(last + 2, self.effective);
        feed.push()
    }
}

impl SourceReader for Sheet<'_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let text = |name: &'static str| Field::new(name, Kind::Text);
        let own = ["old_owner", "new_owner", "effective"].map(text);
        Schema::new(["table", "id"].map(text).into_iter().chain(self.shown()).chain(own))
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let (rows, fields) = (std::mem::take(&mut self.rows), self.shown());
        for together in chunks(&rows) {
            let table = together.first().map(|row| &row.table);
            let listed = self.tables.iter().find(|listed| Some(&listed.shape.table) == table);
            let Some(Listed { shape, shown, .. }) = listed else { continue };
            let names: Vec<&str> = shown.iter().map(|name| &**name).collect();
            let there = fetch(self.target, shape, &names, together.iter().map(|row| &row.id))?;
            for row in together {
                if let Some(record) = there.get(&row.id) {
                    self.push(feed, row, record, &fields)?;
                }
            }
        }
        Ok(())
    }
}
