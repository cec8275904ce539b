//! Every example, run as a user runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use handover::sink::Collect;
use handover::{CsvSource, Pipeline, Rejects};

/// Each example of a part made by hand: what it writes, and a line of its report.
const OWN: [(&str, &str, &str); 7] = [
    (
        "own_comparator",
        "plate,owner,city\nHH-BO 108,Anna Weber,Hamburg\nM-IL 4711,Lars Krüger,München\n\
         B-XY 88,Mia Lang,Berlin\nK-AB 123,Ole Brandt,Köln\nF-ZZ 900,Ida Busch,Frankfurt\n",
        "2  groups, the largest of 2 records",
    ),
    (
        "own_detector",
        "company,phone\nBlue Water GmbH,+493023125039\n\
         \"Harbour Systems, Ltd\",+442079460083; +442079460018\nRedwood LLC,+12125550186\n",
        "2  groups, the largest of 2 records",
    ),
    (
        "own_mapper",
        "company,contact\n云海科技,王伟\n云海科技,李娜\nBluewater GmbH,Anna Weber\nBluewater GmbH,Lars Krüger\n",
        "1  no contact",
    ),
    (
        "own_normalizer",
        "company,code\n云海科技,91350100M000100Y43\n恒瑞贸易,91350100M000100Y43\n",
        "companies.csv:4:code: the check character does not match",
    ),
    (
        "own_sink",
        "BEGIN;\nINSERT INTO customers VALUES ('007', 'Conan O''Brien', 'New York');\n\
         INSERT INTO customers VALUES ('008', '王伟', NULL);\nCOMMIT;\n",
        "people.csv:4: longer than 40 characters",
    ),
    (
        "own_source",
        "FN,ORG,TEL\n王伟,,+8613800138000\nAnna Weber,Bluewater GmbH,+493023125039\n",
        "from     contacts.vcf: 2 records",
    ),
    (
        "own_validator",
        "name,email\n王伟,wang@qq.con\nAnna Weber,weber@gmial.com\n\
         Lars Krüger,krueger@gmail.com\n李娜,li@example.cn\n",
        "people.csv:3:email: the domain looks like a slip for gmail.com",
    ),
];

/// The example beside this test; `cargo test` builds both.
pub fn example(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap().join("examples");
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not built: run `cargo build --examples` first", path.display());
    Command::new(path)
}

/// Carries a file over; the paths are those in a folder.
fn transfer(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    said(example("csv_to_csv").current_dir(folder).args(arguments).output().unwrap())
}

