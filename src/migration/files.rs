//! Files that appear whole or not at all.

use std::path::Path;

use crate::error::Result;
use crate::sink::file::Target;

/// Writes a text into a file that takes its name when it is complete.
pub(crate) fn write_whole(path: &Path, text: &str) -> Result<()> {
    let mut file = Target::file(path)?;
    file.write(text.as_bytes())?;
    file.finish()?.publish().map(drop)
}
