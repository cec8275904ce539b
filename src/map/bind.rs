//! Resolves a mapping's columns, and says everything that does not fit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::condition::Test;
use super::mapping::{Column, Mapping, Rest};
use super::rule::{Rule, Source, Unknown};
use super::run::{Bound, BoundRule, BoundSource, BoundTest, CHANGES, Step, value_of};
use crate::error::{Error, Result};
use crate::names::Names;
use crate::record::Fit;
use crate::schema::{Field, Kind, Schema, closest, list, short_type_name};

/// The target's columns, and how to fill them.
pub(super) fn bind(mapping: &Mapping, source: &Schema) -> Result<(Arc<Schema>, Bound)> {
    let mut binder = Binder::new(source);
    let filters = mapping.filters.iter().map(|filter| {
        let test = binder.test(&filter.condition.0, &filter.reason);
        (filter.reason.clone(), test)
    });
    let filters = filters.collect();
    let mut steps: Vec<Step> = mapping.columns.iter().map(|column| binder.step(column)).collect();
    binder.all(&mapping.ignore);
    match mapping.rest {
        Rest::Ignore => {}
        Rest::Refuse => binder.refuse_rest(),
        Rest::Keep => {
            let rest = binder.rest();
            binder.target.extend(rest.iter().map(|position| source.fields()[*position].clone()));
            steps.extend(rest.into_iter().map(Step::Copy));
        }
    }
    let place = mapping.file.as_deref().unwrap_or("mapping");
    let schema = binder.finish().map_err(|error| error.at(place))?;
    Ok((schema, Bound { filters, steps }))
}

/// The target's columns, where `From` takes the source's and `Into` gives the target's.
pub(super) fn bind_typed<From, Into>(source: &Schema, ignore: &Names, rest: Rest) -> Result<Arc<Schema>>
where
    From: DeserializeOwned,
    Into: DeserializeOwned,
{
    let mut binder = Binder::new(source);
    let Fit { taken, missing, twice } = Fit::of::<From>(source)?;
    for name in taken.into_iter().chain(missing) {
        binder.first(&name.into());
    }
    binder.problems.extend(twice.map(|field| format!("two columns for the field `{field}`")));
    binder.all(ignore);
    if rest == Rest::Refuse {
        binder.refuse_rest();
    }
    binder.target.extend_from_slice(Schema::of::<Into>()?.fields());
    binder.finish().map_err(|error| error.at(short_type_name::<From>()))
}

/// Collects the target's columns, and every problem instead of only the first.
struct Binder<'s> {
    source: &'s Schema,
    /// Which source columns something names.
    taken: Vec<bool>,
    target: Vec<Field>,
    counters: usize,
    problems: Vec<String>,
}

impl<'s> Binder<'s> {
    fn new(source: &'s Schema) -> Self {
        Binder {
            source,
            taken: vec![false; source.len()],
            target: Vec::new(),
            counters: 0,
            problems: Vec::new(),
        }
    }

    /// The first of these columns that the source has. When there is none,
    /// that is a problem, the position means nothing, and no mapping comes of it.
    fn first(&mut self, names: &Names) -> usize {
        if let Some(position) = names.iter().find_map(|name| self.source.find(name)) {
            self.taken[position] = true;
            return position;
        }
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let meant = names.iter().find_map(|name| closest(name, self.source.names()));
        let meant = meant.map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default();
        self.problems.push(format!("no column {}{meant}", quoted.join(" or ")));
        0
    }

    fn one(&mut self, name: &Arc<str>) -> usize {
        self.first(&[Arc::clone(name)].into())
    }

    fn all(&mut self, names: &Names) -> Vec<usize> {
        names.iter().map(|name| self.one(name)).collect()
    }

    fn test(&mut self, test: &Test, reason: &str) -> BoundTest {
        match test {
            Test::Among { column, values, among } => {
                if values.is_empty() {
                    self.problems.push(format!("filter `{reason}`: no value is given"));
                }
                let values: HashSet<_> = values.iter().map(|value| value.trim().into()).collect();
                BoundTest::Among { column: self.one(column), values, among: *among }
            }
            Test::When { columns, closure } => {
                BoundTest::When { columns: self.all(columns), closure: closure.clone() }
            }
        }
    }

