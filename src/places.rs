//! From a record's origin to the place that people read.

use std::sync::{Arc, PoisonError, RwLock};

use crate::error::Place;
use crate::record::Origin;

/// The names of a run's inputs, and of the parts that they have turned out to have.
pub(crate) struct Places(Vec<Input>);

struct Input {
    name: Arc<str>,
    /// Each part's name, and the last row before it, in order.
    parts: RwLock<Vec<(u64, Arc<str>)>>,
}

impl Places {
    pub fn new(names: impl IntoIterator<Item = Arc<str>>) -> Self {
        Places(names.into_iter().map(|name| Input { name, parts: RwLock::default() }).collect())
    }

    /// What follows the row stands in the named part of the input.
    pub fn begin(&self, input: u32, after: u64, part: Arc<str>) {
        let parts = &self.0[input as usize].parts;
        parts.write().unwrap_or_else(PoisonError::into_inner).push((after, part));
    }

    /// Where a record stands: in its part, if the input has parts, and the rows are counted there.
    pub fn place(&self, origin: &Origin<'_>) -> Place {
        let Input { name, parts } = &self.0[origin.id.input as usize];
        let parts = parts.read().unwrap_or_else(PoisonError::into_inner);
        let before = parts.partition_point(|(after, _)| *after < origin.id.row);
        match before.checked_sub(1).and_then(|last| parts.get(last)) {
            Some((after, part)) => Place { row: origin.id.row - after, ..origin.place(part) },
            None => origin.place(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RecordId;

    #[test]
    fn rows_are_counted_in_their_part() {
        let places = Places::new(["exports".into(), "other".into()]);
        places.begin(0, 0, "a.csv".into());
        places.begin(0, 2, "empty.csv".into());
        places.begin(0, 2, "b.csv".into());
        let shown = |input, row| {
            let id = RecordId { input, row, part: 0 };
            places.place(&Origin { id, line: 0, byte: None, key: None }).to_string()
        };
        assert_eq!([shown(0, 1), shown(0, 2), shown(0, 3)], ["a.csv:row 1", "a.csv:row 2", "b.csv:row 1"]);
        assert_eq!(shown(1, 3), "other:row 3");
    }
}
