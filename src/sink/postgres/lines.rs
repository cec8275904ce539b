//! Rows in the text format of `COPY`, and how they are sent.

use std::io::Write;
use std::ops::Range;

use ::postgres::{Client, Error as ServerError, Statement};

use crate::error::Fault;

/// Rows are handed on in pieces of this size, so that the server works on the first
/// while the next is on its way.
const PIECE: usize = 64 << 10;

/// Rows, one behind the other.
#[derive(Default)]
pub(crate) struct Lines {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Lines {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Adds the row that is written, unless it is no row.
    pub fn add(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), Fault>) -> Result<(), Fault> {
        let start = self.text.len();
        let written = write(&mut self.text);
        match written {
            Ok(()) => {
                self.text.push(b'\n');
                self.ends.push(self.text.len());
            }
            Err(_) => self.text.truncate(start),
        }
        written
    }

    /// The text of some rows.
    pub fn text(&self, rows: Range<usize>) -> &[u8] {
        let end_of = |row: usize| row.checked_sub(1).map_or(0, |row| self.ends[row]);
        &self.text[end_of(rows.start)..end_of(rows.end)]
    }

    /// Has a statement of `COPY` take some rows in, and says how many it took.
    pub fn send(
        &self,
        client: &mut Client,
        copy: &Statement,
        rows: Range<usize>,
    ) -> Result<u64, ServerError> {
        let mut writer = client.copy_in(copy)?;
        for piece in self.text(rows).chunks(PIECE) {
            // What went wrong is what the end of it says.
            if writer.write_all(piece).and_then(|()| writer.flush()).is_err() {
                break;
            }
        }
        writer.finish()
    }

    /// Makes it empty, and keeps so much of its memory.
    pub fn clear(&mut self, kept: usize) {
        self.text.clear();
        self.text.shrink_to(kept);
        self.ends.clear();
    }
}
