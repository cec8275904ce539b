//! What goes wrong: an [`Error`] ends a run, a [`Fault`] costs one record.
//!
//! Code that judges a value says *what* is wrong with it, as a [`Fault`]. The
//! engine knows *where*, and makes a [`Finding`] of it by adding the [`Place`].

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::Arc;

/// The result of whatever can end a run.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What ends a run: its kind, where it happened, and what caused it.
///
/// `Display` prints the whole chain, outermost first, so that one line tells
/// the story: `customers.csv: cannot open: No such file or directory (os error 2)`.
/// `Debug` prints the same, because that is what `fn main() -> Result<()>` shows.
/// [`source`](std::error::Error::source) hands the cause to programs.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    place: Option<String>,
    message: Cow<'static, str>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of [`Error`], for programs that react to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system refused: a missing file, a full disk, a closed pipe.
    Io,
    /// The parts of a pipeline do not fit each other or the data: a column that
    /// is not there, an option that contradicts another. Found before the first record.
    Bind,
    /// The input is not what its format says: an unclosed quote, a broken header.
    Format,
    /// A limit that the caller set, or the default one, was exceeded.
    Limit,
    /// More records were rejected than the caller tolerates.
    Rejects,
    /// The run was cancelled from outside.
    Stopped,
    /// A part of the pipeline panicked.
    Panic,
    /// The books do not balance: a record is missing or was booked twice.
    Unbalanced,
    /// A database refused: in its own words.
    Database,
    /// The connection to a database was lost. What the sink marked as durable
    /// is there; a run that can be resumed goes on from it.
    Connection,
    /// Anything else that a source, mapper, detector or sink of the caller's own reports.
    Other,
}

impl Error {
    /// An error of the given kind. The message says what is wrong, in lower
    /// case, without a full stop, and without personal data.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner { kind, place: None, message: message.into(), cause: None }))
    }

    /// An error of [`ErrorKind::Bind`].
    pub fn bind(message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(ErrorKind::Bind, message)
    }

    /// An error of [`ErrorKind::Format`].
    pub fn format(message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(ErrorKind::Format, message)
    }

    /// An error of the caller's own making, of [`ErrorKind::Other`].
    pub fn other(message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(ErrorKind::Other, message)
    }

    /// What was being done when the operating system refused: `cannot open`.
    pub fn io(doing: impl Into<Cow<'static, str>>, cause: io::Error) -> Self {
        Error::new(ErrorKind::Io, doing).caused_by(cause)
    }

    /// The same error, at a place: a file's name, a [`Place`], a part of the pipeline.
    /// A place that is already known is kept, the new one goes before it.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.0.place = Some(match self.0.place.take() {
            Some(inner) => format!("{place}: {inner}"),
            None => place.to_string(),
        });
        self
    }

    /// The same error, at a place, unless a place is known or the run was stopped, which has none.
    pub(crate) fn within(self, place: &str) -> Self {
        if self.0.place.is_some() || self.kind() == ErrorKind::Stopped { self } else { self.at(place) }
    }

    /// The same error of a file whose line, where it is known, is the place: `customers.csv:7`.
    #[cfg(any(feature = "csv", feature = "excel", feature = "json"))]
    pub(crate) fn at_line(mut self, file: &str) -> Self {
        if let Some(line) = self.0.place.take() {
            self.0.place = Some(format!("{file}:{line}"));
        }
        self.within(file)
    }

    /// The same error, with what caused it.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// What is wrong, without the place and the cause.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where it happened, where that is known: `customers.csv:1042`.
    pub fn place(&self) -> Option<&str> {
        self.0.place.as_deref()
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.0.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.0.message)?;
        match &self.0.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

