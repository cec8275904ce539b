//! Every record once, in order, and the same on any number of threads.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use handover::dedupe::{Dedupe, ExactKeys};
use handover::map::{Mapped, map_with};
use handover::normalize::{lowercase, rule, trim};
use handover::pipeline::{Counts, Merges};
use handover::validate::check;
use handover::{
    Answer, Columns, ErrorKind, Fault, Feed, Mapping, Pipeline, Record, RecordId, Rejects, Report, Result,
    Rows, Schema, SinkWriter, SourceReader,
};
use proptest::prelude::*;

use crate::common::cases;

/// What is to become of a generated row: the word stands in its first column,
/// and the parts of the pipeline act on it.
const FATES: [&str; 11] = [
    "pass",
    "source",
    "map",
    "map late",
    "filter",
    "filter one",
    "split",
    "normalize",
    "validate",
    "sink",
    "warn",
];

const COLUMNS: [&str; 3] = ["fate", "key", "name"];

#[derive(Debug, Clone)]
struct Row {
    fate: &'static str,
    key: &'static str,
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Map {
    No,
    Rename,
    Own,
}

/// A run, but for threads and batches.
#[derive(Debug, Clone)]
struct Plan {
    inputs: Vec<Vec<Row>>,
    map: Map,
    steps: bool,
    dedupe: bool,
    answers: bool,
    at_most: Option<u64>,
}

fn row() -> impl Strategy<Value = Row> {
    let fate = prop_oneof![4 => Just("pass"), 5 => prop::sample::select(&FATES[..])];
    let key = prop::sample::select(&["", "", "a", "b", "c", "d"][..]);
    (fate, key, "[ A-Ca-c王李]{0,6}").prop_map(|(fate, key, name)| Row { fate, key, name })
}

fn plan() -> impl Strategy<Value = Plan> {
    let inputs = prop::collection::vec(prop::collection::vec(row(), 0..40), 1..4);
    let map = prop::sample::select(&[Map::No, Map::Rename, Map::Own][..]);
    let at_most = prop_oneof![3 => Just(None), 1 => (0..8u64).prop_map(Some)];
    (inputs, map, any::<bool>(), any::<bool>(), any::<bool>(), at_most).prop_map(
        |(inputs, map, steps, dedupe, answers, at_most)| Plan {
            inputs,
            map,
            steps,
            dedupe,
            answers,
            at_most,
        },
    )
}

/// A source that finds fault with some of its rows itself.
struct Source(usize, Vec<Row>);

impl SourceReader for Source {
    fn name(&self) -> Cow<'_, str> {
        self.0.to_string().into()
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Schema::text(COLUMNS)
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for row in &self.1 {
            let record = feed.record();
            for (position, text) in [row.fate, row.key, &row.name].into_iter().enumerate() {
                record.set_value(position, Some(text).filter(|text| !text.is_empty()));
            }
            match row.fate {
                "source" => feed.reject(Some("as it stood"), [Fault::new("does not fit").rule("source")])?,
                "warn" => feed.push_with([Fault::warning("odd").rule("source")])?,
                _ => feed.push()?,
            }
        }
        Ok(())
    }
}

/// How many parts a row has when the own mapper has seen it.
fn parts(fate: &str, map: Map) -> u32 {
    match fate {
        _ if map != Map::Own => 1,
        "map late" | "filter one" => 2,
        "split" => 3,
        _ => 1,
    }
}

fn own_map(record: &Record, out: &mut Mapped<'_>) -> Result<(), Fault> {
    let fate = record.text("fate")?;
    let reason = |part: u32| format!("{}", Id(RecordId { part, ..record.id() }));
    match fate {
        "map" => return Err(Fault::new("cannot be mapped")),
        "filter" => {
            out.filter(reason(0));
            return Ok(());
        }
        "filter one" => out.filter(reason(0)),
        _ => {}
    }
    let made = parts(fate, Map::Own) - u32::from(fate == "filter one");
    for _ in 0..made {
        let part = out.record();
        for column in COLUMNS {
            part.set(column, record.get(column)?)?;
        }
    }
    if fate == "map late" { Err(Fault::new("cannot be mapped after all")) } else { Ok(()) }
}

/// An identity as text: `input/row/part`.
struct Id(RecordId);

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.0.input, self.0.row, self.0.part)
    }
}

/// A sink that keeps what it got, refuses some of it, and answers at once or
/// at the end, last first.
#[derive(Default)]
struct Target {
    answers: bool,
    pulled: Vec<(RecordId, String)>,
    written: Vec<RecordId>,
}

