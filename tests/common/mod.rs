//! What several test modules use.

mod cases;
#[cfg(feature = "csv")]
mod disk;
#[cfg(feature = "csv")]
mod known;
mod shared;
#[cfg(feature = "csv")]
mod table;
#[cfg(feature = "migration")]
mod target;

pub use cases::cases;
#[cfg(feature = "csv")]
pub use disk::SmallDisk;
#[cfg(feature = "csv")]
pub use known::{Known, Quality};
pub use shared::shared;
#[cfg(feature = "csv")]
pub use table::{Table, files, name, read};
#[cfg(feature = "migration")]
pub use target::keeps_its_word;
