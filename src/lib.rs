//! Moves customer records from one system to another.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod changes;
pub mod dedupe;
pub mod error;
pub mod map;
mod names;
pub mod normalize;
pub mod record;
pub mod schema;
pub mod validate;

pub use dedupe::DuplicateDetector;
pub use error::{Error, ErrorKind, Fault, Finding, Findings, Place, Result, Severity};
pub use map::{FieldMapper, Mapping};
pub use names::Names;
pub use normalize::Normalizer;
pub use record::{Date, DateTime, Decimal, Origin, Record, RecordId, Value};
pub use schema::{Field, Kind, Schema};
pub use validate::Validator;
