//! From source to sink, with every record accounted for.
//!
//! A [`Pipeline`] is put together from its parts, bound, and run:
//!
//! 1. every source says its columns, every mapper, rule, detector and sink
//!    resolves those it needs: a misspelt column fails here, before anything is
//!    written;
//! 2. one thread reads, some map, normalize and judge, the caller's own writes;
//!    the order is that of the input, whatever the number of threads;
//! 3. where duplicates are looked for, the records are held until all are
//!    there, and golden records are made of the clusters;
//! 4. the sink commits only if every record that was read is accounted for.

mod books;
mod cancel;
mod clock;
#[cfg(feature = "csv")]
mod crosswalk;
mod delivery;
mod desk;
mod engine;
mod files;
mod golden;
mod held;
mod observer;
mod open;
#[cfg(feature = "progress")]
mod progress;
mod rejects;
mod report;
mod run;
mod stages;
mod stream;

use std::fmt;

use crate::dedupe::Dedupe;
use crate::error::{Error, Result};
use crate::map::FieldMapper;
use crate::normalize::Chain;
use crate::sink::SinkWriter;
use crate::source::SourceReader;
use crate::validate::Validator;
use stages::Step;

pub use books::Counts;
pub use cancel::Cancel;
pub use clock::Clock;
pub use observer::{Aside, Observer, Phase, Progress};
#[cfg(feature = "progress")]
pub use progress::ProgressBar;
pub use rejects::Rejects;
#[cfg(feature = "migration")]
pub(crate) use rejects::{json_line, reasons};
pub use report::{Change, InputReport, Learnt, Merges, Outcome, Report, Tally};
pub use stages::Columns;

/// A source, and what maps its records.
type Source<'p> = (Box<dyn SourceReader + 'p>, Option<Box<dyn FieldMapper + 'p>>);

/// A run, put together from its parts.
///
/// ```
/// use handover::normalize::{lowercase, trim};
/// use handover::{Mapping, Pipeline, Record, Schema, sink::Collect, source::Memory, validate::required};
///
/// let schema = Schema::text(["客户", "Mail"])?;
/// let rows = [Record::of(schema.clone(), ["王伟", " Wang@Example.cn "])?];
///
/// let mut customers = Collect::new();
/// let report = Pipeline::from(Memory::new("old.csv", schema, rows))
///     .map(Mapping::new().rename("客户", "name").rename("Mail", "email"))
///     .normalize("email", [trim(), lowercase()])
///     .validate(required("name"))
///     .to(&mut customers)
///     .run()?;
///
/// assert_eq!(customers.records()[0].text("email")?, "wang@example.cn");
/// assert_eq!(report.counts.written(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a pipeline does nothing until it is run"]
pub struct Pipeline<'p> {
    inputs: Vec<Source<'p>>,
    steps: Vec<Step<'p>>,
    dedupe: Option<Dedupe<'p>>,
    #[cfg(feature = "csv")]
    crosswalk: Option<std::path::PathBuf>,
    rejects: Rejects,
    sink: Option<Box<dyn SinkWriter + 'p>>,
    observers: Vec<Box<dyn Observer + 'p>>,
    threads: usize,
    batch_records: usize,
    held_memory: usize,
    cancel: Cancel,
    clock: Clock,
}

impl<'p> Pipeline<'p> {
    /// A run that begins with this source.
    pub fn from(source: impl SourceReader + 'p) -> Self {
        Pipeline::of(vec![(Box::new(source), None)])
    }

