//! Rejects as JSON Lines.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::{RejectsFile, remove};
use crate::error::{Error, Finding, Result, Severity};
use crate::record::{Record, Value};
use crate::sink::file::Target;
use crate::sink::json::decimal;

pub(super) struct JsonRejects {
    path: PathBuf,
    target: Target,
}

/// One line of the file: what [`JsonRejects`](crate::source::JsonRejects) reads again.
#[derive(Serialize)]
struct Line<'a> {
    place: Place<'a>,
    reasons: Vec<Reason<'a>>,
    #[serde(flatten)]
    what: What<'a>,
}

/// What was set aside. A row that does not fit the columns names them in
/// their order, which the keys of an object do not have.
#[derive(Serialize)]
#[serde(untagged)]
enum What<'a> {
    Raw { columns: Vec<&'a str>, raw: &'a str },
    Record { record: Fields<'a> },
}

#[derive(Serialize)]
struct Place<'a> {
    input: &'a str,
    row: u64,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

#[derive(Serialize)]
struct Reason<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'a str>,
    rule: &'a str,
    severity: Severity,
    message: &'a str,
}

/// The columns and values of a record, as an object.
struct Fields<'a>(&'a Record);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0.schema().names().zip(self.0.values()) {
            map.serialize_key(name)?;
            match value {
                Value::Null => map.serialize_value(&()),
                Value::Bool(value) => map.serialize_value(&value),
                Value::Int(value) => map.serialize_value(&value),
                Value::Float(value) if value.is_finite() => map.serialize_value(&value),
                Value::Decimal(value) => match RawValue::from_string(decimal(value.as_str()).into_owned()) {
                    Ok(number) => map.serialize_value(&number),
                    Err(_) => map.serialize_value(value.as_str()),
                },
                Value::Text(text) => map.serialize_value(text),
                Value::Float(_) | Value::Date(_) | Value::DateTime(_) => {
                    map.serialize_value(&value.to_string())
                }
            }?;
        }
        map.end()
    }
}

impl JsonRejects {
    pub fn create(path: &Path) -> Result<Self> {
        Ok(JsonRejects { path: path.to_owned(), target: Target::file(path)? })
    }
}

/// A rejected record as a line of the file.
pub(crate) fn line(raw: &Record, findings: &[Finding]) -> Result<String> {
    let origin = raw.origin();
    let input = findings.first().map_or("", |finding| &finding.place.input);
    let reasons = findings
        .iter()
        .map(|finding| Reason {
            column: finding.place.column.as_deref(),
            rule: &finding.rule,
            severity: finding.severity,
            message: &finding.message,
        })
        .collect();
    let place = Place { input, row: origin.id.row, line: origin.line, byte: origin.byte, key: origin.key };
    let what = match raw.raw() {
        Some(row) => What::Raw { columns: raw.schema().names().collect(), raw: row },
        None => What::Record { record: Fields(raw) },
    };
    serde_json::to_string(&Line { place, reasons, what })
        .map_err(|error| Error::other("cannot write a rejected record").caused_by(error))
}

impl RejectsFile for JsonRejects {
    fn put(&mut self, raw: &Record, findings: &[Finding]) -> Result<()> {
        let json = line(raw, findings)? + "\n";
        self.target.write(json.as_bytes())
    }

    fn settle(&mut self) -> Result<()> {
        self.target.settle()
    }

    fn publish(self: Box<Self>) -> Result<String> {
        Ok(self.target.finish()?.publish()?.0)
    }

    fn remove_old(self: Box<Self>) -> Result<()> {
        remove(&self.path, r#"{"place":"#)
    }
}
