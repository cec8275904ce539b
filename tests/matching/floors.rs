//! How good the matcher is at least, without labels and with no option but which column is the id.

use std::path::Path;

use handover::dedupe::Links;
use handover::dedupe::matching::Matcher;

use crate::common::{Known, Quality, shared};

/// Precision, recall and F1 are to be at least these.
fn floor(folder: &Path, precision: f64, recall: f64, f1: f64) {
    let known = Known::folder(folder);
    let (records, matcher) = known.records().unwrap();
    let mut links = Links::default();
    matcher.matching(&records).unwrap().report(&mut links);
    let found = known.found(&records, &links, Matcher::THRESHOLD).unwrap();
    let quality = Quality::of(&found, &known.truth(&records).unwrap());
    let told = format!("{}: {quality:?}, F1 {:.4}", folder.display(), quality.f1());
    println!("{told}");
    assert!(quality.precision >= precision && quality.recall >= recall && quality.f1() >= f1, "{told}");
}

#[test]
fn persons_with_mistakes() {
    floor(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/febrl1"), 0.998, 0.998, 0.998);
}

#[test]
fn persons_with_swapped_names_and_values_missing() {
    if let Some(folder) = shared("dedupe/fake_1000") {
        floor(&folder, 0.98, 0.86, 0.92);
    }
}

#[test]
fn restaurants_of_two_guides() {
    if let Some(folder) = shared("dedupe/restaurants_fz") {
        floor(&folder, 0.95, 0.98, 0.97);
    }
}

#[test]
fn companies_by_name_and_country() {
    if let Some(folder) = shared("dedupe/company_names_dnb") {
        floor(&folder, 0.98, 0.90, 0.94);
    }
}
