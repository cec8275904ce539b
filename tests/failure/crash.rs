//! A full disk, and a process that is killed: the target is the old file or
//! the new one, never half of one.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use handover::dedupe::{Dedupe, ExactKeys};
use handover::sink::CsvSink;
use handover::validate::check;
use handover::{Fault, Pipeline, Record, Rejects, RunError};

use crate::common::SmallDisk;
use crate::parts::{files, numbers};

/// A writer that takes so many bytes.
struct RunsOut(usize);

impl Write for RunsOut {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[track_caller]
fn balanced(failed: &RunError) -> &handover::Report {
    let report = failed.report().unwrap();
    assert!(report.counts.balanced(), "{report}");
    report
}

#[test]
fn a_writer_that_runs_out_fails_the_run() {
    for left in [0, 1, 100, 200_000, 400_000] {
        let failed = Pipeline::from(numbers(50_000)).to(CsvSink::writer(RunsOut(left))).run().unwrap_err();
        assert_eq!(failed.to_string(), "stream: cannot write: no storage space");
        assert_eq!(balanced(&failed).counts.written(), 0);
    }
}

#[test]
fn a_full_disk_leaves_the_old_target() {
    let Some(disk) = SmallDisk::mount() else { return };
    fs::write(disk.path("out.csv"), "old").unwrap();
    for count in [10_000, 100_000] {
        let failed =
            Pipeline::from(numbers(count)).to(CsvSink::path(disk.path("out.csv"))).run().unwrap_err();
        let message = "cannot write: No space left on device (os error 28)";
        assert_eq!(failed.to_string(), format!("{}: {message}", disk.path("out.csv").display()));
        assert_eq!(balanced(&failed).counts.written(), 0);
        assert_eq!(files(disk.folder()), ["out.csv"]);
        assert_eq!(fs::read(disk.path("out.csv")).unwrap(), b"old");
    }
}

#[cfg(feature = "excel")]
#[test]
fn a_full_disk_leaves_the_old_workbook() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.path("out.xlsx");
    fs::write(&path, "old").unwrap();
    let failed = Pipeline::from(numbers(100_000)).to(handover::ExcelSink::path(&path)).run().unwrap_err();
    let message = "cannot write the temporary file in which the rows wait, the disk may be full";
    assert_eq!(failed.to_string(), format!("{}: {message}", path.display()));
    assert_eq!(balanced(&failed).counts.written(), 0);
    assert_eq!(files(disk.folder()), ["out.xlsx"]);
    assert_eq!(fs::read(&path).unwrap(), b"old");
}

#[test]
fn a_full_disk_of_the_rejects_leaves_the_old_target() {
    let Some(disk) = SmallDisk::mount() else { return };
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.csv");
    fs::write(&target, "old").unwrap();
    fs::write(disk.path("rejects.csv"), "old").unwrap();
    for count in [5_000, 50_000] {
        let odd = check("odd", |record: &Record| match record.id().row % 2 {
            0 => Ok(()),
            _ => Err(Fault::new("odd")),
        });
        let pipeline = Pipeline::from(numbers(count)).validate(odd);
        let run = pipeline.rejects(Rejects::csv(disk.path("rejects.csv"))).to(CsvSink::path(&target)).run();
        let failed = run.unwrap_err();
        assert!(
            failed.to_string().ends_with("rejects.csv: cannot write: No space left on device (os error 28)")
        );
        assert_eq!(balanced(&failed).counts.written(), 0);
        assert_eq!(
            (files(folder.path()), fs::read(&target).unwrap()),
            (vec!["out.csv".to_owned()], b"old".into())
        );
        assert_eq!(files(disk.folder()), ["rejects.csv"]);
        assert_eq!(fs::read(disk.path("rejects.csv")).unwrap(), b"old");
    }
}

#[test]
fn a_crosswalk_that_does_not_fit_is_an_error_and_what_is_written_is_booked() {
    let Some(disk) = SmallDisk::mount() else { return };
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.csv");
    let pipeline = Pipeline::from(numbers(5_000)).dedupe(Dedupe::by(ExactKeys::on(["name"])));
    let first = check("first", |record: &Record| match record.id().row {
        1 => Err(Fault::new("first")),
        _ => Ok(()),
    });
    let rejects = folder.path().join("rejects.csv");
    let pipeline = pipeline.validate(first).rejects(Rejects::csv(&rejects));
    let run = pipeline.crosswalk(disk.path("crosswalk.csv")).to(CsvSink::path(&target)).run();
    let counts = balanced(&run.unwrap_err()).counts;
    assert_eq!((counts.created, counts.merged, counts.rejected), (1, 4_998, 1));
    assert_eq!(fs::read_to_string(&target).unwrap().lines().count(), 2);
    assert_eq!(fs::read_to_string(&rejects).unwrap().lines().count(), 2);
    assert_eq!(files(disk.folder()), [""; 0]);
}

/// The example that carries one file over, as `cargo test` has built it.
fn csv_to_csv() -> Option<PathBuf> {
    let test = std::env::current_exe().unwrap();
    let example = test.parent()?.parent()?.join("examples/csv_to_csv");
    if !example.exists() {
        println!("skipped: the example csv_to_csv is not built");
    }
    example.exists().then_some(example)
}

/// About 20 MB of customers.
fn write_customers(path: &Path) {
    let mut file = io::BufWriter::new(fs::File::create(path).unwrap());
    writeln!(file, "id,name,city,phone,note").unwrap();
    for id in 0..230_000 {
        writeln!(file, "{id},客户 {id},\"深圳, 南山\",+8613800138000,\"a \"\"quoted\"\" note of {id}\"")
            .unwrap();
    }
    file.flush().unwrap();
}

/// Runs the example, and kills it after some time. All the while the target
/// is the old file or the new one. Says how long it ran, and whether to the end.
fn run_for(example: &Path, folder: &Path, most: Duration, sizes: [u64; 2]) -> (Duration, bool) {
    let mut run = Command::new(example);
    let run = run.args(["in.csv", "out.csv"]).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    let (begun, mut child) = (Instant::now(), run.spawn().unwrap());
    loop {
        let size = fs::metadata(folder.join("out.csv")).unwrap().len();
        assert!(sizes.contains(&size), "{size} bytes");
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return (begun.elapsed(), true);
        }
        if begun.elapsed() >= most {
            child.kill().unwrap();
            let ended = child.wait().unwrap().success();
            return (begun.elapsed(), ended);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_killed_run_leaves_the_old_target_or_the_new() {
    let Some(example) = csv_to_csv() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write_customers(&path("in.csv"));
    let new = fs::read(path("in.csv")).unwrap();
    let sizes = [3, new.len() as u64];
    fs::write(path("out.csv"), "old").unwrap();
    let (whole, ended) = run_for(&example, folder.path(), Duration::MAX, sizes);
    assert!(ended && fs::read(path("out.csv")).unwrap() == new);
    let (mut killed, moments) = (0, [2, 30, 60, 85, 94, 97, 99, 101]);
    for percent in moments {
        fs::write(path("out.csv"), "old").unwrap();
        let (_, ended) = run_for(&example, folder.path(), whole * percent / 100, sizes);
        killed += u32::from(!ended);
        let left = fs::read(path("out.csv")).unwrap();
        assert!(left == new || (left == b"old" && !ended), "{} bytes are left", left.len());
    }
    assert!(killed > 0);
    let others: Vec<_> =
        files(folder.path()).into_iter().filter(|name| name != "in.csv" && name != "out.csv").collect();
    assert!(others.iter().all(|name| name.starts_with(".out.") && name.ends_with(".tmp")), "{others:?}");
}
