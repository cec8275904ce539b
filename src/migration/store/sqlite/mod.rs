//! The store as a SQLite database.

mod bind;
mod look_up;
mod seal;
mod write;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use super::{
    Batch, Deferred, Disposition, EntityId, Entry, Event, Head, JournalLine, Match, Note, Page, SetAside,
    Store,
};
use crate::error::{Error, Result};
use crate::migration::target::TargetId;
use crate::sqlite::{self, refused};
use bind::{entry_of, id_of, journal_of, stored};

/// `hand` in ASCII: how the file is known.
const APPLICATION: i32 = 0x6861_6e64;
/// The version of the tables.
const VERSION: i32 = 1;
/// Memory for pages, in KiB.
const CACHE: i32 = 48 << 10;

/// A store in one SQLite file.
///
/// It is written ahead into a log (`-wal`) and synced with every page, so that
/// neither a kill nor a power loss takes back what was said to be written.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    connection: Connection,
}

impl SqliteStore {
    /// Opens the store in a file, which is made if it is not there.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let shown = path.display().to_string();
        SqliteStore::at(path).map_err(|error| error.at(shown))
    }

    fn at(path: PathBuf) -> Result<Self> {
        std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|error| Error::io("cannot open", error))?;
        let connection = sqlite::open(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let known = (pragma("application_id").map_err(refused)?, pragma("user_version").map_err(refused)?);
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(refused)?;
        let settings = format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -{CACHE}; \
             PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 8000; PRAGMA foreign_keys = OFF;"
        );
        match known {
            (APPLICATION, VERSION) => connection.execute_batch(&settings).map_err(refused)?,
            (APPLICATION, version) => {
                let message = format!(
                    "is the store of another version of handover ({version}, this one has {VERSION})"
                );
                return Err(Error::format(message));
            }
            _ if tables == 0 => connection.execute_batch(&(settings + &new())).map_err(refused)?,
            _ => return Err(Error::format("is a database, but not the store of a migration")),
        }
        Ok(SqliteStore { path, connection })
    }

    /// Reads rows of a statement that is prepared once.
    fn rows<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        mut each: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let all = || {
            let mut statement = self.connection.prepare_cached(sql).map_err(refused)?;
            let mut rows = statement.query(values).map_err(refused)?;
            let mut read = Vec::new();
            while let Some(row) = rows.next().map_err(refused)? {
                read.push(each(row)?);
            }
            Ok(read)
        };
        self.within(all())
    }

    fn within<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.at(self.path.display()))
    }

    /// What SQLite says, of this file.
    fn refused(&self, error: rusqlite::Error) -> Error {
        refused(error).at(self.path.display())
    }
}

/// The statements that make the tables.
fn new() -> String {
    let codes = Disposition::ALL.map(|one| format!("({}, '{}')", one.code(), one.name())).join(", ");
    format!(
        "BEGIN; {} INSERT INTO disposition VALUES {codes}; \
         PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT;",
        include_str!("schema.sql")
    )
}

impl Store for SqliteStore {
    fn entity(&mut self, system: &str, name: &str) -> Result<EntityId> {
        let find = || {
            let sql = "SELECT id FROM entity WHERE system = ?1 AND name = ?2";
            self.connection.query_row(sql, [system, name], |row| row.get(0)).optional()
        };
        let found = find().map_err(|error| self.refused(error))?;
        match found {
            Some(id) => Ok(id),
            None => {
                let sql = "INSERT INTO entity (system, name) VALUES (?1, ?2)";
                self.connection.execute(sql, [system, name]).map_err(|error| self.refused(error))?;
                u32::try_from(self.connection.last_insert_rowid())
                    .map_err(|_| Error::other("too many entities"))
            }
        }
    }

    fn entities(&mut self) -> Result<Vec<(String, String, EntityId)>> {
        self.rows("SELECT system, name, id FROM entity ORDER BY id", [], |row| {
            row.try_into().map_err(refused)
        })
    }

