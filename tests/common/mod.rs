//! What several test modules use.

#[cfg(feature = "csv")]
mod disk;
mod shared;
#[cfg(feature = "csv")]
mod table;

#[cfg(feature = "csv")]
pub use disk::SmallDisk;
pub use shared::shared;
#[cfg(feature = "csv")]
pub use table::{Table, files, name, read};
