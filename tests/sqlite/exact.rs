//! What is stored is what was given, or it is refused.

use handover::sink::Collect;
use handover::sink::table::Table;
use handover::{Date, DateTime, Decimal, Pipeline, Record, Schema, SqliteSource, Value};
use proptest::prelude::*;

use super::{Database, NULL, records, text};
use crate::common::cases;

fn decimal(digits: &str) -> Value<'_> {
    Value::Decimal(Decimal::parse(digits).unwrap())
}

#[test]
fn every_kind_comes_back_as_it_was() {
    let columns = ["select", "n:int", "f:float", "d:decimal", "b:bool", "day:date", "at:datetime", "any:any"];
    let day = Date::new(2024, 2, 29).unwrap();
    let at = DateTime::new(day, 30_600_000_001, Some(480)).unwrap();
    let rows: &[&[Value<'_>]] = &[
        &[
            text("00123"),
            Value::Int(i64::MIN),
            Value::Float(0.1),
            decimal("12.50"),
            Value::Bool(true),
            Value::Date(day),
            Value::DateTime(at),
            text("1e5"),
        ],
        &[
            text(""),
            Value::Int(9_007_199_254_740_993),
            Value::Float(1e300),
            decimal("1234567890123456789.0123456789"),
            Value::Bool(false),
            NULL,
            NULL,
            Value::Int(7),
        ],
        &[
            text("𠮷 \n\"';--\u{0}x"),
            NULL,
            Value::Float(5.0),
            decimal("-0.10"),
            NULL,
            NULL,
            NULL,
            decimal("007.10"),
        ],
        &[NULL, NULL, NULL, NULL, NULL, NULL, NULL, Value::Float(2.5)],
        &[text("138001380001380013"), NULL, NULL, NULL, NULL, NULL, NULL, Value::Bool(true)],
    ];
    let database = Database::none();
    database.write(Table::named("t").create(), &columns, rows).unwrap();
    let mut back = Collect::new();
    Pipeline::from(SqliteSource::table(database.path(), "t")).to(&mut back).run().unwrap();
    let mut given = Collect::new();
    Pipeline::from(records(&columns, rows)).to(&mut given).run().unwrap();
    assert_eq!(back.records()[..2], given.records()[..2]);
    // What has no type of its own in a column without a type comes back as the nearest.
    let any: Vec<Value<'_>> = back.records().iter().map(|record| record.value(7)).collect();
    assert_eq!(any, [text("1e5"), Value::Int(7), text("007.10"), Value::Float(2.5), Value::Int(1)]);
    for (back, given) in back.records().iter().zip(given.records()) {
        assert!(back.values().take(7).eq(given.values().take(7)));
    }
}

/// What is stored of one value in a column of a type, or why it is refused.
fn stored(declared: &str, value: Value<'_>) -> String {
    let database = Database::of(&format!("CREATE TABLE t (x {declared})"));
    let (_, findings) = database.says(Table::named("t"), &["x:any"], &[&[value]]);
    match findings.first() {
        Some(finding) => finding.strip_prefix("records:row 1:x: ").unwrap_or(finding).to_owned(),
        None => database.rows("SELECT x FROM t").concat(),
    }
}

#[test]
fn what_a_column_would_change_is_refused() {
    let kept = |declared, value| stored(declared, text(value));
    let changed = |declared| format!("a column declared {declared} would not keep it as it is written");
    for value in [
        "00123",
        " 5",
        "5\n",
        "+5",
        "1e5",
        ".5",
        "5.",
        "-0",
        "-00.5",
        "138001380001380013801",
        "0.1234567890123456789",
    ] {
        for declared in ["INTEGER", "DECIMAL(10,2)", "DATE", "STRING", "REAL"] {
            assert_eq!(kept(declared, value), changed(declared), "{value:?}");
        }
        assert_eq!(kept("VARCHAR(30)", value), format!("'{value}'"));
        assert_eq!(kept("BLOB", value), format!("'{value}'"));
    }
    assert_eq!(kept("INTEGER", "-17"), "-17");
    assert_eq!(kept("INTEGER", "138001380001380013"), "138001380001380013");
    assert_eq!(kept("REAL", "138001380001380013"), changed("REAL"));
    assert_eq!(kept("REAL", "17"), "17.0");
    assert_eq!(kept("DECIMAL(10,2)", "12.50"), "12.5");
    assert_eq!(kept("DECIMAL(10,2)", "-3.00"), "-3");
    assert_eq!(kept("DATE", "2024-02-29"), "'2024-02-29'");
    assert_eq!(kept("STRING", "a1"), "'a1'");
    assert_eq!(kept("BOOLEAN", "true"), "1");
    assert_eq!(kept("BOOLEAN", "yes"), "not true or false, and the column is declared BOOLEAN");
    assert_eq!(kept("INT", "12.5"), "not a whole number, and the column is declared INT");
    assert_eq!(kept("INT", ""), "not a whole number, and the column is declared INT");
    assert_eq!(kept("REAL", "1,5"), "not a number, and the column is declared REAL");
}

#[test]
fn values_with_a_kind_are_stored_as_such() {
    let day = Date::new(2024, 2, 29).unwrap();
    let at = DateTime::new(day, 0, None).unwrap();
    assert_eq!(stored("TEXT", Value::Int(5)), "'5'");
    assert_eq!(stored("TEXT", Value::Float(0.1)), "'0.1'");
    assert_eq!(stored("TEXT", Value::Bool(true)), "'true'");
    assert_eq!(stored("TEXT", Value::Date(day)), "'2024-02-29'");
    assert_eq!(stored("TEXT", decimal("1.10")), "'1.10'");
    assert_eq!(stored("", Value::Bool(true)), "1");
    assert_eq!(stored("", decimal("1.10")), "'1.10'");
    assert_eq!(stored("DATETIME", Value::DateTime(at)), "'2024-02-29T00:00:00'");
    assert_eq!(stored("NUMERIC", decimal("1.10")), "1.1");
    let lost = "a column declared NUMERIC would not keep it as it is written";
    assert_eq!(stored("NUMERIC", decimal("1234567890123456.78")), lost);
    assert_eq!(stored("REAL", Value::Int(1 << 53)), "9007199254740992.0");
    assert_eq!(
        stored("REAL", Value::Int((1 << 53) + 1)),
        "a column declared REAL would not keep it as it is written"
    );
    assert_eq!(stored("INT", Value::Float(5.0)), "5");
    assert_eq!(stored("INT", Value::Float(5.5)), "not a whole number, and the column is declared INT");
    assert_eq!(
        stored("REAL", Value::Float(f64::NAN)),
        "a column declared REAL would not keep it as it is written"
    );
    assert_eq!(stored("REAL", Value::Float(f64::INFINITY)), "inf");
    assert_eq!(stored("INT", Value::Date(day)), "not a whole number, and the column is declared INT");
}

#[test]
fn strict_tables_take_what_fits() {
    let database = Database::of("CREATE TABLE t (id INTEGER, name TEXT, any ANY) STRICT");
    let rows: &[&[Value<'_>]] = &[&[text("1"), text("007"), text("007")], &[text("x"), NULL, NULL]];
    let (counts, findings) = database.says(Table::named("t"), &["id", "name", "any"], rows);
    assert_eq!(
        (counts, &*findings[0]),
        ([1, 0, 0, 1], "records:row 2:id: not a whole number, and the column is declared INTEGER")
    );
    assert_eq!(database.rows("SELECT * FROM t"), ["1|'007'|'007'"]);
}

proptest! {
    #![proptest_config(cases(48))]
    /// Whatever looks like a number to SQLite: it comes back digit by digit, but for
    /// zeros at the end of a fraction, or it is refused.
    #[test]
    fn no_number_changes(texts in prop::collection::vec("[ \t]?[-+]?[0-9]{0,20}\\.?[0-9]{0,6}([eE][-+]?[0-9]{1,3})?[ x]?|[0-9.eE+-]{0,8}", 40)) {
        for declared in ["NUMERIC", "INT", "REAL", "DATE"] {
            let database = Database::of(&format!("CREATE TABLE t (x {declared})"));
            let schema = Schema::text(["x"]).unwrap();
            let given = texts.iter().map(|text| Record::of(schema.clone(), [text.as_str()]).unwrap());
            let rows: Vec<Vec<Value<'_>>> = texts.iter().map(|given| vec![text(given)]).collect();
            let rows: Vec<&[Value<'_>]> = rows.iter().map(Vec::as_slice).collect();
            let (_, findings) = database.says(Table::named("t"), &["x"], &rows);
            let refused = |row: usize| findings.iter().any(|said| said.starts_with(&format!("records:row {row}:")));
            let kept = given.enumerate().filter(|(row, _)| !refused(row + 1)).map(|(_, record)| significant(record.text("x").unwrap()));
            let back = database.connect();
            let mut statement = back.prepare("SELECT x FROM t ORDER BY rowid").unwrap();
            let back = statement.query_map([], |row| Ok(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(value) => value.to_string(),
                rusqlite::types::ValueRef::Real(value) => value.to_string(),
                other => other.as_str()?.to_owned(),
            })).unwrap();
            prop_assert!(kept.eq(back.map(Result::unwrap).map(|text| significant(&text))), "{} {:?}", declared, texts);
        }
    }
}

/// A number without the zeros at the end of its fraction; any other text as it is.
fn significant(text: &str) -> String {
    match Decimal::parse(text) {
        Some(_) if text.contains('.') => {
            let text = text.trim_end_matches('0').trim_end_matches('.');
            if text == "-0" { "0".to_owned() } else { text.to_owned() }
        }
        _ => text.to_owned(),
    }
}
