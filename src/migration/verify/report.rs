//! What verifying found, for people and for machines.

use std::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::sample::Samples;
use crate::details::in_hex;
use crate::error::{Error, Result};
use crate::figures::grouped;
use crate::migration::store::Tally;
use crate::source::Memory;

/// What the target holds, compared with what it should hold.
///
/// `Display` is a page for people; serde gives everything to machines.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// When, as RFC 3339 in UTC.
    pub at: String,
    /// Each entity: what was read and compared.
    pub entities: Vec<EntityCheck>,
    /// Each table: how many rows there are.
    pub tables: Vec<TableCheck>,
    /// Each column that refers: how many rows refer, and how many to nothing.
    pub references: Vec<ReferenceCheck>,
    /// What was changed by other hands: lines of the store, plans, backups. If the store
    /// was, nothing it says can be relied on, and no records were compared.
    pub tampering: Vec<String>,
    /// How often each rule found something.
    pub found: Tally,
    /// What was found: the first ten thousand.
    pub findings: Vec<Discrepancy>,
    /// What is not as the source says, and cannot be: references that the target refused, as the run that
    /// tried to set them has noted. They are no differences, and are not repaired. The first ten thousand.
    pub known: Vec<Discrepancy>,
    /// The SHA-256 of all of this.
    pub digest: String,
    #[serde(skip)]
    pub(super) samples: Samples,
}

/// An entity, as it was compared.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct EntityCheck {
    /// System and name.
    pub entity: String,
    /// The table.
    pub table: String,
    /// How many records the source gave, split ones counted by their parts.
    pub read: u64,
    /// How many of them were compared with their rows.
    pub compared: u64,
    /// How the records ended, by the ledger.
    pub ledger: Tally,
    /// Sums of the columns of numbers, over what must be equal.
    pub sums: Vec<SumCheck>,
}

/// The sums of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SumCheck {
    /// The column.
    pub column: String,
    /// What the records add up to.
    pub source: String,
    /// What their rows add up to.
    pub target: String,
}

/// A table, as it was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TableCheck {
    /// The table.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// How many records have a row in it, by the ledger, merged ones not counted.
    pub by_ledger: u64,
}

/// A column that refers, as it was looked at in all rows of its table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReferenceCheck {
    /// The table that refers.
    pub table: String,
    /// The column.
    pub column: String,
    /// The table that is referred to.
    pub to: String,
    /// How many rows have a value there.
    pub rows: u64,
    /// How many different values point to no row.
    pub dangling: u64,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Discrepancy {
    /// System and name of the entity.
    pub entity: String,
    /// The record's key, where it is about one.
    pub key: Option<String>,
    /// The row's id, where it is about one.
    pub target: Option<String>,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// The rule.
    pub rule: Rule,
    /// What was found. Values of personal columns are masked.
    pub message: String,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// A record's row is not in the target.
    Missing,
    /// A field is not what it should be.
    Field,
    /// A reference points to nothing, or to another row.
    Reference,
    /// The target refused a reference, as a run has noted.
    NotSet,
    /// The source has a record that the ledger does not know.
    Unknown,
    /// The ledger says that a record was written, and the source has it no longer.
    NoSource,
    /// What a record was merged into is gone.
    Survivor,
    /// A row still stands for a record that was never read.
    Placeholder,
    /// Nobody knows what became of a record.
    InDoubt,
    /// A row of the target, whoever wrote it, points to no row.
    Dangling,
    /// A column does not add up to what it should.
    Sum,
}

impl Rule {
    /// Its name: `in-doubt`.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Missing => "missing",
            Rule::Field => "field",
            Rule::Reference => "reference",
            Rule::NotSet => "not-set",
            Rule::Unknown => "unknown",
            Rule::NoSource => "no-source",
            Rule::Survivor => "survivor",
            Rule::Placeholder => "placeholder",
            Rule::InDoubt => "in-doubt",
            Rule::Dangling => "dangling",
            Rule::Sum => "sum",
        }
    }

    /// Whether sending the record again can make it right.
    pub fn is_repairable(self) -> bool {
        matches!(self, Rule::Missing | Rule::Field | Rule::Reference | Rule::Unknown)
    }
}

/// Discrepancies on their way into the report.
#[derive(Default)]
pub(super) struct Found {
    pub tally: Tally,
    pub kept: Vec<Discrepancy>,
    /// What is known, and no difference.
    pub known: Vec<Discrepancy>,
}

/// How many discrepancies are kept, of all that are counted.
pub(super) const KEPT: usize = 10_000;

