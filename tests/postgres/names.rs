//! Names that would be more than names.

use handover::sink::Collect;
use handover::sink::table::Table;
use handover::{Pipeline, PostgresSource, SourceReader};

use super::cluster::database;
use super::{failure, load, texts};

const EVIL: &str = "x\"; DROP TABLE victims; --";

#[test]
fn names_are_nothing_but_names() {
    let Some(mut database) = database() else { return };
    database.run("CREATE TABLE victims (id int); INSERT INTO victims VALUES (1)");
    let columns = ["select", EVIL, "a b", "c0", "number", "Grün"];
    let row: &[&[&str]] = &[&["1", "2", "3", "4", "5", "6"]];
    for name in ["customers\"; DROP TABLE victims; --", EVIL, "select"] {
        let table = || Table::named(name).create();
        for (table, expected) in [
            (table().upsert(["select", EVIL]), [1, 0, 0, 0]),
            (table().upsert([EVIL, "select"]), [0, 0, 1, 0]),
            (table().update(["select", EVIL]), [0, 0, 1, 0]),
            (table().skip_existing(["select", EVIL]), [0, 0, 1, 0]),
            (table(), [0, 0, 0, 1]),
        ] {
            assert_eq!(load(&database, table, texts(&columns, row)).unwrap().counts(), expected);
        }
        let mut source = PostgresSource::table(&database.url, name).key(EVIL);
        assert!(source.schema().unwrap().names().eq(columns));
        let mut sink = Collect::new();
        Pipeline::from(source).to(&mut sink).run().unwrap();
        assert_eq!(sink.records().len(), 1);
    }
    let message =
        failure(load(&database, Table::named("t").in_schema(EVIL).create(), texts(&["a"], row_of_one())));
    assert!(
        message.ends_with("cannot create the table: schema \"x\"; DROP TABLE victims; --\" does not exist"),
        "{message}"
    );
    let run = Table::named("victims2").create().durable("'); DROP TABLE victims; --", 1);
    load(&database, run, texts(&["a"], row_of_one())).unwrap();
    assert_eq!(database.rows("SELECT count(*) FROM victims"), ["1"]);
}

#[test]
fn names_that_would_be_cut_are_refused() {
    let Some(database) = database() else { return };
    let long = "n".repeat(64);
    let expected = format!("PostgreSQL keeps names of 63 bytes at most, and not `{long}`");
    let message = failure(load(&database, Table::named(&*long).create(), texts(&["a"], row_of_one())));
    assert!(message.ends_with(&expected), "{message}");
    let message = failure(load(&database, Table::named("t").create(), texts(&[&long], row_of_one())));
    assert!(message.ends_with(&expected), "{message}");
}

fn row_of_one() -> &'static [&'static [&'static str]] {
    &[&["'); DROP TABLE victims; --"]]
}
