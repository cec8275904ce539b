//! Who must have agreed before anything is applied.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::migration::plan::Plan;
use crate::migration::store::Event;

/// Somebody has agreed to a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Approval {
    /// Who.
    pub name: String,
    /// When, as RFC 3339 in UTC.
    pub at: String,
    /// What they said, if anything.
    pub remark: String,
}

/// Decides whether the approvals that a plan has are enough.
///
/// ```
/// use handover::migration::{Approval, ApprovalRule, Plan};
///
/// struct Sales;
///
/// impl ApprovalRule for Sales {
///     fn missing(&self, _plan: &Plan, approvals: &[Approval]) -> Option<String> {
///         let agreed = approvals.iter().any(|approval| approval.name == "head of sales");
///         (!agreed).then(|| "the head of sales has not approved it".to_owned())
///     }
/// }
/// ```
pub trait ApprovalRule: Send + Sync {
    /// What is missing, in words; `None` if nothing is.
    fn missing(&self, plan: &Plan, approvals: &[Approval]) -> Option<String>;
}

/// So many different people must have agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approvals(pub usize);

impl ApprovalRule for Approvals {
    fn missing(&self, _plan: &Plan, approvals: &[Approval]) -> Option<String> {
        let names: BTreeSet<&str> = approvals.iter().map(|approval| approval.name.as_str()).collect();
        let Approvals(needed) = self;
        (names.len() < *needed).then(|| format!("it has {} of {needed} approvals", names.len()))
    }
}

/// All of these people must have agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedBy(pub Vec<String>);

impl ApprovalRule for ApprovedBy {
    fn missing(&self, _plan: &Plan, approvals: &[Approval]) -> Option<String> {
        let agreed = |name: &&String| !approvals.iter().any(|approval| approval.name == **name);
        let missing: Vec<&str> = self.0.iter().filter(agreed).map(String::as_str).collect();
        (!missing.is_empty()).then(|| format!("the approval of {} is missing", missing.join(", ")))
    }
}

/// The approvals of a plan in the audit log.
pub(crate) fn approvals(events: &[Event], plan: &str) -> Vec<Approval> {
    let approval = |event: &Event| {
        let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let remark = detail["remark"].as_str().unwrap_or_default().to_owned();
        Approval { name: event.who.clone(), at: event.at.clone(), remark }
    };
    let of_plan = |event: &&Event| event.what == "approved" && event.plan.as_deref() == Some(plan);
    events.iter().filter(of_plan).map(approval).collect()
}

/// Refuses a plan that has not been approved.
pub(crate) fn check(rule: &dyn ApprovalRule, plan: &Plan, events: &[Event]) -> Result<()> {
    match rule.missing(plan, &approvals(events, &plan.hash)) {
        None => Ok(()),
        Some(missing) => Err(Error::bind(format!("plan {} cannot be applied: {missing}", plan.short_hash()))),
    }
}
