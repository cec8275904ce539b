use std::fs;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;
use crate::record::{Date, Record, RecordId};
use crate::sink::{Answer, Supply};
use crate::source::dialect::Escape;

/// What an engine does, for records in memory: it keeps what it is told.
struct Given {
    schema: Arc<Schema>,
    records: std::vec::IntoIter<Record>,
    current: Option<Record>,
    /// Fails after the last record.
    fails: bool,
    said: Vec<String>,
}

impl Supply for Given {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn next(&mut self) -> Result<Option<&Record>> {
        self.current = self.records.next();
        match &self.current {
            None if self.fails => Err(Error::other("upstream failed")),
            current => Ok(current.as_ref()),
        }
    }

    fn answers(&mut self) {}

    fn answer(&mut self, _id: RecordId, _answer: Answer) -> Result<()> {
        Ok(())
    }

    fn settle(&mut self, answer: Answer) -> Result<()> {
        let Answer::Refused(fault) = answer else { return Ok(()) };
        self.said.push(format!(
            "refused: {}: {}: {fault}",
            fault.column_name().unwrap_or("-"),
            fault.rule_name()
        ));
        Ok(())
    }

    fn warn(&mut self, fault: Fault) {
        self.said.push(format!(
            "warning: {}: {}: {fault}",
            fault.column_name().unwrap_or("-"),
            fault.rule_name()
        ));
    }

    fn durable(&mut self) {}

    fn in_doubt(&mut self) {}
}

/// A stream that can be looked into.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn given(columns: &[&str], rows: &[&[Value<'_>]]) -> Given {
    let schema = Schema::text(columns.iter().copied()).unwrap();
    let records: Vec<Record> =
        rows.iter().map(|row| Record::of(Arc::clone(&schema), row.iter().copied()).unwrap()).collect();
    Given { schema, records: records.into_iter(), current: None, fails: false, said: Vec::new() }
}

/// Runs a sink as the engine does.
fn run(sink: &mut CsvSink, mut given: Given) -> Result<Vec<String>> {
    sink.bind(&given.schema)?;
    sink.write(&mut Rows::new(&mut given))?;
    Ok(given.said)
}

/// What is written, and what is said about it.
fn written(build: impl Fn(CsvSink) -> CsvSink, given: Given) -> (Vec<u8>, Vec<String>) {
    let seen = Seen::default();
    let said = run(&mut build(CsvSink::writer(seen.clone())), given).unwrap();
    let bytes = seen.0.lock().unwrap().clone();
    (bytes, said)
}

#[track_caller]
fn writes(build: impl Fn(CsvSink) -> CsvSink, rows: &[&[Value<'_>]], expected: &str) {
    let (bytes, said) = written(build, given(&["a", "b"], rows));
    assert_eq!((String::from_utf8(bytes).unwrap(), said), (expected.to_owned(), vec![]));
}

#[track_caller]
fn fails(sink: CsvSink, given: Given, expected: &str) {
    let mut sink = sink;
    let error = run(&mut sink, given).unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Bind, expected.to_owned()));
}

const NULL: Value<'static> = Value::Null;

fn text(text: &str) -> Value<'_> {
    Value::Text(text)
}

fn samples<'a>() -> [Vec<Value<'a>>; 5] {
    [
        vec![text("x"), text("1")],
        vec![NULL, text("")],
        vec![text("p,q"), text("say \"hi\"")],
        vec![text("two\nlines"), text("a\\b")],
        vec![Value::Int(-5), Value::Date(Date::new(2024, 2, 29).unwrap())],
    ]
}

