//! What a person reads when something is wrong: the exact words of common mistakes.

use std::fmt::Display;
use std::fs;
use std::path::PathBuf;

use handover::dedupe::{Dedupe, ExactKeys, Rule, Survivorship};
use handover::normalize::{Chain, rule, trim};
use handover::sink::csv::{CsvSink, Quoting};
use handover::source::csv::{CsvSource, Ragged};
use handover::source::dialect::Dialect;
use handover::source::encoding::Encoding;
use handover::source::{JsonRejects, Memory};
use handover::validate::{length, pattern, range, required};
use handover::{Kind, Mapping, Pipeline, Rejects, Schema, SourceReader, map, sink::Collect};

/// A folder with a good file, and room for bad ones.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.put("in.csv", "id,name,phone\n1,Ann,555\n2,Bob,556\n");
        fs::create_dir(desk.path("folder")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    fn bad(&self, bytes: impl AsRef<[u8]>) -> CsvSource {
        CsvSource::path(self.put("bad.csv", bytes))
    }

    fn good(&self) -> Pipeline<'_> {
        Pipeline::from(CsvSource::path(self.path("in.csv")))
    }

    /// The error, without the folder's name, which is another one each time.
    fn says<T>(&self, result: Result<T, impl Display>) -> String {
        let folder = format!("{}/", self.0.path().display());
        result.err().map_or_else(|| "fine".to_owned(), |error| error.to_string().replace(&folder, ""))
    }

    fn run(&self, pipeline: Pipeline<'_>) -> String {
        self.says(pipeline.to(Collect::new()).run())
    }

    fn read(&self, source: impl SourceReader) -> String {
        self.run(Pipeline::from(source))
    }
}

fn page<const N: usize>(said: [(String, &str); N]) {
    for (said, expected) in said {
        assert_eq!(said, expected);
    }
}

#[test]
fn the_input_cannot_be_read() {
    let desk = &Desk::new();
    let read = |bytes: &[u8]| desk.read(desk.bad(bytes));
    let as_utf8 = |bytes: &[u8]| desk.bad(bytes).encoding(Encoding::UTF_8);
    page([
        (
            desk.read(CsvSource::path(desk.path("gone.csv"))),
            "gone.csv: cannot open: No such file or directory (os error 2)",
        ),
        (desk.read(CsvSource::path(desk.path("folder"))), "folder: is a folder, not a file"),
        (read(b""), "bad.csv: the file is empty"),
        (read(b"\n  \n\r\n"), "bad.csv: there is no header: the file has nothing but blank lines or titles"),
        (read(b"id,name\n"), "fine"),
        (
            desk.read(desk.bad("id,name\n1,Ann\n").header_line(7)),
            "bad.csv: there is no line 7, on which the header was said to be",
        ),
        (
            desk.read(as_utf8(b"id,caf\xE9\n1,secret\n")),
            "bad.csv:1: the header cannot be read: in column 2 the byte 0xE9 is not UTF-8, set the encoding",
        ),
        (
            desk.read(as_utf8(b"id,name\n1,caf\xE9\n")),
            "bad.csv:2:name: the byte 0xE9 is not UTF-8 (no rejects file is set, so the run stops at the first)",
        ),
        (
            desk.read(desk.bad("id,name\n1,\"Ann\n2,Bob\n").dialect(Dialect::COMMA)),
            "bad.csv:2: a quote is opened and never closed (no rejects file is set, so the run stops at the first)",
        ),
        (
            desk.read(desk.bad("id,name\n1,Ann\n2,Bob von Robertson\n").max_row_bytes(16)),
            "bad.csv:3: the row is longer than 16 bytes; is a quote left open?",
        ),
        (
            desk.read(desk.bad("id,name\n1,2,3,4,5\n").max_cells(4)),
            "bad.csv:2: the row has more than 4 cells",
        ),
        (
            read(b"id,name\n1,Ann,5\n2,Bob\n"),
            "bad.csv:2: 3 cells where the header has 2 (no rejects file is set, so the run stops at the first)",
        ),
        (
            desk.read(desk.bad("id,name\n1\n").ragged(Ragged::Fail)),
            "bad.csv:2: 1 cell where the header has 2",
        ),
        (
            desk.run(Pipeline::from(desk.bad("id,name\n1,A\0nn\n")).validate(pattern("name", "^[A-z]+$"))),
            "bad.csv:2:name: a NUL character (no rejects file is set, so the run stops at the first)",
        ),
        (
            desk.read(JsonRejects::path(desk.path("in.csv"))),
            "in.csv:1: not JSON at byte 1 of the line: expected value",
        ),
        (
            desk.read(JsonRejects::path(desk.put("old.jsonl", b"{\"record\":{\"a\":\"\xE9\"}}"))),
            "old.jsonl:1: not UTF-8, save the file as UTF-8",
        ),
    ]);
    let mut source = CsvSource::path(desk.path("in.csv"));
    desk.read(&mut source);
    assert_eq!(desk.read(&mut source), "in.csv: the source has been read already");
}

