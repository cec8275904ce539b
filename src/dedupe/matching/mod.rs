//! Matching by likeness: the same customer behind different spellings, without labels.
//!
//! A [`Matcher`] is a [`DuplicateDetector`](super::DuplicateDetector) for any
//! pipeline. What it does on the way can be looked at: [`Matcher::matching`]
//! gives the [`Roles`] of the columns, the [`Model`] that was learnt, how pairs
//! were found, and the pairs with their weights.

mod block;
mod candidates;
mod check;
mod compare;
pub mod distance;
mod explain;
mod field;
mod findings;
mod fold;
mod matched;
mod matcher;
mod model;
#[cfg(feature = "json")]
mod model_file;
mod model_table;
mod nicknames;
mod own;
mod pairs;
mod parallel;
mod phonetic;
mod rivals;
mod role;
mod rules;
mod sample;
mod shape;
mod summary;
mod train;
mod units;
mod universe;
mod weigh;
mod words;

pub use compare::Level;
pub use explain::{Evidence, Explanation, Reached, RuleOutcome, Tried};
pub use findings::MatchFinding;
pub use matched::Matching;
pub use matcher::Matcher;
pub use model::{FieldModel, LevelModel, Model, Related};
pub use own::Comparator;
pub use pairs::Pair;
pub use role::{Guess, Role, Roles};
pub use rules::{BlockingReport, BlockingRule};
