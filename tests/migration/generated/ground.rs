//! A folder in which a generated migration is done.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use handover::dedupe::{Dedupe, ExactKeys, Rule, Survivorship};
use handover::map::{FieldMapper, map_with, one_of};
use handover::migration::store::Store;
use handover::migration::target::Target;
use handover::migration::{
    Entity, Inactive, Migration, Orphans, Plan, Reference, RunReport, SqliteStore, SqliteTarget,
};
use handover::testing::Mortal;
use handover::{Clock, CsvSource, Mapping, Schema};
use rusqlite::Connection;
use tempfile::TempDir;

use super::world::{COLUMNS, FIRST, Gone, Lost, Points, SPLIT, Sort, World};
use crate::sqlite::{self, query};

pub struct Ground {
    folder: TempDir,
    world: World,
}

impl Ground {
    pub fn new(world: &World) -> Self {
        let ground = Ground { folder: folder(), world: world.clone() };
        ground.write_inputs(usize::MAX);
        sqlite::execute(&ground.path("crm.db"), &tables(world));
        fs::write(ground.path("world.json"), serde_json::to_string(world).unwrap()).unwrap();
        ground
    }

    /// One where the first rows of every input have been moved already.
    pub fn grown(world: &World, rows: usize) -> Self {
        let ground = Ground::new(world);
        if rows > 0 {
            ground.write_inputs(rows);
            ground.applied(1, 64);
            ground.write_inputs(usize::MAX);
        }
        ground
    }

