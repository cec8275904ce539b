//! Planning, approving, applying and resuming.

use super::approval;
use super::audit::Audit;
use super::backup::{Backup, back_up};
use super::builder::Migration;
use super::plan::{self, Making, Plan, Purpose};
use super::run::{Conduct, EntityReport, Steps};
use super::runs::{RunState, backups_of, next_run, runs, unfinished};
use super::store::{Event, Page, Store};
use crate::error::{Error, Result};

/// What a run did.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct RunReport {
    /// The run's number.
    pub run: u64,
    /// The plan that was applied.
    pub plan: String,
    /// What became of the records.
    pub entities: Vec<EntityReport>,
    /// Where the rows are, as they were before.
    pub backups: Vec<Backup>,
}

impl Migration {
    /// Finds out what would be done, on copies; the target is only read.
    ///
    /// # Errors
    ///
    /// Where something is declared that is not there, where a source or the
    /// target cannot be read, and where a run is not finished.
    pub fn plan(&mut self) -> Result<Plan> {
        self.plan_for(Purpose::Move)
    }

    pub(super) fn plan_for(&mut self, purpose: Purpose) -> Result<Plan> {
        let steps = self.steps()?;
        unfinished(&self.events()?)?;
        // Fields, and not a method, so that the store and the target can be changed beside them.
        let conduct = Conduct {
            entities: &self.entities,
            steps: &steps,
            cancel: &self.cancel,
            pace: self.pace,
            purpose: &purpose,
        };
        let (name, version, clock) = (self.system.as_str(), self.version.as_str(), &self.clock);
        let making = Making { name, version, conduct, clock };
        plan::make(&making, &mut *self.store, &mut *self.target, &self.who)
    }

    /// Writes down that somebody agrees to a plan.
    pub fn approve(&mut self, plan: &str, name: &str, remark: &str) -> Result<()> {
        let plan = self.known_plan(plan)?;
        let detail = serde_json::json!({ "remark": remark }).to_string();
        let mut audit = Audit::after(&mut *self.store, name, &self.clock)?.about(Some(&plan.hash), None);
        let page = Page { events: vec![audit.event("approved", detail)], ..Page::default() };
        self.store.write(&page)
    }

    /// Does what was planned.
    ///
    /// # Errors
    ///
    /// Where approvals are missing, where the inputs, the mapping or the target are not
    /// those of the plan, where a run is not finished, and where something
    /// fails: the run can be [resumed](Self::resume) or [undone](Self::undo) then.
    pub fn apply(&mut self, plan: &str) -> Result<RunReport> {
        let steps = self.steps()?;
        let events = self.events()?;
        unfinished(&events)?;
        let plan = self.known_plan(plan)?;
        if plan.transfer().is_some() {
            let message = format!("plan {} is of a transfer: do it with `transfer`", plan.short_hash());
            return Err(Error::bind(message));
        }
        approval::check(&*self.approval, &plan, &events)?;
        self.unchanged(&plan, &steps)?;
        let run = next_run(&events);
        let name = format!("run-{run}-{}", plan.short_hash());
        let folders = (&self.backups[..], name.as_str());
        let backups = back_up(&mut *self.store, &mut *self.target, &plan.hash, folders, self.key.as_ref())?;
        let detail = serde_json::json!({ "kind": "apply", "backups": backups }).to_string();
        let audit = self.log(&plan, run, "run began", detail)?;
        self.go(&steps, &plan, run, audit, backups)
    }

    /// Goes on with a run that was cut short, from where it came to; nothing is written twice.
    ///
    /// # Errors
    ///
    /// Where there is no such run, and where the inputs or the mapping are not those of its plan any more.
    /// A transfer goes on when it is [called](Self::transfer) again with its plan, and what is taken back when
    /// that is [called](Self::undo) again: the error says so.
    pub fn resume(&mut self) -> Result<RunReport> {
        let steps = self.steps()?;
        let events = self.events()?;
        let Some(open) = runs(&events).into_iter().find(|run| !run.ended && !run.undoing) else {
            unfinished(&events)?;
            return Err(Error::bind("there is no run to be resumed"));
        };
        let plan = self.known_plan(open.plan.as_deref().unwrap_or_default())?;
        if plan.transfer().is_some() {
            let (run, plan) = (open.run, plan.short_hash());
            let message = format!("run {run} is a transfer: do it again with its plan {plan}, or undo it");
            return Err(Error::bind(message));
        }
        self.same_inputs(&plan, &steps)?;
        let audit = self.log(&plan, open.run, "run resumed", "{}".to_owned())?;
        self.go(&steps, &plan, open.run, audit, backups_of(&events, open.run))
    }

