//! The records that were set aside, with every reason, to be repaired and read again.

#[cfg(feature = "csv")]
mod csv;
#[cfg(feature = "json")]
mod json;

#[cfg(any(feature = "csv", feature = "json"))]
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Finding, Result};
use crate::record::Record;
use crate::schema::Schema;
#[cfg(feature = "migration")]
pub(crate) use json::line as json_line;

/// Where rejected records go, and how many are too many.
///
/// Without a file the run stops at the first rejected record, because
/// otherwise it would be lost. With one, all are set aside, unless a limit is
/// set. A record stands in the file as it was read, whatever a stage did to it.
///
#[cfg_attr(feature = "csv", doc = "```")]
#[cfg_attr(not(feature = "csv"), doc = "```ignore")]
/// use handover::Rejects;
///
/// let rejects = Rejects::csv("rejects.csv").at_most_share(0.05);
/// ```
///
/// A CSV file has the columns `handover_place`, `handover_reasons` and
/// `handover_raw`, and behind them those of the inputs. A row that does not fit
/// the columns (it has too many or too few cells, or bytes that cannot be decoded)
/// stands in `handover_raw` as a line of CSV, in which a backslash is doubled and
/// a byte that cannot be decoded is written `\xE9`. In JSON Lines each object has
/// `place`, `reasons` and either `record`, the values by column, or `columns` and
/// `raw`, such a row. Once repaired, a file can be read as a source:
/// [`CsvSource`](crate::source::csv::CsvSource) for the one,
/// [`JsonRejects`](crate::source::JsonRejects) for the other.
#[derive(Debug, Clone, Default)]
pub struct Rejects {
    target: Where,
    limit: Limit,
}

#[derive(Debug, Clone, Default)]
enum Where {
    #[default]
    Nowhere,
    #[cfg(feature = "csv")]
    Csv(PathBuf),
    #[cfg(feature = "json")]
    JsonLines(PathBuf),
    #[cfg(feature = "migration")]
    Observed,
}

#[derive(Debug, Clone, Copy, Default)]
enum Limit {
    #[default]
    None,
    Count(u64),
    Share(f64),
}

/// A share of rejected records is judged once this many were read, and at the end.
const SHARE_AFTER: u64 = 1000;

impl Rejects {
    /// Stops the run at the first rejected record: the default.
    pub fn stop_at_first() -> Self {
        Rejects::default()
    }

    /// Sets rejected records aside in a CSV file, which is made if there are any.
    /// A file of that name is replaced; if nothing is rejected, that of an
    /// earlier run is removed, so that nobody takes it for this one's.
    #[cfg(feature = "csv")]
    pub fn csv(path: impl AsRef<Path>) -> Self {
        Rejects { target: Where::Csv(path.as_ref().to_owned()), limit: Limit::None }
    }

    /// The same as JSON Lines, one object a record.
    #[cfg(feature = "json")]
    pub fn json_lines(path: impl AsRef<Path>) -> Self {
        Rejects { target: Where::JsonLines(path.as_ref().to_owned()), limit: Limit::None }
    }

    /// Leaves rejected records to an [observer](crate::Observer::aside), which keeps them.
    #[cfg(feature = "migration")]
    pub(crate) fn observed() -> Self {
        Rejects { target: Where::Observed, limit: Limit::None }
    }

    /// Stops the run when more than this many records are rejected.
    #[must_use]
    pub fn at_most(mut self, records: u64) -> Self {
        self.limit = Limit::Count(records);
        self
    }

    /// Stops the run when more than this share of the records read so far is
    /// rejected, from 0 to 1; judged from the thousandth record on, and at the end.
    #[must_use]
    pub fn at_most_share(mut self, share: f64) -> Self {
        self.limit = Limit::Share(share);
        self
    }

    /// The file, if there is to be one.
    pub(crate) fn path(&self) -> Option<&std::path::Path> {
        match &self.target {
            Where::Nowhere => None,
            #[cfg(feature = "csv")]
            Where::Csv(path) => Some(path),
            #[cfg(feature = "json")]
            Where::JsonLines(path) => Some(path),
            #[cfg(feature = "migration")]
            Where::Observed => None,
        }
    }

    /// Makes sure that the file can be written, before the first record.
    #[cfg_attr(not(feature = "csv"), allow(unused_variables))]
    pub(crate) fn open(self, inputs: &[Arc<Schema>]) -> Result<RejectsDesk> {
        let file: Option<Box<dyn RejectsFile>> = match &self.target {
            Where::Nowhere => None,
            #[cfg(feature = "csv")]
            Where::Csv(path) => Some(Box::new(csv::CsvRejects::create(path, inputs)?)),
            #[cfg(feature = "json")]
            Where::JsonLines(path) => Some(Box::new(json::JsonRejects::create(path)?)),
            #[cfg(feature = "migration")]
            Where::Observed => Some(Box::new(Observed)),
        };
        Ok(RejectsDesk { file, limit: self.limit, rejected: 0, all_read: false })
    }
}

