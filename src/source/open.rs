//! Sources by what a file is, for those who do not care.

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::formats::{Format, with_feature};
use crate::source::SourceReader;
use crate::source::input::Input;

/// How much is looked at, in bytes.
const HEAD: u64 = 64 << 10;

/// A source of whatever an input is in: [`Open`] with nothing said.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("customers.csv");
/// # std::fs::write(&path, "name;phone\n王伟;138\n")?;
/// use handover::{Pipeline, sink::Collect, source};
///
/// let mut customers = Collect::new();
/// Pipeline::from(source::open(&path)?).to(&mut customers).run()?;
/// assert_eq!(customers.records()[0].text("phone")?, "138");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn open(path: impl AsRef<Path>) -> Result<Box<dyn SourceReader>> {
    Open::new(path).open()
}

/// Opens an input by what it is: first by its content, then by its name.
///
/// Delimited text, workbooks (XLSX, XLSB, XLS, ODS), JSON, JSON Lines and SQLite
/// databases are told apart, text also where it is compressed (gzip, Zstandard). A
/// `postgres://` URL is a database, `-` is the standard input.
///
/// ```no_run
/// use handover::source::Open;
///
/// let source = Open::new("customers.xlsx").sheet("Kunden").open()?;
/// let source = Open::new("crm.db").table("customers").key("id").open()?;
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is opened yet"]
pub struct Open {
    path: PathBuf,
    sheet: Option<String>,
    table: Option<String>,
    key: Option<String>,
}

/// A source that takes the options.
macro_rules! source {
    ($source:expr, $key:expr) => {{
        let source = $source;
        let source: Box<dyn SourceReader> = match $key {
            Some(key) => Box::new(source.key(key)),
            None => Box::new(source),
        };
        Ok(source)
    }};
}

impl Open {
    /// A path, a `postgres://` URL, or `-`.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Open { path: path.as_ref().to_owned(), sheet: None, table: None, key: None }
    }

    /// The sheet of a workbook, instead of its first.
    pub fn sheet(mut self, name: impl Into<String>) -> Self {
        self.sheet = Some(name.into());
        self
    }

    /// The table or view of a database. A SQLite database that has only one
    /// needs none to be named.
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.table = Some(name.into());
        self
    }

    /// The column that holds the source's own key of a record.
    pub fn key(mut self, column: impl Into<String>) -> Self {
        self.key = Some(column.into());
        self
    }

    /// The source.
    ///
    /// # Errors
    ///
    /// Where the input cannot be opened, where nobody can tell what it is, where
    /// its feature is off, and where an option has no meaning for it.
    pub fn open(self) -> Result<Box<dyn SourceReader>> {
        let named = Format::named(&self.path)?;
        let shown = self.shown();
        if named == Some(Format::Postgres) {
            return self
                .fits(Format::Postgres)
                .and_then(|()| self.postgres())
                .map_err(|error| error.within(&shown));
        }
        let stdin = self.path == Path::new("-");
        let mut input = match stdin {
            true => Input::reader(shown.clone(), Box::new(std::io::stdin())),
            false => Input::path(&self.path),
        };
        // What cannot be opened a second time is read on from here.
        let is_file = fs::metadata(&self.path).is_ok_and(|metadata| metadata.is_file());
        let mut reader = input.open()?;
        let mut head = Vec::new();
        let read = reader.by_ref().take(HEAD).read_to_end(&mut head);
        read.map_err(|error| Error::io("cannot read", error).at(&shown))?;
        let format = format_of(&head, named).map_err(|error| error.at(&shown))?;
        self.fits(format).map_err(|error| error.at(&shown))?;
        let stream: Option<Box<dyn Read + Send>> =
            (stdin || !is_file).then(|| Box::new(Cursor::new(head).chain(reader)) as _);
        self.source(format, stream).map_err(|error| error.within(&shown))
    }

    /// The name for messages; a URL may hold a password.
    fn shown(&self) -> String {
        match Format::by_name(&self.path) {
            Some(Format::Postgres) => "PostgreSQL".to_owned(),
            _ if self.path == Path::new("-") => "standard input".to_owned(),
            _ => self.path.display().to_string(),
        }
    }

    /// Whether the options that are set have a meaning.
    fn fits(&self, format: Format) -> Result<()> {
        let database = matches!(format, Format::Sqlite | Format::Postgres);
        if self.sheet.is_some() && format != Format::Excel {
            return Err(Error::bind("it has no sheets, because it is no workbook"));
        }
        if self.table.is_some() && !database {
            return Err(Error::bind("it has no tables, because it is no database"));
        }
        Ok(())
    }

    /// A source of the stream, where there is one, or of the path.
    fn source(self, format: Format, stream: Option<Box<dyn Read + Send>>) -> Result<Box<dyn SourceReader>> {
        /// Of a stream or a path.
        macro_rules! of {
            ($source:ty) => {
                match stream {
                    Some(stream) => <$source>::reader(self.shown(), stream),
                    None => <$source>::path(&self.path),
                }
            };
        }
        match format {
            Format::Csv | Format::Tsv => {
                with_feature!("csv", "delimited text", source!(of!(crate::CsvSource), self.key))
            }
            Format::Json => with_feature!("json", "JSON", source!(of!(crate::JsonSource), self.key)),
            Format::JsonLines => {
                with_feature!("json", "JSON Lines", source!(of!(crate::JsonLinesSource), self.key))
            }
            Format::Excel => with_feature!("excel", "workbooks", {
                let source = of!(crate::source::excel::ExcelSource);
                let source = match self.sheet {
                    Some(sheet) => source.sheet(sheet),
                    None => source,
                };
                source!(source, self.key)
            }),
            Format::Sqlite if stream.is_some() => {
                Err(Error::bind("a database cannot be read from a stream, only from a file"))
            }
            Format::Sqlite => self.sqlite(),
            Format::Postgres => self.postgres(),
        }
    }

    fn sqlite(self) -> Result<Box<dyn SourceReader>> {
        with_feature!("sqlite", "SQLite", {
            let table = match self.table {
                Some(table) => table,
                None => only_table(&self.path)?,
            };
            source!(crate::SqliteSource::table(&self.path, table), self.key)
        })
    }

    fn postgres(self) -> Result<Box<dyn SourceReader>> {
        with_feature!("postgres", "PostgreSQL", {
            let table = self.table.ok_or_else(|| Error::bind("it is not said which table is meant"))?;
            source!(crate::PostgresSource::table(&self.path.to_string_lossy(), table), self.key)
        })
    }
}

