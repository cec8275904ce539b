//! What holds of matching, whatever the records are.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use handover::dedupe::matching::{Evidence, Matcher, Model, Role};
use handover::dedupe::{Decision, Decisions, Dedupe, DuplicateDetector, Links, RecordKey, Records};
use handover::{Pipeline, Record, Schema, sink::Collect};
use proptest::prelude::*;
use proptest::sample::select;

use super::{add, records, source};
use crate::bench_customers::write_customers;
use crate::common::cases;

type Rows = Vec<Vec<String>>;

/// So many customers, of whom every seventh or so stands twice.
fn customers(count: u64) -> (Arc<Schema>, Rows) {
    let mut text = Vec::new();
    write_customers(count, &mut text).unwrap();
    let mut reader = csv::Reader::from_reader(&text[..]);
    let schema = Schema::text(reader.headers().unwrap()).unwrap();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    (schema, rows)
}

fn matcher() -> Matcher {
    Matcher::new().role("customer_id", Role::Ignore).threads(1)
}

/// The clusters, by the keys of their members.
fn clusters(matcher: &Matcher, records: &Records) -> BTreeSet<BTreeSet<String>> {
    let mut links = Links::default();
    matcher.matching(records).unwrap().report(&mut links);
    let clusters = Matcher::clustering().cluster(records, &links).unwrap();
    let key = |member: &u32| records.row(*member as usize).unwrap().key().unwrap().to_owned();
    clusters.iter().map(|members| members.iter().map(key).collect()).collect()
}

#[test]
fn clusters_depend_neither_on_the_order_of_records_nor_on_threads() {
    let (schema, rows) = customers(400);
    let found = clusters(&matcher(), &records(&schema, &rows));
    assert!(found.len() > 20, "{}", found.len());

    let turned: Rows = rows.iter().rev().cloned().collect();
    // Every 173rd, again and again: 400 and 173 have no divisor in common.
    let dealt: Rows = (0..rows.len()).map(|place| rows[place * 173 % rows.len()].clone()).collect();
    assert_eq!(clusters(&matcher(), &records(&schema, &turned)), found);
    assert_eq!(clusters(&matcher().threads(3), &records(&schema, &dealt)), found);
}

#[test]
fn what_is_found_within_a_budget_depends_on_neither_either() {
    let (schema, rows) = customers(500);
    let matcher = matcher().budget(10_000);
    let found = clusters(&matcher, &records(&schema, &rows));
    assert!(found.len() > 25, "{}", found.len());
    let turned: Rows = rows.iter().rev().cloned().collect();
    assert_eq!(clusters(&matcher.threads(3), &records(&schema, &turned)), found);
}

const ROLES: [(&str, Role); 6] = [
    ("name", Role::PersonName),
    ("company", Role::Company),
    ("phone", Role::Phone),
    ("email", Role::Email),
    ("birth_date", Role::Date),
    ("city", Role::City),
];

/// A matcher of the columns of [`ROLES`] that learns nothing.
static LEARNT: LazyLock<Matcher> = LazyLock::new(|| {
    let (schema, rows) = customers(300);
    let ignored = ["customer_id", "address", "owner", "created_at"];
    let matcher =
        ignored.iter().fold(roles(Matcher::new()), |matcher, column| matcher.role(*column, Role::Ignore));
    let model: Model = matcher.matching(&records(&schema, &rows)).unwrap().model().clone();
    roles(Matcher::new()).threads(1).model(model)
});

fn roles(matcher: Matcher) -> Matcher {
    ROLES.iter().fold(matcher, |matcher, (column, role)| matcher.role(*column, *role))
}

/// A customer of the columns of [`ROLES`]: of few values, so that they meet.
fn customer() -> impl Strategy<Value = Vec<String>> {
    let own = |value: &[&'static str]| select(value.to_vec()).prop_map(str::to_owned);
    let columns = (
        own(&[
            "",
            "王伟",
            "Wang Wei",
            "wei wang",
            "W. Wang",
            "欧阳娜娜",
            "Dr. José Müller",
            "jose mueller",
            "-",
        ]),
        own(&["", "星河科技有限公司", "上海星河", "Star River Ltd", "Star-River Limited", "n/a"]),
        own(&["", "13800138000", "+86 138 0013 8000", "138001380", "021-5555 1234 转 8", "0"]),
        own(&["", "wang@example.cn", "wnag@example.cn", "info@example.cn", "wang@exmaple.cn", "@"]),
        own(&["", "1980-02-03", "03.02.1980", "1980-03-02", "1980", "0000-00-00"]),
        own(&["", "上海", "上海市", "Shanghai", "Shangai", "北京"]),
    );
    columns.prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f])
}

