//! A record: one row of values, and where it comes from.
//!
//! The values of a record lie in one text buffer with a row of 16-byte cells
//! that point into it, so that a record can be used again for the next row
//! without giving memory back. Only this folder knows that.

mod compact;
mod de;
mod mismatch;
mod ser;
mod shape;
mod value;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::error::{Fault, Place};
use crate::schema::{Kind, Schema, no_such_column};

pub(crate) use compact::{Pack, Packed};
pub(crate) use shape::Fit;
pub use value::{Date, DateTime, Decimal, Value};

/// Which record: its input, its row there, and which part of that row, where
/// a mapper made several records of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RecordId {
    /// The input's number in the run, from 0.
    pub input: u32,
    /// The row in the input, from 1.
    pub row: u64,
    /// The part, from 0.
    pub part: u32,
}

/// Where a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Which record.
    pub id: RecordId,
    /// The line on which it begins, from 1; 0 where the input has no lines.
    pub line: u64,
    /// The byte at which it begins in the input as stored; `None` where there are no bytes.
    pub byte: Option<u64>,
    /// The source's own key, where one is declared.
    pub key: Option<&'a str>,
}

impl Origin<'_> {
    /// The place to print, in an input of the given name.
    pub fn place(&self, input: &Arc<str>) -> Place {
        Place { input: Arc::clone(input), row: self.id.row, line: self.line, byte: self.byte, column: None }
    }
}

/// One row of values under a [`Schema`], with its [`Origin`].
///
/// ```
/// use handover::{Record, Schema, Value};
///
/// let mut record = Record::new(Schema::text(["name", "phone"])?);
/// record.set("name", "王伟")?;
/// record.set("phone", "13800138000")?;
/// assert_eq!(record.text("name")?, "王伟");
/// assert_eq!(record.value(1), Value::Text("13800138000"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Record {
    schema: Arc<Schema>,
    text: String,
    cells: Vec<Cell>,
    stamp: Stamp,
    key: Option<Span>,
    raw: Option<Span>,
}

/// The parts of an [`Origin`] that are plain numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub id: RecordId,
    pub line: u64,
    pub byte: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy)]
enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Decimal(Span),
    Date(Date),
    DateTime(DateTime),
    Text(Span),
}

/// A value that stood in a record a moment ago.
#[derive(Clone, Copy)]
pub(crate) struct Bookmark(Cell);

const _: () = assert!(size_of::<Cell>() == 16);

impl Record {
    /// A record of nulls.
    pub fn new(schema: Arc<Schema>) -> Self {
        let cells = vec![Cell::Null; schema.len()];
        Record { schema, text: String::new(), cells, stamp: Stamp::default(), key: None, raw: None }
    }

    /// A record of these values, in the order of the columns; fewer values
    /// leave the rest null, more are an error.
    pub fn of<'v, V: Into<Value<'v>>>(
        schema: Arc<Schema>,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, Fault> {
        let mut record = Record::new(schema);
        for (position, value) in values.into_iter().enumerate() {
            if position == record.len() {
                return Err(Fault::new(format!("more values than the {position} columns")));
            }
            record.set_value(position, value);
        }
        Ok(record)
    }

    /// The columns.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no column at all.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Where the record comes from.
    pub fn origin(&self) -> Origin<'_> {
        let Stamp { id, line, byte } = self.stamp;
        Origin { id, line, byte, key: self.key() }
    }

    /// Which record this is.
    pub fn id(&self) -> RecordId {
        self.stamp.id
    }

    /// The source's own key, where one is declared and not null.
    pub fn key(&self) -> Option<&str> {
        self.key.map(|span| self.str(span))
    }

