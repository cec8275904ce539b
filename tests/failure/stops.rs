//! A run that is stopped from outside, at every batch and in every phase.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use handover::dedupe::{Dedupe, ExactKeys, Links, Records};
use handover::pipeline::{Outcome, Phase};
use handover::sink::CsvSink;
use handover::{Cancel, ErrorKind, Observer, Pipeline, RunError};

use crate::parts::{Detector, EachBatch, Numbers, files, numbers};

const COUNT: u64 = 12;

/// Runs into a file that is there already, and makes sure that a stop leaves it.
fn stopped(pipeline: Pipeline<'_>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    fs::write(&path, "old").unwrap();
    let failed: RunError = pipeline.to(CsvSink::path(&path)).run().unwrap_err();
    assert_eq!(
        (failed.error().kind(), failed.to_string().as_str()),
        (ErrorKind::Stopped, "stopped on request")
    );
    let report = failed.report().unwrap();
    assert_eq!(report.outcome, Outcome::Stopped);
    assert!(report.counts.balanced(), "{report}");
    assert_eq!(report.counts.written(), 0);
    assert_eq!(files(folder.path()), ["out.csv"]);
    assert_eq!(fs::read(&path).unwrap(), b"old");
}

fn with_dedupe(pipeline: Pipeline<'_>, wanted: bool) -> Pipeline<'_> {
    if wanted { pipeline.dedupe(Dedupe::by(ExactKeys::on(["number"]))) } else { pipeline }
}

#[test]
fn an_observer_stops_the_run_at_any_batch() {
    for dedupe in [false, true] {
        for batch in [1, 5, 1024] {
            let batches = COUNT.div_ceil(batch) as usize;
            for at in 1..=batches {
                let (cancel, seen) = (Cancel::new(), AtomicUsize::new(0));
                let watch = EachBatch(|_: &_| {
                    if seen.fetch_add(1, Ordering::Relaxed) + 1 == at {
                        cancel.cancel();
                    }
                });
                let pipeline = Pipeline::from(numbers(COUNT)).observe(watch).cancel(cancel.clone());
                stopped(with_dedupe(pipeline.batch_records(batch as usize), dedupe));
            }
        }
    }
}

#[test]
fn a_source_stops_the_run_at_any_record() {
    for dedupe in [false, true] {
        for at in 1..=COUNT {
            let cancel = Cancel::new();
            let handler = cancel.clone();
            let before = move |number| {
                if number == at {
                    handler.cancel();
                }
                Ok(())
            };
            let pipeline = Pipeline::from(Numbers { count: COUNT, before }).cancel(cancel);
            stopped(with_dedupe(pipeline.batch_records(2), dedupe));
        }
    }
}

#[test]
fn a_detector_stops_the_run() {
    let cancel = Cancel::new();
    let handler = cancel.clone();
    let detector = Detector(move |_: &Records, _: &mut Links| {
        handler.cancel();
        Ok(())
    });
    stopped(Pipeline::from(numbers(COUNT)).dedupe(Dedupe::by(detector)).cancel(cancel));
}

#[test]
fn a_run_is_stopped_when_any_phase_begins() {
    struct At<'c>(Phase, &'c Cancel);
    impl Observer for At<'_> {
        fn phase(&self, phase: Phase) {
            if phase == self.0 {
                self.1.cancel();
            }
        }
    }
    for phase in [Phase::Transfer, Phase::Collect, Phase::Match, Phase::Write] {
        let cancel = Cancel::new();
        let pipeline = Pipeline::from(numbers(COUNT)).observe(At(phase, &cancel)).cancel(cancel.clone());
        stopped(with_dedupe(pipeline, phase != Phase::Transfer));
    }
}

#[test]
fn a_run_stopped_before_it_begins_reads_nothing() {
    let cancel = Cancel::new();
    cancel.cancel();
    stopped(Pipeline::from(numbers(COUNT)).cancel(cancel));
}
