//! Which encoding a file is in, against labels made by others.

use std::fs;

use handover::source::encoding::{Detected, Encoding};

use crate::common::shared;

struct Tally {
    right: usize,
    of: usize,
}

#[test]
fn labelled_files_are_detected() {
    let Some(root) = shared("encoding") else { return };
    let mut labels = csv::Reader::from_path(root.join("labels.csv")).unwrap();
    let (mut all, mut ours) = (Tally { right: 0, of: 0 }, Tally { right: 0, of: 0 });
    for row in labels.records() {
        let row = row.unwrap();
        let (path, label) = (&row[0], &row[2]);
        let bytes = fs::read(root.join(path)).unwrap();
        let found = Encoding::detect(&bytes, true).unwrap();
        let right = usize::from(same_text(&bytes, label, &found));
        if right == 0 {
            println!("{path}: {found:?}");
        }
        all.of += 1;
        all.right += right;
        if path.starts_with("transcoded_ours/") && !path.contains(".1rows.") {
            ours.of += 1;
            ours.right += right;
        }
    }
    println!(
        "detected: {} of {} files, {} of {} tables of 3 rows and more",
        all.right, all.of, ours.right, ours.of
    );
    assert!(all.right * 100 >= all.of * 98, "{} of {}", all.right, all.of);
    assert!(ours.right * 100 >= ours.of * 97, "{} of {}", ours.right, ours.of);
}

#[test]
fn short_chinese_tables_are_detected() {
    let Some(path) = shared("dedupe/zh_listed_short_full/left.csv") else { return };
    let names = csv::Reader::from_path(path).unwrap().into_records().map(|row| row.unwrap()[1].to_owned());
    let tables: Vec<String> =
        names.filter(|name| !name.is_ascii()).take(1_000).map(|name| format!("客户名称\n{name}\n")).collect();
    let is_right = |table: &&String| {
        let (bytes, ..) = encoding_rs::GB18030.encode(table);
        Encoding::detect(&bytes, true).unwrap().encoding == Encoding::GB18030
    };
    let right = tables.iter().filter(is_right).count();
    println!("detected: {right} of {} tables of one short Chinese name", tables.len());
    assert!(right * 100 >= tables.len() * 99);
}

/// Whether the encoding that was found gives the text that the labelled one does.
fn same_text(bytes: &[u8], label: &str, found: &Detected) -> bool {
    let text = bytes.get(found.bom_len..).unwrap_or_default();
    let label = label.trim_start_matches("malformed: ").split(' ').next().unwrap_or_default();
    let Ok(expected) = Encoding::named(label) else { return false };
    // A label such as `UTF-32` leaves the order of bytes to the mark.
    let expected =
        match [Encoding::UTF_16LE, Encoding::UTF_32LE].contains(&expected) && !label.ends_with("le") {
            true => found.encoding,
            false => expected,
        };
    let decoded = found.encoding.decode(text);
    decoded.is_some() && decoded == expected.decode(text)
}
