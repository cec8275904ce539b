//! Keys that several records of a source have: one of them has it in the ledger, the others
//! are known by their rows.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::asides::identity;
use super::seen::Seen;
use crate::error::{Error, Result};
use crate::migration::entity::Entity;
use crate::pipeline::{Aside, Observer, Pipeline, Rejects};
use crate::record::{Record, RecordId};
use crate::sink::{Rows, SinkWriter};
use crate::source::identified::Identified;

/// The keys that are there several times, each with the row of the record that it stands for.
pub(super) struct Twice(HashMap<String, Option<u64>>);

impl Twice {
    /// Looks through a source. A key stands for the first record that has it; where records are
    /// merged, for the first that comes out of that, which [`claim`](Self::claim)s it.
    pub fn read(entity: &Entity, merges: bool) -> Result<Self> {
        let (mut seen, mut twice) = (Seen::new(), HashMap::new());
        each_key(entity, &mut |key, _| {
            if seen.insert(key) {
                twice.insert(key.to_owned(), None);
            }
        })?;
        if !twice.is_empty() && !merges {
            each_key(entity, &mut |key, row| {
                if let Some(first @ None) = twice.get_mut(key) {
                    *first = Some(row);
                }
            })?;
        }
        Ok(Twice(twice))
    }

    /// Whether a key stands for the record of a row that is to be written.
    pub fn claim(&mut self, key: &str, row: u64) -> bool {
        self.0.get_mut(key).is_none_or(|first| *first.get_or_insert(row) == row)
    }

    /// Whether it stands for the record of a row that was set aside.
    pub fn has(&self, key: &str, row: u64) -> bool {
        self.0.get(key).is_none_or(|first| *first == Some(row))
    }
}

/// Gives the keys that a source's records have in the ledger, and their rows.
fn each_key<'k>(entity: &Entity, each: &'k mut EachKey<'k>) -> Result<()> {
    let keys = Keys(Mutex::new(each));
    let source = Identified::new((entity.open)()?, &entity.key, 0);
    let pipeline = Pipeline::from(source).threads(1).rejects(Rejects::observed());
    pipeline.observe(&keys).to(&mut &keys).run().map(drop).map_err(Error::from)
}

/// What is done with a key and its row.
type EachKey<'k> = dyn FnMut(&str, u64) + Send + 'k;

struct Keys<'k>(Mutex<&'k mut EachKey<'k>>);

impl Keys<'_> {
    fn take(&self, id: RecordId, key: Option<&str>) {
        if key.is_some() {
            let mut each = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            each(&identity(id, key), id.row);
        }
    }
}

impl Observer for Keys<'_> {
    fn aside(&self, id: RecordId, record: &Record, _why: Aside<'_>) {
        self.take(id, record.key());
    }
}

impl SinkWriter for &Keys<'_> {
    fn name(&self) -> Cow<'_, str> {
        "keys".into()
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        while let Some(record) = rows.next()? {
            self.take(record.id(), record.key());
        }
        Ok(())
    }
}
