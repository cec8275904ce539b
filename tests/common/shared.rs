//! Data that stands beside the project and is not part of it.

use std::path::{Path, PathBuf};

/// A file or folder of the shared data, which a fresh clone does not have:
/// then the caller returns, and a word is printed.
pub fn shared(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let root = std::env::var_os("HANDOVER_SHARED").map_or(beside, PathBuf::from);
    let found = Some(root.join(path)).filter(|path| path.exists());
    if found.is_none() {
        println!("skipped: ../shared/data/{path} is not here");
    }
    found
}
