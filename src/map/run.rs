//! A mapping whose columns are resolved, at work.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::rule::{Closure, Split, Unknown};
use super::{Mapped, Notes};
use crate::error::{Fault, Result};
use crate::record::{Record, Value};
use crate::schema::Kind;

/// A mapping under a source's columns.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub filters: Vec<(Cow<'static, str>, BoundTest)>,
    /// One for each target column.
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(super) enum BoundTest {
    Among { column: usize, values: HashSet<Arc<str>>, among: bool },
    When { columns: Vec<usize>, closure: Closure },
}

/// How one target column is filled.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Copy(usize),
    Make(Box<BoundRule>),
}

#[derive(Debug, Clone)]
pub(super) struct BoundRule {
    pub target: Arc<str>,
    pub source: BoundSource,
    pub split: Option<Split>,
    pub values: Option<(HashMap<String, String>, Unknown)>,
    pub default: Option<String>,
    pub kind: Kind,
    /// The number of its first counter; one follows for each of [`CHANGES`].
    pub counter: usize,
}

/// The rules that change values, each with a counter.
pub(super) const CHANGES: [&str; 4] = ["split", "values", "default", "first of"];

#[derive(Debug, Clone)]
pub(super) enum BoundSource {
    Column(usize),
    FirstOf(Vec<usize>),
    Join(Vec<usize>, String),
    Constant(String),
    Compute(Vec<usize>, Closure),
}

/// The fault of a mapper that is used before it was bound.
pub(super) fn not_bound() -> Fault {
    Fault::new("the mapper is not bound to the source's columns").rule("bind")
}

impl Bound {
    pub fn counters(&self) -> Vec<(String, String)> {
        let made = self.steps.iter().filter_map(|step| match step {
            Step::Make(rule) => Some(&rule.target),
            Step::Copy(_) => None,
        });
        made.flat_map(|target| CHANGES.map(|change| (target.to_string(), change.to_owned()))).collect()
    }

    pub fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        for (reason, test) in &self.filters {
            if test.holds(input)? {
                output.filter(reason.clone());
                return Ok(());
            }
        }
        let (record, notes) = output.begin();
        for (position, step) in self.steps.iter().enumerate() {
            match step {
                Step::Copy(column) => record.set_value(position, input.value(*column)),
                Step::Make(rule) => {
                    rule.make(input, &mut Cell { rule, record, position, notes, blame: None })
                }
            }
        }
        Ok(())
    }
}

impl BoundTest {
    fn holds(&self, input: &Record) -> Result<bool, Fault> {
        match self {
            BoundTest::Among { column, values, among } => {
                Ok(values.contains(text_of(input.value(*column)).trim()) == *among)
            }
            BoundTest::When { columns, closure } => {
                let mut holds = false;
                let result = closure.call(input, columns, &mut |value| holds = value == Value::Bool(true));
                match (result, only(columns, input)) {
                    (Ok(()), _) => Ok(holds),
                    (Err(fault), Some(column)) => Err(fault.rule("filter_out").column(Arc::clone(column))),
                    (Err(fault), None) => Err(fault.rule("filter_out")),
                }
            }
        }
    }
}

impl BoundRule {
    /// Fills the cell; what is wrong with its value goes to the findings.
    fn make(&self, input: &Record, cell: &mut Cell<'_, '_>) {
        match &self.source {
            BoundSource::Column(column) => cell.take_from(input, *column),
            BoundSource::FirstOf(columns) => cell.take_first(input, columns),
            BoundSource::Join(columns, with) => cell.take(Value::Text(&joined(input, columns, with))),
            BoundSource::Constant(text) => cell.take(Value::Text(text)),
            BoundSource::Compute(columns, closure) => {
                cell.blame = only(columns, input).cloned();
                if let Err(fault) = closure.call(input, columns, &mut |value| cell.take(value)) {
                    cell.note(fault.rule("compute"));
                }
            }
        }
    }
}

/// The cell of the target that is being filled.
struct Cell<'c, 'n> {
    rule: &'c BoundRule,
    record: &'c mut Record,
    position: usize,
    notes: &'c mut Notes<'n>,
    /// The one source column that the value comes from.
    blame: Option<Arc<str>>,
}

