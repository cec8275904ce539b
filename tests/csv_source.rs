//! What `CsvSource` makes of files that are damaged, hostile or no CSV at all.

use std::io::{self, Cursor, Read};

use handover::sink::CsvSink;
use handover::source::csv::{CsvSource, Ragged};
use handover::source::encoding::Encoding;
use handover::{ErrorKind, Pipeline, SourceReader};
use proptest::prelude::*;

use crate::common::{Table, read};

fn source(bytes: impl Into<Vec<u8>>) -> CsvSource {
    CsvSource::reader("in.csv", Cursor::new(bytes.into()))
}

fn rows(source: CsvSource) -> Vec<Vec<String>> {
    read(source).unwrap().rows()
}

fn error(source: CsvSource) -> String {
    match read(source) {
        Ok(table) => panic!("read: {:?}", table.report.counts),
        Err(error) => error.to_string(),
    }
}

#[test]
fn other_formats_are_told() {
    for (head, format) in [
        (&b"PK\x03\x04\x14\0"[..], "a ZIP file, as .xlsx and .ods are"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0", "an old Excel workbook (.xls)"),
        (b"\xFD7zXZ\0\0", "an xz file"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"SQLite format 3\0", "an SQLite database"),
    ] {
        assert_eq!(error(source(head)), format!("in.csv: this looks like {format}, not CSV"));
    }
    let gzip = match cfg!(feature = "compression") {
        true => "in.csv: cannot read: the gzip data ends too early",
        false => "in.csv: this is compressed with gzip: switch the feature `compression` on",
    };
    assert_eq!(error(source(b"\x1F\x8B\x08\0")), gzip);
}

#[test]
fn files_with_nothing_in_them() {
    let nothing = "in.csv: there is no header: the file has nothing but blank lines or titles";
    assert_eq!(error(source("")), "in.csv: the file is empty");
    for blank in ["\n\n\r\n\r", "\u{FEFF}", "\u{FEFF}\r\n"] {
        assert_eq!(error(source(blank)), nothing);
    }
    assert_eq!(error(source("\"".repeat(1001))), "in.csv:1: a quote is opened and never closed");
    assert_eq!(read(source("\"".repeat(1000))).unwrap().header, ["\"".repeat(499)]);
    let nuls = "in.csv: this is no text: there are NUL characters where the header should be";
    assert_eq!(error(source(vec![0; 5000])), nuls);
}

#[test]
fn a_header_alone_is_a_table_without_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    for text in ["a,b", "a,b\n", "\u{FEFF}a,b\r\n\r\n"] {
        let report = Pipeline::from(source(text)).to(CsvSink::path(&path)).run().unwrap();
        assert_eq!(report.counts.read, 0);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b\n");
    }
}

#[test]
fn a_line_that_tells_excel_the_delimiter_is_no_header() {
    for (text, name) in
        [("sep=;\nid;name\n1;a,b\n", "a,b"), ("sep=\t\r\nid\tname\r\n1\t\"x\ty\"\r\n", "x\ty")]
    {
        let table = read(source(text)).unwrap();
        assert_eq!(table.header, ["id", "name"]);
        assert_eq!(table.rows(), [["1", name]]);
        assert_eq!(
            table.report.inputs[0].details.notes,
            ["the header is on line 2, 1 row above it is left out"]
        );
    }
}

#[test]
fn a_file_that_is_cut_short_while_it_is_read_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "a,b\n".repeat(1 << 20)).unwrap();
    let mut source = CsvSource::path(file.path()).named("in.csv");
    source.schema().unwrap();
    file.as_file().set_len(1 << 20).unwrap();
    let message = "in.csv: the file became shorter while it was read: 1048576 of 4194304 bytes";
    assert_eq!(error(source), message);
}

const RAGGED: &str = "a,b,c\n1,2,3\n4,5\n6,7,8,\n9,10,11,12\n";

