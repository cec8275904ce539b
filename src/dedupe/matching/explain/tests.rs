use proptest::prelude::*;

use super::*;
use crate::dedupe::Links;
use crate::dedupe::matching::block::{Blocking, Rule, Sizes};
use crate::dedupe::matching::compare::Key;
use crate::dedupe::matching::{Matcher, Model, Role};
use crate::record::{Record, RecordId};
use crate::schema::Schema;

const PEOPLE: [[&str; 4]; 8] = [
    ["A1", "Bern", "gold", "x"],
    ["A2", "Bern", "gold", "x"],
    ["A3", "Basel", "gold", "y"],
    ["A4", "Genf", "", "y"],
    ["A5", "Chur", "blue", "y"],
    ["A6", "Thun", "blue\nand a colour that no box of paints ever had", "y"],
    ["A7", "Sion", "red", ""],
    ["A8", "Zug", "red", ""],
];

fn records(rows: &[[&str; 4]], input: impl Fn(usize) -> u32) -> Records {
    let schema = Schema::text(["key", "city", "class", "team"]).unwrap();
    let mut records = Records::new(schema.clone());
    for (number, row) in rows.iter().enumerate() {
        let mut record = Record::of(schema.clone(), row.iter().copied()).unwrap();
        record.set_id(RecordId { input: input(number), part: 0, row: number as u64 + 1 });
        records.push(&record).unwrap();
    }
    records
}

fn matcher() -> Matcher {
    Matcher::new()
        .role("key", Role::Ignore)
        .role("city", Role::City)
        .role("class", Role::Category)
        .role("team", Role::Category)
        .threads(1)
}

/// A model of round numbers: 2 to the power of -8 of all pairs are one customer,
/// who agrees in half of all cases, in each other way in an eighth.
fn round(records: &Records) -> Model {
    let mut model = matcher().matching(records).unwrap().model().clone();
    model.prior = 0.5_f64.powi(8);
    for field in &mut model.fields {
        let top = field.levels.len() - 1;
        field.scale = 1.0;
        for (number, level) in field.levels.iter_mut().enumerate() {
            level.same = if number == top { 0.5 } else { 0.125 };
            level.chance = if number == top { 0.25 } else { 0.5 };
        }
    }
    model.related.truncate(1);
    model.related[0].prior = 0.25;
    for shared in &mut model.related[0].shared {
        shared.fill(0.0);
    }
    model
}

fn evidence(field: &str, values: [&str; 2], level: Option<&str>, bits: f64) -> Evidence {
    let level = level.map(str::to_owned);
    Evidence { field: field.to_owned(), values: values.map(str::to_owned), level, bits }
}

#[test]
fn a_pair_is_told_line_by_line() {
    let mut explanation = Explanation {
        records: ["A1", "row 7 of input 2"].map(str::to_owned),
        prior: -8.0,
        fields: vec![
            evidence(
                "given + family",
                ["Anna | Weber", "Weber | Anna"],
                Some("same, in another order"),
                12.34,
            ),
            evidence("phone", ["", "+493023125039"], None, 0.0),
            evidence("fax", ["none", "none"], None, 0.0),
            evidence(
                "street",
                ["Am Alten Hof 3,\nRückgebäude links, 2. Stock", "Hof 3"],
                Some("different"),
                -2.0,
            ),
        ],
        related: -1.5,
        relation: "same place".to_owned(),
        rivals: -0.84,
        weight: 0.0,
        probability: 0.5,
        reached: Reached::All,
        kept: true,
    };
    assert_eq!(
        explanation.to_string(),
        "A1 and row 7 of input 2: 50.00 %, +0.0 bits
   -8.0  any two records
  +12.3  given + family  same, in another order  Anna | Weber / Weber | Anna
   +0.0  phone           missing                 - / +493023125039
   +0.0  fax             cannot be compared      none / none
   -2.0  street          different               Am Alten Hof 3, Rückgebäude li… / Hof 3
   -1.5  strangers may agree as well: same place
   -0.8  other records are likely too
   +0.0  in all
The pair was compared, as all were."
    );
    (explanation.related, explanation.rivals, explanation.kept) = (-0.01, 0.0, false);
    explanation.fields.clear();
    assert_eq!(
        explanation.to_string(),
        "A1 and row 7 of input 2: 50.00 %, +0.0 bits
   -8.0  any two records
   +0.0  in all
The pair was compared, as all were.
It is not kept: pairs below -6 bits are not."
    );
}

