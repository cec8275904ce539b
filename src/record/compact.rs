//! Records packed, for those that must all be held at once.
//!
//! A packed record is its text and its cells, apart. The cells are bytes: the
//! stamp behind its length in one byte, and then one tagged cell for its key,
//! its raw text and each column, which take their pieces of the text in order.
//! Lengths and numbers are variable-length integers (LEB128).

use std::sync::Arc;

use super::{Cell, Date, DateTime, Decimal, Record, RecordId, Span, Stamp, Value};

const NULL: u8 = 0;
const TEXT: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const DECIMAL: u8 = 4;
const DATE: u8 = 5;
const DATE_TIME: u8 = 6;
const FALSE: u8 = 7;
const TRUE: u8 = 8;
/// From here on a tag says: text of `tag - SHORT` bytes.
const SHORT: u8 = 16;

/// Records that are packed, one behind the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pack {
    pub text: String,
    pub cells: Vec<u8>,
}

/// A packed record, read without unpacking it.
#[derive(Clone, Copy)]
pub(crate) struct Packed<'a> {
    pub text: &'a str,
    /// The stamp and the cells.
    pub cells: &'a [u8],
}

impl Pack {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.text.len() + self.cells.len()
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// The only record.
    pub fn record(&self) -> Packed<'_> {
        Packed { text: &self.text, cells: &self.cells }
    }

    /// Adds a record.
    pub fn push(&mut self, record: &Record) {
        put_stamp(&mut self.cells, record.stamp);
        // What lies side by side is copied at once.
        let mut run = Span { start: 0, end: 0 };
        let own = [record.key, record.raw].map(|span| span.map_or(Cell::Null, Cell::Text));
        own.iter().chain(&record.cells).for_each(|cell| {
            if let Cell::Decimal(span) | Cell::Text(span) = cell {
                if span.start != run.end {
                    self.text.push_str(record.str(run));
                    run.start = span.start;
                }
                run.end = span.end;
            }
            put_cell(&mut self.cells, *cell);
        });
        self.text.push_str(record.str(run));
    }
}

impl<'a> Packed<'a> {
    /// Which record it is.
    pub fn id(self) -> RecordId {
        let mut reader = self.reader();
        reader.byte();
        reader.id()
    }

    /// Where it stands.
    pub fn stamp(self) -> Stamp {
        self.reader().stamp()
    }

    /// The source's own key.
    pub fn key(self) -> Option<&'a str> {
        let mut reader = self.reader();
        reader.skip_stamp();
        reader.cell().and_then(|cell| value(cell, self.text).as_text())
    }

    /// The values in order; `nth` passes over the ones before without reading them.
    #[inline]
    pub fn values(self) -> Values<'a> {
        let mut reader = self.reader();
        reader.skip_stamp();
        reader.skip();
        reader.skip();
        Values { text: self.text, reader }
    }

    /// The value at a position.
    #[inline]
    pub fn value(self, position: usize) -> Value<'a> {
        self.values().nth(position).unwrap_or(Value::Null)
    }

    /// The same record for longer.
    pub fn to_owned(self) -> Pack {
        Pack { text: self.text.to_owned(), cells: self.cells.to_owned() }
    }

    /// Makes `record`, which must have the schema of the one that was packed,
    /// the record that was packed.
    pub fn unpack(self, record: &mut Record) {
        let schema = Arc::clone(record.schema());
        record.reset(&schema);
        record.text.push_str(self.text);
        let mut reader = self.reader();
        record.stamp = reader.stamp();
        let fits = |span: &Span| self.text.get(span.start as usize..span.end as usize).is_some();
        let mut cell = || match reader.cell() {
            Some(Cell::Decimal(span) | Cell::Text(span)) if !fits(&span) => Cell::Null,
            other => other.unwrap_or(Cell::Null),
        };
        let text_of = |cell| if let Cell::Text(span) = cell { Some(span) } else { None };
        (record.key, record.raw) = (text_of(cell()), text_of(cell()));
        record.cells.iter_mut().for_each(|place| *place = cell());
    }

    fn reader(self) -> Reader<'a> {
        Reader { rest: self.cells, at: 0 }
    }
}

/// The values of a packed record.
pub(crate) struct Values<'a> {
    text: &'a str,
    reader: Reader<'a>,
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        self.reader.cell().map(|cell| value(cell, self.text))
    }

    #[inline]
    fn nth(&mut self, n: usize) -> Option<Value<'a>> {
        for _ in 0..n {
            self.reader.skip();
        }
        self.next()
    }
}

