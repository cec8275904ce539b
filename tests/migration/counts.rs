//! What is counted of a run does not depend on whether it was cut short: neither how records
//! ended, nor who was missing or inactive, nor whom they named as owners.

use std::path::{Path, PathBuf};
use std::{env, fs};

use handover::dedupe::{Dedupe, ExactKeys, Rule, Survivorship};
use handover::migration::store::Store;
use handover::migration::target::Target;
use handover::migration::{Entity, Inactive, Migration, Orphans, Reference, SqliteStore, SqliteTarget};
use handover::testing::{Death, KillMatrix, Misbehaviour, Mortal, Unreliable};
use handover::{CsvSource, Mapping};
use tempfile::TempDir;

use super::sqlite::{differ, dump, execute, ledger};

const TABLES: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, legacy TEXT, name TEXT, status TEXT);
    CREATE TABLE companies (id INTEGER PRIMARY KEY, legacy TEXT, name TEXT NOT NULL, seen DATE,
        parent_id INTEGER REFERENCES companies (id), owner_id INTEGER REFERENCES users (id), CHECK (parent_id <> id));
    CREATE TABLE contacts (id INTEGER PRIMARY KEY, legacy TEXT, name TEXT, email TEXT,
        company_id INTEGER REFERENCES companies (id), owner_id INTEGER REFERENCES users (id),
        CHECK (name <> 'refused'));
    INSERT INTO contacts (id, name, email) VALUES (1, NULL, 'm3@x.de'), (2, NULL, 'm9@x.de'), (3, 'x', 'm10@x.de');
";
const USERS: &str = "id,name,status\nu1,Li,on\nu2,Wang,gone\n";

/// How contacts are moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Plain,
    Merged,
    Matched,
    Detected,
}

const WAYS: [Way; 4] = [Way::Plain, Way::Merged, Way::Matched, Way::Detected];

fn companies(count: usize) -> String {
    let row = |number: usize| {
        let (parent, owner) =
            (["c1", "nobody", "c9", "", "own"][number % 5], ["u1", "u2", "u9", ""][number % 4]);
        let parent = if parent == "own" { format!("c{number}") } else { parent.to_owned() };
        format!("c{number},Company {number},2026-01-{:02},{parent},{owner}\n", number % 27 + 1)
    };
    format!("id,name,seen,parent,owner\n{}", (0..count).map(row).collect::<String>())
}

fn contacts(count: usize) -> String {
    let row = |number: usize| {
        let name = if number % 6 == 4 { "refused".to_owned() } else { format!("Contact {number}") };
        let company = ["c1", "zz", "", "yy", "c4", "c0", "xx"][number % 7];
        let owner = ["u2", "u1", "u8", "u9", ""][number % 5];
        format!("k{number},{name},m{}@x.de,{company},{owner}\n", number % 13)
    };
    format!("id,name,email,company,owner\n{}", (0..count).map(row).collect::<String>())
}

/// A folder with a migration of which half has been moved, and all is planned.
fn ready(way: Way) -> TempDir {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
    execute(&folder.path().join("crm.db"), TABLES);
    write("users.csv", USERS.to_owned());
    for (some, more) in [(4, 5), (11, 17)] {
        write("companies.csv", companies(some));
        write("contacts.csv", contacts(more));
        let mut migration = plain(folder.path(), way);
        let plan = migration.plan().unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        if some == 4 {
            migration.apply(&plan.hash).unwrap();
        }
    }
    folder
}

