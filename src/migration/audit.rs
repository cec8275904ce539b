//! Writing the audit log.

use crate::error::Result;
use crate::migration::store::{Event, Store};
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
        };
        event.hash = event.expected_hash(&self.hash);
        self.hash.clone_from(&event.hash);
        event
    }
}

/// The moment that a clock tells, as RFC 3339 in UTC.
pub(crate) fn moment(clock: &Clock) -> String {
    let now = clock.now();
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "after the end of time".to_owned(), |now| now.to_string())
}