    /// A run over these sources, each with the mapper that is made for its
    /// name: exports of different layouts, whose records know where they come from.
    ///
    /// ```
    /// use handover::map::{Mapping, constant};
    /// use handover::{Pipeline, Record, Schema, sink::Collect, source::Memory};
    ///
    /// let source = |name, column| {
    ///     let schema = Schema::text([column])?;
    ///     let records = [Record::of(schema.clone(), ["王伟"])?];
    ///     Ok::<_, Box<dyn std::error::Error>>(Memory::new(name, schema, records))
    /// };
    /// let mut customers = Collect::new();
    /// Pipeline::from_each([source("shop", "姓名")?, source("web", "Name")?], |name| {
    ///     let column = if name == "shop" { "姓名" } else { "Name" };
    ///     Mapping::new().rename(column, "name").field("channel", constant(name))
    /// })
    /// .to(&mut customers)
    /// .run()?;
    /// assert_eq!(customers.records()[1].text("channel")?, "web");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_each<S: SourceReader + 'p, M: FieldMapper + 'p>(
        sources: impl IntoIterator<Item = S>,
        mapper: impl Fn(&str) -> M,
    ) -> Self {
        let input = |source: S| {
            let mapper = mapper(&source.name());
            let (source, mapper): Source<'p> = (Box::new(source), Some(Box::new(mapper)));
            (source, mapper)
        };
        Pipeline::of(sources.into_iter().map(input).collect())
    }

    fn of(inputs: Vec<Source<'p>>) -> Self {
        Pipeline {
            inputs,
            steps: Vec::new(),
            dedupe: None,
            #[cfg(feature = "csv")]
            crosswalk: None,
            rejects: Rejects::default(),
            sink: None,
            observers: Vec::new(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            batch_records: crate::batch::BATCH_RECORDS,
            held_memory: usize::MAX,
            cancel: Cancel::new(),
            clock: Clock::default(),
        }
    }

    /// A further source, which is read after those before it. It needs a name
    /// of its own, and what comes out of its mapper must have the same columns.
    pub fn and(mut self, source: impl SourceReader + 'p) -> Self {
        self.inputs.push((Box::new(source), None));
        self
    }

    /// Maps the records of the source that was named last. A second mapper
    /// maps what comes out of the first.
    pub fn map(mut self, mapper: impl FieldMapper + 'p) -> Self {
        if let Some((_, slot)) = self.inputs.last_mut() {
            *slot = Some(match slot.take() {
                Some(first) => Box::new(first.then(mapper)),
                None => Box::new(mapper),
            });
        }
        self
    }

    /// Normalizes the values of one column, of several (`["phone", "mobile"]`)
    /// or of all ([`Columns::All`]), after mapping, in the order in which
    /// this and [`validate`](Self::validate) are called.
    pub fn normalize(mut self, columns: impl Into<Columns>, chain: impl Into<Chain>) -> Self {
        self.steps.push(Step::Normalize(columns.into(), chain.into()));
        self
    }

    /// Judges every record, in the order in which this and
    /// [`normalize`](Self::normalize) are called.
    pub fn validate(mut self, validator: impl Validator + 'p) -> Self {
        self.steps.push(Step::Validate(Box::new(validator)));
        self
    }

    /// Looks for duplicates among all records, and merges them.
    pub fn dedupe(mut self, dedupe: Dedupe<'p>) -> Self {
        self.dedupe = Some(dedupe);
        self
    }

    /// How many bytes of memory the records may take that are held until the
    /// duplicates among them are known; the others wait in a temporary file
    /// without a name (in `TMPDIR`). All are in memory by default. What comes
    /// out does not depend on it. What a detector itself needs is not counted,
    /// nor are the records of a group of duplicates while they are merged.
    pub fn held_memory(mut self, bytes: usize) -> Self {
        self.held_memory = bytes;
        self
    }

    /// Writes a CSV file that says into which record each merged one went.
    #[cfg(feature = "csv")]
    pub fn crosswalk(mut self, path: impl AsRef<std::path::Path>) -> Self {
        self.crosswalk = Some(path.as_ref().to_owned());
        self
    }

    /// Where rejected records go. By default the run stops at the first.
    pub fn rejects(mut self, rejects: Rejects) -> Self {
        self.rejects = rejects;
        self
    }

    /// Where the records go.
    pub fn to(mut self, sink: impl SinkWriter + 'p) -> Self {
        self.sink = Some(Box::new(sink));
        self
    }

    /// Somebody who watches.
    pub fn observe(mut self, observer: impl Observer + 'p) -> Self {
        self.observers.push(Box::new(observer));
        self
    }

    /// How many threads map, normalize and judge; as many as the machine has
    /// cores by default, and at most 256. Reading and writing have a thread
    /// each besides. What comes out does not depend on it.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.clamp(1, 256);
        self
    }

    /// How many records travel together at most: 1024 by default. What comes
    /// out does not depend on it.
    pub fn batch_records(mut self, records: usize) -> Self {
        self.batch_records = records.max(1);
        self
    }

    /// What stops the run from outside.
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Where the times in the report come from.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Whether duplicates are looked for, so that all records are needed to write any.
    #[cfg(feature = "migration")]
    pub(crate) fn merges(&self) -> bool {
        self.dedupe.is_some()
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// When a part cannot be bound, when a source, a stage or the sink fails,
    /// when too many records are rejected, when the run is stopped, and when the
    /// books do not balance. The target is then as it was before, but for what
    /// the sink marked as durable. The [report](RunError::report) tells how far the run came.
    pub fn run(self) -> Result<Report, RunError> {
        run::run(self)
    }
}

/// A run that failed or was stopped, with the report of what it did.
pub struct RunError {
    error: Error,
    report: Option<Box<Report>>,
}

impl RunError {
    /// What went wrong.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// What the run did before; `None` if it had not begun.
    pub fn report(&self) -> Option<&Report> {
        self.report.as_deref()
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for RunError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

impl From<RunError> for Error {
    fn from(failed: RunError) -> Self {
        failed.error
    }
}