pub fn said(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn parts_made_by_hand_work_and_are_short() {
    for (name, written, reported) in OWN {
        let (status, out, report) = said(example(name).output().unwrap());
        assert_eq!((status, out.as_str()), (Some(0), written), "{name}: {report}");
        assert!(report.contains(reported), "{name}: {report}");
        assert!(report.contains("The books balance."), "{name}: {report}");
        let lines = fs::read_to_string(project(&format!("examples/{name}.rs"))).unwrap().lines().count();
        assert!(lines < 60, "{name} has {lines} lines");
    }
}

#[test]
fn a_profile_tells_what_is_in_a_file_and_proposes_its_mapping() {
    let (status, report, errors) = said(example("profile").current_dir("/").output().unwrap());
    assert_eq!((status, errors.as_str()), (Some(0), ""), "{report}");
    let told = [
        "legacy_crm_export.csv: 354 records of 15 columns",
        "encoding: GB18030 (guessed)",
        "The records look like accounts.",
        "客户名称 -> account.name",
        "手机 -> person.mobile",
    ];
    assert!(told.iter().all(|line| report.contains(line)), "{report}");

    let folder = tempfile::tempdir().unwrap();
    let export = project("examples/data/legacy_crm_export.csv");
    let run = |arguments: &[&str]| {
        said(example("profile").arg(&export).args(arguments).current_dir(&folder).output().unwrap())
    };
    let (status, json, _) = run(&["--json", "--no-values", "--mapping", "proposed.toml"]);
    assert_eq!(status, Some(0));
    let told: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(told[0]["profile"]["records"], 354);
    assert_eq!(told[0]["profile"]["columns"][4]["meaning"]["meaning"], "phone");
    assert_eq!(told[0]["mapping"]["object"], "account");
    assert!(!json.contains("赵敏"), "no values");
    handover::Mapping::load(folder.path().join("proposed.toml")).unwrap();
    assert_eq!(run(&["--jsom"]).0, Some(2));
}

#[test]
fn no_example_is_left_out() {
    let files = fs::read_dir(project("examples")).unwrap().map(|entry| entry.unwrap().file_name());
    let names = files.filter_map(|file| file.to_str()?.strip_suffix(".rs").map(str::to_owned));
    let mut names: Vec<String> = names
        .filter(|name| {
            !["convert", "csv_to_csv", "dedupe", "migrate", "normalize", "profile"].contains(&name.as_str())
        })
        .collect();
    names.sort();
    assert_eq!(names, OWN.map(|(name, ..)| name));
}

#[cfg(feature = "full")]
#[test]
fn a_whole_crm_is_planned_approved_and_moved() {
    let (status, report, errors) = said(example("migrate").current_dir("/").output().unwrap());
    assert_eq!((status, errors.as_str()), (Some(0), ""), "{report}");
    for line in
        ["legacy/contact -> contacts: 2,400 read", "All was done as planned: yes", "  1  apply  ended"]
    {
        assert!(report.contains(line), "{line}: {report}");
    }
}

#[test]
fn the_legacy_crm_moves_and_nobody_is_lost() {
    let files = ["customers.csv", "customers.rejects.csv", "customers.crosswalk.csv"];
    let run = || {
        // From any folder, and in a pipe without a progress bar.
        let (status, report, errors) = said(example("csv_to_csv").current_dir("/").output().unwrap());
        assert_eq!((status, errors.as_str()), (Some(0), ""), "{report}");
        (report, files.map(|file| fs::read_to_string(project("target/handover").join(file)).unwrap()))
    };
    let (report, written) = run();
    assert_eq!(run().1, written, "the same bytes every time");

    let books = ["read 360", "= written 300", "+ merged 25", "+ rejected 31", "+ filtered 4"];
    let lines: Vec<String> =
        report.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines[2..8], [&books[..], &["The books balance."]].concat());
    for line in ["6 ragged", "10 email: email", "10 phone: phone", "5 name: required", "4 test customer"] {
        assert!(lines.iter().any(|known| known == line), "{line} in\n{report}");
    }
    assert!(report.starts_with("Completed: 360 records read in ") && !report.contains('\x1b'), "{report}");

    let [customers, rejects, crosswalk] = written;
    assert_eq!([&customers, &rejects, &crosswalk].map(|text| rows(text).len()), [300, 31, 25]);
    golden_rows(&customers);
    let merged = "KH-000157,157,0,examples/data/legacy_crm_export.csv,KH-000032,32,0\n";
    assert!(crosswalk.contains(merged), "{crosswalk}");
    rejects_are_a_source(&project("target/handover/customers.rejects.csv"));
}

/// Some customers as they must come out: what was mapped, folded, merged, kept.
fn golden_rows(customers: &str) {
    for row in [
        // A domain in Chinese, and quotes where a comma needs them.
        "KH-000001,Lars Köhler,Keystone GmbH,+494066969009,,user0@xn--fsqu00a.example,Berlin,\
         \"Gartenstraße 86, 80933\",Wang Xiaoming,won,B,2022-09-18 13:30,2023-11-16 12:19,微信联系,fxiaoke,\
         0049 40 66969 009",
        // Every digit of the number, and a full-width level.
        "201900000000000009,Emma Walsh,Summit Foods Inc,+14155550193,,e.walsh293@summit.example.com,New York,\
         \"1192 Main Street, Suite 463\",Amy Chen,proposal,A,2015-10-06 16:21,2023-01-12 16:30,,fxiaoke,\
         +14155550193",
        // A landline alone, with an extension.
        "KH-000097,陈梓勇,宇辰供应链管理有限公司,+862988252701;ext=8083,+862988252701;ext=8083,\
         chen207@example.org,Xi'an,雁塔区高新路19号590室,Zhao Min,won,A,2016-07-17 15:50,2023-03-09 11:48,展会认识,fxiaoke,\
         029-88252701 转 8083",
        // Merged by e-mail: the phone is that of the copy.
        "KH-000032,王霞芳,星光国际贸易有限责任公司,+8613900164375,,wang164@example.org,四川省成都市,\
         武侯区天府大道781号498室,David Li,lost,A,2023-09-18 08:42,2024-10-05 10:28,由展会名片补录,fxiaoke,\
         +86-13900164375",
        // Merged by phone and name: the city, the later stage and date are those of the copy.
        "007,Alice Brown,Pioneer Foods Inc,+14155550113,,a.brown213@pioneer.example.com,New York,\
         \"1475 Main Street, Suite 484\",Li Jing,won,C,2015-01-09 08:29,2024-07-11 12:16,微信联系,fxiaoke,\
         +14155550113",
    ] {
        assert!(customers.lines().any(|line| line == row), "{row} in\n{customers}");
    }
}