/// A folder, and how everything was in it.
struct Ground {
    folder: TempDir,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Ground {
    fn new(way: Way) -> Self {
        let folder = ready(way);
        let paths = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        let files = paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        Ground { folder, files }
    }

    /// The folder as it was.
    fn again(&self) -> &Path {
        for file in fs::read_dir(self.folder.path()).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
        self.files.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
        self.folder.path()
    }
}

fn migration<S: Store + 'static, T: Target + 'static>(
    folder: &Path,
    way: Way,
    store: impl FnOnce(SqliteStore) -> S,
    target: impl FnOnce(SqliteTarget) -> T,
) -> Migration {
    let source = |name: &str| {
        let path = folder.join(name);
        move || CsvSource::path(&path)
    };
    let mapping = || Mapping::new().rename("id", "legacy").copy("name");
    let users = Entity::new("user", source("users.csv"))
        .pipeline(move |pipeline| Ok(pipeline.map(mapping().copy("status"))))
        .inactive_when("status", "gone");
    let owner = Reference::new("owner_id", "user", Orphans::Null).inactive(Inactive::Null);
    let companies = Entity::new("company", source("companies.csv"))
        .table("companies")
        .pipeline(move |pipeline| {
            Ok(pipeline.map(mapping().copy("seen").rename("parent", "parent_id").rename("owner", "owner_id")))
        })
        .refer(Reference::new("parent_id", "company", Orphans::Park))
        .refer(owner.clone())
        .owner("owner_id")
        .high_water("seen");
    let stood_for = Orphans::Placeholder(vec![("name".into(), "? {key}".into())]);
    let contacts = Entity::new("contact", source("contacts.csv"))
        .pipeline(move |pipeline| {
            let mapping = mapping().copy("email").rename("company", "company_id").rename("owner", "owner_id");
            let once =
                Dedupe::by(ExactKeys::on("email")).survivorship(Survivorship::new().rest(Rule::fill()));
            let pipeline = pipeline.map(mapping);
            Ok(if way == Way::Merged { pipeline.dedupe(once) } else { pipeline })
        })
        .refer(Reference::new("company_id", "company", stood_for))
        .refer(owner)
        .owner("owner_id");
    let contacts = match way {
        Way::Matched => contacts.match_on("email"),
        Way::Detected => contacts.match_by(|| Ok(ExactKeys::on("email"))),
        Way::Plain | Way::Merged => contacts,
    };
    let store = store(SqliteStore::open(folder.join("store.db")).unwrap());
    Migration::new("old", store, target(SqliteTarget::path(folder.join("crm.db"))))
        .entity(users)
        .entity(companies)
        .entity(contacts)
        .threads(1)
        .batch_records(3)
}

fn plain(folder: &Path, way: Way) -> Migration {
    migration(folder, way, |store| store, |target| target)
}

/// What the last run says of each entity, a line for each count.
fn counts(folder: &Path, way: Way) -> String {
    let events = plain(folder, way).events().unwrap();
    let ended = events.iter().rev().find(|event| event.what == "run ended").unwrap();
    let report: serde_json::Value = serde_json::from_str(&ended.detail).unwrap();
    let mut counts = String::new();
    for entity in report["entities"].as_array().unwrap() {
        for (what, count) in entity["tally"].as_object().unwrap() {
            counts += &format!("{}: {what} {count}\n", entity["entity"]);
        }
        counts += &format!("{}: {} {}\n", entity["entity"], entity["owners"], entity["high_water"]);
    }
    counts
}

/// What a run leaves.
fn left(folder: &Path, way: Way) -> [String; 3] {
    [counts(folder, way), dump(&folder.join("crm.db")), ledger(&folder.join("store.db"))]
}

/// Does what is planned, or what is left of it.
fn go_on(folder: &Path, way: Way) {
    let mut migration = plain(folder, way);
    match migration.runs().unwrap().get(1) {
        Some(run) if run.ended => {}
        Some(_) => drop(migration.resume().unwrap()),
        None => {
            let plan = migration.last_plan().unwrap().unwrap();
            drop(migration.apply(&plan.hash).unwrap());
        }
    }
}

fn same(folder: &Path, way: Way, whole: &[String; 3], when: &str) {
    for (is, expected) in left(folder, way).iter().zip(whole) {
        assert_eq!(differ(is, expected), None, "{way:?} {when}");
    }
}

/// How a child moves contacts, and in which folder.
const PART: &str = "HANDOVER_COUNTS_PART";

fn child(part: &str) {
    let (way, folder) = part.split_once('|').unwrap();
    let way = WAYS[way.parse::<usize>().unwrap()];
    let mut migration = migration(Path::new(folder), way, Mortal::new, Mortal::new);
    let plan = migration.last_plan().unwrap().unwrap();
    if migration.runs().unwrap().len() > 1 {
        migration.resume().unwrap();
    } else {
        migration.apply(&plan.hash).unwrap();
    }
    Mortal::tell();
}

#[test]
fn a_run_that_is_killed_counts_as_one_that_is_not() {
    if let Ok(part) = env::var(PART) {
        return child(&part);
    }
    let matrix =
        KillMatrix::of_test("counts::a_run_that_is_killed_counts_as_one_that_is_not").at_most(deaths());
    for (number, way) in WAYS.into_iter().enumerate() {
        let ground = Ground::new(way);
        let folder = ground.again();
        let part = format!("{number}|{}", folder.display());
        let steps = matrix.undisturbed().run_whole(PART, &part);
        let whole = left(folder, way);
        matrix.each_step(steps, |child| {
            ground.again();
            child.run(PART, &part);
            go_on(folder, way);
            same(folder, way, &whole, &format!("killed {}", child.number));
        });
        matrix.each_step(steps / 2, |child| {
            ground.again();
            let first = matrix.at_step(steps / 2 + child.number % 5).run(PART, &part);
            if first == Death::Killed && !plain(folder, way).runs().unwrap()[1].ended {
                child.run(PART, &part);
            }
            go_on(folder, way);
            same(folder, way, &whole, &format!("killed in the middle and {}", child.number));
        });
    }
}

/// How many deaths are died in each way; `HANDOVER_DEATHS` asks for more.
fn deaths() -> u64 {
    env::var("HANDOVER_DEATHS").ok().and_then(|deaths| deaths.parse().ok()).unwrap_or(6)
}

#[test]
fn a_run_whose_target_fails_counts_as_one_whose_does_not() {
    for way in WAYS {
        let ground = Ground::new(way);
        let folder = ground.again();
        go_on(folder, way);
        let whole = left(folder, way);
        for (at, misbehaviour) in (1..=12).flat_map(|at| {
            [Misbehaviour::HalfThenLost, Misbehaviour::LostAfterwards].map(|misbehaviour| (at, misbehaviour))
        }) {
            let unreliable = |target| Unreliable::new(target, misbehaviour, at);
            let mut migration = migration(ground.again(), way, |store| store, unreliable);
            let plan = migration.last_plan().unwrap().unwrap();
            let failed = migration.apply(&plan.hash);
            drop(migration);
            if failed.is_err() {
                go_on(folder, way);
            }
            same(folder, way, &whole, &format!("{misbehaviour:?} at {at}"));
        }
    }
}
