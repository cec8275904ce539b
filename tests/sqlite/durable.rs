//! Runs that are cut short, and go on.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use handover::sink::table::Table;
use handover::{Error, Pipeline, Rejects, Report, RunError, SourceReader, Value};

use super::{Database, counts, text};
use crate::parts::{Numbers, numbers};

fn table() -> Table {
    Table::named("numbers").durable("move", 5)
}

fn made() -> Database {
    Database::of("CREATE TABLE numbers (number INTEGER PRIMARY KEY CHECK (number % 7), name TEXT)")
}

fn run(database: &Database, source: impl SourceReader, table: Table) -> Result<Report, RunError> {
    let rejects = Rejects::csv(database.folder.path().join("rejects.csv"));
    Pipeline::from(source).rejects(rejects).to(database.sink(table)).run()
}

fn torn_before(torn: u64) -> impl SourceReader {
    let before = move |number| if number == torn { Err(Error::other("torn")) } else { Ok(()) };
    Numbers { count: 24, before }
}

const STATE: &str = "SELECT run, target, records, complete FROM handover_checkpoints";

#[test]
fn a_run_goes_on_from_its_last_commit() {
    let (database, whole) = (made(), made());
    // The records that are read in the last batch before a source fails are not written.
    let failed = run(&database, torn_before(18), table()).unwrap_err();
    assert_eq!(failed.to_string(), "numbers: torn");
    let left = database.rows("SELECT count(*) FROM numbers").concat();
    assert_eq!(counts(failed.report().unwrap())[0].to_string(), left);
    let resumed = run(&database, numbers(24), table()).unwrap();
    let report = run(&whole, numbers(24), table()).unwrap();
    assert_eq!(counts(&report), [21, 0, 0, 3]);
    let [created, updated, unchanged, rejected] = counts(&resumed);
    assert_eq!((created + unchanged, updated, rejected), (21, 0, 3));
    assert_eq!(resumed.outputs[0].rows, 21);
    let content = "SELECT * FROM numbers";
    assert_eq!(database.rows(content), whole.rows(content));
    assert_eq!(database.rows(STATE), ["'move'|'numbers'|24|1"]);
    let rejects = |database: &Database| fs::read(database.folder.path().join("rejects.csv")).unwrap();
    assert!(rejects(&database) == rejects(&whole));
}

#[test]
fn a_run_that_is_complete_writes_nothing() {
    let database = made();
    run(&database, numbers(24), table()).unwrap();
    let bytes = fs::read(database.path()).unwrap();
    let again = run(&database, numbers(24), table()).unwrap();
    assert_eq!(counts(&again), [0, 0, 21, 3]);
    assert_eq!(again.outputs[0].rows, 21);
    assert!(fs::read(database.path()).unwrap() == bytes);
    let expected = "crm.db[numbers]: the input has changed since the run `move`: \
                    it ended after 24 records, and now there are more";
    let failed = run(&database, numbers(25), table()).unwrap_err();
    assert_eq!(database.without_folder(&failed), expected);
    assert!(fs::read(database.path()).unwrap() == bytes);
}

