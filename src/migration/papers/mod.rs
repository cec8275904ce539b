//! The papers of a migration, made of the same data that it is done with.
//!
//! | paper | says |
//! |---|---|
//! | [data dictionary](Migration::data_dictionary) | which old column becomes which new one, and by which rules |
//! | [readiness report](Migration::readiness_report) | what a plan would do, what is set aside, what is missing before it can be applied |
//! | [go-live note](Migration::go_live_note) | what a run did, by which plan and approvals, and how it is taken back |
//! | [completeness](Migration::completeness) | how well the records of each owner are filled |
//!
//! They hold no personal values: people are named by their keys, and what is shown of them is masked.

mod completeness;
mod dictionary;
mod go_live;
mod readiness;
mod table;

use std::path::{Path, PathBuf};

use super::apply::RunReport;
use super::builder::Migration;
use super::files::write_whole;
use super::store::Tally;
use crate::error::{Error, Result};
use crate::pipeline::Pipeline;
use crate::sink::CsvSink;

pub use table::PaperTable;

/// The outcomes that papers have a column for.
const OUTCOMES: [&str; 7] = ["created", "updated", "unchanged", "merged", "rejected", "filtered", "parked"];

impl Migration {
    /// What a run reported when it ended; the reports of its pipelines are not kept.
    ///
    /// # Errors
    ///
    /// Where there is no such run, or it did not come to its end.
    pub fn report_of(&mut self, run: u64) -> Result<RunReport> {
        let events = self.events()?;
        let ended = events.iter().find(|event| event.run == Some(run) && event.what == "run ended");
        ended
            .and_then(|event| serde_json::from_str(&event.detail).ok())
            .ok_or_else(|| Error::bind(format!("there is no run {run} that was applied and has ended")))
    }

    /// Writes all papers into a folder, which is made if it is not there, and says which: those about the
    /// last plan and the last run only where there are such.
    pub fn write_papers(&mut self, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
        let folder = folder.as_ref();
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::io("cannot make the folder", error).at(folder.display()))?;
        let mut written = Vec::new();
        let tables = [("data_dictionary", self.data_dictionary()?), ("completeness", self.completeness()?)];
        for (name, table) in &tables {
            written.push(whole(folder.join(format!("{name}.md")), &table.to_markdown())?);
            let path = folder.join(format!("{name}.csv"));
            Pipeline::from(table).to(CsvSink::path(&path)).run()?;
            written.push(path);
        }
        if let Some(plan) = self.last_plan()? {
            written.push(whole(folder.join("readiness.md"), &self.readiness_report(&plan)?)?);
        }
        let last = self.runs()?.into_iter().rev().find(|run| run.kind == "apply" && run.ended);
        if let Some(last) = last.filter(|run| run.undone_by.is_none()) {
            let report = self.report_of(last.run)?;
            written.push(whole(folder.join("go_live.md"), &self.go_live_note(&report)?)?);
        }
        Ok(written)
    }
}

fn whole(path: PathBuf, text: &str) -> Result<PathBuf> {
    write_whole(&path, text)?;
    Ok(path)
}

/// A line for each entity with what became of its records.
fn outcomes<'e>(entities: impl Iterator<Item = (&'e str, &'e str, &'e Tally)>) -> String {
    let mut table = PaperTable::new("outcomes", &["entity", "table"]);
    table.columns.extend(OUTCOMES.map(str::to_owned));
    for (entity, name, tally) in entities {
        let counts = OUTCOMES.map(|what| count(tally.of(what)));
        table.rows.push([entity, name].map(str::to_owned).into_iter().chain(counts).collect());
    }
    table.to_markdown()
}

/// The references that do not hold, if there are any.
fn references<'e>(entities: impl Iterator<Item = (&'e str, &'e Tally)>) -> Option<String> {
    let mut table = PaperTable::new("references", &["entity", "column", "what", "records"]);
    for (entity, tally) in entities {
        for (what, number) in &tally.0 {
            let Some((column, what)) = what.split_once(": ") else { continue };
            let what = match what {
                "orphan" => "points to nothing",
                "inactive" => "points to somebody inactive",
                "not set" => "refused by the target",
                other => other,
            };
            table.rows.push(vec![entity.to_owned(), column.to_owned(), what.to_owned(), count(*number)]);
        }
    }
    (!table.rows.is_empty()).then(|| table.to_markdown())
}

/// The owners who are not there or inactive, if there are any.
fn owners<'e>(entities: impl Iterator<Item = (&'e str, &'e [super::AbsentOwner])>) -> Option<String> {
    let mut table = PaperTable::new("owners", &["owner", "entity", "what", "records"]);
    for (entity, owners) in entities {
        for owner in owners {
            let what = if owner.why == "inactive" { "inactive" } else { "not there" };
            let records = crate::figures::grouped(owner.records);
            table.rows.push(vec![owner.key.clone(), entity.to_owned(), what.to_owned(), records]);
        }
    }
    table.rows.sort();
    (!table.rows.is_empty()).then(|| table.to_markdown())
}

fn count(number: i64) -> String {
    crate::figures::grouped(number.unsigned_abs())
}
