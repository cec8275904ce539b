//! A SQLite database, looked at from outside.

use std::path::Path;
use std::process::Command;

/// Runs statements in a database.
pub fn execute(path: &Path, sql: &str) {
    let done = Command::new("sqlite3").arg(path).arg(sql).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Everything in a database, as statements.
pub fn dump(path: &Path) -> String {
    let done = Command::new("sqlite3").arg(path).arg(".dump").output().unwrap();
    String::from_utf8(done.stdout).unwrap()
}
