//! Rows by their ids.

use std::collections::HashMap;

use super::{TableShape, Target, TargetId};
use crate::error::Result;
use crate::record::{Record, Value};

/// Some columns of the rows of these ids, as far as they are there.
pub(crate) fn fetch<'i>(
    target: &mut dyn Target,
    shape: &TableShape,
    columns: &[&str],
    ids: impl IntoIterator<Item = &'i TargetId>,
) -> Result<HashMap<TargetId, Record>> {
    let ids: Vec<Value<'_>> = ids.into_iter().map(TargetId::value).collect();
    let mut rows = HashMap::with_capacity(ids.len());
    if !ids.is_empty() {
        target.find(&shape.table, columns, &shape.id, &ids, &mut |row| {
            rows.insert(id_of(row), row.clone());
            Ok(())
        })?;
    }
    Ok(rows)
}

/// The id of a row that a target gave.
pub(crate) fn id_of(row: &Record) -> TargetId {
    TargetId::parse(row.key().unwrap_or_default())
}