#[test]
fn ragged_rows_are_rejected() {
    let table = read(source(RAGGED)).unwrap();
    assert_eq!(table.rows(), [["1", "2", "3"]]);
    assert_eq!(
        table.report.examples,
        [
            "in.csv:3: 2 cells where the header has 3",
            "in.csv:4: 4 cells where the header has 3",
            "in.csv:5: 4 cells where the header has 3"
        ]
    );
    assert_eq!(
        table.rejects,
        "handover_place,handover_reasons,handover_raw,a,b,c\n\
         in.csv:3,2 cells where the header has 3 [ragged],\"4,5\",,,\n\
         in.csv:4,4 cells where the header has 3 [ragged],\"6,7,8,\",,,\n\
         in.csv:5,4 cells where the header has 3 [ragged],\"9,10,11,12\",,,\n"
    );
}

#[test]
fn ragged_rows_are_padded() {
    let table = read(source(RAGGED).ragged(Ragged::Pad)).unwrap();
    assert_eq!(table.rows(), [["1", "2", "3"], ["4", "5", ""], ["6", "7", "8"]]);
    assert_eq!(table.report.counts.rejected, 1);
    assert_eq!(table.report.findings.iter().map(|tally| tally.count).sum::<u64>(), 3);
}

#[test]
fn ragged_rows_fail() {
    let source = source(RAGGED).ragged(Ragged::Fail);
    assert_eq!(error(source), "in.csv:3: 2 cells where the header has 3");
}

#[test]
fn the_header_can_be_said() {
    let text = "made by hand\n\nx,y\n\"a\r\nb\",c\n1,2\n";
    let table = read(source(text).header_line(4)).unwrap();
    assert_eq!(
        (table.header.join("|"), table.rows()),
        ("a b|c".to_owned(), vec![vec!["1".into(), "2".into()]])
    );
    assert_eq!(table.records[0].origin().line, 6);
    let table = read(source("1,2\n3,4\n").no_header()).unwrap();
    assert_eq!((table.header.join("|"), table.records.len()), ("column_1|column_2".to_owned(), 2));
    assert_eq!(table.records[0].origin().line, 1);
    let beyond = "in.csv: there is no line 9, on which the header was said to be";
    assert_eq!(error(source("a\n1\n").header_line(9)), beyond);
}

#[test]
fn options_do_what_they_say() {
    let table = read(source("id,phone\n7,'=1+1\n,x\n").key("id").guarded().named("old CRM")).unwrap();
    assert_eq!(table.rows(), [["7", "=1+1"], ["", "x"]]);
    assert_eq!(table.records[0].key(), Some("7"));
    assert_eq!(table.records[1].key(), None);
    assert_eq!(table.report.inputs[0].name, "old CRM");
    assert_eq!(error(source("id\n7\n").key("key")), "no column `key`. The columns are: id");
}

#[test]
fn an_encoding_that_shows_late_costs_its_rows() {
    let text = [b"name\n".repeat(60_000), b"Caf\xE9\nTea\n".to_vec()].concat();
    let table = read(CsvSource::reader("in.csv", std::io::Cursor::new(text))).unwrap();
    let said = "in.csv:60001,\"name: the byte 0xE9 is not UTF-8, as it seemed from ASCII alone: set the encoding [encoding]\"";
    assert!(table.rejects.contains(said), "{}", table.rejects);
    assert_eq!((table.records.len(), table.report.counts.rejected), (60_000, 1));
}

#[test]
fn rows_have_limits() {
    let large = format!("a,b\n1,\"{}\"\n", "x".repeat(50 << 20));
    let message = "in.csv:2: the row is longer than 16777216 bytes; is a quote left open?";
    assert_eq!(error(source(large.clone())), message);
    let table = read(source(large).max_row_bytes(64 << 20)).unwrap();
    assert_eq!(table.records[0].text("b").unwrap().len(), 50 << 20);

    let wide = ["x,".repeat(9_999) + "x\n", "1,".repeat(9_999) + "1\n"].concat();
    let table = read(source(wide.clone())).unwrap();
    assert_eq!((table.header[9_999].as_str(), table.records[0].len()), ("x_10000", 10_000));
    assert_eq!(error(source(wide).max_cells(9_999)), "in.csv:1: the row has more than 9999 cells");
}

#[test]
fn a_reader_without_end_is_stopped() {
    for byte in *b"x\",\0" {
        let failed = read(CsvSource::reader("endless", io::repeat(byte))).err().unwrap();
        assert_eq!(failed.kind(), ErrorKind::Limit, "{byte}: {failed}");
    }
}

