//! Writing a page.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::bind::{pack, stored};
use super::seal;
use crate::error::Result;
use crate::migration::store::{Batch, EntityId, Entry, JournalLine, Page};
use crate::sqlite::refused;

/// Writes all of it, or nothing.
pub(super) fn write(connection: &mut Connection, page: &Page) -> Result<()> {
    let mut write = || -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        batches(&transaction, page)?;
        ledger(&transaction, page)?;
        journal(&transaction, &page.journal)?;
        references(&transaction, page)?;
        log(&transaction, page)?;
        transaction.commit()
    };
    write().map_err(refused)
}

fn batches(to: &Transaction<'_>, page: &Page) -> rusqlite::Result<()> {
    for id in &page.confirmed {
        to.prepare_cached("UPDATE batch SET confirmed = 1 WHERE id = ?1")?.execute([id])?;
    }
    for id in &page.withdrawn {
        to.prepare_cached("DELETE FROM batch WHERE id = ?1")?.execute([id])?;
        to.prepare_cached("DELETE FROM journal WHERE batch = ?1")?.execute([id])?;
    }
    if let Some(batch) = &page.batch {
        let sql = "INSERT OR REPLACE INTO batch (id, run, phase, entity, last_row, confirmed, tally) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let Batch { id, run, phase, entity, last_row, confirmed, tally, .. } = batch;
        let tally = serde_json::json!(tally).to_string();
        let values = params![id, run, phase, entity, last_row, confirmed, tally];
        to.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

fn ledger(to: &Transaction<'_>, page: &Page) -> rusqlite::Result<()> {
    let mut forget = to.prepare_cached("DELETE FROM ledger WHERE entity = ?1 AND key = ?2")?;
    for (entity, key) in &page.forgotten {
        forget.execute(params![entity, key])?;
    }
    let chunks = page.entries.chunks_exact(TOGETHER);
    let rest = chunks.remainder().chunks(1);
    put(to, TOGETHER, chunks)?;
    put(to, 1, rest)
}

/// How many lines of the ledger a statement writes: the place of each is found from the one before it.
const TOGETHER: usize = 32;
/// The columns of the ledger.
const COLUMNS: usize = 11;

/// Writes lines of the ledger, so many with a statement.
fn put<'l>(
    to: &Transaction<'_>,
    together: usize,
    chunks: impl Iterator<Item = &'l [(EntityId, String, Entry)]>,
) -> rusqlite::Result<()> {
    let row = format!("({})", ["?"; COLUMNS].join(", "));
    let sql = format!(
        "INSERT OR REPLACE INTO ledger \
         (entity, key, disposition, target_id, hash, written, batch, row, inactive, note, seal) VALUES {}",
        vec![row; together].join(", ")
    );
    let mut statement = to.prepare_cached(&sql)?;
    for lines in chunks {
        for (at, (entity, key, entry)) in lines.iter().enumerate() {
            for (column, value) in values(*entity, key, entry).into_iter().enumerate() {
                statement.raw_bind_parameter(1 + at * COLUMNS + column, value)?;
            }
        }
        statement.raw_execute()?;
    }
    Ok(())
}

/// A line of the ledger, in the order of its columns.
fn values<'v>(entity: EntityId, key: &'v str, entry: &'v Entry) -> [ToSqlOutput<'v>; COLUMNS] {
    let Entry { disposition, target, hash, written, batch, row, inactive, note } = entry;
    let null = || ToSqlOutput::Borrowed(ValueRef::Null);
    let number = |number: i64| ToSqlOutput::Borrowed(ValueRef::Integer(number));
    let text = |text: &'v str| ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()));
    [
        number(entity.into()),
        text(key),
        number(disposition.code().into()),
        target.as_ref().map_or_else(null, stored),
        number(*hash as i64),
        if written == hash { null() } else { number(*written as i64) },
        number(*batch as i64),
        number(*row as i64),
        if *inactive { number(1) } else { null() },
        note.as_deref().map_or_else(null, text),
        number(seal::of_entry(entity, key, entry)),
    ]
}

fn journal(to: &Transaction<'_>, lines: &[JournalLine]) -> rusqlite::Result<()> {
    let mut put = to.prepare_cached(
        "INSERT INTO journal (batch, line, tbl, target_id, before, after, entity, key, previous, seal) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for line in lines {
        let JournalLine { batch, line: number, table, target, before, after, record } = line;
        let previous = record.as_ref().and_then(|(.., entry)| entry.as_ref()).map(pack);
        let seal = seal::of_line(line, previous.as_deref());
        let (entity, key) = record.as_ref().map(|(entity, key, _)| (entity, key)).unzip();
        let values =
            params![batch, number, table, stored(target), before, after, entity, key, previous, seal];
        put.execute(values)?;
    }
    Ok(())
}

fn references(to: &Transaction<'_>, page: &Page) -> rusqlite::Result<()> {
    let sql = "DELETE FROM deferred WHERE entity = ?1 AND col = ?2 AND key = ?3";
    for one in &page.resolved {
        to.prepare_cached(sql)?.execute(params![one.entity, one.column, one.key])?;
    }
    let sql = "INSERT OR REPLACE INTO deferred (entity, col, key, parent) VALUES (?1, ?2, ?3, ?4)";
    for one in &page.deferred {
        to.prepare_cached(sql)?.execute(params![one.entity, one.column, one.key, one.parent])?;
    }
    Ok(())
}

fn log(to: &Transaction<'_>, page: &Page) -> rusqlite::Result<()> {
    let sql = "INSERT INTO matched (run, entity, key, target_id, fills, probability) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    for one in &page.matches {
        let values = params![one.run, one.entity, one.key, stored(&one.target), one.fills, one.probability];
        to.prepare_cached(sql)?.execute(values)?;
    }
    let sql = "INSERT OR REPLACE INTO aside (entity, key, place, reasons, raw) VALUES (?1, ?2, ?3, ?4, ?5)";
    for one in &page.asides {
        to.prepare_cached(sql)?.execute(params![one.entity, one.key, one.place, one.reasons, one.raw])?;
    }
    let sql = "INSERT INTO note (run, entity, key, rule, message) VALUES (?1, ?2, ?3, ?4, ?5)";
    for one in &page.notes {
        to.prepare_cached(sql)?.execute(params![one.run, one.entity, one.key, one.rule, one.message])?;
    }
    let sql = "INSERT OR REPLACE INTO touched (plan, tbl, target_id) VALUES (?1, ?2, ?3)";
    for (plan, table, id) in &page.touched {
        to.prepare_cached(sql)?.execute(params![plan, table, stored(id)])?;
    }
    let sql = "INSERT INTO audit (number, at, who, what, plan, run, detail, hash, seal) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    for one in &page.events {
        let (at, who, what, hash, seal) = (&one.at, &one.who, &one.what, &one.hash, &one.seal);
        let values = params![one.number, at, who, what, one.plan, one.run, one.detail, hash, seal];
        to.prepare_cached(sql)?.execute(values)?;
    }
    if let Some(head) = &page.head {
        let sql = "INSERT OR REPLACE INTO head (id, number, hash, seal) VALUES (1, ?1, ?2, ?3)";
        to.prepare_cached(sql)?.execute(params![head.number, head.hash, head.seal])?;
    }
    Ok(())
}
