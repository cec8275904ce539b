//! What a transfer would do.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Transfer;
use super::find::{Found, Held, find};
use super::history::History;
use crate::details::in_hex;
use crate::error::Result;
use crate::figures::grouped;
use crate::migration::Migration;
use crate::migration::audit::moment;
use crate::migration::handed::Handed;
use crate::migration::plan::{Plan, Purpose, keep};
use crate::migration::runs::unfinished;
use crate::migration::store::Event;

/// What a transfer would do: the part of a [`Plan`] that is about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TransferPlan {
    /// The old owners.
    pub from: Vec<String>,
    /// When it takes effect, as RFC 3339 in UTC.
    pub effective: Option<String>,
    /// What would become of the rows of the old owners, by tables.
    pub tables: Vec<TablePlan>,
    /// The SHA-256 of the rows that would change hands, and to whom.
    pub rows: String,
}

/// What would become of the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TablePlan {
    /// The table.
    pub table: String,
    /// The column that holds the owner.
    pub owner: String,
    /// How many rows the old owners have.
    pub owned: u64,
    /// Who would receive how many of them.
    pub receivers: Vec<(String, u64)>,
    /// Why the others stay, and how many each time.
    pub stays: Vec<(String, u64)>,
}

impl Migration {
    /// Finds out which rows a transfer would hand over, and to whom; the target is only read.
    ///
    /// What comes of it is a plan as any other: it is saved, approved and kept in the audit log.
    /// [`Plan::transfer`] has what is of this kind of plan alone.
    ///
    /// # Errors
    ///
    /// Where something is declared that is not there, where a receiver is not known or not
    /// active, where the target cannot be read, and where a run is not finished.
    pub fn plan_transfer(&mut self, transfer: &Transfer) -> Result<Plan> {
        let events = self.events()?;
        unfinished(&events)?;
        let began = self.clock.now();
        let found = self.find_handed(transfer, &events)?;
        let risks = self.risks_of(transfer, &found)?;
        let took = self.clock.now().saturating_sub(began).as_millis();
        let mut plan = Plan {
            migration: self.system.clone(),
            made: moment(&self.clock),
            purpose: Purpose::Transfer(TransferPlan::of(transfer, &found)?),
            inputs: Vec::new(),
            mapping: transfer.digest(),
            target: Vec::new(),
            entities: Vec::new(),
            touched: found.handed.len() as u64,
            risks,
            milliseconds: u64::try_from(took).unwrap_or(u64::MAX),
            hash: String::new(),
        };
        plan.hash = plan.expected_hash()?;
        keep(&plan, &mut *self.store, (&self.who, &self.clock), &mut |each| {
            found.handed.iter().try_for_each(|row| each(&row.table, row.id.clone()))
        })?;
        Ok(plan)
    }

    /// The rows that would change hands now.
    pub(super) fn find_handed(&mut self, transfer: &Transfer, events: &[Event]) -> Result<Found> {
        let digest = transfer.digest();
        let history = History::read(&mut *self.store, events, transfer, &digest)?;
        find(transfer, &history, &mut *self.target)
    }

    /// What a person should think about.
    fn risks_of(&mut self, transfer: &Transfer, found: &Found) -> Result<Vec<String>> {
        let mut risks = Vec::new();
        let known = transfer.known_users()?.look_up(&mut *self.target, &transfer.from)?;
        let unknown = transfer.from.iter().filter(|owner| !known.contains_key(owner));
        risks.extend(unknown.map(|owner| format!("owner {owner} is not among the users")));
        if found.handed.is_empty() {
            risks.push("there is nothing to hand over".to_owned());
        }
        for Held { shape, torn, .. } in found.tables.iter().filter(|held| held.torn > 0) {
            let table = &shape.table;
            risks.push(format!(
                "{table}: rows that follow several others, which go to different receivers: {torn}; the first counts"
            ));
        }
        risks.extend(self.widenings(transfer, found)?);
        Ok(risks)
    }
}

impl TransferPlan {
    fn of(transfer: &Transfer, found: &Found) -> Result<Self> {
        Ok(TransferPlan {
            from: transfer.from.iter().map(ToString::to_string).collect(),
            effective: transfer.effective_text()?,
            tables: found.tables.iter().map(|held| table_plan(held, &found.handed)).collect(),
            rows: digest_of(&found.handed),
        })
    }

    /// How many rows of each table somebody would receive.
    ///
    /// ```
    /// # use handover::migration::transfer::TransferPlan;
    /// fn tell(plan: &TransferPlan) {
    ///     for (table, rows) in plan.receiver("3") {
    ///         println!("{rows} of {table}");
    ///     }
    /// }
    /// ```
    pub fn receiver(&self, id: &str) -> Vec<(&str, u64)> {
        let rows =
            |table: &TablePlan| table.receivers.iter().find(|(receiver, _)| receiver == id).map(|it| it.1);
        self.tables.iter().filter_map(|table| Some((table.table.as_str(), rows(table)?))).collect()
    }
}

fn table_plan(held: &Held, handed: &[Handed]) -> TablePlan {
    let own = |row: &&Handed| row.table == held.shape.table && row.owner == held.owner;
    let mut receivers = BTreeMap::new();
    handed.iter().filter(own).for_each(|row| *receivers.entry(&row.to).or_default() += 1);
    TablePlan {
        table: held.shape.table.to_string(),
        owner: held.owner.to_string(),
        owned: held.owned(),
        receivers: receivers.into_iter().map(|(id, rows): (_, u64)| (id.to_string(), rows)).collect(),
        stays: held.stays(),
    }
}

/// The SHA-256 of rows and their owners, in their order.
pub(super) fn digest_of(handed: &[Handed]) -> String {
    let mut digest = Sha256::new();
    for Handed { table, owner, id, from, to } in handed {
        for part in [&**table, owner, &id.to_string(), &from.to_string(), &to.to_string()] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    in_hex(digest)
}

impl fmt::Display for TransferPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handed over from {}", self.from.join(", "))?;
        match &self.effective {
            Some(time) => writeln!(f, ", effective {time}")?,
            None => writeln!(f)?,
        }
        for TablePlan { table, owned, receivers, stays, .. } in &self.tables {
            writeln!(f, "\n{table}: {} of the old owners", grouped(*owned))?;
            receivers.iter().try_for_each(|(id, rows)| writeln!(f, "{:>12}  to {id}", grouped(*rows)))?;
            stays.iter().try_for_each(|(why, rows)| writeln!(f, "{:>12}  stay: {why}", grouped(*rows)))?;
        }
        Ok(())
    }
}
