//! How many rejects are too many, and what is left on the disk then.

use std::fs;
use std::path::Path;

use handover::pipeline::Counts;
use handover::sink::CsvSink;
use handover::validate::check;
use handover::{Answer, Error, ErrorKind, Fault, Pipeline, Record, RecordId, Rejects, Rows, RunError};

use crate::parts::{Sink, drain, files, numbers};

/// A rule that every so-manieth record breaks.
fn every(nth: u64) -> impl handover::Validator {
    check("every", move |record: &Record| match record.id().row % nth {
        0 => Err(Fault::new("its turn").column("number")),
        _ => Ok(()),
    })
}

/// The outcome of a run, without what depends on how far ahead the source was read.
fn outcome(run: Result<handover::Report, RunError>) -> (Option<(ErrorKind, String)>, Counts) {
    let (error, report) = match &run {
        Ok(report) => (None, report),
        Err(failed) => (Some((failed.error().kind(), failed.to_string())), failed.report().unwrap()),
    };
    assert!(report.counts.balanced(), "{report}");
    (error, Counts { read: 0, unfinished: 0, ..report.counts })
}

/// Runs with threads and batches of several numbers, into a folder with the
/// files of an earlier run: how it ended each time, and what is there then.
fn run(count: u64, nth: u64, rejects: impl Fn(&Path) -> Rejects) -> (Option<String>, Counts, [String; 2]) {
    let mut runs = Vec::new();
    for (threads, batch) in [(1, 1024), (1, 7), (2, 1), (4, 100)] {
        let folder = tempfile::tempdir().unwrap();
        let (target, aside) = (folder.path().join("out.csv"), folder.path().join("rejects"));
        fs::write(&target, "old").unwrap();
        fs::write(&aside, "old").unwrap();
        let pipeline = Pipeline::from(numbers(count)).validate(every(nth)).rejects(rejects(&aside));
        let run = pipeline.threads(threads).batch_records(batch).to(CsvSink::path(&target)).run();
        let (error, counts) = outcome(run);
        assert!(error.as_ref().is_none_or(|(kind, _)| *kind == ErrorKind::Rejects));
        assert!(files(folder.path()).iter().all(|name| !name.starts_with('.')));
        let left = [target, aside].map(|path| fs::read_to_string(path).unwrap_or_else(|_| "none".to_owned()));
        runs.push((error.map(|(_, message)| message), counts, left));
    }
    runs.dedup();
    assert_eq!(runs.len(), 1, "the runs differ");
    runs.remove(0)
}

#[test]
fn without_a_file_the_run_stops_at_the_first() {
    let (error, counts, left) = run(10, 3, |_| Rejects::stop_at_first());
    let message = "numbers:row 3:number: its turn (no rejects file is set, so the run stops at the first)";
    assert_eq!(error.as_deref(), Some(message));
    assert_eq!(counts, Counts { rejected: 1, ..Counts::default() });
    assert_eq!(left, ["old", "old"]);
}

#[test]
fn with_a_file_all_are_set_aside() {
    let (error, counts, [target, rejects]) = run(10, 3, |path| Rejects::csv(path));
    assert_eq!((error, counts.created, counts.rejected), (None, 7, 3));
    assert_eq!(target.lines().count(), 8);
    assert_eq!(
        rejects,
        "handover_place,handover_reasons,handover_raw,number,name\n\
         numbers:row 3,number: its turn [every],,3,王伟\n\
         numbers:row 6,number: its turn [every],,6,王伟\n\
         numbers:row 9,number: its turn [every],,9,王伟\n"
    );
}

#[test]
fn the_file_of_an_earlier_run_goes_if_nothing_is_rejected() {
    let (error, counts, [_, rejects]) = run(10, 11, |path| Rejects::csv(path));
    assert_eq!((error, counts.created, rejects.as_str()), (None, 10, "old"), "not ours: it stays");

    let folder = tempfile::tempdir().unwrap();
    let (target, aside) = (folder.path().join("out.csv"), folder.path().join("rejects.csv"));
    for (nth, there) in [(3, true), (11, false)] {
        let pipeline = Pipeline::from(numbers(10)).validate(every(nth)).rejects(Rejects::csv(&aside));
        pipeline.to(CsvSink::path(&target)).run().unwrap();
        assert_eq!(aside.exists(), there);
    }
}

