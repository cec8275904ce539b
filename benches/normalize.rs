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
    phones(1_000);
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
    (
        "person_name",
        &["John Smith", "Mary A. Jones", "Smith, John", "Dr. Jan van der Berg", "Peter Brown, Jr."],
    ),
    ("person_name", &["王伟", "欧阳娜娜", "李小明", "张经理", "김민준"]),
    ("person_name:key", &["John Smith", "Wang Wei", "Smith, John", "Jürgen Groß", "王伟"]),
    ("url", SITES),
    ("domain", SITES),
    ("placeholder", &["Zhang San", "13912345679", "待补充", "12 Harbour Street", "上海某某科技有限公司"]),
    (
        "placeholder:phone",
        &["13912345679", "+8613912345679", "010-61234567", "13800138000", "(650) 253-1234"],
    ),
    ("placeholder:email", ADDRESSES),
    // ISO 8601; numbers; English; Chinese.
    ("date", &["2024-03-04", "1999-12-31", "2024-02-29"]),
    ("date:dmy", &["04/03/2024", "4/3/2024", "31.12.1999", "20240304"]),
    ("date", &["4 March 2024", "Mar 4, 2024", "4-Mar-24"]),
    ("date", &["2024年3月4日", "1999年12月31日", "二〇二四年三月四日"]),
    ("datetime", &["2024-03-04T05:06:07+08:00", "2024-03-04T05:06:07Z", "2024-03-04T05:06:07"]),
    ("datetime", &["2024-03-04 05:06:07", "2024/3/4 5:06", "2024-03-04 05:06:07.500"]),
    ("datetime", &["2024年3月4日 下午3:05", "2024/3/4 上午 03:05:06"]),
    ("number", &["1,234.56", "1234.50", "-12", "3.5万", "1.234,56"]),
    ("number", &["1234.50", "0", "-12", "350000"]),
    ("money", &["￥1,234.00", "USD 5k", "$120", "1.234,50 €", "壹万贰仟元整"]),
    ("mojibake", &["Zhang San", "12 Harbour Street", "info@example.com"]),
    ("mojibake", &["北京市朝阳区建国路88号", "张三丰", "上海某某科技有限公司", "客户经理：李四"]),
    ("mojibake", &["Müller & Söhne", "François Lefèvre", "Nguyễn Thị Ánh"]),
    ("mojibake", &["FranÃ§ois", "鐜嬩紵", "ÍõÎ°", "Tiáº¿ng Viá»‡t"]),
    ("company", COMPANIES),
    ("company:key", COMPANIES),
    ("company:key", REGISTERED),
    ("html", &["Zhang San", "R&D", "Smith &amp; Sons", "<p>called <b>back</b></p>"]),
    ("text:quotes", &["Zhang San", "“O’Brien”", "12 Harbour Street"]),
    ("simplified", REGISTERED),
    ("traditional", REGISTERED),
    ("country", &["China", "中国", "United States", "德国"]),
    ("region_cn", &["广东省深圳市南山区", "上海浦东", "江苏-苏州-昆山", "重庆市渝中区示例路1号"]),
    ("region_cn:code", &["440305", "310000", "320583", "500103"]),
    ("postcode:GB", &["SW1A 1AA", "sw1a1aa", "M2 5BQ", "EC1Y8SY"]),
    ("id_cn", &["11000019900307001X", "110000199003070028", "110000 19900307 001X", "11000019900307001x"]),
    ("credit_code_cn", &["91110000MA0000031P", "91110000MA00000077", "91110000ma0000031p"]),
];

