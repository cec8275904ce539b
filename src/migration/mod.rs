//! A migration: several kinds of record that refer to each other, moved so that it can be
//! planned, approved, stopped, resumed, verified and taken back.

pub mod access;
mod audit;
mod entity;
mod load;
mod row;
pub mod store;
pub mod target;

pub use entity::{Entity, FieldPolicy, Inactive, Orphans, Reference, WritePolicy};
pub use store::{SqliteStore, Store};
pub use target::{SqliteTarget, Target, TargetId};
