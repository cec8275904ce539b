//! Runs that die: whatever the step, what comes after it goes on, and in the
//! end the target is what an undisturbed run leaves.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs};

use handover::migration::target::PostgresTarget;
use handover::migration::{Migration, SqliteStore, SqliteTarget};
use handover::testing::{Child, Death, KillMatrix, Mortal};
use handover::{Feed, Field, Kind, Pipeline, Schema, SourceReader};

use super::cluster::{Cluster, Database};
use super::demo::{Demo, TABLES, entities};
use super::sqlite::differ;

/// What a child is to do, and in which folder.
const PART: &str = "HANDOVER_CRASH_PART";
/// The file that a child is to write.
const FILE: &str = "HANDOVER_CRASH_FILE";
const TEST: &str = "crash::a_run_that_dies_at_any_step_goes_on";

/// A migration whose store and target may die, into the database in the folder or the one of a URL.
fn mortal(folder: &Path, url: &str) -> Migration {
    let store = Mortal::new(SqliteStore::open(folder.join("store.db")).unwrap());
    let migration = match url {
        "" => Migration::new("crm_a", store, Mortal::new(SqliteTarget::path(folder.join("crm.db")))),
        url => Migration::new("crm_a", store, Mortal::new(PostgresTarget::connect(url))),
    };
    entities(migration, folder).batch_records(64)
}

/// What a child does.
fn child(part: &str) {
    let mut words = part.split('|');
    let mut word = || words.next().unwrap();
    let (what, folder, url) = (word(), word(), word());
    let mut migration = mortal(Path::new(folder), url);
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
struct Ground {
    demo: Demo,
    postgres: Option<Database>,
}

impl Ground {
    fn new(cluster: Option<&Cluster>) -> Self {
        let demo = Demo::new();
        let row = |number: usize| {
            format!("k{number},Name {number},k{number}@example.com,,{}\n", ["a", "b", "zz", ""][number % 4])
        };
        let rows: String = (0..400).map(row).collect();
        demo.input("contacts.csv", &format!("id,name,email,phone,company\n{rows}"));
        let mut postgres = cluster.map(Cluster::database);
        if let Some(database) = &mut postgres {
            database.client.batch_execute(TABLES).unwrap();
        }
        let mut ground = Ground { demo, postgres };
        let mut migration = ground.migration();
        let plan = migration.plan().unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        drop(migration);
        ground.dump();
        ground
    }

    fn url(&self) -> String {
        self.postgres.as_ref().map_or_else(String::new, |database| database.url.clone())
    }

    fn migration(&self) -> Migration {
        mortal(self.demo.folder.path(), &self.url())
    }

    fn part(&self, what: &str) -> String {
        format!("{what}|{}|{}", self.demo.folder.path().display(), self.url())
    }

    /// Everything in the target.
    fn dump(&mut self) -> String {
        let Some(database) = &mut self.postgres else { return self.demo.dump() };
        let mut dump = String::new();
        for table in ["companies", "contacts", "users"] {
            let sql = format!("SELECT t::text FROM {table} t ORDER BY id");
            for row in database.client.query(&sql, &[]).unwrap() {
                dump += &format!("{table}: {}\n", row.get::<_, String>(0));
            }
        }
        dump
    }
}

/// What an undisturbed run leaves in target and ledger, how many steps it takes, and how long.
struct Undisturbed {
    dump: String,
    ledger: String,
    steps: u64,
    time: Duration,
}

fn undisturbed(matrix: &KillMatrix, cluster: Option<&Cluster>) -> Undisturbed {
    let mut ground = Ground::new(cluster);
    let began = Instant::now();
    let steps = matrix.undisturbed().run_whole(PART, &ground.part("apply"));
    let time = began.elapsed();
    Undisturbed { dump: ground.dump(), ledger: ground.demo.ledger(), steps, time }
}

/// Makes sure that two texts are the same, and shows only the first line that is not.
fn same(is: &str, expected: &str, child: &Child) {
    assert_eq!(differ(is, expected), None, "death {}", child.number);
}

fn goes_on(child: &Child, expected: &Undisturbed, cluster: Option<&Cluster>) {
    let mut ground = Ground::new(cluster);
    let before = ground.dump();
    if child.run(PART, &ground.part("apply")) == Death::Killed {
        match ground.migration().runs().unwrap().last() {
            Some(run) if !run.ended => drop(child.run_whole(PART, &ground.part("resume"))),
            Some(_) => {}
            None => drop(child.run_whole(PART, &ground.part("apply"))),
        }
    }
    same(&ground.dump(), &expected.dump, child);
    same(&ground.demo.ledger(), &expected.ledger, child);
    ground.migration().undo(1, Default::default()).unwrap();
    same(&ground.dump(), &before, child);
}

#[test]
fn a_run_that_dies_at_any_step_goes_on() {
    if let Ok(part) = env::var(PART) {
        return child(&part);
    }
    let matrix = KillMatrix::of_test(TEST).at_most(60);
    let expected = undisturbed(&matrix, None);
    assert!(expected.steps > 20, "{} steps", expected.steps);
    matrix.each_step(expected.steps, |child| goes_on(child, &expected, None));
    matrix.at_moments(expected.time, 8, |child| goes_on(child, &expected, None));
}

#[test]
fn a_run_into_postgresql_that_dies_at_any_step_goes_on() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let matrix = KillMatrix::of_test(TEST).at_most(20);
    let expected = undisturbed(&matrix, Some(&cluster));
    matrix.each_step(expected.steps, |child| goes_on(child, &expected, Some(&cluster)));
    matrix.at_moments(expected.time, 4, |child| goes_on(child, &expected, Some(&cluster)));
}