#[test]
fn a_column_is_not_there_or_does_not_fit() {
    let desk = &Desk::new();
    let mapped = |mapping: Mapping| desk.run(desk.good().map(mapping));
    let dedupe = |dedupe: Dedupe| desk.run(desk.good().dedupe(dedupe));
    let by_phone = || Dedupe::by(ExactKeys::on(["phone"]));
    page([
        (
            mapped(Mapping::new().rename("nmae", "who").copy(["id", "phone"])),
            "in.csv: mapping: no column `nmae` (did you mean `name`?); not mapped, kept or ignored: name. \
             The source's columns are: id, name, phone",
        ),
        (
            mapped(Mapping::new().rename("id", "who").rename("name", "who").ignore("phone")),
            "in.csv: mapping: target column `who` is there twice. The source's columns are: id, name, phone",
        ),
        (
            mapped(Mapping::new().field("age", map::from("name").kind(Kind::Int)).ignore_rest()),
            "in.csv:2:name: not a whole number (no rejects file is set, so the run stops at the first)",
        ),
        (
            desk.run(desk.good().normalize("phnoe", trim())),
            "normalize: no column `phnoe`, did you mean `phone`? The columns are: id, name, phone",
        ),
        (
            desk.run(desk.good().normalize(["name", "phone"], Chain::from(trim()).keep_original("as_read"))),
            "normalize: `as_read` can keep the originals of one column, not of several",
        ),
        (
            desk.run(desk.good().normalize("name", Chain::from(trim()).keep_original("name"))),
            "normalize: `name` cannot keep these originals, it holds other values",
        ),
        (
            desk.run(
                desk.good()
                    .normalize("name", Chain::from(trim()).keep_original("as_read"))
                    .normalize("phone", Chain::from(trim()).keep_original("as_read")),
            ),
            "normalize: `as_read` cannot keep these originals, it holds other values",
        ),
        (
            desk.run(desk.good().validate(required(["name", "fax"]))),
            "required: no column `fax`. The columns are: id, name, phone",
        ),
        (
            desk.run(desk.good().validate(pattern("name", "(["))),
            "pattern: not a regular expression: unclosed character class",
        ),
        (
            desk.run(desk.good().validate(range("id", "a".."b"))),
            "range: the limits are neither numbers, nor dates, nor times",
        ),
        (
            desk.run(desk.good().validate(length("name").chars(5..5))),
            "length: no length fits, the range is empty",
        ),
        (
            dedupe(Dedupe::by(ExactKeys::on(["Phone"]))),
            "dedupe: no column `Phone`, did you mean `phone`? The columns are: id, name, phone",
        ),
        (
            dedupe(by_phone().survivorship(Survivorship::new().field("nam", Rule::longest()))),
            "dedupe: no column `nam`, did you mean `name`? The columns are: id, name, phone",
        ),
        (
            dedupe(by_phone().survivorship(Survivorship::new().rest(Rule::from_source(["crm"])))),
            "dedupe: no input `crm`. The inputs are: in.csv",
        ),
        (dedupe(by_phone().threshold(70.0)), "dedupe: the threshold is not a probability from 0 to 1"),
        (
            desk.read(CsvSource::path(desk.path("in.csv")).key("ID")),
            "in.csv: no column `ID`, did you mean `id`? The columns are: id, name, phone",
        ),
        (
            desk.run(desk.good().and(CsvSource::path(desk.path("in.csv")))),
            "two inputs are called `in.csv`, give them different names",
        ),
        (
            desk.run(desk.good().and(desk.bad("id,name\n3,Cy\n"))),
            "the inputs come out with different columns: in.csv with id, name, phone; bad.csv with id, name",
        ),
        (
            desk.run(
                Pipeline::from(desk.bad("id\n3\n"))
                    .and(JsonRejects::path(desk.put("old.jsonl", r#"{"record":{"id":3}}"#))),
            ),
            "column `id` is text in bad.csv and int in old.jsonl; both must be the same",
        ),
    ]);
}

#[test]
fn the_mapping_file_is_wrong() {
    let desk = &Desk::new();
    let load = |name: &str, text: &str| desk.says(Mapping::load(desk.put(name, text)));
    page([
        (
            desk.says(Mapping::load(desk.path("gone.toml"))),
            "gone.toml: cannot read: No such file or directory (os error 2)",
        ),
        (load("map.yaml", "a: b"), "map.yaml: a mapping is a .toml or a .json file"),
        (
            load("map.toml", "[[column]]\nname = \"who\"\nform = \"name\"\n"),
            "map.toml:3:1: unknown key `form`, did you mean `from`? The keys are: name, from, first_of, join, \
             with, constant, split, values, unknown, default, kind",
        ),
        (
            load("map.toml", "[[column]]\nname = 5\n"),
            "map.toml:2:8: invalid type: integer `5`, expected a string",
        ),
        (load("map.toml", "[[column]\nname = 5\n"), "map.toml:1:10: unclosed array table, expected `]`"),
        (
            load("map.toml", "[[column]]\nname = \"age\"\nkind = \"integer\"\n"),
            "map.toml:3:8: unknown value `integer`, did you mean `int`? The values are: text, any, bool, int, float, \
             decimal, date, datetime",
        ),
        (load("map.json", r#"{"column": [{"name": "who",}]}"#), "map.json:1:28: trailing comma"),
        (
            desk.run(
                desk.good().map(
                    Mapping::load(
                        desk.put(
                            "map.toml",
                            "rest = \"ignore\"\n[[column]]\nname = \"who\"\nfrom = \"Name\"",
                        ),
                    )
                    .unwrap(),
                ),
            ),
            "in.csv: map.toml: no column `Name` (did you mean `name`?). The source's columns are: id, name, phone",
        ),
    ]);
}

#[test]
fn the_output_cannot_be_written() {
    let desk = &Desk::new();
    let to = |path: &str| desk.says(desk.good().to(CsvSink::path(desk.path(path))).run());
    let picky = || desk.good().validate(length("name").chars(5..));
    let rejects =
        |rejects| desk.says(desk.good().rejects(rejects).to(CsvSink::path(desk.path("out.csv"))).run());
    let export = |text: &str, sink: CsvSink| desk.says(Pipeline::from(desk.bad(text)).to(sink).run());
    let out = || CsvSink::path(desk.path("out.csv"));
    page([
        (to("nowhere/out.csv"), "nowhere/out.csv: cannot write: the folder nowhere does not exist"),
        (to("folder"), "folder: cannot write: it is a folder"),
        (to("in.csv"), "in.csv: is an input and an output of the run, give one of them another name"),
        (
            rejects(Rejects::csv(desk.path("in.csv"))),
            "in.csv: is an input and the rejects file of the run, give one of them another name",
        ),
        (
            rejects(Rejects::json_lines(desk.path("folder/../out.csv"))),
            "folder/../out.csv: is an output and the rejects file of the run, give one of them another name",
        ),
        (
            desk.run(desk.good().crosswalk(desk.path("in.csv"))),
            "in.csv: is an input and the crosswalk of the run, give one of them another name",
        ),
        (
            rejects(Rejects::csv(desk.path("nowhere/rejects.csv"))),
            "nowhere/rejects.csv: cannot write: the folder nowhere does not exist",
        ),
        (
            desk.run(
                Pipeline::from(Memory::new("crm", Schema::text(["handover_raw"]).unwrap(), []))
                    .rejects(Rejects::csv(desk.path("rejects.csv"))),
            ),
            "rejects.csv: an input has a column `handover_raw`, which the file has for itself; rename it, or set \
             rejects aside as JSON Lines",
        ),
        (desk.says(desk.good().run()), "the pipeline has no sink: call `to`"),
        (
            desk.run(picky()),
            "in.csv:2:name: too short: 3 characters where 5 are needed (no rejects file is set, so the run stops at \
             the first)",
        ),
        (
            desk.run(picky().rejects(Rejects::csv(desk.path("rejects.csv")).at_most(1))),
            "too many records are rejected: more than 1",
        ),
        (
            desk.run(picky().rejects(Rejects::csv(desk.path("rejects.csv")).at_most_share(0.25))),
            "too many records are rejected: 2 of 2, more than 25 %",
        ),
        (
            export("name\n王\n", out().encoding(Encoding::WINDOWS_1252)),
            "bad.csv:2:name: windows-1252 does not have the character U+738B (no rejects file is set, so the run \
             stops at the first)",
        ),
        (
            export("id,name\n1,\"Lee, Ann\"\n", out().quoting(Quoting::Never)),
            "bad.csv:2:name: needs quotes, which are switched off (no rejects file is set, so the run stops at the \
             first)",
        ),
        (
            desk.run(desk.good().normalize("name", rule("odd", |_| panic!("out of luck")))),
            "in.csv:2: a stage panicked: out of luck",
        ),
    ]);
}
