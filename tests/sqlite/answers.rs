//! What becomes of each record.

use handover::Value;
use handover::sink::table::Table;

use super::{Database, NULL, counts, text};

const CUSTOMERS: &str = "
    CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '?', email TEXT UNIQUE, age INT CHECK (age > 0));
    INSERT INTO customers VALUES ('1', '王伟', 'wang@x.cn', 30), ('2', '李娜', 'li@x.cn', 40);";
const ALL: &str = "SELECT * FROM customers ORDER BY id";

fn table() -> Table {
    Table::named("customers")
}

#[test]
fn a_table_is_made_of_the_columns() {
    let database = Database::none();
    let columns = [
        "id:int",
        "name",
        "select:bool",
        "amount:decimal",
        "score:float",
        "born:date",
        "seen:datetime",
        "any:any",
    ];
    let report = database.write(table().create().upsert("id"), &columns, &[]).unwrap();
    assert_eq!(counts(&report), [0, 0, 0, 0]);
    let expected = "CREATE TABLE \"customers\" (\"id\" INTEGER NOT NULL, \"name\" TEXT, \"select\" BOOLEAN, \
                    \"amount\" DECIMAL TEXT, \"score\" REAL, \"born\" DATE, \"seen\" DATETIME, \"any\" , \
                    PRIMARY KEY (\"id\"))";
    assert_eq!(database.rows("SELECT sql FROM sqlite_schema"), [format!("'{expected}'")]);
    // A table that is there is taken as it is.
    database.execute("ALTER TABLE customers ADD COLUMN late");
    let report = database.write(table().create(), &["ID:int"], &[&[Value::Int(7)]]).unwrap();
    assert_eq!(counts(&report), [1, 0, 0, 0]);
    assert_eq!(database.rows("SELECT id, name, late FROM customers"), ["7|NULL|NULL"]);
    assert_eq!(report.outputs[0].name, format!("{}[customers]", database.path().display()));
    assert_eq!(report.outputs[0].rows, 1);
}

