//! What is in a source, told before anybody maps it; and the mapping that follows from it.
//!
#![cfg_attr(all(feature = "csv", feature = "toml"), doc = "```")]
#![cfg_attr(not(all(feature = "csv", feature = "toml")), doc = "```ignore")]
//! use handover::profile::{Meaning, Target};
//! use handover::{CsvSource, Mapping, Profile};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("old.csv");
//! # std::fs::write(&path, "姓名,手机,Mail,XY\n王伟,13912345670,wang@firm.cn,1\n李娜,139 1234 5671,li@firm.cn,1\n")?;
//! // 姓名,手机,Mail,XY
//! // 王伟,13912345670,wang@firm.cn,1
//! // 李娜,139 1234 5671,li@firm.cn,1
//! let profile = Profile::of(CsvSource::path(&path))?;
//! assert_eq!(profile.columns[1].meaning.map(|likely| likely.meaning), Some(Meaning::Phone));
//! assert_eq!(profile.columns[1].problems[0].to_string(), "2 ways of writing numbers: digits only, 1; with separators, 1");
//!
//! let proposal = Mapping::propose(&profile, &Target::customer());
//! let proposed: Vec<_> = proposal.columns().iter().map(|column| column.field()).collect();
//! assert_eq!(proposed, [Some("person.full_name"), Some("person.mobile"), Some("person.email"), None]);
//! let mapping = Mapping::from_toml(&proposal.to_toml())?; // to be corrected by hand
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A source is read once, in memory that does not grow with it: counts of
//! different values are exact up to a bound and then estimated, the most
//! frequent values too, and what values mean is judged by a sample of them.
//! What is not exact is told by the word `about`.
//!
//! A profile holds values: the most frequent ones, which the report shows, so
//! that people see what is there. They are somebody's data;
//! [`Profile::without_values`] takes them out, and `{:?}` never shows them.

mod conclude;
mod counting;
mod gather;
mod header;
mod matching;
mod meaning;
mod object;
mod problems;
mod propose;
mod read;
mod recognise;
mod report;
mod scan;
mod target;
mod toml;

use std::fmt;

use serde::Serialize;

use crate::details::Details;
use crate::error::Result;
use crate::map::Evidence;
use crate::schema::Kind;
use crate::source::SourceReader;

pub use meaning::Meaning;
pub use object::Object;
pub use problems::{Problem, ProblemKind};
pub use propose::{ACCEPTED, Alternative, Proposal, ProposedColumn};
pub use target::Target;

pub(crate) use header::words;
pub(crate) use matching::customer_field;
pub(crate) use recognise::Shares;

/// What is in a source.
///
/// As text for people by `{}`, for programs by serde.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Profile {
    /// The source's name.
    pub source: String,
    /// How many records were read.
    pub records: u64,
    /// How many rows the source itself found fault with; they are not looked at.
    pub rejected: u64,
    /// The encoding, the dialect, and what else the source tells of itself.
    pub details: Details,
    /// The columns, in order.
    pub columns: Vec<ColumnProfile>,
}

/// What is in a column.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// The kind that all values fit, as [`Kinds::infer`](crate::map::Kinds::infer) concludes it.
    pub kind: Kind,
    /// What speaks for that.
    pub evidence: Evidence,
    /// How many values there are; white space alone is none.
    pub filled: u64,
    /// How many records have white space alone.
    pub blank: u64,
    /// How many different values there are.
    pub distinct: Count,
    /// How long values are, in characters.
    pub lengths: Option<Lengths>,
    /// The values that are there most often, first the most frequent.
    pub frequent: Vec<FrequentValue>,
    /// The shapes that are there most often: `999-9999-9999`, `汉汉汉`.
    pub shapes: Vec<ShapeCount>,
    /// What the column is likely to hold, by its name and its values.
    pub meaning: Option<Likely>,
    /// What stands in the way of using it.
    pub problems: Vec<Problem>,
    #[serde(skip)]
    shares: Shares,
    /// Some values, as keys of records are told by their form.
    #[serde(skip)]
    keys: Vec<Masked>,
}

/// A number that is exact, or nearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The number.
    pub count: u64,
    /// Whether it is exact.
    pub exact: bool,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.exact { "" } else { "about " }, self.count)
    }
}

/// How long values are, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Lengths {
    /// The shortest.
    pub least: u32,
    /// The longest.
    pub most: u32,
    /// The arithmetic mean.
    pub mean: f64,
}

/// A value that is there often.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct FrequentValue {
    /// The value, its first 200 bytes; none after [`Profile::without_values`].
    pub value: Option<String>,
    /// How often it is there.
    pub times: Count,
}

impl fmt::Debug for FrequentValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrequentValue").field("times", &self.times).finish_non_exhaustive()
    }
}

/// A value that is not shown.
#[derive(Clone)]
struct Masked(Box<str>);

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How many values have a shape.
///
/// `9` stands for a digit, `A` and `a` for letters, `汉`, `か` and `한` for
/// characters of these scripts, `x` for other letters and digits, `…` for more of the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShapeCount {
    /// The shape.
    pub shape: String,
    /// How many values have it.
    pub times: Count,
}

/// What a column is likely to hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Likely {
    /// What.
    pub meaning: Meaning,
    /// How likely, from 0 to 1.
    pub score: f64,
}

impl Profile {
    /// Reads a source from beginning to end, once.
    pub fn of(mut source: impl SourceReader) -> Result<Self> {
        let name = source.name().into_owned();
        let schema = source.schema().map_err(|error| error.within(&name))?;
        let read = read::read(&mut source, &schema)?;
        let mut gathered = read.columns;
        let columns = gathered.iter_mut().map(conclude::conclude).collect();
        let details = source.details();
        let mut profile =
            Profile { source: name, records: read.records, rejected: read.rejected, details, columns };
        conclude::judge(&mut profile, &gathered);
        Ok(profile)
    }

    /// The same without any value of the source: counts and shapes stay.
    #[must_use]
    pub fn without_values(mut self) -> Self {
        for column in &mut self.columns {
            column.keys.clear();
            column.frequent.iter_mut().for_each(|frequent| frequent.value = None);
        }
        self
    }

    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|column| column.name == name)
    }
}
