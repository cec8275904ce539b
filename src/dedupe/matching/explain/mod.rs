//! Why a pair weighs what it does, how it was found or why not, and what holds
//! a cluster together.

mod text;

use serde::Serialize;

use super::Matching;
use super::block::Rule;
use super::compare::Seen;
use super::field::Table;
use super::model::{Related, probability};
use super::rules::in_words;
use super::weigh::Weigher;
use crate::dedupe::{Clusters, Records, Row};
use crate::error::{Error, Result};

/// Why two records are taken for one customer or not. For people by `{}`: a
/// line for each part of the weight, whose sum it is.
///
/// It holds the values of the records: give it only to those who may see them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The two records by their keys, or by their rows where they have none.
    pub records: [String; 2],
    /// The weight of any pair before its records are looked at, in bits.
    pub prior: f64,
    /// What each field says, in the order of the model.
    pub fields: Vec<Evidence>,
    /// How much less it is worth, in bits, because strangers who are
    /// [related](super::Related) may agree as well; 0 or less.
    pub related: f64,
    /// Which kind of strangers is the likeliest; blank where the model knows none.
    pub relation: String,
    /// How much less it is worth, in bits, because one of the two has other
    /// likely counterparts, of which one at most is right; more, where there is
    /// none and most records have one. 0 unless records of different inputs are compared.
    pub rivals: f64,
    /// The sum of all these: the logarithm of the odds, to base 2.
    pub weight: f64,
    /// The probability that they are one customer, from 0 to 1.
    pub probability: f64,
    /// How the pair was found, or why it was not.
    pub reached: Reached,
    /// Whether it is among the [pairs](super::Matching::pairs): whether it was
    /// compared, and is not far too light.
    pub kept: bool,
}

/// What a field says about a pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The field: its column, or several: `street + city`.
    pub field: String,
    /// The values of both records, as they stand; of several columns with ` | ` between them.
    pub values: [String; 2],
    /// How they agree: `same number`. Nothing where one is missing or cannot be compared.
    pub level: Option<String>,
    /// What this is worth, in bits: the logarithm to base 2 of how much more
    /// often records of one customer agree like this than strangers do.
    pub bits: f64,
}

/// How a pair was found, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reached {
    /// All pairs were compared.
    All,
    /// Pairs were compared that agree on a rule: each, and whether this pair does.
    ByRules(Vec<Tried>),
    /// Not compared: only records of different inputs were.
    SameInput,
    /// Not compared: both are of the input that is settled in itself.
    Known,
}

/// A rule of blocking, and what it makes of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// On what both records ought to agree: `name roughly and city`.
    pub rule: String,
    /// Whether they do.
    pub outcome: RuleOutcome,
}

/// Whether two records agree on a rule of blocking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuleOutcome {
    /// They do, and were compared.
    Agree,
    /// They do, and so do so many records that none of them were compared by this rule.
    TooMany(usize),
    /// They do not.
    Differ,
    /// A value is missing, or says too little.
    Missing,
}

impl Reached {
    /// Whether the pair was compared.
    pub fn is_compared(&self) -> bool {
        match self {
            Reached::All => true,
            Reached::ByRules(tried) => tried.iter().any(|tried| tried.outcome == RuleOutcome::Agree),
            Reached::SameInput | Reached::Known => false,
        }
    }
}

impl Matching {
    /// Why two records, by their positions, are taken for one customer or not;
    /// `records` must be those that were compared.
    ///
    /// A pair that was not compared is weighed all the same, as if it had been.
    ///
    /// # Errors
    ///
    /// When the two are one, or there are other records or fewer, and when a
    /// record is on disk and cannot be read back.
    pub fn explain(&self, a: usize, b: usize, records: &Records) -> Result<Explanation> {
        let count = self.table.len();
        if records.len() != count {
            return Err(Error::bind(format!(
                "{count} records were compared, and these are {}: explain with the same",
                records.len()
            )));
        }
        if a == b || a.max(b) >= count {
            return Err(Error::bind(format!(
                "records {a} and {b} are no pair: two positions below {count} are asked for"
            )));
        }
        let (a, b) = (a.min(b) as u32, a.max(b) as u32);
        let mut seen = vec![Seen::MISSING; self.table.fields.len()];
        self.table.compare(a, b, &mut seen);
        let fields = self.evidence(a, b, &seen, records)?;
        let unsettled = Weigher::of(&self.model).odds(&seen).weight();
        let prior = self.model.prior.log2();
        let related = unsettled - prior - fields.iter().map(|field| field.bits).sum::<f64>();
        let place = self.pairs.binary_search_by_key(&(a, b), |pair| (pair.a, pair.b));
        let weight = match place {
            Ok(place) if self.universe.across => f64::from(self.pairs[place].weight),
            _ => unsettled,
        };
        let relation = self.relation(&seen).map_or("", |class| &class.name);
        Ok(Explanation {
            records: [self.called(a, records)?, self.called(b, records)?],
            prior,
            fields,
            related,
            relation: relation.to_owned(),
            rivals: weight - unsettled,
            weight,
            probability: probability(weight),
            reached: self.reached(a, b),
            kept: place.is_ok(),
        })
    }

