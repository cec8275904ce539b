//! Rejects that were set aside as JSON Lines, read again.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::details::Details;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::record::Record;
use crate::schema::{Field, Kind, Schema};
#[cfg(feature = "csv")]
use crate::source::csv::read_raw;
use crate::source::input::Input;
use crate::source::json::flatten::{Broken, Flattener};
use crate::source::json::lines::Lines;
use crate::source::json::tree::Tree;
use crate::source::json::value::{Number, RULE, broken, is_object, number, put};
use crate::source::json::window::Window;
use crate::source::{Feed, SourceReader};

/// The longest line that is read, in bytes.
const MOST_BYTES: usize = 64 << 20;
/// The most columns that all lines may have together.
const MOST_COLUMNS: usize = 1 << 16;
const EXTRA: &str = "it is not among the columns of the records that were rejected";
const EXPECTED: &str =
    "not a line of a rejects file, an object with a `record`, or with `columns` and a `raw` row";

/// The rejects that [`Rejects::json_lines`](crate::Rejects::json_lines) set
/// aside, as a source: what was repaired passes, the rest is rejected again.
///
/// A line is repaired by changing the values of its `record`, or the row of
/// CSV or the object of JSON in its `raw`; a line that has only a `record` will do. The columns are
/// those of all lines, so the file is read twice. Text stays text, a whole
/// number is an int, any other number a decimal with every digit; a key that
/// is missing is null.
///
/// A line that is not JSON, and a value that is a list or an object, costs its
/// record and not the run. A record keeps the key of the record that was
/// rejected, unless [`key`](Self::key) names a column.
///
/// ```
/// use handover::{Pipeline, sink::Collect, source::JsonRejects};
///
/// let path = std::env::temp_dir().join("handover-json-rejects.jsonl");
/// std::fs::write(&path, r#"{"record": {"name": "王伟", "age": 41}}"#)?;
///
/// let mut repaired = Collect::new();
/// Pipeline::from(JsonRejects::path(&path)).to(&mut repaired).run()?;
/// assert_eq!(repaired.records()[0].text("name")?, "王伟");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct JsonRejects {
    path: PathBuf,
    key: Option<String>,
    schema: Option<Arc<Schema>>,
    details: Details,
}

impl JsonRejects {
    /// The file at a path.
    pub fn path(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        JsonRejects { path, key: None, schema: None, details: Details::default() }
    }

    /// The column that holds the source's own key of a record.
    #[must_use]
    pub fn key(mut self, column: impl Into<String>) -> Self {
        self.key = Some(column.into());
        self
    }

    /// Reads all lines for their columns.
    fn columns(&mut self) -> Result<Arc<Schema>> {
        let (mut columns, mut broken) = (Columns::default(), None);
        let mut lines = FileLines::open(&self.path)?;
        self.details.bytes = lines.input.size();
        while lines.advance()? {
            match Line::read(lines.text()?).what {
                Ok(what) => columns.add(&what),
                Err(fault) => broken = broken.or(Some(Error::format(fault.to_string()).at(lines.place()))),
            }
            if columns.fields.len() > MOST_COLUMNS {
                let message = format!("more than {MOST_COLUMNS} columns");
                return Err(Error::new(ErrorKind::Limit, message).at(lines.place()));
            }
        }
        let nothing = || Error::format("there are no rejected records in it").at(lines.input.name());
        match columns.fields.is_empty() {
            true => Err(broken.unwrap_or_else(nothing)),
            false => columns.into_schema(),
        }
    }
}

