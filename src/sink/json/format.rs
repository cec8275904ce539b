//! Records to the text of objects.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;
use serde::de::IgnoredAny;

use crate::dotted::{MOST_DEPTH, keys};
use crate::error::{Error, Fault, Result};
use crate::record::{Record, Value};
use crate::schema::Schema;

/// How a document or a line is laid out.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    lines: bool,
    pub flat: bool,
    pub omit_nulls: bool,
    pub pretty: bool,
    pub at: Vec<String>,
    pub embed: Vec<String>,
}

impl Layout {
    pub fn document() -> Self {
        let (at, embed) = (Vec::new(), Vec::new());
        Layout { lines: false, flat: false, omit_nulls: false, pretty: false, at, embed }
    }

    pub fn lines() -> Self {
        Layout { lines: true, ..Layout::document() }
    }
}

/// Makes objects of records, one at a time, in memory that is used again.
pub(crate) struct Format {
    layout: Layout,
    members: Members,
    text: Vec<u8>,
}

/// The members of an object, in their order.
#[derive(Default)]
struct Members {
    list: Vec<Member>,
    index: HashMap<String, usize>,
}

struct Member {
    /// In quotes.
    key: Vec<u8>,
    value: Content,
}

enum Content {
    Column { position: usize, embed: bool },
    Object(Members),
}

impl Format {
    /// The format of records of these columns. Fails if one column would have
    /// to be a value and an object.
    pub fn new(layout: &Layout, schema: &Schema) -> Result<Self> {
        let embedded = schema.indexes(&layout.embed)?;
        let mut members = Members::default();
        for (position, column) in schema.names().enumerate() {
            let keys = if layout.flat { vec![column.to_owned()] } else { keys(column) };
            if keys.len() > MOST_DEPTH {
                return Err(Error::bind(format!("the column name nests deeper than {MOST_DEPTH} levels")));
            }
            let embed = embedded.contains(&position);
            if !members.insert(&keys, Content::Column { position, embed }) {
                let message = format!(
                    "column `{column}` is at odds with another: one is an object in the other's place"
                );
                return Err(Error::bind(message + ", write them `flat`"));
            }
        }
        Ok(Format { layout: layout.clone(), members, text: Vec::new() })
    }

    /// What stands before the first record.
    pub fn head(&self) -> Vec<u8> {
        if self.layout.lines {
            return Vec::new();
        }
        let mut head = Vec::new();
        for (depth, key) in self.layout.at.iter().enumerate() {
            head.push(b'{');
            self.break_line(&mut head, depth + 1);
            self.put_key(&mut head, &in_quotes(key));
        }
        head.push(b'[');
        head
    }

    /// What stands after the last record.
    pub fn foot(&self, empty: bool) -> Vec<u8> {
        if self.layout.lines {
            return Vec::new();
        }
        let (mut foot, depth) = (Vec::new(), self.layout.at.len());
        match (empty, self.layout.pretty) {
            (true, _) => {}
            (false, true) => self.break_line(&mut foot, depth),
            (false, false) => foot.push(b'\n'),
        }
        foot.push(b']');
        for depth in (0..depth).rev() {
            self.break_line(&mut foot, depth);
            foot.push(b'}');
        }
        foot.push(b'\n');
        foot
    }

    /// A record, with what stands between it and the one before.
    pub fn record(&mut self, record: &Record, first: bool) -> Result<&[u8], Fault> {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        let depth = self.layout.at.len() + 1;
        if !self.layout.lines {
            text.extend_from_slice(if first { b"" } else { b"," });
            match self.layout.pretty {
                true => self.break_line(&mut text, depth),
                false => text.push(b'\n'),
            }
        }
        let put = self.put_object(&mut text, &self.members, record, depth);
        if self.layout.lines {
            text.push(b'\n');
        }
        self.text = text;
        put.map(|_| self.text.as_slice())
    }

    /// Writes an object. False if there is nothing in it and it can be left out.
    fn put_object(
        &self,
        text: &mut Vec<u8>,
        members: &Members,
        record: &Record,
        depth: usize,
    ) -> Result<bool, Fault> {
        let mut empty = true;
        text.push(b'{');
        for member in &members.list {
            let before = text.len();
            if !empty {
                text.push(b',');
            }
            self.break_line(text, depth + 1);
            self.put_key(text, &member.key);
            let written = match &member.value {
                Content::Object(members) => self.put_object(text, members, record, depth + 1)?,
                Content::Column { position, embed } => self
                    .put_value(text, record.value(*position), *embed)
                    .map_err(|fault| fault.column(record.schema().name(*position).as_ref()))?,
            };
            match written {
                true => empty = false,
                false => text.truncate(before),
            }
        }
        if !empty {
            self.break_line(text, depth);
        }
        text.push(b'}');
        Ok(!(empty && self.layout.omit_nulls))
    }