#[test]
fn a_pair_that_is_kept_is_explained_by_key_and_for_programs() {
    let schema = Schema::text(["key", "city", "class", "team"]).unwrap();
    let mut all = Records::new(schema.clone());
    for row in PEOPLE {
        let mut record = Record::of(schema.clone(), row).unwrap();
        record.set_key(0);
        all.push(&record).unwrap();
    }
    let mut model = round(&all);
    model.prior = 0.5;
    let matching = matcher().model(model).matching(&all).unwrap();
    let explanation = matching.explain(0, 1, &all).unwrap();
    assert!(explanation.kept);
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(json["records"], serde_json::json!(["A1", "A2"]));
    assert_eq!(json["fields"][0]["values"], serde_json::json!(["Bern", "Bern"]));
    assert_eq!(json["fields"][0]["level"], "same");
    assert_eq!(matching.explain(3, 0, &all).unwrap().fields[1].level, None);
    assert_eq!(json["reached"], "all");

    let mut links = Links::default();
    links.maybe(0, 1, 0.999999);
    links.maybe(1, 2, 0.9321);
    let clusters = Clusters::of(all.len(), &links, 0.9).unwrap();
    assert_eq!(
        matching.why_together(&clusters, 0, &all).unwrap().unwrap(),
        "3 records, held together by A2 and A3 at the weakest, with 93.21 %"
    );
    assert_eq!(matching.why_together(&clusters, 1, &all).unwrap(), None);
}

/// A rule about some fields, as if it had been chosen.
fn rule(keys: &[(usize, Key)]) -> Rule {
    let sizes = Sizes { largest: 2, oversized: 4, skipped: 1 };
    Rule { keys: keys.to_vec(), pairs: 4.0, sizes }
}

#[test]
fn why_a_pair_was_never_compared() {
    let records = records(&PEOPLE, |_| 0);
    let mut matching = matcher().model(round(&records)).matching(&records).unwrap();
    let both = [(0, Key::Whole), (1, Key::Whole)];
    let rules = vec![rule(&[(0, Key::Whole)]), rule(&[(2, Key::Whole)]), rule(&both)];
    matching.blocking = Some(Blocking { rules, recall: 0.875, largest: 2 });

    let told = |a, b| matching.explain(a, b, &records).unwrap().reached.to_string();
    assert_eq!(
        told(0, 1),
        "The pair was compared: it agrees on a rule.
  city: agree
  team: agree
  city and class: agree"
    );
    assert_eq!(
        told(2, 3),
        "The pair was not compared: it agrees on no rule.
  city: differ
  team: agree, as do 4 records: too many to compare
  city and class: missing"
    );
    assert!(!matching.explain(2, 3, &records).unwrap().kept);
    assert_eq!(
        matching.blocking().unwrap().to_string(),
        "agree on               pairs  largest block  blocks skipped
city                       4              2  1, of up to 4 records
team                       4              2  1, of up to 4 records
city and class             4              2  1, of up to 4 records
Blocks of more than 2 records are skipped. An estimated 87.5 % of all duplicates agree on a rule."
    );
}