impl SourceReader for JsonRejects {
    fn name(&self) -> Cow<'_, str> {
        self.path.to_string_lossy()
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let schema = match self.schema.take() {
            Some(schema) => schema,
            None => self.columns()?,
        };
        if let Some(key) = &self.key {
            schema.index(key)?;
        }
        Ok(Arc::clone(self.schema.insert(schema)))
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let schema = self.schema()?;
        let key = self.key.as_deref().map(|key| schema.index(key)).transpose()?;
        let mut repaired = Flattener::new(Tree::of(schema.names())?, None, ';', EXTRA);
        let mut lines = FileLines::open(&self.path)?;
        let stored = lines.input.stored();
        while lines.advance()? {
            feed.bytes_read(stored.bytes());
            let line = Line::read(lines.text()?);
            let (record, window) = (feed.record(), lines.lines.window());
            record.set_position(window.line(), Some(window.byte()));
            let filled = line.what.and_then(|what| what.fill(record, &mut repaired));
            match (key, line.key) {
                (Some(column), _) => record.set_key(column),
                (None, Some(key)) => record.set_key_text(&key),
                (None, None) => {}
            }
            match filled {
                Ok(()) => feed.push()?,
                Err(fault) => feed.reject(Some(&line.raw), [fault])?,
            }
        }
        Ok(())
    }

    fn files(&self) -> Vec<&Path> {
        vec![&self.path]
    }

    fn details(&self) -> Details {
        self.details.clone()
    }
}

/// The lines of a file, with their places.
struct FileLines {
    input: Input,
    lines: Lines,
}

impl FileLines {
    fn open(path: &Path) -> Result<Self> {
        let mut input = Input::path(path);
        let window = Window::new(input.open()?).map_err(|error| error.at_line(input.name()))?;
        Ok(FileLines { input, lines: Lines::new(window, MOST_BYTES) })
    }

    /// Goes to the next line; false when there are no more, and the file was whole.
    fn advance(&mut self) -> Result<bool> {
        let advanced = self.lines.advance().map_err(|error| error.at_line(self.input.name()))?;
        if !advanced {
            self.input.check()?;
        }
        Ok(advanced)
    }

    /// The line. Bytes that are not UTF-8 are no matter of one record: the
    /// file was saved in another encoding.
    fn text(&self) -> Result<&str> {
        let text = std::str::from_utf8(self.lines.window().piece());
        text.map_err(|_| Error::format("not UTF-8, save the file as UTF-8").at(self.place()))
    }

    fn place(&self) -> String {
        format!("{}:{}", self.input.name(), self.lines.window().line())
    }
}

/// One line of the file, as it is written. Misspelt keys are not ignored,
/// because then the record would be read without its values.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parsed {
    place: Option<Place>,
    #[serde(rename = "reasons")]
    _reasons: Option<IgnoredAny>,
    record: Option<Entries>,
    columns: Option<Vec<String>>,
    raw: Option<String>,
}

#[derive(Deserialize)]
struct Place {
    key: Option<String>,
}

/// The columns and values of a record, in the order in which they stand there.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// What stands in one line of the file.
struct Line {
    /// The key of the record that was rejected.
    key: Option<String>,
    /// What is set aside if it is at fault again.
    raw: String,
    what: Result<What, Fault>,
}

enum What {
    Record(Vec<(String, Box<RawValue>)>),
    Raw { columns: Vec<String>, raw: String },
    Object { columns: Vec<String>, raw: String },
}

impl Line {
    fn read(text: &str) -> Self {
        let text = text.trim();
        let parsed = match serde_json::from_str::<Parsed>(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                return Line { key: None, raw: text.to_owned(), what: Err(unexpected(&error, text)) };
            }
        };
        let key = parsed.place.and_then(|place| place.key);
        match (parsed.raw, parsed.columns, parsed.record) {
            // A line that was set aside itself; a cell of a row of CSV that has a quote begins with one.
            (Some(raw), columns, _) if is_object(&raw) => match (Line::read(&raw), columns) {
                (Line { what: Err(_), .. }, Some(columns)) => {
                    Line { key, raw: raw.clone(), what: Ok(What::Object { columns, raw }) }
                }
                (line, _) => Line { key, ..line },
            },
            (Some(raw), Some(columns), None) => {
                Line { key, raw: raw.clone(), what: Ok(What::Raw { columns, raw }) }
            }
            (None, None, Some(record)) => {
                Line { key, raw: text.to_owned(), what: Ok(What::Record(record.0)) }
            }
            _ => Line { key, raw: text.to_owned(), what: Err(Fault::new(EXPECTED).rule(RULE)) },
        }
    }
}

