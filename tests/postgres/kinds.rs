//! Values there and back.

use handover::sink::Collect;
use handover::sink::table::Table;
use handover::{Date, DateTime, Decimal, Kind, Pipeline, PostgresSource, Rejects, SourceReader, Value};

use super::cluster::{Database, database};
use super::{failure, load, records, texts};

/// What a source gives: names with kinds, and the rows as text.
fn read(mut source: PostgresSource) -> (Vec<String>, Vec<Vec<String>>) {
    let schema = source.schema().unwrap();
    let columns = schema.fields().iter().map(|field| format!("{} {}", field.name(), field.kind())).collect();
    let mut sink = Collect::new();
    Pipeline::from(source).to(&mut sink).run().unwrap();
    let shown = |value: Value<'_>| if value.is_null() { "-".to_owned() } else { value.to_string() };
    (columns, sink.records().iter().map(|record| record.values().map(shown).collect()).collect())
}

fn customers(database: &mut Database) {
    database.run("CREATE TABLE customers (id int PRIMARY KEY, name text)");
    database.run("INSERT INTO customers VALUES (2, 'Bo'), (1, 'An')");
}

#[test]
fn every_kind_goes_there_and_back() {
    let Some(mut database) = database() else { return };
    let columns = [
        ("select", Kind::Int),
        ("text", Kind::Text),
        ("any", Kind::Any),
        ("bool", Kind::Bool),
        ("float", Kind::Float),
        ("decimal", Kind::Decimal),
        ("date", Kind::Date),
        ("wall", Kind::DateTime),
        ("zoned", Kind::DateTime),
    ];
    let time = |text| Value::DateTime(DateTime::parse(text).unwrap());
    let decimal = |text| Value::Decimal(Decimal::parse(text).unwrap());
    let rows = [
        vec![
            Value::Int(i64::MAX),
            Value::Text("a\tb\r\nc\\.\\N 王伟 😀 'x' \"y\""),
            Value::Int(7),
            Value::Bool(true),
            Value::Float(0.1 + 0.2),
            decimal("123456789012345678901234567890.10"),
            Value::Date(Date::new(1, 1, 1).unwrap()),
            time("2024-02-29T08:30:00.123456"),
            time("2024-02-29T08:30:00+08:00"),
        ],
        vec![
            Value::Int(-1),
            Value::Text(""),
            Value::Text("00123"),
            Value::Bool(false),
            Value::Float(-1e300),
            decimal("-0.000"),
            Value::Date(Date::new(9999, 12, 31).unwrap()),
            time("1899-12-31T00:00:00"),
            time("2024-12-31T23:59:59Z"),
        ],
        vec![Value::Null; 9],
    ];
    let loaded = load(&database, Table::named("kinds").create(), records(&columns, rows)).unwrap();
    assert_eq!(loaded.counts(), [3, 0, 0, 0]);
    assert_eq!(
        database.rows("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'kinds' ORDER BY ordinal_position"),
        [
            "select|bigint", "text|text", "any|text", "bool|boolean", "float|double precision",
            "decimal|numeric", "date|date", "wall|timestamp without time zone", "zoned|timestamp with time zone",
        ]
    );
    let (names, rows) = read(PostgresSource::table(&database.url, "kinds"));
    assert_eq!(
        names.join(","),
        "select int,text text,any text,bool bool,float float,decimal decimal,date date,wall datetime,zoned datetime"
    );
    assert_eq!(
        rows[0],
        [
            "9223372036854775807",
            "a\tb\r\nc\\.\\N 王伟 😀 'x' \"y\"",
            "7",
            "true",
            "0.30000000000000004",
            "123456789012345678901234567890.10",
            "0001-01-01",
            "2024-02-29T08:30:00.123456",
            "2024-02-29T00:30:00Z",
        ]
    );
    assert_eq!(rows[1][1..6], ["", "00123", "false", &format!("{}", -1e300), "0.000"]);
    assert_eq!(rows[1][6..], ["9999-12-31", "1899-12-31T00:00:00", "2024-12-31T23:59:59Z"]);
    assert_eq!(rows[2], ["-"; 9]);
}

#[test]
fn what_a_kind_does_not_have_rejects_its_record() {
    let Some(mut database) = database() else { return };
    database.run("CREATE TABLE odd (id int, n numeric, d date, t timestamptz)");
    database.run("INSERT INTO odd VALUES (1, 'NaN', 'infinity', '-infinity'), (2, 1, '0044-03-15 BC', 'epoch'), (3, 1, '10000-01-01', NULL), (4, 1.5, '2024-01-01', NULL)");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rejects.csv");
    let mut sink = Collect::new();
    let source = PostgresSource::table(&database.url, "odd").key("id");
    Pipeline::from(source).rejects(Rejects::csv(&file)).to(&mut sink).run().unwrap();
    assert_eq!(sink.records().len(), 1);
    let rejects = std::fs::read_to_string(&file).unwrap();
    let port = database.url.rsplit(':').next().unwrap();
    let place = |row: u32| format!("postgres://127.0.0.1:{port}[odd]:row {row}");
    let lines: Vec<&str> = rejects.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            format!(
                "{},n: not a decimal number [kind]; d: not a date [kind]; t: not a date and time [kind],,1,NaN,infinity,-infinity",
                place(1)
            ),
            format!("{},d: not a date [kind],,2,1,0044-03-15 BC,1970-01-01T00:00:00Z", place(2)),
            format!("{},d: not a date [kind],,3,1,10000-01-01,", place(3)),
        ]
    );
}

