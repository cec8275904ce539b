//! What shows that a line was changed by somebody else.
//!
//! Each line of the ledger and of the journal carries the first eight bytes of
//! the SHA-256 of its content. That tells accidents and hands that do not know
//! of it; whoever knows can make the seals anew. Lines of the audit log have seals that
//! need the key, where there is one.

use sha2::{Digest, Sha256};

use super::SqliteStore;
use super::bind::{entry_of, journal_of};
use crate::error::{Error, Result};
use crate::migration::store::{EntityId, Entry, JournalLine, Store, check_chain};
use crate::migration::target::TargetId;
use crate::sqlite::refused;

fn first_eight(digest: Sha256) -> i64 {
    let digest = digest.finalize();
    let mut eight = [0; 8];
    eight.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(eight)
}

/// The seal of a line of the ledger.
pub(super) fn of_entry(entity: EntityId, key: &str, entry: &Entry) -> i64 {
    let Entry { disposition, target, hash, written, batch, row, inactive, note } = entry;
    let mut bytes = [0u8; 46];
    bytes[..4].copy_from_slice(&entity.to_le_bytes());
    bytes[4..8].copy_from_slice(&(key.len() as u32).to_le_bytes());
    bytes[8..16].copy_from_slice(&hash.to_le_bytes());
    bytes[16..24].copy_from_slice(&written.to_le_bytes());
    bytes[24..32].copy_from_slice(&batch.to_le_bytes());
    bytes[32..40].copy_from_slice(&row.to_le_bytes());
    (bytes[40], bytes[41]) = (disposition.code(), u8::from(*inactive));
    bytes[42..46].copy_from_slice(&(note.as_ref().map_or(0, |note| note.len() as u32 + 1)).to_le_bytes());
    let mut digest = Sha256::new();
    digest.update(bytes);
    digest.update(key.as_bytes());
    digest.update(note.as_deref().unwrap_or_default().as_bytes());
    add_id(&mut digest, target.as_ref());
    first_eight(digest)
}

/// The seal of a line of the journal.
pub(super) fn of_line(line: &JournalLine, previous: Option<&str>) -> i64 {
    let JournalLine { batch, line, table, target, before, after, record } = line;
    let mut digest = Sha256::new();
    digest.update(batch.to_le_bytes());
    digest.update(line.to_le_bytes());
    let entity = record.as_ref().map(|(entity, ..)| entity.to_string());
    let key = record.as_ref().map(|(_, key, _)| key.as_str());
    let parts = [Some(&**table), before.as_deref(), after.as_deref(), entity.as_deref(), key, previous];
    for part in parts {
        digest.update(part.map_or(0, |part| part.len() as u64 + 1).to_le_bytes());
        digest.update(part.unwrap_or_default().as_bytes());
    }
    add_id(&mut digest, Some(target));
    first_eight(digest)
}

fn add_id(digest: &mut Sha256, id: Option<&TargetId>) {
    match id {
        None => {}
        Some(TargetId::Number(number)) => digest.update(number.to_le_bytes()),
        Some(TargetId::Text(text)) => digest.update(text.as_bytes()),
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
        let mut statement = store.connection.prepare_cached(sql).map_err(refused)?;
        let mut rows = statement.query([entity]).map_err(refused)?;
        while let Some(row) = rows.next().map_err(refused)? {
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
    let mut statement = store.connection.prepare_cached(sql).map_err(refused)?;
    let mut rows = statement.query([]).map_err(refused)?;
    while let Some(row) = rows.next().map_err(refused)? {
        found.extend(journal_of(row).err().map(|error| error.to_string()));
    }
    Ok(found)
}

/// The error of a line whose seal is not its own.
pub(super) fn broken(place: String) -> Error {
    Error::format("was changed by something else than a migration").at(place)
}