/// Read again without repair, all but the ragged rows come through.
fn rejects_are_a_source(path: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let mut again = Collect::new();
    let report = Pipeline::from(CsvSource::path(path))
        .rejects(Rejects::csv(folder.path().join("again.csv")))
        .to(&mut again)
        .run()
        .unwrap();
    assert_eq!((report.counts.written(), report.counts.rejected), (25, 6));
    assert_eq!(again.records()[0].text("客户名称").unwrap(), "诚通（中国）文化传媒有限责任公司");
}

fn rows(text: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text.as_bytes()).records().collect::<Result<_, _>>().unwrap()
}

#[test]
fn any_file_becomes_utf8_with_commas() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("old.csv"), b"name;city\r\n\xCD\xF5\xCE\xB0;\"\xB1\xB1\xBE\xA9, \xBA\xA3\xB5\xED\"\r\n")
        .unwrap();
    let (status, report, errors) = transfer(folder.path(), &["old.csv", "new.csv"]);
    assert_eq!((status, errors.as_str()), (Some(0), ""), "{report}");
    assert_eq!(fs::read_to_string(at("new.csv")).unwrap(), "name,city\n王伟,\"北京, 海淀\"\n");
    assert!(!at("new.rejects.csv").exists());

    // Through a pipe: the rows alone on the standard output.
    let input = fs::File::open(at("old.csv")).unwrap();
    let output = example("csv_to_csv").args(["-", "-"]).stdin(input).output().unwrap();
    let (status, out, report) = said(output);
    assert_eq!((status, out.as_str()), (Some(0), "name,city\n王伟,\"北京, 海淀\"\n"));
    assert!(
        report.starts_with("Completed: 1 record read in ") && report.contains("standard input"),
        "{report}"
    );
}

#[test]
fn rejects_are_repaired_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("old.csv"), "a,b\n1,2\n3\n").unwrap();
    assert_eq!(transfer(folder.path(), &["old.csv", "new.csv"]).0, Some(0));
    assert_eq!(fs::read_to_string(at("new.csv")).unwrap(), "a,b\n1,2\n");
    let rejects = "handover_place,handover_reasons,handover_raw,a,b\n\
                   old.csv:3,1 cell where the header has 2 [ragged],3,,\n";
    assert_eq!(fs::read_to_string(at("new.rejects.csv")).unwrap(), rejects);

    fs::write(at("new.rejects.csv"), rejects.replace(",3,,", ",\"3,4\",,")).unwrap();
    assert_eq!(transfer(folder.path(), &["new.rejects.csv", "repaired.csv"]).0, Some(0));
    assert_eq!(fs::read_to_string(at("repaired.csv")).unwrap(), "a,b\n3,4\n");
}

