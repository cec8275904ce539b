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

/// Names as they are, read wrong in each of the usual ways, and given back.
#[test]
fn names_come_back_from_the_usual_mistakes() {
    use encoding_rs::{GBK, WINDOWS_1252};
    let chinese = ["王伟", "北京市朝阳区", "上海某某科技有限公司", "客户经理：李四", "张三丰", "欧阳娜娜"];
    let western =
        ["Björn Ström", "François Lefèvre", "José Núñez", "Łukasz Żółć", "Đặng Văn Lâm", "Zoë Åkesson"];
    let cyrillic = ["Иванов Сергей", "ООО Ромашка", "Санкт-Петербург"];
    let read = |bytes: &[u8], encoding: &'static encoding_rs::Encoding| {
        encoding.decode_without_bom_handling(bytes).0.into_owned()
    };
    type Mistake<'a> = (&'a str, &'a [&'a str], &'a dyn Fn(&str) -> String);
    let mistakes: [Mistake<'_>; 6] = [
        ("UTF-8 as windows-1252, Western", &western, &|text| read(text.as_bytes(), WINDOWS_1252)),
        ("UTF-8 as windows-1252, Chinese", &chinese, &|text| read(text.as_bytes(), WINDOWS_1252)),
        ("UTF-8 as windows-1252, Cyrillic", &cyrillic, &|text| read(text.as_bytes(), WINDOWS_1252)),
        ("UTF-8 as windows-1252, twice", &western, &|text| {
            read(read(text.as_bytes(), WINDOWS_1252).as_bytes(), WINDOWS_1252)
        }),
        ("GBK as windows-1252", &chinese, &|text| read(&GBK.encode(text).0, WINDOWS_1252)),
        ("UTF-8 as GBK", &chinese, &|text| read(text.as_bytes(), GBK)),
    ];
    for (name, texts, garble) in mistakes {
        let garbled: Vec<String> = texts.iter().map(|text| garble(text)).collect();
        let flagged = garbled.iter().filter(|garbled| detect(garbled).is_some()).count();
        let fixed = |garbled: &String| detect(garbled).and_then(|found| found.repaired().map(str::to_owned));
        let right =
            garbled.iter().zip(texts).filter(|(garbled, text)| fixed(garbled).as_deref() == Some(**text));
        let right = right.count();
        println!("{name}: {flagged} of {} flagged, {right} repaired", texts.len());
        assert_eq!(flagged, texts.len(), "{name}: {garbled:?}");
        // Of UTF-8 with an odd number of bytes, the last is lost in pairs.
        assert!(
            right == texts.len() || (name == "UTF-8 as GBK" && right * 3 >= texts.len()),
            "{name}: {garbled:?}"
        );
    }
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