    fn step(&mut self, Column { name, rule }: &Column) -> Step {
        if rule.source.columns().is_some_and(Names::is_empty) {
            self.blame(name, "no source column is named");
            return Step::Copy(0);
        }
        let (source, own) = self.source(&rule.source);
        self.check(name, rule);
        let same = rule.split.is_none() && rule.values.is_none();
        let kind = rule.kind.unwrap_or(if same { own } else { Kind::Text });
        self.check_texts(name, rule, kind);
        self.target.push(Field::new(Arc::clone(name), kind));
        match source {
            BoundSource::Column(position) if same && rule.default.is_none() && kind == own => {
                Step::Copy(position)
            }
            source => Step::Make(Box::new(BoundRule {
                target: Arc::clone(name),
                source,
                split: rule.split.clone(),
                values: rule.values.as_ref().map(|values| value_map(values, rule.unknown.clone())),
                default: rule.default.clone(),
                kind,
                counter: self.counter(),
            })),
        }
    }

    /// The number of the first counter of the next rule that has any.
    fn counter(&mut self) -> usize {
        self.counters += CHANGES.len();
        self.counters - CHANGES.len()
    }

    /// Where a value comes from, and its kind there.
    fn source(&mut self, source: &Source) -> (BoundSource, Kind) {
        match source {
            Source::From(names) => {
                let position = self.first(names);
                (BoundSource::Column(position), self.kind(&[position]))
            }
            Source::FirstOf(names) => {
                let positions = self.all(names);
                let kind = self.kind(&positions);
                (BoundSource::FirstOf(positions), kind)
            }
            Source::Join { columns, with } => {
                (BoundSource::Join(self.all(columns), with.clone()), Kind::Text)
            }
            Source::Constant(text) => (BoundSource::Constant(text.clone()), Kind::Text),
            Source::Compute { columns, closure, kind } => {
                (BoundSource::Compute(self.all(columns), closure.clone()), *kind)
            }
        }
    }

    /// The kind that all of these source columns have; text, if they differ.
    fn kind(&self, positions: &[usize]) -> Kind {
        let mut kinds = positions.iter().filter_map(|at| self.source.fields().get(*at)).map(Field::kind);
        let first = kinds.next().unwrap_or_default();
        if kinds.all(|kind| kind == first) { first } else { Kind::Text }
    }

    /// Notes what makes no sense in a rule, whatever the source.
    fn check(&mut self, name: &str, rule: &Rule) {
        if rule.split.as_ref().is_some_and(|split| split.at.is_empty()) {
            self.blame(name, "nothing to split at");
        }
        if rule.unknown.is_some() && rule.values.is_none() {
            self.blame(name, "`unknown` means nothing without `values`");
        }
        let mut seen = HashSet::new();
        for (from, _) in rule.values.iter().flatten() {
            if !seen.insert(from.trim()) {
                self.blame(name, &format!("`{from}` is mapped twice"));
            }
        }
    }

    /// Notes values that stand in the rule itself and are not of its kind.
    fn check_texts(&mut self, name: &str, rule: &Rule, kind: Kind) {
        let constant = match &rule.source {
            Source::Constant(text) if rule.split.is_none() && rule.values.is_none() => Some(text),
            _ => None,
        };
        let unknown = match &rule.unknown {
            Some(Unknown::Value(text)) => Some(text),
            _ => None,
        };
        let mapped = rule.values.iter().flatten().map(|(_, to)| to);
        for text in mapped.chain(constant).chain(unknown).chain(&rule.default) {
            if let Err(fault) = value_of(text, kind) {
                self.blame(name, &format!("`{text}` is {fault}"));
            }
        }
    }

    fn blame(&mut self, name: &str, problem: &str) {
        self.problems.push(format!("column `{name}`: {problem}"));
    }

    /// The source columns that nothing names.
    fn rest(&self) -> Vec<usize> {
        (0..self.source.len()).filter(|position| !self.taken[*position]).collect()
    }

    fn refuse_rest(&mut self) {
        let rest = self.rest();
        if !rest.is_empty() {
            let names = list(rest.iter().map(|position| &**self.source.name(*position)));
            self.problems.push(format!("not mapped, kept or ignored: {names}"));
        }
    }

    fn finish(mut self) -> Result<Arc<Schema>> {
        let mut seen = HashSet::new();
        let twice = self.target.iter().filter(|field| !seen.insert(field.name()));
        self.problems.extend(twice.map(|field| format!("target column `{}` is there twice", field.name())));
        if self.problems.is_empty() {
            return Schema::new(self.target);
        }
        let (problems, names) = (self.problems.join("; "), list(self.source.names()));
        Err(Error::bind(format!("{problems}. The source's columns are: {names}")))
    }
}