fn few(rows: &Rows) -> Records {
    let schema = Schema::text(ROLES.map(|(column, _)| column)).unwrap();
    let mut records = Records::new(schema.clone());
    rows.iter().for_each(|row| {
        let record = Record::of(schema.clone(), row.iter().map(String::as_str)).unwrap();
        records.push(&record).unwrap();
    });
    records
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn a_pair_weighs_the_same_in_both_orders(a in customer(), b in customer(), c in customer()) {
        let weigh = |rows: Rows, a: usize, b: usize| {
            let records = few(&rows);
            LEARNT.matching(&records).unwrap().explain(a, b, &records).unwrap().weight
        };
        let (ab, ba) = (vec![a.clone(), b.clone(), c.clone()], vec![b, a, c]);
        prop_assert_eq!(weigh(ab.clone(), 0, 1), weigh(ba.clone(), 0, 1));
        prop_assert_eq!(weigh(ab, 0, 2), weigh(ba, 1, 2));
    }

    #[test]
    fn a_missing_value_says_nothing(a in customer(), b in customer(), column in 0..ROLES.len()) {
        let explain = |rows: Rows| {
            let records = few(&rows);
            LEARNT.matching(&records).unwrap().explain(0, 1, &records).unwrap()
        };
        let mut without = b.clone();
        without[column].clear();
        let (full, without) = (explain(vec![a.clone(), b]), explain(vec![a, without]));
        for (field, (full, without)) in full.fields.iter().zip(&without.fields).enumerate() {
            if field == column {
                prop_assert_eq!((&without.level, without.bits), (&None, 0.0));
            } else {
                prop_assert_eq!((&without.level, without.bits), (&full.level, full.bits));
            }
        }
        let sum: f64 = without.fields.iter().map(|field| field.bits).sum();
        prop_assert!((without.prior + sum + without.related - without.weight).abs() < 1e-6);
    }

    #[test]
    fn agreeing_in_full_is_worth_more_than_a_missing_value(a in customer()) {
        let records = few(&vec![a.clone(), a]);
        let explained = LEARNT.matching(&records).unwrap().explain(0, 1, &records).unwrap();
        for field in explained.fields {
            prop_assert!(field.bits >= 0.0, "{field:?}");
        }
    }
}

#[test]
fn decisions_are_obeyed_in_a_pipeline() {
    let (schema, rows) = customers(200);
    let found = clusters(&matcher(), &records(&schema, &rows));
    let key = |place: usize| rows[place][0].clone();
    let together = found.iter().find(|members| members.len() == 2).unwrap();
    let [one, other] = [together.first().unwrap(), together.last().unwrap()];
    let single = |place: &usize| !found.iter().any(|members| members.contains(&key(*place)));
    let [x, y] = [(0..200).find(single).unwrap(), (0..200).rfind(single).unwrap()].map(key);

    let mut decisions = Decisions::default();
    decisions.decide(RecordKey::only(one), RecordKey::only(other), Decision::Different, None);
    decisions.decide(RecordKey::only(&x), RecordKey::only(&y), Decision::Same, None);
    let keys = |decisions: Decisions| -> BTreeSet<String> {
        let mut sink = Collect::new();
        let dedupe = Dedupe::by(matcher()).decisions(decisions);
        Pipeline::from(source(&schema, &rows)).dedupe(dedupe).to(&mut sink).run().unwrap();
        sink.records().iter().map(|record| record.value(0).to_string()).collect()
    };
    let (before, after) = (keys(Decisions::default()), keys(decisions));
    assert!(before.contains(&format!("{one}; {other}")) && before.contains(&x) && before.contains(&y));
    assert!(after.contains(one) && after.contains(other) && after.contains(&format!("{x}; {y}")));
    assert_eq!(before.len(), after.len());
}