/// What an input is, by its content and by what its name says.
fn format_of(head: &[u8], named: Option<Format>) -> Result<Format> {
    let text = head.trim_ascii_start();
    match (Format::by_content(head), named) {
        // A single object may be a document or a line.
        (Some(Format::Json), Some(Format::JsonLines)) if !is_array(text) => Ok(Format::JsonLines),
        (Some(told), _) => Ok(told),
        (None, Some(Format::Csv | Format::Tsv | Format::Json | Format::JsonLines)) => {
            Ok(named.unwrap_or(Format::Csv))
        }
        _ if text.starts_with(b"<") => Err(unknown("it looks like HTML or XML")),
        _ if text.starts_with(b"%PDF-") => Err(unknown("it is a PDF")),
        _ if is_binary(head) => Err(unknown("it is neither text nor anything known")),
        // Many programs call text `.xls`.
        _ => Ok(Format::Csv),
    }
}

fn is_array(text: &[u8]) -> bool {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text).trim_ascii_start().starts_with(b"[")
}

/// Whether bytes are no text, not in UTF-16 either.
fn is_binary(head: &[u8]) -> bool {
    let utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    !utf16 && head.contains(&0)
}

fn unknown(what: &str) -> Error {
    Error::format(format!(
        "{what}; what can be read is delimited text, workbooks (XLSX, XLSB, XLS, ODS), JSON, JSON Lines, \
         SQLite databases and `postgres://` URLs"
    ))
}

/// The only table of a SQLite database.
#[cfg(feature = "sqlite")]
fn only_table(path: &Path) -> Result<String> {
    const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') \
        AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'handover\\_%' ESCAPE '\\' ORDER BY name";
    let mut source = crate::SqliteSource::query(path, TABLES);
    let (schema, mut tables) = (source.schema()?, Vec::new());
    super::within::read_within(&mut source, &schema, |pushed| {
        tables.push(pushed.record.value(0).to_string());
        Ok(())
    })?;
    match &tables[..] {
        [only] => Ok(only.clone()),
        [] => Err(Error::bind("there is no table in it")),
        several => {
            let tables = crate::schema::list(several.iter().map(String::as_str));
            Err(Error::bind(format!("it is not said which table is meant; the tables are: {tables}")))
        }
    }
}

/// Sources of the files of a folder, in the order of their names, each [opened](open)
/// by what it is. What begins with a dot, and folders within, are left out.
///
/// They go together into a [`Chained`](super::Chained) source, or each with a
/// mapper of its own into a [`Pipeline`](crate::Pipeline::from_each).
///
/// ```
/// # let exports = tempfile::tempdir()?;
/// # std::fs::write(exports.path().join("berlin.csv"), "name,phone\nAnna,1\n")?;
/// # std::fs::write(exports.path().join("shanghai.csv"), "phone;name\n2;王伟\n")?;
/// # std::fs::write(exports.path().join("README.txt"), "exports\n")?;
/// use handover::source::{Chained, folder};
/// use handover::{Pipeline, sink::Collect};
///
/// let mut customers = Collect::new();
/// let shops = Chained::new(folder(exports.path()).ending(".csv").open()?).channel("shop");
/// Pipeline::from(shops).to(&mut customers).run()?;
/// assert_eq!(customers.records()[1].text("shop")?, "shanghai.csv");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn folder(path: impl AsRef<Path>) -> Folder {
    Folder { path: path.as_ref().to_owned(), ending: String::new() }
}

