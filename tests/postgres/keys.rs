//! Records whose rows are there already.

use handover::sink::table::Table;
use handover::{Kind, Value};

use super::cluster::{Database, database};
use super::{failure, load, records, texts};

const COLUMNS: [&str; 3] = ["id", "name", "phone"];

fn customers() -> Option<Database> {
    let mut database = database()?;
    database.run("CREATE TABLE customers (id text PRIMARY KEY, name text NOT NULL, phone text, since date DEFAULT '2020-01-01')");
    database.run("INSERT INTO customers VALUES ('1', 'An', '555'), ('2', 'Bo', NULL), ('3', 'Cy', '777')");
    Some(database)
}

const ALL: &str = "SELECT id, name, phone, since FROM customers ORDER BY id";

#[test]
fn upsert_creates_updates_and_leaves_alone() {
    let Some(mut database) = customers() else { return };
    // The row that is left alone stays the same version of itself.
    let version = database.rows("SELECT xmin, xmax, ctid FROM customers WHERE id = '1'");
    let rows: &[&[&str]] = &[
        &["4", "Di", "1"],
        &["1", "An", "555"],
        &["2", "Bob", ""],
        &["3", "", "778"],
        &["5", "", "2"],
        &["", "X", ""],
    ];
    let loaded = load(&database, Table::named("customers").upsert("id"), texts(&COLUMNS, rows)).unwrap();
    assert_eq!(loaded.counts(), [1, 2, 1, 2]);
    assert_eq!(
        loaded.rejects,
        [
            "crm:row 5 name: null value in column \"name\" of relation \"customers\" violates not-null constraint",
            "crm:row 6 id: the key is null",
        ]
    );
    let expected = ["1|An|555|2020-01-01", "2|Bob|-|2020-01-01", "3|Cy|778|2020-01-01", "4|Di|1|2020-01-01"];
    assert_eq!(database.rows(ALL), expected);
    assert_eq!(database.rows("SELECT xmin, xmax, ctid FROM customers WHERE id = '1'"), version);
}

#[test]
fn nulls_are_written_where_they_are_asked_for() {
    let Some(mut database) = customers() else { return };
    let table = Table::named("customers").upsert("id").write_nulls();
    let loaded = load(&database, table, texts(&COLUMNS, &[&["1", "An", ""], &["2", "Bo", ""]])).unwrap();
    assert_eq!(loaded.counts(), [0, 1, 1, 0]);
    assert_eq!(database.rows("SELECT phone FROM customers WHERE id = '1'"), ["-"]);
}

#[test]
fn update_refuses_what_is_not_there() {
    let Some(mut database) = customers() else { return };
    let rows: &[&[&str]] = &[&["1", "9"], &["8", "9"], &["2", ""]];
    let loaded =
        load(&database, Table::named("customers").update("id"), texts(&["id", "phone"], rows)).unwrap();
    assert_eq!(loaded.counts(), [0, 1, 1, 1]);
    assert_eq!(loaded.rejects, ["crm:row 2 the table has no row of this key"]);
    assert_eq!(database.rows(ALL)[0], "1|An|9|2020-01-01");
}

#[test]
fn skipping_leaves_alone_what_is_there() {
    let Some(mut database) = customers() else { return };
    let rows: &[&[&str]] = &[&["1", "Other"], &["9", "Ny"], &["9", "Nz"]];
    let table = Table::named("customers").skip_existing("id");
    let loaded = load(&database, table, texts(&["id", "name"], rows)).unwrap();
    assert_eq!(loaded.counts(), [1, 0, 2, 0]);
    assert_eq!(database.rows("SELECT name FROM customers WHERE id IN ('1', '9') ORDER BY id"), ["An", "Ny"]);
}

#[test]
fn of_records_of_one_key_the_last_has_the_last_word() {
    let Some(mut database) = customers() else { return };
    let rows: &[&[&str]] = &[&["7", "a"], &["7", "b"], &["1", "An"], &["7", "b"], &["7", "a"]];
    let loaded =
        load(&database, Table::named("customers").upsert("id"), texts(&["id", "name"], rows)).unwrap();
    assert_eq!(loaded.counts(), [1, 2, 2, 0]);
    assert_eq!(database.rows("SELECT name FROM customers WHERE id = '7'"), ["a"]);
}

