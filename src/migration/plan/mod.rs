//! Plans: what would be done, tried on copies, bound to what it was tried on.

mod inputs;
mod make;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::details::in_hex;
use crate::error::{Error, Result};
use crate::figures::grouped;
use crate::migration::run::AbsentOwner;
use crate::migration::store::Tally;
use crate::migration::transfer::TransferPlan;

pub use inputs::{Input, Snapshot};
pub(crate) use inputs::{digest_of, inputs, mapping_digest, snapshots};
pub(crate) use make::{Making, keep, make};

/// What a migration would do.
///
/// It is made by doing it, on copies of the target and of the store: the
/// figures are those that applying it gives, as long as the inputs, the mapping
/// and the target are what they were. Their digests are in it, and its own hash is over all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plan {
    /// The migration.
    pub migration: String,
    /// When it was made, as RFC 3339 in UTC.
    pub made: String,
    /// What would be done: all of it, or only what [verifying](super::Verification) found to repair.
    pub purpose: Purpose,
    /// The files that were read.
    pub inputs: Vec<Input>,
    /// The SHA-256 of what is declared.
    pub mapping: String,
    /// The tables of the target, as they were.
    pub target: Vec<Snapshot>,
    /// What would become of the records.
    pub entities: Vec<EntityPlan>,
    /// How many rows that are there would be changed: they are backed up first.
    pub touched: u64,
    /// What a person should think about before approving.
    pub risks: Vec<String>,
    /// How long it took on the copies, in milliseconds. The target may be slower.
    pub milliseconds: u64,
    /// The hash of all of this.
    pub hash: String,
}

/// What a plan is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Purpose {
    /// The records of all inputs are moved.
    Move,
    /// Records whose rows are not as they should be are sent again: entity and key.
    Repair(Vec<(String, String)>),
    /// Rows of the target are handed over to other owners.
    Transfer(TransferPlan),
}

impl Purpose {
    /// The keys of an entity that are sent again, where not all records are moved.
    pub(crate) fn only(&self, label: &str) -> Option<BTreeSet<&str>> {
        match self {
            Purpose::Move => None,
            Purpose::Repair(keys) => {
                let own = keys.iter().filter(|(entity, _)| entity == label);
                Some(own.map(|(_, key)| key.as_str()).collect())
            }
            Purpose::Transfer(_) => Some(BTreeSet::new()),
        }
    }
}

/// What would become of the records of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EntityPlan {
    /// System and name.
    pub entity: String,
    /// The table.
    pub table: String,
    /// How many records were read, and how many more came out because rows were split.
    pub read: u64,
    /// How often each thing would happen.
    pub tally: Tally,
    /// Why records would be set aside or left out, by column and rule, and how many each time.
    pub reasons: Vec<(String, u64)>,
    /// Who is named as an owner and is not there, or is inactive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<AbsentOwner>,
}

impl Plan {
    /// Reads a plan from a file, and makes sure that nobody changed it.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let load = || {
            let text = std::fs::read_to_string(path).map_err(|error| Error::io("cannot read", error))?;
            let plan: Plan = serde_json::from_str(&text)
                .map_err(|error| Error::format("is no plan").caused_by(error.to_string()))?;
            plan.check()?;
            Ok(plan)
        };
        load().map_err(|error: Error| error.at(path.display()))
    }

    /// Writes the plan to a file, as JSON that people can read.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        super::files::write_whole(path, &(pretty(self)? + "\n"))
    }

    /// The first twelve digits of the hash, by which people call it.
    pub fn short_hash(&self) -> &str {
        self.hash.get(..12).unwrap_or(&self.hash)
    }

    /// What it says of a transfer, if it is a plan of one.
    pub fn transfer(&self) -> Option<&TransferPlan> {
        match &self.purpose {
            Purpose::Transfer(plan) => Some(plan),
            _ => None,
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        match self.expected_hash()? == self.hash {
            true => Ok(()),
            false => Err(Error::format("the plan was changed after it was made")),
        }
    }

    pub(crate) fn expected_hash(&self) -> Result<String> {
        let without = Plan { hash: String::new(), ..self.clone() };
        Ok(in_hex(Sha256::new_with_prefix(pretty(&without)?)))
    }
}

fn pretty(plan: &Plan) -> Result<String> {
    serde_json::to_string_pretty(plan).map_err(|error| Error::other("cannot write a plan").caused_by(error))
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Plan {} of `{}`, made {}", self.short_hash(), self.migration, self.made)?;
        if let Some(transfer) = self.transfer() {
            write!(f, "\n{transfer}")?;
        }
        for EntityPlan { entity, table, read, tally, reasons, .. } in &self.entities {
            writeln!(f, "\n{entity} -> {table}: {} read", grouped(*read))?;
            for (what, count) in &tally.0 {
                writeln!(f, "{:>12}  {what}", grouped(count.unsigned_abs()))?;
            }
            if !reasons.is_empty() {
                writeln!(f, "              set aside or left out for")?;
            }
            for (reason, count) in reasons {
                writeln!(f, "{:>16}  {reason}", grouped(*count))?;
            }
        }
        writeln!(f, "\nRows of the target that would be changed: {}", grouped(self.touched))?;
        if self.transfer().is_none() {
            writeln!(f, "It took {:.1} s on copies.", self.milliseconds as f64 / 1e3)?;
        }
        if !self.risks.is_empty() {
            writeln!(f, "\nAt risk")?;
        }
        self.risks.iter().try_for_each(|risk| writeln!(f, "  {risk}"))
    }
}
