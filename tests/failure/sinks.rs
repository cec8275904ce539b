//! Sinks that do not do what they should.

use handover::dedupe::{Dedupe, ExactKeys, Links, Records};
use handover::map::map_with;
use handover::pipeline::Outcome;
use handover::{Answer, Error, ErrorKind, Fault, Pipeline, Record, RecordId, Rejects, Rows, Schema};

use crate::parts::{Detector, Numbers, Sink, drain, numbers};

fn id(row: u64) -> RecordId {
    RecordId { input: 0, row, part: 0 }
}

/// Runs five numbers into a sink that the run must fail for.
fn fails(sink: impl FnMut(&mut Rows<'_>) -> handover::Result<()> + Send) -> (ErrorKind, String) {
    let folder = tempfile::tempdir().unwrap();
    let rejects = Rejects::csv(folder.path().join("rejects.csv"));
    let failed = Pipeline::from(numbers(5)).rejects(rejects).to(Sink(sink)).run().unwrap_err();
    let report = failed.report().unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    assert!(report.counts.balanced(), "{report}");
    assert_eq!(report.counts.written(), 0, "{report}");
    (failed.error().kind(), failed.to_string())
}

#[test]
fn an_error_swallowed_is_an_error() {
    let errs = |number| if number == 3 { Err(Error::other("gone")) } else { Ok(()) };
    let source = || Numbers { count: 5, before: errs };
    let expected = "the target went on after an error: numbers: gone";
    let once = Sink(|rows: &mut Rows<'_>| {
        while let Ok(Some(_)) = rows.next() {}
        Ok(())
    });
    let failed = Pipeline::from(source()).batch_records(1).to(once).run().unwrap_err();
    assert_eq!(failed.to_string(), expected);
    assert_eq!((failed.report().unwrap().counts.read, failed.report().unwrap().counts.unfinished), (2, 2));
    let again = Sink(|rows: &mut Rows<'_>| {
        (0..10).for_each(|_| drop(rows.next().map(|record| record.is_some())));
        assert_eq!(rows.next().unwrap_err().to_string(), "numbers: gone");
        Ok(())
    });
    assert_eq!(Pipeline::from(source()).batch_records(1).to(again).run().unwrap_err().to_string(), expected);
}

#[test]
fn so_is_one_of_a_reject_that_ends_the_run() {
    let sink = Sink(|rows: &mut Rows<'_>| {
        while rows.next()?.is_some() {
            let _ = rows.refuse("not wanted");
        }
        Ok(())
    });
    let failed = Pipeline::from(numbers(5)).to(sink).run().unwrap_err();
    assert_eq!(failed.error().kind(), ErrorKind::Rejects);
    let counts = failed.report().unwrap().counts;
    assert_eq!((counts.read, counts.rejected, counts.unfinished), (5, 1, 4));
}

#[test]
fn a_sink_that_stops_early_has_not_written_everything() {
    let expected =
        (ErrorKind::Unbalanced, "the target: the sink returned before it had pulled every record".to_owned());
    for pulled in [0, 1, 4, 5] {
        let sink = |rows: &mut Rows<'_>| (0..pulled).try_for_each(|_| rows.next().map(drop));
        assert_eq!(fails(sink), expected);
    }
}

#[test]
fn going_on_after_the_end_is_harmless() {
    let sink = Sink(|rows: &mut Rows<'_>| {
        drain(rows)?;
        assert!(rows.next()?.is_none() && rows.next()?.is_none());
        Ok(())
    });
    assert_eq!(Pipeline::from(numbers(5)).to(sink).run().unwrap().counts.created, 5);
}

#[test]
fn a_sink_speaks_only_of_records_it_has() {
    let refused = "the target went on after an error: the sink answered for a record that it does not have";
    let warned = "the target went on after an error: the sink warned of a record that it does not have";
    let unbalanced = |message: &str| (ErrorKind::Unbalanced, message.to_owned());
    let speak = |rows: &mut Rows<'_>, refuse: bool| match refuse {
        true => drop(rows.refuse("no")),
        false => rows.warn("hm"),
    };
    for (refuse, message) in [(true, refused), (false, warned)] {
        for each in [false, true] {
            let before = |rows: &mut Rows<'_>| {
                if each {
                    rows.answers_each();
                }
                speak(rows, refuse);
                drain(rows).map(drop).or(Ok(()))
            };
            assert_eq!(fails(before), unbalanced(message));
        }
        let after = |rows: &mut Rows<'_>| {
            drain(rows)?;
            speak(rows, refuse);
            Ok(())
        };
        assert_eq!(fails(after), unbalanced(message));
    }
    let twice = |rows: &mut Rows<'_>| {
        rows.next()?;
        rows.refuse("no")?;
        rows.refuse("no")
    };
    assert_eq!(fails(twice), unbalanced("the sink answered for a record that it does not have"));
}

#[test]
fn answers_come_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    for batch in [1, 2, 1024] {
        let sink = Sink(|rows: &mut Rows<'_>| {
            rows.answers_each();
            let ids = drain(rows)?;
            for id in ids.into_iter().rev() {
                rows.answer(
                    id,
                    match id.row % 4 {
                        0 => Answer::Created,
                        1 => Answer::Updated,
                        2 => Answer::Unchanged,
                        _ => Answer::Refused(Fault::new("not wanted").column("name")),
                    },
                )?;
            }
            Ok(())
        });
        let run = Pipeline::from(numbers(9)).batch_records(batch).rejects(Rejects::csv(&path)).to(sink).run();
        let counts = run.unwrap().counts;
        assert!(counts.balanced());
        assert_eq!((counts.created, counts.updated, counts.unchanged, counts.rejected), (2, 3, 2, 2));
        let rejects = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            rejects,
            "handover_place,handover_reasons,handover_raw,number,name\n\
             numbers:row 7,name: not wanted [sink],,7,王伟\n\
             numbers:row 3,name: not wanted [sink],,3,王伟\n"
        );
    }
}

