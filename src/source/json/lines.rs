//! The lines of an input, one JSON text each.

use super::window::{Window, is_space};
use crate::error::Result;

/// Reads line after line. Blank ones are left out.
pub(crate) struct Lines {
    window: Window,
    most: usize,
}

impl Lines {
    /// Lines of at most so many bytes.
    pub fn new(window: Window, most: usize) -> Self {
        Lines { window, most }
    }

    /// Goes to the next line; false when there are no more.
    pub fn advance(&mut self) -> Result<bool> {
        loop {
            self.window.pass();
            let length = self.length()?;
            self.window.mark(length, self.most)?;
            if length == 0 || !self.window.piece().iter().all(is_space) {
                return Ok(length > 0);
            }
        }
    }

    /// Where the line stands, and what is in it with its end.
    pub fn window(&self) -> &Window {
        &self.window
    }

    fn length(&mut self) -> Result<usize> {
        let mut seen = 0;
        loop {
            let bytes = self.window.bytes();
            if let Some(at) = memchr::memchr(b'\n', &bytes[seen..]) {
                return Ok(seen + at + 1);
            }
            seen = bytes.len();
            self.window.check(seen, self.most)?;
            if !self.window.more()? {
                return Ok(seen);
            }
        }
    }
}
