//! Where the audit log ends: so that lines which are taken away from its end show, too.

use std::fmt;

use super::event::Event;
use crate::error::{Error, Result};
use crate::migration::seal::code_of;
use crate::protect::Key;

const LINE: &str = "audit line";
const HEAD: &str = "audit head";

/// The end of the audit log: how many lines it has, and the hash of the last.
///
/// `Display` is a line for people to write down: whoever can write into the store can put an
/// older one in its place, and only what is kept elsewhere shows that.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// How many lines there are.
    pub number: u64,
    /// The hash of the last.
    pub hash: String,
    /// What only who has the key can make of the two, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.hash)
    }
}

impl Head {
    /// The head of a log that ends with a line.
    pub(super) fn of(last: &Event, key: Option<&Key>) -> Result<Self> {
        let mut head = Head { number: last.number, hash: last.hash.clone(), seal: None };
        head.seal = key.map(|key| code_of(&head.to_string(), key, HEAD)).transpose()?;
        Ok(head)
    }
}

/// What only who has the key can make of a line.
pub(super) fn seal_of(event: &Event, key: &Key) -> Result<String> {
    code_of(&event.hash, key, LINE)
}

/// Makes sure that a log, whose lines hang together, ends where it ended when it was written last.
pub(super) fn check_end(events: &[Event], head: Option<&Head>, key: Option<&Key>) -> Result<()> {
    let broken = |what: String| Err(Error::format(what).at("the audit log"));
    let last = events.last();
    let (count, ends) = (last.map_or(0, |last| last.number), head.map_or(0, |head| head.number));
    match (last, head) {
        (None, None) => Ok(()),
        (_, Some(_)) if ends == count + 1 => broken(format!("line {ends}, the last, is missing")),
        (_, Some(_)) if ends > count => {
            broken(format!("lines {} to {ends}, the last, are missing", count + 1))
        }
        (Some(last), Some(head)) if last.hash == head.hash && count == ends => {
            key.map_or(Ok(()), |key| check_seals(events, last, head, key))
        }
        (_, None) => broken("what says where it ends is gone".to_owned()),
        _ => broken(format!("it does not end with line {ends}, as it says")),
    }
}

/// Whoever has the key sees whether others have written into the log. What was written
/// before there was a key is not sealed.
fn check_seals(events: &[Event], last: &Event, head: &Head, key: &Key) -> Result<()> {
    let sealed = events.iter().skip_while(|event| event.seal.is_none());
    for event in sealed {
        if event.seal.as_ref() != Some(&seal_of(event, key)?) {
            let message = format!("line {} was not written with this key", event.number);
            return Err(Error::format(message).at("the audit log"));
        }
    }
    let expected = Head::of(last, Some(key).filter(|_| last.seal.is_some()))?;
    match expected.seal == head.seal {
        true => Ok(()),
        false => {
            let message = "what says where it ends was not written with this key";
            Err(Error::format(message).at("the audit log"))
        }
    }
}