#[test]
fn new_records_are_compared_with_what_is_known_and_known_ones_not_again() {
    let (schema, rows) = customers(200);
    const KNOWN: usize = 150;
    let mut all = Records::new(schema.clone());
    add(&mut all, &rows[..KNOWN], 0);
    add(&mut all, &rows[KNOWN..], 1);
    let model = matcher().matching(&all).unwrap().model().clone();
    let every = matcher().model(model.clone()).matching(&all).unwrap();
    let new = matcher().model(model.clone()).known(0).matching(&all).unwrap();
    assert_eq!(new.compared(), (150 * 50 + 50 * 49 / 2) as u64);
    let expected: Vec<_> = every.pairs().iter().filter(|pair| pair.b as usize >= KNOWN).copied().collect();
    assert!(expected.len() < every.pairs().len());
    assert_eq!(new.pairs(), expected);

    // As a detector it reports just these.
    let mut links = Links::default();
    let mut detector = matcher().model(model).known(0);
    detector.bind(&schema).unwrap();
    detector.detect(&all, &mut links).unwrap();
    assert_eq!(links.iter().count(), expected.len());
}

/// The pairs that are links although nothing that is known of both agrees.
fn groundless(matcher: &Matcher, records: &Records) -> Vec<String> {
    let matching = matcher.matching(records).unwrap();
    let lowest: Vec<&str> = matching.model().fields.iter().map(|field| &*field.levels[0].level).collect();
    let links = matching.pairs().iter().filter(|pair| pair.probability() >= Matcher::THRESHOLD);
    let explained = links.map(|pair| matching.explain(pair.a as usize, pair.b as usize, records).unwrap());
    let agrees = |field: &Evidence, lowest: &str| field.level.as_ref().is_some_and(|level| level != lowest);
    let nothing =
        explained.filter(|why| !why.fields.iter().zip(&lowest).any(|(field, lowest)| agrees(field, lowest)));
    nothing.map(|why| why.to_string()).collect()
}

const STRANGERS: [[&str; 5]; 10] = [
    ["1", "Alice Morgan", "Brightwater Ltd", "+44 20 7946 0101", "alice@brightwater.example"],
    ["2", "王伟", "星河科技有限公司", "13800138000", "wangwei@xinghe.example"],
    ["3", "Jürgen Voß", "Kupferblech GmbH", "+49 89 123456", "voss@kupferblech.example"],
    ["4", "Fatima Zahra", "Oasis Trading", "+212 522 998877", "fz@oasis.example"],
    ["5", "李娜", "蓝山贸易公司", "13955667788", "lina@lanshan.example"],
    ["6", "Pedro Quintana", "Dulces del Sur", "+34 912 34 56 78", "pq@dulces.example"],
    ["7", "Ingrid Holm", "Nordlys AS", "+47 22 33 44 55", "ih@nordlys.example"],
    ["8", "Tom Becker", "Rapid Courier Inc", "+1 212 555 0147", "tom@rapidcourier.example"],
    ["9", "陈晨", "永兴建材厂", "02155551234", "chen@yongxing.example"],
    ["10", "Olga Smirnova", "Zvezda", "+7 495 765 43 21", "olga@zvezda.example"],
];

#[test]
fn strangers_are_never_links_however_few_they_are() {
    let schema = Schema::text(["id", "name", "company", "phone", "email"]).unwrap();
    let stranger = |place: usize| STRANGERS[place].map(str::to_owned).to_vec();
    let matcher = |across| {
        let said = [("id", Role::Ignore), ("name", Role::PersonName), ("company", Role::Company)];
        let said = said.into_iter().chain([("phone", Role::Phone), ("email", Role::Email)]);
        let matcher = said.fold(Matcher::new(), |matcher, (column, role)| matcher.role(column, role));
        if across { matcher.across_sources() } else { matcher }
    };
    for count in [1, 2, 3, 5] {
        let left: Rows = (0..count).map(stranger).collect();
        let mut right: Rows = (count..2 * count).map(stranger).collect();
        for nothing_in_common in [false, true] {
            let mut left = left.clone();
            if nothing_in_common {
                left.iter_mut().for_each(|row| row[3..].fill(String::new()));
                right.iter_mut().for_each(|row| row[1..3].fill(String::new()));
            }
            let mut both = Records::new(schema.clone());
            add(&mut both, &left, 0);
            add(&mut both, &right, 1);
            for across in [false, true] {
                let matching = matcher(across).matching(&both).unwrap();
                let likeliest = matching.pairs().iter().map(|pair| pair.probability()).fold(0.0, f64::max);
                assert!(
                    likeliest < Matcher::THRESHOLD,
                    "{count}, {across}, {nothing_in_common}: {likeliest}"
                );
            }
        }
    }
}

