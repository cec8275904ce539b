//! Stopping a run from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// Stops a run from another thread or from a Ctrl-C handler.
///
/// The run ends at the next batch: the sink is rolled back, the report is
/// balanced, and [`run`](crate::Pipeline::run) returns an error of [`ErrorKind::Stopped`].
/// A source that waits for its input, a pipe say, is not woken.
///
/// ```
/// use handover::Cancel;
///
/// let cancel = Cancel::new();
/// let handler = cancel.clone(); // hand this one to the Ctrl-C handler
/// handler.cancel();
/// assert!(cancel.is_cancelled());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Not cancelled yet.
    pub fn new() -> Self {
        Cancel::default()
    }

    /// Asks the run to stop. Asking again changes nothing.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn check(&self) -> Result<()> {
        match self.is_cancelled() {
            true => Err(Error::new(ErrorKind::Stopped, "stopped on request")),
            false => Ok(()),
        }
    }
}
