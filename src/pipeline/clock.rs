//! Where the times in a report come from.

use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where the times in a report come from: the time since some fixed moment.
///
/// ```
/// use std::time::Duration;
/// use handover::Clock;
///
/// let stopped = Clock::new(|| Duration::ZERO);
/// let real = Clock::default();
/// ```
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    /// A clock of the caller's own.
    pub fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Clock(Arc::new(now))
    }

    /// The time since the clock's fixed moment.
    pub fn now(&self) -> Duration {
        (self.0)()
    }
}

impl Default for Clock {
    /// The system's monotonic clock.
    fn default() -> Self {
        let start = Instant::now();
        Clock::new(move || start.elapsed())
    }
}
