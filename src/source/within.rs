//! A source that is read inside another part of the program, not by the engine.

use std::sync::Arc;

use crate::batch::{BATCH_RECORDS, Batch, Fate, Row};
use crate::error::{Fault, Place, Result};
use crate::places::Places;
use crate::record::Record;
use crate::schema::Schema;
use crate::source::{Feed, SourceReader};

/// A record that such a source pushed, or set aside.
pub(crate) struct Pushed<'a> {
    pub record: &'a Record,
    pub rejected: bool,
    pub faults: Vec<Fault>,
    /// Bytes of the source that were read when its batch was sent on.
    pub bytes_read: u64,
    places: &'a Places,
}

impl Pushed<'_> {
    pub fn place(&self) -> Place {
        self.places.place(&self.record.origin())
    }
}

/// Reads a source, whose columns are known, to its end.
pub(crate) fn read_within<S: SourceReader + ?Sized>(
    source: &mut S,
    schema: &Arc<Schema>,
    mut each: impl FnMut(Pushed<'_>) -> Result<()>,
) -> Result<()> {
    let name: Arc<str> = source.name().into();
    let places = Places::new([Arc::clone(&name)]);
    let mut exchange = |mut batch: Batch| {
        let rows = std::mem::take(&mut batch.rows);
        for Row { source, fate, faults, .. } in rows {
            let (record, rejected) = (&batch.records[source as usize], fate == Fate::Rejected);
            each(Pushed { record, rejected, faults, bytes_read: batch.bytes_read, places: &places })?;
        }
        batch.clear();
        Ok(batch)
    };
    let batch = Batch::default();
    let mut feed = Feed::new(Arc::clone(schema), 0, batch, BATCH_RECORDS, &places, &mut exchange);
    source.read(&mut feed).map_err(|error| error.within(&name))?;
    feed.finish().map(drop)
}
