use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::error::Fault;
use crate::record::{Record, RecordId};
use crate::sink::{Answer, Collect};
use crate::source::Memory;
use crate::{Pipeline, Report, RunError};

/// How a sink of these tests goes about its work.
#[derive(Clone, Copy, Default)]
struct Manner {
    /// Answers come so many records later, and at the end.
    late: Option<usize>,
    /// The value that it refuses.
    refuses: Option<&'static str>,
    /// Fails at this value.
    fails: Option<&'static str>,
    fails_to_commit: bool,
    durable: bool,
    warns: bool,
}

/// A table, changed by nothing but a commit.
struct Target {
    name: &'static str,
    manner: Manner,
    content: Vec<String>,
}

const OLD: &str = "old";

impl Target {
    fn new(name: &'static str, manner: Manner) -> Self {
        Target { name, manner, content: vec![OLD.to_owned()] }
    }

    fn judge(&self, value: &str) -> Answer {
        match self.manner.refuses == Some(value) {
            true => Answer::Refused(Fault::new("not wanted")),
            false => Answer::Created,
        }
    }
}

impl SinkWriter for Target {
    fn name(&self) -> Cow<'_, str> {
        self.name.into()
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let mut new: Vec<(RecordId, String)> = Vec::new();
        let mut taken = Vec::new();
        if self.manner.late.is_some() {
            rows.answers_each();
        }
        let mut answer = |sink: &Target, rows: &mut Rows<'_>, open: &mut Vec<(RecordId, String)>| {
            open.drain(..).try_for_each(|(id, value)| {
                let answer = sink.judge(&value);
                if answer == Answer::Created {
                    taken.push(value);
                }
                if sink.manner.late.is_some() { rows.answer(id, answer) } else { rows.settle(answer) }
            })
        };
        while let Some(record) = rows.next()? {
            let (id, value) = (record.id(), record.value(0).to_string());
            if self.manner.fails == Some(value.as_str()) {
                return Err(Error::other("broken"));
            }
            if self.manner.warns {
                rows.warn(Fault::warning("odd").rule("taste").column("n"));
            }
            new.push((id, value));
            if new.len() > self.manner.late.unwrap_or(0) {
                answer(self, rows, &mut new)?;
                if self.manner.durable {
                    rows.mark_durable();
                }
            }
        }
        answer(self, rows, &mut new)?;
        if self.manner.fails_to_commit {
            return Err(Error::other("cannot commit"));
        }
        self.content = taken;
        Ok(())
    }

    fn outputs(&self) -> Vec<Output> {
        vec![Output { name: self.name.to_owned(), rows: self.content.len() as u64, ..Output::default() }]
    }
}

/// A run over the numbers from 1, and what the targets hold then.
fn run(count: usize, manners: &[Manner]) -> (Result<Report, RunError>, Vec<Vec<String>>) {
    let names = ["a", "b", "c"];
    let mut targets: Vec<Target> =
        names.iter().zip(manners).map(|(name, manner)| Target::new(name, *manner)).collect();
    let schema = Schema::text(["n"]).unwrap();
    let numbers = (1..=count).map(|n| Record::of(schema.clone(), [n.to_string().as_str()]).unwrap());
    let (first, others) = targets.split_first_mut().unwrap();
    let tee = others.iter_mut().fold(Tee::new(first), Tee::and);
    let source = Memory::new("numbers", schema.clone(), numbers);
    let folder = tempfile::tempdir().unwrap();
    let pipeline = Pipeline::from(source).to(tee);
    #[cfg(feature = "csv")]
    let pipeline = pipeline.rejects(crate::Rejects::csv(folder.path().join("rejects.csv")));
    let result = pipeline.run();
    drop(folder);
    (result, targets.into_iter().map(|target| target.content).collect())
}

fn numbers(to: usize) -> Vec<String> {
    (1..=to).map(|n| n.to_string()).collect()
}

const LATE: Manner = Manner {
    late: Some(100),
    refuses: None,
    fails: None,
    fails_to_commit: false,
    durable: false,
    warns: false,
};
const PROMPT: Manner = Manner { late: None, ..LATE };

#[test]
fn every_sink_gets_every_record() {
    for count in [0, 1, 256, 257, 3000] {
        for manners in [&[PROMPT][..], &[PROMPT; 3], &[LATE, PROMPT], &[PROMPT, LATE], &[LATE; 3]] {
            let (report, contents) = run(count, manners);
            let report = report.unwrap();
            assert!(report.counts.balanced());
            assert_eq!(report.counts.written(), count as u64);
            assert_eq!(contents, vec![numbers(count); manners.len()], "{count}");
        }
    }
}

#[cfg(feature = "csv")]
#[test]
fn what_the_first_refuses_the_others_never_see() {
    for first in [PROMPT, LATE] {
        for refused in ["1", "700", "3000"] {
            let (report, contents) = run(3000, &[Manner { refuses: Some(refused), ..first }, LATE]);
            let report = report.unwrap();
            assert_eq!((report.counts.written(), report.counts.rejected), (2999, 1));
            let rest: Vec<String> = numbers(3000).into_iter().filter(|n| n != refused).collect();
            assert_eq!(contents, [rest.clone(), rest]);
        }
    }
}

