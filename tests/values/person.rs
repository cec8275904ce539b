//! Names of persons against names that others have labelled.

use std::collections::BTreeMap;

use handover::normalize::person::PersonName;
use handover::normalize::{apply, named};

use crate::common::shared;

const PARTS: [&str; 7] = ["title", "given", "middle", "family", "suffix", "nickname", "maiden"];

fn parts(text: &str) -> [String; 7] {
    match PersonName::parse(text) {
        Ok(name) => {
            [name.title, name.given, name.middle, name.family, name.suffix, name.nickname, name.maiden]
        }
        Err(_) => Default::default(),
    }
}

#[derive(Default)]
struct Score {
    right: usize,
    asked: usize,
}

impl Score {
    fn share(&self) -> f64 {
        100.0 * self.right as f64 / self.asked.max(1) as f64
    }
}

#[test]
fn labelled_names_are_taken_apart() {
    let Some(path) = shared("names/person_names_dev.csv") else { return };
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let (raw, options) = (&row[0], &row[8]);
        let found = parts(raw);
        let switch = options.contains("policy=") || options.contains("locale=");
        let partial = options.contains("partial_expectation");
        let mut missed = false;
        for (at, part) in PARTS.iter().enumerate() {
            let expected = &*apply(&[named("text").unwrap()], &row[at + 1]).unwrap();
            if expected.is_empty() && (partial || found[at].is_empty()) {
                continue;
            }
            let right = expected == found[at];
            missed |= !right;
            for kind in ["all rows", part].into_iter().chain((!switch).then_some("no switch")) {
                if switch && kind == *part {
                    continue;
                }
                let score = scores.entry(kind).or_default();
                score.asked += 1;
                score.right += usize::from(right);
            }
        }
        if missed && !switch && std::env::var_os("MISSES").is_some() {
            let expected: Vec<_> = row.iter().skip(1).take(7).collect();
            println!("{raw:?}\n    is {:?}\n    not {:?}  {}", found.join("|"), expected.join("|"), &row[9]);
        }
    }
    for (kind, score) in &scores {
        println!("{kind:<12}{:>6}{:>6}{:>8.2} %", score.right, score.asked, score.share());
    }
    assert!(scores["no switch"].share() >= 93.0);
}
