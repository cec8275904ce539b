//! Columns and filters as files have them.

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};

use super::condition::{Condition, Test};
use super::mapping::{Column, Filter};
use super::rule::{Rule, Source, Split};
use super::{Unknown, constant, first_of, from, join, none_of, one_of};
use crate::names::Names;
use crate::schema::Kind;

/// A column as a file has it.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename = "column")]
struct ColumnEntry {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Names>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_of: Option<Names>,
    #[serde(skip_serializing_if = "Option::is_none")]
    join: Option<Names>,
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<Split>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Pairs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<Unknown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entry = ColumnEntry::deserialize(deserializer)?;
        let wrong = |what: &str| D::Error::custom(format!("column `{}`: {what}", entry.name));
        if entry.with.is_some() != entry.join.is_some() {
            return Err(wrong("`join` and `with` need each other"));
        }
        let rule = match (entry.from, entry.first_of, entry.join, entry.constant) {
            (None, None, None, None) => from(entry.name.as_str()),
            (Some(columns), None, None, None) => from(columns),
            (None, Some(columns), None, None) => first_of(columns),
            (None, None, Some(columns), None) => join(columns, entry.with.unwrap_or_default()),
            (None, None, None, Some(value)) => constant(value),
            _ => return Err(wrong("only one of `from`, `first_of`, `join` and `constant` can be given")),
        };
        let ColumnEntry { name, split, values, unknown, default, kind, .. } = entry;
        let values = values.map(|Pairs(pairs)| pairs);
        Ok(Column { name: name.into(), rule: Rule { split, values, unknown, default, kind, ..rule } })
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rule = self.rule.clone();
        let mut entry = ColumnEntry {
            name: self.name.to_string(),
            split: rule.split,
            values: rule.values.map(Pairs),
            unknown: rule.unknown,
            default: rule.default,
            kind: rule.kind,
            ..ColumnEntry::default()
        };
        match rule.source {
            Source::From(columns) => entry.from = Some(columns),
            Source::FirstOf(columns) => entry.first_of = Some(columns),
            Source::Join { columns, with } => (entry.join, entry.with) = (Some(columns), Some(with)),
            Source::Constant(value) => entry.constant = Some(value),
            Source::Compute { .. } => {
                return Err(S::Error::custom(format!(
                    "column `{}`: a file cannot hold a closure",
                    self.name
                )));
            }
        }
        entry.serialize(serializer)
    }
}

/// A filter as a file has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FilterEntry {
    reason: String,
    column: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    one_of: Option<Names>,
    #[serde(skip_serializing_if = "Option::is_none")]
    none_of: Option<Names>,
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let FilterEntry { reason, column, one_of: some, none_of: none } =
            Deserialize::deserialize(deserializer)?;
        let condition = match (some, none) {
            (Some(values), None) => one_of(&column, values),
            (None, Some(values)) => none_of(&column, values),
            _ => {
                return Err(D::Error::custom(format!(
                    "filter `{reason}`: give either `one_of` or `none_of`"
                )));
            }
        };
        Ok(Filter { reason: reason.into(), condition })
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Condition(Test::Among { column, values, among }) = &self.condition else {
            return Err(S::Error::custom(format!("filter `{}`: a file cannot hold a closure", self.reason)));
        };
        let (one_of, none_of) = if *among { (Some(values), None) } else { (None, Some(values)) };
        FilterEntry {
            reason: self.reason.to_string(),
            column: column.to_string(),
            one_of: one_of.cloned(),
            none_of: none_of.cloned(),
        }
        .serialize(serializer)
    }
}

/// A table of a file whose pairs are kept in order, even where a key is there
/// twice, which the binding reports.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table of values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = table.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Table)
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(from, to)| (from, to)))
    }
}
