//! What earlier transfers handed over, as the audit log and the journal tell it.

use std::collections::HashMap;
use std::sync::Arc;

use super::Transfer;
use crate::error::Result;
use crate::migration::handed::rows_of;
use crate::migration::plan::Plan;
use crate::migration::runs::runs;
use crate::migration::store::{Event, Store};
use crate::migration::target::TargetId;

/// The table and the column of the owner.
type Place = (Arc<str>, Arc<str>);

/// What earlier transfers handed over for the same old owners, and was not taken back.
#[derive(Default)]
pub(super) struct History {
    /// Who received each row last.
    received: HashMap<Place, HashMap<TargetId, TargetId>>,
    /// How many rows of the root tables each receiver has of the very same transfer.
    pub given: HashMap<TargetId, u64>,
}

impl History {
    pub fn read(store: &mut dyn Store, events: &[Event], transfer: &Transfer, digest: &str) -> Result<Self> {
        let mut history = History::default();
        for run in runs(events) {
            if run.kind != "transfer" || !run.ended || run.undone_by.is_some() {
                continue;
            }
            let is_same = run.plan.is_some_and(|plan| declared(events, &plan).as_deref() == Some(digest));
            for handed in rows_of(store, run.run)?.into_iter().filter(|row| transfer.from.contains(&row.from))
            {
                let is_root = transfer.roots.iter().any(|root| *root.table == *handed.table);
                if is_same && is_root {
                    *history.given.entry(handed.to.clone()).or_default() += 1;
                }
                history
                    .received
                    .entry((handed.table, handed.owner))
                    .or_default()
                    .insert(handed.id, handed.to);
            }
        }
        Ok(history)
    }

    /// Who received a row.
    pub fn receiver(&self, table: &Arc<str>, owner: &Arc<str>, id: &TargetId) -> Option<&TargetId> {
        self.received.get(&(Arc::clone(table), Arc::clone(owner)))?.get(id)
    }
}

/// The digest of what was declared for a plan.
fn declared(events: &[Event], plan: &str) -> Option<String> {
    let is_of = |event: &&Event| event.what == "plan made" && event.plan.as_deref() == Some(plan);
    let plan: Plan = serde_json::from_str(&events.iter().find(is_of)?.detail).ok()?;
    Some(plan.mapping)
}