#[test]
fn a_key_is_the_same_as_number_and_as_text() {
    let database = Database::none();
    let upsert = || table().create().upsert("id");
    let rows: &[&[Value<'_>]] = &[&[Value::Int(7), text("a")]];
    assert_eq!(counts(&database.write(upsert(), &["id:any", "name"], rows).unwrap()), [1, 0, 0, 0]);
    let rows: &[&[Value<'_>]] = &[&[text("7"), text("b")], &[text("007"), text("c")]];
    assert_eq!(counts(&database.write(upsert(), &["id", "name"], rows).unwrap()), [1, 1, 0, 0]);
    assert_eq!(database.rows(ALL), ["'007'|'c'", "'7'|'b'"]);
}

#[test]
fn inserts_are_created_or_refused_each_alone() {
    let database = Database::of(CUSTOMERS);
    let rows: &[&[Value<'_>]] = &[
        &[text("3"), text("a"), text("a@x.cn"), Value::Int(1)],
        &[text("1"), text("b"), NULL, NULL],
        &[text("4"), text("c"), text("li@x.cn"), NULL],
        &[text("5"), NULL, NULL, NULL],
        &[text("6"), text("d"), NULL, Value::Int(0)],
        &[text("7"), text("e"), NULL, NULL],
    ];
    let (counts, findings) = database.says(table(), &["id", "name", "email", "age:int"], rows);
    assert_eq!(counts, [2, 0, 0, 4]);
    assert_eq!(
        findings,
        [
            "records:row 2: UNIQUE constraint failed: customers.id",
            "records:row 3: UNIQUE constraint failed: customers.email",
            "records:row 4: NOT NULL constraint failed: customers.name",
            "records:row 5: CHECK constraint failed: age > 0",
        ]
    );
    let expected =
        ["'1'|'王伟'|'wang@x.cn'|30", "'2'|'李娜'|'li@x.cn'|40", "'3'|'a'|'a@x.cn'|1", "'7'|'e'|NULL|NULL"];
    assert_eq!(database.rows(ALL), expected);
}

#[test]
fn an_upsert_says_what_it_did() {
    let database = Database::of(CUSTOMERS);
    let rows: &[&[Value<'_>]] = &[
        &[text("1"), text("王伟"), NULL],
        &[text("2"), text("李 娜"), text("li@x.cn")],
        &[text("3"), text("a"), text("a@x.cn")],
        &[text("3"), text("b"), NULL],
        &[text("4"), text("c"), text("wang@x.cn")],
        &[text("1"), text("x"), text("li@x.cn")],
        &[NULL, text("y"), NULL],
    ];
    let columns = ["id", "name", "email"];
    let (counts, findings) = database.says(table().upsert("id"), &columns, rows);
    assert_eq!(counts, [1, 2, 1, 3]);
    assert_eq!(
        findings,
        [
            "records:row 5: UNIQUE constraint failed: customers.email",
            "records:row 6: UNIQUE constraint failed: customers.email",
            "records:row 7:id: the key is empty",
        ]
    );
    let expected = ["'1'|'王伟'|'wang@x.cn'|30", "'2'|'李 娜'|'li@x.cn'|40", "'3'|'b'|'a@x.cn'|NULL"];
    assert_eq!(database.rows(ALL), expected);
    // Null is written where it is asked for.
    let (counts, _) = database.says(table().upsert("id").write_nulls(), &columns, &rows[..3]);
    assert_eq!(counts, [0, 2, 1, 0]);
    assert_eq!(database.rows("SELECT email FROM customers ORDER BY id"), ["NULL", "'li@x.cn'", "'a@x.cn'"]);
}

#[test]
fn updates_and_skips_keep_to_what_is_there_or_is_not() {
    let database = Database::of(CUSTOMERS);
    let rows: &[&[Value<'_>]] =
        &[&[text("1"), text("x")], &[text("9"), text("y")], &[text("2"), text("李娜")]];
    let (counts, findings) = database.says(table().update("id"), &["id", "name"], rows);
    assert_eq!((counts, &*findings[0]), ([0, 1, 1, 1], "records:row 2: no row has this key"));
    let (counts, _) = database.says(table().skip_existing("id"), &["id", "name"], rows);
    assert_eq!(counts, [1, 0, 2, 0]);
    assert_eq!(database.rows("SELECT id, name FROM customers"), ["'1'|'x'", "'2'|'李娜'", "'9'|'y'"]);
    // Where there is nothing but the key, there is nothing to change.
    let (counts, _) = database.says(table().upsert("id"), &["id"], &[&[text("1")], &[text("8")]]);
    assert_eq!(counts, [1, 0, 1, 0]);
}

#[test]
fn a_key_is_told_apart_as_its_constraint_does() {
    let database = Database::of(
        "CREATE TABLE t (email TEXT, shop INT, name TEXT COLLATE NOCASE);
         CREATE UNIQUE INDEX by_email ON t (shop, email COLLATE NOCASE);
         INSERT INTO t VALUES ('Li@X.cn', 1, 'li')",
    );
    let rows: &[&[Value<'_>]] =
        &[&[text("li@x.cn"), text("1"), text("LI")], &[text("li@x.cn"), text("2"), text("li")]];
    let (counts, _) =
        database.says(Table::named("t").upsert(["email", "shop"]), &["email", "shop", "name"], rows);
    assert_eq!(counts, [1, 1, 0, 0]);
    assert_eq!(database.rows("SELECT * FROM t"), ["'Li@X.cn'|1|'LI'", "'li@x.cn'|2|'li'"]);
}

#[test]
fn what_the_table_says_of_conflicts_does_not_lose_rows() {
    let database = Database::of(
        "CREATE TABLE t (id INT UNIQUE ON CONFLICT REPLACE, name TEXT UNIQUE ON CONFLICT IGNORE,
                         mail TEXT UNIQUE ON CONFLICT ROLLBACK);
         INSERT INTO t VALUES (1, 'a', 'a@x')",
    );
    let rows: &[&[Value<'_>]] = &[
        &[text("1"), text("b"), NULL],
        &[text("2"), text("a"), NULL],
        &[text("3"), NULL, text("a@x")],
        &[text("4"), NULL, NULL],
    ];
    let (counts, findings) = database.says(Table::named("t"), &["id", "name", "mail"], rows);
    assert_eq!((counts, findings.len()), ([1, 0, 0, 3], 3));
    assert_eq!(database.rows("SELECT * FROM t"), ["1|'a'|'a@x'", "4|NULL|NULL"]);
}

fn with_trigger(when: &str, body: &str) -> Database {
    Database::of(&format!(
        "CREATE TABLE log (id); CREATE TABLE t (id INT PRIMARY KEY, name TEXT);
         CREATE TRIGGER no {when} ON t WHEN new.name = 'x' BEGIN INSERT INTO log VALUES (new.id); {body}; END;"
    ))
}

#[test]
fn triggers_refuse_and_end_runs() {
    let rows: &[&[Value<'_>]] = &[&[text("1"), text("a")], &[text("2"), text("x")], &[text("3"), text("b")]];
    let columns = ["id", "name"];
    let says = |when, body| {
        let database = with_trigger(when, body);
        let said = database.says(Table::named("t"), &columns, rows);
        (said, database.rows("SELECT id FROM t UNION ALL SELECT -id FROM log"))
    };
    let refused = says("BEFORE INSERT", "SELECT RAISE(ABORT, 'no x here')");
    let expected =
        (([2, 0, 0, 1], vec!["records:row 2: no x here".to_owned()]), vec!["1".into(), "3".into()]);
    assert_eq!(refused, expected);
    let ((counts, findings), _) = says("BEFORE INSERT", "SELECT RAISE(IGNORE)");
    assert_eq!(
        (counts, &*findings[0]),
        ([2, 0, 0, 1], "records:row 2: a trigger of the table leaves it out")
    );
    for when in ["BEFORE INSERT", "AFTER INSERT"] {
        assert_eq!(says(when, "SELECT RAISE(FAIL, 'no x here')"), refused);
        let database = with_trigger(when, "SELECT RAISE(ROLLBACK, 'no x here')");
        let error = database.fails(Table::named("t"), &columns, rows);
        let expected = "crm.db[t]: no x here: this undid all records so far, so that the run cannot go on";
        assert_eq!(error, expected);
        assert_eq!(database.rows("SELECT id FROM t UNION ALL SELECT id FROM log"), [""; 0]);
    }
    // What a trigger writes elsewhere is not counted, nor does it hide what was written.
    let database = with_trigger("AFTER UPDATE", "UPDATE log SET id = id; DELETE FROM log WHERE 0");
    let upsert = Table::named("t").upsert("id");
    database.says(upsert.clone(), &columns, &rows[..1]);
    assert_eq!(database.says(upsert, &columns, &[&[text("1"), text("x")]]).0, [0, 1, 0, 0]);
}

#[test]
fn foreign_keys_hold() {
    let database = Database::of(
        "CREATE TABLE shops (id INT PRIMARY KEY);
         CREATE TABLE t (id INT, shop INT REFERENCES shops (id));
         CREATE TABLE late (id INT, shop INT REFERENCES shops (id) DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO shops VALUES (1)",
    );
    let rows: &[&[Value<'_>]] = &[&[text("1"), text("1")], &[text("2"), text("2")]];
    let (counts, findings) = database.says(Table::named("t"), &["id", "shop"], rows);
    assert_eq!((counts, &*findings[0]), ([1, 0, 0, 1], "records:row 2: FOREIGN KEY constraint failed"));
    let error = database.fails(Table::named("late"), &["id", "shop"], rows);
    let expected = "crm.db[late]: FOREIGN KEY constraint failed: \
                    `late` refers to rows of `shops` that are not there";
    assert_eq!(error, expected);
    assert_eq!(database.rows("SELECT * FROM late"), [""; 0]);
}

#[test]
fn a_table_without_row_numbers_is_like_any_other() {
    let database = Database::of("CREATE TABLE t (id INT PRIMARY KEY, name) WITHOUT ROWID");
    let upsert = || Table::named("t").upsert("id");
    let rows: &[&[Value<'_>]] = &[&[text("1"), text("a")], &[text("1"), text("a")], &[text("1"), text("b")]];
    assert_eq!(database.says(upsert(), &["id", "name"], rows).0, [1, 1, 1, 0]);
    assert_eq!(database.rows("SELECT * FROM t"), ["1|'b'"]);
}
