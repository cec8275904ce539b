//! Workbooks that want to do harm, made here: each gives a clear error, within bounded memory and time.

use std::io::{Cursor, Write};

use handover::source::excel::ExcelSource;
use zip::write::SimpleFileOptions;

use super::{Table, read};

const RELATIONS: &str = r#"<Relationships><Relationship Id="rId1"
    Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>
    </Relationships>"#;
const WORKBOOK: &str =
    r#"<workbook><sheets><sheet name="Kunden" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const PARTS: &str = r#"<Relationships>
    <Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
    <Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/>
    <Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>"#;

/// A package of these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default().compression_level(Some(1))).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet.
pub fn workbook(sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", PARTS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    parts.extend(more);
    package(&parts)
}

/// A sheet of these rows.
pub fn sheet(rows: &str) -> Vec<u8> {
    workbook(&format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"), &[])
}

/// A spreadsheet of OpenDocument with these rows.
pub fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Kunden\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    package(&[("content.xml", content.as_bytes())])
}

pub fn source(bytes: Vec<u8>) -> ExcelSource {
    ExcelSource::reader("x", Cursor::new(bytes))
}

fn error(bytes: Vec<u8>) -> String {
    error_of(source(bytes))
}

fn error_of(source: ExcelSource) -> String {
    match read(source) {
        Ok(_) => panic!("this was read"),
        Err(error) => error.to_string(),
    }
}

const HEADER: &str = r#"<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>name</v></c></row>"#;

/// Much XML that says nothing, in pieces of 1 MiB.
fn comments(mebibytes: usize) -> String {
    format!("<!--{}-->", "x".repeat(1 << 20)).repeat(mebibytes)
}

#[test]
fn a_part_that_unfolds_too_far_is_refused() {
    let bytes = workbook(&format!("<worksheet><sheetData>{HEADER}{}", comments(70)), &[]);
    assert!(bytes.len() < 1 << 20);
    let message = "x: the workbook unfolds further than is allowed: see `max_unfold`";
    assert_eq!(error_of(source(bytes).max_unfold(1)), message);
}

#[test]
fn a_text_of_gigabytes_is_not_held() {
    let message = "x: a text of more than 16 MiB in one cell";
    let text = "x".repeat(17 << 20);
    assert_eq!(error(sheet(&format!("{HEADER}<row r=\"2\"><c t=\"str\"><v>{text}"))), message);
    assert_eq!(error(sheet(&format!("{HEADER}<row r=\"2\"><c r=\"{text}\"/></row>"))), message);
    assert_eq!(error(sheet(&format!("{HEADER}<!-- <b>{text}</b> -->"))), message);
    let pieces = format!("{}&amp;", "x".repeat(1 << 20)).repeat(17);
    assert_eq!(error(sheet(&format!("{HEADER}<row r=\"2\"><c t=\"str\"><v>{pieces}"))), message);
    let shared = format!("<sst><si><t>{pieces}</t></si></sst>");
    let parts = [("xl/sharedStrings.xml", shared.as_bytes())];
    assert_eq!(error(workbook("<worksheet><sheetData/></worksheet>", &parts)), message);
}

#[test]
fn shared_texts_and_rows_have_limits() {
    let shared = format!("<sst>{}</sst>", "<si/>".repeat(100_000));
    let bytes =
        workbook("<worksheet><sheetData/></worksheet>", &[("xl/sharedStrings.xml", shared.as_bytes())]);
    let message = "x: the shared texts take more than 0 MiB: see `max_shared`";
    assert_eq!(error_of(source(bytes).max_shared(10_000)), message);
    let cells = "<c t=\"str\"><v>0123456789</v></c>".repeat(100);
    let bytes = sheet(&format!("{HEADER}<row r=\"2\">{cells}</row>"));
    assert_eq!(
        error_of(source(bytes).max_row_bytes(500)),
        "x: a row of more than 500 bytes: see `max_row_bytes`"
    );
    let cells = "<c r=\"A2\"><v>1</v></c>".repeat(20_000);
    let message = "x: the workbook is damaged: a cell beyond the last column, XFD";
    assert_eq!(error(sheet(&format!("{HEADER}<row r=\"2\">{cells}</row>"))), message);
}

#[test]
fn entities_are_not_expanded() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>";
    let rows = "<worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>";
    assert_eq!(
        error(workbook(&format!("{bomb}{rows}"), &[])),
        "x: the workbook declares entities, which is refused"
    );
    let message = "x: the workbook is damaged: an entity that nobody declares";
    assert_eq!(error(workbook(rows, &[])), message);
}

#[test]
fn the_last_cell_of_a_sheet_costs_nothing() {
    let below = "<row><c><v>1</v></c></row>".repeat(60);
    let far = format!("{HEADER}{below}<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>");
    let Table { header, records, rejects, .. } = read(source(sheet(&far))).unwrap();
    assert_eq!((header.len(), records.len()), (2, 60));
    assert!(rejects.contains("a value in column XFD, beyond those of the header, A to B"), "{rejects}");
}

