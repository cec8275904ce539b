//! Watching a run.

use crate::error::Finding;
use crate::record::{Record, RecordId};

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Phase {
    /// Records are read, mapped, judged and, unless duplicates are looked for, written.
    Transfer,
    /// Records are read, mapped and judged, and held.
    Collect,
    /// Duplicates are looked for among all records.
    Match,
    /// Golden records are made and written.
    Write,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes read of all inputs that have bytes.
    pub bytes_read: u64,
    /// Bytes there are in all inputs, if every one of them knows.
    pub bytes_total: Option<u64>,
    /// Records read.
    pub read: u64,
    /// Records handed to the sink.
    pub handed: u64,
    /// Records set aside.
    pub rejected: u64,
}

/// Why a record is not written.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Aside<'a> {
    /// It was rejected: by a stage or by the sink.
    Rejected(&'a [Finding]),
    /// A mapper left it out, for this reason.
    Filtered(&'a str),
    /// It is the same customer as the record of this id, which was written.
    Merged(RecordId),
}

/// Watches a run. Every method is called from the thread that runs it, in the
/// order of the input; an observer that dawdles holds the run up.
///
/// ```
/// use handover::{Finding, Observer, Pipeline, Schema, sink::Collect, source::Memory};
///
/// struct Log;
///
/// impl Observer for Log {
///     fn finding(&self, finding: &Finding) {
///         eprintln!("{finding}");
///     }
/// }
///
/// let source = Memory::new("none", Schema::text(["name"])?, []);
/// Pipeline::from(source).observe(Log).to(Collect::new()).run()?;
/// # Ok::<(), handover::Error>(())
/// ```
pub trait Observer: Send + Sync {
    /// A phase begins.
    fn phase(&self, _phase: Phase) {}

    /// A batch has gone through.
    fn progress(&self, _progress: &Progress) {}

    /// Something was found: a warning, or a reason for which a record is set aside.
    fn finding(&self, _finding: &Finding) {}

    /// A record ends without being written. `record` is the record as it was
    /// read, or as near to that as was kept; `id` tells its parts apart.
    fn aside(&self, _id: RecordId, _record: &Record, _why: Aside<'_>) {}
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<O: Observer + ?Sized> Observer for $pointer {
            fn phase(&self, phase: Phase) {
                (**self).phase(phase);
            }

            fn progress(&self, progress: &Progress) {
                (**self).progress(progress);
            }

            fn finding(&self, finding: &Finding) {
                (**self).finding(finding);
            }

            fn aside(&self, id: RecordId, record: &Record, why: Aside<'_>) {
                (**self).aside(id, record, why);
            }
        }
    )*};
}
forward!(Box<O>, &O, std::sync::Arc<O>);
