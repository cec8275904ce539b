//! Each part errs or panics, at the first record, in the middle and at the last.

use std::borrow::Cow;

use handover::dedupe::{Dedupe, ExactKeys};
use handover::map::map_with;
use handover::normalize::rule;
use handover::pipeline::Outcome;
use handover::validate::check;
use handover::{Cancel, Error, ErrorKind, Fault, Pipeline, Record, Rows, RunError, Schema};

use crate::parts::{Detector, EachBatch, Numbers, Sink, drain, numbers};

const COUNT: u64 = 20;

/// The number of a record.
fn number(record: &Record) -> Result<u64, Fault> {
    record.text("number")?.parse().map_err(|_| Fault::new("not a number"))
}

/// Runs a pipeline that fails, on one thread and several, in small batches
/// and large; the message is the same each time.
fn fails<'p>(pipeline: impl Fn() -> Pipeline<'p>) -> String {
    let mut messages: Vec<String> = Vec::new();
    for (threads, batch) in [(1, 1), (2, 3), (4, 1024)] {
        let failed = pipeline().threads(threads).batch_records(batch).run().unwrap_err();
        let report = failed.report().expect("the run had begun");
        assert_eq!(report.outcome, Outcome::Failed);
        assert!(report.counts.balanced(), "{report}");
        assert_eq!(report.counts.written(), 0, "{report}");
        messages.push(failed.to_string());
    }
    messages.dedup();
    assert_eq!(messages.len(), 1, "{messages:?}");
    messages.remove(0)
}

fn discard<'p>(pipeline: Pipeline<'p>) -> Pipeline<'p> {
    pipeline.to(Sink(|rows: &mut handover::Rows<'_>| drain(rows).map(drop)))
}

#[test]
fn a_source_errs_or_panics() {
    for at in [1, 10, COUNT] {
        let errs = move |number| match number == at {
            true => Err(Error::other("the connection is gone")),
            false => Ok(()),
        };
        let message = fails(|| discard(Pipeline::from(Numbers { count: COUNT, before: errs })));
        assert_eq!(message, "numbers: the connection is gone");
        let panics = move |number| {
            assert!(number != at, "boom at {number}");
            Ok(())
        };
        let message = fails(|| discard(Pipeline::from(Numbers { count: COUNT, before: panics })));
        assert_eq!(message, format!("numbers: the source panicked: boom at {at}"));
    }
}

#[test]
fn a_mapper_panics() {
    for at in [1, 10, COUNT] {
        let message = fails(|| {
            let columns = Schema::text(["number"]).unwrap();
            let mapper = map_with(columns, move |record, out| {
                assert!(number(record)? != at, "boom");
                out.record().set("number", record.get("number")?)
            });
            discard(Pipeline::from(numbers(COUNT)).map(mapper))
        });
        assert_eq!(message, format!("numbers:row {at}: a stage panicked: boom"));
    }
}

#[test]
fn a_mapper_makes_nothing_and_gives_no_reason() {
    let message = fails(|| {
        let mapper = map_with(Schema::text(["number"]).unwrap(), |_, _| Ok(()));
        discard(Pipeline::from(numbers(COUNT)).map(mapper))
    });
    assert_eq!(message, "numbers:row 1: the mapper made no record and gave no reason to leave it out");
}

#[test]
fn a_normalizer_panics() {
    for at in [1, 10, COUNT] {
        let message = fails(|| {
            let boom = rule("boom", move |text| {
                assert!(text != at.to_string(), "boom");
                Ok(Cow::Borrowed(text))
            });
            discard(Pipeline::from(numbers(COUNT)).normalize("number", [boom]))
        });
        assert_eq!(message, format!("numbers:row {at}: a stage panicked: boom"));
    }
}

#[test]
fn a_validator_panics() {
    for at in [1, 10, COUNT] {
        let message = fails(|| {
            let boom = check("boom", move |record: &Record| {
                assert!(number(record)? != at, "boom");
                Ok(())
            });
            discard(Pipeline::from(numbers(COUNT)).validate(boom))
        });
        assert_eq!(message, format!("numbers:row {at}: a stage panicked: boom"));
    }
}

#[test]
fn a_detector_errs_panics_or_links_what_is_not_there() {
    let dedupe = |detector| discard(Pipeline::from(numbers(COUNT)).dedupe(detector));
    let panics = || Dedupe::by(Detector(|_: &_, _: &mut _| panic!("boom")));
    assert_eq!(fails(|| dedupe(panics())), "the duplicate detector panicked: boom");
    let errs = || Dedupe::by(Detector(|_: &_, _: &mut _| Err(Error::other("no model"))));
    assert_eq!(fails(|| dedupe(errs())), "no model");
    let beyond = || {
        Dedupe::by(Detector(|records: &handover::dedupe::Records, links: &mut handover::dedupe::Links| {
            links.same(0, records.len());
            Ok(())
        }))
    };
    assert_eq!(fails(|| dedupe(beyond())), "the detector linked a record beyond the last of 20");
    let derives = || Dedupe::by(ExactKeys::on(["number"]).derived(|_| panic!("boom")));
    assert_eq!(fails(|| dedupe(derives())), "the duplicate detector panicked: boom");
}

#[test]
fn a_sink_errs_or_panics() {
    for at in [1, 10, COUNT] {
        for held in [false, true] {
            let run = |panics: bool| {
                let from = Pipeline::from(numbers(COUNT));
                let from = if held { from.dedupe(Dedupe::by(ExactKeys::on(["number"]))) } else { from };
                from.to(Sink(move |rows: &mut handover::Rows<'_>| {
                    while let Some(record) = rows.next()? {
                        if record.id().row == at {
                            assert!(!panics, "boom");
                            return Err(Error::other("the target is gone"));
                        }
                    }
                    Ok(())
                }))
            };
            assert_eq!(fails(|| run(true)), "the target: the sink panicked: boom");
            assert_eq!(fails(|| run(false)), "the target is gone");
        }
    }
}

