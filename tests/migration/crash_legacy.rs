//! The demonstration dies: whenever it does, it goes on, and in the end target and ledger are what an undisturbed
//! run leaves. With `PROPTEST_CASES=2560` it dies ten times as often.

use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use handover::migration::{Migration, SqliteStore, SqliteTarget};
use handover::testing::{Child, Death, KillMatrix, Mortal};

use super::cases::cases;
use super::legacy::Legacy;
use super::sqlite::{differ, ledger};
use super::state::{State, approved};

/// What a child is to do, and in which folder.
const PART: &str = "HANDOVER_LEGACY_PART";
const TEST: &str = "crash_legacy::the_demonstration_survives_its_deaths";
/// Records that are written together: the demonstration has 7,140.
const BATCH: usize = 512;

/// The demonstration in a folder, whose store and target may die.
fn mortal(folder: &Path) -> Migration {
    let target = Mortal::new(SqliteTarget::path(folder.join("crm.db")));
    let store = Mortal::new(SqliteStore::open(folder.join("store.db")).unwrap());
    let migration = Migration::load(folder.join("migration.toml")).unwrap();
    migration.with_target(target).with_store(store).batch_records(BATCH)
}

/// What a child does.
fn child(part: &str) {
    let (what, folder) = part.split_once('|').unwrap();
    let mut migration = mortal(Path::new(folder));
    match what {
        "apply" => {
            let plan = migration.last_plan().unwrap().unwrap();
            drop(migration.apply(&plan.hash).unwrap());
        }
        "undo" => drop(migration.undo(1, Default::default()).unwrap()),
        other => panic!("{other}"),
    }
    Mortal::tell();
}

/// What children leave, in target and ledger.
struct Left {
    target: String,
    ledger: String,
}

impl Left {
    fn by(legacy: &Legacy) -> Self {
        // Taking something back again is another run.
        let ledger = ledger(&legacy.path("store.db")).replace("taken back by run 3", "taken back by run 2");
        Left { target: legacy.dump(), ledger }
    }

    /// Makes sure that two are the same, and shows only the first line that is not.
    fn is(&self, expected: &Left, when: &str) {
        assert_eq!(differ(&self.target, &expected.target), None, "the target, {when}");
        assert_eq!(differ(&self.ledger, &expected.ledger), None, "the ledger, {when}");
    }
}

/// The demonstration, as it is put back before each death.
struct Ground {
    matrix: KillMatrix,
    legacy: Legacy,
    before: State,
    what: &'static str,
}

impl Ground {
    fn part(&self) -> String {
        format!("{}|{}", self.what, self.legacy.path("").display())
    }

    fn migration(&self) -> Migration {
        self.legacy.migration().batch_records(BATCH)
    }

    /// What it leaves when nothing happens, how many steps that takes, and how long.
    fn undisturbed(&self) -> (Left, u64, Duration) {
        let began = Instant::now();
        let steps = self.matrix.undisturbed().run_whole(PART, &self.part());
        (Left::by(&self.legacy), steps, began.elapsed())
    }

    /// Lets it die at steps and at moments, and go on each time.
    fn dies(&self, expected: &Left, (steps, time): (u64, Duration), goes_on: impl Fn(&mut Migration)) {
        let dies = |child: &Child, how: &str| {
            self.before.put_back();
            if child.run(PART, &self.part()) == Death::Killed {
                goes_on(&mut self.migration());
            }
            Left::by(&self.legacy).is(expected, &format!("killed at {how} {}", child.number));
        };
        self.matrix.each_step(steps, |child| dies(child, "step"));
        self.matrix.at_moments(time, cases(3).cases, |child| dies(child, "moment"));
    }
}

#[test]
fn the_demonstration_survives_its_deaths() {
    if let Ok(part) = env::var(PART) {
        return child(&part);
    }
    let matrix = KillMatrix::of_test(TEST).at_most(cases(8).cases.into());
    let (legacy, before) = approved();
    let untouched = legacy.dump();
    let ground = Ground { matrix, legacy, before, what: "apply" };
    let (expected, steps, time) = ground.undisturbed();
    assert!(steps > 60, "{steps} steps");
    ground.dies(&expected, (steps, time), |migration| match migration.runs().unwrap().last() {
        Some(run) if !run.ended => drop(migration.resume().unwrap()),
        Some(_) => {}
        None => {
            let plan = migration.last_plan().unwrap().unwrap();
            drop(migration.apply(&plan.hash).unwrap());
        }
    });
    let mut migration = ground.migration();
    assert!(migration.verify(Default::default()).unwrap().is_clean());
    migration.undo(1, Default::default()).unwrap();
    assert_eq!(differ(&ground.legacy.dump(), &untouched), None);
}

#[test]
fn taking_the_demonstration_back_survives_its_deaths() {
    let (legacy, _) = approved();
    let untouched = legacy.dump();
    let mut migration = legacy.migration().batch_records(BATCH);
    let plan = migration.last_plan().unwrap().unwrap();
    migration.apply(&plan.hash).unwrap();
    drop(migration);
    let (matrix, before) =
        (KillMatrix::of_test(TEST).at_most(cases(8).cases.into()), State::of(&legacy.path("")));
    let ground = Ground { matrix, legacy, before, what: "undo" };
    let (expected, steps, time) = ground.undisturbed();
    assert_eq!(differ(&expected.target, &untouched), None);
    assert!(steps > 20, "{steps} steps");
    ground.dies(&expected, (steps, time), |migration| {
        if migration.runs().unwrap()[0].undone_by.is_none() {
            migration.undo(1, Default::default()).unwrap();
        }
    });
}
