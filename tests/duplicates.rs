//! The example that finds duplicates, run as a user runs it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::examples::{example, project, said};

/// The customers of `examples/data/customers.csv` who are there several times, by their ids.
const GROUPS: [&[&str]; 11] = [
    &["K01", "K10", "K38"],
    &["K02", "K07"],
    &["K03", "K16"],
    &["K04", "K12"],
    &["K05", "K27"],
    &["K06", "K19"],
    &["K08", "K42"],
    &["K09", "K22"],
    &["K13", "K30"],
    &["K24", "K33"],
    &["K31", "K36"],
];

/// What `OUT.csv` is to hold where these ids are together and all others alone.
fn clusters(groups: &[&[&str]]) -> String {
    let row = |number: usize| {
        let id = format!("K{number:02}");
        let cluster = groups.iter().find(|group| group.contains(&&*id)).map_or(&*id, |group| group[0]);
        format!("{id},{cluster}\n")
    };
    std::iter::once("id,cluster\n".to_owned()).chain((1..=42).map(row)).collect()
}

/// A folder with `customers.csv`: those columns of the example's customers that are asked for.
fn folder(columns: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("customers.csv"), table(columns, |_| true)).unwrap();
    folder
}

/// The customers in these columns, as far as their row, from 0, is wanted.
fn table(columns: &[&str], wanted: impl Fn(usize) -> bool) -> String {
    let mut reader = csv::Reader::from_path(project("examples/data/customers.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> =
        columns.iter().map(|name| header.iter().position(|known| known == *name).unwrap()).collect();
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(columns).unwrap();
    for (_, row) in reader.records().map(Result::unwrap).enumerate().filter(|(row, _)| wanted(*row)) {
        out.write_record(places.iter().map(|place| &row[*place])).unwrap();
    }
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

/// Without phones, whose patterns take a debug build seconds to compile.
const COLUMNS: [&str; 5] = ["id", "name", "email", "address", "city"];

fn run(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, String, String) {
    said(example("dedupe").current_dir(folder).args(arguments).output().unwrap())
}

fn text(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

fn names(folder: &TempDir) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn without_arguments_the_customers_beside_it_are_shown() {
    let (status, out, report) = said(example("dedupe").current_dir("/").output().unwrap());
    assert_eq!(status, Some(0), "{report}");
    let shown: Vec<Vec<&str>> = out
        .trim_end()
        .split("\n\n")
        .map(|group| group.lines().filter_map(|line| line.split(" | ").next()).collect())
        .collect();
    assert_eq!(shown, GROUPS);
    assert!(report.starts_with("column   role         why\nid       ignore       it was said\n"), "{report}");
    for line in ["861 pairs were compared", "42 records are 30 customers, of whom 11 have several"] {
        assert!(report.contains(line), "{report}");
    }
    let written = fs::read_to_string(project("target/handover/customers.clusters.csv")).unwrap();
    assert_eq!(written, clusters(&GROUPS));
}

#[test]
fn every_file_that_is_asked_for_is_written() {
    let folder = folder(&COLUMNS);
    let all = ["--pairs", "pairs.csv", "--golden", "golden.csv", "--model", "model.json"];
    let (status, out, report) =
        run(&folder, &[&["customers.csv", "--id", "id", "--out", "out.csv"], &all[..]].concat());
    assert_eq!((status, &*out), (Some(0), ""), "{report}");
    assert_eq!(text(&folder, "out.csv"), clusters(&GROUPS));
    let pairs = text(&folder, "pairs.csv");
    assert!(pairs.starts_with("id_a,id_b,probability,weight\nK01,K10,0.9999"), "{pairs}");

    let golden = text(&folder, "golden.csv");
    assert_eq!(golden.lines().count(), 31, "{golden}");
    for line in [
        "id,name,email,address,city",
        "K01,王伟; Wang Wei; Wang W.,wang.wei@yunhai.example,朝阳区建国路88号; 建国路88号,北京; 北京市",
        "K05,陈晓明; 陳曉明,chenxm@yuchen.example,雁塔区高新路19号; 高新路19号,西安",
        "K40,林涛,lintao@dongfang.example,和平区南京街66号,沈阳",
    ] {
        assert!(golden.lines().any(|known| known == line), "{line} in\n{golden}");
    }

    // The model is used when it is there, and finds the same.
    let (status, _, report) = run(
        &folder,
        &[
            "customers.csv",
            "--id",
            "id",
            "--out",
            "again.csv",
            "--model",
            "model.json",
            "--pairs",
            "pairs-2.csv",
        ],
    );
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(text(&folder, "again.csv"), text(&folder, "out.csv"));
    assert_eq!(text(&folder, "pairs-2.csv"), pairs);
}

#[test]
fn doubtful_pairs_are_asked_about_and_decisions_obeyed() {
    let folder = folder(&COLUMNS);
    // Nothing that is computed is certain, so that all of them are doubtful.
    let (status, _, report) = run(
        &folder,
        &["customers.csv", "--id", "id", "--out", "out.csv", "--threshold", "1", "--review", "review.csv"],
    );
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(text(&folder, "out.csv"), clusters(&[]));
    let review = text(&folder, "review.csv");
    let header =
        "id_a,id_b,probability,decision,name_a,name_b,email_a,email_b,address_a,address_b,city_a,city_b";
    assert_eq!(review.lines().next(), Some(header));
    let asked: Vec<csv::StringRecord> =
        csv::Reader::from_reader(review.as_bytes()).records().map(Result::unwrap).collect();
    assert_eq!(asked.len(), 12, "{review}");
    for row in &asked {
        assert!(GROUPS.iter().any(|group| group.contains(&&row[0]) && group.contains(&&row[1])), "{row:?}");
    }

    let decided = review.replace(",,", ",same,");
    fs::write(folder.path().join("review.csv"), decided).unwrap();
    let (status, _, report) = run(
        &folder,
        &["customers.csv", "--id", "id", "--out", "out.csv", "--threshold", "1", "--decisions", "review.csv"],
    );
    assert_eq!(status, Some(0), "{report}");
    assert!(report.contains("decisions: 12 obeyed, 0 about records that are not there"), "{report}");
    assert_eq!(text(&folder, "out.csv"), clusters(&GROUPS));

    let decided = "id_a,id_b,decision\nK27,K05,different\nK29,K40,same\nK99,K40,same\nK01,K02,unsure\n";
    fs::write(folder.path().join("decisions.csv"), decided).unwrap();
    let (status, _, report) =
        run(&folder, &["customers.csv", "--id", "id", "--out", "out.csv", "--decisions", "decisions.csv"]);
    assert_eq!(status, Some(0), "{report}");
    assert!(report.contains("decisions: 3 obeyed, 1 about records that are not there"), "{report}");
    let mut groups = GROUPS.to_vec();
    groups[4] = &["K29", "K40"];
    assert_eq!(text(&folder, "out.csv"), clusters(&groups));
}

#[test]
fn two_files_are_linked_by_the_columns_that_both_have() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    // The first of each group stands on the left; each side has columns of its own.
    let is_left = |row: usize| {
        let id = format!("K{:02}", row + 1);
        GROUPS.iter().any(|group| group[0] == id)
            || row.is_multiple_of(2) && !GROUPS.iter().any(|group| group.contains(&&*id))
    };
    let right = table(&["city", "email", "address", "name", "id"], |row| !is_left(row) && row != 37);
    fs::write(at("left.csv"), table(&["id", "company", "name", "email", "address", "city"], is_left))
        .unwrap();
    fs::write(at("right.csv"), right.replace(",id\n", ",nr\n").replace(",K", ",N")).unwrap();
    let both = ["left.csv", "right.csv", "--id", "id", "--id", "nr", "--out", "out.csv"];
    let (status, _, report) = run(&folder, &both);
    assert_eq!(status, Some(0), "{report}");
    let linked = |out: &str| -> Vec<(String, String)> {
        let mut reader = csv::Reader::from_reader(out.as_bytes());
        assert_eq!(reader.headers().unwrap(), vec!["id_a", "id_b", "probability"]);
        reader.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
    };
    let expected: Vec<(String, String)> =
        GROUPS.iter().map(|group| (group[0].to_owned(), group[1].replace('K', "N"))).collect();
    assert_eq!(linked(&text(&folder, "out.csv")), expected);

    fs::write(at("decisions.csv"), "id_a,id_b,decision\nK05,N27,different\nK29,N40,same\n").unwrap();
    let (status, out, report) =
        run(&folder, &[&both[..], &["--decisions", "decisions.csv", "--explain", "K05,N27"]].concat());
    assert_eq!(status, Some(0), "{report}");
    let mut expected = expected;
    expected[4] = ("K29".to_owned(), "N40".to_owned());
    expected.sort();
    assert_eq!(linked(&text(&folder, "out.csv")), expected);
    assert!(out.starts_with("K05 and N27: ") && out.contains("kept apart"), "{out}");
}

#[test]
fn a_pair_is_explained_on_the_standard_output() {
    let folder = folder(&COLUMNS);
    let explain =
        |pair: &str| run(&folder, &["customers.csv", "--id", "id", "--out", "o.csv", "--explain", pair]);
    let (status, out, report) = explain("K10,K38");
    assert_eq!(status, Some(0), "{report}");
    assert!(out.starts_with("K10 and K38: "), "{out}");
    assert!(out.contains(" email    same address "), "{out}");
    assert!(out.contains("\n3 records, held together by "), "{out}");
    let (_, out, _) = explain("K01,K02");
    assert!(out.ends_with("They are not in one cluster.\n"), "{out}");
    let (status, _, report) = explain("K01,K99");
    assert_eq!(status, Some(1));
    let message = "error: --explain wants the ids of two records, A,B, and there are no such records\n";
    assert!(report.ends_with(message), "{report}");
}

#[test]
fn ids_that_repeat_or_are_missing_are_told_and_rows_do_without() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |file: &str, message: &str| {
        fs::write(folder.path().join("in.csv"), file).unwrap();
        let (status, _, report) = run(&folder, &["in.csv", "--id", "id", "--out", "out.csv"]);
        let hint = "An id tells records apart; without --id they go by their row.";
        assert_eq!((status, report), (Some(1), format!("{hint}\nerror: {message}\n")));
        assert_eq!(names(&folder), ["in.csv"]);
    };
    fails("id,name\n1,Li\n2,Wu\n1,Li\n", "in.csv:4: has the key of in.csv:2");
    fails("id,name\n1,Li\n,Wu\n", "in.csv:3: has no key");
}

#[test]
fn without_ids_records_go_by_their_row() {
    let folder = folder(&COLUMNS[1..]);
    let (status, _, report) = run(&folder, &["customers.csv", "--out", "out.csv", "--explain", "9,22"]);
    assert_eq!(status, Some(0), "{report}");
    let by_row = clusters(&GROUPS).replace("K0", "").replace('K', "");
    assert_eq!(text(&folder, "out.csv"), by_row);
}

#[test]
fn rows_that_cannot_be_read_are_set_aside_and_told() {
    let folder = folder(&COLUMNS);
    let broken = text(&folder, "customers.csv") + "K43,Wu Fang\n";
    fs::write(folder.path().join("customers.csv"), broken).unwrap();
    let (status, _, report) = run(&folder, &["customers.csv", "--id", "id", "--out", "out.csv"]);
    assert_eq!(status, Some(0), "{report}");
    let told = "customers.csv: rows that cannot be read: 1, which stand in out.rejects.csv\n";
    assert!(report.starts_with(told), "{report}");
    assert_eq!(text(&folder, "out.csv"), clusters(&GROUPS));
    let rejects = text(&folder, "out.rejects.csv");
    assert!(rejects.contains("customers.csv:44,2 cells where the header has 5 [ragged]"), "{rejects}");
}

#[test]
fn what_goes_wrong_is_said_before_anything_is_computed() {
    let folder = folder(&COLUMNS);
    let fails = |arguments: &[&str], message: &str, status: i32| {
        let (code, out, report) = run(&folder, arguments);
        assert_eq!((code, &*out, report.trim_end()), (Some(status), "", message));
        assert_eq!(names(&folder), ["customers.csv"]);
    };
    let usage = "usage: dedupe RECORDS.csv [RIGHT.csv] --out OUT.csv [--id COLUMN] [OPTIONS]; \
                 dedupe --help tells more";
    fails(&["customers.csv"], usage, 2);
    fails(&["--out", "out.csv"], usage, 2);
    fails(&["customers.csv", "--out"], usage, 2);
    fails(
        &["customers.csv", "--out", "o", "--threshhold", "1"],
        &format!("no option --threshhold\n{usage}"),
        2,
    );
    fails(
        &["customers.csv", "--out", "o", "--threshold", "90"],
        "--threshold wants a probability from 0 to 1",
        2,
    );
    fails(&["customers.csv", "--out", "o", "--role", "name"], "--role wants COLUMN=ROLE", 2);
    let known = "person_name, given_name, family_name, company, email, phone, date, address, city, postcode, \
                 id, free_text, category, number, ignore";
    fails(
        &["customers.csv", "--out", "o", "--role", "name=person"],
        &format!("no role `person`, did you mean `person_name`? The roles are: {known}"),
        2,
    );
    fails(
        &["customers.csv", "--out", "o", "--review", "r"],
        "what is decided is kept by id: say which column that is, --id COLUMN",
        2,
    );
    let columns = "The columns are: id, name, email, address, city";
    fails(
        &["customers.csv", "--out", "o", "--id", "nr"],
        &format!("error: customers.csv: no column `nr`. {columns}"),
        1,
    );
    let itself = "error: customers.csv: is an input and an output of the run, give one of them another name";
    fails(&["customers.csv", "--out", "customers.csv", "--id", "id"], itself, 1);
    fails(
        &["customers.csv", "--out", "o", "--golden", "./o"],
        "error: o: is an output twice, give one of them another name",
        1,
    );
    let missing = "error: none.csv: cannot open: No such file or directory (os error 2)";
    fails(&["none.csv", "--out", "o"], missing, 1);
    let (status, _, report) = run(&folder, &["customers.csv", "--out", "no/out.csv"]);
    assert_eq!(status, Some(1));
    assert!(report.starts_with("error: no/out.csv: cannot write: the folder "), "{report}");

    let (status, help, _) = run(&folder, &["--help"]);
    assert_eq!(status, Some(0));
    assert!(help.starts_with(usage) && help.contains(&format!("The roles: {known}")), "{help}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing_behind() {
    use std::io::Write;
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().unwrap();
    let stdin = Path::new("/dev/stdin");
    let mut child = example("dedupe")
        .args([stdin.as_os_str(), "--out".as_ref(), "out.csv".as_ref()])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"name,city\n").unwrap();
    let rows = b"Wang Wei,Beijing\n".repeat(1000);
    let mut written = 0;
    // It reads until it is stopped, and is stopped once it has begun to read.
    while input.write_all(&rows).is_ok() {
        written += 1;
        if written == 100 {
            let kill = format!("kill -INT {}", child.id());
            assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        }
    }
    let (status, _, errors) = said(child.wait_with_output().unwrap());
    assert_eq!((status, errors.as_str()), (Some(130), "error: stopped on request\n"));
    assert!(names(&folder).is_empty());
}