    /// The value at a position; panics beyond the last column.
    #[inline]
    pub fn value(&self, position: usize) -> Value<'_> {
        match self.cells[position] {
            Cell::Null => Value::Null,
            Cell::Bool(value) => Value::Bool(value),
            Cell::Int(value) => Value::Int(value),
            Cell::Float(value) => Value::Float(value),
            Cell::Decimal(span) => Decimal::parse(self.str(span)).map_or(Value::Null, Value::Decimal),
            Cell::Date(value) => Value::Date(value),
            Cell::DateTime(value) => Value::DateTime(value),
            Cell::Text(span) => Value::Text(self.str(span)),
        }
    }

    /// The values, in the order of the columns.
    pub fn values(&self) -> impl ExactSizeIterator<Item = Value<'_>> {
        (0..self.cells.len()).map(|position| self.value(position))
    }

    /// The value of a column. The fault names the columns there are.
    pub fn get(&self, column: &str) -> Result<Value<'_>, Fault> {
        self.position(column).map(|position| self.value(position))
    }

    /// The text of a column; null reads as empty, another kind is a fault.
    pub fn text(&self, column: &str) -> Result<&str, Fault> {
        match self.get(column)? {
            Value::Text(text) => Ok(text),
            Value::Null => Ok(""),
            other => Err(Fault::new(format!("{} where text is needed", other.kind().unwrap_or_default()))
                .column(column)),
        }
    }

    /// Sets the value of a column. The fault names the columns there are.
    pub fn set<'v>(&mut self, column: &str, value: impl Into<Value<'v>>) -> Result<(), Fault> {
        let position = self.position(column)?;
        self.set_value(position, value);
        Ok(())
    }

    /// Sets the value at a position; panics beyond the last column, or when
    /// the record's text grows beyond 4 GiB.
    pub fn set_value<'v>(&mut self, position: usize, value: impl Into<Value<'v>>) {
        self.cells[position] = match value.into() {
            Value::Null => Cell::Null,
            Value::Bool(value) => Cell::Bool(value),
            Value::Int(value) => Cell::Int(value),
            Value::Float(value) => Cell::Float(value),
            Value::Decimal(value) => Cell::Decimal(self.append(value.as_str())),
            Value::Date(value) => Cell::Date(value),
            Value::DateTime(value) => Cell::DateTime(value),
            Value::Text(text) => Cell::Text(self.append(text)),
        };
    }

    /// Sets all values at once from a text and the ends of the cells in it:
    /// what a parser of delimited text has at hand. Empty cells become null,
    /// columns beyond the last end too. Panics where an end is beyond the text
    /// or within a character.
    pub fn set_cells(&mut self, text: &str, ends: &[usize]) {
        let base = self.append(text).start;
        let mut start = 0;
        self.cells.fill(Cell::Null);
        for (cell, &end) in self.cells.iter_mut().zip(ends) {
            assert!(text.is_char_boundary(end), "a cell ends within a character or beyond the text");
            if end > start {
                *cell = Cell::Text(Span { start: base + start as u32, end: base + end as u32 });
            }
            start = end;
        }
    }

    /// Declares where in its input the record stands: the line, from 1, and
    /// the byte, from 0. For sources whose input has such.
    pub fn set_position(&mut self, line: u64, byte: Option<u64>) {
        self.stamp.line = line;
        self.stamp.byte = byte;
    }

    /// Declares the value of a column to be the source's own key of this record.
    pub fn set_key(&mut self, position: usize) {
        self.key = match self.cells[position] {
            Cell::Null => None,
            Cell::Text(span) => Some(span),
            _ => {
                let text = self.value(position).to_string();
                Some(self.append(&text))
            }
        };
    }

    /// Declares the source's own key of this record, where no column holds it.
    pub fn set_key_text(&mut self, key: &str) {
        self.key = Some(self.append(key));
    }

    /// Copies values, origin and key from a record whose columns are the
    /// first ones of `schema`.
    pub(crate) fn copy_from(&mut self, other: &Record, schema: &Arc<Schema>) {
        self.reset(schema);
        self.text.push_str(&other.text);
        self.cells[..other.cells.len()].copy_from_slice(&other.cells);
        (self.stamp, self.key, self.raw) = (other.stamp, other.key, other.raw);
    }

    /// What stands at a position, to be put back with [`restore`](Self::restore).
    pub(crate) fn bookmark(&self, position: usize) -> Bookmark {
        Bookmark(self.cells[position])
    }

    /// Puts a value that stood somewhere in this record at a position.
    pub(crate) fn restore(&mut self, position: usize, value: Bookmark) {
        self.cells[position] = value.0;
    }

    /// Takes over origin and key.
    pub(crate) fn descend_from(&mut self, other: &Record, part: u32) {
        self.stamp = other.stamp;
        self.stamp.id.part = part;
        self.key = other.key().map(|key| self.append(key));
    }

    /// Makes the record blank again, under a schema.
    pub(crate) fn reset(&mut self, schema: &Arc<Schema>) {
        const KEPT: usize = 64 << 10;
        if !Arc::ptr_eq(&self.schema, schema) {
            self.schema = Arc::clone(schema);
        }
        self.text.clear();
        self.text.shrink_to(KEPT);
        self.cells.clear();
        self.cells.resize(schema.len(), Cell::Null);
        (self.stamp, self.key, self.raw) = (Stamp::default(), None, None);
    }

    /// Whether these are its columns.
    pub(crate) fn is_under(&self, schema: &Arc<Schema>) -> bool {
        Arc::ptr_eq(&self.schema, schema) || self.schema == *schema
    }

    pub(crate) fn set_id(&mut self, id: RecordId) {
        self.stamp.id = id;
    }

    /// The row as it was read, where it does not fit the columns.
    pub(crate) fn raw(&self) -> Option<&str> {
        self.raw.map(|span| self.str(span))
    }

    pub(crate) fn set_raw(&mut self, raw: &str) {
        self.raw = Some(self.append(raw));
    }

    /// How many bytes the text and the cells of the record take.
    pub(crate) fn size(&self) -> usize {
        self.text.len() + size_of_val(&self.cells[..])
    }

    /// How many bytes it holds, for this row and for longer ones.
    pub(crate) fn held(&self) -> usize {
        self.text.capacity() + self.cells.capacity() * size_of::<Cell>()
    }

    /// Rewrites the text at a position; empty becomes null. Says whether the
    /// value is another one now. What is not text is left alone, unless the
    /// column holds values of any kind: then it is rewritten as it is shown.
    pub(crate) fn rewrite(
        &mut self,
        position: usize,
        rewrite: impl for<'a> FnOnce(&'a str, &'a Record) -> Result<Cow<'a, str>, Fault>,
    ) -> Result<bool, Fault> {
        let shown;
        let old = match self.cells[position] {
            Cell::Text(span) => self.str(span),
            Cell::Null => return Ok(false),
            _ if self.schema.fields()[position].kind() != Kind::Any => return Ok(false),
            _ => {
                shown = self.value(position).to_string();
                &shown
            }
        };
        let cell = match rewrite(old, self)? {
            new if new.is_empty() => Cell::Null,
            Cow::Borrowed(new) if new.len() == old.len() && new == old => return Ok(false),
            Cow::Borrowed(new) => match within(&self.text, new) {
                Some(span) => Cell::Text(span),
                None => {
                    let new = new.to_owned();
                    Cell::Text(self.append(&new))
                }
            },
            Cow::Owned(new) if new == old => return Ok(false),
            Cow::Owned(new) => Cell::Text(self.append(&new)),
        };
        self.cells[position] = cell;
        Ok(true)
    }

    fn position(&self, column: &str) -> Result<usize, Fault> {
        self.schema
            .find(column)
            .ok_or_else(|| Fault::new(no_such_column(column, self.schema.names())).rule("column"))
    }

    fn str(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    fn append(&mut self, text: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(text);
        let end = u32::try_from(self.text.len()).expect("a record holds at most 4 GiB of text");
        Span { start: start as u32, end }
    }
}

/// Where `part` lies in `whole`, if it is a piece of it.
fn within(whole: &str, part: &str) -> Option<Span> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    let end = start.checked_add(part.len())?;
    (end <= whole.len()).then_some(Span { start: start as u32, end: end as u32 })
}

impl PartialEq for Record {
    /// Equal columns with equal values; where the records come from is set aside.
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema && self.values().eq(other.values())
    }
}

impl fmt::Debug for Record {
    /// Shows the columns and the kinds, not the values: those are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = self.schema.names().zip(self.values().map(|value| value.kind()));
        f.debug_map().entries(kinds).finish()
    }
}
