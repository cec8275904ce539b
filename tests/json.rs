//! JSON and JSON Lines, in and out.

mod laws;
mod suite;

use std::fs;
use std::io::Write;
use std::sync::{Arc, Mutex};

use handover::sink::Collect;
use handover::source::{JsonRejects, Memory};
use handover::{
    Field, JsonLinesSink, JsonLinesSource, JsonSink, JsonSource, Kind, Pipeline, Record, Rejects, Report,
    Result, Schema, SinkWriter, SourceReader, Value,
};

/// What a source gave: columns, values as text with their kinds, what was rejected.
struct Outcome {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    report: Report,
    rejects: String,
}

fn show(value: Value<'_>) -> String {
    match value.kind() {
        None => "-".to_owned(),
        Some(Kind::Text) => format!("{:?}", value.to_string()),
        Some(kind) => format!("{kind} {value}"),
    }
}

fn read(mut source: impl SourceReader + 'static) -> Result<Outcome> {
    let columns = source.schema()?.names().map(str::to_owned).collect();
    let folder = tempfile::tempdir().unwrap();
    let (rejects, mut sink) = (folder.path().join("rejects.jsonl"), Collect::new());
    let report = Pipeline::from(source).rejects(Rejects::json_lines(&rejects)).to(&mut sink).run()?;
    let rows = sink.records().iter().map(|record| record.values().map(show).collect()).collect();
    Ok(Outcome { columns, rows, report, rejects: fs::read_to_string(rejects).unwrap_or_default() })
}

fn document(json: &str) -> JsonSource {
    JsonSource::reader("in.json", std::io::Cursor::new(json.as_bytes().to_vec()))
}

fn lines(json: &str) -> JsonLinesSource {
    JsonLinesSource::reader("in.jsonl", std::io::Cursor::new(json.as_bytes().to_vec()))
}

#[track_caller]
fn gives(source: impl SourceReader + 'static, columns: &[&str], rows: &[&[&str]]) -> Outcome {
    let read = read(source).unwrap();
    assert_eq!(read.columns, columns);
    assert_eq!(read.rows, rows);
    read
}

#[test]
fn values_are_what_json_says() {
    let json =
        r#"[{"t":"007","i":-7,"d":1.50,"e":1e3,"big":12345678901234567890,"b":true,"n":null,"empty":""}]"#;
    let columns = ["t", "i", "d", "e", "big", "b", "n", "empty"];
    let row: &[&str] = &[
        "\"007\"",
        "int -7",
        "decimal 1.50",
        "int 1000",
        "decimal 12345678901234567890",
        "bool true",
        "-",
        "\"\"",
    ];
    gives(document(json), &columns, &[row]);
    gives(lines(&json[1..json.len() - 1]), &columns, &[row]);
}

