//! Writing the audit log, and what people take out of it.

use std::path::Path;

use super::builder::Migration;
use crate::error::{Error, Result};
use crate::migration::files::write_whole;
use crate::migration::store::{Event, Head, Store};
use crate::pipeline::Clock;

/// Makes the lines of the audit log, one after the other.
#[derive(Clone)]
pub(crate) struct Audit {
    who: String,
    clock: Clock,
    plan: Option<String>,
    run: Option<u64>,
    number: u64,
    hash: String,
}

impl Audit {
    /// Goes on after the last line of a store.
    pub fn after(store: &mut dyn Store, who: &str, clock: &Clock) -> Result<Self> {
        let (number, hash) =
            store.events()?.pop().map_or((0, String::new()), |last| (last.number, last.hash));
        Ok(Audit { who: who.to_owned(), clock: clock.clone(), plan: None, run: None, number, hash })
    }

    /// The lines that follow are about this plan and this run.
    pub fn about(mut self, plan: Option<&str>, run: Option<u64>) -> Self {
        (self.plan, self.run) = (plan.map(str::to_owned), run);
        self
    }

    /// The next line.
    pub fn event(&mut self, what: &str, detail: String) -> Event {
        self.number += 1;
        let mut event = Event {
            number: self.number,
            at: moment(&self.clock),
            who: self.who.clone(),
            what: what.to_owned(),
            plan: self.plan.clone(),
            run: self.run,
            detail,
            hash: String::new(),
            seal: None,
        };
        event.hash = event.expected_hash(&self.hash);
        self.hash.clone_from(&event.hash);
        event
    }
}

impl Migration {
    /// Where the audit log ends; none where it has no line. What it says is to be written down elsewhere: with it,
    /// [`check_audit`](Self::check_audit) finds out whether the whole store was put back as it was earlier.
    ///
    /// # Errors
    ///
    /// Where the log is not whole.
    pub fn audit_head(&mut self) -> Result<Option<Head>> {
        self.events()?;
        self.store.head()
    }

    /// Makes sure that the audit log has a line of this number and hash, as they were written down.
    ///
    /// # Errors
    ///
    /// Where the log has no such line, or another one, and where it is not whole.
    pub fn check_audit(&mut self, number: u64, hash: &str) -> Result<()> {
        let events = self.events()?;
        let what = match events.iter().find(|event| event.number == number) {
            Some(event) if event.hash == hash => return Ok(()),
            Some(_) => format!("line {number} is not the one that was written down"),
            None => format!("line {number} is missing, there are {}", events.len()),
        };
        Err(Error::format(what).at("the audit log"))
    }

    /// Writes the audit log into a file of JSON Lines, and says how many there are.
    ///
    /// # Errors
    ///
    /// Where the log is not whole, and where the file cannot be written.
    pub fn write_audit(&mut self, path: impl AsRef<Path>) -> Result<usize> {
        let events = self.events()?;
        let lines: String = events.iter().map(|event| format!("{}\n", serde_json::json!(event))).collect();
        write_whole(path.as_ref(), &lines)?;
        Ok(events.len())
    }
}

/// The moment that a clock tells, as RFC 3339 in UTC.
pub(crate) fn moment(clock: &Clock) -> String {
    let now = clock.now();
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "after the end of time".to_owned(), |now| now.to_string())
}
