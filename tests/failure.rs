//! Whatever breaks: the target is as it was, and the books balance.

mod crash;
mod panics;
mod policies;
mod sinks;
mod stops;
