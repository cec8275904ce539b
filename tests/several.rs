//! Several files as one run.

use std::fs;

use handover::map::{Mapping, constant, join};
use handover::sink::{Collect, Tee};
use handover::source::{Chained, folder};
use handover::validate::required;
use handover::{CsvSink, JsonLinesSink, Pipeline, Record, Rejects};

fn lines(records: &[Record]) -> Vec<String> {
    let line = |record: &Record| record.values().map(|v| v.to_string()).collect::<Vec<_>>().join("|");
    records.iter().map(line).collect()
}

#[test]
fn a_folder_of_different_layouts_is_one_run() {
    let exports = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(exports.path().join(name), text).unwrap();
    write("shop.csv", "Vorname;Nachname;Telefon\nAnna;Weber;030 1\n");
    write("wechat.json", "[{\"昵称\":\"王伟\",\"手机\":\"138\"},{\"昵称\":null,\"手机\":\"139\"}]");
    write("web.jsonl", "{\"name\":\"Lars\",\"phone\":\"+49\"}\n");
    let mapping = |name: &str| {
        let channel = name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or(name);
        let mapping = Mapping::new().field("channel", constant(channel));
        match channel {
            "shop" => mapping.field("name", join(["Vorname", "Nachname"], " ")).rename("Telefon", "phone"),
            "wechat" => mapping.rename("昵称", "name").rename("手机", "phone"),
            _ => mapping.copy(["name", "phone"]),
        }
    };
    let text = |mapping: Mapping| {
        use handover::map::{FieldMapper, Kinds};
        let text =
            ["name", "phone"].into_iter().fold(Kinds::new(), |k, column| k.set(column, handover::Kind::Text));
        mapping.then(text)
    };
    let (mut all, rejects) = (Collect::new(), exports.path().join(".rejects.csv"));
    let report = Pipeline::from_each(folder(exports.path()).open().unwrap(), |name| text(mapping(name)))
        .validate(required("name"))
        .rejects(Rejects::csv(&rejects))
        .to(&mut all)
        .run()
        .unwrap();
    assert_eq!(lines(all.records()), ["shop|Anna Weber|030 1", "web|Lars|+49", "wechat|王伟|138"]);
    let names: Vec<_> = report.inputs.iter().map(|input| (input.name.as_str(), input.counts.read)).collect();
    let name = |name: &str| exports.path().join(name).display().to_string();
    assert_eq!(names, [(&*name("shop.csv"), 1), (&*name("web.jsonl"), 1), (&*name("wechat.json"), 2)]);
    assert_eq!(report.counts.rejected, 1);
}

#[test]
fn a_chain_keeps_places_and_what_its_sources_set_aside() {
    let exports = tempfile::tempdir().unwrap();
    let path = |name: &str| exports.path().join(name);
    fs::write(path("a.csv"), "name,phone\nAnna,1\nBert\n").unwrap();
    fs::write(path("b.csv"), "phone,name\n2,王伟\n\"3\",\n4,5,6\n").unwrap();
    let mut all = Collect::new();
    let chained = Chained::new(folder(exports.path()).ending(".csv").open().unwrap()).channel("from");
    let rejects = path("rejects.txt");
    let report = Pipeline::from(chained.named("exports"))
        .validate(required("name"))
        .rejects(Rejects::csv(&rejects))
        .to(&mut all)
        .run()
        .unwrap();
    assert_eq!(lines(all.records()), ["Anna|1|a.csv", "王伟|2|b.csv"]);
    let [a, b] = ["a.csv", "b.csv"].map(|name| path(name).display().to_string());
    let expected = format!(
        "handover_place,handover_reasons,handover_raw,name,phone,from\n\
         {a}:3,1 cell where the header has 2 [ragged],Bert,,,a.csv\n\
         {b}:3,name: missing [required],,,3,b.csv\n\
         {b}:4,3 cells where the header has 2 [ragged],\"4,5,6\",,,b.csv\n"
    );
    assert_eq!(fs::read_to_string(&rejects).unwrap(), expected);
    assert_eq!((report.inputs[0].name.as_str(), report.inputs[0].counts.read), ("exports", 5));
    assert_eq!(report.inputs[0].details.bytes, Some(23 + 31));
}

#[test]
fn two_backups_are_both_there_or_neither() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.csv"), "name,n\nAnna,1\n王伟,2\n").unwrap();
    let both = || Tee::new(CsvSink::path(path("out.csv"))).and(JsonLinesSink::path(path("out.jsonl")));
    let source = || handover::CsvSource::path(path("in.csv"));
    let report = Pipeline::from(source()).to(both()).run().unwrap();
    assert_eq!(report.outputs.iter().map(|output| output.rows).collect::<Vec<_>>(), [2, 2]);
    let written = || ["out.csv", "out.jsonl"].map(|name| fs::read_to_string(path(name)).unwrap());
    let before = written();
    assert_eq!(
        before,
        ["name,n\nAnna,1\n王伟,2\n", "{\"name\":\"Anna\",\"n\":\"1\"}\n{\"name\":\"王伟\",\"n\":\"2\"}\n"]
    );
    fs::write(path("in.csv"), "name,n\nOtto,1\n王伟\n").unwrap();
    Pipeline::from(source()).to(both()).run().unwrap_err();
    assert_eq!(written(), before);
}

#[cfg(feature = "sqlite")]
#[test]
fn sinks_that_commit_in_batches_are_refused_before_anything_is_written() {
    use handover::sink::table::Table;
    use handover::{CsvSource, SqliteSink};
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("crm.db");
    let table = Table::named("customers").create().durable("move", 1);
    let failed = Pipeline::from(CsvSource::reader("in.csv", &b"a\n1\n2\n"[..]))
        .to(Tee::new(CsvSink::path(folder.path().join("a.csv"))).and(SqliteSink::path(&database, table)))
        .run()
        .unwrap_err();
    let expected =
        format!("{}[customers]: a sink that commits in batches cannot be one of several", database.display());
    assert_eq!(failed.to_string(), expected);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
