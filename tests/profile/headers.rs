//! Which fields the columns of real export files are proposed for.
//!
//! `tests/data/profile/headers_truth.csv` is labelled by hand: a file, a column, and its field. `a|b` says that
//! both are right, an empty field that there is none, `|a` that it may be left alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use handover::profile::{Proposal, Target};
use handover::{Mapping, Profile, source};

use crate::common::shared;

/// How far the proposals were right.
#[derive(Default, Clone, Copy)]
pub struct Score {
    pub columns: u32,
    /// Those that have a field.
    pub asked: u32,
    pub right: u32,
    /// Accepted, and wrong.
    pub wrong: u32,
}

impl Score {
    pub fn add(&mut self, truth: &str, proposed: Option<(&str, bool)>) -> bool {
        let fields: Vec<&str> = truth.split('|').collect();
        let is_right = proposed.map_or(fields.contains(&""), |(field, _)| fields.contains(&field));
        let is_asked = !fields.contains(&"");
        let is_wrong = proposed.is_some_and(|(field, accepted)| accepted && !fields.contains(&field));
        self.columns += 1;
        self.asked += u32::from(is_asked);
        self.right += u32::from(is_asked && is_right);
        self.wrong += u32::from(is_wrong);
        !is_wrong && (is_right || !is_asked)
    }

    pub fn print(&self, name: &str) {
        let Score { columns, asked, right, wrong } = self;
        let share = |part: u32, of: u32| f64::from(part) * 100.0 / f64::from(of.max(1));
        println!(
            "{name:<24}{columns:>9}{asked:>9}{right:>9}{:>8.1} %{wrong:>9}{:>8.1} %",
            share(*right, *asked),
            share(*wrong, *columns)
        );
    }

    pub fn head() {
        println!("{:<24}{:>9}{:>9}{:>9}{:>10}{:>9}{:>10}", "", "columns", "asked", "right", "", "wrong", "");
    }
}

fn rows(path: &Path) -> Vec<[String; 3]> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| [&row[0], &row[1], &row[2]].map(str::to_owned)).collect()
}

fn proposal(path: &Path) -> Proposal {
    let profile = Profile::of(source::open(path).unwrap()).unwrap();
    Mapping::propose(&profile, &Target::customer())
}

#[test]
fn columns_of_export_files_are_proposed_right() {
    let Some(root) = shared("crm") else { return };
    let truth = rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/profile/headers_truth.csv"));
    let mut files: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for [file, column, field] in &truth {
        files.entry(file).or_default().push((column, field));
    }
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for (file, columns) in files {
        if file.ends_with(".xlsx") && !cfg!(feature = "excel") {
            continue;
        }
        let proposal = proposal(&root.join(file));
        let score = scores.entry(file.split('/').next().unwrap()).or_default();
        for (column, truth) in columns {
            let found = proposal.columns().iter().find(|found| found.column() == column).unwrap();
            let proposed = found.field().map(|field| (field, found.is_accepted()));
            if !score.add(truth, proposed) {
                let object = proposal.object();
                println!(
                    "  {file}: {column} is {truth:?}, proposed {proposed:?} {:.2} ({object:?})",
                    found.score()
                );
            }
        }
    }
    Score::head();
    let all = scores.iter().fold(Score::default(), |all, (name, score)| {
        score.print(name);
        Score {
            columns: all.columns + score.columns,
            asked: all.asked + score.asked,
            right: all.right + score.right,
            wrong: all.wrong + score.wrong,
        }
    });
    all.print("all");
    assert!(all.right * 100 >= all.asked * 95, "at least 95 % right");
    assert!(all.wrong * 100 <= all.columns, "at most 1 % wrong");
}