#[test]
fn records_that_are_not_to_be_compared_are_named_so() {
    let records = records(&PEOPLE, |number| u32::from(number >= 4));
    let model = round(&records);
    let told = |matcher: Matcher, a, b| {
        let matching = matcher.model(model.clone()).matching(&records).unwrap();
        matching.explain(a, b, &records).unwrap().reached
    };
    assert_eq!(told(matcher().across_sources(), 0, 1), Reached::SameInput);
    assert_eq!(told(matcher().across_sources(), 0, 4), Reached::All);
    assert_eq!(told(matcher().known(0), 0, 1), Reached::Known);
    assert_eq!(told(matcher().known(0), 4, 5), Reached::All);
    let why = [Reached::SameInput, Reached::Known].map(|reached| reached.to_string());
    assert_eq!(
        why,
        [
            "The pair was not compared: only records of different inputs are.",
            "The pair was not compared: both are of the input that is known to be settled."
        ]
    );
}

#[test]
fn what_competes_is_told() {
    let rows =
        [["", "Bern", "a", "x"], ["", "Bern", "a", "x"], ["", "Bern", "a", "x"], ["", "Chur", "b", "y"]];
    let records = records(&rows, |number| number as u32 / 2);
    let mut model = round(&records);
    model.prior = 0.5;
    model.related.clear();
    let matching = matcher().across_sources().model(model).matching(&records).unwrap();
    let explanation = matching.explain(0, 2, &records).unwrap();
    assert!(explanation.rivals < 0.0, "{explanation}");
    let line = format!("\n{:+7.1}  other records are likely too\n", explanation.rivals);
    assert!(explanation.to_string().contains(&line), "{explanation}");
    assert!(!explanation.to_string().contains("strangers"), "{explanation}");
}

#[test]
fn what_is_no_pair_of_these_records_is_refused() {
    let all = records(&PEOPLE, |_| 0);
    let matching = matcher().matching(&all).unwrap();
    let refused = |a, b| matching.explain(a, b, &all).unwrap_err().to_string();
    let two = |a, b| format!("records {a} and {b} are no pair: two positions below 8 are asked for");
    assert_eq!(refused(3, 3), two(3, 3));
    assert_eq!(refused(8, 0), two(8, 0));
    assert_eq!(
        matching.explain(0, 1, &records(&PEOPLE[..3], |_| 0)).unwrap_err().to_string(),
        "8 records were compared, and these are 3: explain with the same"
    );
}

#[test]
fn probabilities_are_told_as_what_they_are() {
    let told = [0.0, 1e-9, 0.5, 0.99994, 1.0 - f64::EPSILON, 1.0].map(text::percent);
    assert_eq!(
        told,
        ["0 %", "less than 0.01 %", "50.00 %", "more than 99.99 %", "more than 99.99 %", "100 %"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_lines_add_up_to_the_weight_of_the_pair(
        rows in prop::collection::vec([0..40_usize, 0..5, 0..4, 0..3], 2..40),
        across: bool,
    ) {
        let values = ["", "Anna Weber", "Bernd Maier", "Weber, Anna", "李娜"];
        let text = |number: usize, salt: usize| match values.get(number) {
            Some(value) => (*value).to_owned(),
            None => format!("{} {salt}", values[number % values.len()]),
        };
        let rows: Vec<[String; 4]> =
            rows.iter().map(|row| [0, 1, 2, 3].map(|column| text(row[column], column))).collect();
        let rows: Vec<[&str; 4]> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
        let records = records(&rows, |number| number as u32 % 2);
        let mut matcher = Matcher::new().role("key", Role::PersonName).role("city", Role::FreeText)
            .role("class", Role::Company).role("team", Role::City).threads(1);
        if across {
            matcher = matcher.across_sources();
        }
        let matching = matcher.matching(&records).unwrap();
        for pair in matching.pairs() {
            let told = matching.explain(pair.b as usize, pair.a as usize, &records).unwrap();
            let fields: f64 = told.fields.iter().map(|field| field.bits).sum();
            let sum = told.prior + fields + told.related + told.rivals;
            prop_assert!((sum - f64::from(pair.weight)).abs() < 1e-4, "{told}");
            prop_assert!(told.kept && told.reached.is_compared());
            prop_assert!(told.related <= 1e-9 && (across || told.rivals == 0.0), "{told}");
        }
    }
}
