//! All records of a run, held in memory, packed.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::record::{Packed, Record, RecordId, Value, pack, unpack};
use crate::schema::Schema;

/// All records of a run, in the order in which they were read.
///
/// Each is held packed, at about the size of its text plus a byte a column
/// and some twenty for its origin; [`bytes`](Self::bytes) tells.
pub struct Records {
    schema: Arc<Schema>,
    packed: Vec<u8>,
    starts: Vec<u64>,
}

impl Records {
    /// No record yet.
    pub fn new(schema: Arc<Schema>) -> Self {
        Records { schema, packed: Vec::new(), starts: Vec::new() }
    }

    /// Adds a record; its columns must be those of the schema.
    pub fn push(&mut self, record: &Record) -> Result<()> {
        if self.starts.len() == u32::MAX as usize {
            return Err(Error::new(ErrorKind::Limit, "more than 4,294,967,295 records to compare"));
        }
        self.starts.push(self.packed.len() as u64);
        pack(record, &mut self.packed);
        Ok(())
    }

    /// The columns.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// A value of a record; panics beyond the last record, null beyond the last column.
    pub fn value(&self, record: usize, column: usize) -> Value<'_> {
        Packed::new(self.slice(record)).value(column)
    }

    /// All values of a record, in the order of the columns. Values that
    /// [`nth`](Iterator::nth) passes over are not read.
    pub fn values(&self, record: usize) -> impl Iterator<Item = Value<'_>> {
        Packed::new(self.slice(record)).values()
    }

    /// Which record it is.
    pub fn id(&self, record: usize) -> RecordId {
        Packed::new(self.slice(record)).origin().0.id
    }

    /// The source's own key of a record, where one is declared.
    pub fn key(&self, record: usize) -> Option<&str> {
        Packed::new(self.slice(record)).origin().1
    }

    /// Copies a record out; `into` must have the same columns.
    pub fn read(&self, record: usize, into: &mut Record) {
        unpack(self.slice(record), into);
    }

    /// How many bytes the records take, without what is set aside for more.
    pub fn bytes(&self) -> usize {
        self.packed.len() + self.starts.len() * size_of::<u64>()
    }

    fn slice(&self, record: usize) -> &[u8] {
        let start = self.starts[record] as usize;
        let end = self.starts.get(record + 1).map_or(self.packed.len(), |end| *end as usize);
        &self.packed[start..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Date, DateTime, Decimal};

    #[test]
    fn every_kind_of_value_is_found_by_its_position() {
        let long = "长".repeat(200);
        let date = Date::new(2024, 2, 29).unwrap();
        let values = [
            Value::Text("short"),
            Value::Text(&long),
            Value::Null,
            Value::Bool(true),
            Value::Int(-1),
            Value::Float(0.5),
            Value::Decimal(Decimal::parse("-1.50").unwrap()),
            Value::Date(date),
            Value::DateTime(DateTime::new(date, 1, Some(480)).unwrap()),
            Value::DateTime(DateTime::new(date, 86_399_999_999, None).unwrap()),
            Value::Text("last"),
        ];
        let schema = Schema::text((0..values.len()).map(|column| column.to_string())).unwrap();
        let mut record = Record::of(schema.clone(), values).unwrap();
        let mut records = Records::new(schema);
        records.push(&record).unwrap();
        record.set_key(1);
        record.set_raw("raw, as it was read");
        records.push(&record).unwrap();
        for position in 0..2 {
            assert!(records.values(position).eq(values));
            for (column, value) in values.into_iter().enumerate() {
                assert_eq!(records.value(position, column), value);
            }
            assert_eq!(records.value(position, values.len()), Value::Null);
        }
        assert_eq!((records.key(0), records.key(1)), (None, Some(long.as_str())));
    }
}
