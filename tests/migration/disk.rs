//! Disks that are full, or can only be read: the run stops and says where, nothing is lost, and it goes on when
//! there is space.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use handover::Error;
use handover::migration::{Migration, RunReport, SqliteStore};

use super::demo::Demo;
use super::legacy::Legacy;
use super::small_disk::SmallDisk;
use super::sqlite::differ;
use super::state::{State, move_onto};

/// Where a child is to plan.
const PLAN: &str = "HANDOVER_DISK_PLAN";

/// A demonstration of some pages, planned and approved.
struct Ground {
    demo: Demo,
    /// The file that is on a disk.
    path: PathBuf,
    before: String,
}

impl Ground {
    fn new() -> Self {
        let demo = Demo::new();
        let row = |number| format!("k{number},Name {number},k{number}@example.com,0049 30 {number},a\n");
        let rows: String = (0..2000).map(row).collect();
        demo.input("contacts.csv", &format!("id,name,email,phone,company\n{rows}"));
        let mut migration = demo.migration();
        let plan = migration.plan().unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        drop(migration);
        Ground { path: demo.path("crm.db"), before: demo.dump(), demo }
    }

    /// One whose file of this name is on a disk.
    fn on(disk: &SmallDisk, name: &str) -> Self {
        let ground = Ground::new();
        let path = ground.demo.path(name);
        move_onto(disk, &path);
        Ground { path, ..ground }
    }

    fn migration(&self) -> Migration {
        self.demo.migration().batch_records(256)
    }

    fn apply(&self) -> Result<RunReport, Error> {
        apply(&mut self.migration())
    }

    /// Makes sure that all is as if nothing had happened, and that it can be taken back.
    fn is_whole(&self, expected: &(String, String)) {
        assert_eq!(differ(&self.demo.dump(), &expected.0), None, "the target");
        assert_eq!(differ(&self.demo.ledger(), &expected.1), None, "the ledger");
        self.migration().undo(1, Default::default()).unwrap();
        assert_eq!(differ(&self.demo.dump(), &self.before), None);
    }
}

fn apply(migration: &mut Migration) -> Result<RunReport, Error> {
    let plan = migration.last_plan()?.unwrap();
    migration.apply(&plan.hash)
}

fn error<T>(result: Result<T, Error>) -> String {
    result.err().expect("an error").to_string()
}

/// What a run leaves in target and ledger that nothing happens to.
fn undisturbed() -> (String, String) {
    let ground = Ground::new();
    ground.apply().unwrap();
    (ground.demo.dump(), ground.demo.ledger())
}

/// How large a file is, and some KiB more.
fn and_more(path: &Path, more: u64) -> String {
    format!("size={}k", (fs::metadata(path).unwrap().len() >> 10) + more)
}

#[test]
fn a_full_disk_of_the_target_stops_a_run() {
    let expected = undisturbed();
    for (more, table) in [(0, "companies"), (20, "contacts"), (100, "contacts")] {
        let Some(disk) = SmallDisk::of_size("16m") else { return };
        let ground = Ground::on(&disk, "crm.db");
        disk.remount(&and_more(&ground.path, more));
        let full = format!("{}[{table}]: database or disk is full", ground.path.display());
        assert_eq!(error(ground.apply()), full, "{more}");
        assert_eq!(error(ground.migration().resume()), full, "{more}");
        disk.remount("size=16m");
        ground.migration().resume().unwrap();
        ground.is_whole(&expected);
    }
}

#[test]
fn a_full_disk_of_the_store_stops_a_run() {
    let expected = undisturbed();
    for (more, began) in [(40, false), (60, true), (200, true), (300, true)] {
        let Some(disk) = SmallDisk::of_size("16m") else { return };
        let ground = Ground::on(&disk, "store.db");
        disk.remount(&and_more(&ground.path, more));
        let full = format!("{}: database or disk is full", ground.path.display());
        assert_eq!(error(ground.apply()), full, "{more}");
        disk.remount("size=16m");
        let mut migration = ground.migration();
        assert_eq!(!migration.runs().unwrap().is_empty(), began, "{more}");
        let report = if began { migration.resume() } else { apply(&mut migration) };
        report.unwrap();
        drop(migration);
        ground.is_whole(&expected);
    }
}

#[test]
fn a_store_that_cannot_be_opened_for_want_of_space_is_named() {
    let Some(disk) = SmallDisk::of_size("16m") else { return };
    let ground = Ground::on(&disk, "store.db");
    disk.remount(&and_more(&ground.path, 0));
    let message = "cannot make a file beside it, the disk may be full: disk I/O error";
    assert_eq!(error(SqliteStore::open(&ground.path)), format!("{}: {message}", ground.path.display()));
}

