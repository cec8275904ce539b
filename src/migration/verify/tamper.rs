//! What was changed by other hands: plans and backups, beside the store itself.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::migration::plan::Plan;
use crate::migration::runs::{backups_of, runs};
use crate::migration::store::{Event, Store};
use crate::protect::Key;

/// What was changed, in words: of the store, and of what is kept beside it.
pub(super) fn look(store: &mut dyn Store, key: Option<&Key>) -> Result<(Vec<String>, Vec<String>)> {
    let events = store.events()?;
    let mut beside = Vec::new();
    beside.extend(plans(&events));
    beside.extend(backups(&events, key));
    Ok((store.tampering_beside_ledger()?, beside))
}

/// Plans that are not what they were when they were made, and approvals of plans that nobody made.
fn plans(events: &[Event]) -> Vec<String> {
    let (mut found, mut known) = (Vec::new(), BTreeSet::new());
    for event in events {
        let hash = event.plan.as_deref().unwrap_or_default();
        let number = event.number;
        match event.what.as_str() {
            "plan made" => {
                let plan = serde_json::from_str::<Plan>(&event.detail).ok();
                let is_whole = plan.is_some_and(|plan| plan.hash == hash && plan.check().is_ok());
                let short = hash.get(..12).unwrap_or(hash);
                if !is_whole {
                    found.push(format!(
                        "plan {short}, line {number} of the audit log: was changed after it was made"
                    ));
                }
                known.insert(hash);
            }
            "approved" if !known.contains(hash) => {
                found.push(format!("line {number} of the audit log: approves a plan that was not made"));
            }
            _ => {}
        }
    }
    found
}

/// Backups that are gone or are not what was written.
fn backups(events: &[Event], key: Option<&Key>) -> Vec<String> {
    let all = runs(events).into_iter().flat_map(|run| backups_of(events, run.run));
    all.filter_map(|backup| backup.check(key).err()).map(|error| error.to_string()).collect()
}