#[test]
fn a_forgotten_answer_leaves_its_record_in_doubt() {
    let forgets = |rows: &mut Rows<'_>| {
        rows.answers_each();
        let ids = drain(rows)?;
        ids.into_iter().skip(1).try_for_each(|id| rows.answer(id, Answer::Created))
    };
    let message = "the target: no answer for 1 records, which are in doubt".to_owned();
    assert_eq!(fails(forgets), (ErrorKind::Unbalanced, message));
}

#[test]
fn an_answer_too_many_is_an_error() {
    let message =
        |row: u64| (ErrorKind::Unbalanced, format!("an answer for row {row} of input 1, which is not open"));
    let twice = |rows: &mut Rows<'_>| {
        rows.answers_each();
        rows.next()?;
        rows.answer(id(1), Answer::Created)?;
        rows.answer(id(1), Answer::Updated)
    };
    assert_eq!(fails(twice), message(1));
    let unknown = |rows: &mut Rows<'_>| {
        rows.answers_each();
        rows.next()?;
        rows.answer(id(2), Answer::Created)
    };
    assert_eq!(fails(unknown), message(2));
    let undeclared = |rows: &mut Rows<'_>| {
        rows.next()?;
        rows.answer(id(1), Answer::Created)
    };
    assert_eq!(fails(undeclared), message(1));
}

#[test]
fn what_was_marked_as_durable_stays_written() {
    for each in [false, true] {
        for batch in [1, 1024] {
            let sink = Sink(|rows: &mut Rows<'_>| {
                if each {
                    rows.answers_each();
                }
                while let Some(record) = rows.next()? {
                    let id = record.id();
                    if each {
                        rows.answer(id, Answer::Updated)?;
                    } else if id.row == 2 {
                        rows.refuse("no")?;
                    }
                    match id.row {
                        4 => rows.mark_durable(),
                        6 => return Err(Error::other("the target is gone")),
                        _ => {}
                    }
                }
                Ok(())
            });
            let folder = tempfile::tempdir().unwrap();
            let rejects = Rejects::csv(folder.path().join("rejects.csv"));
            let pipeline = Pipeline::from(numbers(9)).batch_records(batch).rejects(rejects).to(sink);
            let failed = pipeline.run().unwrap_err();
            let counts = failed.report().unwrap().counts;
            let expected = if each { (0, 4, 0) } else { (3, 0, 1) };
            assert_eq!((counts.created, counts.updated, counts.rejected), expected);
            assert_eq!(counts.read, if batch == 1 { 6 } else { 9 });
            assert!(counts.balanced(), "{counts:?}");
        }
    }
}

/// Merges the records of odd number.
fn odd() -> Dedupe<'static> {
    Dedupe::by(Detector(|records: &Records, links: &mut Links| {
        (2..records.len()).step_by(2).for_each(|record| links.same(0, record));
        Ok(())
    }))
}

#[test]
fn a_golden_record_refused_takes_its_members_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (rejects, crosswalk) = (folder.path().join("rejects.csv"), folder.path().join("crosswalk.csv"));
    for refused in [1, 2] {
        let sink = Sink(|rows: &mut Rows<'_>| {
            while let Some(record) = rows.next()? {
                if record.id().row == refused {
                    rows.refuse("not wanted")?;
                }
            }
            Ok(())
        });
        let pipeline = Pipeline::from(numbers(5)).dedupe(odd()).rejects(Rejects::csv(&rejects));
        let counts = pipeline.crosswalk(&crosswalk).to(sink).run().unwrap().counts;
        assert!(counts.balanced());
        let crosswalk = std::fs::read_to_string(&crosswalk).unwrap();
        let (expected, rows) = if refused == 1 { ((2, 0, 3), 0) } else { ((2, 2, 1), 2) };
        assert_eq!((counts.created, counts.merged, counts.rejected), expected);
        assert_eq!(crosswalk.lines().count(), 1 + rows, "{crosswalk}");
    }
}

#[test]
fn a_row_of_which_several_parts_are_refused_is_set_aside_once() {
    let folder = tempfile::tempdir().unwrap();
    let rejects = folder.path().join("rejects.csv");
    for held in [false, true] {
        let twice = map_with(Schema::text(["number"]).unwrap(), |record: &Record, out| {
            out.record().set("number", record.get("number")?)?;
            out.record().set("number", record.get("number")?)
        });
        let refuse_all = Sink(|rows: &mut Rows<'_>| {
            while rows.next()?.is_some() {
                rows.refuse("not wanted")?;
            }
            Ok(())
        });
        let pipeline = Pipeline::from(numbers(2)).map(twice).rejects(Rejects::csv(&rejects)).to(refuse_all);
        let pipeline = if held { pipeline.dedupe(Dedupe::by(ExactKeys::on(["number"]))) } else { pipeline };
        let counts = pipeline.run().unwrap().counts;
        assert_eq!((counts.read, counts.split, counts.rejected), (2, 2, 4));
        assert!(counts.balanced());
        assert_eq!(
            std::fs::read_to_string(&rejects).unwrap(),
            "handover_place,handover_reasons,handover_raw,number,name\n\
             numbers:row 1,not wanted [sink],,1,王伟\n\
             numbers:row 2,not wanted [sink],,2,王伟\n"
        );
    }
}