    /// Writes a value; false if it is left out.
    fn put_value(&self, text: &mut Vec<u8>, value: Value<'_>, embed: bool) -> Result<bool, Fault> {
        match value {
            Value::Null if self.layout.omit_nulls => return Ok(false),
            Value::Text(json) if embed && json.starts_with(['[', '{']) => {
                let is_json = serde_json::from_str::<IgnoredAny>(json).is_ok();
                let json = Some(json).filter(|_| is_json);
                put_in_line(
                    text,
                    json.ok_or_else(|| Fault::new("not JSON, and to be embedded").rule("json"))?,
                );
            }
            Value::Null => text.extend_from_slice(b"null"),
            Value::Bool(true) => text.extend_from_slice(b"true"),
            Value::Bool(false) => text.extend_from_slice(b"false"),
            Value::Int(value) => put_json(text, &value),
            Value::Float(value) if value.is_finite() => put_json(text, &value),
            Value::Float(_) => {
                return Err(Fault::new("a number that is not finite, which JSON does not have").rule("json"));
            }
            Value::Decimal(value) => text.extend_from_slice(decimal(value.as_str()).as_bytes()),
            Value::Date(value) => put_json(text, &value.to_string()),
            Value::DateTime(value) => put_json(text, &value.to_string()),
            Value::Text(value) => put_json(text, value),
        }
        Ok(true)
    }

    fn put_key(&self, text: &mut Vec<u8>, key: &[u8]) {
        text.extend_from_slice(key);
        text.extend_from_slice(if self.layout.pretty { b": " } else { b":" });
    }

    fn break_line(&self, text: &mut Vec<u8>, depth: usize) {
        if self.layout.pretty {
            text.push(b'\n');
            text.resize(text.len() + 2 * depth, b' ');
        }
    }
}

impl Members {
    /// Puts a column where its keys lead to; false if something else is there already, or on the way.
    fn insert(&mut self, keys: &[String], column: Content) -> bool {
        let Some((key, rest)) = keys.split_first() else { return false };
        let at = self.index.get(key).copied();
        match (at.and_then(|at| self.list.get_mut(at)), rest) {
            (Some(Member { value: Content::Object(below), .. }), [_, ..]) => below.insert(rest, column),
            (Some(_), _) => false,
            (None, []) => {
                self.push(key, column);
                true
            }
            (None, _) => {
                let mut below = Members::default();
                let inserted = below.insert(rest, column);
                self.push(key, Content::Object(below));
                inserted
            }
        }
    }

    fn push(&mut self, key: &str, value: Content) {
        self.index.insert(key.to_owned(), self.list.len());
        self.list.push(Member { key: in_quotes(key), value });
    }
}

fn in_quotes(text: &str) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(text.len() + 2);
    put_json(&mut quoted, text);
    quoted
}

fn put_json<T: Serialize + ?Sized>(text: &mut Vec<u8>, value: &T) {
    let put = serde_json::to_writer(text, value);
    debug_assert!(put.is_ok(), "a buffer takes any text and any finite number");
}

/// A decimal as JSON wants it: without a plus, and without leading zeros.
pub(crate) fn decimal(digits: &str) -> Cow<'_, str> {
    let unsigned = digits.trim_start_matches(['+', '-']);
    let start = unsigned.find(|digit| digit != '0').unwrap_or(unsigned.len());
    let needed = if unsigned[start..].starts_with(|first: char| first.is_ascii_digit()) {
        start
    } else {
        start.saturating_sub(1)
    };
    match (&unsigned[needed..], digits.starts_with('-')) {
        (plain, false) => Cow::Borrowed(plain),
        (_, true) if needed == 0 => Cow::Borrowed(digits),
        (plain, true) => Cow::Owned(format!("-{plain}")),
    }
}

/// Writes JSON in one line. Line breaks stand between values there, never in one.
fn put_in_line(text: &mut Vec<u8>, json: &str) {
    text.extend(json.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
}
