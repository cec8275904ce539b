//! The story of a record, as it is told.

use std::fmt;

use serde::Serialize;

use crate::migration::approval::Approval;
use crate::pipeline::Change;

/// All that is known of one record: where it was read, what was made of it, and where it is now.
///
/// `Display` is a page for people; serde gives everything to machines. Personal values are masked unless
/// [asked for](super::TraceOptions::show_personal).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Story {
    /// System and name of the entity.
    pub entity: String,
    /// The source's key.
    pub key: String,
    /// How the record ended: `created`.
    pub disposition: String,
    /// Why, where it was set aside, left out or taken back.
    pub reasons: Option<String>,
    /// Where it stands in the input, if it is there still.
    pub place: Option<String>,
    /// What was read there.
    pub read: Vec<StoryField>,
    /// Which rules change it on its way.
    pub rules: Vec<Change>,
    /// What the mapping makes of it.
    pub mapped: Vec<StoryField>,
    /// The records that it was merged into, one after the other.
    pub merged_into: Vec<String>,
    /// The table that it goes to.
    pub table: String,
    /// The id of its row, where it has one.
    pub target: Option<String>,
    /// Its row as it is now; none where it is gone.
    pub row: Option<Vec<StoryField>>,
    /// Who owns it.
    pub owner: Option<Owner>,
    /// What was changed in its row, in that order.
    pub changes: Vec<RowChange>,
    /// The runs that had to do with it.
    pub runs: Vec<StoryRun>,
    /// When it was verified after the last of them.
    pub verified: Option<String>,
}

/// A column and its value, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoryField {
    /// The column.
    pub column: String,
    /// The value; empty where there is none.
    pub value: String,
}

/// Who owns a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Owner {
    /// The column that says so.
    pub column: String,
    /// The table of those who own.
    pub table: String,
    /// The row of the one who does.
    pub id: String,
    /// What stands in it; nothing if it is gone.
    pub row: Vec<StoryField>,
}

/// A change of a row that was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RowChange {
    /// The run.
    pub run: u64,
    /// For which record, where the row is not its alone.
    pub record: Option<String>,
    /// The columns as they were.
    pub before: Vec<StoryField>,
    /// The columns as they were left.
    pub after: Vec<StoryField>,
}

/// A run that had to do with the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoryRun {
    /// Its number.
    pub run: u64,
    /// What it does: `apply`.
    pub kind: String,
    /// When it began, as RFC 3339 in UTC.
    pub at: String,
    /// Who began it.
    pub who: String,
    /// The plan.
    pub plan: Option<String>,
    /// Who had agreed to it.
    pub approvals: Vec<Approval>,
    /// The run that took it back, if one did.
    pub undone_by: Option<u64>,
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.entity, self.key, self.disposition)?;
        self.reasons.iter().try_for_each(|why| write!(f, ", {why}"))?;
        writeln!(f)?;
        match &self.place {
            Some(place) => writeln!(f, "read from {place}")?,
            None => writeln!(f, "it is not in the input any more")?,
        }
        fields(f, &self.read)?;
        if !self.mapped.is_empty() {
            writeln!(f, "mapped to")?;
        }
        fields(f, &self.mapped)?;
        for Change { column, rule, .. } in &self.rules {
            writeln!(f, "  {column} is changed by {rule}")?;
        }
        self.merged_into.iter().try_for_each(|key| writeln!(f, "merged into {key}"))?;
        self.now(f)?;
        self.past(f)
    }
}

impl Story {
    fn now(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.target, &self.row) {
            (None, _) => writeln!(f, "it has no row in {}", self.table)?,
            (Some(id), None) => writeln!(f, "written as row {id} of {}, which is gone", self.table)?,
            (Some(id), Some(row)) => {
                writeln!(f, "written as row {id} of {}", self.table)?;
                fields(f, row)?;
            }
        }
        if let Some(Owner { column, table, id, row }) = &self.owner {
            writeln!(f, "owned by row {id} of {table}, says {column}")?;
            fields(f, row)?;
        }
        Ok(())
    }

    fn past(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for RowChange { run, record, before, after } in &self.changes {
            let of = record.as_ref().map(|key| format!(" for {key}")).unwrap_or_default();
            writeln!(f, "changed by run {run}{of}")?;
            for (was, is) in before.iter().zip(after) {
                writeln!(f, "  {}: `{}` -> `{}`", is.column, was.value, is.value)?;
            }
        }
        for run in &self.runs {
            write!(f, "run {} ({}) began {} by {}", run.run, run.kind, run.at, run.who)?;
            run.plan.iter().try_for_each(|plan| write!(f, ", plan {}", plan.get(..12).unwrap_or(plan)))?;
            for Approval { name, at, .. } in &run.approvals {
                write!(f, ", approved by {name} {at}")?;
            }
            run.undone_by.iter().try_for_each(|by| write!(f, ", taken back by run {by}"))?;
            writeln!(f)?;
        }
        match &self.verified {
            Some(at) => writeln!(f, "verified {at}"),
            None => writeln!(f, "not verified since"),
        }
    }
}

fn fields(f: &mut fmt::Formatter<'_>, fields: &[StoryField]) -> fmt::Result {
    fields.iter().try_for_each(|field| writeln!(f, "  {}: {}", field.column, field.value))
}
