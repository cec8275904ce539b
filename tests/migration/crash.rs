//! Runs that die: whatever the step, what comes after it goes on, and in the
//! end the target is what an undisturbed run leaves.

use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use handover::migration::{Migration, SqliteStore, SqliteTarget};
use handover::testing::{Child, Death, KillMatrix, Mortal};

use super::demo::{Demo, entities};

/// What a child is to do, and in which folder.
const PART: &str = "HANDOVER_CRASH_PART";
const TEST: &str = "crash::a_run_that_dies_at_any_step_goes_on";

fn mortal(folder: &Path) -> Migration {
    let path = |name: &str| folder.join(name);
    let store = Mortal::new(SqliteStore::open(path("store.db")).unwrap());
    let target = Mortal::new(SqliteTarget::path(path("crm.db")));
    entities(Migration::new("crm_a", store, target), folder).batch_records(64)
}

/// What a child does.
fn child(part: &str) {
    let (what, folder) = part.split_once(' ').unwrap();
    let mut migration = mortal(Path::new(folder));
    match what {
        "apply" => {
            let plan = migration.last_plan().unwrap().unwrap();
            drop(migration.apply(&plan.hash).unwrap());
        }
        "resume" => drop(migration.resume().unwrap()),
        "undo" => drop(migration.undo(1, Default::default()).unwrap()),
        other => panic!("{other}"),
    }
    Mortal::tell();
}

/// A demonstration with more rows than go into a batch, planned and approved.
fn ready() -> Demo {
    let demo = Demo::new();
    let mut contacts = String::from("id,name,email,phone,company\n");
    for number in 0..400 {
        contacts +=
            &format!("k{number},Name {number},k{number}@example.com,,{}\n", ["a", "b", "zz", ""][number % 4]);
    }
    demo.input("contacts.csv", &contacts);
    let mut migration = demo.migration();
    let plan = migration.plan().unwrap();
    migration.approve(&plan.hash, "wang", "").unwrap();
    demo
}

fn part(what: &str, demo: &Demo) -> String {
    format!("{what} {}", demo.folder.path().display())
}

/// The dump and the ledger that an undisturbed run leaves, and how many steps it takes.
fn undisturbed(matrix: &KillMatrix) -> (String, String, u64, Duration) {
    let demo = ready();
    let began = Instant::now();
    let steps = matrix.undisturbed().run_whole(PART, &part("apply", &demo));
    (demo.dump(), demo.ledger(), steps, began.elapsed())
}

/// Makes sure that two texts are the same, and shows only the first line that is not.
fn same(is: &str, expected: &str, child: &Child) {
    let differ = is.lines().zip(expected.lines()).find(|(is, expected)| is != expected);
    assert_eq!(differ, None, "death {}", child.number);
    assert_eq!(is.lines().count(), expected.lines().count(), "death {}", child.number);
}

fn goes_on(child: &Child, expected: &(String, String, u64, Duration)) {
    let demo = ready();
    let before = demo.dump();
    let death = child.run(PART, &part("apply", &demo));
    if death == Death::Killed {
        match demo.migration().runs().unwrap().last() {
            Some(run) if !run.ended => drop(child.run_whole(PART, &part("resume", &demo))),
            Some(_) => {}
            None => drop(child.run_whole(PART, &part("apply", &demo))),
        }
    }
    same(&demo.dump(), &expected.0, child);
    same(&demo.ledger(), &expected.1, child);
    demo.migration().undo(1, Default::default()).unwrap();
    same(&demo.dump(), &before, child);
}

#[test]
fn a_run_that_dies_at_any_step_goes_on() {
    if let Ok(part) = env::var(PART) {
        return child(&part);
    }
    let matrix = KillMatrix::of_test(TEST).at_most(60);
    let expected = undisturbed(&matrix);
    assert!(expected.2 > 20, "{} steps", expected.2);
    matrix.each_step(expected.2, |child| goes_on(child, &expected));
    matrix.at_moments(expected.3, 8, |child| goes_on(child, &expected));
}

#[test]
fn an_undo_that_dies_at_any_step_goes_on() {
    let matrix = KillMatrix::of_test(TEST).at_most(30);
    let demo = ready();
    let before = demo.dump();
    matrix.undisturbed().run_whole(PART, &part("apply", &demo));
    let steps = matrix.undisturbed().run_whole(PART, &part("undo", &demo));
    assert_eq!(demo.dump(), before);
    matrix.each_step(steps, |child| {
        let demo = ready();
        child.run_whole(PART, &part("apply", &demo));
        if child.run(PART, &part("undo", &demo)) == Death::Killed
            && demo.migration().runs().unwrap()[0].undone_by.is_none()
        {
            child.run_whole(PART, &part("undo", &demo));
        }
        same(&demo.dump(), &before, child);
    });
}
