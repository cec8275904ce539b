//! Rows are backed up to every place before the first is changed, or nothing is.

use std::fs;
use std::path::{Path, PathBuf};

use handover::Error;
use handover::migration::{Migration, Plan, RunReport};

use super::demo::Demo;
use super::small_disk::SmallDisk;

/// A demonstration with a second place for backups, planned and approved.
struct Ground {
    demo: Demo,
    second: PathBuf,
    plan: Plan,
    before: String,
}

impl Ground {
    fn new(second: &str) -> Self {
        let demo = Demo::new();
        let second = demo.path(second);
        let mut migration = demo.migration().backup(&second);
        let plan = migration.plan().unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        let before = demo.dump();
        Ground { demo, second, plan, before }
    }

    fn migration(&self) -> Migration {
        self.demo.migration().backup(&self.second)
    }

    fn apply(&self) -> Result<RunReport, Error> {
        self.migration().apply(&self.plan.hash)
    }

    /// The backups of the run, in both places.
    fn files(&self) -> [PathBuf; 2] {
        let name = format!("run-1-{}.backup.jsonl", &self.plan.hash[..12]);
        [self.demo.path("backup").join(&name), self.second.join(name)]
    }

    /// Makes sure that nothing was begun; once the hindrance is gone, the same plan is applied.
    fn is_refused(&self, message: &str, amend: impl FnOnce()) {
        assert_eq!(self.apply().unwrap_err().to_string(), message);
        assert!(self.demo.dump() == self.before, "the target was changed");
        assert!(self.migration().runs().unwrap().is_empty());
        amend();
        let report = self.apply().unwrap();
        let places = report.backups.iter().map(|backup| (backup.path.clone(), backup.rows));
        assert_eq!(places.collect::<Vec<_>>(), self.files().map(|path| (path, 1)));
    }
}

fn names(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn a_place_that_cannot_be_made_is_refused_before_the_first_write() {
    let ground = Ground::new("no folder/second");
    let hindrance = ground.demo.path("no folder");
    fs::write(&hindrance, "").unwrap();
    let message = "cannot make the folder: Not a directory (os error 20)";
    ground.is_refused(&format!("{}: {message}", ground.second.display()), || {
        fs::remove_file(&hindrance).unwrap()
    });
}

#[test]
fn a_place_that_is_full_is_refused_before_the_first_write() {
    let Some(disk) = SmallDisk::mount() else { return };
    let ground = Ground::new(disk.path("second").to_str().unwrap());
    fs::write(disk.path("filler"), [0; 64 << 10]).unwrap();
    let message = "cannot write: No space left on device (os error 28)";
    ground.is_refused(&format!("{}: {message}", ground.files()[1].display()), || {
        assert_eq!(names(&ground.demo.path("backup")), 0, "a place has a backup of a run that never began");
        fs::remove_file(disk.path("filler")).unwrap();
    });
}

/// Whatever is written to `/dev/null` is taken, and is not there when it is read back.
#[test]
fn a_place_that_does_not_keep_what_is_written_is_refused_before_the_first_write() {
    let ground = Ground::new("second");
    let [_, swallows] = ground.files();
    fs::create_dir(&ground.second).unwrap();
    std::os::unix::fs::symlink("/dev/null", &swallows).unwrap();
    let message = format!("{}: the backup is not what was written", swallows.display());
    ground.is_refused(&message, || fs::remove_file(&swallows).unwrap());
}

/// Taking back needs no backup: it goes by the journal. Who has one of them left can read the rows out of it.
#[test]
fn one_place_is_enough_when_the_other_is_damaged_or_gone() {
    for damage in [|path: &Path| fs::remove_file(path), |path: &Path| fs::write(path, "{}\n")] {
        let ground = Ground::new("second");
        let report = ground.apply().unwrap();
        let [first, second] = &report.backups[..] else { panic!("two backups") };
        assert_eq!((first.sha256 == second.sha256, first.rows), (true, 1));
        damage(&first.path).unwrap();
        assert_eq!(ground.migration().verify(Default::default()).unwrap().tampering.len(), 1);
        second.check(None).unwrap();
        let mut rows = Vec::new();
        second
            .read(None, &mut |row| {
                rows.push(row);
                Ok(())
            })
            .unwrap();
        assert_eq!((rows[0].table.as_str(), rows[0].id.to_string()), ("contacts", "10".to_owned()));
        assert!(rows[0].values.contains(&("phone".to_owned(), None)), "Anna had none");
        ground.migration().undo(1, Default::default()).unwrap();
        assert!(ground.demo.dump() == ground.before);
    }
}
