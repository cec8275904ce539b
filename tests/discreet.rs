//! Nothing that a run says shows what stands in the data: only the output and
//! the rejects file do. And the page that a report prints.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use handover::dedupe::{Dedupe, ExactKeys, Rule, Survivorship};
use handover::normalize::{Chain, OnFault, email, lowercase, trim};
use handover::sink::csv::{CsvSink, Unmappable};
use handover::source::csv::{CsvSource, Ragged};
use handover::source::encoding::Encoding;
use handover::source::{JsonRejects, Memory};
use handover::validate::{kind, length, one_of, pattern, range, required};
use handover::{
    Clock, Finding, Kind, Mapping, Observer, Pipeline, Record, Rejects, Report, RunError, Schema, map,
    sink::Collect,
};

/// Stands in every value, in a way that no rule leaves alone.
const SECRET: &str = "Ge-Heim";

/// Remembers what it was told.
#[derive(Default)]
struct Listener(Mutex<String>);

impl Observer for &Listener {
    fn finding(&self, finding: &Finding) {
        self.0.lock().unwrap().push_str(&format!("{finding}\n{finding:?}\n"));
    }
}

/// Runs a pipeline, and makes sure that it found fault without a word of the
/// data. What it said comes back.
fn runs_discreetly(pipeline: Pipeline<'_>) -> String {
    let listener = Listener::default();
    let result: Result<Report, RunError> = pipeline.observe(&listener).run();
    let mut said = listener.0.into_inner().unwrap();
    let report = match &result {
        Ok(report) => Some(report),
        Err(failed) => {
            said.push_str(&format!("{failed}\n{failed:?}\n{:?}\n", failed.error()));
            failed.report()
        }
    };
    if let Some(report) = report {
        said.push_str(&format!("{report}\n{report:?}\n{}", serde_json::to_string(report).unwrap()));
    }
    assert!(!said.to_lowercase().contains(&SECRET.to_lowercase()), "{said}");
    said
}

fn write(folder: &Path, bytes: &[u8]) -> CsvSource {
    let path = folder.join("in.csv");
    fs::write(&path, bytes).unwrap();
    CsvSource::path(path)
}

/// Rows whose every value holds the secret.
fn rows(count: usize) -> String {
    let row = |n: usize| format!("{SECRET}{n},{SECRET} {n},{SECRET}@@{n},{SECRET}\n");
    (0..count).map(row).collect()
}

#[test]
fn stages_do_not_show_values() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("id,name,mail,city\n{}", rows(9));
    let source = || write(folder.path(), text.as_bytes()).key("id");
    let rejects = || Rejects::csv(folder.path().join("rejects.csv"));
    let judged = |pipeline: Pipeline<'_>| {
        let said = runs_discreetly(pipeline.rejects(rejects()).to(Collect::new()));
        assert!(said.contains(r#""rejected":9"#), "{said}");
        assert!(fs::read_to_string(folder.path().join("rejects.csv")).unwrap().contains(SECRET));
    };
    judged(Pipeline::from(source()).validate(length("name").chars(..3)));
    judged(Pipeline::from(source()).validate(pattern("name", "^x$")));
    judged(Pipeline::from(source()).validate(one_of("city", ["Leeds"])));
    judged(Pipeline::from(source()).validate(range("id", 1..5)));
    judged(Pipeline::from(source()).validate(kind("id", Kind::Date)));
    judged(Pipeline::from(source()).normalize("mail", email()));
    judged(
        Pipeline::from(source())
            .map(Mapping::new().field("n", map::from("id").kind(Kind::Int)).ignore_rest()),
    );
    let to_other = map::from("city").values([("Leeds", "leeds")]);
    judged(Pipeline::from(source()).map(Mapping::new().field("city", to_other).ignore_rest()));
    #[derive(serde::Deserialize, serde::Serialize)]
    struct Typed {
        id: u32,
    }
    let typed = map::map_typed(|typed: Typed| Ok(typed)).ignore_rest();
    judged(Pipeline::from(source()).map(typed));
    runs_discreetly(Pipeline::from(source()).validate(length("name").chars(..3)).to(Collect::new()));
    let kept = Chain::from(email()).on_fault(OnFault::Keep);
    runs_discreetly(Pipeline::from(source()).normalize("mail", kept).to(Collect::new()));
}

