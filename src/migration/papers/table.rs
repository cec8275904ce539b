//! A paper that is a table: Markdown for people, a source for any sink.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::Result;
use crate::record::Value;
use crate::schema::Schema;
use crate::source::{Feed, SourceReader};

/// A paper that is a table. `&PaperTable` is a source, of text columns.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # use handover::migration::{Migration, SqliteStore, SqliteTarget};
/// # let path = |name: &str| folder.path().join(name);
/// # let mut migration = Migration::new("crm", SqliteStore::open(path("store.db"))?, SqliteTarget::path(path("crm.db")));
/// use handover::{CsvSink, Pipeline};
///
/// let dictionary = migration.data_dictionary()?;
/// println!("{}", dictionary.to_markdown());
/// Pipeline::from(&dictionary).to(CsvSink::path(path("dictionary.csv"))).run()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperTable {
    pub(super) name: &'static str,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl PaperTable {
    pub(super) fn new(name: &'static str, columns: &[&str]) -> Self {
        PaperTable {
            name,
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows, each with a text for each column.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The table in Markdown.
    pub fn to_markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = format!("|{}\n", "---|".repeat(self.columns.len()));
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        line(&self.columns) + &rule + &rows
    }
}

/// A text that stays in its cell.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ")
}

impl SourceReader for &PaperTable {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.name)
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Schema::text(self.columns.iter().map(String::as_str))
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for row in &self.rows {
            let record = feed.record();
            for (position, cell) in row.iter().enumerate() {
                record.set_value(position, Value::Text(cell));
            }
            feed.push()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_in_its_cell() {
        let mut table = PaperTable::new("paper", &["one", "two"]);
        table.rows.push(vec!["a|b".to_owned(), "c\nd".to_owned()]);
        assert_eq!(table.to_markdown(), "| one | two |\n|---|---|\n| a\\|b | c d |\n");
    }
}
