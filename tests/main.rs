//! One integration binary, one module a concern.

#[path = "../benches/common/mod.rs"]
mod bench_customers;
mod common;
#[cfg(feature = "csv")]
mod conformance;
#[cfg(feature = "full")]
mod convert;
#[cfg(feature = "csv")]
mod crm;
#[cfg(feature = "csv")]
mod csv_source;
#[cfg(feature = "csv")]
mod csv_wild;
mod dedupe;
#[cfg(feature = "csv")]
mod dialect;
#[cfg(all(feature = "csv", feature = "json"))]
mod discreet;
#[cfg(all(feature = "csv", feature = "json", feature = "phone", feature = "progress", feature = "toml"))]
mod duplicates;
#[cfg(feature = "csv")]
mod encoding;
#[cfg(all(feature = "csv", feature = "phone", feature = "progress", feature = "toml"))]
mod examples;
#[cfg(all(feature = "excel", feature = "csv"))]
mod excel;
#[cfg(feature = "csv")]
mod failure;
#[cfg(all(
    feature = "csv",
    feature = "excel",
    feature = "json",
    feature = "compression",
    feature = "sqlite"
))]
mod formats;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "csv")]
mod laws;
#[cfg(all(feature = "csv", feature = "excel", feature = "json", feature = "sqlite"))]
mod legacy_crm;
#[cfg(all(feature = "toml", feature = "json"))]
mod mapping;
#[cfg(feature = "csv")]
mod matching;
#[cfg(all(feature = "csv", feature = "toml", feature = "json"))]
mod messages;
#[cfg(feature = "full")]
mod migrate;
mod normalize;
#[cfg(feature = "csv")]
mod parts;
#[cfg(all(unix, feature = "csv", feature = "postgres"))]
mod postgres;
#[cfg(feature = "csv")]
mod profile;
#[cfg(feature = "csv")]
mod review;
#[cfg(all(feature = "csv", feature = "json"))]
mod several;
#[cfg(all(feature = "sqlite", feature = "csv"))]
mod sqlite;
mod values;
