//! All records of a run, held packed: in memory, and beyond a budget on disk.

mod page;
mod row;
mod spill;

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::record::Record;
use crate::schema::Schema;
use page::Page;
use row::Held;
pub use row::Row;
use spill::{Extent, Spill};

/// All records of a run, in the order in which they were read.
///
/// Each is held packed, at about the size of its text plus a byte a column
/// and some twenty for its origin; [`bytes`](Self::bytes) tells. Those that
/// find no room in a [budget](Self::spilling) are held on disk. Both are read
/// in the same way, from several threads if need be:
///
/// ```
/// use handover::dedupe::Records;
/// use handover::{Record, Schema, Value};
///
/// let schema = Schema::text(["name", "phone"])?;
/// let mut records = Records::spilling(schema.clone(), 512 << 20);
/// for row in [["Wang Wei", "13800138000"], ["Li Na", ""]] {
///     records.push(&Record::of(schema.clone(), row)?)?;
/// }
///
/// assert_eq!(records.row(1)?.value(0), Value::Text("Li Na"));
/// for row in records.rows(0..records.len()) {
///     let row = row?;
///     println!("{} {}", row.value(0), row.value(1));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Records {
    schema: Arc<Schema>,
    budget: usize,
    /// The position of the first record of each page, the one being filled included.
    firsts: Vec<u32>,
    /// The first pages.
    held: Vec<Page>,
    held_bytes: usize,
    /// The pages behind them.
    spilled: VecDeque<Extent>,
    spill: Option<Spill>,
    /// The last page, which is being filled.
    open: Page,
}

/// A page wherever it is, and the position of its first record.
struct Found<'r> {
    first: usize,
    page: Place<'r>,
}

enum Place<'r> {
    Memory(&'r Page),
    Disk(Arc<Page>),
}

impl Records {
    /// No record yet; all will be held in memory.
    pub fn new(schema: Arc<Schema>) -> Self {
        Records::spilling(schema, usize::MAX)
    }

    /// No record yet. What does not fit into so many bytes of memory will go
    /// to a file without a name, in the folder for temporary files (`TMPDIR`).
    ///
    /// Whatever the budget, in memory are the record pushed last with those of
    /// the 16 KiB before it, 28 bytes for each 16 KiB on disk, and 1 MiB of
    /// what was read back last.
    pub fn spilling(schema: Arc<Schema>, budget: usize) -> Self {
        Records {
            schema,
            budget,
            firsts: vec![0],
            held: Vec::new(),
            held_bytes: 0,
            spilled: VecDeque::new(),
            spill: None,
            open: Page::default(),
        }
    }

    /// Adds a record; its columns must be those of the schema.
    ///
    /// # Errors
    ///
    /// When there are more records than can be numbered, and when the disk
    /// takes no more.
    pub fn push(&mut self, record: &Record) -> Result<()> {
        if self.len() == u32::MAX as usize {
            return Err(Error::new(ErrorKind::Limit, "more than 4,294,967,295 records to compare"));
        }
        self.open.push(record);
        if self.open.is_full() { self.turn() } else { Ok(()) }
    }

