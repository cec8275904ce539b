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

fn first_eight(digest: impl AsRef<[u8]>) -> i64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&digest.as_ref()[..8]);
    i64::from_le_bytes(eight)
}

/// The seal of a line of the ledger.
pub(super) fn of_entry(entity: EntityId, key: &str, entry: &Entry) -> i64 {
    let Entry { disposition, target, hash, written, batch, row, inactive, note } = entry;
    let note = note.as_deref().map(str::as_bytes);
    let number;
    let id = match target {
        None => &[][..],
        Some(TargetId::Text(text)) => text.as_bytes(),
        Some(TargetId::Number(id)) => {
            number = id.to_le_bytes();
            &number
        }
    };
    let parts: [&[u8]; 12] = [
        &entity.to_le_bytes(),
        &(key.len() as u32).to_le_bytes(),
        &hash.to_le_bytes(),
        &written.to_le_bytes(),
        &batch.to_le_bytes(),
        &row.to_le_bytes(),
        &[disposition.code()],
        &[u8::from(*inactive)],
        &note.map_or(0, |note| note.len() as u32 + 1).to_le_bytes(),
        key.as_bytes(),
        note.unwrap_or_default(),
        id,
    ];
    sealed(&parts)
}

/// The seal of parts, one behind the other. Most fit into a piece of the stack.
fn sealed(parts: &[&[u8]]) -> i64 {
    let mut piece = [0; 256];
    let mut end = 0;
    for part in parts {
        match piece.get_mut(end..end + part.len()) {
            Some(room) => room.copy_from_slice(part),
            None => return first_eight(Sha256::digest(parts.concat())),
        }
        end += part.len();
    }
    first_eight(Sha256::digest(&piece[..end]))
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
    match target {
        TargetId::Number(number) => digest.update(number.to_le_bytes()),
        TargetId::Text(text) => digest.update(text.as_bytes()),
    }
    first_eight(digest.finalize())
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
