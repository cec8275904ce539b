//! Moves customer records from one system to another.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod batch;
mod changes;
pub mod dedupe;
mod details;
pub mod error;
#[cfg(feature = "csv")]
mod formula;
pub mod map;
mod names;
pub mod normalize;
pub mod record;
pub mod schema;
pub mod sink;
pub mod source;
pub mod validate;

pub use dedupe::DuplicateDetector;
pub use details::Details;
pub use error::{Error, ErrorKind, Fault, Finding, Findings, Place, Result, Severity};
pub use map::{FieldMapper, Mapping};
pub use names::Names;
pub use normalize::Normalizer;
pub use record::{Date, DateTime, Decimal, Origin, Record, RecordId, Value};
pub use schema::{Field, Kind, Schema};
#[cfg(feature = "csv")]
pub use sink::csv::CsvSink;
pub use sink::{Answer, Rows, SinkWriter};
#[cfg(feature = "csv")]
pub use source::csv::CsvSource;
pub use source::{Feed, SourceReader};
pub use validate::Validator;