/// Writes rejected records, and minds the limit.
pub(crate) struct RejectsDesk {
    file: Option<Box<dyn RejectsFile>>,
    limit: Limit,
    rejected: u64,
    /// Whether all records have been read: a share is judged at once then.
    all_read: bool,
}

/// A rejects file of some format.
trait RejectsFile {
    fn put(&mut self, raw: &Record, findings: &[Finding]) -> Result<()>;
    /// Writes everything to disk, short of putting the file in place.
    fn settle(&mut self) -> Result<()>;
    /// Puts the file in place, and says its name.
    fn publish(self: Box<Self>) -> Result<String>;
    /// Removes the file of an earlier run.
    fn remove_old(self: Box<Self>) -> Result<()>;
}

/// Where an observer keeps them.
#[cfg(feature = "migration")]
struct Observed;

#[cfg(feature = "migration")]
impl RejectsFile for Observed {
    fn put(&mut self, _raw: &Record, _findings: &[Finding]) -> Result<()> {
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        Ok(())
    }

    fn publish(self: Box<Self>) -> Result<String> {
        Ok("the store of the migration".to_owned())
    }

    fn remove_old(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

impl RejectsDesk {
    /// Whether the raw records are needed.
    pub fn wants_raw(&self) -> bool {
        self.file.is_some()
    }

    /// Sets a record aside, or stops the run.
    pub fn put(&mut self, raw: &Record, findings: &[Finding], read: u64) -> Result<()> {
        self.rejected += 1;
        match &mut self.file {
            Some(file) => file.put(raw, findings)?,
            None => {
                let first = findings.first().map_or_else(String::new, Finding::to_string);
                let message = format!("{first} (no rejects file is set, so the run stops at the first)");
                return Err(Error::new(ErrorKind::Rejects, message));
            }
        }
        match self.limit {
            Limit::Count(most) if self.rejected > most => Err(too_many(format!("more than {most}"))),
            Limit::Share(_) if read >= SHARE_AFTER || self.all_read => self.check_share(read),
            _ => Ok(()),
        }
    }

    /// Called when all records have been read, before the sink commits.
    pub fn settle(&mut self, read: u64) -> Result<()> {
        self.all_read = true;
        self.check_share(read)?;
        match &mut self.file {
            Some(file) if self.rejected > 0 => file.settle(),
            _ => Ok(()),
        }
    }

    /// Puts the file in place if a record was rejected; otherwise removes that
    /// of an earlier run. Returns its name.
    pub fn close(self) -> Result<Option<String>> {
        match self.file {
            Some(file) if self.rejected > 0 => file.publish().map(Some),
            Some(file) => file.remove_old().map(|()| None),
            None => Ok(None),
        }
    }

    fn check_share(&self, read: u64) -> Result<()> {
        match self.limit {
            Limit::Share(share) if self.rejected as f64 > share * read as f64 => {
                Err(too_many(format!("{} of {read}, more than {} %", self.rejected, share * 100.0)))
            }
            _ => Ok(()),
        }
    }
}

fn too_many(how_many: String) -> Error {
    Error::new(ErrorKind::Rejects, format!("too many records are rejected: {how_many}"))
}

/// `phone: too short [phone]; email: no @ sign [email]`
#[cfg(feature = "csv")]
pub(crate) fn reasons(findings: &[Finding]) -> String {
    let reason = |finding: &Finding| {
        let column = finding.place.column.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
        let rule = if finding.rule.is_empty() { String::new() } else { format!(" [{}]", finding.rule) };
        format!("{column}{}{rule}", finding.message)
    };
    findings.iter().map(reason).collect::<Vec<_>>().join("; ")
}

/// Removes the rejects of an earlier run. A file that does not begin as those
/// do is somebody else's, and stays.
#[cfg(any(feature = "csv", feature = "json"))]
fn remove(path: &Path, beginning: &str) -> Result<()> {
    let mut head = vec![0; beginning.len()];
    let is_ours = std::fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head))
        .is_ok_and(|()| head == beginning.as_bytes());
    if !is_ours {
        return Ok(());
    }
    std::fs::remove_file(path)
        .map_err(|error| Error::io("cannot remove the rejects of an earlier run", error).at(path.display()))
}