    /// The columns.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.first_open() + self.open.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One record; panics beyond the last.
    ///
    /// # Errors
    ///
    /// When it is on disk and cannot be read back.
    pub fn row(&self, record: usize) -> Result<Row<'_>> {
        self.find(record).map(|found| found.row(record))
    }

    /// The records at these positions, in order; panics beyond the last.
    ///
    /// # Errors
    ///
    /// As [`row`](Self::row).
    pub fn rows(&self, records: Range<usize>) -> impl Iterator<Item = Result<Row<'_>>> {
        let mut at: Option<Found<'_>> = None;
        records.map(move |record| {
            let found = match &mut at {
                Some(found) if found.holds(record) => found,
                other => other.insert(self.find(record)?),
            };
            Ok(found.row(record))
        })
    }

    /// Looks at all records in order, with their positions: sooner done than
    /// by [`rows`](Self::rows), because nothing is copied of what is on disk.
    ///
    /// # Errors
    ///
    /// As [`row`](Self::row), and the first that `look` gives.
    pub(crate) fn each(&self, mut look: impl FnMut(usize, &Row<'_>) -> Result<()>) -> Result<()> {
        for (number, first) in self.firsts.iter().enumerate() {
            let place = self.page(number)?;
            let page = place.page();
            for within in 0..page.len() {
                look(*first as usize + within, &Row(Held::InMemory(page.record(within))))?;
            }
        }
        Ok(())
    }

    /// How many bytes the records take in memory, without what is set aside
    /// for more and what was read back from disk.
    pub fn bytes(&self) -> usize {
        let index = size_of_val(&self.firsts[..])
            + size_of_val(&self.held[..])
            + self.spilled.len() * size_of::<Extent>();
        self.held_bytes + self.open.size() + index
    }

    /// How many bytes of records are on disk.
    pub fn bytes_spilled(&self) -> u64 {
        self.spill.as_ref().map_or(0, Spill::bytes)
    }

    fn first_open(&self) -> usize {
        self.firsts.last().map_or(0, |first| *first as usize)
    }

    /// Turns over a new page.
    fn turn(&mut self) -> Result<()> {
        let next = self.len() as u32;
        if self.spilled.is_empty() && self.has_room() {
            self.held_bytes += self.open.size();
            self.held.push(self.open.clone());
        } else {
            self.spilled.push_back(append(&mut self.spill, &self.open)?);
        }
        self.firsts.push(next);
        self.open.clear();
        // The index grows with every page, and may want the room of one.
        while !self.has_room()
            && let Some(page) = self.held.last()
        {
            self.spilled.push_front(append(&mut self.spill, page)?);
            self.held_bytes -= page.size();
            self.held.pop();
        }
        Ok(())
    }

    /// Whether there is room for the page that is being filled.
    fn has_room(&self) -> bool {
        self.bytes() + Page::FULL <= self.budget
    }

    fn find(&self, record: usize) -> Result<Found<'_>> {
        let number = self.firsts.partition_point(|first| *first as usize <= record) - 1;
        Ok(Found { first: self.firsts[number] as usize, page: self.page(number)? })
    }

    /// A page by its number; the last is the one that is being filled.
    fn page(&self, number: usize) -> Result<Place<'_>> {
        let Some(spilled) = number.checked_sub(self.held.len()) else {
            return Ok(Place::Memory(&self.held[number]));
        };
        Ok(match (self.spilled.get(spilled), &self.spill) {
            (Some(extent), Some(spill)) => Place::Disk(spill.read(*extent)?),
            _ => Place::Memory(&self.open),
        })
    }
}

fn append(spill: &mut Option<Spill>, page: &Page) -> Result<Extent> {
    let spill = match spill {
        Some(spill) => spill,
        None => spill.insert(Spill::create()?),
    };
    spill.append(page)
}

impl Place<'_> {
    #[inline]
    fn page(&self) -> &Page {
        match self {
            Place::Memory(page) => page,
            Place::Disk(page) => page,
        }
    }
}

impl<'r> Found<'r> {
    #[inline]
    fn holds(&self, record: usize) -> bool {
        (self.first..self.first + self.page.page().len()).contains(&record)
    }

    #[inline]
    fn row(&self, record: usize) -> Row<'r> {
        let place = record - self.first;
        Row(match &self.page {
            Place::Memory(page) => Held::InMemory(page.record(place)),
            Place::Disk(page) => Held::ReadBack(Box::new(page.record(place).to_owned())),
        })
    }
}