#[track_caller]
fn writes_samples(build: impl Fn(CsvSink) -> CsvSink, expected: &str) {
    let samples = samples();
    let rows: Vec<&[Value<'_>]> = samples.iter().map(Vec::as_slice).collect();
    writes(build, &rows, expected);
}

#[test]
fn quotes_stand_where_they_are_needed() {
    let expected = "a,b\nx,1\n,\"\"\n\"p,q\",\"say \"\"hi\"\"\"\n\"two\nlines\",a\\b\n-5,2024-02-29\n";
    writes_samples(|sink| sink, expected);
}

#[test]
fn everything_but_null_is_quoted() {
    let expected = "\"a\",\"b\"\n\"x\",\"1\"\n,\"\"\n\"p,q\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"a\\b\"\n\"-5\",\"2024-02-29\"\n";
    writes_samples(|sink| sink.quoting(Quoting::All), expected);
}

#[test]
fn numbers_are_not_quoted() {
    let expected = "\"a\",\"b\"\n\"x\",\"1\"\n,\"\"\n\"p,q\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"a\\b\"\n-5,\"2024-02-29\"\n";
    writes_samples(|sink| sink.quoting(Quoting::NonNumeric), expected);
}

#[test]
fn an_escape_replaces_doubled_quotes_or_all_quotes() {
    let dialect = Dialect { escape: Escape::Any(b'\\'), ..Dialect::COMMA };
    let expected = "a,b\nx,1\n,\"\"\n\"p,q\",\"say \\\"hi\\\"\"\n\"two\nlines\",\"a\\\\b\"\n-5,2024-02-29\n";
    writes_samples(|sink| sink.dialect(dialect), expected);
    let expected = "a,b\nx,1\n,\np\\,q,say \\\"hi\\\"\ntwo\\\nlines,a\\\\b\n-5,2024-02-29\n";
    writes_samples(|sink| sink.dialect(dialect).quoting(Quoting::Never), expected);
}

#[test]
fn what_needs_quotes_is_refused_without_them() {
    let rows: &[&[Value<'_>]] = &[&[text("x"), text("p,q")], &[text(""), text("\"")], &[text("y"), NULL]];
    let (bytes, said) = written(|sink| sink.quoting(Quoting::Never), given(&["a", "b"], rows));
    assert_eq!(String::from_utf8(bytes).unwrap(), "a,b\ny,\n");
    assert_eq!(said, ["refused: b: quotes: needs quotes, which are switched off"; 2]);
    let no_quote = Dialect { quote: None, ..Dialect::TAB };
    let (bytes, said) = written(|sink| sink.dialect(no_quote), given(&["a", "b"], rows));
    assert_eq!((String::from_utf8(bytes).unwrap(), said), ("a\tb\nx\tp,q\n\t\"\ny\t\n".to_owned(), vec![]));
}

#[test]
fn a_lone_null_is_no_blank_line() {
    let (bytes, _) = written(|sink| sink, given(&["a"], &[&[NULL], &[text("x")], &[text("")]]));
    assert_eq!(bytes, b"a\n\"\"\nx\n\"\"\n");
    let (bytes, said) = written(|sink| sink.quoting(Quoting::Never), given(&["a"], &[&[NULL]]));
    assert_eq!(bytes, b"a\n");
    assert_eq!(said, ["refused: -: quotes: an empty line needs quotes, which are switched off"]);
}

#[test]
fn lines_end_and_delimiters_stand_as_told() {
    let row: &[Value<'_>] = &[text("x;y"), text("p,q")];
    writes(|sink| sink.line_end(LineEnd::CrLf).dialect(Dialect::SEMICOLON), &[row], "a;b\r\n\"x;y\";p,q\r\n");
    writes(|sink| sink.no_header(), &[row], "x;y,\"p,q\"\n");
    let odd = Dialect { quote: Some(b'\''), ..Dialect::delimited_by(b'-') };
    let date = Value::Date(Date::new(2024, 2, 29).unwrap());
    writes(|sink| sink.dialect(odd), &[&[text("it's"), date]], "a-b\n'it''s'-'2024-02-29'\n");
}

#[test]
fn a_byte_order_mark_stands_first() {
    let row: &[Value<'_>] = &[text("中"), NULL];
    writes(|sink| sink.bom(true), &[row], "\u{FEFF}a,b\n中,\n");
    writes(|sink| sink.no_header(), &[&[text("\u{FEFF}x"), NULL]], "\"\u{FEFF}x\",\n");
    let bytes = |encoding| written(|sink| sink.encoding(encoding), given(&["a"], &[&[text("中")]])).0;
    assert_eq!(bytes(Encoding::UTF_16LE), b"\xFF\xFEa\0\n\0\x2D\x4E\n\0");
    assert_eq!(bytes(Encoding::UTF_16BE), b"\xFE\xFF\0a\0\n\x4E\x2D\0\n");
    assert_eq!(bytes(Encoding::GB18030), b"a\n\xD6\xD0\n");
}

#[test]
fn a_character_that_the_encoding_lacks_is_refused_or_replaced() {
    let rows = || given(&["a", "b"], &[&[text("é"), text("x中文")], &[text("y"), NULL]]);
    let (bytes, said) = written(|sink| sink.encoding(Encoding::WINDOWS_1252), rows());
    assert_eq!(bytes, b"a,b\ny,\n");
    assert_eq!(said, ["refused: b: encoding: windows-1252 does not have the character U+4E2D"]);
    let replace = |sink: CsvSink| sink.encoding(Encoding::WINDOWS_1252).unmappable(Unmappable::Replace('?'));
    let (bytes, said) = written(replace, rows());
    assert_eq!(bytes, b"a,b\n\xE9,x??\ny,\n");
    assert_eq!(said, ["warning: b: encoding: windows-1252 does not have the character U+4E2D"]);
    let (bytes, _) = written(|sink| replace(sink).unmappable(Unmappable::Replace('"')), rows());
    assert_eq!(bytes, b"a,b\n\xE9,\"x\"\"\"\"\"\ny,\n");
}

#[test]
fn formulas_are_guarded_and_typed_numbers_are_not() {
    let rows: &[&[Value<'_>]] = &[&[text("=1+1"), text("+8613800138000")], &[Value::Int(-1), text("'@x,")]];
    writes(|sink| sink.guard_formulas(), rows, "a,b\n'=1+1,+8613800138000\n-1,\"''@x,\"\n");
}

#[test]
fn options_that_contradict_each_other_fail_before_the_first_record() {
    let rows = || given(&["姓名"], &[]);
    let sink = || CsvSink::writer(Seen::default());
    fails(sink().encoding(Encoding::BIG5).bom(true), rows(), "stream: Big5 has no byte order mark");
    fails(sink().encoding(Encoding::JOHAB), rows(), "stream: Johab can be read, not written");
    fails(
        sink().encoding(Encoding::WINDOWS_1252),
        rows(),
        "stream: the name of column `姓名`: windows-1252 does not have the character U+59D3",
    );
    fails(
        sink().encoding(Encoding::WINDOWS_1252).unmappable(Unmappable::Replace('□')),
        rows(),
        "stream: windows-1252 does not have the replacement U+25A1",
    );
    fails(
        sink().dialect(Dialect::delimited_by(b'\n')),
        rows(),
        "stream: delimiter, quote and escape must be ASCII characters other than line breaks and NUL",
    );
    fails(
        sink().dialect(Dialect::delimited_by(b'"')),
        rows(),
        "stream: the delimiter is the quote or the escape too",
    );
    fails(
        sink().dialect(Dialect { escape: Escape::Unmarked, ..Dialect::COMMA }),
        rows(),
        "stream: quotes must be doubled or escaped, or they are not read back",
    );
    fails(
        sink().dialect(Dialect { spaced: true, ..Dialect::COMMA }),
        rows(),
        "stream: spaces behind delimiters can be read and not written",
    );
    fails(sink().split_rows(5), rows(), "stream: a stream cannot be split into files");
    fails(sink(), given(&[], &[]), "stream: a CSV file needs at least one column");
    fails(CsvSink::path("x.csv").split_rows(0), rows(), "x.csv: the parts are too small for a single row");
    fails(CsvSink::path("x.csv").split_bytes(7), rows(), "x.csv: the parts are too small for a single row");
    let mut used = sink();
    run(&mut used, rows()).unwrap();
    fails(used, rows(), "stream: it was written by an earlier run");
}

/// The names and contents of the files in a folder, by name.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn file(name: &str, content: &str) -> (String, String) {
    (name.to_owned(), content.to_owned())
}

#[test]
fn a_file_is_put_in_place_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let mut sink = CsvSink::path(&path).sha256().bom(true);
    run(&mut sink, given(&["a"], &[&[text("x")], &[text("y")]])).unwrap();
    assert_eq!(files(folder.path()), [file("out.csv", "\u{FEFF}a\nx\ny\n")]);
    let [output] = &sink.outputs()[..] else { panic!("one output") };
    assert_eq!((output.name.as_str(), output.rows), (path.to_str().unwrap(), 2));
    assert_eq!(output.details.bytes, Some(9));
    assert_eq!(output.details.get("encoding"), Some("UTF-8 with byte order mark"));
    assert_eq!(output.details.get("delimiter"), Some("comma"));
    let sum = "9c71e158dc2f8811d2123bbf80800e997ab4e952045a40e296dd1093197c212d";
    assert_eq!(output.details.sha256.as_deref(), Some(sum));
}

#[test]
fn parts_have_at_most_so_many_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = CsvSink::path(folder.path().join("out.csv")).split_rows(2);
    run(&mut sink, given(&["a"], &[&[text("1")], &[text("2")], &[text("3")], &[text("4")], &[text("5")]]))
        .unwrap();
    let parts =
        [file("out-001.csv", "a\n1\n2\n"), file("out-002.csv", "a\n3\n4\n"), file("out-003.csv", "a\n5\n")];
    assert_eq!(files(folder.path()), parts);
    let outputs = sink.outputs();
    assert_eq!(outputs.iter().map(|output| output.rows).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(outputs[2].details.notes, [""; 0]);
    run(&mut sink, given(&["a"], &[])).unwrap();
    assert_eq!(files(folder.path())[0], file("out-001.csv", "a\n"));
    let second = folder.path().join("out-002.csv");
    assert_eq!(
        sink.outputs()[0].details.notes,
        [format!("{} is there from an earlier run", second.display())]
    );
}

#[test]
fn parts_have_at_most_so_many_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = CsvSink::path(folder.path().join("out")).split_bytes(8);
    let rows: &[&[Value<'_>]] =
        &[&[text("12")], &[text("34")], &[text("5")], &[text("123456")], &[text("中6")]];
    let said = run(&mut sink, given(&["a"], rows)).unwrap();
    assert_eq!(said, ["refused: -: size: a row of 7 bytes, of which a file holds 6"]);
    let parts = [file("out-001", "a\n12\n34\n"), file("out-002", "a\n5\n"), file("out-003", "a\n中6\n")];
    assert_eq!(files(folder.path()), parts);
}

#[test]
fn a_run_that_fails_leaves_the_old_files_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let old = [file("out-001.csv", "old"), file("out.csv", "old")];
    old.iter().for_each(|(name, content)| fs::write(folder.path().join(name), content).unwrap());
    let path = folder.path().join("out.csv");
    for mut sink in [CsvSink::path(&path), CsvSink::path(&path).split_rows(1)] {
        let rows = Given { fails: true, ..given(&["a"], &[&[text("1")], &[text("2")]]) };
        assert_eq!(run(&mut sink, rows).unwrap_err().to_string(), "upstream failed");
        assert_eq!(sink.outputs(), []);
        assert_eq!(files(folder.path()), old);
    }
}

#[test]
fn a_bad_path_fails_before_the_first_record() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = CsvSink::path(folder.path());
    let error = sink.bind(&Schema::text(["a"]).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), format!("{}: cannot write: it is a folder", folder.path().display()));
}

#[test]
fn the_plain_writer_makes_a_file_of_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crosswalk.csv");
    let mut writer = CsvWriter::create(&path, ["source", "key"]).unwrap();
    writer.row(["x", "1,5"].map(Value::Text)).unwrap();
    drop(writer);
    assert_eq!(files(folder.path()), []);
    let mut writer = CsvWriter::create(&path, ["source", "key"]).unwrap();
    writer.row(["x", "1,5"].map(Value::Text)).unwrap();
    assert_eq!(writer.finish().unwrap().rows, 1);
    assert_eq!(files(folder.path()), [file("crosswalk.csv", "source,key\nx,\"1,5\"\n")]);
}

/// What the `csv` crate reads, every empty cell as empty.
fn read_back(bytes: &[u8], dialect: Dialect) -> Vec<Vec<String>> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).delimiter(dialect.delimiter);
    if let Escape::Any(escape) = dialect.escape {
        builder.escape(Some(escape));
    }
    match dialect.quote {
        Some(quote) => builder.quote(quote),
        None => builder.quoting(false),
    };
    let mut reader = builder.from_reader(bytes);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        rows in prop::collection::vec(prop::collection::vec(prop::option::of("[ab,;|'\"\\\\\t\r\n \u{FEFF}中é]{0,6}"), 3), 0..8),
        delimiter in prop::sample::select(b",;\t|".to_vec()),
        quote in prop::sample::select(b"\"'".to_vec()),
        escape in prop::sample::select(vec![Escape::Doubled, Escape::Any(b'\\')]),
        quoting in prop::sample::select(vec![Quoting::Minimal, Quoting::All, Quoting::NonNumeric]),
        line_end in prop::sample::select(vec![LineEnd::Lf, LineEnd::CrLf]),
        encoding in prop::sample::select(vec![Encoding::UTF_8, Encoding::UTF_16LE, Encoding::UTF_16BE, Encoding::GB18030]),
    ) {
        let dialect = Dialect { quote: Some(quote), escape, ..Dialect::delimited_by(delimiter) };
        let values: Vec<Vec<Value<'_>>> =
            rows.iter().map(|row| row.iter().map(|cell| cell.as_deref().into()).collect()).collect();
        let values: Vec<&[Value<'_>]> = values.iter().map(Vec::as_slice).collect();
        let build = |sink: CsvSink| sink.dialect(dialect).quoting(quoting).line_end(line_end).encoding(encoding);
        let (bytes, said) = written(build, given(&["x", "y", "z"], &values));
        prop_assert_eq!(said, Vec::<String>::new());
        let (text, _, broken) = encoding.standard().unwrap().decode(&bytes);
        prop_assert!(!broken);
        let header = vec!["x".to_owned(), "y".to_owned(), "z".to_owned()];
        let cells = rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect());
        let expected: Vec<Vec<String>> = std::iter::once(header).chain(cells).collect();
        prop_assert_eq!(read_back(text.as_bytes(), dialect), expected);
    }

    #[test]
    fn without_quotes_a_row_is_read_back_or_refused(
        cells in prop::collection::vec("[ab,\"\\\\\t\n 中]{1,3}", 2),
    ) {
        let dialect = Dialect { quote: None, ..Dialect::TAB };
        let values: Vec<Value<'_>> = cells.iter().map(Value::from).collect();
        let (bytes, said) = written(|sink| sink.dialect(dialect).no_header(), given(&["x", "y"], &[&values]));
        let fits = cells.iter().all(|cell| !cell.contains(['\t', '\n']));
        prop_assert_eq!(said.is_empty(), fits);
        prop_assert_eq!(read_back(&bytes, dialect), if fits { vec![cells] } else { vec![] });
    }
}
