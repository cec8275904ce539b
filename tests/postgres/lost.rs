//! Connections that are lost where it is not plain what that means.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use handover::sink::postgres::PostgresSink;
use handover::sink::table::Table;
use handover::{ErrorKind, Pipeline, PostgresSource, Result, Rows, Schema, SinkWriter};

use super::cluster::{Cluster, Database, PASSWORD, database};
use super::{Numbers, failure, load};

/// A server on which the commits of the role `writer` wait for a standby that never comes:
/// they are made, but nobody is told.
fn server_that_waits() -> Option<(Cluster, Database, String)> {
    let cluster = Cluster::start(&["synchronous_standby_names=nobody", "synchronous_commit=local"])?;
    let mut database = cluster.database();
    database.run(&format!(
        "CREATE ROLE writer SUPERUSER LOGIN PASSWORD '{PASSWORD}'; ALTER ROLE writer SET synchronous_commit = on; \
         CREATE TABLE t (id int, name text, rest int)"
    ));
    let url = database.url.replace("//owner:", "//writer:");
    Some((cluster, database, url))
}

/// Does something once a commit waits.
fn when_a_commit_waits(mut database: Database, act: impl FnOnce(&mut Database) + Send) {
    const WAITING: &str = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    while database.rows(WAITING).is_empty() {
        thread::sleep(Duration::from_millis(20));
    }
    act(&mut database);
}

#[test]
fn a_commit_that_nobody_was_told_of_is_found() {
    let Some((_cluster, mut database, url)) = server_that_waits() else { return };
    let watcher = Database::open(database.url.clone());
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            when_a_commit_waits(watcher, |database| {
                let end =
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
                assert_eq!(database.rows(end), ["t"]);
            });
        });
        Pipeline::from(Numbers::to(10)).to(PostgresSink::connect(&url, Table::named("t"))).run()
    });
    assert_eq!(report.unwrap().counts.created, 10);
    assert_eq!(database.rows("SELECT count(*) FROM t"), ["10"]);
}

#[test]
fn where_the_server_does_not_come_back_the_records_are_in_doubt() {
    let Some((mut cluster, database, url)) = server_that_waits() else { return };
    let error = thread::scope(|scope| {
        scope.spawn(|| when_a_commit_waits(database, |_| cluster.kill()));
        Pipeline::from(Numbers::to(10)).to(PostgresSink::connect(&url, Table::named("t"))).run().unwrap_err()
    });
    assert_eq!(error.error().kind(), ErrorKind::Connection, "{error}");
    let said = "[t]: the connection was lost over a commit that may have been made: cannot commit: ";
    assert!(error.to_string().contains(said), "{error}");
    let counts = error.report().unwrap().counts;
    assert_eq!((counts.in_doubt, counts.created), (10, 0));
}

#[test]
fn a_commit_that_was_not_made_is_known_not_to_be() {
    let Some(mut database) = database() else { return };
    database.run(
        "CREATE TABLE t (id int, name text, rest int); \
         CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END$$; \
         CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
    );
    let message = failure(load(&database, Table::named("t"), Numbers::to(10)));
    let said = "[t]: the connection was lost, and nothing is written: cannot commit: ";
    assert!(message.contains(said), "{message}");
    assert_eq!(database.rows("SELECT count(*) FROM t"), ["0"]);
}

/// A sink whose connection is cut between the checks and the first record.
struct Cut {
    sink: PostgresSink,
    database: Database,
    cut: Arc<AtomicBool>,
}

impl SinkWriter for Cut {
    fn bind(&mut self, schema: &Arc<Schema>) -> Result<()> {
        self.sink.bind(schema)?;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE datname = current_database() AND application_name = 'cut'";
        self.cut.store(self.database.rows(end) == ["t"], Ordering::Relaxed);
        Ok(())
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        self.sink.write(rows)
    }
}

#[test]
fn a_connection_without_a_transaction_is_opened_again() {
    let Some(mut database) = database() else { return };
    database.run("CREATE TABLE t (id int, name text, rest int)");
    let (sink, cut) = (
        PostgresSink::connect(&format!("{}?application_name=cut", database.url), Table::named("t")),
        Arc::default(),
    );
    let sink = Cut { sink, database: Database::open(database.url.clone()), cut: Arc::clone(&cut) };
    assert_eq!(Pipeline::from(Numbers::to(10)).to(sink).run().unwrap().counts.created, 10);
    assert!(cut.load(Ordering::Relaxed));
    assert_eq!(database.rows("SELECT count(*) FROM t"), ["10"]);
}

/// A sink that ends the sessions of the database when it has its first record.
struct Ends(Database);

impl SinkWriter for Ends {
    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        if rows.next()?.is_some() {
            self.0.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND application_name = 'read'",
            );
        }
        while rows.next()?.is_some() {}
        Ok(())
    }
}

#[test]
fn a_source_that_is_cut_off_ends_the_run() {
    let Some(database) = database() else { return };
    let url = format!("{}?application_name=read", database.url);
    let source = PostgresSource::query(&url, "SELECT repeat('x', 1000) FROM generate_series(1, 1000000)");
    let error = Pipeline::from(source).to(Ends(database)).run().unwrap_err();
    assert_eq!(error.error().kind(), ErrorKind::Connection, "{error}");
    assert!(error.to_string().contains("[query]: cannot read on: "), "{error}");
}

#[cfg(feature = "migration")]
#[test]
fn a_target_finds_a_commit_that_nobody_was_told_of() {
    use handover::migration::target::{Change, Op, Outcome, PostgresTarget, Target, TargetId};

    let Some((_cluster, mut database, url)) = server_that_waits() else { return };
    database.run("CREATE TABLE kept (id int PRIMARY KEY, name text)");
    let watcher = Database::open(database.url.clone());
    let record = handover::Record::of(Schema::text(["name"]).unwrap(), ["王伟"]).unwrap();
    let id = TargetId::Number(1);
    let create = Change { token: 7, op: Op::Create(Some(id.clone())), record };
    let written = thread::scope(|scope| {
        scope.spawn(|| {
            when_a_commit_waits(watcher, |database| {
                let end =
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
                assert_eq!(database.rows(end), ["t"]);
            });
        });
        PostgresTarget::connect(&url).write("kept", &[create])
    });
    assert_eq!(written.unwrap(), [(7, Outcome::Done(id))]);
    assert_eq!(database.rows("SELECT id, name FROM kept"), ["1|王伟"]);
}
