//! From rows of the store to what they say.

use std::sync::Arc;

use rusqlite::Row;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::seal;
use crate::error::Result;
use crate::migration::store::{Disposition, EntityId, Entry, JournalLine};
use crate::migration::target::TargetId;
use crate::sqlite::refused;

/// A line of the ledger: the columns as they stand in its statements, the key last.
pub(super) fn entry_of<'r>(entity: EntityId, row: &'r Row<'_>) -> Result<(&'r str, Entry)> {
    let text = |at: usize| row.get_ref(at).ok()?.as_str().ok();
    let key = text(9).unwrap_or_default();
    let read = || -> Option<Entry> {
        let number = |at: usize| row.get_ref(at).ok()?.as_i64_or_null().ok();
        let hash = number(2)??;
        Some(Entry {
            disposition: Disposition::of_code(u8::try_from(number(0)??).ok()?)?,
            target: id_of(row.get_ref(1).ok()?)?,
            hash: hash as u64,
            written: number(3)?.unwrap_or(hash) as u64,
            batch: u64::try_from(number(4)??).ok()?,
            row: u64::try_from(number(5)??).ok()?,
            inactive: number(6)?.is_some(),
            note: text(7).map(Arc::from),
        })
    };
    let sealed: Option<i64> = row.get(8).map_err(refused)?;
    match read() {
        Some(entry) if sealed == Some(seal::of_entry(entity, key, &entry)) => Ok((key, entry)),
        _ => Err(seal::broken(format!("the ledger's line of record {key}"))),
    }
}

/// A line of the journal.
pub(super) fn journal_of(row: &Row<'_>) -> Result<JournalLine> {
    let read = || -> Option<(JournalLine, Option<String>)> {
        let text = |at: usize| row.get::<_, Option<String>>(at).ok();
        let previous = text(8)?;
        let record = match (row.get::<_, Option<EntityId>>(6).ok()?, text(7)?) {
            (Some(entity), Some(key)) => Some((
                entity,
                key,
                previous.as_deref().map(unpack).map_or(Some(None), |entry| entry.map(Some))?,
            )),
            _ => None,
        };
        let line = JournalLine {
            batch: row.get(0).ok()?,
            line: row.get(1).ok()?,
            table: text(2)??.into(),
            target: id_of(row.get_ref(3).ok()?)??,
            before: text(4)?,
            after: text(5)?,
            record,
        };
        Some((line, previous))
    };
    let sealed: Option<i64> = row.get(9).map_err(refused)?;
    match read() {
        Some((line, previous)) if sealed == Some(seal::of_line(&line, previous.as_deref())) => Ok(line),
        _ => {
            let (batch, line): (i64, i64) = (row.get(0).map_err(refused)?, row.get(1).map_err(refused)?);
            Err(seal::broken(format!("line {line} of batch {batch} in the journal")))
        }
    }
}

/// The id as SQLite stores it.
pub(super) fn stored(id: &TargetId) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match id {
        TargetId::Number(number) => ValueRef::Integer(*number),
        TargetId::Text(text) => ValueRef::Text(text.as_bytes()),
    })
}

/// An id, or none; none at all for what is neither.
pub(super) fn id_of(value: ValueRef<'_>) -> Option<Option<TargetId>> {
    match value {
        ValueRef::Null => Some(None),
        ValueRef::Integer(number) => Some(Some(TargetId::Number(number))),
        ValueRef::Text(_) => Some(Some(TargetId::Text(value.as_str().ok()?.into()))),
        _ => None,
    }
}

/// An entry as the journal keeps it.
pub(super) fn pack(entry: &Entry) -> String {
    let Entry { disposition, target, hash, written, batch, row, inactive, note } = entry;
    let id = target.as_ref().map(TargetId::to_string);
    let is_number = matches!(target, Some(TargetId::Number(_)));
    serde_json::json!([
        disposition.code(),
        id,
        is_number,
        hash,
        written,
        batch,
        row,
        inactive,
        note.as_deref()
    ])
    .to_string()
}

fn unpack(text: &str) -> Option<Entry> {
    type Packed = (u8, Option<String>, bool, u64, u64, u64, u64, bool, Option<String>);
    let (code, id, is_number, hash, written, batch, row, inactive, note): Packed =
        serde_json::from_str(text).ok()?;
    let target = match id {
        Some(id) if is_number => Some(TargetId::Number(id.parse().ok()?)),
        Some(id) => Some(TargetId::Text(id.into())),
        None => None,
    };
    let disposition = Disposition::of_code(code)?;
    Some(Entry { disposition, target, hash, written, batch, row, inactive, note: note.map(Arc::from) })
}
