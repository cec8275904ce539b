//! Whatever is in a file, matching ends soon and within bounded memory, with an answer or with an
//! error that says what to do.

use std::sync::Arc;

use handover::dedupe::matching::{Matcher, Matching, Role};
use handover::dedupe::{Dedupe, DuplicateDetector, ExactKeys, Links, Records};
use handover::{Result, Schema};

const COLUMNS: [&str; 6] = ["id", "name", "company", "phone", "email", "city"];

fn repeated(columns: &[&str], rows: usize, row: impl Fn(usize) -> Vec<String>) -> Records {
    let schema: Arc<Schema> = Schema::text(columns.iter().copied()).unwrap();
    super::records(&schema, &(0..rows).map(row).collect::<Vec<_>>())
}

const ROLES: [Role; 6] =
    [Role::Ignore, Role::PersonName, Role::Company, Role::Phone, Role::Email, Role::City];

/// The roles are said, because of columns of one value it is guessed that they tell nothing.
fn matched(records: &Records) -> Result<Matching> {
    let roles = COLUMNS.iter().zip(ROLES).filter(|(column, _)| records.schema().index(column).is_ok());
    roles.fold(Matcher::new(), |matcher, (column, role)| matcher.role(*column, role)).matching(records)
}

fn customer(number: usize) -> Vec<String> {
    let values = ["王伟", "星河科技有限公司", "13800138000", "wang@example.cn", "上海"];
    [number.to_string()].into_iter().chain(values.map(str::to_owned)).collect()
}

/// How many customers the records are.
fn customers(records: &Records, matching: &Matching) -> usize {
    let mut links = Links::default();
    matching.report(&mut links);
    assert!(links.iter().all(|link| (0.0..1.0).contains(&link.probability)));
    Matcher::clustering().cluster(records, &links).unwrap().survivors()
}

#[test]
fn records_that_are_all_equal() {
    let records = repeated(&COLUMNS, 20_000, customer);
    let matching = matched(&records).unwrap();
    let blocking = matching.blocking().unwrap();
    assert!(matching.compared() <= 5_000_000);
    assert!(blocking.rules.iter().all(|rule| rule.skipped == 0 || rule.largest_skipped == 20_000));
    assert!(customers(&records, &matching) <= 20_000);
}

#[test]
fn records_that_say_nothing() {
    let empty = |number: usize| [vec![number.to_string()], vec![String::new(); 5]].concat();
    let records = repeated(&COLUMNS, 3_000, empty);
    assert_eq!(customers(&records, &matched(&records).unwrap()), 3_000);
}

#[test]
fn one_record_and_none() {
    for count in [0, 1] {
        let records = repeated(&COLUMNS, count, customer);
        let mut links = Links::default();
        Matcher::new().detect(&records, &mut links).unwrap();
        assert_eq!(links.iter().count(), 0);
        let matching = matched(&records).unwrap();
        assert_eq!((matching.compared(), matching.pairs().len()), (0, 0));
    }
}

#[test]
fn columns_of_which_none_tells_anything() {
    let empty = |number: usize| [vec![number.to_string()], vec![String::new(); 5]].concat();
    let error = Matcher::new().matching(&repeated(&COLUMNS, 100, empty)).unwrap_err();
    assert_eq!(error.to_string(), "no column tells who a customer is: say the role of one");
}

#[test]
fn records_that_are_all_equal_and_no_role_is_said() {
    for count in [2, 100] {
        let records = repeated(&COLUMNS, count, customer);
        let error = Matcher::new().role("id", Role::Ignore).matching(&records).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no column tells who a customer is: those that are filled hold one value, the same in all \
             records; say the role of another, or, if records that are equal are one customer, find them by \
             `ExactKeys`"
        );
        // What the message says helps.
        let exact = Dedupe::by(ExactKeys::on(["name", "phone"])).bind(records.schema(), &["crm"]);
        assert_eq!(exact.unwrap().find(&records).unwrap().survivors(), 1);
    }
}

#[test]
fn one_block_of_a_hundred_thousand() {
    let records =
        repeated(&["id", "phone"], 100_000, |number| vec![number.to_string(), "13800138000".to_owned()]);
    let matching = matched(&records).unwrap();
    assert_eq!(matching.compared(), 0, "what all agree on tells nobody apart");
    assert_eq!(customers(&records, &matching), 100_000);
}

#[test]
fn a_value_of_ten_megabytes() {
    let words: String = (0..1_500_000).map(|word| format!("w{word} ")).collect();
    let letters = "长".repeat(3_500_000);
    for column in 1..COLUMNS.len() {
        for value in [&words, &letters] {
            let records = repeated(&COLUMNS, 3, |number| {
                let mut row = customer(number);
                if number > 0 {
                    row[column].clone_from(value);
                }
                row
            });
            let matching = matched(&records).unwrap();
            assert_eq!(matching.compared(), 3);
        }
    }
}

#[test]
fn five_hundred_columns() {
    let names: Vec<String> = (0..500).map(|column| format!("column {column}")).collect();
    let columns: Vec<&str> = names.iter().map(String::as_str).collect();
    // As exports are: few columns are filled.
    let records = repeated(&columns, 60, |number| {
        let value = |column: usize| match column % 50 {
            0 => format!("{}", (number / 2) * 1_000 + column),
            1 => "one value".to_owned(),
            _ => String::new(),
        };
        (0..500).map(value).collect()
    });
    let matching = Matcher::new().role("column 0", Role::Ignore).matching(&records).unwrap();
    assert_eq!(matching.compared(), 60 * 59 / 2);
    assert!(matching.pairs().iter().all(|pair| pair.weight.is_finite()));
}

#[test]
fn ids_that_repeat_or_are_missing() {
    for id in ["K1", ""] {
        let records = repeated(&COLUMNS, 300, |number| {
            let mut row = customer(number);
            row[0] = id.to_owned();
            row[1] = format!("name{}", number / 2);
            row[3] = format!("1380013{:04}", number / 2);
            row[4] = format!("name{}@example.cn", number / 2);
            row
        });
        assert_eq!(customers(&records, &matched(&records).unwrap()), 150);
        assert!(records.check_keys(&["crm"]).is_err(), "who needs ids is told");
    }
}

#[test]
fn characters_that_are_not_seen() {
    let odd =
        ["\0", "\u{202e}", "\u{200b}", "\u{feff}", "\u{1f469}\u{200d}\u{1f4bb}", "\u{0301}", "\u{fffd}"];
    let records = repeated(&COLUMNS, 140, |number| {
        let odd = odd[number % odd.len()];
        customer(number)
            .into_iter()
            .enumerate()
            .map(|(column, value)| match (column, number / odd.len().max(1) % 3) {
                (0, _) => value,
                (_, 0) => odd.repeat(40),
                (_, 1) => format!("{odd}{value}"),
                _ => format!("{value}{odd}{number}"),
            })
            .collect()
    });
    let matching = matched(&records).unwrap();
    assert_eq!(matching.compared(), 140 * 139 / 2);
    assert!(matching.pairs().iter().all(|pair| pair.weight.is_finite()));
}

#[test]
fn columns_that_are_all_ignored() {
    let records = repeated(&COLUMNS, 10, customer);
    let matcher = COLUMNS.iter().fold(Matcher::new(), |matcher, column| matcher.role(*column, Role::Ignore));
    let error = matcher.matching(&records).unwrap_err();
    assert_eq!(error.to_string(), "no column tells who a customer is: say the role of one");
}
