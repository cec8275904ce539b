//! Countries, divisions, postcodes, ids, genders, yes and no: what may be
//! written, and addresses that others have labelled.

use std::path::Path;

use handover::normalize::country::Country;
use handover::normalize::postcode::Postcode;
use handover::normalize::region_cn::SplitRegion;
use handover::normalize::{Splitter, named};
use handover::{Fault, Normalizer};
use proptest::prelude::*;

use super::laws::messy_text;
use crate::common::{cases, shared};

/// Text that comes near to an id, a postcode or an address.
fn near() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[1-9][1-7][0-9]{4}(19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9xX]",
        "[19][0-9]{7}[A-Z0-9]{9}[0-9A-Z]",
        "[A-Z]{1,2}[0-9]{1,2} ?[0-9][A-Z]{2}",
        "[0-9]{3,7}",
        "(北京|上海|广东|深圳|南山|朝阳|鼓楼|吉林|沪|臺灣|中国)(省|市|区|區|路)?",
        "[ /,-]",
        "(China|中国|UK|Korea|DE|Guangdong|Suzhou|男|女|M|是|否|Y)",
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// What a rule may write, as a predicate of the whole.
type Alphabet = fn(&str) -> bool;

const ALPHABETS: &[(&str, Alphabet)] = &[
    ("country", |text| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())),
    ("country:numeric", |text| text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit())),
    ("bool", |text| matches!(text, "true" | "false")),
    ("gender", |text| matches!(text, "male" | "female" | "other" | "unknown")),
    ("region_cn:code", |text| text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())),
    ("region_cn", |text| !text.is_ascii() && text.split('/').all(|name| name.chars().count() > 1)),
    ("postcode", |text| {
        text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b" -".contains(&b))
    }),
    ("postcode:GB", |text| text.contains(' ')),
    ("id_cn:upgrade", |text| text.len() == 18 && text.bytes().take(17).all(|b| b.is_ascii_digit())),
    ("credit_code_cn", |text| text.len() == 18 && text.bytes().all(|b| b.is_ascii_alphanumeric())),
];

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn what_is_written_is_in_the_alphabet_of_the_rule(text in prop_oneof![messy_text(), near()]) {
        for (asked, allowed) in ALPHABETS {
            let rule = named(asked).unwrap();
            if let Ok(written) = rule.normalize(&text) {
                prop_assert!(allowed(&written), "{} of {:?}: {}", asked, text, written);
                let again = rule.normalize(&written);
                prop_assert_eq!(again.as_deref(), Ok(&*written), "{} of {:?}", asked, text);
            }
        }
    }

    #[test]
    fn no_message_about_an_id_holds_a_digit(text in prop_oneof![messy_text(), near()]) {
        for asked in ["id_cn", "id_cn:upgrade", "credit_code_cn"] {
            if let Err(fault) = named(asked).unwrap().normalize(&text) {
                prop_assert!(!fault.to_string().contains(|c: char| c.is_numeric()), "{}", fault);
            }
        }
    }
}

/// Names of countries and postcodes in the test addresses of OpenCage's address-formatting.
#[test]
fn countries_and_postcodes_of_addresses_are_read() {
    let Some(folder) = shared("addresses/opencage/countries") else { return };
    let (mut names, mut codes) = (Tally::default(), Tally::default());
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for (code, name, postcode) in files.iter().flat_map(|file| addresses(file)) {
        let expected = code.to_uppercase();
        if !name.is_empty() {
            let found = Country::find(&name).map(|country| country.alpha2());
            names.count(found == Ok(&*expected), || format!("{name} of {expected}: {found:?}"));
        }
        let rule = Postcode::region(&expected);
        let known = rule.normalize("0").is_err_and(|fault| fault.to_string().contains(&expected));
        if known && !postcode.is_empty() {
            let found = rule.normalize(&postcode);
            let same = found.as_ref().is_ok_and(|found| letters(&postcode).ends_with(&letters(found)));
            codes.count(same, || format!("{postcode} of {expected}: {found:?}"));
        }
    }
    println!("countries {names}\npostcodes {codes}");
    assert!(names.asked > 400 && names.share() >= 95.0);
    assert!(codes.asked > 200 && codes.share() >= 90.0);
}

fn letters(postcode: &str) -> String {
    postcode.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
}

/// Code, name and postcode of the addresses of a file.
fn addresses(file: &Path) -> Vec<(String, String, String)> {
    let text = std::fs::read_to_string(file).unwrap();
    let value = |address: &str, key: &str| {
        let mut lines = address.lines().filter_map(|line| line.trim().strip_prefix(key)?.strip_prefix(':'));
        lines.next().map(|value| value.trim().trim_matches(['"', '\'']).to_owned()).unwrap_or_default()
    };
    text.split("components:")
        .map(|address| {
            (value(address, "country_code"), value(address, "country"), value(address, "postcode"))
        })
        .filter(|(code, ..)| !code.is_empty())
        .collect()
}

/// Chinese addresses of JioNLP's tests. Where a district is there several
/// times or was merged, that library decides otherwise.
#[test]
fn divisions_of_addresses_are_read() {
    let Some(path) = shared("addresses/jionlp_location_cases.csv") else { return };
    let mut tally = Tally::default();
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let expected = [&row[1], &row[2], &row[3]];
        let mut found = Vec::new();
        let read: Result<(), Fault> = SplitRegion::new().split(&row[0], &mut found);
        let right = match &read {
            Ok(()) => found == expected,
            Err(_) => expected[0].is_empty(),
        };
        tally.count(right, || format!("{} is {expected:?}, found {read:?} {found:?}", &row[0]));
    }
    println!("divisions {tally}");
    assert!(tally.asked > 30 && tally.share() >= 80.0);
}

/// Every path of districts of `china-division`, in several ways of writing them.
#[test]
fn every_path_of_districts_is_read() {
    let Some(folder) = shared("addresses/china-division") else { return };
    let table = |name: &str| -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    let (provinces, cities, areas) = (table("provinces.csv"), table("cities.csv"), table("areas.csv"));
    let name = |table: &[Vec<String>], code: &str| -> String {
        table.iter().find(|row| row[0] == code).map(|row| row[1].clone()).unwrap_or_default()
    };
    let rule = named("region_cn:code").unwrap();
    let mut tally = Tally::default();
    for area in areas.iter().step_by(3) {
        let (city, province) = (name(&cities, &area[2]), name(&provinces, &area[3]));
        for text in [
            format!("{province}{city}{}", area[1]),
            format!("{province}/{city}/{}", area[1]),
            format!("{} {} {}", province, city.trim_end_matches('市'), area[1]),
            format!("{province}{city}{}示例路1号", area[1]),
        ] {
            let found = rule.normalize(&text);
            tally.count(found.as_deref() == Ok(&*area[0]), || {
                format!("{text} is {}, found {found:?}", area[0])
            });
        }
    }
    println!("paths {tally}");
    assert!(tally.share() >= 99.5);
}

/// How many were asked and right; the others are printed.
#[derive(Default)]
struct Tally {
    right: usize,
    asked: usize,
}

impl Tally {
    fn count(&mut self, right: bool, wrong: impl FnOnce() -> String) {
        self.asked += 1;
        match right {
            true => self.right += 1,
            false => println!("{}", wrong()),
        }
    }

    fn share(&self) -> f64 {
        self.right as f64 * 100.0 / self.asked as f64
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{} {:.2} %", self.right, self.asked, self.share())
    }
}
