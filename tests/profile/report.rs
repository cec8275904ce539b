//! What is told of a small file, to the letter, and what holds of every profile.
//!
//! `tests/data/profile/customers.csv` is made up. Where the report changes on purpose, write the
//! expectations anew with `HANDOVER_UPDATE=1`, and read the difference.

use std::fs;
use std::path::PathBuf;

use handover::map::FieldMapper;
use handover::profile::{ACCEPTED, Meaning, ProblemKind, Target};
use handover::source::Memory;
use handover::{CsvSource, Mapping, Profile, Record, Schema};

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/profile").join(name)
}

fn customers() -> Profile {
    let text = fs::read(data("customers.csv")).unwrap();
    Profile::of(CsvSource::reader("customers.csv", std::io::Cursor::new(text))).unwrap()
}

/// Compares with a file of expectations.
fn expect(name: &str, told: &str) {
    if std::env::var_os("HANDOVER_UPDATE").is_some() {
        fs::write(data(name), told).unwrap();
    }
    let expected = fs::read_to_string(data(name)).unwrap();
    assert!(told == expected, "{name} is not as expected:\n{told}");
}

#[test]
fn the_report_is_told_to_the_letter() {
    let profile = customers();
    let proposal = Mapping::propose(&profile, &Target::customer());
    expect("customers.txt", &format!("{profile}\n{proposal}"));
    expect("customers.json", &format!("{}\n", serde_json::to_string_pretty(&profile).unwrap()));
    expect("customers.toml", &proposal.to_toml());
}

#[test]
#[cfg(feature = "toml")]
fn the_mapping_is_read_again_and_loses_no_column() {
    let profile = customers();
    let proposal = Mapping::propose(&profile, &Target::customer());
    let names = || profile.columns.iter().map(|column| column.name.as_str());
    let schema = Schema::text(names()).unwrap();
    for accepted in [ACCEPTED, 0.0, 1.1] {
        let proposal = proposal.clone().accept_above(accepted);
        let mut read = Mapping::from_toml(&proposal.to_toml()).unwrap();
        let mut made = proposal.clone().into_mapping();
        let [read, made] = [read.bind(&schema).unwrap(), made.bind(&schema).unwrap()];
        assert_eq!(read.names().collect::<Vec<_>>(), made.names().collect::<Vec<_>>());
        // Every column is there, but the empty one, where nothing becomes of it.
        assert_eq!(read.len(), if accepted > 1.0 { names().count() - 1 } else { names().count() });
    }
}

#[test]
#[cfg(feature = "toml")]
fn names_of_any_kind_survive_the_mapping() {
    let names = [
        "E\"mail",
        "Pho'ne",
        "na.me",
        "a = b # c",
        "[t]",
        "\t",
        "back\\slash",
        "\"\"\"'''",
        "客户名称",
        "😀",
        "\u{202E}x",
        "a\nb",
    ];
    let schema = Schema::text(names).unwrap();
    let record = Record::of(schema.clone(), names).unwrap();
    let profile = Profile::of(Memory::new("odd", schema.clone(), [record])).unwrap();
    for accepted in [ACCEPTED, 0.0, 1.1] {
        let proposal = Mapping::propose(&profile, &Target::customer()).accept_above(accepted);
        let read = Mapping::from_toml(&proposal.to_toml()).unwrap().bind(&schema).unwrap();
        let made = proposal.into_mapping().bind(&schema).unwrap();
        assert_eq!(read.names().collect::<Vec<_>>(), made.names().collect::<Vec<_>>());
    }
}

#[test]
fn several_activities_are_no_activitys() {
    let names = ["Activity Subject", "Activity Type", "Due Date", "Related To"];
    let schema = Schema::text(names).unwrap();
    let record = Record::of(schema.clone(), ["Call", "Phone call", "2024-05-06", "Firm"]).unwrap();
    let profile = Profile::of(Memory::new("tasks", schema, [record])).unwrap();
    let proposal = Mapping::propose(&profile, &Target::customer());
    let told = proposal.to_string();
    assert!(told.starts_with("The records look like activities.\n"), "{told}");
    assert!(proposal.to_toml().contains("# The records look like activities.\n"));
}

