//! The legacy CRM of the examples: each file is read, and what is said of it is true.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use handover::normalize::id_cn::CreditCode;
use handover::normalize::{apply, email};
use handover::{Normalizer, Value, source};
use rusqlite::Connection;
use serde_json::Value as Json;

use crate::common::{Table, read};

const USER: &str = "用户编号/user_id";
const COMPANY: &str = "客户编号/Company ID";
const OWNER: &str = "负责人编号";

fn file(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "examples/data/legacy_crm", name].iter().collect()
}

fn expected() -> Json {
    serde_json::from_slice(&std::fs::read(file("expected.json")).unwrap()).unwrap()
}

/// The records of a file, of which none is rejected.
fn table(name: &str) -> Table {
    let table = read(source::open(file(name)).unwrap()).unwrap();
    assert_eq!(table.rejects, "", "{name}");
    table
}

/// A column as text, null as nothing.
fn column(table: &Table, name: &str) -> Vec<String> {
    let cell = |value: Value<'_>| if value.is_null() { String::new() } else { value.to_string() };
    table.records.iter().map(|record| cell(record.get(name).unwrap())).collect()
}

/// The keys of the records whose value in a column is such.
fn keys(table: &Table, key: &str, name: &str, such: impl Fn(&str) -> bool) -> Vec<String> {
    let both = column(table, key).into_iter().zip(column(table, name));
    let mut keys: Vec<_> = both.filter(|(_, value)| such(value)).map(|(key, _)| key).collect();
    keys.sort();
    keys
}

