//! What `CsvSource` makes of files that people and programs have spoilt, and
//! that it says so.

use std::io::Cursor;

use handover::source::csv::CsvSource;

use crate::common::{Table, read};

fn source(text: &str) -> CsvSource {
    CsvSource::reader("in.csv", Cursor::new(text.to_owned()))
}

fn table(text: &str) -> Table {
    read(source(text)).unwrap()
}

fn notes(table: &Table) -> &[String] {
    &table.report.inputs[0].details.notes
}

fn delimiter(table: &Table) -> &str {
    table.report.inputs[0].details.get("delimiter").unwrap()
}

#[test]
fn spaces_behind_delimiters_are_none_of_the_data() {
    let read = table("id, name, note\n1, Ann, \"x, y\"\n2, Bob,\n");
    assert_eq!(
        (read.header.as_slice(), delimiter(&read)),
        (&["id", "name", "note"].map(String::from)[..], "comma and space")
    );
    assert_eq!(read.rows(), [["1", "Ann", "x, y"], ["2", "Bob", ""]]);
    assert_eq!(table("id, name\n1,Ann\n").rows(), [["1", "Ann"]]);
    assert_eq!(delimiter(&table("id, name\n1,Ann\n")), "comma");
}

#[test]
fn backslashes_escape_what_they_are_seen_to_escape() {
    let before_quotes = table("a,b\n\"5\\\" pipe, long\",\"C:\\new\"\n\"x\",\"y\"\n");
    assert_eq!(delimiter(&before_quotes), "comma, escape \\\\ before quotes");
    assert_eq!(before_quotes.rows(), [["5\" pipe, long", "C:\\new"], ["x", "y"]]);
    let anywhere = table("a,b\nx\\,y,1\nC:\\\\new,2\n");
    assert_eq!(delimiter(&anywhere), "comma, escape \\\\");
    assert_eq!(anywhere.rows(), [["x,y", "1"], ["C:\\new", "2"]]);
}

#[test]
fn quotes_that_nobody_marked_close_where_cells_end() {
    let read = table("a,b\n\"say \"hi\" twice, or so\",\"1\"\n\"48\"\",\"2\"\n");
    assert_eq!(delimiter(&read), "comma, quotes within cells not marked");
    assert_eq!(read.rows(), [["say \"hi\" twice, or so", "1"], ["48\"", "2"]]);
}

const OPEN: &str = "a quote is opened and never closed";

#[test]
fn an_open_quote_costs_its_record() {
    for (text, ids) in [
        ("id,name,city\n1,\"Ann,Leeds\n2,Bob,York\n3,Cid,Hull\n", &["2", "3"][..]),
        ("id,name,city\n1,Ann,\"\n2,Bob,\"York, UK\"\n3,Cid,Hull\n", &["2", "3"]),
        ("id,name,city\n1,Ann,Leeds\n2,Bob,\"York\n", &["1"]),
    ] {
        let read = table(text);
        let found: Vec<String> = read.rows().into_iter().map(|mut row| row.remove(0)).collect();
        assert_eq!(found, ids, "{text}");
        assert_eq!(read.report.counts.rejected, 1);
        assert!(read.report.examples[0].ends_with(OPEN), "{:?}", read.report.examples);
        // The rejects file tells the same until it is repaired.
        let again = table(&read.rejects);
        assert_eq!((again.records.len(), again.report.counts.rejected), (0, 1));
        assert_eq!(table(&read.rejects.replace("\"\"", "")).records.len(), 1, "{}", read.rejects);
    }
}

#[test]
fn a_file_that_is_cut_off_within_text_makes_no_records_of_the_text() {
    let read = table("id,note\n1,x\n2,\"Dear Ann,\nthanks, and bye");
    assert_eq!(read.rows(), [["1", "x"]]);
    assert_eq!(read.report.examples, [format!("in.csv:3: {OPEN}")]);
    assert!(read.rejects.contains("thanks, and bye"));
}

#[test]
fn an_open_quote_that_swallows_megabytes_costs_its_record() {
    let rows = "7,Ann,Leeds\n".repeat(2 << 20);
    let read = table(&format!("id,name,city\n1,\"Bob,York\n{rows}"));
    assert_eq!((read.records.len(), read.report.counts.rejected), (2 << 20, 1));
    assert_eq!(read.report.examples, [format!("in.csv:2: {OPEN}")]);
}

#[test]
fn quotes_out_of_place_are_found() {
    let read = table("id,name,city\n1,\"\"Ann\",Leeds\n2,5\"Bob, York\"\n3,Cid,Hull\n");
    assert_eq!(read.rows(), [["2", "5\"Bob", " York\""], ["3", "Cid", "Hull"]]);
    assert_eq!(
        read.report.examples,
        [
            "in.csv:2: text behind a closing quote: a quote is missing or too many",
            "in.csv:3: quotes within several cells: is a delimiter missing?"
        ]
    );
}

