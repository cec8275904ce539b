//! The runs of a migration, as the audit log tells of them.

use super::backup::Backup;
use super::store::Event;
use crate::error::{Error, Result};

/// A run, as the audit log tells of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct RunState {
    /// Its number.
    pub run: u64,
    /// What it does: `apply`, `undo`, `transfer`.
    pub kind: String,
    /// The plan, where there is one.
    pub plan: Option<String>,
    /// Whether it came to its end.
    pub ended: bool,
    /// The run that took it back, if one did.
    pub undone_by: Option<u64>,
    /// Whether taking it back has begun and did not come to its end.
    pub undoing: bool,
}

/// The number of the next run.
pub(crate) fn next_run(events: &[Event]) -> u64 {
    events.iter().filter_map(|event| event.run).max().unwrap_or(0) + 1
}

/// The runs that the audit log tells of.
pub(crate) fn runs(events: &[Event]) -> Vec<RunState> {
    let mut runs: Vec<RunState> = Vec::new();
    for event in events {
        let Some(run) = event.run else { continue };
        let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let of = detail["of"].as_u64();
        match event.what.as_str() {
            "run began" => {
                let kind = detail["kind"].as_str().unwrap_or_default().to_owned();
                let (plan, ended, undone_by, undoing) = (event.plan.clone(), false, None, false);
                runs.push(RunState { run, kind, plan, ended, undone_by, undoing });
            }
            what @ ("undo began" | "undo left rows") => {
                let undone = runs.iter_mut().find(|known| Some(known.run) == of);
                undone.into_iter().for_each(|known| known.undoing = what == "undo began");
            }
            "run ended" => {
                for known in runs.iter_mut().filter(|known| known.run == run || Some(known.run) == of) {
                    known.ended = true;
                    if known.run != run {
                        (known.undone_by, known.undoing) = (known.undone_by.or(Some(run)), false);
                    }
                }
            }
            _ => {}
        }
    }
    runs
}

/// Refuses to begin something while a run is not finished.
pub(crate) fn unfinished(events: &[Event]) -> Result<()> {
    match runs(events).iter().find(|run| !run.ended || run.undoing) {
        None => Ok(()),
        Some(RunState { run, undoing: true, .. }) => {
            let message = format!("taking run {run} back did not come to its end: undo it again");
            Err(Error::bind(message))
        }
        Some(RunState { run, .. }) => {
            Err(Error::bind(format!("run {run} did not come to its end: resume it, or undo it")))
        }
    }
}

/// The backups of a run.
pub(crate) fn backups_of(events: &[Event], run: u64) -> Vec<Backup> {
    let began = events.iter().find(|event| event.run == Some(run) && event.what == "run began");
    let detail: Option<serde_json::Value> = began.and_then(|event| serde_json::from_str(&event.detail).ok());
    detail.and_then(|detail| serde_json::from_value(detail["backups"].clone()).ok()).unwrap_or_default()
}
