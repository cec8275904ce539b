//! Records that the database does not take.

use handover::sink::table::Table;

use super::cluster::database;
use super::{Numbers, failure, load, texts};

#[test]
fn of_a_million_only_those_to_blame_are_refused() {
    let Some(mut database) = database() else { return };
    database.run(
        "CREATE TABLE t (id int PRIMARY KEY, name text, rest int, \
         CONSTRAINT odd_one CHECK (id <> 500000), CONSTRAINT last CHECK (id <> 1000000))",
    );
    database.run("INSERT INTO t VALUES (123456, 'there', 0)");
    let loaded = load(&database, Table::named("t"), Numbers::to(1_000_000)).unwrap();
    assert_eq!(loaded.counts(), [999_997, 0, 0, 3]);
    assert_eq!(
        loaded.rejects,
        [
            "numbers:row 123456 duplicate key value violates unique constraint \"t_pkey\"",
            "numbers:row 500000 new row for relation \"t\" violates check constraint \"odd_one\"",
            "numbers:row 1000000 new row for relation \"t\" violates check constraint \"last\"",
        ]
    );
    let sum = 500_000_500_000u64 - 500_000 - 1_000_000;
    assert_eq!(
        database.rows("SELECT count(*), sum(id), count(DISTINCT id) FROM t"),
        [format!("999998|{sum}|999998")]
    );
}

#[test]
fn what_the_database_says_comes_without_values() {
    let Some(mut database) = database() else { return };
    database.run(
        "CREATE TABLE shops (id text PRIMARY KEY); CREATE TABLE t (email text UNIQUE, \
         shop text REFERENCES shops, mood text NOT NULL, tags int[], raised text)",
    );
    database.run(
        "CREATE FUNCTION raise() RETURNS trigger LANGUAGE plpgsql AS \
         $$BEGIN IF NEW.raised = 'out' THEN RETURN NULL; END IF; RAISE 'not today'; END$$; \
         CREATE TRIGGER raise BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.raised IS NOT NULL) EXECUTE FUNCTION raise()",
    );
    let rows: &[&[&str]] = &[
        &["secret@x", "", "m", "", ""],
        &["secret@x", "", "m", "", ""],
        &["a", "secret", "m", "", ""],
        &["b", "", "", "", ""],
        &["c", "", "m", "{secret}", ""],
        &["d", "", "m", "", "secret"],
        &["e", "", "m", "", "out"],
        &["f", "", "m", "{1}", ""],
    ];
    let columns = ["email", "shop", "mood", "tags", "raised"];
    let loaded = load(&database, Table::named("t"), texts(&columns, rows)).unwrap();
    assert_eq!(
        loaded.rejects,
        [
            "crm:row 2 duplicate key value violates unique constraint \"t_email_key\"",
            "crm:row 3 insert or update on table \"t\" violates foreign key constraint \"t_shop_fkey\"",
            "crm:row 4 mood: null value in column \"mood\" of relation \"t\" violates not-null constraint",
            "crm:row 5 tags: invalid input syntax for type integer",
            "crm:row 6 not today",
            "crm:row 7 a trigger or a rule of the table left the row out",
        ]
    );
    assert_eq!(database.rows("SELECT email FROM t ORDER BY 1"), ["f", "secret@x"]);
}

#[test]
fn a_constraint_that_is_checked_at_the_end_undoes_the_run() {
    let Some(mut database) = database() else { return };
    database.run("CREATE TABLE shops (id text PRIMARY KEY); CREATE TABLE t (shop text REFERENCES shops DEFERRABLE INITIALLY DEFERRED)");
    let message = failure(load(&database, Table::named("t"), texts(&["shop"], &[&["secret"]])));
    assert!(
        message.ends_with("[t]: cannot commit: insert or update on table \"t\" violates foreign key constraint \"t_shop_fkey\""),
        "{message}"
    );
    assert_eq!(database.rows("SELECT count(*) FROM t"), ["0"]);
}

#[test]
fn what_is_no_fault_of_a_record_ends_the_run() {
    let Some(mut database) = database() else { return };
    database.run("CREATE TABLE t (id int, name text, rest int); CREATE ROLE clerk LOGIN PASSWORD 'pass-of-clerk'; GRANT INSERT ON t TO clerk");
    let url = database.url.clone();
    let (_, address) = url.split_once('@').unwrap();
    database.url = format!("postgres://clerk:pass-of-clerk@{address}");
    let message = failure(load(&database, Table::named("t").update("id"), Numbers::to(1)));
    assert_eq!(
        message,
        format!("postgres://{address}[t]: the key (id) has no unique constraint in the table")
    );
    assert_eq!(load(&database, Table::named("t"), Numbers::to(1)).unwrap().counts(), [1, 0, 0, 0]);
    let message = failure(load(&database, Table::named("u").create(), Numbers::to(1)));
    assert_eq!(
        message,
        format!("postgres://{address}[u]: cannot create the table: permission denied for schema public")
    );
    database.run("REVOKE INSERT ON t FROM clerk");
    let message = failure(load(&database, Table::named("t"), Numbers::to(1)));
    assert_eq!(message, format!("postgres://{address}[t]: cannot write: permission denied for table t"));
    database.url = format!("postgres://clerk:wrong-pass@{address}");
    let message = failure(load(&database, Table::named("t"), Numbers::to(1)));
    assert_eq!(
        message,
        format!("postgres://{address}[t]: cannot connect: password authentication failed for user \"clerk\"")
    );
    database.url = "postgres://clerk:wrong-pass@127.0.0.1:1/db".to_owned();
    let message = failure(load(&database, Table::named("t"), Numbers::to(1)));
    assert!(
        message.starts_with("postgres://127.0.0.1:1/db[t]: cannot connect: error connecting to server"),
        "{message}"
    );
    assert!(!message.contains("wrong"));
}