/// Says how many records there are, and none of their values.
impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (len, bytes, spilled) = (self.len(), self.bytes(), self.bytes_spilled());
        let mut out = f.debug_struct("Records");
        out.field("len", &len).field("bytes", &bytes).field("bytes_spilled", &spilled).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Date, DateTime, Decimal, Pack, RecordId, Value};

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
        let rows = [records.row(0).unwrap(), records.row(1).unwrap()];
        for row in &rows {
            assert!(row.values().eq(values));
            for (column, value) in values.into_iter().enumerate() {
                assert_eq!(row.value(column), value);
            }
            assert_eq!(row.value(values.len()), Value::Null);
        }
        assert_eq!((rows[0].key(), rows[1].key()), (None, Some(long.as_str())));
    }

    /// Records of all lengths up to several pages, each with its number for a key.
    fn filled(budget: usize, count: usize) -> Records {
        let schema = Schema::text(["number", "text"]).unwrap();
        let mut records = Records::spilling(schema.clone(), budget);
        for number in 0..count {
            let text = "x".repeat(if number % 50 == 49 { 50_000 } else { number % 300 });
            let mut record = Record::of(schema.clone(), [&number.to_string(), &text]).unwrap();
            record.set_key(0);
            records.push(&record).unwrap();
        }
        records
    }

    #[test]
    fn records_are_the_same_wherever_they_are() {
        let all = filled(usize::MAX, 1000);
        assert_eq!((all.bytes_spilled(), all.len()), (0, 1000));
        for budget in [0, 40_000, 300_000] {
            let some = filled(budget, 1000);
            assert_eq!(some.len(), 1000);
            assert!(some.bytes_spilled() > all.bytes() as u64 - 400_000, "{some:?}");
            let rows = |records: &Records, range| -> Vec<Pack> {
                records.rows(range).map(|row| row.unwrap().packed().to_owned()).collect()
            };
            assert_eq!(rows(&some, 0..1000), rows(&all, 0..1000));
            assert_eq!(rows(&some, 499..502), rows(&all, 499..502));
            let mut looked = Vec::new();
            let look = |position, row: &Row<'_>| {
                looked.push((position, row.packed().to_owned()));
                Ok(())
            };
            some.each(look).unwrap();
            assert!(looked.into_iter().eq(rows(&all, 0..1000).into_iter().enumerate()));
            assert!(rows(&some, 7..7).is_empty());
            for record in (0..1000).map(|n| n * 377 % 1000) {
                let row = some.row(record).unwrap();
                assert_eq!(row.key(), Some(record.to_string().as_str()));
                assert_eq!(row.into_key().as_deref(), Some(record.to_string().as_str()));
            }
        }
    }

    #[test]
    fn several_threads_read_what_is_on_disk() {
        let records = filled(0, 1000);
        let sum = |range| -> usize {
            records.rows(range).map(|row| row.unwrap().value(0).to_string().parse::<usize>().unwrap()).sum()
        };
        let halves = std::thread::scope(|scope| {
            let threads = [scope.spawn(|| sum(0..500)), scope.spawn(|| sum(500..1000))];
            threads.map(|thread| thread.join().unwrap())
        });
        assert_eq!(halves, [124_750, 374_750]);
    }

    #[test]
    fn a_million_records_keep_within_the_budget() {
        const BUDGET: usize = 4 << 20;
        let schema = Schema::text(["id", "name", "email"]).unwrap();
        let mut records = Records::spilling(schema.clone(), BUDGET);
        let mut record = Record::of(schema, ["C00000001", "王伟", "wang.wei@example.cn"]).unwrap();
        for row in 0..1_000_000 {
            record.set_id(RecordId { input: 0, row, part: 0 });
            records.push(&record).unwrap();
            assert!(records.bytes() <= BUDGET);
        }
        let held = records.bytes() as u64 + records.bytes_spilled();
        assert!(records.bytes() > BUDGET / 2 && held > 50_000_000, "{records:?}");
        assert_eq!(records.row(999_999).unwrap().id().row, 999_999);
        assert_eq!(records.row(500_000).unwrap().id().row, 500_000);
    }
}