    fn look_up(&mut self, entity: EntityId, keys: &[&str]) -> Result<Vec<Option<Entry>>> {
        self.within(look_up::look_up(&self.connection, entity, keys))
    }

    fn scan_after(
        &mut self,
        entity: EntityId,
        after: &str,
        each: &mut dyn FnMut(&str, Entry) -> Result<bool>,
    ) -> Result<()> {
        let sql = "SELECT disposition, target_id, hash, written, batch, row, inactive, note, seal, key \
                   FROM ledger WHERE entity = ?1 AND key > ?2 ORDER BY key";
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| self.refused(error))?;
        let mut rows = statement.query(params![entity, after]).map_err(|error| self.refused(error))?;
        while let Some(row) = rows.next().map_err(|error| self.refused(error))? {
            let (key, entry) = entry_of(entity, row).map_err(|error| error.at(self.path.display()))?;
            if !each(key, entry)? {
                break;
            }
        }
        Ok(())
    }

    fn lines(&mut self, entity: EntityId) -> Result<u64> {
        let sql = "SELECT count(*) FROM ledger WHERE entity = ?1";
        self.connection.query_row(sql, [entity], |row| row.get(0)).map_err(|error| self.refused(error))
    }

    fn write(&mut self, page: &Page) -> Result<()> {
        let result = write::write(&mut self.connection, page);
        self.within(result)
    }

    fn batches(&mut self, run: u64) -> Result<Vec<Batch>> {
        let sql =
            "SELECT id, run, phase, entity, last_row, confirmed, tally FROM batch WHERE run = ?1 ORDER BY id";
        self.rows(sql, [run], |row| {
            let (id, run, phase, entity, last_row, confirmed, tally) = row.try_into().map_err(refused)?;
            let tally: String = tally;
            let tally = serde_json::from_str(&tally).map_err(|_| seal::broken(format!("batch {id}")))?;
            Ok(Batch { id, run, phase, entity, last_row, confirmed, tally })
        })
    }

    fn sent_with(&mut self, batch: &Batch) -> Result<Vec<(String, Entry)>> {
        let own = Disposition::ALL.iter().filter(|one| one.has_own_row());
        let codes = own.map(|one| one.code().to_string()).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT disposition, target_id, hash, written, batch, row, inactive, note, seal, key FROM ledger \
             WHERE entity = ?1 AND batch = ?2 AND disposition IN ({codes}) ORDER BY key"
        );
        self.rows(&sql, params![batch.entity, batch.id], |row| {
            entry_of(batch.entity, row).map(|(key, entry)| (key.to_owned(), entry))
        })
    }

    fn last_batch(&mut self) -> Result<u64> {
        let sql = "SELECT coalesce(max(id), 0) FROM batch";
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(|error| self.refused(error))
    }

    fn journal(&mut self, batch: u64) -> Result<Vec<JournalLine>> {
        let sql = "SELECT batch, line, tbl, target_id, before, after, entity, key, previous, seal \
                   FROM journal WHERE batch = ?1 ORDER BY line";
        self.rows(sql, [batch], journal_of)
    }

    fn journal_of(&mut self, table: &str, target: &TargetId) -> Result<Vec<JournalLine>> {
        let sql = "SELECT batch, line, tbl, target_id, before, after, entity, key, previous, seal \
                   FROM journal WHERE tbl = ?1 AND target_id = ?2 ORDER BY batch, line";
        self.rows(sql, params![table, stored(target)], journal_of)
    }

    fn deferred(
        &mut self,
        entity: EntityId,
        column: &str,
        after: &str,
        most: usize,
    ) -> Result<Vec<Deferred>> {
        let sql = "SELECT key, parent FROM deferred WHERE entity = ?1 AND col = ?2 AND key > ?3 ORDER BY key LIMIT ?4";
        self.rows(sql, params![entity, column, after, most as i64], |row| {
            let (key, parent) = row.try_into().map_err(refused)?;
            Ok(Deferred { entity, column: column.into(), key, parent })
        })
    }

    fn matches(&mut self, run: u64, entity: EntityId) -> Result<Vec<Match>> {
        let sql = "SELECT key, target_id, fills, probability FROM matched WHERE run = ?1 AND entity = ?2";
        self.rows(sql, params![run, entity], |row| {
            let target = row.get_ref(1).ok().and_then(id_of).flatten();
            let target = target.ok_or_else(|| seal::broken("the rows that a detector found".to_owned()))?;
            let key = row.get(0).map_err(refused)?;
            let (fills, probability) = (row.get(2).map_err(refused)?, row.get(3).map_err(refused)?);
            Ok(Match { run, entity, key, target, fills, probability })
        })
    }

    fn asides(&mut self, entity: EntityId, each: &mut dyn FnMut(SetAside) -> Result<()>) -> Result<()> {
        let sql = "SELECT key, place, reasons, raw FROM aside WHERE entity = ?1 ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| self.refused(error))?;
        let mut rows = statement.query([entity]).map_err(|error| self.refused(error))?;
        while let Some(row) = rows.next().map_err(|error| self.refused(error))? {
            let (key, place, reasons, raw) = row.try_into().map_err(|error| self.refused(error))?;
            each(SetAside { entity, key, place, reasons, raw })?;
        }
        Ok(())
    }

    fn notes(&mut self, run: u64) -> Result<Vec<Note>> {
        let sql = "SELECT run, entity, key, rule, message FROM note WHERE run = ?1 ORDER BY rowid";
        self.rows(sql, [run], |row| {
            let (run, entity, key, rule, message) = row.try_into().map_err(refused)?;
            Ok(Note { run, entity, key, rule, message })
        })
    }

    fn touched(&mut self, plan: &str, each: &mut dyn FnMut(&str, TargetId) -> Result<()>) -> Result<()> {
        let sql = "SELECT tbl, target_id FROM touched WHERE plan = ?1 ORDER BY tbl, target_id";
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| self.refused(error))?;
        let mut rows = statement.query([plan]).map_err(|error| self.refused(error))?;
        while let Some(row) = rows.next().map_err(|error| self.refused(error))? {
            let table: String = row.get(0).map_err(|error| self.refused(error))?;
            let id = row.get_ref(1).ok().and_then(id_of).flatten();
            each(&table, id.ok_or_else(|| seal::broken("the rows that a plan changes".to_owned()))?)?;
        }
        Ok(())
    }

    fn events(&mut self) -> Result<Vec<Event>> {
        let sql = "SELECT number, at, who, what, plan, run, detail, hash, seal FROM audit ORDER BY number";
        self.rows(sql, [], |row| {
            let (number, at, who, what, plan, run, detail, hash, seal) = row.try_into().map_err(refused)?;
            Ok(Event { number, at, who, what, plan, run, detail, hash, seal })
        })
    }

    fn head(&mut self) -> Result<Option<Head>> {
        let heads = self.rows("SELECT number, hash, seal FROM head", [], |row| {
            let (number, hash, seal) = row.try_into().map_err(refused)?;
            Ok(Head { number, hash, seal })
        });
        Ok(heads?.pop())
    }

    fn tampering(&mut self) -> Result<Vec<String>> {
        seal::tampering(self)
    }

    fn tampering_beside_ledger(&mut self) -> Result<Vec<String>> {
        seal::beside_ledger(self)
    }

    fn rehearsal(&mut self, folder: &Path) -> Result<Box<dyn Store>> {
        let path = folder.join("store.db");
        let copied = self.connection.execute("VACUUM INTO ?1", [path.to_string_lossy()]);
        copied.map_err(|error| refused(error).at(format_args!("copy of {}", self.path.display())))?;
        let copy = SqliteStore::open(&path)?;
        copy.connection.execute_batch("PRAGMA synchronous = OFF").map_err(refused)?;
        Ok(Box::new(copy))
    }
}
