//! Finding the records that are the same customer, and making one of them.
//!
//! The steps stand apart, and each can be replaced: a [`DuplicateDetector`]
//! reports [`Links`] between [`Records`], [`Clusters`] are the groups that a
//! [`Clustering`] makes of the links, [`Survivorship`] says what becomes of the
//! values of a group, and a [`CrosswalkRow`] says where a merged record went.
//! [`Dedupe`] holds them together:
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
mod decisions;
mod exact;
mod gather;
mod golden;
mod ids;
mod key;
mod links;
pub mod matching;
mod plan;
mod records;
mod results;
mod review;
mod survivorship;
mod table;

use crate::error::Result;
use crate::schema::Schema;

pub use cluster::{Clustering, Clusters, Refused, Why};
pub use crosswalk::{CrosswalkRow, Identity};
pub use decisions::{Applied, Decision, Decisions};
pub use exact::ExactKeys;
pub use gather::Gather;
pub use golden::{Candidate, CellOrigin, ColumnCounts, Lost, Member, MergeCounts, Provenance};
pub use ids::{ClusterIds, IdChange};
pub use key::RecordKey;
pub use links::{Link, Links};
pub use plan::{Dedupe, Deduper};
pub use records::{Records, Row};
pub use results::{ClusterTable, GoldenTable, LinkTable};
pub use review::{Question, Review, ReviewTable};
pub use survivorship::{Rule, Survivor, Survivorship};

/// Finds records that are the same customer.
pub trait DuplicateDetector: Send {
    /// Resolves the columns, once, before the first record.
    fn bind(&mut self, schema: &Schema) -> Result<()>;

    /// Reports pairs that are, or may be, the same customer. It must not
    /// depend on anything but the records.
    fn detect(&mut self, records: &Records, links: &mut Links) -> Result<()>;

    /// How what it reports becomes clusters, unless [`Dedupe`] is told otherwise:
    /// links hold from a probability of 0.99 on, if the detector does not know better.
    fn clustering(&self) -> Clustering {
        Clustering::new(0.99)
    }
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

            fn clustering(&self) -> Clustering {
                (**self).clustering()
            }
        }
    )*};
}
forward!(Box<D>, &mut D);
