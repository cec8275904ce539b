//! The example that carries any format to any other, run as a user runs it.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::examples::{example, project, said};

/// Its exit status, what it wrote to the standard output, and what it said.
fn convert(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    said(example("convert").current_dir(folder).args(arguments).output().unwrap())
}

#[test]
fn the_demonstration_goes_through_four_formats() {
    let run = || {
        let (status, out, report) = convert(Path::new("/"), &[]);
        assert_eq!((status, out.as_str()), (Some(0), ""), "{report}");
        assert_eq!(report.matches("The books balance.").count(), 3, "{report}");
        ["xlsx", "json", "xlsx.rejects.csv"]
            .map(|ending| fs::read(project(&format!("target/handover/converted.{ending}"))).unwrap())
    };
    let written = run();
    assert_eq!(written[2].iter().filter(|byte| **byte == b'\n').count(), 7, "the header and six rejects");
    assert!(run() == written, "the same bytes every time");
}

#[test]
fn keys_decide_what_is_updated() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("one.jsonl"), "{\"id\":\"007\",\"name\":\"王伟\"}\n{\"id\":\"8\",\"name\":\"Anna\"}\n")
        .unwrap();
    fs::write(at("two.csv"), "id;name\n007;王 伟\n9;Lars\n").unwrap();
    let upsert = ["--table", "customers", "--key", "id", "--mode", "upsert"];
    let run = |input: &str| {
        let (status, _, report) = convert(folder.path(), &[&[input, "crm.db"], &upsert[..]].concat());
        assert_eq!(status, Some(0), "{report}");
        report
    };
    run("one.jsonl");
    assert!(run("two.csv").contains("updated"), "{}", run("two.csv"));
    let (status, _, report) = convert(folder.path(), &["crm.db", "all.csv"]);
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(fs::read_to_string(at("all.csv")).unwrap(), "id,name\n007,王 伟\n8,Anna\n9,Lars\n");

    fs::write(at("crm.db.rejects.csv"), "").unwrap();
    let (status, _, errors) = convert(folder.path(), &[&["two.csv", "crm.db"], &upsert[..]].concat());
    let kept = "error: crm.db.rejects.csv: holds what an earlier run rejected: repair it, and take it away\n";
    assert_eq!((status, errors.as_str()), (Some(1), kept));
    fs::remove_file(at("crm.db.rejects.csv")).unwrap();

    let (status, _, errors) = convert(folder.path(), &["two.csv", "crm.db", "--mode", "skip"]);
    assert_eq!((status, errors.as_str()), (Some(1), "error: name the column of the key: --key COLUMN\n"));
}

#[test]
fn sheets_are_named_at_either_end() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.csv"), "id,select\n007,=1+1\n").unwrap();
    let steps = [["in.csv", "a.xlsx"], ["a.xlsx", "b.tsv.gz"], ["b.tsv.gz", "c.json"]];
    for [input, output] in steps {
        let (status, _, report) = convert(folder.path(), &[input, output, "--sheet", "Kunden"]);
        assert_eq!(status, Some(0), "{report}");
    }
    let json = fs::read_to_string(folder.path().join("c.json")).unwrap();
    assert_eq!(json, "[\n{\"id\":\"007\",\"select\":\"=1+1\"}\n]\n");
    let (status, _, errors) = convert(folder.path(), &["a.xlsx", "d.csv", "--sheet", "Kunde"]);
    assert_eq!(status, Some(1));
    assert!(errors.contains("Kunden"), "{errors}");
}

#[test]
fn pipes_carry_rows_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in"), "{\"a\":1}\n{\"a\":\"x\"}\n").unwrap();
    let input = Stdio::from(fs::File::open(folder.path().join("in")).unwrap());
    let output =
        example("convert").current_dir(folder.path()).args(["-", "-"]).stdin(input).output().unwrap();
    let (status, out, report) = said(output);
    assert_eq!((status, out.as_str()), (Some(0), "a\n1\nx\n"), "{report}");
    assert!(report.contains("The books balance."), "{report}");
}

#[test]
fn what_goes_wrong_is_said_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.csv"), "a\n1\n").unwrap();
    let fails = |arguments: &[&str], status: i32, line: &str| {
        let expected = (Some(status), String::new(), format!("{line}\n"));
        assert_eq!(convert(folder.path(), arguments), expected);
    };
    let usage = "usage: convert IN OUT [--sheet NAME] [--table NAME] [--key COLUMN] \
                 [--mode insert|update|upsert|skip]";
    fails(&["in.csv"], 2, usage);
    fails(&["in.csv", "out.csv", "--key"], 2, usage);
    fails(&["in.csv", "out.csv", "--keys", "a"], 2, usage);
    let missing = "error: no.csv: cannot open: No such file or directory (os error 2)";
    fails(&["no.csv", "out.csv"], 1, missing);
    fails(&["in.csv", "out.xls"], 1, "error: out.xls: workbooks are written as .xlsx only");
    fails(&["in.csv", "postgres://u:secret@h/d"], 1, "error: name the table to write into: --table NAME");
    let anew = "error: a file is written anew: --mode is for databases";
    fails(&["in.csv", "out.csv", "--key", "a", "--mode", "upsert"], 1, anew);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
