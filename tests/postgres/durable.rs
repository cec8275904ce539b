//! Servers that die in the midst of a run, and runs that go on after it.

use std::sync::Mutex;

use handover::sink::postgres::PostgresSink;
use handover::sink::table::Table;
use handover::{ErrorKind, Kind, Pipeline, Rejects, Report, RunError, Value};

use super::cluster::{Cluster, Database, database};
use super::{Numbers, failure, load, records};

const SUM: &str = "SELECT count(*), sum(id), count(DISTINCT id) FROM t";

/// A run whose server is killed before a record; the reader waits for that.
fn run_and_kill(cluster: Cluster, url: &str, table: Table, at: i64) -> (Cluster, Result<Report, RunError>) {
    let cluster = Mutex::new(cluster);
    let before = |number| {
        if number == at {
            cluster.lock().unwrap().kill();
        }
    };
    let source = Numbers { count: 100_000, before: Box::new(before) };
    let rejects = tempfile::NamedTempFile::new().unwrap();
    let pipeline = Pipeline::from(source).rejects(Rejects::csv(rejects.path()));
    let report = pipeline.to(PostgresSink::connect(url, table)).run();
    (cluster.into_inner().unwrap(), report)
}

#[test]
fn a_run_goes_on_after_the_server_was_killed() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let mut database = cluster.database();
    database.run("CREATE TABLE t (id int PRIMARY KEY, name text, rest int, CHECK (id <> 7))");
    let table = || Table::named("t").durable("move", 10_000);
    let (mut cluster, run) = run_and_kill(cluster, &database.url, table(), 70_000);
    let error = run.unwrap_err();
    assert_eq!(error.error().kind(), ErrorKind::Connection, "{error}");
    cluster.restart();
    let mut database = Database::open(database.url);
    let durable = error.report().unwrap().counts.created;
    assert_eq!(database.rows("SELECT count(*) FROM t"), [durable.to_string()]);
    assert!((10_000..70_000).contains(&(durable + 1)), "{durable}");
    let said = format!(
        "the connection was lost; {} records are durable, from where the run `move` goes on",
        durable + 1
    );
    assert!(error.to_string().contains(&said), "{error}");

    let resumed = load(&database, table(), Numbers::to(100_000)).unwrap();
    assert_eq!(resumed.counts(), [99_999 - durable, 0, durable, 1]);
    assert_eq!(resumed.rejects.len(), 1);
    assert_eq!(database.rows(SUM), [format!("99999|{}|99999", 5_000_050_000u64 - 7)]);
    let again = load(&database, table(), Numbers::to(100_000)).unwrap();
    assert_eq!(again.counts(), [0, 0, 99_999, 1]);
}

#[test]
fn of_one_transaction_nothing_is_left() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let mut database = cluster.database();
    database.run("CREATE TABLE t (id int PRIMARY KEY, name text, rest int)");
    let (mut cluster, run) = run_and_kill(cluster, &database.url, Table::named("t"), 70_000);
    let error = run.unwrap_err();
    assert_eq!(error.error().kind(), ErrorKind::Connection, "{error}");
    assert!(
        error.to_string().contains("[t]: the connection was lost, and nothing is written: cannot write: "),
        "{error}"
    );
    let counts = error.report().unwrap().counts;
    assert_eq!((counts.written(), counts.in_doubt), (0, 0));
    cluster.restart();
    assert_eq!(Database::open(database.url).rows("SELECT count(*) FROM t"), ["0"]);
}

#[test]
fn commits_in_between_change_nothing_else() {
    let Some(mut database) = database() else { return };
    let columns = [("id", Kind::Int), ("name", Kind::Text)];
    let row = |id, name: &'static str| {
        vec![Value::Int(id), if name.is_empty() { Value::Null } else { Value::Text(name) }]
    };
    let rows = [row(1, "a"), row(2, "b"), row(1, "c"), row(3, "x\0"), row(2, "b"), row(2, ""), row(4, "d")];
    let table = || Table::named("t").create().upsert("id").durable("'move'", 2);
    let loaded = load(&database, table(), records(&columns, rows.clone())).unwrap();
    assert_eq!(loaded.counts(), [3, 1, 2, 1]);
    assert_eq!(database.rows("SELECT * FROM t ORDER BY id"), ["1|c", "2|b", "4|d"]);
    assert_eq!(
        database.rows("SELECT run, target, records, complete FROM handover_checkpoints"),
        ["'move'|\"t\"|7|t"]
    );

    let again = load(&database, table(), records(&columns, rows.clone())).unwrap();
    assert_eq!((again.counts(), again.rejects), ([0, 0, 6, 1], loaded.rejects));
    let message = failure(load(&database, table(), records(&columns, rows[1..].to_vec())));
    assert!(
        message.ends_with(
            "the input has changed since the run `'move'`: 7 records were there, and now there are 6"
        ),
        "{message}"
    );
}
