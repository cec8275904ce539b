//! Text that was read in the wrong encoding, against the cases of ftfy.

use handover::normalize::mojibake::{detect, repair_mojibake};
use handover::normalize::{Normalizer, apply, fold_width, nfc, nfkc};

use crate::common::shared;

/// ftfy also makes quotes straight, widths ordinary and ligatures letters, which are other rules here.
fn folded(text: &str) -> String {
    let plain = apply(&[nfc(), fold_width()], text)
        .unwrap()
        .replace(['‘', '’', '‚', 'ʼ'], "'")
        .replace(['“', '”', '„'], "\"");
    apply(&[nfkc()], &plain.replace('ŉ', "'n")).unwrap().replace('ʼ', "'")
}

#[test]
fn ftfys_cases_come_out_as_ftfy_has_them() {
    let Some(path) = shared("encoding/mojibake_ftfy_dev.csv") else { return };
    let rule = repair_mojibake();
    let (mut right, mut of) = ([0, 0], [0, 0]);
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let fixed = rule.normalize(&row[0]).unwrap();
        let kind = usize::from(&row[2] == "fail");
        of[kind] += 1;
        match folded(&fixed) == folded(&row[1]) {
            true => right[kind] += 1,
            false => println!("{}: {:?} is {:?}, should be {:?}", &row[3], &row[0], fixed, &row[1]),
        }
    }
    println!(
        "mojibake: {} of {} cases as ftfy has them, {} of {} that it misses",
        right[0], of[0], right[1], of[1]
    );
    assert!(right[0] * 100 >= of[0] * 98, "{} of {}", right[0], of[0]);
}

/// Names, addresses and companies that were read right.
#[test]
fn right_text_is_not_flagged() {
    let files = ["names", "addresses", "dedupe", "crm"];
    let (mut texts, mut flagged) = (0, Vec::new());
    for folder in files.iter().filter_map(|folder| shared(folder)) {
        for path in walk(&folder) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            for value in text.lines().take(20_000).flat_map(|line| line.split([',', '\t'])) {
                texts += 1;
                if let Some(found) = detect(value) {
                    flagged.push(format!("{}: {value:?} as {found}: {:?}", path.display(), found.repaired()));
                }
            }
        }
    }
    println!("mojibake: {} of {texts} texts flagged", flagged.len());
    flagged.iter().for_each(|line| println!("{line}"));
    // All of these are damaged: made so by whoever made the data.
    assert!(flagged.len() * 5_000 <= texts, "{} of {texts}", flagged.len());
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(walk(&path)),
            false if path.extension().is_some_and(|e| e == "csv" || e == "tsv" || e == "txt") => {
                files.push(path)
            }
            false => {}
        }
    }
    files
}