#[test]
fn what_nothing_is_known_of_is_no_counterpart_because_all_others_have_one() {
    let schema = Schema::text(["id", "name", "company", "phone", "email"]).unwrap();
    for count in [2, 3, 5] {
        let row = |place: usize| STRANGERS[place].map(str::to_owned).to_vec();
        let mut left: Rows = (0..count).map(row).collect();
        let mut right: Rows = (1..=count).rev().map(|place| row(place % count)).collect();
        // Those who are left over: one has a phone and no name, the other a name and no phone.
        left[1][1..3].fill(String::new());
        let place = right.iter().position(|row| row[0] == "2").unwrap();
        right[place] = row(count);
        right[place][3..].fill(String::new());
        let mut both = Records::new(schema.clone());
        add(&mut both, &left, 0);
        add(&mut both, &right, 1);
        let matcher = Matcher::new().role("id", Role::Ignore).role("company", Role::Ignore);
        let matcher = matcher.role("email", Role::Ignore).across_sources();
        assert_eq!(groundless(&matcher, &both), Vec::<String>::new());
    }
}

#[test]
fn differing_from_nearly_all_others_makes_nobody_the_same() {
    let names = ["id", "country", "status", "class", "segment", "language"];
    let schema = Schema::text(names).unwrap();
    for count in [6, 20, 60] {
        let value = |number: usize, column: &str| match number {
            0 | 1 => format!("{column} of {}", ["one", "another"][number]),
            _ => format!("the usual {column}"),
        };
        let row = |number| names[1..].iter().map(move |column| value(number, column));
        let rows: Rows = (0..count)
            .map(|number: usize| [number.to_string()].into_iter().chain(row(number)).collect())
            .collect();
        let matcher = names[1..].iter().fold(Matcher::new(), |all, name| all.role(*name, Role::Category));
        let matcher = matcher.role("id", Role::Ignore);
        assert_eq!(groundless(&matcher, &records(&schema, &rows)), Vec::<String>::new());
        let mut both = Records::new(schema.clone());
        add(&mut both, &rows[..1], 0);
        add(&mut both, &rows[1..], 1);
        assert_eq!(groundless(&matcher.across_sources(), &both), Vec::<String>::new());
    }
}

#[test]
fn where_no_two_records_may_be_compared_there_is_no_pair() {
    let (schema, rows) = customers(50);
    let records = records(&schema, &rows);
    for matcher in [matcher().across_sources(), matcher().known(0)] {
        let matching = matcher.matching(&records).unwrap();
        assert_eq!((matching.compared(), matching.pairs().len()), (0, 0));
    }
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn what_agrees_in_nothing_is_never_a_link(
        left in prop::collection::vec(customer(), 1..6),
        right in prop::collection::vec(customer(), 1..6),
    ) {
        let schema = Schema::text(ROLES.map(|(column, _)| column)).unwrap();
        let mut both = Records::new(schema);
        add(&mut both, &left, 0);
        add(&mut both, &right, 1);
        let matcher = roles(Matcher::new()).threads(1);
        prop_assert_eq!(groundless(&matcher, &both), Vec::<String>::new());
        prop_assert_eq!(groundless(&matcher.across_sources(), &both), Vec::<String>::new());
    }
}

#[test]
fn a_pipeline_finds_the_same_customers_with_no_further_option() {
    let (schema, rows) = customers(300);
    let found = clusters(&matcher(), &records(&schema, &rows));
    let mut crosswalk = Vec::new();
    let mut dedupe = Dedupe::by(matcher()).bind(&schema, &["crm"]).unwrap();
    let held = records(&schema, &rows);
    for members in dedupe.find(&held).unwrap().iter() {
        let key = |member: &u32| held.row(*member as usize).unwrap().key().unwrap().to_owned();
        crosswalk.push(members.iter().map(key).collect::<BTreeSet<_>>());
    }
    assert_eq!(crosswalk.into_iter().collect::<BTreeSet<_>>(), found);
}
