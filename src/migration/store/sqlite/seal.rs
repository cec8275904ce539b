//! What shows that a line was changed by somebody else.
//!
//! Each line of the ledger and of the journal carries the XXH3 of its content.
//! That tells accidents and hands that do not know of it; whoever knows can make
//! the seals anew. Lines of the audit log have seals that need the key, where there is one.

use twox_hash::XxHash3_64;

use super::SqliteStore;
use super::bind::{entry_of, journal_of};
use crate::error::{Error, Result};
use crate::migration::store::{EntityId, Entry, JournalLine, Store, check_chain};
use crate::migration::target::TargetId;

/// The seal of a line of the ledger.
pub(super) fn of_entry(entity: EntityId, key: &str, entry: &Entry) -> i64 {
    let Entry { disposition, target, hash, written, batch, row, inactive, note } = entry;
    let about = u64::from(entity) << 32
        | u64::from(disposition.code()) << 8
        | u64::from(note.is_some()) << 1
        | u64::from(*inactive);
    let mut numbers = [0; 40];
    for (place, number) in numbers.chunks_exact_mut(8).zip([about, *hash, *written, *batch, *row]) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    let note = note.as_deref().unwrap_or_default().as_bytes();
    let mut number = [0; 8];
    let id = target.as_ref().map_or(&[][..], |id| bytes_of(id, &mut number));
    sealed(&[&numbers, key.as_bytes(), id, note])
}

/// The seal of parts: each is hashed with the hash of those before it.
fn sealed(parts: &[&[u8]]) -> i64 {
    parts.iter().fold(0, |before, part| XxHash3_64::oneshot_with_seed(before, part)) as i64
}

/// The seal of a line of the journal.
pub(super) fn of_line(line: &JournalLine, previous: Option<&str>) -> i64 {
    let JournalLine { batch, line, table, target, before, after, record } = line;
    let (entity, key) = record.as_ref().map(|(entity, key, _)| (*entity, key.as_str())).unzip();
    let texts = [Some(&**table), before.as_deref(), after.as_deref(), key, previous];
    let is_there = texts.map(|text| u8::from(text.is_some()));
    let texts = texts.map(|text| text.unwrap_or_default().as_bytes());
    let (batch, line, entity) =
        (batch.to_le_bytes(), line.to_le_bytes(), entity.unwrap_or_default().to_le_bytes());
    let mut number = [0; 8];
    let numbers = [&batch[..], &line, &entity, &is_there, bytes_of(target, &mut number)];
    sealed(&[&numbers[..], &texts].concat())
}

/// A text's bytes, or those of a number.
fn bytes_of<'b>(id: &'b TargetId, number: &'b mut [u8; 8]) -> &'b [u8] {
    match id {
        TargetId::Text(text) => text.as_bytes(),
        TargetId::Number(id) => {
            *number = id.to_le_bytes();
            number
        }
    }
}

/// Says in words what was changed.
pub(super) fn tampering(store: &mut SqliteStore) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if let Err(error) = check_chain(&store.events()?) {
        found.push(error.to_string());
    }
    for (system, name, entity) in store.entities()? {
        let sql = "SELECT disposition, target_id, hash, written, batch, row, inactive, note, seal, key \
                   FROM ledger WHERE entity = ?1 ORDER BY key";
        let mut statement = store.connection.prepare_cached(sql).map_err(|error| store.refused(error))?;
        let mut rows = statement.query([entity]).map_err(|error| store.refused(error))?;
        while let Some(row) = rows.next().map_err(|error| store.refused(error))? {
            if let Err(error) = entry_of(entity, row) {
                found.push(format!("{system}/{name}: {error}"));
            }
        }
    }
    found.extend(in_journal(store)?);
    Ok(found)
}

/// The same, apart from the ledger.
pub(super) fn beside_ledger(store: &mut SqliteStore) -> Result<Vec<String>> {
    let mut found: Vec<String> =
        check_chain(&store.events()?).err().map(|error| error.to_string()).into_iter().collect();
    found.extend(in_journal(store)?);
    Ok(found)
}

fn in_journal(store: &SqliteStore) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let sql = "SELECT batch, line, tbl, target_id, before, after, entity, key, previous, seal FROM journal";
    let mut statement = store.connection.prepare_cached(sql).map_err(|error| store.refused(error))?;
    let mut rows = statement.query([]).map_err(|error| store.refused(error))?;
    while let Some(row) = rows.next().map_err(|error| store.refused(error))? {
        found.extend(journal_of(row).err().map(|error| error.to_string()));
    }
    Ok(found)
}

/// The error of a line whose seal is not its own.
pub(super) fn broken(place: String) -> Error {
    Error::format("was changed by something else than a migration").at(place)
}