#[test]
fn a_full_disk_of_the_store_stops_taking_a_run_back() {
    let Some(disk) = SmallDisk::of_size("16m") else { return };
    let ground = Ground::on(&disk, "store.db");
    ground.apply().unwrap();
    for more in [60, 120] {
        disk.remount(&and_more(&ground.path, more));
        let full = format!("{}: database or disk is full", ground.path.display());
        assert_eq!(error(ground.migration().undo(1, Default::default())), full, "{more}");
        disk.remount("size=16m");
    }
    ground.migration().undo(1, Default::default()).unwrap();
    assert_eq!(differ(&ground.demo.dump(), &ground.before), None);
}

/// A child plans, with a small disk for its copies.
#[test]
fn a_plan_whose_copies_have_no_room_says_where() {
    if let Some(folder) = env::var_os(PLAN) {
        println!("refused: {}", error(super::demo::migration(Path::new(&folder)).batch_records(256).plan()));
        return;
    }
    let ground = Ground::new();
    let copy = format!("copy of {}", ground.path.display());
    for (size, what) in [("16k", copy.as_str()), ("240k", "store.db")] {
        let Some(disk) = SmallDisk::of_size(size) else { return };
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["disk::a_plan_whose_copies_have_no_room_says_where", "--exact", "--nocapture"]);
        child.env(PLAN, ground.demo.folder.path()).env("TMPDIR", disk.folder());
        let said = String::from_utf8(child.output().unwrap().stdout).unwrap();
        let refused = said.lines().find(|line| line.starts_with("refused: ")).unwrap_or(&said);
        assert!(
            refused.starts_with(&format!("refused: rehearsal in {}/", disk.folder().display())),
            "{refused}"
        );
        assert!(refused.ends_with(&format!("{what}: database or disk is full")), "{refused}");
    }
    assert_eq!(differ(&ground.demo.dump(), &ground.before), None);
}

#[test]
fn a_full_disk_stops_taking_the_demonstration_back() {
    let Some(disk) = SmallDisk::of_size("16m") else { return };
    let legacy = Legacy::new();
    let before = legacy.dump();
    legacy.apply(&mut legacy.migration());
    let target = legacy.path("crm.db");
    move_onto(&disk, &target);
    let applied = State::of(&legacy.path(""));
    for more in [0, 128, 256] {
        applied.put_back();
        disk.remount(&and_more(&target, more));
        let mut migration = legacy.migration().batch_records(512);
        let full = format!("{}[activities]: database or disk is full", target.display());
        assert_eq!(error(migration.undo(1, Default::default())), full);
        let refused = "taking run 1 back did not come to its end: undo it again";
        assert_eq!(error(migration.plan()), refused);
        disk.remount("size=16m");
        migration.undo(1, Default::default()).unwrap();
        assert_eq!(differ(&legacy.dump(), &before), None, "{more}");
    }
}

#[test]
fn a_disk_that_can_only_be_read_is_told_and_the_run_goes_on_once_it_can_be_written() {
    let expected = undisturbed();
    let Some(disk) = SmallDisk::of_size("16m") else { return };
    let ground = Ground::on(&disk, "crm.db");
    disk.lock();
    let mut migration = ground.migration();
    let message = "[companies]: cannot write: the file or its folder is read-only";
    assert_eq!(error(apply(&mut migration)), format!("{}{message}", ground.path.display()));
    assert_eq!(differ(&ground.demo.dump(), &ground.before), None);
    disk.remount("rw");
    migration.resume().unwrap();
    ground.is_whole(&expected);
}

/// Lets nobody, root neither, change a file, or add any to a folder; says whether that is permitted.
fn immutable(path: &Path, is: bool) -> bool {
    let how = if is { "+i" } else { "-i" };
    let done = Command::new("chattr").arg(how).arg(path).output().is_ok_and(|done| done.status.success());
    if !done {
        println!("skipped: no file can be made immutable here");
    }
    done
}

#[test]
fn a_file_or_folder_that_can_only_be_read_is_told() {
    let expected = undisturbed();
    let beside = "cannot open the file, or make another beside it: its folder may be read-only: \
                  unable to open database file";
    let cases = [("folder/crm.db", "cannot write: the file or its folder is read-only"), ("folder", beside)];
    for (locked, message) in cases {
        let ground = Ground::new();
        let there = ground.demo.path("folder/crm.db");
        fs::create_dir(ground.demo.path("folder")).unwrap();
        fs::rename(&ground.path, &there).unwrap();
        std::os::unix::fs::symlink(&there, &ground.path).unwrap();
        let locked = ground.demo.path(locked);
        if !immutable(&locked, true) {
            return;
        }
        let refused = error(ground.apply());
        immutable(&locked, false);
        assert_eq!(refused, format!("{}[companies]: {message}", ground.path.display()));
        assert_eq!(differ(&ground.demo.dump(), &ground.before), None);
        ground.migration().resume().unwrap();
        ground.is_whole(&expected);
    }
}