fn value_map(values: &[(String, String)], unknown: Option<Unknown>) -> (HashMap<String, String>, Unknown) {
    let map = values.iter().map(|(from, to)| (from.trim().to_owned(), to.clone())).collect();
    (map, unknown.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::{FieldMapper, compute, constant, first_of, from, join, one_of, when};
    use super::*;

    const COLUMNS: [&str; 4] = ["客户名称", "email", "city", "fax"];

    fn error(mut mapping: Mapping) -> String {
        mapping.bind(&Schema::text(COLUMNS).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn all_problems_come_in_one_error() {
        let mapping = Mapping::new()
            .filter_out("closed", one_of("state", [] as [&str; 0]))
            .copy("emial")
            .field("name", from(["公司", "客户名"]))
            .field("name", join(["last", "city"], " "))
            .field("stage", from("city").values([("a", "1"), (" a ", "2")]))
            .ignore("telex");
        assert_eq!(
            error(mapping),
            "mapping: filter `closed`: no value is given; no column `state`; \
             no column `emial` (did you mean `email`?); \
             no column `公司` or `客户名` (did you mean `客户名称`?); no column `last`; \
             column `stage`: ` a ` is mapped twice; no column `telex`; \
             not mapped, kept or ignored: 客户名称, email, fax; target column `name` is there twice. \
             The source's columns are: 客户名称, email, city, fax"
        );
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_a_problem() {
        let only = |rule: Rule| error(Mapping::new().field("x", rule).ignore_rest());
        let told = |problem: &str| {
            format!("mapping: column `x`: {problem}. The source's columns are: 客户名称, email, city, fax")
        };
        assert_eq!(only(from("city").split("", 0)), told("nothing to split at"));
        assert_eq!(
            only(from("city").unknown(Unknown::Null)),
            told("`unknown` means nothing without `values`")
        );
        assert_eq!(only(first_of([] as [&str; 0])), told("no source column is named"));
        assert_eq!(only(constant("soon").kind(Kind::Date)), told("`soon` is not a date"));
        assert_eq!(only(from("city").default("x").kind(Kind::Int)), told("`x` is not a whole number"));
        let values = from("city").values([("a", "1"), ("b", "two")]).kind(Kind::Int);
        assert_eq!(only(values), told("`two` is not a whole number"));
    }

    #[test]
    fn a_column_that_is_kept_with_the_rest_can_clash() {
        assert_eq!(
            error(Mapping::new().rename("客户名称", "email").keep_rest()),
            "mapping: target column `email` is there twice. \
             The source's columns are: 客户名称, email, city, fax"
        );
    }

    #[test]
    fn whatever_names_a_column_takes_it() {
        let mut mapping = Mapping::new()
            .filter_out("abroad", when(["city"], |[city]| Ok(city.is_null())))
            .field("n", compute(["客户名称"], |[name]| Ok(name.to_string())))
            .copy("email")
            .ignore("fax");
        let target = mapping.bind(&Schema::text(COLUMNS).unwrap()).unwrap();
        assert_eq!(target, Schema::text(["n", "email"]).unwrap());
    }

    #[test]
    fn kinds_are_kept_declared_or_text() {
        let source = Schema::new([
            Field::new("day", Kind::Date),
            Field::new("end", Kind::Date),
            Field::new("n", Kind::Int),
        ]);
        let mut mapping = Mapping::new()
            .copy("day")
            .field("from", from("day").default("2024-01-01"))
            .field("first", first_of(["end", "day"]))
            .field("mixed", first_of(["end", "n"]))
            .field("part", from("day").split("-", 0))
            .field("year", from("day").split("-", 0).kind(Kind::Int))
            .field("both", join(["day", "n"], " "))
            .field("flag", compute(["n"], |[n]| Ok(n == crate::Value::Int(1))));
        let target = mapping.bind(&source.unwrap()).unwrap();
        let kinds: Vec<Kind> = target.fields().iter().map(Field::kind).collect();
        use Kind::{Bool, Date, Int, Text};
        assert_eq!(kinds, [Date, Date, Date, Text, Text, Int, Text, Bool]);
    }
}