impl SinkWriter for Target {
    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        if self.answers {
            rows.answers_each();
        }
        let mut late = Vec::new();
        while let Some(record) = rows.next()? {
            let id = record.id();
            let text = record.values().map(|value| value.to_string()).collect::<Vec<_>>().join("|");
            let refused = text.contains("sink");
            self.pulled.push((id, text));
            match refused {
                _ if self.answers => late.push((id, refused)),
                true => rows.refuse("not wanted")?,
                false => self.written.push(id),
            }
        }
        for (id, refused) in late.into_iter().rev() {
            match refused {
                true => rows.answer(id, Answer::Refused(Fault::new("not wanted")))?,
                false => {
                    rows.answer(id, Answer::Created)?;
                    self.written.push(id);
                }
            }
        }
        Ok(())
    }
}

/// What can be seen of a run from outside.
struct Seen {
    error: Option<(ErrorKind, String)>,
    report: Report,
    target: Target,
    rejects: String,
    crosswalk: String,
}

fn run(plan: &Plan, threads: usize, batch: usize) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let (aside, crosswalk) = (folder.path().join("rejects.csv"), folder.path().join("crosswalk.csv"));
    let mut target = Target { answers: plan.answers, ..Target::default() };
    let mut pipeline = inputs(plan);
    if plan.steps {
        pipeline = steps(pipeline);
    }
    if plan.dedupe {
        pipeline = pipeline.dedupe(Dedupe::by(ExactKeys::on(["key"]).or_on(["name"]))).crosswalk(&crosswalk);
    }
    let rejects = Rejects::csv(&aside);
    let rejects = plan.at_most.map_or(rejects.clone(), |most| rejects.at_most(most));
    let result = pipeline.rejects(rejects).threads(threads).batch_records(batch).to(&mut target).run();
    let (error, report) = match result {
        Ok(report) => (None, report),
        Err(failed) => (Some((failed.error().kind(), failed.to_string())), failed.report().unwrap().clone()),
    };
    let text = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    Seen { error, report, target, rejects: text(&aside), crosswalk: text(&crosswalk) }
}

/// The sources of a plan, each with its mapper.
fn inputs(plan: &Plan) -> Pipeline<'static> {
    let mut pipeline: Option<Pipeline<'_>> = None;
    for (number, rows) in plan.inputs.iter().enumerate() {
        let source = Source(number, rows.clone());
        let with_source = match pipeline {
            None => Pipeline::from(source),
            Some(pipeline) => pipeline.and(source),
        };
        pipeline = Some(match plan.map {
            Map::No => with_source,
            Map::Rename => with_source.map(COLUMNS.into_iter().fold(Mapping::new(), |m, c| m.rename(c, c))),
            Map::Own => with_source.map(map_with(Schema::text(COLUMNS).unwrap(), own_map)),
        });
    }
    pipeline.unwrap()
}

