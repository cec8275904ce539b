//! What a person should know after matching.

use std::fmt;

use serde::Serialize;

use super::{BlockingRule, Matcher, Matching};
use crate::figures::grouped;

/// What a person should know after matching: where little could be learnt, and
/// where duplicates may not have been found. It holds no values.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MatchFinding {
    /// What agreement of a field is worth could not be learnt from the records:
    /// what is usual was used.
    NotLearnt {
        /// The field, as the [model](super::FieldModel) calls it.
        field: String,
    },
    /// So many records agree on a rule that they were not compared by it.
    BlocksSkipped {
        /// The [rule](BlockingRule).
        rule: String,
        /// How many blocks were skipped.
        blocks: u64,
        /// How many records the largest of them has.
        largest: usize,
    },
    /// Less than 90 % of all duplicates are expected to agree on a rule.
    LowRecall {
        /// The share that is expected to, from 0 to 1.
        recall: f64,
    },
    /// No pair is likely to be one customer.
    NoPair,
}

/// A smaller share of duplicates that rules find is worth a word.
const LOW_RECALL: f64 = 0.9;

impl Matching {
    /// What a person should know; nothing where all went as it should.
    pub fn findings(&self) -> Vec<MatchFinding> {
        let fields = self.model().fields.iter().filter(|field| !field.trained);
        let mut findings: Vec<MatchFinding> =
            fields.map(|field| MatchFinding::NotLearnt { field: field.field.clone() }).collect();
        if let Some(blocking) = self.blocking() {
            findings.extend(blocking.rules.iter().filter(|rule| rule.skipped > 0).map(skipped));
            if blocking.recall < LOW_RECALL {
                findings.push(MatchFinding::LowRecall { recall: blocking.recall });
            }
        }
        if !self.pairs().iter().any(|pair| pair.probability() >= Matcher::THRESHOLD) {
            findings.push(MatchFinding::NoPair);
        }
        findings
    }
}

fn skipped(rule: &BlockingRule) -> MatchFinding {
    MatchFinding::BlocksSkipped {
        rule: rule.rule.clone(),
        blocks: rule.skipped,
        largest: rule.largest_skipped,
    }
}

impl fmt::Display for MatchFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MatchFinding::NotLearnt { field } => {
                write!(f, "what agreement in `{field}` is worth could not be learnt: what is usual is used")
            }
            MatchFinding::BlocksSkipped { rule, blocks, largest } => {
                let (blocks, largest) = (grouped(*blocks), grouped(*largest as u64));
                write!(f, "blocks of `{rule}` that were skipped: {blocks}, of up to {largest} records")
            }
            MatchFinding::LowRecall { recall } => {
                write!(f, "only {:.1} % of all duplicates are expected to be found", 100.0 * recall)
            }
            MatchFinding::NoPair => f.write_str("no pair is likely to be one customer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::Records;
    use crate::dedupe::matching::Role;
    use crate::record::Record;
    use crate::schema::Schema;

    fn matching(rows: usize, budget: u64, name: impl Fn(usize) -> String) -> Matching {
        let schema = Schema::text(["name"]).unwrap();
        let mut records = Records::new(schema.clone());
        for number in 0..rows {
            records.push(&Record::of(schema.clone(), [&*name(number)]).unwrap()).unwrap();
        }
        Matcher::new().role("name", Role::PersonName).budget(budget).matching(&records).unwrap()
    }

    #[test]
    fn few_strangers_teach_nothing_and_make_no_pair() {
        let names = ["Alice Morgan", "Pedro Quintana", "Ingrid Holm"];
        let matching = matching(3, 100, |number| names[number].to_owned());
        let expected = [MatchFinding::NotLearnt { field: "name".to_owned() }, MatchFinding::NoPair];
        assert_eq!(matching.findings(), expected);
        assert!(matching.to_string().ends_with("\nNo pair is likely to be one customer."));
    }

    #[test]
    fn blocks_that_were_skipped_and_what_that_costs_are_told() {
        let mut matching = matching(300, 1_000, |_| "Li Na".to_owned());
        let blocking = matching.blocking.as_mut().unwrap();
        blocking.recall = 0.875;
        blocking.rules.truncate(1);
        let findings: Vec<String> = matching.findings().iter().map(ToString::to_string).collect();
        let expected = [
            "what agreement in `name` is worth could not be learnt: what is usual is used",
            "blocks of `a word of name` that were skipped: 2, of up to 300 records",
            "only 87.5 % of all duplicates are expected to be found",
            "no pair is likely to be one customer",
        ];
        assert_eq!(findings, expected);
    }
}
