//! Moves customer records from one system to another: read, mapped, cleaned,
//! judged, freed of duplicates, written, and **every record accounted for**.
//!
#![cfg_attr(all(feature = "csv", feature = "phone"), doc = "```")]
#![cfg_attr(not(all(feature = "csv", feature = "phone")), doc = "```ignore")]
//! use handover::dedupe::{Dedupe, ExactKeys};
//! use handover::normalize::{email, phone, trim};
//! use handover::validate::required;
//! use handover::{CsvSink, CsvSource, Mapping, Pipeline, Rejects};
//!
//! # let folder = tempfile::tempdir()?;
//! # let [old, new, rejects] = ["old.csv", "new.csv", "rejects.csv"].map(|name| folder.path().join(name));
//! # std::fs::write(&old, "客户名称,手机,Mail\n王伟,138 0013 8000,Wang@Example.cn\n王伟,,Wang@example.CN\n李娜,1390,li@example.cn\n")?;
//! // 客户名称,手机,Mail
//! // 王伟,138 0013 8000,Wang@Example.cn
//! // 王伟,,Wang@example.CN
//! // 李娜,1390,li@example.cn
//! let report = Pipeline::from(CsvSource::path(&old))
//!     .map(Mapping::new().rename("客户名称", "name").rename("手机", "phone").rename("Mail", "email"))
//!     .normalize("email", [trim(), email()])
//!     .normalize("phone", phone("CN"))
//!     .validate(required("name"))
//!     .dedupe(Dedupe::by(ExactKeys::on(["email"]).or_on(["phone", "name"])))
//!     .rejects(Rejects::csv(&rejects))
//!     .to(CsvSink::path(&new))
//!     .run()?;
//!
//! assert_eq!(std::fs::read_to_string(&new)?, "name,phone,email\n王伟,+8613800138000,Wang@example.cn\n");
//! let counts = report.counts; // 李娜 is in the rejects, with the reason: too short
//! assert_eq!((counts.read, counts.written(), counts.merged, counts.rejected), (3, 1, 1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`Pipeline`] is put together from parts, most of them one call. Each wing
//! of the library has the trait of one part, the stock of ready ones, and a
//! page that begins with an example:
//!
//! | | a part of your own is a | |
//! |---|---|---|
//! | [`source`] | [`SourceReader`] | pushes records: CSV of any encoding and dialect, workbooks, JSON, SQLite, PostgreSQL, rejects that were repaired, memory |
//! | [`map`] | [`FieldMapper`] | from the source's columns to the target's: a [`Mapping`] in code, TOML or JSON, serde structs, closures |
//! | [`normalize`] | [`Normalizer`] | one value, written the standard way: phones, e-mail, persons, companies, dates, money, places, ids, text |
//! | [`validate`] | [`Validator`] | judges a record and never edits it: required, length, pattern, range, closures |
//! | [`dedupe`] | [`DuplicateDetector`] | finds the same customer, and merges by rules for each column |
//! | [`sink`] | [`SinkWriter`] | pulls records: CSV, XLSX, JSON in files that appear whole or not at all, SQLite, PostgreSQL, several at once, memory |
//! | [`pipeline`] | [`Observer`] | joins the parts: threads, [`Rejects`], [`Report`], [`Cancel`] |
//!
//! Before any of it, a [`profile`] tells what is in a source, and proposes a mapping.
#![cfg_attr(
    feature = "protect",
    doc = "What must not be seen on the way is masked, replaced or encrypted by the rules of [`protect`]."
)]
//!
//! What flows between them is a [`Record`] under a [`Schema`], whose
//! [`Value`]s are what the source said: text stays text, `007` stays `007`.
//! What goes wrong is a [`Fault`], which costs one record, or an [`Error`],
//! which ends the run.
//!
//! # What holds
//!
//! 1. **Conservation.** `read = written + merged + rejected + filtered`, over
//!    the identities of the records and not only their number. A run that does
//!    not balance is an error, and its sink is not committed.
//! 2. **Place.** Every finding says where: `customers.csv:1042:phone: too short`.
//! 3. **Bind before run.** A misspelt column fails before the first record.
//! 4. **One answer.** The same input gives the same bytes on any number of threads.
//! 5. **All or nothing.** A run that fails, is stopped or is killed leaves the
//!    old file or the old rows, or what the sink marked as durable.
//! 6. **Bounded.** Memory does not grow with the input, except where duplicates
//!    are looked for: then all records are held.
//! 7. **Discreet.** Messages and reports hold no values; rejects files do, to be repaired.
//! 8. **Nothing silent.** What is changed, filled or dropped is counted by rule,
//!    and a source column that nobody names is an error.
//!
//! # Features
//!
//! | feature | | by default |
//! |---|---|---|
//! | `csv` | CSV in and out, rejects and crosswalk as CSV | yes |
//! | `excel` | XLSX, XLSB, XLS and ODS in, XLSX out | yes |
//! | `json` | JSON and JSON Lines in and out, mappings in JSON, rejects as JSON Lines | yes |
//! | `toml` | mappings in TOML | yes |
//! | `phone` | phone numbers, read by `rlibphonenumber` | yes |
//! | `phonenumber` | the same by the crate `phonenumber`, for programs that hold its types | |
//! | `progress` | a progress bar | yes |
//! | `chinese` | keys of Chinese names in pinyin | yes |
//! | `sqlite` | tables, views and queries of SQLite in, tables out; SQLite is built in | |
//! | `postgres` | tables and queries of PostgreSQL in, tables out | |
//! | `postgres-tls` | the same over TLS, with the certificate verified | |
//! | `compression` | `.gz` and `.zst` around text | |
//! | `protect` | keys, masks, pseudonyms, encrypted values and sealed files | |
//! | `migration` | several kinds of record: planned, approved, applied, resumed, verified, undone | |
//! | `testing` | processes that die at every step, targets that misbehave | |
//! | `full` | all of them | |
//!
//! # Limits
//!
//! A pipeline goes from one kind of record to one. Customers with all that
//! belongs to them are a `migration`, which goes into SQLite, PostgreSQL or a
//! target of your own.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod batch;
#[cfg(feature = "csv")]
mod bytes;
mod changes;
mod codepages;
pub mod dedupe;
mod details;
#[cfg(feature = "json")]
mod dotted;
pub mod error;
mod figures;
#[cfg(any(feature = "csv", feature = "excel", feature = "json", feature = "sqlite", feature = "postgres"))]
mod formats;
#[cfg(feature = "csv")]
mod formula;
pub mod map;
#[cfg(feature = "migration")]
pub mod migration;
mod names;
pub mod normalize;
pub mod pipeline;
mod places;
#[cfg(feature = "postgres")]
mod postgres;
pub mod profile;
#[cfg(feature = "protect")]
pub mod protect;
pub mod record;
pub mod schema;
pub mod sink;
pub mod source;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
pub mod validate;