    /// What holds a cluster together, in a line: its weakest edge. The cluster
    /// goes by its number in the order of [`Clusters::iter`]; nothing beyond the last.
    ///
    /// # Errors
    ///
    /// When a record is on disk and cannot be read back.
    pub fn why_together(
        &self,
        clusters: &Clusters,
        cluster: usize,
        records: &Records,
    ) -> Result<Option<String>> {
        let Some(weakest) = clusters.weakest(cluster) else { return Ok(None) };
        Ok(Some(format!(
            "{} records, held together by {} and {} at the weakest, with {}",
            clusters.members(cluster).len(),
            self.called(weakest.a, records)?,
            self.called(weakest.b, records)?,
            text::percent(weakest.probability)
        )))
    }

    fn evidence(&self, a: u32, b: u32, seen: &[Seen], records: &Records) -> Result<Vec<Evidence>> {
        let (a, b) = (records.row(a as usize)?, records.row(b as usize)?);
        let fields = self.table.fields.iter().zip(&self.model.fields).zip(seen);
        let evidence = fields.map(|((prepared, model), seen)| {
            let columns = &prepared.field.columns;
            let known = !seen.is_missing();
            Evidence {
                field: prepared.field.name.clone(),
                values: [written(&a, columns), written(&b, columns)],
                level: known.then(|| model.levels[usize::from(seen.level)].level.clone()),
                bits: if known { (model.same(*seen) / model.chance(*seen)).log2() } else { 0.0 },
            }
        });
        Ok(evidence.collect())
    }

    /// The kind of strangers that is the likeliest for what was seen.
    fn relation(&self, seen: &[Seen]) -> Option<&Related> {
        let bits = |class: &Related| {
            let known = seen.iter().enumerate().filter(|(_, seen)| !seen.is_missing());
            let agree =
                known.map(|(field, seen)| class.agree(field, *seen, self.model.fields[field].chance(*seen)));
            class.prior.log2() + agree.map(f64::log2).sum::<f64>()
        };
        self.model.related.iter().max_by(|x, y| bits(x).total_cmp(&bits(y)))
    }

    fn reached(&self, a: u32, b: u32) -> Reached {
        if !self.universe.comparable(a, b) {
            return if self.universe.across { Reached::SameInput } else { Reached::Known };
        }
        let Some(blocking) = &self.blocking else { return Reached::All };
        let tried = blocking.rules.iter().map(|rule| Tried {
            rule: in_words(&rule.keys, &self.table),
            outcome: outcome(&self.table, rule, a, b, blocking.largest),
        });
        Reached::ByRules(tried.collect())
    }

    /// How people call a record: by its key, or else by where it stands.
    fn called(&self, record: u32, records: &Records) -> Result<String> {
        let row = records.row(record as usize)?;
        let id = row.id();
        Ok(match row.key() {
            Some(key) => key.to_owned(),
            None => format!("row {} of input {}", id.row, id.input + 1),
        })
    }
}

/// The values of some columns; blank where there is none.
fn written(row: &Row<'_>, columns: &[usize]) -> String {
    let values: Vec<String> = columns.iter().map(|column| row.value(*column).to_string()).collect();
    if values.iter().all(String::is_empty) { String::new() } else { values.join(" | ") }
}

/// What a rule that compares blocks of so many records at most makes of a pair.
fn outcome(table: &Table, rule: &Rule, a: u32, b: u32, largest: usize) -> RuleOutcome {
    let keys = |record: u32| {
        let (mut keys, mut spare) = (Vec::new(), Vec::new());
        rule.of(table, record, &mut keys, &mut spare);
        keys
    };
    let (of_a, of_b) = (keys(a), keys(b));
    if of_a.is_empty() || of_b.is_empty() {
        return RuleOutcome::Missing;
    }
    let shared: Vec<u64> = of_a.into_iter().filter(|key| of_b.contains(key)).collect();
    let records = || 0..table.len() as u32;
    let size = |key: &u64| records().filter(|record| keys(*record).contains(key)).count();
    match shared.iter().map(size).min() {
        None => RuleOutcome::Differ,
        Some(smallest) if smallest > largest => RuleOutcome::TooMany(smallest),
        Some(_) => RuleOutcome::Agree,
    }
}

#[cfg(test)]
mod tests;
