//! Finding the records that are the same customer, and making one of them.
//!
//! The steps stand apart, and each can be replaced: a [`DuplicateDetector`]
//! reports [`Links`] between [`Records`], [`Clusters`] are the groups that the
//! links make, [`Survivorship`] says what becomes of the values of a group, and
//! a [`CrosswalkRow`] says where a merged record went. [`Dedupe`] holds them
//! together:
//!
//! ```
//! use handover::dedupe::{Dedupe, ExactKeys, Records, Rule, Survivorship};
//! use handover::{Record, Schema};
//!
//! let schema = Schema::text(["name", "phone", "email", "updated"])?;
//! let mut records = Records::new(schema.clone());
//! for row in [
//!     ["Li Na", "13900000001", "", "2023-05-01"],
//!     ["Zhang San", "", "zs@example.cn", "2024-01-01"],
//!     ["李娜 Li Na", "13900000001", "li@example.cn", "2024-02-29"],
//! ] {
//!     records.push(&Record::of(schema.clone(), row)?)?;
//! }
//!
//! let survivorship = Survivorship::new()
//!     .field("name", Rule::longest())
//!     .rest(Rule::most_recent("updated"));
//! let mut dedupe = Dedupe::by(ExactKeys::on(["email"]).or_on(["phone"]))
//!     .survivorship(survivorship)
//!     .bind(&schema, &["crm"])?;
//!
//! let clusters = dedupe.find(&records)?;
//! let mut golden = Record::new(schema.clone());
//! for members in clusters.iter() {
//!     dedupe.merge(&records, members, &mut golden)?;
//! }
//! assert_eq!(golden, Record::of(schema, ["李娜 Li Na", "13900000001", "li@example.cn", "2024-02-29"])?);
//! assert_eq!(dedupe.counts().columns[0].dropped, 1); // a shorter name
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cluster;
mod crosswalk;
mod exact;
mod golden;
pub mod matching;
mod plan;
mod records;
mod survivorship;

use crate::error::Result;
use crate::schema::Schema;

pub use cluster::Clusters;
pub use crosswalk::{CrosswalkRow, Identity};
pub use exact::ExactKeys;
pub use golden::{ColumnCounts, MergeCounts};
pub use plan::{Dedupe, Deduper};
pub use records::{Records, Row};
pub use survivorship::{Rule, Survivor, Survivorship};

/// Finds records that are the same customer.
pub trait DuplicateDetector: Send {
    /// Resolves the columns, once, before the first record.
    fn bind(&mut self, schema: &Schema) -> Result<()>;

    /// Reports pairs that are, or may be, the same customer. It must not
    /// depend on anything but the records.
    fn detect(&mut self, records: &Records, links: &mut Links) -> Result<()>;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<D: DuplicateDetector + ?Sized> DuplicateDetector for $pointer {
            fn bind(&mut self, schema: &Schema) -> Result<()> {
                (**self).bind(schema)
            }

            fn detect(&mut self, records: &Records, links: &mut Links) -> Result<()> {
                (**self).detect(records, links)
            }
        }
    )*};
}
forward!(Box<D>, &mut D);

/// Two records that are, or may be, the same customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The position of one record in [`Records`].
    pub a: u32,
    /// The position of the other.
    pub b: u32,
    /// How sure the detector is, from 0 to 1.
    pub probability: f64,
}

/// The pairs that a [`DuplicateDetector`] reports.
#[derive(Debug, Default)]
pub struct Links {
    links: Vec<Link>,
}

impl Links {
    /// Two records are the same customer for certain.
    pub fn same(&mut self, a: usize, b: usize) {
        self.maybe(a, b, 1.0);
    }

    /// Two records are the same customer with a probability.
    pub fn maybe(&mut self, a: usize, b: usize, probability: f64) {
        // No record stands at the last position, so that one beyond it is told from all.
        let position = |record| u32::try_from(record).unwrap_or(u32::MAX);
        self.links.push(Link { a: position(a), b: position(b), probability });
    }

    /// The links, in the order in which they were reported.
    pub fn iter(&self) -> std::slice::Iter<'_, Link> {
        self.links.iter()
    }
}