#[test]
fn what_has_been_committed_stays_and_nothing_else() {
    let database = Database::of("CREATE TABLE numbers (number INT, name)");
    database.execute("CREATE TABLE other (number INT, name)");
    let rows: Vec<[Value<'_>; 2]> = ["1", "2", "3", "x", "5", "6", "7"].map(|n| [text(n), text("n")]).into();
    let rows: Vec<&[Value<'_>]> = rows.iter().map(|row| &row[..]).collect();
    database.execute(
        "CREATE TRIGGER no BEFORE INSERT ON numbers WHEN new.number = 7
                      BEGIN SELECT RAISE(ROLLBACK, 'seven'); END",
    );
    let two = || Table::named("numbers").durable("move", 2);
    let expected = "crm.db[numbers]: seven: this undid all records so far, so that the run cannot go on";
    let failed = database.write(two(), &["number", "name"], &rows).unwrap_err();
    assert_eq!(database.without_folder(&failed), expected);
    assert_eq!(counts(failed.report().unwrap()), [5, 0, 0, 1]);
    assert_eq!(database.rows("SELECT number FROM numbers"), ["1", "2", "3", "5", "6"]);
    assert_eq!(database.rows(STATE), ["'move'|'numbers'|6|0"]);
    let expected = "4|'kind'|'number'|'not a whole number, and the column is declared INT'";
    assert_eq!(database.rows("SELECT record, rule, field, message FROM handover_refusals"), [expected]);
    let changed = "crm.db[numbers]: the input has changed since the run `move`";
    let error = database.fails(two(), &["number", "name"], &rows[..4]);
    assert_eq!(error, format!("{changed}: 6 records were there, and now there are 4"));
    let error = database.fails(two(), &["number", "name"], &rows[1..]);
    assert_eq!(error, format!("{changed}: the first 6 records are not the same"));
    let error = database.fails(Table::named("other").durable("move", 2), &["number", "name"], &rows);
    assert_eq!(error, "crm.db[other]: the run `move` writes into `numbers`, give this one another name");
    database.execute("DROP TRIGGER no");
    assert_eq!(database.says(two(), &["number", "name"], &rows).0, [1, 0, 5, 1]);
    assert_eq!(database.rows("SELECT count(*) FROM numbers"), ["6"]);
}

const COUNT: u64 = 40_000;

/// The run that is killed below, in a process of its own.
#[test]
#[ignore = "a part of the test that kills it"]
fn the_run_to_be_killed() {
    let Ok(path) = std::env::var("HANDOVER_KILLED") else { return };
    let durable = std::env::var_os("HANDOVER_DURABLE").is_some();
    let table = Table::named("numbers").create();
    let table = if durable { table.durable("move", 1_000) } else { table.upsert("number") };
    Pipeline::from(numbers(COUNT)).to(handover::SqliteSink::path(path, table)).run().unwrap();
}

/// Runs it, and kills it after some time; says whether it came to its end.
fn run_for(database: &Database, durable: bool, most: Duration) -> bool {
    let mut run = Command::new(std::env::current_exe().unwrap());
    run.args(["--ignored", "--exact", "sqlite::durable::the_run_to_be_killed"]);
    run.env("HANDOVER_KILLED", database.path()).stdout(Stdio::null()).stderr(Stdio::null());
    if durable {
        run.env("HANDOVER_DURABLE", "1");
    }
    let (begun, mut child) = (Instant::now(), run.spawn().unwrap());
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return true;
        }
        if begun.elapsed() >= most {
            child.kill().unwrap();
            return child.wait().unwrap().success();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// How many rows there are; none where there is no table.
fn left(database: &Database) -> u64 {
    let there = database.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'numbers'");
    if there == ["0"] { 0 } else { database.rows("SELECT count(*) FROM numbers")[0].parse().unwrap() }
}

#[test]
fn a_killed_run_leaves_everything_or_nothing() {
    let database = Database::none();
    let begun = Instant::now();
    assert!(run_for(&database, false, Duration::MAX));
    let whole = begun.elapsed();
    let mut killed = 0;
    for percent in [30, 70, 95, 99] {
        fs::remove_file(database.path()).unwrap();
        let ended = run_for(&database, false, whole * percent / 100);
        killed += u32::from(!ended);
        let left = left(&database);
        assert!(left == COUNT || (left == 0 && !ended), "{left} rows are left");
    }
    assert!(killed > 0);
}

#[test]
fn a_killed_run_goes_on_from_its_last_commit() {
    let (database, begun) = (Database::none(), Instant::now());
    assert!(run_for(&database, true, Duration::MAX));
    let whole = begun.elapsed();
    fs::remove_file(database.path()).unwrap();
    let (mut killed, mut before) = (0, 0);
    while !run_for(&database, true, whole * 2 / 5 + whole / 10 * killed) {
        killed += 1;
        let left = left(&database);
        assert!(left >= before && left.is_multiple_of(1_000), "{left} rows are left, and were {before}");
        let recorded = if left == 0 { vec![] } else { vec![format!("{left}|0")] };
        if left > 0 {
            assert_eq!(database.rows("SELECT records, complete FROM handover_checkpoints"), recorded);
        }
        before = left;
    }
    assert!(killed > 0 && before > 0);
    assert_eq!(left(&database), COUNT);
    assert_eq!(database.rows("SELECT count(DISTINCT number) FROM numbers"), [COUNT.to_string()]);
}