#[test]
fn an_observer_panics() {
    for held in [false, true] {
        let message = fails(|| {
            let from = Pipeline::from(numbers(COUNT)).observe(EachBatch(|_: &_| panic!("boom")));
            discard(if held { from.dedupe(Dedupe::by(ExactKeys::on(["number"]))) } else { from })
        });
        assert_eq!(message, "an observer panicked: boom");
    }
}

#[test]
fn what_panics_before_the_first_record_is_an_error_too() {
    struct Broken;
    impl handover::Validator for Broken {
        fn bind(&mut self, _: &Schema) -> handover::Result<()> {
            panic!("boom")
        }
        fn validate(&self, _: &Record, _: &mut handover::Findings) {}
    }
    let failed = discard(Pipeline::from(numbers(1)).validate(Broken)).run().unwrap_err();
    assert_eq!(failed.error().kind(), ErrorKind::Panic);
    assert_eq!(failed.to_string(), "a part that was being bound panicked: boom");
    assert!(failed.report().is_none());
}

#[test]
fn an_error_can_be_passed_on() {
    let run = || -> handover::Result<()> {
        let cancel = Cancel::new();
        cancel.cancel();
        discard(Pipeline::from(numbers(1))).cancel(cancel).run()?;
        Ok(())
    };
    assert_eq!(run().unwrap_err().kind(), ErrorKind::Stopped);
    let _: fn(RunError) -> Error = Error::from;
    let full = |_: &mut Rows<'_>| Err(Error::io("cannot write", std::io::ErrorKind::StorageFull.into()));
    let failed = Pipeline::from(numbers(1)).to(Sink(full)).run().unwrap_err();
    assert_eq!(std::error::Error::source(&failed).unwrap().to_string(), "no storage space");
}

#[test]
fn a_mapper_that_replaces_its_record_fails_the_run() {
    for other in [&["number", "name"][..], &["other"]] {
        let columns = Schema::text(["number", "name"]).unwrap();
        let replace = || {
            map_with(columns.clone(), |_, out| {
                *out.record() = Record::new(Schema::text(other.iter().copied()).unwrap());
                Ok(())
            })
        };
        let message = fails(|| discard(Pipeline::from(numbers(COUNT)).map(replace())));
        assert_eq!(message, "numbers:row 1: the mapper replaced the record that it is to fill");
    }
}