#[test]
fn a_view_and_a_query_are_sources() {
    let Some(mut database) = database() else { return };
    customers(&mut database);
    database.run(
        "CREATE SCHEMA sales; CREATE TYPE mood AS ENUM ('glad'); CREATE DOMAIN digits AS int; \
         CREATE VIEW sales.v AS SELECT 1::digits AS d, 'glad'::mood AS m, '{1,2}'::int[] AS a, '\\x00ff'::bytea AS b, \
         '{\"a\": 1}'::json AS j, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS u, interval '1 day' AS i",
    );
    let view = PostgresSource::table(&database.url, "v").in_schema("sales");
    let (names, rows) = read(view);
    assert_eq!(names.join(","), "d int,m text,a text,b text,j text,u text,i text");
    assert_eq!(
        rows,
        [["1", "glad", "{1,2}", "\\x00ff", "{\"a\": 1}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "P1D"]]
    );
    let query = PostgresSource::query(&database.url, "SELECT name FROM customers ORDER BY id -- all");
    assert_eq!(read(query).1, [["An"], ["Bo"]]);
    assert_eq!(read(PostgresSource::table(&database.url, "customers").key("id")).1[0], ["1", "An"]);
}

#[test]
fn what_is_not_there_is_said() {
    let Some(mut database) = database() else { return };
    customers(&mut database);
    let message =
        |source: PostgresSource| Pipeline::from(source).to(Collect::new()).run().unwrap_err().to_string();
    let address = database.url.rsplit('@').next().unwrap().to_owned();
    assert_eq!(
        message(PostgresSource::table(&database.url, "custmers")),
        format!(
            "postgres://{address}[custmers]: no table `custmers`, did you mean `customers`? The tables are: customers"
        )
    );
    assert_eq!(
        message(PostgresSource::table(&database.url, "customers").key("idd")),
        format!(
            "postgres://{address}[customers]: no column `idd`, did you mean `id`? The columns are: id, name"
        )
    );
    assert_eq!(
        message(PostgresSource::query(&database.url, "SELECT nmae FROM customers")),
        format!("postgres://{address}[query]: cannot read: column \"nmae\" does not exist")
    );
    assert_eq!(
        message(PostgresSource::query(&database.url, "DELETE FROM customers RETURNING id")),
        format!("postgres://{address}[query]: cannot read: cannot execute DELETE in a read-only transaction")
    );
    assert_eq!(
        message(PostgresSource::query(&database.url, "SELECT 1) TO STDOUT; DROP TABLE customers; --")),
        format!("postgres://{address}[query]: cannot read: syntax error at or near \")\"")
    );
    assert_eq!(database.rows("SELECT count(*) FROM customers"), ["2"]);
}

#[test]
fn values_that_a_column_would_change_are_refused() {
    let Some(mut database) = database() else { return };
    database
        .run("CREATE TABLE t (i int, s smallint, n numeric(6,2), d date, w timestamp, u uuid, m varchar(3))");
    let rows: &[&[&str]] = &[
        &[
            "1",
            "2",
            "3.5",
            "2024-02-29",
            "2024-02-29 08:30",
            "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
            "王伟好",
        ],
        &["007", "", "", "", "", "", ""],
        &["", "40000", "", "", "", "", ""],
        &["", "", "1.005", "", "", "", ""],
        &["", "", "12345", "", "", "", ""],
        &["", "", "", "01/02/2024", "", "", ""],
        &["", "", "", "", "2024-02-29T08:30Z", "", ""],
        &["", "", "", "", "", "secret", ""],
        &["", "", "", "", "", "", "secret"],
        &["", "", "", "", "", "", "a\0"],
    ];
    let loaded =
        load(&database, Table::named("t"), texts(&["i", "s", "n", "d", "w", "u", "m"], rows)).unwrap();
    assert_eq!(
        loaded.rejects,
        [
            "crm:row 2 i: leading zeros or a plus, which a number does not keep",
            "crm:row 3 s: a number that is out of the column's range",
            "crm:row 4 n: more than the 2 digits that the column has after the point",
            "crm:row 5 n: numeric field overflow",
            "crm:row 6 d: not a date",
            "crm:row 7 w: a time with an offset from UTC, which the column does not keep",
            "crm:row 8 u: invalid input syntax for type uuid",
            "crm:row 9 m: value too long for type character varying(3)",
            "crm:row 10 m: a NUL character, which PostgreSQL does not have in text",
        ]
    );
    assert_eq!(database.rows("SELECT * FROM t").len(), 1);
    let number = records(&[("d", Kind::Int)], [vec![Value::Int(1)]]);
    let message = failure(load(&database, Table::named("t"), number));
    assert!(message.ends_with("[t]: column `d` is of the type date, which takes no int"), "{message}");
}
