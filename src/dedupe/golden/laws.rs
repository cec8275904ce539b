//! What holds for every cluster and every rule: no value is lost, the order in
//! which records are held does not matter, and merging can be done in steps.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::dedupe::{Rule, Survivor, Survivorship};
use crate::record::RecordId;
use crate::schema::Schema;

const COLUMNS: [&str; 5] = ["name", "phone", "street", "city", "others"];
const INPUTS: [&str; 3] = ["crm", "shop", "fair"];

type Row = [&'static str; 5];

fn even() -> Rule {
    Rule::valid_if("even", |value| value.to_string().len().is_multiple_of(2))
}

/// Rules of which a later one that is as good does not win.
fn steady() -> Vec<Rule> {
    vec![
        Rule::first(),
        Rule::fill(),
        Rule::longest(),
        Rule::most_complete(),
        even(),
        even().then(Rule::longest()),
        Rule::valid(crate::normalize::named("number").unwrap()).then(Rule::longest()),
        Rule::last(),
    ]
}

fn rules() -> Vec<Rule> {
    let second = |all: &[Candidate<'_>]| (all.len() > 1).then_some(1);
    let mut rules = steady();
    rules.extend([
        Rule::most_frequent(),
        Rule::most_frequent().compared_by(crate::normalize::lowercase()),
        Rule::most_trusted([("shop", 3), ("fair", 0)]).then(Rule::longest()),
        Rule::most_recent("name"),
        Rule::from_source(["fair", "crm"]),
        Rule::own("second", second),
    ]);
    rules
}

fn rows() -> impl Strategy<Value = Vec<(Row, u32)>> {
    let value = || select(vec!["", " ", "a", "A", "bb", "12", "34", "2024-02-29", "2023-01-01"]);
    vec(([value(), value(), value(), value(), select(vec!["", "note"])], 0u32..3), 1..8)
}

/// Records of these rows, identified by their numbers, held in some order.
fn held(rows: &[(Row, u32)], order: &[usize]) -> Records {
    let schema = Schema::text(COLUMNS).unwrap();
    let mut records = Records::new(schema.clone());
    for &number in order {
        let (row, input) = rows[number];
        let mut record = Record::of(schema.clone(), row).unwrap();
        record.set_id(RecordId { input, row: number as u64, part: 0 });
        records.push(&record).unwrap();
    }
    records
}

fn merge(survivorship: &Survivorship, records: &Records, members: &[u32]) -> (Record, Provenance) {
    let schema = Arc::clone(records.schema());
    let mut merger = survivorship.bind(&schema, &INPUTS.map(Arc::from)).unwrap();
    let (mut golden, mut provenance) = (Record::new(schema), Provenance::default());
    merger.merge(records, members, &mut golden, Some(&mut provenance)).unwrap();
    (golden, provenance)
}

fn all(records: &Records) -> Vec<u32> {
    (0..records.len() as u32).collect()
}

fn shuffled() -> impl Strategy<Value = (Vec<(Row, u32)>, Vec<usize>)> {
    rows().prop_flat_map(|rows| {
        let order: Vec<usize> = (0..rows.len()).collect();
        (Just(rows), Just(order).prop_shuffle())
    })
}

fn survivors() -> Vec<Survivor> {
    vec![Survivor::first(), Survivor::last(), Survivor::most_complete(), Survivor::most_recent("phone")]
}

prop_compose! {
    fn survivorships()(
        name in select(rules()),
        phone in select(rules()),
        address in select(rules()),
        survivor in select(survivors()),
        keep in any::<bool>(),
    ) -> Survivorship {
        let rules = Survivorship::new()
            .field("name", name)
            .field("phone", phone)
            .together(["street", "city"], address)
            .survivor(survivor);
        if keep { rules.keep_others_in("others") } else { rules }
    }
}

proptest! {
    #[test]
    fn no_value_is_lost_without_being_listed(rows in rows(), rules in survivorships()) {
        let records = held(&rows, &(0..rows.len()).collect::<Vec<_>>());
        let (golden, provenance) = merge(&rules, &records, &all(&records));
        let others = golden.value(4).to_string();
        for (column, name) in COLUMNS[..4].iter().enumerate() {
            let mut there: BTreeSet<String> =
                provenance.lost().iter().filter(|lost| *lost.column == **name).map(|lost| lost.value.clone()).collect();
            there.insert(golden.value(column).to_string());
            there.extend(others.split("; ").filter_map(|kept| kept.strip_prefix(&format!("{name}="))).map(str::to_owned));
            for (row, _) in &rows {
                // A rule may hold values equal but for their case.
                let found = there.iter().any(|known| known.eq_ignore_ascii_case(row[column]));
                prop_assert!(found || row[column].trim().is_empty(), "{name}: {}", row[column]);
            }
            let there = there.iter().all(|known| known.is_empty() || rows.iter().any(|(row, _)| row[column] == known));
            prop_assert!(there, "{name}: nothing is made up");
        }
    }

    #[test]
    fn every_value_comes_from_where_its_provenance_says(rows in rows(), rules in survivorships()) {
        let records = held(&rows, &(0..rows.len()).collect::<Vec<_>>());
        let (golden, provenance) = merge(&rules, &records, &all(&records));
        for (column, name) in COLUMNS[..4].iter().enumerate() {
            let origins: Vec<_> = provenance.of(name).collect();
            prop_assert_eq!(origins.len(), usize::from(!golden.value(column).is_blank()));
            for origin in origins {
                prop_assert_eq!(golden.value(column), Value::Text(rows[origin.record.position as usize].0[column]));
                prop_assert_eq!(origin.record.id.row, u64::from(origin.record.position));
            }
        }
    }

    #[test]
    fn the_order_in_which_records_are_held_does_not_matter(
        (rows, order) in shuffled(),
        rules in survivorships(),
    ) {
        let sorted = held(&rows, &(0..rows.len()).collect::<Vec<_>>());
        let other = held(&rows, &order);
        let (golden, provenance) = merge(&rules, &sorted, &all(&sorted));
        let (again, told) = merge(&rules, &other, &all(&other));
        prop_assert!(golden == again);
        prop_assert_eq!(golden.id(), again.id());
        let ids = |told: &Provenance| -> Vec<_> {
            let cells = told.cells().iter().map(|cell| (Arc::clone(&cell.column), cell.record.id));
            cells.chain(told.lost().iter().map(|lost| (Arc::clone(&lost.column), lost.record.id))).collect()
        };
        prop_assert_eq!(ids(&provenance), ids(&told));
    }

    /// For rules that look at nothing but the value and the order of the
    /// records, where the first survives: not for those that count records, ask
    /// where a record comes from, or rank records by another column, because a
    /// golden record is one record.
    #[test]
    fn a_merge_of_merges_is_a_merge_at_once(
        rows in rows(),
        cuts in vec(any::<bool>(), 8),
        (name, phone, address) in (select(steady()), select(steady()), select(steady())),
    ) {
        let rules = Survivorship::new()
            .field("name", name)
            .field("phone", phone)
            .together(["street", "city"], address)
            .field("others", Rule::list("; "));
        let rows: Vec<_> = rows.into_iter().map(|(row, _)| (row, 0)).collect();
        let records = held(&rows, &(0..rows.len()).collect::<Vec<_>>());
        let members = all(&records);
        let mut merged = Records::new(Arc::clone(records.schema()));
        for part in members.chunk_by(|member, _| !cuts[*member as usize]) {
            merged.push(&merge(&rules, &records, part).0).unwrap();
        }
        let in_steps = merge(&rules, &merged, &all(&merged)).0;
        let at_once = merge(&rules, &records, &members).0;
        prop_assert!(in_steps == at_once);
        prop_assert_eq!(in_steps.id(), at_once.id());
    }
}