/// A file is what it was or what it will be, whenever the process that writes it is killed.
#[test]
fn a_file_is_whole_whenever_its_writer_dies() {
    if let Ok(path) = env::var(FILE) {
        let rows = |feed: &mut Feed<'_>| {
            for number in 0..30_000 {
                feed.record().set_value(0, number);
                feed.push()?;
            }
            Ok(())
        };
        let sink = Mortal::new(handover::sink::create(path).unwrap());
        Pipeline::from(Numbers(rows)).to(sink).run().unwrap();
        return Mortal::tell();
    }
    let matrix = KillMatrix::of_test("crash::a_file_is_whole_whenever_its_writer_dies");
    let folder = tempfile::tempdir().unwrap();
    for name in ["new.csv", "new.jsonl", "new.xlsx"] {
        let path = folder.path().join(name);
        let shown = path.display().to_string();
        let began = Instant::now();
        let steps = matrix.undisturbed().run_whole(FILE, &shown);
        let (time, whole) = (began.elapsed(), fs::read(&path).unwrap());
        let is_whole = |child: &Child| {
            fs::write(&path, "old").unwrap();
            let death = child.run(FILE, &shown);
            let is = fs::read(&path).unwrap();
            assert!(is == whole || death == Death::Killed && is == b"old", "{name}, death {}", child.number);
        };
        matrix.each_step(steps, is_whole);
        matrix.at_moments(time, 6, is_whole);
    }
}

/// A source of numbers.
struct Numbers<F>(F);

impl<F: FnMut(&mut Feed<'_>) -> handover::Result<()> + Send> SourceReader for Numbers<F> {
    fn name(&self) -> Cow<'_, str> {
        "numbers".into()
    }

    fn schema(&mut self) -> handover::Result<Arc<Schema>> {
        Schema::new([Field::new("number", Kind::Int)])
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> handover::Result<()> {
        (self.0)(feed)
    }
}

#[test]
fn an_undo_that_dies_at_any_step_goes_on() {
    let matrix = KillMatrix::of_test(TEST).at_most(30);
    let mut ground = Ground::new(None);
    let before = ground.dump();
    matrix.undisturbed().run_whole(PART, &ground.part("apply"));
    let steps = matrix.undisturbed().run_whole(PART, &ground.part("undo"));
    assert_eq!(ground.dump(), before);
    matrix.each_step(steps, |child| {
        let mut ground = Ground::new(None);
        child.run_whole(PART, &ground.part("apply"));
        let death = child.run(PART, &ground.part("undo"));
        if death == Death::Killed && ground.migration().runs().unwrap()[0].undone_by.is_none() {
            child.run_whole(PART, &ground.part("undo"));
        }
        same(&ground.dump(), &before, child);
    });
}