#[test]
fn a_damaged_end_of_utf_16_costs_one_row() {
    let mut bytes: Vec<u8> = "\u{FEFF}a,b\n1,2\n3,4".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.pop();
    let table = read(source(bytes)).unwrap();
    assert_eq!(table.rows(), [["1", "2"]]);
    assert_eq!(table.report.examples, ["in.csv:3:b: the byte 0x34 is not UTF-16LE"]);
}

/// Gives one byte at a time, and between two is interrupted.
struct Halting {
    bytes: Cursor<Vec<u8>>,
    interrupted: bool,
}

impl Read for Halting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        match self.interrupted {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => self.bytes.by_ref().take(1).read(buffer),
        }
    }
}

#[test]
fn a_slow_reader_reads_the_same() {
    let text = "name,city\n王伟,\"a\nb\"\nAnn,Leeds\n";
    let slow =
        |bytes: Vec<u8>| CsvSource::reader("slow", Halting { bytes: Cursor::new(bytes), interrupted: false });
    assert_eq!(rows(slow(text.into())), rows(source(text)));
    let (gbk, ..) = encoding_rs::GB18030.encode(text);
    assert_eq!(rows(slow(gbk.into_owned()).encoding(Encoding::GB18030)), rows(source(text)));
}

/// Fails at its end.
struct Broken(Cursor<Vec<u8>>);

impl Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(io::Error::other("the cable is out")),
            read => Ok(read),
        }
    }
}

#[test]
fn a_reader_that_fails_says_where() {
    let broken = |text: String| CsvSource::reader("in.csv", Broken(Cursor::new(text.into_bytes())));
    assert_eq!(error(broken("a,b\n1,2\n".to_owned())), "in.csv: cannot read: the cable is out");
    let rows = 1 << 17;
    assert_eq!(
        error(broken("a,b\n".repeat(rows))),
        format!("in.csv:{}: cannot read: the cable is out", rows + 1)
    );
}

#[test]
fn places_are_those_of_the_file() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("a,b{end}1,2{end}{end}\"x{end}y\",3{end}bad{end}");
        let table = read(source(text)).unwrap();
        let lines: Vec<u64> = table.records.iter().map(|record| record.origin().line).collect();
        assert_eq!(lines, [2, 4], "{end:?}");
        assert_eq!(table.report.examples, ["in.csv:6: 1 cell where the header has 2"]);
        let bytes: Vec<_> = table.records.iter().map(|record| record.origin().byte).collect();
        let width = end.len() as u64;
        assert_eq!(bytes, [Some(3 + width), Some(6 + 3 * width)]);
    }
}

/// Bytes without order, the same every time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn noise_is_read_or_refused() {
    for encoding in [None, Some(Encoding::UTF_8), Some(Encoding::GB18030), Some(Encoding::UTF_16LE)] {
        let source = source(noise(1 << 20));
        let result = read(match encoding {
            Some(encoding) => source.encoding(encoding),
            None => source,
        });
        // Balanced, or an error at a place of this file.
        assert!(result.is_ok() || result.is_err_and(|error| error.to_string().starts_with("in.csv")));
    }
}

proptest! {
    #[test]
    fn whatever_the_bytes_the_books_balance(
        bytes in prop::collection::vec(prop_oneof![4 => prop::sample::select(b"a1,;\t\"'\\\r\n ".to_vec()), 1 => any::<u8>()], 0..400),
        pad in any::<bool>(),
    ) {
        let source = source(bytes).ragged(if pad { Ragged::Pad } else { Ragged::Reject });
        if let Ok(Table { header, records, .. }) = read(source) {
            prop_assert!(records.iter().all(|record| record.len() == header.len()));
        }
    }

    #[test]
    fn rejects_can_be_read_again(bytes in prop::collection::vec(prop::sample::select(b"ab,\"\\\n\r\xFF\xE9x".to_vec()), 0..200)) {
        let Ok(first) = read(source([b"a,b\n", &bytes[..]].concat())) else { return Ok(()) };
        if first.report.counts.rejected > 0 {
            let second = read(source(first.rejects)).unwrap();
            prop_assert_eq!(second.report.counts.read, first.report.counts.rejected);
            prop_assert_eq!(second.header, first.header);
        }
    }
}
