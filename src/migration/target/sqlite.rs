//! A SQLite database as a target.

/// A SQLite database as a target.
#[derive(Debug)]
pub struct SqliteTarget {}
