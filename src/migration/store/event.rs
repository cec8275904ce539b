//! The audit log: who did what and when, each line bound to the one before it.

use sha2::{Digest, Sha256};

use crate::details::in_hex;
use crate::error::{Error, Result};

/// A line of the audit log.
///
/// Its hash is the SHA-256 of the hash before it and of its own content, so
/// that a line that is changed, left out or put in shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Event {
    /// Its number, from 1.
    pub number: u64,
    /// When, as RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// What: `plan made`, `approved`, `run began`.
    pub what: String,
    /// The plan, by its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The run, by its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// More about it, as a JSON object.
    pub detail: String,
    /// The hash.
    pub hash: String,
    /// What only who has the key can make of the hash, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
}

impl Event {
    /// The hash that the event must have, after one of this hash.
    pub fn expected_hash(&self, before: &str) -> String {
        let Event { number, at, who, what, plan, run, detail, .. } = self;
        let mut digest = Sha256::new();
        let run = run.map(|run| run.to_string()).unwrap_or_default();
        let plan = plan.clone().unwrap_or_default();
        for part in [before, &number.to_string(), at, who, what, &plan, &run, detail] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        }
        in_hex(digest)
    }
}

/// Makes sure that events are a whole and unchanged log.
///
/// # Errors
///
/// Names the first line that was changed, put in, or before which one is missing.
pub fn check_chain(events: &[Event]) -> Result<()> {
    let mut before = String::new();
    for (number, event) in (1..).zip(events) {
        if event.number != number {
            return Err(broken(format!("line {number} is missing")));
        }
        if event.hash != event.expected_hash(&before) {
            return Err(broken(format!("line {number} was changed, or does not belong here")));
        }
        before.clone_from(&event.hash);
    }
    Ok(())
}

fn broken(what: String) -> Error {
    Error::format(what).at("the audit log")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(count: u64) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        for number in 1..=count {
            let before = events.last().map_or(String::new(), |event| event.hash.clone());
            let mut event = Event {
                number,
                at: "2026-11-22T20:00:00Z".into(),
                who: "li".into(),
                what: "run began".into(),
                plan: None,
                run: Some(number),
                detail: "{}".into(),
                hash: String::new(),
                seal: None,
            };
            event.hash = event.expected_hash(&before);
            events.push(event);
        }
        events
    }

    #[test]
    fn what_was_changed_is_named() {
        check_chain(&log(3)).unwrap();
        let error = |change: fn(&mut Vec<Event>)| {
            let mut events = log(3);
            change(&mut events);
            check_chain(&events).unwrap_err().to_string()
        };
        assert_eq!(
            error(|events| events[1].who = "wang".into()),
            "the audit log: line 2 was changed, or does not belong here"
        );
        assert_eq!(error(|events| drop(events.remove(0))), "the audit log: line 1 is missing");
        assert_eq!(error(|events| drop(events.remove(1))), "the audit log: line 2 is missing");
    }
}
