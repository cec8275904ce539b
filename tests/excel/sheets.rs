//! Sheets as they come: what each kind of cell becomes, and where tables begin.

use handover::source::excel::ExcelSource;
use handover::{SourceReader, Value};

use super::hostile::{ods, sheet, source, workbook};
use super::read;
use crate::common::shared;

const STYLES: &str = r##"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/>
    <numFmt numFmtId="165" formatCode="[$-407]dd\.mm\.yyyy;@"/><numFmt numFmtId="166" formatCode="[h]:mm"/>
    <numFmt numFmtId="167" formatCode="#,##0.00 [$€-407]"/></numFmts>
    <cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/>
    <xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="10"/></cellXfs></styleSheet>"##;

#[test]
fn every_kind_of_cell_arrives_as_what_the_sheet_shows() {
    let cells = [
        (r#"<c t="s"><v>0</v></c>"#, "Text(\"Müller & Söhne\")"),
        (r#"<c t="inlineStr"><is><r><t>rich </t></r><r><t>text</t></r></is></c>"#, "Text(\"rich text\")"),
        (r#"<c t="str"><f>A1</f><v>_x0041_1</v></c>"#, "Text(\"A1\")"),
        (r#"<c t="b"><v>1</v></c>"#, "Bool(true)"),
        (r#"<c t="e"><v>#SPILL!</v></c>"#, "Null"),
        (r#"<c><f>SUM(A1)</f></c>"#, "Null"),
        (r#"<c><v>42</v></c>"#, "Int(42)"),
        (r#"<c><v>1.1000000000000001</v></c>"#, "Decimal(Decimal(\"1.1\"))"),
        (r#"<c s="1"><v>123</v></c>"#, "Text(\"00123\")"),
        (r#"<c s="2"><v>45351</v></c>"#, "Date(Date { year: 2024, month: 2, day: 29 })"),
        (r#"<c s="3"><v>1.5</v></c>"#, "Text(\"36:00:00\")"),
        (r#"<c s="4"><v>1234.5</v></c>"#, "Decimal(Decimal(\"1234.5\"))"),
        (r#"<c s="6"><v>0.354166666666667</v></c>"#, "Text(\"08:30:00\")"),
        (r#"<c s="7"><v>0.15</v></c>"#, "Decimal(Decimal(\"0.15\"))"),
        (r#"<c t="d"><v>2024-02-29</v></c>"#, "Date(Date { year: 2024, month: 2, day: 29 })"),
        (r#"<c><v>6222021234567890000</v></c>"#, "Int(6222021234567890000)"),
        (r#"<c t="str"><v>1.38E+10</v></c>"#, "Text(\"1.38E+10\")"),
    ];
    let row: String = cells.iter().map(|(xml, _)| *xml).collect();
    let xml = format!("<worksheet><sheetData><row r=\"5\">{row}</row></sheetData></worksheet>");
    let strings = "<sst><si><t>Müller &amp; Söhne</t><rPh><t>x</t></rPh></si></sst>";
    let parts = [("xl/sharedStrings.xml", strings.as_bytes()), ("xl/styles.xml", STYLES.as_bytes())];
    let table = read(source(workbook(&xml, &parts)).no_header()).unwrap();
    let values: Vec<String> = table.records[0].values().map(|value| format!("{value:?}")).collect();
    assert_eq!(values, cells.map(|(_, value)| value));
    assert_eq!(
        table.findings,
        [
            "x[Kunden]:5:column_5: the cell shows #SPILL!",
            "x[Kunden]:5:column_6: a formula without its value: open the workbook in Excel and save it",
            "x[Kunden]:5:column_16: a number of more than 15 digits: Excel keeps 15, the rest are zeros now",
            "x[Kunden]:5:column_17: text in scientific notation: if this was an id, its digits are lost",
        ]
    );
}

fn row(number: usize, cells: &[&str]) -> String {
    let cell = |(text, column): (&&str, char)| match text.is_empty() {
        true => String::new(),
        false => format!("<c r=\"{column}{number}\" t=\"str\"><v>{text}</v></c>"),
    };
    format!("<row r=\"{number}\">{}</row>", cells.iter().zip('A'..).map(cell).collect::<String>())
}

fn rows(rows: &[&[&str]]) -> Vec<u8> {
    sheet(&rows.iter().zip(1..).map(|(cells, number)| row(number, cells)).collect::<String>())
}

#[test]
fn the_header_is_found_below_titles() {
    let bytes = rows(&[&["Customers"], &[], &["id", "name", "city"], &["1", "x", "y"], &["2", "", "z"]]);
    let table = read(source(bytes.clone())).unwrap();
    assert_eq!(table.header, ["id", "name", "city"]);
    assert_eq!(table.rows(), [["1", "x", "y"], ["2", "", "z"]]);
    assert_eq!(table.records[1].origin().line, 5);
    assert_eq!(table.report.inputs[0].details.notes, ["the header is in row 3, 1 row above it is left out"]);
    let table = read(source(bytes).header_line(4)).unwrap();
    assert_eq!(table.header, ["1", "x", "y"]);
}

#[test]
fn a_header_that_was_said_to_be_somewhere_must_be_there() {
    let bytes = rows(&[&["id"], &["1"]]);
    let error = source(bytes).header_line(9).schema().unwrap_err().to_string();
    assert_eq!(error, "x: there is nothing in row 9, which was said to be the header");
}

#[test]
fn names_of_groups_are_joined_by_option() {
    let groups: &[&[&str]] = &[
        &["id", "address", "", "contact", ""],
        &["", "street", "city", "phone", "email"],
        &["1", "a", "b", "c", "d"],
        &["2", "a", "b", "c", "d"],
    ];
    let table = read(source(rows(groups)).grouped_header()).unwrap();
    assert_eq!(table.header, ["id", "address.street", "address.city", "contact.phone", "contact.email"]);
    assert_eq!(table.records.len(), 2);
}

#[test]
fn hidden_rows_and_columns_are_read_and_told_or_left_out() {
    let cells =
        |row: u8| format!("<c r=\"A{row}\" t=\"str\"><v>a</v></c><c r=\"B{row}\" t=\"str\"><v>b</v></c>");
    let xml = format!(
        "<worksheet><cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData><row r=\"1\">{}</row>\
         <row r=\"2\" hidden=\"1\">{}</row><row r=\"3\">{}</row></sheetData></worksheet>",
        cells(1),
        cells(2),
        cells(3)
    );
    let table = read(source(workbook(&xml, &[]))).unwrap();
    assert_eq!((table.header.len(), table.records.len()), (2, 2));
    let notes = ["1 hidden column is read as all others", "1 hidden row is read as all others"];
    assert_eq!(table.report.inputs[0].details.notes, notes);
    let table = read(source(workbook(&xml, &[])).skip_hidden()).unwrap();
    assert_eq!((table.header, table.records.len()), (vec!["a".to_owned()], 1));
    let notes = ["1 hidden column is left out", "1 hidden row is left out"];
    assert_eq!(table.report.inputs[0].details.notes, notes);
}

#[test]
fn sheets_are_chosen_by_name_and_number() {
    let Some(path) = shared("excel/calamine/any_sheets.xlsx") else { return };
    let name = |source: ExcelSource| {
        read(source).map(|table| table.report.inputs[0].details.get("sheet").unwrap().to_owned())
    };
    assert_eq!(name(ExcelSource::path(&path)).unwrap(), "Visible");
    let notes = |source: ExcelSource| read(source).unwrap().report.inputs[0].details.notes.clone();
    assert_eq!(notes(ExcelSource::path(&path)), ["2 other sheets are not read: Hidden, VeryHidden"]);
    assert_eq!(notes(ExcelSource::path(&path).sheet("Visible")), [""; 0]);
    let error = |source: ExcelSource| name(source).unwrap_err().message().to_owned();
    assert_eq!(
        error(ExcelSource::path(&path).sheet("Visble")),
        "no sheet `Visble`, did you mean `Visible`? The sheets are: Visible, Hidden, VeryHidden"
    );
    assert_eq!(
        error(ExcelSource::path(&path).sheet_number(0)),
        "no sheet number 0, the sheets are: Visible, Hidden, VeryHidden"
    );
    assert_eq!(ExcelSource::path("a.xlsx").sheet("Kunden").name(), "a.xlsx[Kunden]");
}

#[test]
fn a_spreadsheet_of_open_document_is_read() {
    let cell = |kind: &str, value: &str, shown: &str| {
        format!(
            "<table:table-cell office:value-type=\"{kind}\" {value}><text:p>{shown}</text:p></table:table-cell>"
        )
    };
    let cells = [
        cell("float", "office:value=\"123\"", "00123"),
        cell("float", "office:value=\"1234.5\"", "1.234,50"),
        cell("date", "office:date-value=\"2024-02-29\"", "29.02.24"),
        cell("time", "office:time-value=\"PT36H00M00S\"", "36:00"),
        cell("boolean", "office:boolean-value=\"true\"", "WAHR"),
        cell("string", "", "a<text:s text:c=\"2\"/>b</text:p><text:p>c"),
    ];
    let table =
        read(source(ods(&format!("<table:table-row>{}</table:table-row>", cells.concat()))).no_header())
            .unwrap();
    assert_eq!(table.rows(), [["00123", "1234.5", "2024-02-29", "36:00:00", "true", "a  b\nc"]]);
}

#[test]
fn a_key_is_a_column_of_any_kind() {
    let bytes = sheet("<row r=\"1\"><c t=\"str\"><v>id</v></c></row><row r=\"2\"><c><v>7</v></c></row>");
    let table = read(source(bytes.clone()).key("id")).unwrap();
    assert_eq!((table.records[0].key(), table.records[0].value(0)), (Some("7"), Value::Int(7)));
    let error = source(bytes).key("Id number").schema().unwrap_err().to_string();
    assert!(error.starts_with("no column `Id number`"), "{error}");
}

#[test]
fn it_does_not_matter_how_cells_are_laid_out() {
    let cells = [
        "<c r=\"A1\" t=\"str\"><v>a</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>b</t></is></c><c r=\"C1\"><v>3</v></c>",
        "\n <c r=\"A1\" t=\"str\">\n  <v>a</v>\n </c>\n <!-- --> <c r=\"B1\" t=\"inlineStr\">\n <is> <t>b</t> </is></c>\n <c r=\"C1\"\n><v>3</v> </c>\n",
        "<c r=\"A1\" t=\"str\"><v>&#97;</v></c><c r=\"B1\" t=\"inlineStr\"><is><r><t>b</t></r></is></c><c r=\"C1\" x='\"><v>1</v></c>'><f>1+2</f><v>3</v></c>",
    ];
    for cells in cells {
        let table = read(source(sheet(&format!("<row r=\"1\">{cells}</row>"))).no_header()).unwrap();
        assert_eq!(table.rows(), [["a", "b", "3"]], "{cells}");
    }
}