#[test]
fn keys_that_the_database_holds_for_one_are_one() {
    let Some(mut database) = database() else { return };
    database.run("CREATE TABLE t (k numeric PRIMARY KEY, v text)");
    let rows: &[&[&str]] = &[&["1.0", "a"], &["1.00", "b"], &["2", "x"], &["1", "a"]];
    let loaded = load(&database, Table::named("t").upsert("k"), texts(&["k", "v"], rows)).unwrap();
    assert_eq!(loaded.counts(), [2, 2, 0, 0]);
    assert_eq!(database.rows("SELECT v FROM t ORDER BY k"), ["a", "x"]);
    let rows: &[&[&str]] = &[&["1.0", "b"], &["1.00", "a"]];
    let loaded = load(&database, Table::named("t").upsert("k"), texts(&["k", "v"], rows)).unwrap();
    assert_eq!(
        (loaded.counts(), database.rows("SELECT v FROM t WHERE k = 1")),
        ([0, 2, 0, 0], vec!["a".to_owned()])
    );
}

#[test]
fn values_that_differ_only_to_the_eye_are_another_value() {
    let Some(mut database) = database() else { return };
    database.run("CREATE TABLE t (k int PRIMARY KEY, n numeric, j json)");
    database.run("INSERT INTO t VALUES (1, 1.0, '[1]')");
    let upsert = |n, j| {
        let source = texts(&["k", "n", "j"], &[&["1", n, j]]);
        load(&database, Table::named("t").upsert("k"), source).unwrap().counts()
    };
    assert_eq!(upsert("1.0", "[1]"), [0, 0, 1, 0]);
    assert_eq!(upsert("1.00", "[1]"), [0, 1, 0, 0]);
    assert_eq!(upsert("1.00", "[1 ]"), [0, 1, 0, 0]);
}

#[test]
fn a_key_of_several_columns_makes_a_table() {
    let Some(mut database) = database() else { return };
    let columns = [("shop", Kind::Text), ("id", Kind::Int), ("name", Kind::Text)];
    let row = |shop, id, name| vec![Value::Text(shop), Value::Int(id), Value::Text(name)];
    let table = || Table::named("customers").create().upsert(["shop", "id"]);
    for expected in [[2, 0, 0, 0], [0, 0, 2, 0]] {
        let source = records(&columns, [row("a", 1, "x"), row("b", 1, "y")]);
        assert_eq!(load(&database, table(), source).unwrap().counts(), expected);
    }
    let other = records(&columns, [row("a", 1, "z")]);
    assert_eq!(load(&database, table(), other).unwrap().counts(), [0, 1, 0, 0]);
    assert_eq!(database.rows("SELECT * FROM customers ORDER BY shop"), ["a|1|z", "b|1|y"]);
}

#[test]
fn what_does_not_fit_is_said_before_the_first_record() {
    let Some(mut database) = customers() else { return };
    database.run("CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY, n text, up text GENERATED ALWAYS AS (upper(n)) STORED)");
    database.run("CREATE VIEW shown AS SELECT id FROM customers");
    let address = database.url.rsplit('@').next().unwrap().to_owned();
    let check = |table: Table, columns: &[&str], name: &str, expected: &str| {
        let message = failure(load(&database, table, texts(columns, &[])));
        assert_eq!(message, format!("postgres://{address}[{name}]: {expected}"));
    };
    let named = Table::named;
    let there = "The columns are: id, name, phone, since";
    check(
        named("customers"),
        &["id", "nmae"],
        "customers",
        &format!("no column `nmae`, did you mean `name`? {there}"),
    );
    check(named("customers"), &["id"], "customers", "column `name` needs a value, and the records have none");
    let key = "the key (phone) has no unique constraint in the table";
    check(named("customers").upsert("phone"), &["id", "name", "phone"], "customers", key);
    check(named("made"), &["id"], "made", "column `id` is computed by the database");
    check(named("made"), &["up"], "made", "column `up` is computed by the database");
    check(named("shown"), &["id"], "shown", "it is not a table");
    let missing = "no table `costumers`, did you mean `customers`? The tables are: customers, made, shown";
    check(named("costumers"), &["id"], "costumers", missing);
    let elsewhere = "no table `customers`: there are none";
    check(named("customers").in_schema("sales"), &["id"], "sales.customers", elsewhere);
}
