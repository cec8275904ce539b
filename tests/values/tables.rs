//! The case tables under `tests/data/normalize`: a rule as it is asked for, a
//! value, and what becomes of it or is wrong with it.

use std::path::Path;

use handover::normalize::{apply, catalogue, named};

#[test]
fn every_case_of_every_table_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/normalize");
    let (mut cases, mut misses, mut tested) = (0, Vec::new(), std::collections::BTreeSet::new());
    let mut tables: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    tables.sort();
    for path in tables {
        let mut table = csv::Reader::from_path(&path).unwrap();
        assert_eq!(table.headers().unwrap(), vec!["rule", "input", "output", "fault"], "{}", path.display());
        for row in table.records() {
            let row = row.unwrap();
            let rule = named(&row[0]).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            tested.insert(row[0].split(':').next().unwrap().to_owned());
            let found = apply(&[rule], &row[1]).map_err(|fault| fault.to_string());
            let expected = if row[3].is_empty() { Ok(&row[2]) } else { Err(&row[3]) };
            cases += 1;
            if found.as_deref().map_err(String::as_str) != expected {
                misses.push(format!("{} of {:?} is {found:?}, should be {expected:?}", &row[0], &row[1]));
            }
        }
    }
    assert!(misses.is_empty(), "{} of {cases} cases:\n{}", misses.len(), misses.join("\n"));
    let untested: Vec<_> = catalogue().map(|e| e.name).filter(|name| !tested.contains(*name)).collect();
    assert!(untested.is_empty(), "without a case: {untested:?}");
}