#[test]
fn at_most_so_many() {
    let (error, counts, [_, rejects]) = run(10, 3, |path| Rejects::csv(path).at_most(3));
    assert_eq!((error, counts.rejected, rejects.lines().count()), (None, 3, 4));
    let (error, counts, [target, rejects]) = run(10, 3, |path| Rejects::csv(path).at_most(2));
    assert_eq!(error.as_deref(), Some("too many records are rejected: more than 2"));
    assert_eq!(counts, Counts { rejected: 3, ..Counts::default() });
    assert_eq!((target.as_str(), rejects.lines().count()), ("old", 4));
}

#[cfg(feature = "json")]
#[test]
fn json_lines_are_kept_alike() {
    let (error, counts, [target, rejects]) = run(10, 3, |path| Rejects::json_lines(path).at_most(0));
    assert_eq!(error.as_deref(), Some("too many records are rejected: more than 0"));
    assert_eq!((counts.rejected, target.as_str()), (1, "old"));
    assert_eq!(
        rejects,
        "{\"place\":{\"input\":\"numbers\",\"row\":3,\"line\":0},\
         \"reasons\":[{\"column\":\"number\",\"rule\":\"every\",\"severity\":\"error\",\"message\":\"its turn\"}],\
         \"record\":{\"number\":\"3\",\"name\":\"王伟\"}}\n"
    );
}

#[test]
fn at_most_a_share() {
    // Judged at the end of less than a thousand …
    let (error, counts, _) = run(10, 2, |path| Rejects::csv(path).at_most_share(0.5));
    assert_eq!((error, counts.rejected), (None, 5));
    let (error, counts, [target, rejects]) = run(10, 2, |path| Rejects::csv(path).at_most_share(0.4));
    assert_eq!(error.as_deref(), Some("too many records are rejected: 5 of 10, more than 40 %"));
    assert_eq!((counts.rejected, target.as_str(), rejects.lines().count()), (5, "old", 6));
    // … and from the thousandth on.
    let (error, counts, [target, rejects]) = run(3000, 2, |path| Rejects::csv(path).at_most_share(0.4));
    assert_eq!(error.as_deref(), Some("too many records are rejected: 500 of 1000, more than 40 %"));
    assert_eq!((counts.rejected, target.as_str(), rejects.lines().count()), (500, "old", 501));
}

#[test]
fn a_share_is_judged_of_late_answers_too() {
    let folder = tempfile::tempdir().unwrap();
    let rejects = Rejects::csv(folder.path().join("rejects.csv")).at_most_share(0.2);
    let sink = Sink(|rows: &mut Rows<'_>| {
        rows.answers_each();
        let ids = drain(rows)?;
        ids.into_iter().try_for_each(|id: RecordId| rows.answer(id, Answer::Refused(Fault::new("no"))))
    });
    let (error, counts) = outcome(Pipeline::from(numbers(10)).rejects(rejects).to(sink).run());
    let message = "too many records are rejected: 3 of 10, more than 20 %".to_owned();
    assert_eq!((error, counts.rejected), (Some((ErrorKind::Rejects, message)), 3));
}

#[test]
fn a_run_that_fails_for_another_reason_leaves_the_rejects_of_the_earlier_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    fs::write(&path, "old").unwrap();
    let sink = Sink(|rows: &mut Rows<'_>| {
        drain(rows)?;
        Err(Error::other("the target is gone"))
    });
    let run = Pipeline::from(numbers(10)).validate(every(3)).rejects(Rejects::csv(&path)).to(sink).run();
    let (error, counts) = outcome(run);
    assert_eq!((error, counts.rejected), (Some((ErrorKind::Other, "the target is gone".to_owned())), 3));
    assert_eq!(
        (files(folder.path()), fs::read(&path).unwrap()),
        (vec!["rejects.csv".to_owned()], b"old".into())
    );
}
