//! Headers as other products and people write them, with noise.
//!
//! `tests/data/profile/headers_made.csv` holds sets of headers without values: of import
//! templates and exports from memory of the products, and of spreadsheets, with their fields.

use std::fs;

use handover::profile::Target;
use handover::source::Memory;
use handover::{Mapping, Profile, Schema};

use super::headers::Score;

/// Columns of these names without records, as proposed.
fn proposed(set: &str, names: &[&str]) -> Vec<(Option<String>, bool)> {
    let schema = Schema::text(names.iter().copied()).unwrap();
    let profile = Profile::of(Memory::new(set, schema, [])).unwrap();
    let proposal = Mapping::propose(&profile, &Target::customer());
    let columns = proposal.columns().iter();
    columns.map(|column| (column.field().map(str::to_owned), column.is_accepted())).collect()
}

/// A set with each of its columns and their fields.
type Set<'a> = (&'a str, Vec<(&'a str, &'a str)>);

fn sets(text: &str) -> Vec<Set<'_>> {
    let mut sets: Vec<Set<'_>> = Vec::new();
    for line in text.lines().skip(1) {
        let mut cells = line.splitn(3, ',');
        let (set, column, field) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
        match sets.last_mut().filter(|(known, _)| *known == set) {
            Some((_, columns)) => columns.push((column, field)),
            None => sets.push((set, vec![(column, field)])),
        }
    }
    sets
}

/// Writes a header as people write it; the number makes them differ.
type Noise = fn(usize, &str) -> String;

/// Ways in which the same name is written.
fn noises() -> [(&'static str, Noise); 8] {
    [
        ("as it is", |_, name| name.to_owned()),
        ("upper case", |_, name| name.to_uppercase()),
        ("underscores", |_, name| name.to_lowercase().replace(' ', "_")),
        ("required", |_, name| format!("*{name}(必填)")),
        ("numbered", |at, name| format!("{}. {name}", at + 1)),
        ("full width", |_, name| name.chars().map(wide).collect()),
        ("with a colon", |_, name| format!("{name}：")),
        ("traditional", |_, name| traditional(name)),
    ]
}

fn wide(c: char) -> char {
    char::from_u32(u32::from(c) + 0xFEE0).filter(|_| c.is_ascii_alphanumeric()).unwrap_or(c)
}

fn traditional(name: &str) -> String {
    let rule = handover::normalize::chinese::to_traditional();
    handover::normalize::apply(&[rule], name).map_or(String::new(), |name| name.into_owned())
}

#[test]
fn headers_of_many_makers_are_proposed_right_with_noise() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/profile/headers_made.csv");
    let text = fs::read_to_string(path).unwrap();
    Score::head();
    for (noise, write) in noises() {
        let mut score = Score::default();
        for (set, columns) in sets(&text) {
            let names: Vec<String> =
                columns.iter().enumerate().map(|(at, (name, _))| write(at, name)).collect();
            let found = proposed(set, &names.iter().map(String::as_str).collect::<Vec<_>>());
            for ((name, truth), (field, accepted)) in columns.iter().zip(found) {
                let proposed = field.as_deref().map(|field| (field, accepted));
                if !score.add(truth, proposed) && noise == "as it is" {
                    println!("  {set}: {name} is {truth:?}, proposed {proposed:?}");
                }
            }
        }
        score.print(noise);
        assert!(score.right * 100 >= score.asked * 95, "{noise}: at least 95 % right");
        assert!(score.wrong * 100 <= score.columns, "{noise}: at most 1 % wrong");
    }
}