impl What {
    /// Fills a record, unless something does not fit.
    fn fill(self, record: &mut Record, repaired: &mut Flattener) -> Result<(), Fault> {
        match self {
            What::Record(entries) => entries.iter().try_for_each(|(name, value)| {
                let fault = |fault: Fault| fault.rule(RULE).column(name.as_str());
                if !record.get(name)?.is_null() {
                    return Err(fault(Fault::new("the column is there twice")));
                }
                let position = record.schema().index(name).map_err(|error| Fault::new(error.to_string()))?;
                put(record, position, value.get()).map_err(fault)
            }),
            What::Object { raw, .. } => match repaired.fill(&raw, record) {
                Ok(_) => Ok(()),
                Err(Broken::Fault(fault)) => Err(fault),
                Err(Broken::Syntax(error)) => Err(broken(&error, &raw)),
            },
            What::Raw { columns, raw } => {
                let cells = read_raw(&raw, columns.len())?;
                columns
                    .iter()
                    .zip(&cells)
                    .filter(|(_, cell)| !cell.is_empty())
                    .try_for_each(|(name, cell)| record.set(name, cell.as_str()))
            }
        }
    }
}

/// The kind of a value in JSON; null has none.
fn kind(json: &str) -> Option<Kind> {
    match json.as_bytes().first() {
        Some(b'n') => None,
        Some(b't' | b'f') => Some(Kind::Bool),
        Some(b'-' | b'0'..=b'9') if matches!(number(json), Ok(Number::Int(_))) => Some(Kind::Int),
        Some(b'-' | b'0'..=b'9') => Some(Kind::Decimal),
        _ => Some(Kind::Text),
    }
}

/// What is wrong with a line.
fn unexpected(error: &serde_json::Error, line: &str) -> Fault {
    match error.classify() {
        Category::Data => Fault::new(EXPECTED).rule(RULE),
        _ => broken(error, line),
    }
}

/// Rows of CSV are not read in a build without that format.
#[cfg(not(feature = "csv"))]
fn read_raw(_raw: &str, _columns: usize) -> Result<Vec<String>, Fault> {
    Err(Fault::new("a row of CSV, which this build does not read").rule("raw"))
}

/// The columns of all lines, in the order in which they come up.
#[derive(Default)]
struct Columns {
    fields: Vec<(Arc<str>, Option<Kind>)>,
    index: HashMap<Arc<str>, usize>,
}

impl Columns {
    fn add(&mut self, what: &What) {
        match what {
            What::Raw { columns, .. } => columns.iter().for_each(|name| self.meet(name, Some(Kind::Text))),
            What::Object { columns, .. } => columns.iter().for_each(|name| self.meet(name, Some(Kind::Any))),
            What::Record(entries) => {
                entries.iter().for_each(|(name, value)| self.meet(name, kind(value.get())))
            }
        }
    }

    /// A column with a value of some kind, or with null.
    fn meet(&mut self, name: &str, kind: Option<Kind>) {
        match self.index.get(name) {
            Some(&at) => {
                let known = &mut self.fields[at].1;
                *known = match (*known, kind) {
                    (Some(known), Some(kind)) if known != kind => Some(Kind::Any),
                    (known, kind) => known.or(kind),
                };
            }
            None => {
                let name: Arc<str> = name.into();
                self.index.insert(Arc::clone(&name), self.fields.len());
                self.fields.push((name, kind));
            }
        }
    }

    fn into_schema(self) -> Result<Arc<Schema>> {
        Schema::new(self.fields.into_iter().map(|(name, kind)| Field::new(name, kind.unwrap_or_default())))
    }
}

#[cfg(all(test, feature = "csv"))]
mod tests {
    use std::fs;

    use super::*;
    use crate::source::csv::CsvSource;
    use crate::source::encoding::Encoding;
    use crate::validate::required;
    use crate::{Decimal, Pipeline, Rejects, Report, Value, sink::Collect};