/// The files of a folder, made by [`folder`].
#[derive(Debug, Clone)]
#[must_use = "nothing is opened yet"]
pub struct Folder {
    path: PathBuf,
    ending: String,
}

impl Folder {
    /// Only the files whose names end so, in whatever case: `.csv`, `-2024.xlsx`.
    pub fn ending(mut self, ending: impl Into<String>) -> Self {
        self.ending = ending.into().to_lowercase();
        self
    }

    /// The sources.
    ///
    /// # Errors
    ///
    /// Where one of the files cannot be opened, and where there are none.
    pub fn open(self) -> Result<Vec<Box<dyn SourceReader>>> {
        let refused = |error| Error::io("cannot read the folder", error).at(self.path.display());
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(refused)? {
            let path = entry.map_err(refused)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            if !name.starts_with('.') && name.ends_with(&self.ending) && path.is_file() {
                files.push(path);
            }
        }
        if files.is_empty() {
            let such = if self.ending.is_empty() {
                String::new()
            } else {
                format!(" that ends in `{}`", self.ending)
            };
            return Err(Error::bind(format!("there is no file{such} in the folder")).at(self.path.display()));
        }
        files.sort();
        files.iter().map(open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(head: &str, name: &str) -> Result<Format, String> {
        format_of(head.as_bytes(), Format::by_name(Path::new(name))).map_err(|error| error.to_string())
    }

    #[test]
    fn the_content_comes_before_the_name() {
        assert_eq!(told("PK\u{3}\u{4}", "a.csv"), Ok(Format::Excel));
        assert_eq!(told("name\tphone\n", "a.xls"), Ok(Format::Csv));
        assert_eq!(told("{\"a\":1}\n", "a.jsonl"), Ok(Format::JsonLines));
        assert_eq!(told("\u{FEFF}[\n{\"a\":1}]", "a.jsonl"), Ok(Format::Json));
        assert_eq!(told("{\"a\":1}\n", "a.csv"), Ok(Format::Json));
        assert_eq!(told("oops", "a.json"), Ok(Format::Json));
        assert_eq!(told("", "a.tsv"), Ok(Format::Tsv));
        assert_eq!(told("", "a"), Ok(Format::Csv));
        assert_eq!(
            told("\u{FEFF}a\0", "a"),
            Err(unknown("it is neither text nor anything known").to_string())
        );
        let list = "what can be read is delimited text, workbooks (XLSX, XLSB, XLS, ODS), JSON, JSON Lines, \
                    SQLite databases and `postgres://` URLs";
        assert_eq!(told("<html>", "a.xls"), Err(format!("it looks like HTML or XML; {list}")));
        assert_eq!(told("%PDF-1.7", "a"), Err(format!("it is a PDF; {list}")));
    }

    #[test]
    fn options_without_a_meaning_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "a,b\n").unwrap();
        let shown = path.display();
        let error = |open: Open| open.open().err().unwrap().to_string();
        assert_eq!(
            error(Open::new(&path).sheet("x")),
            format!("{shown}: it has no sheets, because it is no workbook")
        );
        assert_eq!(
            error(Open::new(&path).table("x")),
            format!("{shown}: it has no tables, because it is no database")
        );
    }

    #[test]
    fn a_url_is_not_shown() {
        let error = Open::new("postgres://me:secret@host/db").sheet("x").open().err().unwrap().to_string();
        assert_eq!(error, "PostgreSQL: it has no sheets, because it is no workbook");
        let error = open("mysql://me:secret@host/db").err().unwrap().to_string();
        assert_eq!(error, "`mysql://` is not known; the URL of a database begins with `postgres://`");
    }

    #[cfg(all(unix, feature = "csv"))]
    #[test]
    fn a_pipe_is_read_once_and_nothing_of_it_is_lost() {
        use crate::{Pipeline, sink::Collect};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe.csv");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let text = format!("name,phone\n{}", "王伟,138\n".repeat(20_000));
        let mut read = Collect::new();
        std::thread::scope(|scope| {
            scope.spawn(|| fs::write(&path, &text).unwrap());
            Pipeline::from(open(&path).unwrap()).to(&mut read).run().unwrap();
        });
        assert_eq!(read.records().len(), 20_000);
        assert_eq!(read.records()[0].schema().names().collect::<Vec<_>>(), ["name", "phone"]);
    }

    #[test]
    fn a_folder_without_files_is_an_error() {
        let empty = tempfile::tempdir().unwrap();
        fs::write(empty.path().join(".hidden.csv"), "a\n1\n").unwrap();
        fs::create_dir(empty.path().join("folder.csv")).unwrap();
        let shown = empty.path().display();
        let error = |folder: Folder| folder.open().err().unwrap().to_string();
        assert_eq!(error(folder(empty.path())), format!("{shown}: there is no file in the folder"));
        assert_eq!(
            error(folder(empty.path()).ending(".CSV")),
            format!("{shown}: there is no file that ends in `.csv` in the folder")
        );
    }
}