#[test]
fn if_one_fails_all_hold_what_they_held() {
    let fails = |manners: &[Manner], expected: &str| {
        for failing in ["1", "300", "3000"] {
            let with = |manner: &Manner| Manner {
                fails: manner.fails.map(|_| failing),
                refuses: manner.refuses.map(|_| failing),
                ..*manner
            };
            let manners: Vec<Manner> = manners.iter().map(with).collect();
            let (result, contents) = run(3000, &manners);
            let failed = result.unwrap_err();
            assert_eq!(failed.to_string(), expected);
            assert!(failed.report().unwrap().counts.balanced());
            assert_eq!(failed.report().unwrap().counts.written(), 0);
            assert_eq!(contents, vec![vec![OLD.to_owned()]; manners.len()], "{failing}");
        }
    };
    for other in [PROMPT, LATE] {
        fails(&[Manner { fails: Some(""), ..PROMPT }, other], "a: broken");
        fails(&[Manner { fails: Some(""), ..LATE }, other], "a: broken");
        fails(&[other, Manner { fails: Some(""), ..PROMPT }, other], "b: broken");
        fails(&[other, PROMPT, Manner { fails: Some(""), ..LATE }], "c: broken");
        let refused = "c: it refuses a record that the first sink took: not wanted";
        fails(&[other, LATE, Manner { refuses: Some(""), ..PROMPT }], refused);
        fails(&[other, PROMPT, Manner { refuses: Some(""), ..LATE }], refused);
    }
}

#[test]
fn if_anything_upstream_fails_all_hold_what_they_held() {
    let mut targets = [Target::new("a", PROMPT), Target::new("b", LATE)];
    let schema = Schema::text(["n"]).unwrap();
    let numbers = (1..=3000).map(|n| Record::of(schema.clone(), [n.to_string().as_str()]).unwrap());
    let [a, b] = &mut targets;
    let mapper = crate::map::map_with(schema.clone(), |record, out| {
        assert_ne!(record.text("n")?, "2999", "stumbled");
        out.record().set("n", record.get("n")?)
    });
    let run = Pipeline::from(Memory::new("numbers", schema.clone(), numbers)).map(mapper);
    let failed = run.to(Tee::new(a).and(b)).run().unwrap_err();
    assert!(failed.to_string().contains("stumbled"), "{failed}");
    assert_eq!(targets.map(|target| target.content), [[OLD], [OLD]]);
}

#[test]
fn a_failing_commit_names_those_that_have_committed() {
    let (result, contents) = run(300, &[PROMPT, Manner { fails_to_commit: true, ..PROMPT }, LATE]);
    let failed = result.unwrap_err();
    assert_eq!(failed.to_string(), "the sinks disagree: committed already: a: b: cannot commit");
    assert_eq!(failed.report().unwrap().counts.in_doubt, 300);
    assert_eq!(contents, [numbers(300), vec![OLD.to_owned()], vec![OLD.to_owned()]]);

    let (result, contents) = run(300, &[Manner { fails_to_commit: true, ..LATE }, PROMPT]);
    assert_eq!(result.unwrap_err().to_string(), "a: cannot commit");
    assert_eq!(contents, [[OLD], [OLD]]);
}

#[test]
fn durable_batches_and_panics_end_the_run() {
    for manners in [[Manner { durable: true, ..LATE }, PROMPT], [PROMPT, Manner { durable: true, ..LATE }]] {
        let (result, contents) = run(3000, &manners);
        let message = result.unwrap_err().to_string();
        assert!(message.ends_with(": a sink that commits in batches cannot be one of several"), "{message}");
        assert_eq!(contents, [[OLD], [OLD]]);
    }

    struct Stumbles<'s>(&'s AtomicBool);
    impl SinkWriter for Stumbles<'_> {
        fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
            let _ = rows.next()?;
            self.0.store(true, Ordering::Relaxed);
            panic!("stumbled")
        }
    }
    let (stumbled, mut kept) = (AtomicBool::new(false), Collect::new());
    let schema = Schema::text(["n"]).unwrap();
    let source = Memory::new("numbers", schema.clone(), vec![Record::new(schema); 3000]);
    let failed = Pipeline::from(source).to(Tee::new(&mut kept).and(Stumbles(&stumbled))).run().unwrap_err();
    assert_eq!(failed.to_string(), "memory and Stumbles: the sink panicked: stumbled");
    assert!(stumbled.into_inner() && kept.records().is_empty());
}

#[test]
fn what_others_warn_of_is_told() {
    let (report, _) = run(3, &[PROMPT, Manner { warns: true, ..PROMPT }]);
    let report = report.unwrap();
    let notes: Vec<_> = report.outputs.iter().map(|output| (&*output.name, &output.details.notes)).collect();
    assert_eq!(notes, [("a", &vec![]), ("b", &vec!["3 taste n: odd".to_owned()])]);
}