fn records(columns: &[&str], rows: &[&[Value]]) -> Memory {
    let schema = Schema::new(columns.iter().map(|name| Field::new(*name, Kind::Any))).unwrap();
    let record = |row: &&[Value]| Record::of(schema.clone(), row.iter().copied()).unwrap();
    Memory::new("memory", schema.clone(), rows.iter().map(record).collect::<Vec<_>>())
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What a sink writes, and the report.
fn write(source: impl SourceReader + 'static, sink: impl FnOnce(Written) -> Box<dyn SinkWriter>) -> String {
    let written = Written::default();
    let folder = tempfile::tempdir().unwrap();
    let rejects = Rejects::json_lines(folder.path().join("rejects.jsonl"));
    Pipeline::from(source).rejects(rejects).to(sink(written.clone())).run().unwrap();
    written.text()
}

#[test]
fn nested_objects_come_back_as_they_were() {
    let json = concat!(
        r#"{"id":1,"name":{"first":"a","last":""},"a.b":{"c\\d":true,"":0.10},"address":{"geo":{"lat":-1.50}}}"#,
        "\n",
        r#"{"id":2,"name":{"first":null,"last":null},"a.b":{"c\\d":null,"":null},"address":{"geo":{"lat":7}}}"#,
        "\n"
    );
    let columns = gives_columns(lines(json));
    assert_eq!(columns, ["id", "name.first", "name.last", r"a\.b.c\\d", r"a\.b.", "address.geo.lat"]);
    assert_eq!(write(lines(json), |to| Box::new(JsonLinesSink::writer(to))), json);
}

fn gives_columns(mut source: impl SourceReader) -> Vec<String> {
    source.schema().unwrap().names().map(str::to_owned).collect()
}

#[test]
fn a_sink_writes_documents() {
    let source = || records(&["a", "b.c", "b.d"], &[&[1.into(), "x".into(), Value::Null], &[2.into()]]);
    assert_eq!(
        write(source(), |to| Box::new(JsonSink::writer(to))),
        "[\n{\"a\":1,\"b\":{\"c\":\"x\",\"d\":null}},\n{\"a\":2,\"b\":{\"c\":null,\"d\":null}}\n]\n"
    );
    assert_eq!(
        write(source(), |to| Box::new(JsonSink::writer(to).omit_nulls().at("data.items"))),
        "{\"data\":{\"items\":[\n{\"a\":1,\"b\":{\"c\":\"x\"}},\n{\"a\":2}\n]}}\n"
    );
    assert_eq!(
        write(source(), |to| Box::new(JsonSink::writer(to).omit_nulls().pretty().at("items"))),
        "{\n  \"items\": [\n    {\n      \"a\": 1,\n      \"b\": {\n        \"c\": \"x\"\n      }\n    },\n    {\n      \"a\": 2\n    }\n  ]\n}\n"
    );
    assert_eq!(
        write(source(), |to| Box::new(JsonLinesSink::writer(to).flat().omit_nulls())),
        "{\"a\":1,\"b.c\":\"x\"}\n{\"a\":2}\n"
    );
    assert_eq!(write(records(&["a"], &[]), |to| Box::new(JsonSink::writer(to))), "[]\n");
    assert_eq!(write(records(&["a"], &[]), |to| Box::new(JsonLinesSink::writer(to))), "");
}

#[test]
fn lists_are_joined_if_they_can_be_taken_apart_again() {
    let json = concat!(
        "{\"l\":[\"a\",1,true,1.50]}\n{\"l\":[]}\n{\"l\":[\"\"]}\n{\"l\":[null]}\n{\"l\":[ \"[x\" ]}\n",
        "{\"l\":[{\"a\": 1}]}\n{\"l\":[\"a;b\"]}\n{\"l\":[\"a\\u003bb\"]}\n{\"l\":{}}\n"
    );
    let rows: &[&[&str]] = &[
        &["\"a;1;true;1.50\""],
        &["-"],
        &["\"[\\\"\\\"]\""],
        &["\"[null]\""],
        &["\"[ \\\"[x\\\" ]\""],
        &["\"[{\\\"a\\\": 1}]\""],
        &["\"[\\\"a;b\\\"]\""],
        &["\"[\\\"a\\\\u003bb\\\"]\""],
        &["-"],
    ];
    let read = gives(lines(json), &["l"], rows);
    assert_eq!(
        read.report.examples,
        [7, 8].map(|line| format!(
            "in.jsonl:{line}:l: the separator stands in an element: the list is kept as JSON"
        ))
    );
    gives(lines("{\"l\":[\"a;b\",\"c\"]}").separator('|'), &["l"], &[&["\"a;b|c\""]]);
}

#[test]
fn lists_that_stay_json_are_embedded_again() {
    let json = "{\"id\":1,\"l\":[{\"a\":1},[2]],\"m\":[null]}\n";
    assert_eq!(write(lines(json), |to| Box::new(JsonLinesSink::writer(to).embed(["l", "m"]))), json);
    let source = records(&["l"], &[&["[\n1 ]".into()], &["[1".into()], &["a;b".into()]]);
    let written = write(source, |to| Box::new(JsonLinesSink::writer(to).embed(["l"])));
    assert_eq!(written, "{\"l\":[ 1 ]}\n{\"l\":\"a;b\"}\n");
}

#[test]
fn children_are_records_of_their_own() {
    let json = r#"[
        {"id": 1, "contacts": [{"name": "a", "tel": {"no": 5}}, {"name": "b"}, "c"], "city": "x"},
        {"id": 2, "contacts": []}, {"id": 3}, {"id": 4, "contacts": {"name": "d"}}
    ]"#;
    let read = gives(
        document(json).children("contacts").key("id"),
        &["id", "contacts", "contacts.name", "contacts.tel.no", "city"],
        &[
            &["int 1", "-", "\"a\"", "int 5", "\"x\""],
            &["int 1", "-", "\"b\"", "-", "\"x\""],
            &["int 1", "\"c\"", "-", "-", "\"x\""],
            &["int 4", "-", "\"d\"", "-", "-"],
        ],
    );
    assert_eq!(read.report.inputs[0].details.notes, ["2 objects without `contacts` give no record"]);
    assert_eq!(
        read_error(lines("{\"id\":1,\"contacts\":[{\"a\":1}]}").children("contact")),
        "in.jsonl: no column `contact`, did you mean `contacts`? The columns are: id, contacts"
    );
}