/// Where a record or a value stands: `customers.csv:1042:phone`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The input's name.
    pub input: Arc<str>,
    /// The record's number in its input, from 1.
    pub row: u64,
    /// The line on which the record begins, from 1; 0 where the input has no lines.
    pub line: u64,
    /// The byte at which the record begins in the input as it is stored, from
    /// 0; `None` where the input has no bytes of its own.
    pub byte: Option<u64>,
    /// The column, where one is to blame.
    pub column: Option<Arc<str>>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.input)?;
        match self.line {
            0 => write!(f, ":row {}", self.row)?,
            line => write!(f, ":{line}")?,
        }
        match &self.column {
            Some(column) => write!(f, ":{column}"),
            None => Ok(()),
        }
    }
}

/// How bad a [`Fault`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the record goes on.
    Warning,
    /// The record is rejected.
    Error,
}

/// What is wrong with one record or value, said by whoever judges it, who
/// need not know where it stands.
///
/// The message never holds the value itself: it ends up in logs and reports.
///
/// ```
/// use handover::Fault;
///
/// fn even(text: &str) -> Result<u32, Fault> {
///     let number: u32 = text.parse().map_err(|_| Fault::new("not a whole number"))?;
///     if number % 2 == 1 {
///         return Err(Fault::new("an odd number").rule("even"));
///     }
///     Ok(number)
/// }
/// assert_eq!(even("7").unwrap_err().to_string(), "an odd number");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Fault(Box<Blame>);

/// What a fault says. It stands apart because there is room for a fault wherever none is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Blame {
    severity: Severity,
    rule: Cow<'static, str>,
    column: Option<Arc<str>>,
    message: Cow<'static, str>,
}

impl Fault {
    /// A fault that rejects the record.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        let (severity, rule, message) = (Severity::Error, Cow::Borrowed(""), message.into());
        Fault(Box::new(Blame { severity, rule, column: None, message }))
    }

    /// A fault that is worth knowing, while the record goes on.
    pub fn warning(message: impl Into<Cow<'static, str>>) -> Self {
        Fault::new(message).severity(Severity::Warning)
    }

    /// The same fault, of the rule that found it. A rule that is already named stays.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<Cow<'static, str>>) -> Self {
        if self.0.rule.is_empty() {
            self.0.rule = rule.into();
        }
        self
    }

    /// The same fault, of a column. A column that is already named stays.
    #[must_use]
    pub fn column(mut self, column: impl Into<Arc<str>>) -> Self {
        if self.0.column.is_none() {
            self.0.column = Some(column.into());
        }
        self
    }

    /// The same fault, as bad as said.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.0.severity = severity;
        self
    }

    /// The fault at its place.
    pub fn found_at(self, mut place: Place) -> Finding {
        let Blame { severity, rule, column, message } = *self.0;
        place.column = column;
        Finding { severity, place, rule, message }
    }

    /// Whether the fault rejects its record.
    pub fn is_error(&self) -> bool {
        self.0.severity == Severity::Error
    }

    /// The rule that found it; empty where nobody named one.
    pub fn rule_name(&self) -> &str {
        &self.0.rule
    }

    /// The column to blame, where there is one.
    pub fn column_name(&self) -> Option<&str> {
        self.0.column.as_deref()
    }
}

impl From<&'static str> for Fault {
    fn from(message: &'static str) -> Self {
        Fault::new(message)
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Fault::new(message)
    }
}

/// A [`Fault`] with its [`Place`]: `customers.csv:1042:phone: too short`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether the record was rejected for it.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// The rule that found it.
    pub rule: Cow<'static, str>,
    /// What is wrong.
    pub message: Cow<'static, str>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// The faults of one record, gathered by validators and mappers: all of
/// them, not only the first.
#[derive(Debug, Default)]
pub struct Findings {
    faults: Vec<Fault>,
}

impl Findings {
    /// Adds a fault.
    pub fn push(&mut self, fault: impl Into<Fault>) {
        self.faults.push(fault.into());
    }

    /// Whether a fault rejects the record.
    pub fn has_error(&self) -> bool {
        self.faults.iter().any(Fault::is_error)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.faults.iter()
    }

    pub(crate) fn take(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }
}