    /// Reads a rejects file that holds these lines, and sets rejects aside again.
    fn read(lines: &str) -> (Vec<Record>, Report, String) {
        let folder = tempfile::tempdir().unwrap();
        let (path, again) = (folder.path().join("old.jsonl"), folder.path().join("new.jsonl"));
        fs::write(&path, lines).unwrap();
        let mut sink = Collect::new();
        let report =
            Pipeline::from(JsonRejects::path(&path)).rejects(Rejects::json_lines(&again)).to(&mut sink).run();
        let records = sink.records().to_vec();
        (records, report.unwrap(), fs::read_to_string(again).unwrap_or_default())
    }

    /// All but places and reasons, line by line.
    fn kept(lines: &str) -> Vec<String> {
        let start = |line: &str| line.find("\"columns\"").or_else(|| line.find("\"record\"")).unwrap();
        lines.lines().map(|line| line[start(line)..].to_owned()).collect()
    }

    #[test]
    fn values_keep_their_kind() {
        let lines = concat!(
            "\u{feff}{\"record\":{\"t\":\"007 \\\"x\\\"\",\"i\":-7,\"big\":123456789012345678901234567890,\"b\":true}}\r\n",
            "\n",
            "{\"record\":{\"d\":1.50,\"f\":1e3,\"n\":null,\"i\":8}}\n",
        );
        let start = lines.rfind("{\"record").unwrap() as u64;
        let (records, ..) = read(lines);
        let [first, second] = &records[..] else { panic!() };
        assert_eq!(first.schema().names().collect::<Vec<_>>(), ["t", "i", "big", "b", "d", "f", "n"]);
        let kinds: Vec<Kind> = first.schema().fields().iter().map(Field::kind).collect();
        use Kind::{Bool, Decimal as Dec, Int, Text};
        assert_eq!(kinds, [Text, Int, Dec, Bool, Dec, Int, Text]);
        let values: Vec<Value> = first.values().collect();
        let big = Decimal::parse("123456789012345678901234567890").unwrap();
        assert_eq!(
            values[..4],
            [Value::Text("007 \"x\""), Value::Int(-7), Value::Decimal(big), Value::Bool(true)]
        );
        assert_eq!(second.get("d").unwrap().to_string(), "1.50");
        assert_eq!(second.get("f").unwrap(), Value::Int(1000));
        assert_eq!((second.origin().line, second.origin().byte), (3, Some(start)));
    }