#[test]
fn the_array_is_found_or_given() {
    let json = r#"{"count": 2, "links": ["x"], "data": {"items": [{"a": 1}, {"a": 2}]}, "next": null}"#;
    let rows: &[&[&str]] = &[&["int 1"], &["int 2"]];
    let read = gives(document(json), &["a"], rows);
    assert_eq!(
        read.report.inputs[0].details.notes,
        [
            "the records are those at `data.items`",
            "what stands beside the records is left out: count, links, next"
        ]
    );
    gives(document(json).at("data.items"), &["a"], rows);
    gives(document(r#"{"a.b": [{"a": 1}, {"a": 2}], "c": [{}]}"#).at(r"a\.b"), &["a"], rows);
    gives(document(r#"{"a": []}"#).at("a").columns(["x"]), &["x"], &[]);
    let error = |source: JsonSource| read_error(source);
    assert_eq!(error(document(json).at("items")), "in.json: there is no array at `items`");
    assert_eq!(error(document(r#"{"a": 1}"#)), "in.json: there is no array of objects in it");
    assert_eq!(
        error(document("{\"a\": [{\"x\": 1}],\n \"b\": [{\"x\": 1}]}")),
        "in.json:2:8: there are several arrays of objects, `a` and `b`: say which with `at`"
    );
    assert_eq!(
        error(document("[]")),
        "in.json: there are no records in it that would tell the columns: declare them"
    );
}

fn read_error(source: impl SourceReader + 'static) -> String {
    match read(source) {
        Ok(_) => panic!("it was read"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_error_in_a_document_says_line_and_byte() {
    let error = |json: &str| read_error(document(json));
    let items = "[\n  {\"a\": 1},\n";
    assert_eq!(error(&format!("{items}  {{\"a\": tru}}]")), "in.json:3:12: expected ident");
    assert_eq!(error(&format!("{items}  {{\"a\":\n 1, b}}]")), "in.json:4:5: key must be a string");
    assert_eq!(error(&format!("{items}  {{\"a\": 1}} {{}}]")), "in.json:3:12: expected `,` or `]`");
    assert_eq!(error(&format!("{items}]")), "in.json:3:1: expected a value");
    assert_eq!(error(&format!("{items}  {{\"a\": \"1}}]")), "in.json:3:13: the JSON ends too early");
    assert_eq!(error("[\n{\"a\": 1}\n"), "in.json:3:1: the JSON ends too early");
    let trailing = "in.json:2:1: expected the end of the document; are these JSON Lines?";
    assert_eq!(error("{\"a\": 1}\n{\"a\": 2}\n"), trailing);
    assert_eq!(error("[{\"a\": 1}]\n]"), trailing);
    assert_eq!(error("{\"x\": nul, \"a\": [{\"a\": 1}]}"), "in.json:1:7: expected a value");
    assert_eq!(error(""), "in.json:1:1: the JSON ends too early");
    let beside = b"{\"x\": \"\xE9\", \"a\": [{\"a\": 1}]}".to_vec();
    let source = JsonSource::reader("in.json", std::io::Cursor::new(beside));
    assert_eq!(read_error(source), "in.json:1:8: not UTF-8, save the file as UTF-8");
    let utf16: Vec<u8> = "[{}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let source = JsonSource::reader("in.json", std::io::Cursor::new(utf16));
    assert_eq!(read_error(source), "in.json: this is UTF-16 or UTF-32, not UTF-8: save it as UTF-8");
}

/// What was set aside: the line, the column, and the message; and the text.
fn rejected(read: &Outcome) -> (Vec<String>, Vec<String>) {
    let finding = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let (place, reason) = (&line["place"]["line"], &line["reasons"][0]);
        let column = reason["column"].as_str().map_or(String::new(), |column| format!("{column}: "));
        (
            format!("{place}: {column}{}", reason["message"].as_str().unwrap()),
            line["raw"].as_str().unwrap().to_owned(),
        )
    };
    read.rejects.lines().map(finding).unzip()
}

#[test]
fn what_is_wrong_with_a_line_costs_one_record() {
    let bad = [
        ("{\"a\":secret}", "not JSON at byte 6 of the line: expected value"),
        ("{\"a\":\"secret", "the JSON ends too early"),
        ("{\"a\":1}{", "not JSON at byte 8 of the line: trailing characters"),
        ("{\"a\":1}\u{C}", "not JSON at byte 8 of the line: trailing characters"),
        ("[1]", "not an object"),
        ("{\"a\":1,\"a\":null}", "a: the key is there twice"),
        ("{\"a\":\"\\ud800\"}", "a: an escape that is no character: half of a surrogate pair"),
        ("{\"a\":1e999}", "a: a number of more than 400 digits when it is written out"),
    ];
    let mut json = "\u{FEFF}{\"a\":1}\r\n\r\n".to_owned();
    bad.iter().for_each(|(line, _)| json = format!("{json}{line}\n"));
    let read = read(lines(&(json + "{\"a\":2}"))).unwrap();
    assert_eq!(read.rows, [["int 1"], ["int 2"]]);
    let (findings, raw) = rejected(&read);
    let said = bad.iter().zip(3..).map(|((_, what), line)| format!("{line}: {what}"));
    assert_eq!(findings, said.collect::<Vec<_>>());
    assert_eq!(raw, bad.map(|(line, _)| line));
}

#[test]
fn a_record_of_a_document_that_is_at_fault_costs_itself() {
    let json = b"[{\"a\":1},{\"a\":\"\xE9\"},\n {\"a\":1,\"a\":2}, 7, {\"a\":2}]".to_vec();
    let read = read(JsonSource::reader("in.json", std::io::Cursor::new(json))).unwrap();
    assert_eq!(read.rows, [["int 1"], ["int 2"]]);
    let (findings, raw) = rejected(&read);
    assert_eq!(
        findings,
        ["1: the byte 0xE9 is not UTF-8", "2: a: the key is there twice", "2: not an object"]
    );
    assert_eq!(raw, ["{\"a\":\"\\xE9\"}", "{\"a\":1,\"a\":2}", "7"]);
}

#[test]
fn rejects_are_repaired_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.jsonl");
    let json = "{\"id\":1,\"x\":{\"y\":\"a\"}}\n{\"id\":2,\"x\":{\"y\":b}}\n";
    Pipeline::from(lines(json)).rejects(Rejects::json_lines(&path)).to(Collect::new()).run().unwrap();
    let rejects = fs::read_to_string(&path).unwrap();
    fs::write(&path, rejects.replace(":b}", ":1.50}")).unwrap();
    gives(JsonRejects::path(&path), &["id", "x.y"], &[&["int 2", "decimal 1.50"]]);
}

#[test]
fn a_column_that_comes_late_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.jsonl");
    let mut json = "{\"a\":\"some text to fill the first MiB\"}\n".repeat(30_000);
    json.push_str("{\"a\":\"x\",\"fax\":null}\n{\"a\":\"x\",\"fax\":{\"home\":1}}\n");
    fs::write(&path, &json).unwrap();
    assert_eq!(gives_columns(JsonLinesSource::path(&path)), ["a", "fax.home"]);
    let read = read(lines(&json)).unwrap();
    assert_eq!((read.columns, read.report.counts.rejected), (vec!["a".to_owned()], 1));
    assert_eq!(
        read.report.examples,
        [
            "in.jsonl:30002:fax: it comes up here for the first time, after the columns were told from the first MiB: declare them"
        ]
    );
}

#[test]
fn a_null_where_others_have_an_object_is_no_column() {
    let json =
        "{\"a\":null,\"b\":1,\"c\":[]}\n{\"a\":{\"x\":2},\"b\":null,\"c\":null}\n{\"a\":{},\"b\":null}\n";
    let rows: &[&[&str]] = &[&["-", "int 1", "-"], &["int 2", "-", "-"], &["-", "-", "-"]];
    gives(lines(json), &["a.x", "b", "c"], rows);
}

#[test]
fn what_is_nested_too_deep_is_said() {
    let nested = |depth| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert_eq!(gives_columns(lines(&nested(64))), ["a.".repeat(63) + "a"]);
    assert_eq!(read_error(lines(&nested(65))), "in.jsonl:1: objects are nested deeper than 64 levels");
    let around = format!("{}[{{\"b\":1}}]{}", "{\"a\":".repeat(65), "}".repeat(65));
    assert_eq!(read_error(document(&around)), "in.json:1:321: objects are nested deeper than 64 levels");
    let lists = format!("{{\"l\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read(lines(&lists)).unwrap().report.counts.created, 1);
}

#[test]
fn what_json_cannot_say_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (path, rejects) = (folder.path().join("out.jsonl"), folder.path().join("rejects.jsonl"));
    let day = handover::Date::new(2024, 2, 29);
    let rows: &[&[Value]] = &[&[f64::NAN.into()], &[1.5.into()], &[day.into()], &["{".into()]];
    let report = Pipeline::from(records(&["a"], rows))
        .rejects(Rejects::json_lines(&rejects))
        .to(JsonLinesSink::path(&path).embed(["a"]).sha256())
        .run()
        .unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":1.5}\n{\"a\":\"2024-02-29\"}\n");
    assert_eq!(
        report.examples,
        [
            "memory:row 1:a: a number that is not finite, which JSON does not have",
            "memory:row 4:a: not JSON, and to be embedded"
        ]
    );
    let output = &report.outputs[0];
    assert_eq!((output.rows, output.details.bytes), (2, Some(29)));
    assert!(output.details.sha256.is_some());
}

#[test]
fn columns_at_odds_are_found_before_the_first_record() {
    let bind = |columns: &[&str], sink: JsonSink| {
        let run = Pipeline::from(records(columns, &[])).to(sink).run();
        run.map(|_| ()).map_err(|error| error.to_string())
    };
    let sink = || JsonSink::writer(Written::default());
    for columns in [["a", "a.b"], ["a.b", "a"], ["a.b.c", "a.b"]] {
        let error = format!(
            "stream: column `{}` is at odds with another: one is an object in the other's place, write them `flat`",
            columns[1]
        );
        assert_eq!(bind(&columns, sink()), Err(error));
        assert_eq!(bind(&columns, sink().flat()), Ok(()));
    }
    assert_eq!(
        bind(&["a"], sink().embed(["b"])),
        Err("stream: no column `b`. The columns are: a".to_owned())
    );
}

#[cfg(feature = "compression")]
#[test]
fn compressed_files_are_read_twice_and_digested_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.json.gz");
    let sink = JsonSink::path(&path).sha256();
    let written = Pipeline::from(records(&["a"], &[&[1.into()]])).to(sink).run().unwrap();
    let read = gives(JsonSource::path(&path).sha256(), &["a"], &[&["int 1"]]);
    let details = &read.report.inputs[0].details;
    assert_eq!(details.get("compression"), Some("gzip"));
    assert_eq!(details.sha256, written.outputs[0].details.sha256);
    assert_eq!(details.bytes, written.outputs[0].details.bytes);
}
