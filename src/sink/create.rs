//! Sinks by the name of a file, for those who do not care.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::formats::{Format, ending, with_feature};
use crate::sink::SinkWriter;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::sink::table::Table;

/// A sink of the format that a name tells: [`Create`] with nothing said.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("customers.tsv");
/// use handover::{Pipeline, Record, Schema, sink, source::Memory};
///
/// let schema = Schema::text(["name", "phone"])?;
/// let source = Memory::new("people", schema.clone(), [Record::of(schema, ["王伟", "138"])?]);
/// Pipeline::from(source).to(sink::create(&path)?).run()?;
/// assert_eq!(std::fs::read_to_string(&path)?, "name\tphone\n王伟\t138\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn create(path: impl AsRef<Path>) -> Result<Box<dyn SinkWriter>> {
    Create::new(path).create()
}

/// Makes a sink by the name of what is to be written: `.csv` and `.tsv`, `.json`,
/// `.jsonl` and `.ndjson`, each also with `.gz` or `.zst` after it, `.xlsx`,
/// `.db`, `.sqlite` and `.sqlite3`, or a `postgres://` URL. `-` is the standard
/// output, as CSV.
#[derive(Debug, Clone)]
#[must_use = "nothing is made yet"]
pub struct Create {
    path: PathBuf,
    sheet: Option<String>,
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    table: Option<Table>,
}

impl Create {
    /// A path, a `postgres://` URL, or `-`.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Create {
            path: path.as_ref().to_owned(),
            sheet: None,
            #[cfg(any(feature = "sqlite", feature = "postgres"))]
            table: None,
        }
    }

    /// The name of the sheet of a workbook.
    pub fn sheet(mut self, name: impl Into<String>) -> Self {
        self.sheet = Some(name.into());
        self
    }

    /// The table of a database, and how it is written. Without it, a SQLite
    /// database gets a table that is called like the file.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub fn table(mut self, table: Table) -> Self {
        self.table = Some(table);
        self
    }

    /// The sink.
    ///
    /// # Errors
    ///
    /// Where the name does not tell a format that is written, where its feature
    /// is off, and where an option has no meaning for it.
    pub fn create(self) -> Result<Box<dyn SinkWriter>> {
        let named = Format::named(&self.path)?;
        let shown = self.shown();
        self.sink(named).map_err(|error| error.at(shown))
    }

    /// The name for messages; a URL may hold a password.
    fn shown(&self) -> String {
        match Format::by_name(&self.path) {
            Some(Format::Postgres) => "PostgreSQL".to_owned(),
            _ if self.is_stdout() => "standard output".to_owned(),
            _ => self.path.display().to_string(),
        }
    }

    fn is_stdout(&self) -> bool {
        self.path == Path::new("-")
    }

    fn sink(self, named: Option<Format>) -> Result<Box<dyn SinkWriter>> {
        let format = match named {
            Some(format) => format,
            None if self.is_stdout() => Format::Csv,
            None => return Err(unknown()),
        };
        self.fits(format)?;
        match format {
            Format::Csv | Format::Tsv => with_feature!("csv", "delimited text", {
                let tab = crate::source::dialect::Dialect::TAB;
                let sink = match self.is_stdout() {
                    true => crate::CsvSink::stdout(),
                    false => crate::CsvSink::path(&self.path),
                };
                boxed(if format == Format::Tsv { sink.dialect(tab) } else { sink })
            }),
            Format::Json => with_feature!("json", "JSON", boxed(crate::JsonSink::path(&self.path))),
            Format::JsonLines => {
                with_feature!("json", "JSON Lines", boxed(crate::JsonLinesSink::path(&self.path)))
            }
            Format::Excel => with_feature!("excel", "workbooks", {
                let sink = crate::ExcelSink::path(&self.path);
                boxed(match self.sheet {
                    Some(sheet) => sink.sheet(sheet),
                    None => sink,
                })
            }),
            Format::Sqlite => with_feature!("sqlite", "SQLite", {
                let stem = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let table = self.table.unwrap_or_else(|| Table::named(stem).create());
                boxed(crate::SqliteSink::path(&self.path, table))
            }),
            Format::Postgres => with_feature!("postgres", "PostgreSQL", {
                let table = self.table.ok_or_else(|| Error::bind("it is not said which table is meant"))?;
                boxed(crate::PostgresSink::connect(&self.path.to_string_lossy(), table))
            }),
        }
    }

    /// Whether the format is written, and the options that are set have a meaning.
    fn fits(&self, format: Format) -> Result<()> {
        if format == Format::Excel && ending(&self.path) != "xlsx" {
            return Err(Error::bind("workbooks are written as .xlsx only"));
        }
        if format == Format::Sqlite && matches!(ending(&self.path).as_str(), "gz" | "zst") {
            return Err(Error::bind("a database cannot be written compressed"));
        }
        if self.sheet.is_some() && format != Format::Excel {
            return Err(Error::bind("it has no sheets, because it is no workbook"));
        }
        #[cfg(any(feature = "sqlite", feature = "postgres"))]
        if self.table.is_some() && !matches!(format, Format::Sqlite | Format::Postgres) {
            return Err(Error::bind("it has no tables, because it is no database"));
        }
        Ok(())
    }
}

fn boxed(sink: impl SinkWriter + 'static) -> Result<Box<dyn SinkWriter>> {
    Ok(Box::new(sink))
}

fn unknown() -> Error {
    Error::bind(
        "the name does not tell the format; what can be written is .csv, .tsv, .json, .jsonl, .ndjson, .xlsx, \
         .db, .sqlite, .sqlite3 and `postgres://` URLs",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(create: Create) -> String {
        create.create().err().unwrap().to_string()
    }

    #[test]
    fn the_name_tells_what_is_written() {
        #[cfg(all(feature = "csv", feature = "json"))]
        for name in ["a.csv", "a.tsv.gz", "a.json", "a.jsonl.zst", "-"] {
            assert!(create(name).is_ok(), "{name}");
        }
        let list = "what can be written is .csv, .tsv, .json, .jsonl, .ndjson, .xlsx, .db, .sqlite, .sqlite3 \
                    and `postgres://` URLs";
        assert_eq!(error(Create::new("a.doc")), format!("a.doc: the name does not tell the format; {list}"));
        assert_eq!(error(Create::new("a.xls")), "a.xls: workbooks are written as .xlsx only");
        assert_eq!(error(Create::new("a.xlsx.gz")), "a.xlsx.gz: workbooks are written as .xlsx only");
        assert_eq!(error(Create::new("a.db.gz")), "a.db.gz: a database cannot be written compressed");
    }

    #[test]
    fn options_without_a_meaning_are_errors() {
        assert_eq!(
            error(Create::new("a.csv").sheet("x")),
            "a.csv: it has no sheets, because it is no workbook"
        );
        assert_eq!(
            error(Create::new("postgres://me:secret@host/db").sheet("x")),
            "PostgreSQL: it has no sheets, because it is no workbook"
        );
        assert_eq!(
            error(Create::new("mysql://me:secret@host/db")),
            "`mysql://` is not known; the URL of a database begins with `postgres://`"
        );
        #[cfg(feature = "sqlite")]
        assert_eq!(
            error(Create::new("-").table(Table::named("x"))),
            "standard output: it has no tables, because it is no database"
        );
    }

    #[cfg(not(feature = "sqlite"))]
    #[test]
    fn a_feature_that_is_off_is_named() {
        assert_eq!(error(Create::new("a.db")), "a.db: for SQLite, switch the feature `sqlite` on");
    }
}