    #[test]
    fn a_broken_line_costs_one_record_and_comes_back() {
        let lines = concat!(
            "{\"record\":{\"a\":\"1\",\"b\":\"2\"}}\n",
            "{\"record\":{\"a\":\"secret\"\n",
            "{\"record\":{\"a\":secret}}\n",
            "{\"recrod\":{\"a\":\"secret\"}}\n",
            "{\"record\":{\"a\":[\"secret\"]}}\n",
            "{\"record\":{\"a\":1e999}}\n",
            "{\"record\":{\"a\":\"1\",\"a\":\"2\"}}\n",
        );
        let (records, report, again) = read(lines);
        assert_eq!((records.len(), report.counts.rejected), (1, 6));
        assert!(!report.to_string().contains("secret"));
        let raw: Vec<serde_json::Value> =
            again.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            raw.iter().map(|line| &line["raw"]).collect::<Vec<_>>(),
            lines.lines().skip(1).collect::<Vec<_>>()
        );
        let messages: Vec<&str> =
            raw.iter().map(|line| line["reasons"][0]["message"].as_str().unwrap()).collect();
        assert_eq!(
            messages,
            [
                "the JSON ends too early",
                "not JSON at byte 16 of the line: expected value",
                EXPECTED,
                "a list or an object where a plain value is needed",
                "a number of more than 400 digits when it is written out",
                "the column is there twice",
            ]
        );
        let (.., third) = read(&format!("{}\n{again}", lines.lines().next().unwrap()));
        assert_eq!(kept(&third), kept(&again));
        let (records, ..) = read(&again.replace("[\\\"secret\\\"]", "3"));
        assert_eq!(records[0].get("a").unwrap(), Value::Int(3));
    }

    #[test]
    fn rejects_come_back_until_they_are_repaired() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("in.csv"), b"id,name\n1,\n2,a,\"b,c\"\n3,\xE9\\x41\n4,ok\n").unwrap();
        let run = |source: Box<dyn SourceReader>, to: &str| {
            let mut sink = Collect::new();
            Pipeline::from(source)
                .validate(required("name"))
                .rejects(Rejects::json_lines(path(to)))
                .to(&mut sink)
                .run()
                .unwrap();
            (sink.records().to_vec(), fs::read_to_string(path(to)).unwrap_or_default())
        };
        let (_, first) =
            run(Box::new(CsvSource::path(path("in.csv")).encoding(Encoding::UTF_8).key("id")), "1.jsonl");
        assert_eq!(
            kept(&first),
            [
                r#""record":{"id":"1","name":null}}"#,
                r#""columns":["id","name"],"raw":"2,a,\"b,c\""}"#,
                r#""columns":["id","name"],"raw":"3,\\xE9\\\\x41"}"#,
            ]
        );
        let (none, second) = run(Box::new(JsonRejects::path(path("1.jsonl"))), "2.jsonl");
        assert_eq!((none.len(), kept(&second)), (0, kept(&first)));
        assert!(second.starts_with(&format!(
            "{{\"place\":{{\"input\":{:?},\"row\":1,\"line\":1,\"byte\":0,\"key\":\"1\"}}",
            path("1.jsonl")
        )));
        let repaired = second.replace("null", "\"x\"").replace("2,a,", "2,").replace(r"\\xE9", "é");
        fs::write(path("repaired.jsonl"), repaired).unwrap();
        let (records, rest) = run(Box::new(JsonRejects::path(path("repaired.jsonl"))), "3.jsonl");
        let names: Vec<&str> = records.iter().map(|record| record.text("name").unwrap()).collect();
        assert_eq!((names, rest.as_str()), (vec!["x", "b,c", r"é\x41"], ""));
        assert_eq!(records[0].key(), Some("1"));
    }

    #[test]
    fn a_row_that_is_broken_in_repair_costs_one_record() {
        let folder = tempfile::tempdir().unwrap();
        let rows = ["1,\\\"a", "1,a\\n2,b", "1,é"];
        let lines = rows.map(|row| format!(r#"{{"columns":["id","name"],"raw":"{row}"}}"#)).join("\n");
        let (records, report, again) = read(&lines);
        assert_eq!(
            (records.len(), kept(&again)),
            (1, lines.lines().take(2).map(|line| line[1..].to_owned()).collect())
        );
        let said = |report: &Report| -> Vec<String> {
            report.examples.iter().map(|found| found.rsplit("l:").next().unwrap().to_owned()).collect()
        };
        let expected = ["1: a quote is opened and never closed", "2: several rows where one was set aside"];
        assert_eq!(said(&report), expected);
        let path = folder.path().join("rejects.csvl");
        let head = "handover_place,handover_reasons,handover_raw,id,name\n";
        fs::write(&path, format!("{head},,\"1,\"\"a\",,\n,,\"1,a\n2,b\",,\n,,\"1,é\",,\n")).unwrap();
        let source = CsvSource::path(&path);
        let rejects = Rejects::csv(folder.path().join("again.csv"));
        let report = Pipeline::from(source).rejects(rejects).to(Collect::new()).run().unwrap();
        assert_eq!((report.counts.created, report.counts.rejected), (1, 2));
        assert_eq!(said(&report)[0], "2: a quote is opened and never closed");
        assert_eq!(said(&report)[1], "3: several rows where one was set aside");
    }

    #[test]
    fn a_file_without_a_single_record_says_why() {
        let says = |lines: &str| {
            let file = tempfile::NamedTempFile::new().unwrap();
            fs::write(&file, lines).unwrap();
            let error = JsonRejects::path(&file).schema().unwrap_err().to_string();
            error.replace(&file.path().display().to_string(), "rejects.jsonl")
        };
        assert_eq!(says("\n\n"), "rejects.jsonl: there are no rejected records in it");
        assert_eq!(says("\n{]\n"), "rejects.jsonl:2: not JSON at byte 2 of the line: key must be a string");
        assert_eq!(says("\n1,2\n"), format!("rejects.jsonl:2: {EXPECTED}"));
    }
}
