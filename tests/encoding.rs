//! Which encoding a file is in, against labels made by others.

use std::fs;

use encoding_rs::DecoderResult;
use handover::source::encoding::Encoding;

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
        let found = Encoding::detect(&bytes, true).map(|detected| detected.encoding.to_string());
        let right = usize::from(found.as_ref().is_ok_and(|found| same_text(&bytes, label, found)));
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
    // Of the misses 15 are in encodings that no browser reads either: UTF-32,
    // Johab, EUC-TW, ISO-2022-KR, IBM855.
    assert!(all.right * 100 >= all.of * 91, "{} of {}", all.right, all.of);
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

fn same_text(bytes: &[u8], label: &str, found: &str) -> bool {
    let Ok(expected) = Encoding::named(label) else { return false };
    let decode = |name: &str| decoded(bytes, name);
    decode(&expected.to_string()) == decode(found)
}

fn decoded(bytes: &[u8], name: &str) -> Option<String> {
    let encoding = encoding_rs::Encoding::for_label(name.as_bytes())?;
    let mut decoder = encoding.new_decoder();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(bytes.len())?);
    let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    (result == DecoderResult::InputEmpty).then_some(text)
}
