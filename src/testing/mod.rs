//! What tests of a sink, a target or a store of one's own need: processes that
//! die at every step, and systems that misbehave.
//!
//! A [`KillMatrix`] runs a program again and again, each time killed at another
//! step, and lets another run go on from there. Steps are counted by
//! [`Mortal`], which stands around a target, a store or a sink.
//!
//! ```no_run
//! use handover::testing::KillMatrix;
//!
//! // In a test: the test binary runs this very test as a child that dies.
//! KillMatrix::of_test("a_run_survives_every_death").each_step(|child| {
//!     child.run("HANDOVER_PART", "apply"); // dies at the step
//!     child.run_whole("HANDOVER_PART", "resume");
//!     // compare what is there now with what an undisturbed run leaves
//! });
//! ```

mod matrix;
mod mortal;
#[cfg(feature = "migration")]
mod unreliable;

pub use matrix::{Child, Death, KillMatrix};
pub use mortal::{Mortal, step};
#[cfg(feature = "migration")]
pub use unreliable::{Misbehaviour, Unreliable};