impl<'c> Cell<'c, '_> {
    fn take_from(&mut self, input: &Record, column: usize) {
        self.blame = Some(Arc::clone(input.schema().name(column)));
        self.take(input.value(column));
    }

    /// Takes the first value that is filled; that another one was left out is counted.
    fn take_first(&mut self, input: &Record, columns: &[usize]) {
        let mut filled = columns.iter().copied().filter(|column| !input.value(*column).is_blank());
        let Some(first) = filled.next() else { return self.take(Value::Null) };
        if filled.any(|other| input.value(other) != input.value(first)) {
            self.count(3);
        }
        self.take_from(input, first);
    }

    /// Splits, maps and fills a value, and sets the cell to it as the kind that is due.
    fn take(&mut self, value: Value<'_>) {
        let BoundRule { split, values, kind, .. } = self.rule;
        let fits = *kind == Kind::Any || value.kind() == Some(*kind);
        let same = split.is_none() && values.is_none() && fits;
        if same && !value.is_blank() {
            return self.record.set_value(self.position, value);
        }
        let text = text_of(value);
        let part = self.part(&text);
        let result = self.look_up(part).map(|text| self.fill(text));
        match result.and_then(|text| value_of(text, *kind)) {
            Ok(value) => self.record.set_value(self.position, value),
            Err(fault) => self.note(fault),
        }
    }

    fn part<'t>(&mut self, text: &'t str) -> &'t str {
        let Some(Split { at, part }) = &self.rule.split else { return text };
        let found = text.split(at.as_str()).nth(*part).unwrap_or_default();
        if found != text {
            self.count(0);
        }
        found
    }

    fn look_up<'t>(&mut self, text: &'t str) -> Result<&'t str, Fault>
    where
        'c: 't,
    {
        let rule = self.rule;
        let Some((values, unknown)) = &rule.values else { return Ok(text) };
        let known = text.trim();
        if known.is_empty() {
            return Ok(text);
        }
        if let Some(value) = values.get(known) {
            if value != text {
                self.count(1);
            }
            return Ok(value);
        }
        let (message, value) = match unknown {
            Unknown::Reject => return Err(Fault::new("not in the value map").rule("values")),
            Unknown::Keep => ("not in the value map, kept as it is", text),
            Unknown::Null => ("not in the value map, left empty", ""),
            Unknown::Value(value) => ("not in the value map, replaced", value.as_str()),
        };
        self.note(Fault::warning(message).rule("values"));
        Ok(value)
    }

    fn fill<'t>(&mut self, text: &'t str) -> &'t str
    where
        'c: 't,
    {
        match &self.rule.default {
            Some(default) if text.trim().is_empty() => {
                self.count(2);
                default
            }
            _ => text,
        }
    }

    /// Counts one of [`CHANGES`].
    fn count(&mut self, change: usize) {
        self.notes.count(self.rule.counter + change);
    }

    fn note(&mut self, fault: Fault) {
        let column = self.blame.as_ref().unwrap_or(&self.rule.target);
        self.notes.findings.push(fault.column(Arc::clone(column)));
    }
}

/// Text as a kind. Empty text is no value; white space is one for text only.
pub(super) fn value_of(text: &str, kind: Kind) -> Result<Value<'_>, Fault> {
    match kind {
        _ if text.is_empty() => Ok(Value::Null),
        Kind::Text | Kind::Any => Ok(Value::Text(text)),
        _ if text.trim().is_empty() => Ok(Value::Null),
        _ => Value::parse(text, kind),
    }
}

