//! What several test modules use.

mod cases;
#[cfg(feature = "csv")]
mod disk;
mod shared;
#[cfg(feature = "csv")]
mod table;

pub use cases::cases;
#[cfg(feature = "csv")]
pub use disk::SmallDisk;
pub use shared::shared;
#[cfg(feature = "csv")]
pub use table::{Table, files, name, read};
