//! The demonstration dies: whenever it does, it goes on, and in the end target and ledger are what an undisturbed
//! run leaves. With `PROPTEST_CASES=2560` it dies ten times as often.

use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use handover::migration::target::PostgresTarget;
use handover::migration::{Migration, SqliteStore, SqliteTarget};
use handover::testing::{Child, Death, KillMatrix, Mortal};

use super::cases::cases;
use super::cluster::{Cluster, Database};
use super::legacy::{Legacy, example};
use super::sqlite::{differ, ledger};
use super::state::State;

/// What a child is to do, and in which folder.
const PART: &str = "HANDOVER_LEGACY_PART";
const TEST: &str = "crash_legacy::the_demonstration_survives_its_deaths";
/// Records that are written together: the demonstration has 7,140.
const BATCH: usize = 512;

/// The demonstration in a folder, whose store and target may die, into the database there or the one of a URL.
fn mortal(folder: &Path, url: &str) -> Migration {
    let store = Mortal::new(SqliteStore::open(folder.join("store.db")).unwrap());
    let migration = Migration::load(folder.join("migration.toml")).unwrap().with_store(store);
    let migration = match url {
        "" => migration.with_target(Mortal::new(SqliteTarget::path(folder.join("crm.db")))),
        url => migration.with_target(Mortal::new(PostgresTarget::connect(url))),
    };
    migration.batch_records(BATCH)
}

/// What a child does.
fn child(part: &str) {
    let mut words = part.split('|');
    let mut word = || words.next().unwrap();
    let (what, folder, url) = (word(), word(), word());
    let mut migration = mortal(Path::new(folder), url);
    match what {
        "apply" => apply(&mut migration),
        "undo" => drop(migration.undo(1, Default::default()).unwrap()),
        other => panic!("{other}"),
    }
    Mortal::tell();
}

fn apply(migration: &mut Migration) {
    let plan = migration.last_plan().unwrap().unwrap();
    drop(migration.apply(&plan.hash).unwrap());
}

/// Goes on with a run, whether it has begun or not.
fn resume(migration: &mut Migration) {
    match migration.runs().unwrap().last() {
        Some(run) if !run.ended => drop(migration.resume().unwrap()),
        Some(_) => {}
        None => apply(migration),
    }
}

fn undo(migration: &mut Migration) {
    if migration.runs().unwrap()[0].undone_by.is_none() {
        drop(migration.undo(1, Default::default()).unwrap());
    }
}

/// What is in target and ledger.
struct Left {
    target: String,
    ledger: String,
}

impl Left {
    /// Makes sure that two are the same, and shows only the first line that is not.
    fn is(&self, expected: &Left, when: &str) {
        assert_eq!(differ(&self.target, &expected.target), None, "the target, {when}");
        assert_eq!(differ(&self.ledger, &expected.ledger), None, "the ledger, {when}");
    }
}

/// The demonstration, as it is put back before each death.
struct Ground {
    legacy: Legacy,
    before: State,
    cluster: Option<Cluster>,
    database: Option<Database>,
    /// What is done, and what goes on with it.
    what: &'static str,
    goes_on: fn(&mut Migration),
}

impl Ground {
    /// Planned and approved, into a SQLite database or one of a cluster.
    fn new(cluster: Option<Cluster>) -> Self {
        let legacy = Legacy::new();
        let database = cluster.as_ref().map(new_crm);
        let before = State::default();
        let mut ground = Ground { legacy, before, cluster, database, what: "apply", goes_on: resume };
        Legacy::approved(&mut ground.migration());
        ground.before = State::of(&ground.legacy.path(""));
        ground
    }

    /// Applied, and to be taken back.
    fn applied() -> Self {
        let ground = Ground::new(None);
        apply(&mut ground.migration());
        Ground { before: State::of(&ground.legacy.path("")), what: "undo", goes_on: undo, ..ground }
    }

    fn put_back(&mut self) {
        self.before.put_back();
        self.database = self.cluster.as_ref().map(new_crm);
    }

    fn url(&self) -> &str {
        self.database.as_ref().map_or("", |database| &database.url)
    }

    fn part(&self) -> String {
        format!("{}|{}|{}", self.what, self.legacy.path("").display(), self.url())
    }

    fn migration(&self) -> Migration {
        let migration = self.legacy.migration().batch_records(BATCH);
        match self.url() {
            "" => migration,
            url => migration.with_target(PostgresTarget::connect(url)),
        }
    }

    fn target(&mut self) -> String {
        let Some(database) = &mut self.database else { return self.legacy.dump() };
        let tables = ["users", "companies", "contacts", "deals", "activities"];
        let rows = |table| database.rows(&format!("SELECT t::text FROM {table} t ORDER BY id")).join("\n");
        tables.map(rows).join("\n\n")
    }

    fn left(&mut self) -> Left {
        // Taking something back again is another run.
        let ledger =
            ledger(&self.legacy.path("store.db")).replace("taken back by run 3", "taken back by run 2");
        Left { target: self.target(), ledger }
    }

    /// Lets it die at so many steps and moments, and go on each time. Gives what an undisturbed run leaves.
    fn dies(&mut self, (steps, moments): (u32, u32)) -> Left {
        let matrix = KillMatrix::of_test(TEST).at_most(cases(steps).cases.into());
        let began = Instant::now();
        let steps = matrix.undisturbed().run_whole(PART, &self.part());
        assert!(steps > 20, "{steps} steps");
        let (time, expected) = (began.elapsed(), self.left());
        matrix.each_step(steps, |child| self.dies_once(child, &expected, "step"));
        matrix.at_moments(time, cases(moments).cases, |child| self.dies_once(child, &expected, "moment"));
        expected
    }

    fn dies_once(&mut self, child: &Child, expected: &Left, how: &str) {
        self.put_back();
        if child.run(PART, &self.part()) == Death::Killed {
            (self.goes_on)(&mut self.migration());
        }
        self.left().is(expected, &format!("killed at {how} {}", child.number));
    }
}

/// A database as it is before the demonstration.
fn new_crm(cluster: &Cluster) -> Database {
    let sql = fs::read_to_string(example("target_postgres.sql")).unwrap();
    let mut database = cluster.database();
    database.run(&sql);
    database
}

/// Whatever the demonstration has gone through, it is as it should be, and can be taken back.
fn survives(mut ground: Ground, deaths: (u32, u32)) {
    let untouched = ground.target();
    ground.dies(deaths);
    let mut migration = ground.migration();
    assert!(migration.verify(Default::default()).unwrap().is_clean());
    undo(&mut migration);
    assert_eq!(differ(&ground.target(), &untouched), None);
}

#[test]
fn the_demonstration_survives_its_deaths() {
    if let Ok(part) = env::var(PART) {
        return child(&part);
    }
    survives(Ground::new(None), (6, 2));
}

#[test]
fn the_demonstration_survives_its_deaths_in_postgresql() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    survives(Ground::new(Some(cluster)), (3, 1));
}

#[test]
fn taking_the_demonstration_back_survives_its_deaths() {
    let untouched = Legacy::new().dump();
    let left = Ground::applied().dies((8, 3));
    assert_eq!(differ(&left.target, &untouched), None);
}
