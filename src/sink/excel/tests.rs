use std::fs;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};

use super::*;
use crate::record::{Date, DateTime, Decimal, Record, Value};
use crate::schema::{Field, Kind};
use crate::source::Memory;
use crate::{Pipeline, Report, RunError};

const NULL: Value<'static> = Value::Null;

fn text(text: &str) -> Value<'_> {
    Value::Text(text)
}

fn decimal(text: &str) -> Value<'_> {
    Value::Decimal(Decimal::parse(text).unwrap())
}

fn time(text: &str) -> Value<'static> {
    Value::DateTime(DateTime::parse(text).unwrap())
}

fn schema(columns: &[&str]) -> Arc<Schema> {
    Schema::new(columns.iter().map(|name| Field::new(*name, Kind::Any))).unwrap()
}

fn run(sink: &mut ExcelSink, columns: &[&str], rows: &[&[Value<'_>]]) -> Result<Report, RunError> {
    let schema = schema(columns);
    let records = rows.iter().map(|row| Record::of(schema.clone(), row.iter().copied()).unwrap());
    Pipeline::from(Memory::new("memory", schema.clone(), records)).to(sink).run()
}

/// A sheet's name and its rows.
type Sheet = (String, Vec<Vec<Data>>);

/// What is written, sheet by sheet, and what was warned of.
fn written(
    build: impl Fn(ExcelSink) -> ExcelSink,
    columns: &[&str],
    rows: &[&[Value<'_>]],
) -> (Vec<Sheet>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.xlsx");
    let report = run(&mut build(ExcelSink::path(&path)), columns, rows).unwrap();
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    let sheets = book.worksheets().into_iter();
    let sheets = sheets.map(|(name, range)| (name, range.rows().map(<[Data]>::to_vec).collect())).collect();
    (sheets, report.examples.iter().map(ToString::to_string).collect())
}

/// The cells of a row of values, and what was warned of.
fn cells(row: &[Value<'_>]) -> (Vec<Data>, Vec<String>) {
    let names: Vec<String> = (0..row.len()).map(|at| format!("c{at}")).collect();
    let (sheets, warnings) =
        written(ExcelSink::no_header, &names.iter().map(String::as_str).collect::<Vec<_>>(), &[row]);
    (sheets[0].1[0].clone(), warnings)
}

fn string(text: &str) -> Data {
    Data::String(text.to_owned())
}

/// A part of the workbook's archive, as text.
fn part(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

#[test]
fn text_stays_text() {
    let values =
        ["007", "+8613800138000", "=1+1", "1.38E+10", "two\nlines", "\r", "a\u{1}b", "_x0041_", "𠮷", " x "];
    let (row, warnings) = cells(&values.map(text));
    assert_eq!(row, values.map(string));
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn numbers_keep_every_digit() {
    let exact = [
        Value::Int(999_999_999_999_999),
        Value::Int(-5),
        decimal("0.10"),
        decimal("-123456789012.345"),
        decimal("0"),
        Value::Float(1e300),
    ];
    let (row, warnings) = cells(&exact);
    let numbers = [999_999_999_999_999.0, -5.0, 0.1, -123456789012.345, 0.0, 1e300];
    assert_eq!((row, warnings), (numbers.map(Data::Float).to_vec(), vec![]));

    let inexact = [
        Value::Int(1_000_000_000_000_000),
        decimal("1234567890.1234567"),
        decimal("007.5"),
        decimal("-0"),
        Value::Float(f64::NAN),
    ];
    let (row, warnings) = cells(&inexact);
    assert_eq!(row, ["1000000000000000", "1234567890.1234567", "007.5", "-0", "NaN"].map(string));
    let said = [
        "memory:row 1:c0: written as text: a spreadsheet keeps 15 digits",
        "memory:row 1:c1: written as text: a spreadsheet keeps 15 digits",
        "memory:row 1:c2: written as text: a spreadsheet would write the number in another way",
        "memory:row 1:c3: written as text: a spreadsheet would write the number in another way",
        "memory:row 1:c4: written as text: no number that a spreadsheet has",
    ];
    assert_eq!(warnings, said);
}

#[test]
fn days_and_times_are_dates() {
    let date = |text| Value::Date(Date::parse(text).unwrap());
    let (row, warnings) = cells(&[
        date("2024-02-29"),
        date("1900-03-01"),
        time("2024-02-29T08:30:05"),
        time("2024-02-29T12:00:00.5"),
    ]);
    let serials: Vec<f64> = row
        .iter()
        .map(|cell| match cell {
            Data::DateTime(date) => date.as_f64(),
            other => panic!("{other:?}"),
        })
        .collect();
    let seconds = (8.0 * 3600.0 + 30.0 * 60.0 + 5.0) / 86_400.0;
    assert_eq!(serials, [45351.0, 61.0, 45351.0 + seconds, 45351.5 + 0.5 / 86_400.0]);
    assert_eq!(warnings, [""; 0]);

    let odd = [date("1900-02-28"), time("2024-02-29T08:30:00Z"), time("2024-02-29T08:30:00.000001")];
    let (row, warnings) = cells(&odd);
    assert_eq!(row, ["1900-02-28", "2024-02-29T08:30:00Z", "2024-02-29T08:30:00.000001"].map(string));
    let said = [
        "memory:row 1:c0: written as text: a spreadsheet has no days before 1900-03-01",
        "memory:row 1:c1: written as text: a spreadsheet has no offset from UTC",
        "memory:row 1:c2: written as text: a spreadsheet keeps no parts of a millisecond",
    ];
    assert_eq!(warnings, said);
}

#[test]
fn what_is_not_there_is_an_empty_cell() {
    let (sheets, warnings) =
        written(|sink| sink, &["a", "b", "c"], &[&[NULL, text(""), Value::Bool(true)], &[NULL, NULL, NULL]]);
    let rows =
        [vec![string("a"), string("b"), string("c")], vec![Data::Empty, Data::Empty, Data::Bool(true)]];
    assert_eq!(sheets, [("Sheet1".to_owned(), rows.to_vec())]);
    let said = [
        "memory:row 1:b: empty text is an empty cell, as null is",
        "memory:row 2: a record without a value is a blank row",
    ];
    assert_eq!(warnings, said);
}

#[test]
fn a_value_that_is_too_long_costs_its_record_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let most = "𠮷".repeat(16_383) + "x";
    assert_eq!(cells(&[text(&most)]).0, [string(&most)]);
    let long = format!("{most}x");
    let sink = &mut ExcelSink::path(folder.path().join("out.xlsx"));
    let failed = run(sink, &["a", "b"], &[&[text("x"), text(&long)]]).unwrap_err();
    let place = "memory:row 1:b: longer than the 32,767 characters of a cell";
    assert!(failed.to_string().contains(place), "{failed}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn full_sheets_go_on_in_further_ones() {
    let rows: Vec<[Value<'_>; 1]> = (1..=5).map(|number| [Value::Int(number)]).collect();
    let rows: Vec<&[Value<'_>]> = rows.iter().map(|row| &row[..]).collect();
    let small = |mut sink: ExcelSink| {
        sink.layout.rows = 3;
        sink.sheet("Kunden")
    };
    let (sheets, _) = written(small, &["n"], &rows);
    let sheet = |name: &str, numbers: &[f64]| {
        let rows = numbers.iter().map(|number| vec![Data::Float(*number)]);
        (name.to_owned(), std::iter::once(vec![string("n")]).chain(rows).collect::<Vec<_>>())
    };
    assert_eq!(
        sheets,
        [sheet("Kunden", &[1.0, 2.0]), sheet("Kunden (2)", &[3.0, 4.0]), sheet("Kunden (3)", &[5.0])]
    );
    let long = |sink| small(sink).sheet("ein Name von einunddreißig Buch.");
    let (sheets, _) = written(
        |sink| long(sink).sheet("客户客户客户客户客户客户客户客户客户客户客户客户客户客户客户客"),
        &["n"],
        &rows,
    );
    assert_eq!(sheets[1].0, "客户客户客户客户客户客户客户客户客户客户客户客户客户客 (2)");
}

#[test]
fn what_excel_would_not_open_fails_before_the_first_record() {
    let fails = |sink: ExcelSink, columns: Arc<Schema>, expected: &str| {
        let mut sink = sink;
        assert_eq!(sink.bind(&columns).unwrap_err().to_string(), expected);
    };
    let one = || schema(&["a"]);
    let sink = || ExcelSink::writer(std::io::sink());
    let named = |name: &str, why: &str| {
        fails(
            sink().sheet(name),
            one(),
            &format!("stream: no sheet can be called `{}`: {why}", name.escape_debug()),
        );
    };
    named("", "it is empty");
    named("ein Name von zweiunddreißig Buch.", "it is longer than 31 characters");
    for name in ["a/b", "=cmd|'/C calc'!A0", "[x]", "a:b", "*", "?", "\\"] {
        named(name, "it has one of the characters []:*?/\\");
    }
    named("a\u{1}", "it has a control character");
    named("'quoted", "it begins or ends with an apostrophe");
    named("History", "Excel keeps that name for itself");
    fails(sink(), schema(&[]), "stream: a sheet needs at least one column");
    let names: Vec<String> = (0..16_385).map(|number| number.to_string()).collect();
    let wide = Schema::text(names.iter().map(String::as_str)).unwrap();
    fails(sink(), wide, "stream: 16385 columns, of which a sheet holds 16,384");
    let mut used = sink();
    run(&mut used, &["a"], &[]).unwrap();
    fails(used, one(), "stream: it was written by an earlier run");
}

#[test]
fn markup_in_names_is_only_a_name() {
    let (sheets, _) =
        written(|sink| sink.sheet("<a href=\"x\">&'; DROP"), &["</t><f>1+1</f>"], &[&[text("<v>")]]);
    let rows = vec![vec![string("</t><f>1+1</f>")], vec![string("<v>")]];
    assert_eq!(sheets, [("<a href=\"x\">&'; DROP".to_owned(), rows)]);
}

#[test]
fn the_header_stays_in_view_and_columns_are_wide_enough() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.xlsx");
    run(&mut ExcelSink::path(&path), &["name", "id"], &[&[text("a name of 24 characters.."), text("1")]])
        .unwrap();
    let sheet = part(&path, "xl/worksheets/sheet1.xml");
    for piece in [
        r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#,
        r#"<autoFilter ref="A1:B2"/>"#,
        r#"<ignoredError sqref="A1:B2" numberStoredAsText="1"/>"#,
        r#"<col min="1" max="1" width="25.7"#,
        r#"<col min="2" max="2" width="8.7"#,
    ] {
        assert!(sheet.contains(piece), "{piece} in {sheet}");
    }
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str| {
        let path = folder.path().join(name);
        let mut sink = ExcelSink::path(&path).sha256();
        let report = run(&mut sink, &["a"], &[&[text("x")], &[Value::Int(1)]]).unwrap();
        let [output] = &report.outputs[..] else { panic!("one output") };
        assert_eq!((output.name.as_str(), output.rows), (path.to_str().unwrap(), 2));
        assert_eq!(output.details.get("sheet"), Some("Sheet1"));
        (fs::read(path).unwrap(), output.details.clone())
    };
    let first = run("one.xlsx");
    assert_eq!(first.1.bytes, Some(first.0.len() as u64));
    assert_eq!(run("two.xlsx"), first);
}