/// Normalizers that change and object, validators that object and warn.
fn steps(pipeline: Pipeline<'static>) -> Pipeline<'static> {
    let own = rule("own", |text| match text {
        "normalize" => Err(Fault::new("has no standard form")),
        _ => Ok(Cow::Borrowed(text)),
    });
    let fate = check("fate", |record: &Record| match record.text("fate")? {
        "validate" => Err(Fault::new("is not valid").column("fate")),
        _ => Ok(()),
    });
    let name = check("name", |record: &Record| match record.text("name")? {
        name if name.contains('王') => Err(Fault::warning("worth knowing").column("name")),
        name if name.contains('李') => Err(Fault::new("not wanted").column("name")),
        _ => Ok(()),
    });
    let pipeline = pipeline.normalize(Columns::All, [trim()]).normalize("fate", [own]);
    pipeline.normalize("name", [lowercase()]).validate(fate).validate(name)
}

fn table(csv: &str) -> Vec<Vec<String>> {
    let rows = csv::Reader::from_reader(csv.as_bytes()).into_records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The identities of a plan: every part of every row.
fn identities(plan: &Plan) -> BTreeSet<RecordId> {
    let mut all = BTreeSet::new();
    for (input, rows) in (0..).zip(&plan.inputs) {
        for (row, Row { fate, .. }) in (1..).zip(rows) {
            all.extend((0..parts(fate, plan.map)).map(|part| RecordId { input, row, part }));
        }
    }
    all
}

fn id(text: &[&str]) -> RecordId {
    let number = |at: usize| text[at].parse::<u64>().unwrap();
    RecordId { input: number(0) as u32, row: number(1), part: number(2) as u32 }
}

/// Every identity is written, merged, filtered or rejected, each once, and
/// the report says the same, input by input.
fn conserves(plan: &Plan, seen: &Seen) -> Result<(), TestCaseError> {
    let all = identities(plan);
    let written: Vec<RecordId> = seen.target.written.clone();
    let crosswalk = table(&seen.crosswalk);
    let merged: Vec<_> = crosswalk.iter().map(|row| id(&[&row[0], &row[2], &row[3]])).collect();
    let filtered: Vec<_> =
        seen.report.filtered.keys().map(|key| id(&key.split('/').collect::<Vec<_>>())).collect();
    prop_assert!(seen.report.filtered.values().all(|count| *count == 1));
    let gone: Vec<_> = written.iter().chain(&merged).chain(&filtered).copied().collect();
    let once: BTreeSet<_> = gone.iter().copied().collect();
    prop_assert_eq!(once.len(), gone.len(), "booked twice");
    prop_assert!(once.is_subset(&all), "booked and never read");
    for row in &crosswalk {
        prop_assert!(written.contains(&id(&[&row[4], &row[6], &row[7]])), "merged into what is not written");
    }
    let rejected: BTreeSet<_> = all.difference(&once).copied().collect();
    aside(plan, &table(&seen.rejects), &rejected)?;
    let mut sum = 0;
    for (input, report) in (0..).zip(&seen.report.inputs) {
        let of = |ids: &mut dyn Iterator<Item = &RecordId>| ids.filter(|id| id.input == input).count() as u64;
        let read = plan.inputs[input as usize].len() as u64;
        let expected = Counts {
            read,
            split: of(&mut all.iter()) - read,
            created: of(&mut written.iter()),
            merged: of(&mut merged.iter()),
            rejected: of(&mut rejected.iter()),
            filtered: of(&mut filtered.iter()),
            ..Counts::default()
        };
        prop_assert_eq!(report.counts, expected);
        prop_assert!(expected.balanced());
        sum += expected.read;
    }
    prop_assert_eq!(seen.report.counts.read, sum);
    Ok(())
}

/// Every row of which a part is rejected stands once in the rejects file, as it was read.
fn aside(plan: &Plan, rejects: &[Vec<String>], rejected: &BTreeSet<RecordId>) -> Result<(), TestCaseError> {
    let mut rows = BTreeSet::new();
    for row in rejects {
        let (input, number) = row[0].split_once(":row ").unwrap();
        let (input, number): (u32, u64) = (input.parse().unwrap(), number.parse().unwrap());
        prop_assert!(rows.insert((input, number)), "set aside twice");
        let read = &plan.inputs[input as usize][number as usize - 1];
        let raw = if read.fate == "source" { "as it stood" } else { "" };
        prop_assert_eq!(&row[2..], [raw, read.fate, read.key, &read.name], "not as it was read");
    }
    prop_assert_eq!(rows, rejected.iter().map(|id| (id.input, id.row)).collect::<BTreeSet<_>>());
    Ok(())
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn every_record_ends_once_in_order_and_always_alike(plan in plan()) {
        let first = run(&plan, 1, 1024);
        if first.error.is_none() {
            conserves(&plan, &first)?;
            if !plan.dedupe {
                prop_assert!(first.target.pulled.is_sorted_by_key(|(id, _)| *id));
            }
        }
        for (threads, batch) in [(1, 1), (2, 2), (4, 7)] {
            let other = run(&plan, threads, batch);
            prop_assert_eq!(&other.error, &first.error);
            prop_assert_eq!(&other.rejects, &first.rejects);
            prop_assert_eq!(&other.target.pulled, &first.target.pulled);
            prop_assert_eq!(&other.report.findings, &first.report.findings);
            prop_assert_eq!(&other.report.examples, &first.report.examples);
            prop_assert!(other.report.counts.balanced());
            if first.error.is_none() {
                prop_assert_eq!(&other.crosswalk, &first.crosswalk);
                prop_assert_eq!(&other.target.written, &first.target.written);
                prop_assert_eq!(other.report.counts, first.report.counts);
                prop_assert_eq!(&other.report.changes, &first.report.changes);
                // The crosswalk has another path each time.
                let merges = |run: &Seen| run.report.merges.clone().map(|m| Merges { crosswalk: None, ..m });
                prop_assert_eq!(merges(&other), merges(&first));
                prop_assert_eq!(&other.report.filtered, &first.report.filtered);
            }
        }
    }
}
