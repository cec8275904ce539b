//! What a mapping consists of, in words: for papers that people read.

use std::sync::Arc;

use super::Mapping;
use super::condition::{Condition, Test};
use super::mapping::{Column, Rest};
use super::rule::{Rule, Source, Unknown};
use crate::names::Names;

/// A target column, where it comes from and what is done to it.
pub(crate) struct ColumnOutline {
    pub name: Arc<str>,
    /// The source's columns, as people read them.
    pub from: String,
    pub sources: Names,
    pub steps: Vec<String>,
}

impl Mapping {
    /// The columns that come out.
    pub(crate) fn outline(&self) -> Vec<ColumnOutline> {
        self.columns.iter().map(outline).collect()
    }

    /// What becomes of the other columns: the name, and what is done.
    pub(crate) fn outline_of_rest(&self) -> Vec<(String, &'static str)> {
        let ignored = self.ignore.iter().map(|name| (name.to_string(), "not moved"));
        let rest = match self.rest {
            Rest::Refuse => None,
            Rest::Keep => Some(("all others".to_owned(), "copied")),
            Rest::Ignore => Some(("all others".to_owned(), "not moved")),
        };
        ignored.chain(rest).collect()
    }

    /// Which records are left out: the column, and why.
    pub(crate) fn outline_of_filters(&self) -> Vec<(String, String)> {
        let columns = |condition: &Condition| match &condition.0 {
            Test::Among { column, .. } => column.to_string(),
            Test::When { columns, .. } => listed(columns, ", "),
        };
        let filter = |filter: &super::mapping::Filter| {
            (columns(&filter.condition), format!("left out: {}", filter.reason))
        };
        self.filters.iter().map(filter).collect()
    }
}

fn outline(Column { name, rule }: &Column) -> ColumnOutline {
    let Rule { source, split, values, unknown, default, kind } = rule;
    let nothing = Names::default();
    let (sources, between) = match source {
        Source::From(columns) => (columns, " or "),
        Source::FirstOf(columns) => (columns, ", else "),
        Source::Join { columns, .. } => (columns, " + "),
        Source::Compute { columns, .. } => (columns, ", "),
        Source::Constant(_) => (&nothing, ""),
    };
    let (from, sources) = (listed(sources, between), sources.clone());
    let mut steps = Vec::new();
    match source {
        Source::Compute { .. } => steps.push("by program".to_owned()),
        Source::Constant(value) => steps.push(format!("always `{value}`")),
        _ => {}
    }
    if let Some(split) = split {
        steps.push(format!("part {} at `{}`", split.part, split.at));
    }
    if let Some(values) = values {
        let others = match unknown.clone().unwrap_or_default() {
            Unknown::Reject => "rejected".to_owned(),
            Unknown::Keep => "kept".to_owned(),
            Unknown::Null => "emptied".to_owned(),
            Unknown::Value(value) => format!("`{value}`"),
        };
        steps.push(format!("{} words translated, others {others}", values.len()));
    }
    if let Some(default) = default {
        steps.push(format!("`{default}` where empty"));
    }
    if let Some(kind) = kind {
        steps.push(format!("read as {kind}"));
    }
    ColumnOutline { name: Arc::clone(name), from, sources, steps }
}

fn listed(names: &Names, between: &str) -> String {
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    names.join(between)
}