#[test]
fn a_file_without_a_header_keeps_its_first_record() {
    let found = table("1,Ann,ann@example.com\n2,Bob,bob@example.com\n");
    assert_eq!(found.header, ["column_1", "column_2", "column_3"]);
    assert_eq!((found.records.len(), found.records[0].origin().line), (2, 1));
    assert_eq!(
        notes(&found),
        ["line 1 is a record like those below it: there is no header, columns are numbered"]
    );
    let told = read(source("1,Ann,ann@example.com\n2,Bob,bob@example.com\n").header_line(1)).unwrap();
    assert_eq!((told.header[1].as_str(), told.records.len()), ("Ann", 1));
    let unsure = table("1,2\n3,4\n");
    assert_eq!((unsure.header.join("|"), unsure.records.len()), ("1|2".to_owned(), 1));
    assert_eq!(notes(&unsure), ["the header looks like a record: set `no_header` if it is one"]);
}

#[test]
fn a_header_may_have_several_rows() {
    let grouped = "id,Home,,Work,\n,street,no,street,no\n1,High St,2,Low St,3\n2,Elm Rd,4,Oak Rd,5\n";
    let header = ["id", "Home street", "Home no", "Work street", "Work no"];
    let told = read(source(grouped).header_rows(2)).unwrap();
    assert_eq!((told.header.as_slice(), told.records.len()), (&header.map(String::from)[..], 2));
    let found = table(&grouped.replace("id,Home", ",Home").replace("\n,street", "\nid,street"));
    assert_eq!((&found.header, found.records.len()), (&told.header, 2));
    assert_eq!(notes(&found), ["the header has two rows, groups above names"]);
    assert_eq!(
        read(source("a,b\n").header_rows(2)).err().unwrap().to_string(),
        "in.csv: the file ends within the header"
    );
}

#[test]
fn a_header_that_is_spoilt_is_read_where_the_rows_leave_no_doubt() {
    let rows = "1,Ann,Leeds\n2,Bob,York\n";
    for (header, names, note) in [
        ("id;name;city", ["id", "name", "city"], "the header has another delimiter than the rows below it"),
        (
            "id,,name,city",
            ["id", "name", "city"],
            "the header has 1 cell more than the rows below it and one without a name: it is left out",
        ),
        (
            "id,\"name,city",
            ["id", "\"name", "city"],
            "the header has a quote that is not closed, taken as a part of the name",
        ),
        (
            "\"id,name,\"city\"",
            ["\"id", "name", "city"],
            "the header has a quote that is not closed, taken as a part of the name",
        ),
    ] {
        let read = table(&format!("{header}\n{rows}"));
        assert_eq!(
            (read.header.as_slice(), read.records.len()),
            (&names.map(String::from)[..], 2),
            "{header}"
        );
        assert_eq!(notes(&read), [note]);
    }
    // Every row may be short of the cell, or only the first.
    assert_eq!(table("id,,name\n1,x,Ann\n2,Bob\n").header, ["id", "column_2", "name"]);
}

const TWO: &str =
    "id,name,city\n1,Ann,Leeds\n2,Bob,York\n\nOrders\nid,customer,date,amount\n7,1,2024-01-01,5\n";

#[test]
fn a_second_table_is_told_and_can_be_chosen() {
    let first = table(TWO);
    assert_eq!((first.records.len(), first.report.counts.rejected), (2, 3));
    assert_eq!(notes(&first), ["another table begins on line 6, its rows are rejected: `table` reads it"]);
    assert!(first.rejects.contains("in.csv:7,\"a row of another table, which begins on line 6 [table]\""));
    let chosen = read(source(TWO).table(1)).unwrap();
    assert_eq!((chosen.records.len(), chosen.report.counts.rejected), (2, 2));
    let second = read(source(TWO).table(2)).unwrap();
    assert_eq!(second.header, ["id", "customer", "date", "amount"]);
    assert_eq!(second.rows(), [["7", "1", "2024-01-01", "5"]]);
    assert_eq!(notes(&second), ["table 2 begins on line 6, those above it are left out"]);
    let none = read(source(TWO).table(3)).err().unwrap();
    assert_eq!(none.to_string(), "in.csv: there is no table 3: 2 can be told apart");
}

#[test]
fn a_header_that_stands_there_again_is_no_record() {
    let text = "id,name\n1,Ann\nid,name\n2,Bob\n";
    let all = table(text);
    assert_eq!(all.rows(), [["1", "Ann"], ["2", "Bob"]]);
    assert_eq!(all.report.examples, ["in.csv:3: the header again, where a record should be"]);
    assert_eq!(notes(&all), ["the header stands on line 3 again, the rows below it are read"]);
    assert_eq!(table(&all.rejects).records.len(), 0);
    let first = read(source(text).table(1)).unwrap();
    assert_eq!((first.rows(), first.report.counts.read), (vec![vec!["1".to_owned(), "Ann".to_owned()]], 1));
    assert_eq!(notes(&first), ["another table begins on line 3", "2 rows of other tables are left out"]);
    assert_eq!(read(source(text).table(2)).unwrap().rows(), [["2", "Bob"]]);
}

#[test]
fn totals_and_footnotes_are_no_records() {
    let read = table("name,orders,amount\nAnn,2,5.50\nTotal Ltd,3,7\n合计,5,12.50\n\nExported by hand,,\n");
    assert_eq!(read.rows(), [["Ann", "2", "5.50"], ["Total Ltd", "3", "7"]]);
    assert_eq!(
        read.report.examples,
        [
            "in.csv:4: a total of the rows above",
            "in.csv:6: a single value below a blank line: a title or a footnote"
        ]
    );
}
