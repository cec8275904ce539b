//! How duplicates are found, among the records and in the target, and merged, as a file has it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::steps::rule_of;
use crate::dedupe::matching::{Matcher, Role};
use crate::dedupe::{
    Clustering, Dedupe, DuplicateDetector, ExactKeys, Links, Records, Rule, Survivor, Survivorship,
};
use crate::error::{Error, Result};
use crate::names::Names;
use crate::schema::{Schema, no_such};

/// Records are the same by equal keys, or by likeness.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DedupeTable {
    /// Columns, or lists of columns: one of these keys must be equal.
    #[serde(default)]
    on: Vec<Names>,
    #[serde(default)]
    ignore_case: bool,
    like: Option<BTreeMap<String, Role>>,
    threshold: Option<f64>,
    survivor: Option<String>,
    #[serde(default)]
    keep: Vec<Keep>,
    rest: Option<Names>,
    others_in: Option<String>,
}

/// `{ columns = "name", rule = "longest" }`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keep {
    columns: Names,
    rule: Names,
    #[serde(default)]
    together: bool,
}

/// Records are rows of the target by equal keys, or by likeness.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MatchTable {
    #[serde(default)]
    on: Vec<Names>,
    #[serde(default)]
    ignore_case: bool,
    like: Option<BTreeMap<String, Role>>,
    threshold: Option<f64>,
}

impl MatchTable {
    pub fn detector(&self) -> Result<Box<dyn DuplicateDetector>> {
        let detector = match (&self.on[..], &self.like) {
            // Rows of the target are not compared with one another.
            ([], Some(roles)) => Box::new(matcher(roles).known(1)),
            (keys, roles) => detector((keys, self.ignore_case), roles.as_ref())?,
        };
        let clustering = detector.clustering();
        let clustering = self.threshold.map_or(clustering.clone(), |least| clustering.threshold(least));
        clustering.check()?;
        Ok(Box::new(Above { detector, clustering }))
    }
}

/// A detector of which more, or less, is enough.
struct Above {
    detector: Box<dyn DuplicateDetector>,
    clustering: Clustering,
}

impl DuplicateDetector for Above {
    fn bind(&mut self, schema: &Schema) -> Result<()> {
        self.detector.bind(schema)
    }

    fn detect(&mut self, records: &Records, links: &mut Links) -> Result<()> {
        self.detector.detect(records, links)
    }

    fn clustering(&self) -> Clustering {
        self.clustering.clone()
    }
}

/// What finds records that are the same: by one of some keys, or by likeness.
fn detector(
    (on, ignore_case): (&[Names], bool),
    like: Option<&BTreeMap<String, Role>>,
) -> Result<Box<dyn DuplicateDetector>> {
    match (on, like) {
        ([], None) => Err(Error::bind("either `on` or `like` must say who is the same")),
        ([], Some(roles)) => Ok(Box::new(matcher(roles))),
        ([first, others @ ..], None) => {
            let cased = |keys: ExactKeys| if ignore_case { keys.ignore_case() } else { keys };
            let begun = cased(ExactKeys::on(first.clone()));
            Ok(Box::new(others.iter().fold(begun, |all, key| cased(all.or_on(key.clone())))))
        }
        _ => Err(Error::bind("only one of `on` and `like` can be given")),
    }
}

impl DedupeTable {
    pub fn dedupe(&self) -> Result<Dedupe<'static>> {
        let dedupe = Dedupe::by(detector((&self.on, self.ignore_case), self.like.as_ref())?);
        let dedupe = match self.threshold {
            Some(threshold) => dedupe.threshold(threshold),
            None => dedupe,
        };
        Ok(dedupe.survivorship(self.survivorship()?))
    }

    fn survivorship(&self) -> Result<Survivorship> {
        let mut survivorship = Survivorship::new();
        for keep in &self.keep {
            let rule = rules(&keep.rule)?;
            survivorship = match keep.together {
                true => survivorship.together(keep.columns.clone(), rule),
                false => keep
                    .columns
                    .iter()
                    .fold(survivorship, |all, column| all.field(column.to_string(), rule.clone())),
            };
        }
        if let Some(rest) = &self.rest {
            survivorship = survivorship.rest(rules(rest)?);
        }
        if let Some(survivor) = &self.survivor {
            survivorship = survivorship.survivor(survivor_of(survivor)?);
        }
        if let Some(column) = &self.others_in {
            survivorship = survivorship.keep_others_in(column);
        }
        Ok(survivorship)
    }
}

/// Matches by likeness; roles that are not said are guessed.
fn matcher(roles: &BTreeMap<String, Role>) -> Matcher {
    roles.iter().fold(Matcher::new(), |matcher, (column, role)| matcher.role(column, *role))
}

/// A chain of rules: of the values that are best by one, the next decides.
fn rules(names: &Names) -> Result<Rule> {
    let mut chain: Option<Rule> = None;
    for name in names.iter() {
        let rule = rule(name)?;
        chain = Some(match chain {
            Some(chain) => chain.then(rule),
            None => rule,
        });
    }
    chain.ok_or_else(|| Error::bind("a survivorship rule without a name"))
}

fn rule(name: &str) -> Result<Rule> {
    let (word, of) = name.split_once(':').unwrap_or((name, ""));
    Ok(match word {
        "fill" => Rule::fill(),
        "first" => Rule::first(),
        "last" => Rule::last(),
        "longest" => Rule::longest(),
        "most_complete" => Rule::most_complete(),
        "most_frequent" => Rule::most_frequent(),
        "most_recent" if !of.is_empty() => Rule::most_recent(of),
        "valid" if !of.is_empty() => Rule::valid(rule_of(of, None)?),
        "join_distinct" => Rule::join_distinct(if of.is_empty() { "; " } else { of }),
        "list" => Rule::list(if of.is_empty() { "; " } else { of }),
        _ => {
            let words = [
                "fill",
                "first",
                "last",
                "longest",
                "most_complete",
                "most_frequent",
                "most_recent:COLUMN",
                "valid:RULE",
                "join_distinct:; ",
                "list:; ",
            ];
            return Err(Error::bind(no_such("survivorship rule", name, words.into_iter())));
        }
    })
}

fn survivor_of(name: &str) -> Result<Survivor> {
    let (word, of) = name.split_once(':').unwrap_or((name, ""));
    match word {
        "first" => Ok(Survivor::first()),
        "last" => Ok(Survivor::last()),
        "most_complete" => Ok(Survivor::most_complete()),
        "most_recent" if !of.is_empty() => Ok(Survivor::most_recent(of)),
        _ => {
            let words = ["first", "last", "most_complete", "most_recent:COLUMN"];
            Err(Error::bind(no_such("survivor", name, words.into_iter())))
        }
    }
}