pub use dedupe::DuplicateDetector;
pub use details::Details;
pub use error::{Error, ErrorKind, Fault, Finding, Findings, Place, Result, Severity};
pub use map::{FieldMapper, Mapping};
pub use names::Names;
pub use normalize::Normalizer;
#[cfg(feature = "progress")]
pub use pipeline::ProgressBar;
pub use pipeline::{Cancel, Clock, Columns, Observer, Pipeline, Rejects, Report, RunError};
pub use profile::Profile;
pub use record::{Date, DateTime, Decimal, Origin, Record, RecordId, Value};
pub use schema::{Field, Kind, Schema};
#[cfg(feature = "csv")]
pub use sink::csv::CsvSink;
#[cfg(feature = "excel")]
pub use sink::excel::ExcelSink;
#[cfg(feature = "json")]
pub use sink::json::{JsonLinesSink, JsonSink};
#[cfg(feature = "postgres")]
pub use sink::postgres::PostgresSink;
#[cfg(feature = "sqlite")]
pub use sink::sqlite::SqliteSink;
pub use sink::{Answer, Rows, SinkWriter};
#[cfg(feature = "csv")]
pub use source::csv::CsvSource;
#[cfg(feature = "excel")]
pub use source::excel::ExcelSource;
#[cfg(feature = "json")]
pub use source::json::{JsonLinesSource, JsonSource};
#[cfg(feature = "postgres")]
pub use source::postgres::PostgresSource;
#[cfg(feature = "sqlite")]
pub use source::sqlite::SqliteSource;
pub use source::{Feed, SourceReader};
pub use validate::Validator;

/// The programs of the pages beside the code, compiled and run as tests.
#[cfg(all(doctest, feature = "csv", feature = "phone"))]
mod pages {
    #[doc = include_str!("../README.md")]
    mod readme {}
    #[doc = include_str!("../docs/guide.md")]
    mod guide {}
    #[doc = include_str!("../docs/matching.md")]
    mod matching {}
    #[doc = include_str!("../docs/values.md")]
    mod values {}
    #[cfg(all(feature = "json", feature = "sqlite"))]
    #[doc = include_str!("../docs/formats.md")]
    mod formats {}
}