#[test]
fn cells_outside_of_the_sheet_are_damage() {
    for (cell, message) in [
        ("<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>", "a cell stands nowhere in the sheet"),
        (
            "<row r=\"1\"><c r=\"ZZZZZZZZZZZZZZZZZZZZZ1\"><v>1</v></c></row>",
            "a cell stands nowhere in the sheet",
        ),
        ("<row r=\"1\"><c r=\"1\"><v>1</v></c></row>", "a cell stands nowhere in the sheet"),
        ("<row r=\"1048577\"><c><v>1</v></c></row>", "a row beyond the last, 1048576"),
        ("<row r=\"x\"><c><v>1</v></c></row>", "invalid digit found in string"),
        ("<row r=1><c><v>1</v></c></row>", "an attribute without its value"),
        ("<row><c><v>1</v>", "a part of it ends too early"),
        ("<row><c t=\"s\"><v>7</v></c></row>", "a cell names a shared text that is not there"),
    ] {
        let bytes = workbook(&format!("<worksheet><sheetData>{cell}"), &[]);
        let shown = error(bytes);
        assert!(shown.ends_with(&format!("the workbook is damaged: {message}")), "{cell}: {shown}");
    }
    let lost = workbook("<worksheet><sheetData><row r=\"3\"><c t=\"s\"><v>7</v></c></row>", &[]);
    let message = "the workbook is damaged: a cell names a shared text that is not there";
    assert_eq!(error(lost), format!("x:3: {message}"));
}

#[test]
fn what_a_spreadsheet_repeats_is_limited() {
    let cell = "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/>";
    let rows = format!("<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>");
    assert_eq!(error(ods(&rows)), "x[Kunden]: the workbook repeats cells more often than is allowed");
    let cell = cell.replace("16384", "999999999");
    let rows = format!("<table:table-row>{cell}</table:table-row>");
    assert_eq!(error(ods(&rows)), "x: the workbook repeats cells more often than is allowed");
    let blank = "<table:table-row table:number-rows-repeated=\"99999999999\"><table:table-cell \
        table:number-columns-repeated=\"99999999999\"/></table:table-row>";
    let row = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>id</text:p></table:table-cell>\
        </table:table-row>";
    assert_eq!(read(source(ods(&format!("{row}{blank}")))).unwrap().header, ["id"]);
}

#[test]
fn columns_that_are_hidden_without_end_are_those_of_the_sheet() {
    let hidden =
        "<table:table-column table:visibility=\"collapse\" table:number-columns-repeated=\"4294967296\"/>";
    let row = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>id</text:p></table:table-cell>\
        </table:table-row>";
    assert_eq!(read(source(ods(&format!("{}{row}", hidden.repeat(3))))).unwrap().header, ["id"]);
}

#[test]
fn a_row_that_is_repeated_keeps_its_findings() {
    let cell = |content: &str| {
        format!("<table:table-row table:number-rows-repeated=\"2\">{content}</table:table-row>")
    };
    let error = "<table:table-cell office:value-type=\"string\" calcext:value-type=\"error\"><text:p>#N/A</text:p>\
        </table:table-cell>";
    let Table { records, .. } = read(source(ods(&cell(error))).no_header()).unwrap();
    assert_eq!(records.len(), 2);
}

#[test]
fn what_is_no_workbook_is_named() {
    assert_eq!(error(Vec::new()), "x: the file is empty");
    assert_eq!(error(b"name,phone\r\n1,2\r\n".to_vec()), "x: this is text, as CSV is, no workbook");
    let html = b"<html><table><tr><td>1</td></tr></table></html>".to_vec();
    assert_eq!(
        error(html),
        "x: this is a page of HTML, which Excel opens, but no workbook: save it as .xlsx"
    );
    assert_eq!(error(package(&[("word/document.xml", b"x")])), "x: this is a ZIP file, but no workbook");
    let parts: [(&str, &[u8]); 1] = [("_rels/.rels", RELATIONS.as_bytes())];
    assert_eq!(error(package(&parts)), "x: the workbook is damaged: it has no xl/workbook.xml");
    assert_eq!(error(sheet("")), "x: the workbook has no visible sheet with rows");
}

#[test]
fn a_workbook_that_was_cut_off_anywhere_is_an_error() {
    let whole = sheet(&format!("{HEADER}<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>"));
    assert_eq!(read(source(whole.clone())).unwrap().records.len(), 1);
    for length in (1..whole.len()).step_by(31) {
        let shown = error(whole[..length].to_vec());
        assert!(shown.contains("damaged") || shown.contains("no workbook"), "{length}: {shown}");
    }
}

#[test]
fn a_byte_that_flips_anywhere_is_an_error_or_changes_nothing() {
    let whole = sheet(&format!("{HEADER}<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>"));
    let expected = read(source(whole.clone())).unwrap().rows();
    for at in (0..whole.len()).step_by(11) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        if let Ok(table) = read(source(flipped)) {
            assert_eq!(table.rows(), expected, "byte {at}");
        }
    }
}
