//! From the source's columns to the target's.
//!
//! A [`Mapping`] says column by column what the target is made of, in code or
//! in a TOML or JSON file. [`map_typed`] maps one `serde` struct to another,
//! [`map_with`] runs any closure, and your own type can be a [`FieldMapper`].
//! Mappers run one [after](FieldMapper::then) another; [`Fill`] looks missing values up in another source.
//!
//! ```
//! use handover::map::{Mapping, from, join};
//!
//! let mapping = Mapping::new()
//!     .rename("客户名称", "company")
//!     .field("phone", from(["手机", "Mobile", "电话"]))
//!     .field("contact", join(["last", "first"], " "))
//!     .field("country", from("country").default("CN"))
//!     .ignore("fax");
//! ```

mod bind;
mod chain;
mod closure;
mod condition;
mod config;
mod evidence;
#[cfg(any(feature = "toml", feature = "json"))]
mod file;
mod fill;
mod kinds;
mod mapping;
#[cfg(feature = "migration")]
mod outline;
mod rule;
mod run;
mod spread;
mod typed;

use std::borrow::Cow;
use std::sync::Arc;

use crate::changes::Changes;
use crate::error::{Fault, Findings, Result};
use crate::record::Record;
use crate::schema::Schema;

pub use chain::Chain;
pub use closure::{MapWith, map_with};
pub use condition::{Condition, none_of, one_of, when};
pub use evidence::Evidence;
pub(crate) use evidence::{Fits, Witness};
#[cfg(feature = "migration")]
pub(crate) use file::read_toml;
pub use fill::{Fill, NotFound};
pub use kinds::Kinds;
pub use mapping::Mapping;
pub use rule::{Computed, Rule, Unknown, compute, constant, first_of, from, join};
pub use spread::Spread;
pub use typed::{MapTyped, map_typed};

/// Makes target records of a source record: one, several, or none for a
/// named reason.
pub trait FieldMapper: Send + Sync {
    /// Resolves the columns, once, before the first record, and says which
    /// columns come out. A source column that the mapper does not know is an error.
    fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>>;

    /// Maps one record. A fault rejects it; `output` can gather several.
    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault>;

    /// The changes that the mapper counts with [`Mapped::count`], as target column
    /// and rule, so that the report can name them. Asked once, after `bind`.
    fn counters(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// This mapper, and then another for every record that comes out of it.
    fn then<M: FieldMapper>(self, next: M) -> Chain<Self, M>
    where
        Self: Sized,
    {
        Chain::new(self, next)
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<M: FieldMapper + ?Sized> FieldMapper for $pointer {
            fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>> {
                (**self).bind(input)
            }

            fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
                (**self).map(input, output)
            }

            fn counters(&self) -> Vec<(String, String)> {
                (**self).counters()
            }
        }
    )*};
}
forward!(Box<M>, &mut M);

/// What a [`FieldMapper`] makes of one record.
pub struct Mapped<'a> {
    schema: &'a Arc<Schema>,
    source: &'a Record,
    pool: &'a mut Vec<Record>,
    start: usize,
    parts: usize,
    /// How many parts there were when this source record's turn came.
    before: usize,
    filtered: Vec<Cow<'static, str>>,
    notes: Notes<'a>,
}

/// Where a mapper's findings and counts go.
pub(crate) struct Notes<'a> {
    pub findings: &'a mut Findings,
    pub changes: &'a mut Changes,
    /// The number of the mapper's first counter.
    pub counter: usize,
}

/// Where the engine keeps what mappers make.
pub(crate) struct Bench<'a> {
    /// The columns of the records to be made.
    pub schema: &'a Arc<Schema>,
    /// Records to use, from `start` on.
    pub pool: &'a mut Vec<Record>,
    pub start: usize,
    pub notes: Notes<'a>,
}

impl<'a> Mapped<'a> {
    /// The next record that comes out: blank, with the mapper's columns, and
    /// the origin of the one that went in. Call it once, or once for each part.
    pub fn record(&mut self) -> &mut Record {
        self.begin().0
    }

    /// Leaves the record out, for a reason that the report counts: `inactive`.
    /// Parts that were already made are dropped.
    pub fn filter(&mut self, reason: impl Into<Cow<'static, str>>) {
        self.parts = self.before;
        self.filtered.push(reason.into());
    }

    /// Where to put warnings, and faults beyond the first.
    pub fn findings(&mut self) -> &mut Findings {
        self.notes.findings
    }

    /// Counts a change: the number is the place in [`FieldMapper::counters`].
    pub fn count(&mut self, counter: usize) {
        self.notes.count(counter);
    }

    pub(crate) fn new(source: &'a Record, bench: Bench<'a>) -> Self {
        let Bench { schema, pool, start, notes } = bench;
        Mapped { schema, source, pool, start, parts: 0, before: 0, filtered: Vec::new(), notes }
    }

    /// How many parts came out, and why others were left out: a reason each.
    ///
    /// Made and left out, the parts are numbered through from 0: the numbers
    /// that no record has are those of the parts that were left out, in order.
    pub(crate) fn finish(self) -> (usize, Vec<Cow<'static, str>>) {
        (self.parts, self.filtered)
    }

    /// Like [`record`](Self::record), with the notes to take while it is filled.
    fn begin(&mut self) -> (&mut Record, &mut Notes<'a>) {
        let at = self.start + self.parts;
        if at == self.pool.len() {
            self.pool.push(Record::new(Arc::clone(self.schema)));
        }
        let record = &mut self.pool[at];
        record.reset(self.schema);
        record.descend_from(self.source, (self.parts + self.filtered.len()) as u32);
        self.parts += 1;
        (record, &mut self.notes)
    }
}

impl Notes<'_> {
    fn count(&mut self, counter: usize) {
        self.changes.add(self.counter + counter);
    }

    /// The same notes, for a mapper whose counters begin that much later.
    fn shifted(&mut self, by: usize) -> Notes<'_> {
        Notes { findings: self.findings, changes: self.changes, counter: self.counter + by }
    }
}

#[cfg(test)]
pub(crate) mod testing;
