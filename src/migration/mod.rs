//! A migration: several kinds of record that refer to each other, moved so that it can be
//! planned, approved, stopped, resumed, verified and taken back.

pub mod access;
pub mod target;

pub use target::{SqliteTarget, Target, TargetId};
