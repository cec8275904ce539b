//! What several test modules use.

mod shared;
#[cfg(feature = "csv")]
mod table;

pub use shared::shared;
#[cfg(feature = "csv")]
pub use table::{Table, files, name, read};
