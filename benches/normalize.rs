//! What each stock rule costs per value, and whether phone numbers of many
//! regions cost more than those of one, on one thread and on two.

#[path = "../tests/common/shared.rs"]
mod shared;

use std::hint::black_box;
use std::time::{Duration, Instant};

use handover::Normalizer;
use handover::normalize::{
    collapse_space, empty_to_null, fold_width, lowercase, named, nfc, nfkc, strip_control, trim,
    truncate_chars, uppercase,
};

fn main() {
    texts();
    #[cfg(feature = "phone")]
    phones("rlibphonenumber", handover::normalize::phone::Rlib, 10_000);
    #[cfg(feature = "phonenumber")]
    phones("phonenumber", handover::normalize::phone::Phonenumber, 1_000);
}

/// The best of several passes over all values, in nanoseconds a value.
fn nanoseconds(values: usize, mut pass: impl FnMut()) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..7 {
        let start = Instant::now();
        pass();
        best = best.min(start.elapsed());
    }
    best.as_nanos() as f64 / values as f64
}

/// Rules of one kind of value as they are asked for by name, and such values.
const KINDS: &[(&str, &[&str])] = &[
    ("email", ADDRESSES),
    ("email", &["王伟 <Wang.Wei@Example.cn>", "wang@例子.中国", "a@b.co; c@d.co"]),
    ("email:key", ADDRESSES),
    ("url", SITES),
    ("domain", SITES),
    ("placeholder", &["Zhang San", "13912345679", "待补充", "12 Harbour Street", "上海某某科技有限公司"]),
    (
        "placeholder:phone",
        &["13912345679", "+8613912345679", "010-61234567", "13800138000", "(650) 253-1234"],
    ),
    ("placeholder:email", ADDRESSES),
];

const ADDRESSES: &[&str] =
    &["zhang.san@example.com", "Li.Si+crm@Mail.Example.ORG", "info@buecher.example", "a@b.co", "x_y@z-9.net"];

const SITES: &[&str] = &[
    "https://www.example.com",
    "www.Example.cn/",
    "example.com",
    "http//example.com/a?b=1",
    "网址：example.com.cn",
];

fn texts() {
    const REPEATED: usize = 20_000;
    let ascii =
        ["12 Harbour Street, Springfield", "Zhang San", "CUST-000123", "2024-03-04 12:30", "note: call back"];
    let chinese =
        ["北京市朝阳区建国路８８号", "张三丰", "上海某某科技有限公司", "已联系，待回复", "客户经理：李四"];
    let rules = [
        trim(),
        collapse_space(),
        strip_control(),
        nfc(),
        nfkc(),
        fold_width(),
        lowercase(),
        uppercase(),
        empty_to_null(),
        truncate_chars(20),
    ];
    println!("{:<16}{:>10}{:>10}   ns a value", "", "ascii", "chinese");
    let cost = |rule: &dyn Normalizer, values: &[&str]| {
        nanoseconds(REPEATED * values.len(), || {
            for value in values.iter().cycle().take(REPEATED * values.len()) {
                let _ = black_box(rule.normalize(black_box(value)));
            }
        })
    };
    for rule in &rules {
        println!("{:<16}{:>10.1}{:>10.1}", rule.name(), cost(rule, &ascii), cost(rule, &chinese));
    }
    println!("\n{:<24}   ns a value", "");
    for (asked, values) in KINDS {
        println!("{asked:<24}{:>10.1}", cost(&named(asked).unwrap(), values));
    }
}

/// Numbers as people write them, with their region: of all regions, and of China only.
#[cfg(any(feature = "phone", feature = "phonenumber"))]
fn phones(name: &str, parser: impl handover::normalize::phone::PhoneParser, count: usize) {
    let Some(path) = shared::shared("phone/phone_truth_dev.csv") else { return };
    let rows = csv::Reader::from_path(path).unwrap().into_records().map(Result::unwrap);
    let valid: Vec<(String, String)> = rows
        .filter(|row| &row[3] == "true" && !row[1].is_empty())
        .map(|row| (row[0].into(), row[1].into()))
        .collect();
    // Every seventh: neighbours in the file are of one region.
    let mixed: Vec<_> = valid.iter().step_by(7).cycle().take(count).collect();
    let one: Vec<_> = valid.iter().filter(|(_, region)| region == "CN").cycle().take(count).collect();
    let parse = |numbers: &[&(String, String)]| {
        for (text, region) in numbers {
            let _ = black_box(parser.parse(text, Some(region)));
        }
    };

    let start = Instant::now();
    parse(&mixed);
    let first = start.elapsed().as_nanos() as f64 / count as f64;
    println!("\n{name}, {count} numbers, the first pass over all regions: {first:.0} ns a number");
    for threads in [1, 2] {
        let (mixed, one) = (steady(threads, count, || parse(&mixed)), steady(threads, count, || parse(&one)));
        println!(
            "  {threads} threads: all regions {mixed:.0} ns, one region {one:.0} ns, ratio {:.2}",
            mixed / one
        );
    }
}

/// Nanoseconds that each of several threads takes per number once its caches
/// are warm, the slowest thread's: the same for any number of threads, where they do not contend.
#[cfg(any(feature = "phone", feature = "phonenumber"))]
fn steady(threads: usize, count: usize, pass: impl Fn() + Sync) -> f64 {
    let together = std::sync::Barrier::new(threads);
    let work = || {
        pass();
        together.wait();
        nanoseconds(count, &pass)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).fold(0.0, f64::max)
    })
}