impl Found {
    pub fn add(&mut self, discrepancy: Discrepancy) {
        let list = match discrepancy.rule {
            Rule::NotSet => &mut self.known,
            rule => {
                self.tally.add(rule.name(), 1);
                &mut self.kept
            }
        };
        if list.len() < KEPT {
            list.push(discrepancy);
        }
    }
}

impl Discrepancy {
    pub(super) fn new(entity: &str, rule: Rule, message: impl Into<String>) -> Self {
        let (entity, message) = (entity.to_owned(), message.into());
        Discrepancy { entity, key: None, target: None, column: None, rule, message }
    }

    pub(super) fn key(self, key: &str) -> Self {
        Discrepancy { key: Some(key.to_owned()), ..self }
    }

    pub(super) fn target(self, target: impl fmt::Display) -> Self {
        Discrepancy { target: Some(target.to_string()), ..self }
    }

    pub(super) fn column(self, column: &str) -> Self {
        Discrepancy { column: Some(column.to_owned()), ..self }
    }
}

impl Verification {
    /// Whether everything is as it should be.
    pub fn is_clean(&self) -> bool {
        self.found.0.is_empty() && self.tampering.is_empty()
    }

    /// A sheet for human eyes: some records of each entity and of each way in which they
    /// ended, at most `most` of each, field by field beside their rows. It is a source,
    /// so that any sink writes it.
    ///
    /// The same records are chosen every time, by a hash of their keys. How many
    /// are kept and whether personal values are shown is said [before](super::VerifyOptions).
    pub fn sample(&self, most: usize) -> Result<Memory> {
        self.samples.sheet(most)
    }

    pub(super) fn expected_digest(&self) -> Result<String> {
        let without = Verification { digest: String::new(), ..self.clone() };
        let json = serde_json::to_string(&without)
            .map_err(|error| Error::other("cannot write what was verified").caused_by(error))?;
        Ok(in_hex(Sha256::new_with_prefix(json)))
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.entity)?;
        for part in [&self.key, &self.column].into_iter().flatten() {
            write!(f, ":{part}")?;
        }
        write!(f, ": {}", self.message)?;
        self.target.as_ref().map_or(Ok(()), |target| write!(f, " (row {target})"))
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count: i64 = self.found.0.values().sum();
        let end = if self.is_clean() { "all is as it should be".to_owned() } else { differences(count) };
        writeln!(f, "Verified {}: {end}", self.at)?;
        for EntityCheck { entity, table, read, compared, ledger, sums } in &self.entities {
            writeln!(f, "\n{entity} -> {table}: {} read, {} compared", grouped(*read), grouped(*compared))?;
            for (what, count) in &ledger.0 {
                writeln!(f, "{:>12}  {what}", grouped(count.unsigned_abs()))?;
            }
            for SumCheck { column, source, target } in sums {
                writeln!(f, "              sum of {column}: {source} in the source, {target} in the target")?;
            }
        }
        writeln!(f)?;
        for TableCheck { table, rows, by_ledger } in &self.tables {
            writeln!(f, "{table}: {} rows, {} by the ledger", grouped(*rows), grouped(*by_ledger))?;
        }
        for ReferenceCheck { table, column, to, rows, dangling } in &self.references {
            writeln!(f, "{table}.{column} -> {to}: {} rows, {dangling} point to nothing", grouped(*rows))?;
        }
        if !self.known.is_empty() {
            writeln!(f, "\nNot set, as the target refused it")?;
        }
        self.known.iter().take(SHOWN).try_for_each(|one| writeln!(f, "  {one}"))?;
        self.findings(f)
    }
}

/// How many things are shown of each kind.
const SHOWN: usize = 100;

impl Verification {
    fn findings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.tampering.is_empty() {
            writeln!(f, "\nChanged by other hands")?;
        }
        self.tampering.iter().try_for_each(|what| writeln!(f, "  {what}"))?;
        if !self.found.0.is_empty() {
            writeln!(f, "\nNot as it should be")?;
        }
        for (rule, count) in &self.found.0 {
            writeln!(f, "{:>12}  {rule}", grouped(count.unsigned_abs()))?;
        }
        self.findings.iter().take(SHOWN).try_for_each(|one| writeln!(f, "  {one}"))?;
        let more = self.found.0.values().sum::<i64>().unsigned_abs().saturating_sub(SHOWN as u64);
        if more > 0 { writeln!(f, "  and {} more", grouped(more)) } else { Ok(()) }
    }
}

fn differences(count: i64) -> String {
    match count {
        0 => "something was changed by other hands".to_owned(),
        1 => "one thing is not as it should be".to_owned(),
        count => format!("{} things are not as they should be", grouped(count.unsigned_abs())),
    }
}