#[test]
fn values_are_shown_only_where_they_are_asked_for() {
    let profile = customers();
    let values = ["王伟", "13912345670", "wang@yunhai", "Bluewater", "KH-0001"];
    let debug = format!("{profile:?}");
    let none = profile.clone().without_values();
    let told = [format!("{none}"), serde_json::to_string(&none).unwrap(), debug];
    for value in values {
        assert!(serde_json::to_string(&profile).unwrap().contains(value), "{value}");
        assert!(told.iter().all(|told| !told.contains(value)), "{value}");
    }
    let problems = profile.columns.iter().flat_map(|column| &column.problems);
    for problem in problems {
        assert!(values.iter().all(|value| !problem.message.contains(value)), "{problem}");
    }
}

#[test]
fn nothing_and_next_to_nothing_can_be_profiled() {
    let schema = Schema::text(["a", "b"]).unwrap();
    let empty = Profile::of(Memory::new("m", schema.clone(), [])).unwrap();
    assert_eq!((empty.records, empty.columns.len()), (0, 2));
    assert_eq!(empty.columns[0].problems[0].kind, ProblemKind::Empty);
    let records =
        [Record::of(schema.clone(), ["x", " "]).unwrap(), Record::of(schema.clone(), ["x"]).unwrap()];
    let profile = Profile::of(Memory::new("m", schema, records)).unwrap();
    let told: Vec<_> = profile.columns.iter().map(|column| (column.filled, column.blank)).collect();
    assert_eq!(told, [(2, 0), (0, 1)]);
    assert_eq!(profile.columns[0].problems[0].kind, ProblemKind::Constant);
    let nobody = Schema::text::<&str>([]).unwrap();
    assert_eq!(Profile::of(Memory::new("m", nobody, [])).unwrap().columns.len(), 0);
}

#[test]
fn many_values_are_counted_about_and_the_frequent_ones_found() {
    let schema = Schema::text(["Email", "stage"]).unwrap();
    let rows = (0..150_000_u32).map(|n| {
        // Every tenth address is one of five.
        let email =
            if n % 10 == 0 { format!("f{}@firm.example", n / 10 % 5) } else { format!("p{n}@firm.example") };
        Record::of(schema.clone(), [email.as_str(), ["open", "won", "lost"][n as usize % 3]]).unwrap()
    });
    let profile = Profile::of(Memory::new("m", schema.clone(), rows)).unwrap();
    let [email, stage] = &profile.columns[..] else { panic!() };
    assert!(!email.distinct.exact && (email.distinct.count as f64 / 135_005.0 - 1.0).abs() < 0.03);
    let frequent: Vec<&str> =
        email.frequent[..5].iter().filter_map(|frequent| frequent.value.as_deref()).collect();
    assert!(frequent.iter().all(|value| value.starts_with('f')), "{frequent:?}");
    assert!(email.frequent[..5].iter().all(|frequent| frequent.times.count.abs_diff(3000) <= 30));
    assert!(email.problems.iter().any(|problem| problem.kind == ProblemKind::LikelyDuplicates));
    assert_eq!(email.evidence.filled, 150_000);
    assert!(stage.distinct.exact && stage.frequent.iter().all(|frequent| frequent.times.count == 50_000));
    assert_eq!(stage.meaning.map(|likely| likely.meaning), Some(Meaning::Stage));
    assert_eq!(stage.shapes.iter().map(|shape| shape.times.count).sum::<u64>(), 150_000);
}

#[test]
fn an_error_of_the_source_is_told() {
    let error = Profile::of(CsvSource::path("no/such/file.csv")).unwrap_err().to_string();
    assert!(error.starts_with("no/such/file.csv"), "{error}");
}