/// What a cell holds; nothing, if its text is none.
#[inline]
fn value(cell: Cell, text: &str) -> Value<'_> {
    let str = |span: Span| text.get(span.start as usize..span.end as usize);
    match cell {
        Cell::Null => Value::Null,
        Cell::Bool(value) => Value::Bool(value),
        Cell::Int(value) => Value::Int(value),
        Cell::Float(value) => Value::Float(value),
        Cell::Decimal(span) => str(span).and_then(Decimal::parse).into(),
        Cell::Date(value) => Value::Date(value),
        Cell::DateTime(value) => Value::DateTime(value),
        Cell::Text(span) => str(span).into(),
    }
}

#[inline]
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_stamp(out: &mut Vec<u8>, Stamp { id, line, byte }: Stamp) {
    let length_at = out.len();
    out.push(0);
    let byte = byte.map_or(0, |byte| byte.saturating_add(1));
    for number in [u64::from(id.input), id.row, u64::from(id.part), line, byte] {
        put_number(out, number);
    }
    // Five numbers of at most ten bytes.
    out[length_at] = (out.len() - length_at - 1) as u8;
}

/// Writes a cell, without its text.
#[inline]
fn put_cell(out: &mut Vec<u8>, cell: Cell) {
    match cell {
        Cell::Null => out.push(NULL),
        Cell::Bool(value) => out.push(if value { TRUE } else { FALSE }),
        Cell::Int(value) => {
            out.push(INT);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Cell::Float(value) => {
            out.push(FLOAT);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Cell::Decimal(span) => {
            out.push(DECIMAL);
            put_number(out, u64::from(span.end - span.start));
        }
        Cell::Date(value) => {
            out.push(DATE);
            put_date(out, value);
        }
        Cell::DateTime(value) => {
            out.push(DATE_TIME);
            put_date(out, value.date());
            put_number(out, value.micros() as u64);
            put_number(out, value.offset().map_or(0, |offset| (i64::from(offset) + 2000) as u64));
        }
        Cell::Text(span) => match span.end - span.start {
            short if short < u32::from(u8::MAX - SHORT) => out.push(SHORT + short as u8),
            long => {
                out.push(TEXT);
                put_number(out, u64::from(long));
            }
        },
    }
}

fn put_date(out: &mut Vec<u8>, date: Date) {
    out.extend_from_slice(&date.year().to_le_bytes());
    out.extend_from_slice(&[date.month(), date.day()]);
}

/// Reads what the functions above wrote. Past the end everything is zero or
/// null, so that no slice can be out of bounds.
struct Reader<'a> {
    rest: &'a [u8],
    /// How much of the text the cells so far have taken.
    at: u32,
}

impl<'a> Reader<'a> {
    #[inline]
    fn bytes(&mut self, length: usize) -> &'a [u8] {
        let (head, tail) = self.rest.split_at_checked(length).unwrap_or((&[], &[]));
        self.rest = tail;
        head
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.bytes(N).try_into().unwrap_or([0; N])
    }

    #[inline]
    fn byte(&mut self) -> u8 {
        let Some((byte, tail)) = self.rest.split_first() else { return 0 };
        self.rest = tail;
        *byte
    }

    #[inline]
    fn number(&mut self) -> u64 {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte();
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                break;
            }
        }
        number
    }

    fn stamp(&mut self) -> Stamp {
        self.byte();
        let id = self.id();
        let (line, byte) = (self.number(), self.number().checked_sub(1));
        Stamp { id, line, byte }
    }

    fn id(&mut self) -> RecordId {
        let (input, row, part) = (self.number() as u32, self.number(), self.number() as u32);
        RecordId { input, row, part }
    }

    #[inline]
    fn skip_stamp(&mut self) {
        let length = self.byte();
        self.bytes(usize::from(length));
    }

    /// Passes over a cell.
    #[inline]
    fn skip(&mut self) {
        match self.rest {
            [NULL, tail @ ..] => self.rest = tail,
            [short @ SHORT..=u8::MAX, tail @ ..] => {
                self.rest = tail;
                self.span(u64::from(short - SHORT));
            }
            _ => drop(self.cell()),
        }
    }

    #[inline]
    fn span(&mut self, length: u64) -> Span {
        let start = self.at;
        self.at = start.saturating_add(u32::try_from(length).unwrap_or(u32::MAX));
        Span { start, end: self.at }
    }

    fn date(&mut self) -> Option<Date> {
        let year = i16::from_le_bytes(self.array());
        Date::new(year, self.byte(), self.byte())
    }

    /// The next cell; its text is the next piece of the record's.
    #[inline]
    fn cell(&mut self) -> Option<Cell> {
        if self.rest.is_empty() {
            return None;
        }
        Some(match self.byte() {
            TEXT => {
                let length = self.number();
                Cell::Text(self.span(length))
            }
            INT => Cell::Int(i64::from_le_bytes(self.array())),
            FLOAT => Cell::Float(f64::from_le_bytes(self.array())),
            DECIMAL => {
                let length = self.number();
                Cell::Decimal(self.span(length))
            }
            DATE => self.date().map_or(Cell::Null, Cell::Date),
            DATE_TIME => {
                let (date, micros) = (self.date(), self.number() as i64);
                let offset = self.number().checked_sub(1).map(|offset| (offset as i64 - 1999) as i16);
                let time = date.and_then(|date| DateTime::new(date, micros, offset));
                time.map_or(Cell::Null, Cell::DateTime)
            }
            FALSE => Cell::Bool(false),
            TRUE => Cell::Bool(true),
            short if short >= SHORT => Cell::Text(self.span(u64::from(short - SHORT))),
            _ => Cell::Null,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::value::tests::{date, date_time};
    use crate::schema::Schema;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Owned {
        Plain(Value<'static>),
        Decimal(String),
        Text(String),
    }

    impl Owned {
        fn value(&self) -> Value<'_> {
            match self {
                Owned::Plain(value) => *value,
                Owned::Decimal(digits) => Decimal::parse(digits).into(),
                Owned::Text(text) => Value::Text(text),
            }
        }
    }

    fn value() -> impl Strategy<Value = Owned> {
        prop_oneof![
            Just(Owned::Plain(Value::Null)),
            any::<bool>().prop_map(|value| Owned::Plain(value.into())),
            any::<i64>().prop_map(|value| Owned::Plain(value.into())),
            proptest::num::f64::NORMAL.prop_map(|value| Owned::Plain(value.into())),
            date().prop_map(|value| Owned::Plain(value.into())),
            date_time().prop_map(|value| Owned::Plain(value.into())),
            (any::<i64>(), any::<u32>()).prop_map(|(whole, part)| Owned::Decimal(format!("{whole}.{part}"))),
            any::<String>().prop_map(Owned::Text),
            // Around the length at which the tag no longer holds it.
            (230usize..250).prop_map(|len| Owned::Text("x".repeat(len))),
        ]
    }

    prop_compose! {
        fn stamp()(
            (input, row, part) in any::<(u32, u64, u32)>(),
            line in any::<u64>(),
            byte in proptest::option::of(0..u64::MAX),
        ) -> Stamp {
            Stamp { id: RecordId { input, row, part }, line, byte }
        }
    }

    proptest! {
        #[test]
        fn unpacking_is_the_inverse_of_packing(
            values in prop::collection::vec(value(), 0..8),
            stamp in stamp(),
            key in any::<Option<String>>(),
            raw in any::<Option<String>>(),
        ) {
            let schema = Schema::text((0..values.len()).map(|n| n.to_string())).unwrap();
            let mut record = Record::of(schema.clone(), values.iter().map(Owned::value)).unwrap();
            record.stamp = stamp;
            record.key = key.as_deref().map(|key| record.append(key));
            record.raw = raw.as_deref().map(|raw| record.append(raw));
            let mut packed = Pack::default();
            packed.push(&record);

            let mut unpacked = Record::new(schema);
            packed.record().unpack(&mut unpacked);
            prop_assert!(unpacked == record);
            prop_assert_eq!(unpacked.stamp, stamp);
            prop_assert_eq!(unpacked.key(), key.as_deref());
            prop_assert_eq!(unpacked.raw(), raw.as_deref());

            let view = packed.record();
            prop_assert!(view.values().eq(record.values()));
            prop_assert!((0..values.len()).all(|column| view.value(column) == record.value(column)));
            prop_assert_eq!((view.id(), view.stamp(), view.key()), (stamp.id, stamp, key.as_deref()));
        }

        #[test]
        fn any_bytes_can_be_unpacked(text: String, cells: Vec<u8>) {
            let packed = Packed { text: &text, cells: &cells };
            packed.unpack(&mut Record::new(Schema::text(["a", "b", "c"]).unwrap()));
            packed.values().for_each(drop);
        }
    }
}