#[test]
fn sources_and_sinks_do_not_show_values() {
    let folder = tempfile::tempdir().unwrap();
    let out = || CsvSink::path(folder.path().join("out.csv"));
    let read = |bytes: &[u8]| write(folder.path(), bytes).encoding(Encoding::UTF_8);
    let rejects = || Rejects::json_lines(folder.path().join("rejects.jsonl"));
    let damaged = format!("id,name\n1,{SECRET}\u{0}\n2,{SECRET},{SECRET}\n3,\"{SECRET}\n");
    for source in [
        read(damaged.as_bytes()),
        read(damaged.as_bytes()).max_row_bytes(16),
        read(damaged.as_bytes()).max_cells(2),
        read(damaged.as_bytes()).ragged(Ragged::Fail),
        read(&[SECRET.as_bytes(), b"\xE9,b\n1,2\n"].concat()),
        read(&[b"id,name\n", SECRET.as_bytes(), b",\xE9\n"].concat()),
    ] {
        runs_discreetly(Pipeline::from(source).rejects(rejects()).to(out()));
    }
    fs::write(
        folder.path().join("old.jsonl"),
        format!(
            r#"{{"record":{{"a":"{SECRET}","b":["{SECRET}"]}}}}
{{"record":{{"a":{SECRET}}}}}
{{"record":"{SECRET}"}}
"#
        ),
    )
    .unwrap();
    let old = JsonRejects::path(folder.path().join("old.jsonl"));
    runs_discreetly(Pipeline::from(old).rejects(rejects()).to(out()));
    let chinese = format!("id,name\n1,{SECRET}王\n");
    let latin = || out().encoding(Encoding::WINDOWS_1252);
    runs_discreetly(Pipeline::from(read(chinese.as_bytes())).rejects(rejects()).to(latin()));
    let replaced = latin().unmappable(Unmappable::Replace('?'));
    runs_discreetly(Pipeline::from(read(chinese.as_bytes())).to(replaced));
    assert_eq!(fs::read_to_string(folder.path().join("out.csv")).unwrap(), "id,name\n1,Ge-Heim?\n");
}

#[test]
fn merging_and_debugging_do_not_show_values() {
    let schema = Schema::text(["name", "city"]).unwrap();
    let record = |name: &str| Record::of(schema.clone(), [name, SECRET]).unwrap();
    assert!(!format!("{:?}", record(SECRET)).contains(SECRET));
    let source = Memory::new("crm", schema.clone(), [record(SECRET), record(&SECRET.to_lowercase())]);
    let dedupe = Dedupe::by(ExactKeys::on(["city"])).survivorship(Survivorship::new().rest(Rule::longest()));
    let said = runs_discreetly(Pipeline::from(source).dedupe(dedupe).to(Collect::new()));
    assert!(said.contains(r#""merged":1"#));
}

const PAGE: &str = "\
Completed: 5 records read in 1.5 s (3 a second)

    read                  5
  = written               2
  + merged                1
  + rejected              2
  + filtered              0
  The books balance.

  from     in.csv: 5 records, 93 bytes, encoding UTF-8 (only ASCII seen), delimiter comma
           sha256 e6f59eae190d633354a90805190ab6ea87cd95c36d2203a1f15f20a7affb0cfb
           column `mail` is there twice, the second is called `mail_2`
  to       out.csv: 2 records, 54 bytes, encoding UTF-8, delimiter comma
  rejects  rejects.csv: 2 records to repair

Rejected for
           1  ragged
           1  name: required

Warnings
           1  mail: email

Changed
           1  mail: lowercase
           1  mail: trim

Duplicates
           1  group, the largest of 2 records
           1  id: dropped
           1  name: dropped

First findings
  in.csv:3: 3 cells where the header has 4
  in.csv:4:mail: no @ sign
  in.csv:5:name: missing
";

/// A clock that goes on by half a second whenever it is asked.
fn steady() -> Clock {
    let asked = AtomicU64::new(0);
    Clock::new(move || Duration::from_millis(500 * asked.fetch_add(1, Ordering::Relaxed)))
}

#[test]
fn a_report_is_a_page_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "id,name,mail,mail\n1,Ann, ANN@example.com,\n2,Bob,bob\n3,Cy,cy,\n4,,,\n5,Ann Lee,ann@example.com,\n";
    let report = Pipeline::from(write(folder.path(), text.as_bytes()).sha256().named("in.csv"))
        .normalize("mail", [trim(), lowercase()])
        .normalize("mail", Chain::from(email()).on_fault(OnFault::Clear))
        .validate(required("name"))
        .dedupe(Dedupe::by(ExactKeys::on(["mail"])).survivorship(Survivorship::new().rest(Rule::longest())))
        .rejects(Rejects::csv(folder.path().join("rejects.csv")))
        .to(CsvSink::path(folder.path().join("out.csv")))
        .clock(steady())
        .run()
        .unwrap();
    let page = report.to_string().replace(&format!("{}/", folder.path().display()), "");
    assert_eq!(page, PAGE);
}