    fn write_inputs(&self, rows: usize) {
        for (name, all) in self.world.inputs() {
            let mut input = csv::Writer::from_path(self.path(&format!("{name}.csv"))).unwrap();
            input.write_record(COLUMNS).unwrap();
            all.iter().take(rows).for_each(|row| input.write_record(row).unwrap());
            input.flush().unwrap();
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn migration(&self) -> Migration {
        migration(&self.world, self.folder.path(), |store| store, |target| target)
    }

    /// Plans and approves.
    pub fn planned(&self) -> Plan {
        let mut migration = self.migration();
        let plan = migration.plan().unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        plan
    }

    /// Plans, approves and applies, at a pace.
    pub fn applied(&self, threads: usize, batch: usize) -> RunReport {
        let plan = self.planned();
        self.migration().threads(threads).batch_records(batch).apply(&plan.hash).unwrap()
    }

    pub fn dump(&self) -> String {
        sqlite::dump(&self.path("crm.db"))
    }

    /// The rows of a table by their ids, column by column.
    pub fn rows(&self, number: usize) -> BTreeMap<String, BTreeMap<String, String>> {
        let target = Connection::open(self.path("crm.db")).unwrap();
        let columns =
            query(&target, &format!("SELECT name FROM pragma_table_info('sort{number}s')")).concat();
        let rows = query(&target, &format!("SELECT * FROM sort{number}s"));
        let row = |row: Vec<String>| (row[0].clone(), columns.iter().cloned().zip(row).collect());
        rows.into_iter().map(row).collect()
    }

    pub fn ledger(&self) -> String {
        sqlite::ledger(&self.path("store.db"))
    }
}

/// A folder in memory, where there is such a thing: no test of these waits for a disk.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The migration of a folder, with a store and a target that something may stand around.
pub fn migration<S: Store + 'static, T: Target + 'static>(
    world: &World,
    folder: &Path,
    store: impl FnOnce(SqliteStore) -> S,
    target: impl FnOnce(SqliteTarget) -> T,
) -> Migration {
    let store = store(SqliteStore::open(folder.join("store.db")).unwrap());
    let migration = Migration::new("old", store, target(SqliteTarget::path(folder.join("crm.db"))));
    let sorts = world.sorts.iter().enumerate();
    let mut entities: Vec<Entity> =
        sorts.map(|(number, sort)| entity(sort, &format!("sort{number}"), folder)).collect();
    if !world.twins.is_empty() {
        entities.push(entity(&world.sorts[0], "twin", folder).table("sort0s"));
    }
    entities
        .into_iter()
        .fold(migration, Migration::entity)
        .by("li")
        .backup(folder.join("backup"))
        .clock(Clock::new(|| Duration::from_secs(1_800_000_000)))
        .threads(1)
}

/// The migration of a folder that another process has made, whose store and target may die.
pub fn mortal(folder: &Path) -> Migration {
    let world = serde_json::from_slice(&fs::read(folder.join("world.json")).unwrap()).unwrap();
    migration(&world, folder, Mortal::new, Mortal::new)
}

fn entity(sort: &Sort, name: &str, folder: &Path) -> Entity {
    let path = folder.join(format!("{name}.csv"));
    let Sort { splits, merges, references, .. } = sort.clone();
    let columns = references.len();
    let mut entity = Entity::new(name, move || CsvSource::path(&path))
        .key("key")
        .pipeline(move |pipeline| {
            let pipeline = match splits {
                true => pipeline.map(mapping(columns).then(parts(columns))),
                false => pipeline.map(mapping(columns)),
            };
            let once =
                Dedupe::by(ExactKeys::on(["code"])).survivorship(Survivorship::new().rest(Rule::fill()));
            Ok(if merges { pipeline.dedupe(once) } else { pipeline })
        })
        .write(sort.write)
        .personal(["name", "code", "remark"]);
    for column in ["name", "remark"] {
        entity = entity.field(column, sort.policy_of(column));
    }
    for (number, points) in sort.references.iter().enumerate() {
        let column = format!("r{number}");
        entity = entity.refer(reference(&column, points)).field(&column, sort.policy_of(&column));
    }
    entity = if sort.clears { entity.clear_with_empty("remark") } else { entity };
    entity = if sort.matches { entity.match_on("code") } else { entity };
    entity = if columns > 0 { entity.owner("r0") } else { entity };
    if sort.retires { entity.inactive_when("status", ["gone"]) } else { entity }
}

fn mapping(references: usize) -> Mapping {
    let mapping = Mapping::new()
        .rename("key", "legacy")
        .copy(["name", "code", "remark", "score", "status"])
        .filter_out("not wanted", one_of("status", ["skip"]));
    match references {
        0 => mapping.ignore(["r0", "r1"]),
        1 => mapping.copy("r0").ignore("r1"),
        _ => mapping.copy(["r0", "r1"]),
    }
}

/// Makes two records of what has two remarks.
fn parts(references: usize) -> impl FieldMapper {
    let names = ["legacy", "name", "code", "remark", "score", "status", "r0", "r1"];
    let names = &names[..6 + references];
    map_with(Schema::text(names.iter().copied()).unwrap(), |record, out| {
        let remark = record.text("remark")?.to_owned();
        let parts: Vec<&str> = if remark == SPLIT { remark.split("; ").collect() } else { vec![&remark] };
        for part in parts {
            let own = out.record();
            for (at, value) in record.values().enumerate() {
                own.set_value(at, value);
            }
            own.set("remark", part)?;
        }
        Ok(())
    })
}

fn reference(column: &str, points: &Points) -> Reference {
    let orphans = match points.orphans {
        Lost::Reject => Orphans::Reject,
        Lost::Null => Orphans::Null,
        Lost::Park => Orphans::Park,
        Lost::GiveToFirst => Orphans::GiveTo(FIRST.into()),
        Lost::Placeholder => Orphans::Placeholder(vec![("name".into(), "? {key}".into())]),
    };
    let inactive = match points.inactive {
        Gone::Keep => Inactive::Keep,
        Gone::Null => Inactive::Null,
        Gone::Reject => Inactive::Reject,
        Gone::GiveToFirst => Inactive::GiveTo(FIRST.into()),
    };
    Reference::new(column, format!("sort{}", points.to), orphans).inactive(inactive)
}

/// The tables, and what is in them before.
fn tables(world: &World) -> String {
    let mut sql = String::from("PRAGMA foreign_keys = OFF;");
    for (number, sort) in world.sorts.iter().enumerate() {
        let unique = if sort.strict { "UNIQUE" } else { "" };
        let refers = |(at, points): (usize, &Points)| {
            let check = if sort.strict && points.to == number {
                format!("CHECK (r{at} <> id)")
            } else {
                String::new()
            };
            format!(", r{at} INTEGER REFERENCES sort{}s (id) {check}", points.to)
        };
        let refers: String = sort.references.iter().enumerate().map(refers).collect();
        sql += &format!(
            "CREATE TABLE sort{number}s (id INTEGER PRIMARY KEY, legacy TEXT, name VARCHAR(10) NOT NULL, \
             code TEXT {unique}, remark TEXT, score REAL, status TEXT{refers}, CHECK (name <> 'refused'));"
        );
    }
    for (number, sort) in world.sorts.iter().enumerate() {
        for (cells, to) in &sort.there {
            let cells: Vec<String> = cells.iter().map(|cell| format!("nullif('{cell}', '')")).collect();
            let references: String =
                sort.references.iter().zip(to).map(|(_, to)| format!(", {}", to % 6)).collect();
            sql += &format!(
                "INSERT OR IGNORE INTO sort{number}s VALUES (NULL, NULL, {}{references});",
                cells.join(", ")
            );
        }
    }
    for (number, sort) in world.sorts.iter().enumerate() {
        for (at, points) in sort.references.iter().enumerate() {
            let to = points.to;
            sql += &format!(
                "UPDATE sort{number}s SET r{at} = NULL WHERE r{at} NOT IN (SELECT id FROM sort{to}s);"
            );
        }
    }
    sql
}