#[test]
fn what_goes_wrong_is_said_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |arguments: &[&str], line: &str, status: i32| {
        let expected = (Some(status), String::new(), format!("{line}\n"));
        assert_eq!(transfer(folder.path(), arguments), expected);
    };
    fails(&["alone.csv"], "usage: csv_to_csv [IN.csv OUT.csv]", 2);
    fails(&["a", "b", "c"], "usage: csv_to_csv [IN.csv OUT.csv]", 2);
    let missing = "error: nope.csv: cannot open: No such file or directory (os error 2)";
    fails(&["nope.csv", "new.csv"], missing, 1);
    fs::write(folder.path().join("old.csv"), "a,b\n1,2\n").unwrap();
    let itself = "error: old.csv: is an input and an output of the run, give one of them another name";
    fails(&["old.csv", "old.csv"], itself, 1);
    assert_eq!(fs::read_to_string(folder.path().join("old.csv")).unwrap(), "a,b\n1,2\n");
    let (status, _, errors) = transfer(folder.path(), &["old.csv", "no/new.csv"]);
    assert_eq!(status, Some(1));
    assert!(errors.starts_with("error: no/new.csv: cannot write: the folder "), "{errors}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing_behind() {
    use std::io::Write;
    use std::process::Stdio;

    let folder = tempfile::tempdir().unwrap();
    let names = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut child = example("csv_to_csv")
        .args(["-", "new.csv"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"name,phone\n").unwrap();
    let rows = b"Wang Wei,13800138000\n".repeat(1000);
    let mut interrupted = false;
    // It reads until it is stopped, and is stopped once it has begun to write.
    while input.write_all(&rows).is_ok() {
        if !interrupted && names().next().is_some() {
            let kill = format!("kill -INT {}", child.id());
            assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
            interrupted = true;
        }
    }
    let (status, report, errors) = said(child.wait_with_output().unwrap());
    assert_eq!((status, errors.as_str()), (Some(130), "error: stopped on request\n"), "{report}");
    assert!(report.starts_with("Stopped on request: "), "{report}");
    assert!(report.contains("The books balance."), "{report}");
    assert_eq!(names().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_ends_the_wait_for_an_input_that_sends_nothing() {
    use std::process::Stdio;
    use std::time::Duration;

    let folder = tempfile::tempdir().unwrap();
    let mut child = example("csv_to_csv")
        .args(["-", "new.csv"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let interrupt = format!("kill -INT {}", child.id());
    while child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(200));
        assert!(Command::new("sh").args(["-c", &interrupt]).status().unwrap().success());
    }
    assert_ne!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn exports_of_other_programs_are_carried_over() {
    let Some(root) = crate::common::shared("crm") else { return };
    let out = tempfile::tempdir().unwrap();
    let folders = crate::common::files(&root).into_iter().filter(|path| path.is_dir());
    let exports = folders.flat_map(|folder| crate::common::files(&folder));
    let mut carried = 0;
    for export in exports.filter(|path| path.extension().is_some_and(|extension| extension == "csv")) {
        let (status, report, errors) = transfer(out.path(), &[export.to_str().unwrap(), "out.csv"]);
        assert_eq!((status, errors.as_str()), (Some(0), ""), "{}: {report}", export.display());
        assert!(report.contains("The books balance."), "{report}");
        carried += 1;
    }
    println!("carried over: {carried} exports");
    assert!(carried >= 60);
}

#[test]
fn one_column_is_written_the_standard_way_or_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        said(example("normalize").current_dir(folder.path()).args(arguments).output().unwrap())
    };
    fs::write(
        folder.path().join("in.csv"),
        "id,tel,land\n1,020 7946 0018,GB\n2,138 0013 8000,cn\n3,12,CN\n4,,CN\n",
    )
    .unwrap();
    let (status, _, report) =
        run(&["in.csv", "out.csv", "--column", "tel", "--as", "phone", "--region-column", "land"]);
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(
        fs::read_to_string(folder.path().join("out.csv")).unwrap(),
        "id,tel,land,normalized,fault\n1,020 7946 0018,GB,+442079460018,\n\
         2,138 0013 8000,cn,+8613800138000,\n3,12,CN,,too short\n4,,CN,,\n"
    );

    fs::write(folder.path().join("days.csv"), "day\n03/04/2024\n13/04/2024\n").unwrap();
    let (status, _, report) = run(&["days.csv", "out.csv", "--column", "day", "--as", "date"]);
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(
        fs::read_to_string(folder.path().join("out.csv")).unwrap(),
        "day,normalized,fault\n03/04/2024,2024-04-03,\n13/04/2024,2024-04-13,\n"
    );

    let (status, _, message) = run(&["in.csv", "out.csv", "--column", "tel", "--as", "phones"]);
    assert_eq!(status, Some(2));
    assert!(message.starts_with("no rule `phones`, did you mean `phone`? The rules are: "), "{message}");
    let (status, help, _) = run(&["--help"]);
    assert_eq!(status, Some(0));
    let kinds = ["phone", "email", "person_name", "company", "date", "datetime", "number", "money", "bool"];
    let more = ["country", "region_cn", "postcode", "url", "text", "id_cn", "credit_code_cn"];
    for kind in kinds.into_iter().chain(more) {
        assert!(help.contains(&format!("\n{kind}: ")), "{kind} is not in the help");
    }
}