/// The keys that are planted under any of these names.
fn planted(expected: &Json, kind: &str, names: &[&str]) -> Vec<String> {
    let ids = names.iter().flat_map(|name| expected[kind][name].as_array().unwrap());
    let mut ids: Vec<_> = ids.map(|id| id.as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn pairs(expected: &Json, kind: &str, name: &str) -> Vec<[String; 2]> {
    serde_json::from_value(expected[kind][name].clone()).unwrap()
}

#[test]
fn every_row_is_read() {
    let expected = expected();
    let files = [
        ("users", "users.csv", 7, 40),
        ("companies", "companies.xlsx", 13, 900),
        ("contacts", "contacts.csv", 12, 2400),
        ("deals", "deals.json", 10, 1300),
        ("activities", "activities.jsonl", 9, 2500),
    ];
    for (kind, name, columns, rows) in files {
        let table = table(name);
        assert_eq!((table.header.len(), table.records.len()), (columns, rows), "{name}: {:?}", table.header);
        assert_eq!(expected["rows"][kind], rows, "{name}");
    }
}

#[test]
fn what_belongs_to_nobody_is_planted() {
    let expected = expected();
    let [users, companies, contacts, deals, activities] =
        ["users.csv", "companies.xlsx", "contacts.csv", "deals.json", "activities.jsonl"].map(table);
    let known = |table: &Table, key: &str| column(table, key).into_iter().collect::<HashSet<_>>();
    let known = [
        known(&users, USER),
        known(&companies, COMPANY),
        known(&contacts, "联系人编号"),
        known(&deals, "id"),
    ];
    let [user, company, contact, deal] = &known;
    let references = [
        ("companies", &companies, COMPANY, OWNER, user, "unknown_owner"),
        ("companies", &companies, COMPANY, "上级客户编号", company, "parent_nowhere"),
        ("contacts", &contacts, "联系人编号", OWNER, user, "unknown_owner"),
        ("contacts", &contacts, "联系人编号", "客户编号", company, "company_nowhere"),
        ("deals", &deals, "id", "owner.id", user, "unknown_owner"),
        ("deals", &deals, "id", "company.id", company, "company_nowhere"),
        ("activities", &activities, "id", "owner", user, "unknown_owner"),
        ("activities", &activities, "id", "contact_id", contact, "contact_nowhere"),
        ("activities", &activities, "id", "deal_id", deal, "deal_nowhere"),
    ];
    for (kind, table, key, reference, known, name) in references {
        let nowhere = keys(table, key, reference, |id| !id.is_empty() && !known.contains(id));
        assert_eq!(nowhere, planted(&expected, kind, &[name]), "{kind}.{reference}");
    }
    assert_eq!(keys(&deals, "id", "contact.id", |id| !id.is_empty() && !contact.contains(id)), [""; 0]);

    let inactive = keys(&users, USER, "status", |status| status == "inactive");
    assert_eq!(inactive, planted(&expected, "users", &["inactive"]));
    let gone = keys(&deals, "id", "owner.id", |id| inactive.iter().any(|user| user == id));
    assert_eq!(gone, planted(&expected, "deals", &["closed_with_inactive_owner", "inactive_owner"]));
    let gone = keys(&contacts, "联系人编号", OWNER, |id| inactive.iter().any(|user| user == id));
    assert_eq!(gone, planted(&expected, "contacts", &["inactive_owner"]));
}

#[test]
fn companies_that_cannot_be_above_themselves() {
    let (expected, companies) = (expected(), table("companies.xlsx"));
    let ids = column(&companies, COMPANY);
    assert!(ids.iter().any(|id| id.starts_with("00")), "leading zeros stay");
    let parents: HashMap<_, _> = ids.iter().cloned().zip(column(&companies, "上级客户编号")).collect();
    // No way up is longer than from the lowest floor to the highest, unless it has no end.
    let endless = |id: &String| {
        let mut above = id;
        (0..4).all(|_| parents.get(above).inspect(|parent| above = parent).is_some_and(|id| !id.is_empty()))
    };
    let mut endless: Vec<_> = ids.iter().filter(|id| endless(id)).cloned().collect();
    endless.sort();
    assert_eq!(endless, planted(&expected, "companies", &["parent_cycle", "parent_is_itself"]));
    let chains: Vec<[String; 3]> =
        serde_json::from_value(expected["companies"]["chains_of_three"].clone()).unwrap();
    assert_eq!(chains.len(), 5);
    for [low, middle, high] in chains {
        assert_eq!([&parents[&low], &parents[&middle], &parents[&high]], [&middle, &high, ""]);
    }
}

#[test]
fn customers_who_are_there_twice() {
    let (expected, companies, contacts) = (expected(), table("companies.xlsx"), table("contacts.csv"));
    let of = |table: &Table, key: &str, name: &str| -> HashMap<String, String> {
        column(table, key).into_iter().zip(column(table, name)).collect()
    };
    let (names, codes) = (of(&companies, COMPANY, "客户名称"), of(&companies, COMPANY, "统一社会信用代码"));
    for [one, other] in pairs(&expected, "companies", "duplicates_by_credit_code") {
        assert_eq!(codes[&one], codes[&other].to_uppercase(), "{one} {other}");
        assert_ne!(names[&one], names[&other]);
    }
    assert_eq!(pairs(&expected, "companies", "duplicates_by_phone").len(), 15);

    let half_width = |text: &str| -> String {
        let char = |char| match char {
            '！'..='～' => char::from_u32(char as u32 - 0xFEE0).unwrap(),
            other => other,
        };
        text.trim().chars().map(char).collect()
    };
    let [emails, mobiles] = ["邮箱", "手机"].map(|name| of(&contacts, "联系人编号", name));
    let end = |mobile: &str| -> String {
        let digits = half_width(mobile).chars().filter(char::is_ascii_digit).collect::<String>();
        digits[digits.len() - 7..].to_owned()
    };
    for (by, count) in [("mobile", 55), ("email", 45), ("both", 20)] {
        let pairs = pairs(&expected, "contacts", &format!("duplicates_by_{by}"));
        assert_eq!(pairs.len(), count);
        for [one, other] in pairs {
            let email = half_width(&emails[&other]).to_lowercase();
            assert!(by == "mobile" && email.is_empty() || email == emails[&one], "{one} {other}");
            let mobile = &mobiles[&other];
            assert!(
                by == "email" && mobile.is_empty() || end(mobile) == end(&mobiles[&one]),
                "{one} {other}"
            );
        }
    }
    let same = &expected["contacts"]["same_id"][0];
    let ids = column(&contacts, "联系人编号");
    let at: Vec<_> = (1..=ids.len()).filter(|&record| same["id"] == ids[record - 1]).collect();
    assert_eq!(same["records"], Json::from(at));
}

#[test]
fn values_that_nobody_can_take() {
    let (expected, deals, contacts) = (expected(), table("deals.json"), table("contacts.csv"));
    let stages = &expected["values"]["deals.stage"];
    let strange = keys(&deals, "id", "stage", |stage| stages[stage].is_null());
    assert_eq!(strange, planted(&expected, "deals", &["unknown_stage"]));
    assert_eq!(keys(&deals, "id", "title", str::is_empty), planted(&expected, "deals", &["no_title"]));
    let amount = |amount: &str| amount.parse().is_ok_and(|amount: f64| !(0.0..1e10).contains(&amount));
    assert_eq!(keys(&deals, "id", "amount", amount), planted(&expected, "deals", &["amount_out_of_range"]));
    let long = keys(&contacts, "联系人编号", "职务", |title| title.chars().count() > 80);
    assert_eq!(long, planted(&expected, "contacts", &["title_too_long"]));
    let remarks = keys(&contacts, "联系人编号", "备注", |remark| remark.contains('\n'));
    assert_eq!(remarks, planted(&expected, "contacts", &["remark_with_line_breaks"]));
    let rare = column(&contacts, "姓名");
    assert!(["李㐂", "王𠮷", "陈𬭎", "赵䶮"].iter().all(|name| rare.iter().any(|known| known == name)));
}

#[test]
fn the_target_is_a_database_with_rules() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&std::fs::read_to_string(file("target_sqlite.sql")).unwrap()).unwrap();
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let expected = expected();
    for table in ["users", "companies", "contacts"] {
        assert_eq!(expected["target"]["rows"][table], number(&format!("SELECT count(*) FROM {table}")));
        assert!(number(&format!("SELECT max(id) FROM {table}")) < 1000);
    }
    let by_email = "SELECT id FROM contacts WHERE lower(email) = ?1";
    let contacts = table("contacts.csv");
    let emails: HashMap<_, _> =
        column(&contacts, "联系人编号").into_iter().zip(column(&contacts, "邮箱")).collect();
    let matches = expected["target"]["contacts"].as_array().unwrap();
    assert_eq!(matches.len(), 40);
    for known in matches {
        let email = &emails[known["legacy"].as_str().unwrap()];
        let id: i64 = connection.query_row(by_email, [email], |row| row.get(0)).unwrap();
        assert_eq!(known["target"], id, "{email}");
    }

    let run = |sql: &str| connection.execute(sql, []).map_err(|error| error.to_string());
    assert_eq!(run("INSERT INTO companies (legacy_id, name) VALUES ('A-1', 'x')"), Ok(1));
    assert_eq!(number("SELECT id FROM companies WHERE legacy_id = 'A-1' AND created_by = 'import'"), 1000);
    for (sql, why) in [
        ("INSERT INTO companies (legacy_id, name) VALUES ('A-1', 'y')", "UNIQUE"),
        ("UPDATE companies SET parent_id = 1000 WHERE id = 1000", "CHECK"),
        ("UPDATE companies SET parent_id = 5000 WHERE id = 1000", "FOREIGN KEY"),
        ("UPDATE companies SET created_on = '2020-02-30' WHERE id = 1000", "CHECK"),
        ("INSERT INTO contacts (name, email) VALUES ('x', 'sun@example..com')", "CHECK"),
        ("INSERT INTO deals (title, currency, stage) VALUES ('x', 'CNY', 'won')", "NOT NULL"),
        ("INSERT INTO activities (type, subject, happened_at) VALUES ('call', 'x', '2024-01-01')", "CHECK"),
    ] {
        assert!(run(sql).unwrap_err().starts_with(why), "{sql}");
    }
}

/// The keys of the records with a value in a column that is refused.
fn refused(table: &Table, key: &str, name: &str, rules: &[Box<dyn Normalizer>]) -> Vec<String> {
    keys(table, key, name, |value| apply(rules, value).is_err())
}

#[test]
fn what_is_not_planted_is_valid() {
    let (expected, companies, contacts) = (expected(), table("companies.xlsx"), table("contacts.csv"));
    let bad = refused(&contacts, "联系人编号", "邮箱", &[email()]);
    assert_eq!(bad, planted(&expected, "contacts", &["bad_email"]));
    let wrong = |code: &str| !code.is_empty() && CreditCode::parse(code).is_err();
    assert_eq!(keys(&companies, COMPANY, "统一社会信用代码", wrong), [""; 0]);
    #[cfg(feature = "phone")]
    {
        let phone = [handover::normalize::phone("CN")];
        assert_eq!(refused(&companies, COMPANY, "电话", &phone), [""; 0]);
        assert_eq!(refused(&contacts, "联系人编号", "手机", &phone), [""; 0]);
        assert_eq!(refused(&contacts, "联系人编号", "电话", &phone), [""; 0]);
    }
}
