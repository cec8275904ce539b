//! Rejects as CSV.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{RejectsFile, reasons, remove};
use crate::error::{Error, Finding, Place, Result};
use crate::record::{Record, Value};
use crate::schema::Schema;
use crate::sink::csv::CsvWriter;
use crate::source::csv::REJECTS_COLUMNS;

pub(super) struct CsvRejects {
    path: PathBuf,
    writer: CsvWriter,
    /// For each input, by its number, the input's column at each column of the file.
    columns: Vec<Vec<Option<usize>>>,
}

impl CsvRejects {
    /// The file's columns are those of all inputs, each once.
    pub fn create(path: &Path, inputs: &[Arc<Schema>]) -> Result<Self> {
        let mut names: Vec<&str> = Vec::new();
        let mut known = HashSet::new();
        for name in inputs.iter().flat_map(|input| input.names()) {
            if REJECTS_COLUMNS.contains(&name) {
                let message = format!(
                    "an input has a column `{name}`, which the file has for itself; \
                     rename it, or set rejects aside as JSON Lines"
                );
                return Err(Error::bind(message).at(path.display()));
            }
            if known.insert(name) {
                names.push(name);
            }
        }
        let columns =
            inputs.iter().map(|input| names.iter().map(|name| input.find(name)).collect()).collect();
        let writer = CsvWriter::create(path, REJECTS_COLUMNS.into_iter().chain(names))?;
        Ok(CsvRejects { path: path.to_owned(), writer, columns })
    }
}

impl RejectsFile for CsvRejects {
    fn put(&mut self, raw: &Record, findings: &[Finding]) -> Result<()> {
        let place = findings
            .first()
            .map_or_else(String::new, |finding| Place { column: None, ..finding.place.clone() }.to_string());
        let reasons = reasons(findings);
        let head = [Value::Text(&place), Value::Text(&reasons), raw.raw().into()];
        let columns = &self.columns[raw.id().input as usize];
        let cells = columns.iter().map(|column| column.map_or(Value::Null, |column| raw.value(column)));
        self.writer.row(head.into_iter().chain(cells))
    }

    fn settle(&mut self) -> Result<()> {
        self.writer.settle()
    }

    fn publish(self: Box<Self>) -> Result<String> {
        Ok(self.writer.finish()?.name)
    }

    fn remove_old(self: Box<Self>) -> Result<()> {
        remove(&self.path, &REJECTS_COLUMNS.join(","))
    }
}