const COMPANIES: &[&str] = &[
    "Springfield Harbour Trading Co., Ltd.",
    "Müller & Söhne GmbH & Co. KG",
    "acme inc",
    "The Blue Lagoon Company",
    "Zielony Dom Sp. z o.o.",
];
const REGISTERED: &[&str] = &[
    "北京市星河科技（集团）股份有限公司",
    "星河生物医药(上海)有限公司",
    "上海银行股份有限公司",
    "臺灣積體電路製造股份有限公司",
    "星河",
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
    // Short passes, and many of them: on a busy machine some run undisturbed.
    const REPEATED: usize = 200;
    const ROUNDS: usize = 30;
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
        let count = REPEATED * values.len();
        let pass = || {
            for value in values.iter().cycle().take(count) {
                let _ = black_box(rule.normalize(black_box(value)));
            }
        };
        (0..ROUNDS).map(|_| nanoseconds(count, pass)).fold(f64::INFINITY, f64::min)
    };
    for rule in &rules {
        println!("{:<16}{:>10.1}{:>10.1}", rule.name(), cost(rule, &ascii), cost(rule, &chinese));
    }
    println!("\n{:<24}   ns a value", "");
    for (asked, values) in KINDS {
        println!("{asked:<24}{:>10.1}", cost(&named(asked).unwrap(), values));
    }
}

/// Phone numbers as people write them, of China only and of all regions: by
/// `rlibphonenumber` itself (parse, validate, format) and by the rule.
#[cfg(feature = "phone")]
fn phones(count: usize) {
    use handover::normalize::Phone;
    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

    let Some(path) = shared::shared("phone/phone_truth_dev.csv") else { return };
    let rows = csv::Reader::from_path(path).unwrap().into_records().map(Result::unwrap);
    let valid: Vec<_> = rows
        .filter(|row| &row[3] == "true" && row[1] != *"ZZ" && !row[1].is_empty())
        .map(|row| (row[0].to_owned(), row[1].to_owned(), row[8].to_owned(), Phone::region(&row[1])))
        .collect();
    type Number = (String, String, String, Phone);
    let library = |(text, region, ..): &Number| {
        let number = PHONE_NUMBER_UTIL.parse(text, Region::from_code(region).ok()).ok();
        let number = number.filter(|number| number.is_valid());
        black_box(number.map(|number| number.format_as(PhoneNumberFormat::E164).into_owned()));
    };
    let rule = |(text, _, _, phone): &Number| {
        let _ = black_box(phone.normalize(text));
    };
    // Of every seventh: neighbours in the file are of one region.
    let mixed = |wanted: fn(&str) -> bool| -> Vec<&Number> {
        valid.iter().step_by(7).filter(|row| wanted(&row.2)).cycle().take(count).collect()
    };
    let one = |wanted: fn(&str) -> bool| -> Vec<&Number> {
        valid.iter().filter(|row| row.1 == "CN" && wanted(&row.2)).cycle().take(count).collect()
    };
    let clean = |kind: &str| ["e164", "international", "national", "dashes", "nsn_only"].contains(&kind);
    println!("\n{:<32}{:>10}{:>10}{:>8}   two threads", "ns a phone number", "library", "rule", "ratio");
    for (name, numbers) in [
        ("one region, clean", one(clean)),
        ("one region, all writings", one(|_| true)),
        ("all regions, clean", mixed(clean)),
        ("all regions, all writings", mixed(|_| true)),
    ] {
        let steady = |threads, read: &(dyn Fn(&Number) + Sync)| {
            steady(threads, count, || numbers.iter().for_each(|number| read(number)))
        };
        let (theirs, ours) = (steady(1, &library), steady(1, &rule));
        let (theirs_2, ours_2) = (2.0 * theirs / steady(2, &library), 2.0 * ours / steady(2, &rule));
        println!(
            "{name:<32}{theirs:>10.0}{ours:>10.0}{:>8.2}   throughput times {theirs_2:.2} and {ours_2:.2}",
            ours / theirs
        );
    }
}

/// Nanoseconds that each of several threads takes per number once its caches
/// are warm, the slowest thread's: the same for any number of threads, where they do not contend.
#[cfg(feature = "phone")]
fn steady(threads: usize, count: usize, pass: impl Fn() + Sync) -> f64 {
    const TIMES: usize = 10;
    let together = std::sync::Barrier::new(threads);
    let work = || {
        pass();
        together.wait();
        (0..TIMES).map(|_| nanoseconds(count, &pass)).fold(f64::MAX, f64::min)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).fold(0.0, f64::max)
    })
}
