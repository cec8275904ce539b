//! Lines of the ledger, looked up many at a time.

use rusqlite::{Connection, params};

use super::bind::entry_of;
use crate::error::Result;
use crate::migration::store::{EntityId, Entry};
use crate::sqlite::refused;

/// So few are looked up one by one.
const FEW: usize = 64;
/// How many lines are passed over for each that is wanted, before the rest is looked up one by one.
const PASSED: usize = 4;

/// What the ledger says of records, one answer a key.
///
/// Keys that stand near each other, as those of a whole input do, are read in one go, in their order.
pub(super) fn look_up(
    connection: &Connection,
    entity: EntityId,
    keys: &[&str],
) -> Result<Vec<Option<Entry>>> {
    // One lock for all of them.
    let _snapshot = connection.unchecked_transaction().map_err(refused)?;
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_unstable_by_key(|at| keys[*at]);
    let mut found = vec![None; keys.len()];
    let done = if keys.len() > FEW { range(connection, entity, (keys, &order), &mut found)? } else { 0 };
    let sql = "SELECT disposition, target_id, hash, written, batch, row, inactive, note, seal, key \
               FROM ledger WHERE entity = ?1 AND key = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(refused)?;
    for at in &order[done..] {
        let mut rows = statement.query(params![entity, keys[*at]]).map_err(refused)?;
        let row = rows.next().map_err(refused)?;
        found[*at] = row.map(|row| entry_of(entity, row)).transpose()?.map(|(_, entry)| entry);
    }
    Ok(found)
}

/// Reads the lines from the first key on, as long as enough of them are wanted. Says how many keys are answered for.
fn range(
    connection: &Connection,
    entity: EntityId,
    (keys, order): (&[&str], &[usize]),
    found: &mut [Option<Entry>],
) -> Result<usize> {
    let (Some(first), Some(last)) = (order.first(), order.last()) else { return Ok(0) };
    let sql = "SELECT disposition, target_id, hash, written, batch, row, inactive, note, seal, key \
               FROM ledger WHERE entity = ?1 AND key BETWEEN ?2 AND ?3 ORDER BY key";
    let mut statement = connection.prepare_cached(sql).map_err(refused)?;
    let mut rows = statement.query(params![entity, keys[*first], keys[*last]]).map_err(refused)?;
    let (mut next, mut passed) = (0, 0);
    while let Some(row) = rows.next().map_err(refused)? {
        let key = row.get_ref(9).ok().and_then(|key| key.as_bytes().ok()).unwrap_or_default();
        while next < order.len() && keys[order[next]].as_bytes() < key {
            next += 1;
        }
        let mut entry = None;
        while next < order.len() && keys[order[next]].as_bytes() == key {
            if entry.is_none() {
                entry = Some(entry_of(entity, row)?.1);
            }
            found[order[next]].clone_from(&entry);
            next += 1;
        }
        passed += usize::from(entry.is_none());
        if passed > FEW + PASSED * next {
            return Ok(next);
        }
    }
    Ok(order.len())
}