pub(super) fn text_of(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

fn joined(input: &Record, columns: &[usize], with: &str) -> String {
    let filled = columns.iter().map(|column| input.value(*column)).filter(|value| !value.is_blank());
    filled.map(text_of).collect::<Vec<_>>().join(with)
}

/// The name of the column, if there is but one.
fn only<'r>(columns: &[usize], input: &'r Record) -> Option<&'r Arc<str>> {
    match columns {
        [column] => Some(input.schema().name(*column)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Outcome, run, run_record, texts};
    use super::super::{
        FieldMapper, Mapping, Rule, compute, constant, first_of, from, join, none_of, one_of, when,
    };
    use super::*;
    use crate::schema::{Field, Schema};

    fn apply(rule: Rule, values: &[&str]) -> Outcome {
        run(Mapping::new().field("t", rule).ignore_rest(), &["a", "b", "c"][..values.len()], values)
    }

    fn text(rule: Rule, values: &[&str]) -> String {
        let outcome = apply(rule, values);
        assert!(outcome.faults.is_empty(), "{:?}", outcome.faults);
        texts(&outcome).concat()
    }

    fn faults(rule: Rule, values: &[&str]) -> Vec<String> {
        apply(rule, values).faults
    }

    #[test]
    fn values_come_from_columns_or_nowhere() {
        assert_eq!(text(from("b"), &["1", "2"]), "2");
        assert_eq!(text(from(["x", "b", "a"]), &["1", "2"]), "2");
        assert_eq!(text(first_of(["a", "b", "c"]), &["", " ", "3"]), "3");
        assert_eq!(text(first_of(["a", "b"]), &["", " "]), "");
        assert_eq!(apply(first_of(["a", "b", "c"]), &["1", "", "3"]).changes, ["t first of 1"]);
        assert!(apply(first_of(["a", "b"]), &["1", "1"]).changes.is_empty());
        assert_eq!(text(join(["a", "b", "c"], ", "), &["1", "", "3"]), "1, 3");
        assert_eq!(text(constant("legacy"), &["1"]), "legacy");
    }

    #[test]
    fn a_text_is_split_and_the_change_counted() {
        assert_eq!(text(from("a").split(" ", 1), &["王 伟"]), "伟");
        let outcome = apply(from("a").split(" ", 1), &["王伟"]);
        assert!(outcome.records[0].value(0).is_null());
        assert_eq!(outcome.changes, ["t split 1"]);
        assert!(apply(from("a").split(" ", 0), &["王伟"]).changes.is_empty());
    }

    #[test]
    fn a_default_fills_what_is_empty() {
        let country = || from("a").default("CN");
        assert_eq!(text(country(), &[" "]), "CN");
        assert_eq!(apply(country(), &[""]).changes, ["t default 1"]);
        assert_eq!(text(country(), &["DE"]), "DE");
        assert!(apply(country(), &["DE"]).changes.is_empty());
        assert_eq!(text(from("a").split(" ", 1).default("?"), &["x"]), "?");
    }

    #[test]
    fn values_are_mapped_and_unknown_ones_told() {
        let stage = || from("a").values([("新", "new"), ("成交", "won"), ("旧", "")]);
        let outcome = apply(stage(), &[" 新 "]);
        assert_eq!(
            (texts(&outcome), outcome.changes),
            (vec!["new".to_owned()], vec!["t values 1".to_owned()])
        );
        assert!(apply(stage(), &["旧"]).records[0].value(0).is_null());
        assert_eq!(text(stage(), &[""]), "");
        assert_eq!(faults(stage(), &["x"]), ["error a values: not in the value map"]);
        let cases = [
            (Unknown::Keep, "x", "kept as it is"),
            (Unknown::Null, "", "left empty"),
            (Unknown::Value("other".into()), "other", "replaced"),
        ];
        for (unknown, value, message) in cases {
            let outcome = apply(stage().unknown(unknown), &["x"]);
            assert_eq!(texts(&outcome), [value]);
            assert_eq!(outcome.faults, [format!("warning a values: not in the value map, {message}")]);
        }
    }

    #[test]
    fn a_declared_kind_is_read_strictly() {
        let day = || from("a").kind(Kind::Date);
        assert_eq!(apply(day(), &["2024-02-29"]).records[0].value(0).kind(), Some(Kind::Date));
        assert!(apply(day(), &[" "]).records[0].value(0).is_null());
        assert_eq!(faults(day(), &["29.2.2024"]), ["error a kind: not a date"]);
        assert_eq!(
            faults(join(["a", "b"], "-").kind(Kind::Int), &["1", "2"]),
            ["error t kind: not a whole number"]
        );
        assert_eq!(
            faults(first_of(["a", "b"]).kind(Kind::Int), &["", "x"]),
            ["error b kind: not a whole number"]
        );
        assert_eq!(apply(constant("7").kind(Kind::Int), &["1"]).records[0].value(0), Value::Int(7));
    }

    #[test]
    fn closures_compute_from_declared_columns() {
        let sum = || {
            compute(["a", "b"], |[a, b]| {
                let number = |value: Value<'_>| value.to_string().parse::<i64>().map_err(|_| "not a number");
                Ok(number(a)? + number(b)?)
            })
        };
        assert_eq!(apply(sum(), &["1", "2"]).records[0].value(0), Value::Int(3));
        assert_eq!(faults(sum(), &["1", "x"]), ["error t compute: not a number"]);
        let one = compute(["a"], |[_]| Err::<Option<String>, _>(Fault::new("odd").rule("parity")));
        assert_eq!(faults(one, &["1"]), ["error a parity: odd"]);
        assert_eq!(text(compute(["a"], |[_]| Ok(None::<bool>)).default("true"), &["1"]), "true");
    }

    #[test]
    fn all_faults_of_a_record_are_told() {
        let mapping = Mapping::new()
            .field("day", from("a").kind(Kind::Date))
            .field("n", from("b").kind(Kind::Int))
            .field("s", from("a").values([("x", "y")]));
        let outcome = run(mapping, &["a", "b"], &["soon", "many"]);
        assert_eq!(
            outcome.faults,
            [
                "error a kind: not a date",
                "error b kind: not a whole number",
                "error a values: not in the value map"
            ]
        );
    }

    #[test]
    fn filters_leave_records_out_for_a_reason() {
        let mapping = || {
            Mapping::new()
                .filter_out("closed", one_of("status", ["closed", ""]))
                .filter_out("abroad", none_of("country", "CN"))
                .filter_out(
                    "long",
                    when(["status"], |[status]| {
                        if status == Value::Text("?") {
                            Err("odd")?
                        }
                        Ok(status.to_string().len() > 6)
                    }),
                )
                .keep_rest()
        };
        let reason = |values: &[&str]| {
            let outcome = run(mapping(), &["status", "country"], values);
            (outcome.filtered.concat(), outcome.records.len(), outcome.faults.concat())
        };
        let left_out = |reason: &str| (reason.to_owned(), 0, String::new());
        assert_eq!(reason(&[" closed ", "CN"]), left_out("closed"));
        assert_eq!(reason(&["", "DE"]), left_out("closed"));
        assert_eq!(reason(&["open", ""]), left_out("abroad"));
        assert_eq!(reason(&["waiting", "CN"]), left_out("long"));
        assert_eq!(reason(&["?", "CN"]), (String::new(), 0, "error status filter_out: odd".to_owned()));
    }

    #[test]
    fn values_of_other_kinds_pass_unchanged_or_as_text() {
        let schema = Schema::new([Field::new("day", Kind::Date), Field::new("n", Kind::Int)]).unwrap();
        let day = Value::parse("2024-02-29", Kind::Date).unwrap();
        let record = Record::of(schema, [day, Value::Int(7)]).unwrap();
        let mapping = Mapping::new()
            .copy("day")
            .field("since", from("day").default("2000-01-01"))
            .field("year", from("day").split("-", 0))
            .field("n", from("n").kind(Kind::Decimal));
        let outcome = run_record(mapping, &record);
        let values: Vec<Value<'_>> = outcome.records[0].values().collect();
        assert_eq!(values, [day, day, Value::Text("2024"), Value::parse("7", Kind::Decimal).unwrap()]);
    }

    #[test]
    fn an_unbound_mapping_rejects() {
        let record = Record::new(Schema::text(["a"]).unwrap());
        let unbound =
            super::super::map_with(record.schema().clone(), |record, out| Mapping::new().map(record, out));
        assert_eq!(
            run_record(unbound, &record).faults,
            ["error  bind: the mapper is not bound to the source's columns"]
        );
    }

    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            #[test]
            fn keeping_the_rest_is_identity(values in prop::collection::vec(prop::option::of(".*"), 0..12)) {
                let schema = Schema::text((0..values.len()).map(|n| format!("column {n}"))).unwrap();
                let record = Record::of(schema, values.iter().map(Option::as_ref)).unwrap();
                let outcome = run_record(Mapping::new().keep_rest(), &record);
                prop_assert_eq!(outcome.records, [record]);
            }
        }
    }
}