    fn go(
        &mut self,
        steps: &Steps,
        plan: &Plan,
        run: u64,
        audit: Audit,
        backups: Vec<Backup>,
    ) -> Result<RunReport> {
        let conduct = Conduct {
            entities: &self.entities,
            steps,
            cancel: &self.cancel,
            pace: self.pace,
            purpose: &plan.purpose,
        };
        let entities = conduct.run(&mut *self.store, &mut *self.target, run, audit)?;
        let report = RunReport { run, plan: plan.hash.clone(), entities, backups };
        let detail = serde_json::to_string(&report)
            .map_err(|error| Error::other("cannot write the report").caused_by(error))?;
        self.log(plan, run, "run ended", detail)?;
        Ok(report)
    }

    /// Makes sure that everything is as it was when the plan was made.
    fn unchanged(&mut self, plan: &Plan, steps: &Steps) -> Result<()> {
        self.same_inputs(plan, steps)?;
        let now = plan::snapshots(&self.entities, &mut *self.target)?;
        for (was, is) in plan.target.iter().zip(&now) {
            if was != is {
                let message = format!(
                    "table `{}` of the target has changed since plan {}",
                    was.table,
                    plan.short_hash()
                );
                return Err(Error::bind(message + ": make a new plan"));
            }
        }
        Ok(())
    }

    fn same_inputs(&self, plan: &Plan, steps: &Steps) -> Result<()> {
        if plan.mapping != plan::mapping_digest(&self.entities, &steps.labels, &self.version) {
            let message =
                format!("the mapping has changed since plan {}: make a new plan", plan.short_hash());
            return Err(Error::bind(message));
        }
        let now = plan::inputs(&self.entities, &steps.labels)?;
        for (was, is) in plan.inputs.iter().zip(&now) {
            if was != is {
                let message = format!("has changed since plan {}: make a new plan", plan.short_hash());
                return Err(Error::bind(message).at(&is.file));
            }
        }
        match plan.inputs.len() == now.len() {
            true => Ok(()),
            false => Err(Error::bind("there are other inputs than in the plan: make a new plan")),
        }
    }

    /// A plan by its hash, or by the beginning of it.
    pub fn known_plan(&mut self, hash: &str) -> Result<Plan> {
        let plans: Vec<Plan> = self
            .events()?
            .iter()
            .filter(|event| event.what == "plan made")
            .filter(|event| event.plan.as_deref().is_some_and(|plan| plan.starts_with(hash)))
            .filter_map(|event| serde_json::from_str(&event.detail).ok())
            .collect();
        match &plans[..] {
            [.., plan] if !hash.is_empty() && plans.iter().all(|other| other.hash == plan.hash) => {
                plan.check()?;
                Ok(plan.clone())
            }
            [] => Err(Error::bind(format!("no plan `{hash}` is known"))),
            _ => Err(Error::bind(format!("`{hash}` is the beginning of several plans"))),
        }
    }

    /// The plan that was made last, if one was.
    pub fn last_plan(&mut self) -> Result<Option<Plan>> {
        let last = self.events()?.into_iter().rev().find(|event| event.what == "plan made");
        last.and_then(|event| event.plan).map(|hash| self.known_plan(&hash)).transpose()
    }

    /// The runs so far.
    pub fn runs(&mut self) -> Result<Vec<RunState>> {
        Ok(runs(&self.events()?))
    }

    /// The audit log, made sure that it is whole.
    pub fn events(&mut self) -> Result<Vec<Event>> {
        self.store.whole_log()
    }

    pub(super) fn log(&mut self, plan: &Plan, run: u64, what: &str, detail: String) -> Result<Audit> {
        let mut audit =
            Audit::after(&mut *self.store, &self.who, &self.clock)?.about(Some(&plan.hash), Some(run));
        let page = Page { events: vec![audit.event(what, detail)], ..Page::default() };
        self.store.write(&page)?;
        Ok(audit)
    }
}
