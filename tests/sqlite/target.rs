//! A SQLite database as the target of a migration.

use handover::migration::target::SqliteTarget;

use super::Database;
use crate::common::keeps_its_word;

#[test]
fn a_target_keeps_its_word() {
    let database = Database::of(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, \
         mail VARCHAR(20) UNIQUE CHECK (length(mail) <= 20), status TEXT DEFAULT 'new', score REAL, paid DECIMAL TEXT, \
         born DATE CHECK (born IS date(born)), seen DATETIME, active BOOLEAN DEFAULT FALSE, \
         made DATETIME DEFAULT CURRENT_TIMESTAMP); \
         CREATE TABLE codes (id TEXT NOT NULL PRIMARY KEY, label TEXT)",
    );
    keeps_its_word(&mut SqliteTarget::path(database.path()));
}
