//! Duplicates: clusters are what they should be, and merging loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use handover::dedupe::{Clusters, CrosswalkRow, Dedupe, Deduper, ExactKeys, Links, Records};
use handover::{Record, Schema, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

type Row = [&'static str; 3];

const KEYS: [&[usize]; 2] = [&[0], &[1, 2]];

fn schema() -> Arc<Schema> {
    Schema::text(["email", "name", "phone"]).unwrap()
}

fn dedupe() -> Deduper<'static> {
    let keys = ExactKeys::on(["email"]).or_on(["name", "phone"]);
    Dedupe::by(keys).bind(&schema(), &["crm"]).unwrap()
}

fn records(rows: &[Row]) -> Records {
    let mut records = Records::new(schema());
    for row in rows {
        records.push(&Record::of(schema(), *row).unwrap()).unwrap();
    }
    records
}

fn clusters(rows: &[Row]) -> Vec<Vec<u32>> {
    dedupe().find(&records(rows)).unwrap().iter().map(<[u32]>::to_vec).collect()
}

/// Few values, so that rows meet; some missing, and some that concatenate alike.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let value = || select(vec!["", " ", "a", "b", "ab", "aa", "王伟", "c", "d", "e", "f"]);
    vec([value(), value(), value()], 0..40)
}

/// Whether two rows agree on a key of which no part is missing.
fn same(a: &Row, b: &Row) -> bool {
    KEYS.iter().any(|key| key.iter().all(|&column| !a[column].trim().is_empty() && a[column] == b[column]))
}

/// The connected components, by spreading the smallest position until nothing changes.
fn components(len: usize, linked: impl Fn(usize, usize) -> bool) -> Vec<Vec<u32>> {
    let mut first: Vec<usize> = (0..len).collect();
    loop {
        let before = first.clone();
        for a in 0..len {
            for b in (0..len).filter(|b| linked(a, *b)) {
                first[a] = first[a].min(first[b]);
            }
        }
        if first == before {
            break;
        }
    }
    let mut groups = BTreeMap::<usize, Vec<u32>>::new();
    first.iter().zip(0..).for_each(|(first, record)| groups.entry(*first).or_default().push(record));
    groups.into_values().filter(|group| group.len() > 1).collect()
}

proptest! {
    #[test]
    fn clusters_are_the_connected_components(rows in rows()) {
        let expected = components(rows.len(), |a, b| same(&rows[a], &rows[b]));
        prop_assert_eq!(clusters(&rows), expected);
    }

    #[test]
    fn the_order_of_records_only_renames_them(
        (rows, order) in rows().prop_flat_map(|rows| {
            let order: Vec<usize> = (0..rows.len()).collect();
            (Just(rows), Just(order).prop_shuffle())
        })
    ) {
        let shuffled: Vec<Row> = order.iter().map(|&old| rows[old]).collect();
        let sets = |clusters: Vec<Vec<u32>>, name: &dyn Fn(usize) -> usize| -> BTreeSet<BTreeSet<usize>> {
            clusters.iter().map(|members| members.iter().map(|&member| name(member as usize)).collect()).collect()
        };
        prop_assert_eq!(sets(clusters(&rows), &|record| record), sets(clusters(&shuffled), &|record| order[record]));
    }

    #[test]
    fn links_decide_and_not_their_order(
        pairs in vec((0usize..30, 0usize..30, select(vec![0.5, 0.9, 1.0])), 0..40),
    ) {
        let build = |pairs: &mut dyn Iterator<Item = &(usize, usize, f64)>| {
            let mut links = Links::default();
            pairs.for_each(|&(a, b, probability)| links.maybe(a, b, probability));
            Clusters::of(30, &links, 0.9).unwrap()
        };
        let clusters = build(&mut pairs.iter());
        let expected = components(30, |x, y| {
            pairs.iter().any(|&(a, b, p)| p >= 0.9 && ((a, b) == (x, y) || (a, b) == (y, x)))
        });
        prop_assert_eq!(clusters.iter().map(<[u32]>::to_vec).collect::<Vec<_>>(), expected);
        prop_assert_eq!(&clusters, &build(&mut pairs.iter().rev()));
        for members in clusters.iter() {
            prop_assert!(members.iter().all(|&member| clusters.first_of(member as usize) == members[0] as usize));
        }
    }

    #[test]
    fn merging_loses_no_value_and_no_record(rows in rows()) {
        let (mut dedupe, records) = (dedupe(), records(&rows));
        let clusters = dedupe.find(&records).unwrap();
        let mut golden = Record::new(schema());
        let mut merged = 0;
        for members in clusters.iter() {
            let survivor = dedupe.merge(&records, members, &mut golden).unwrap();
            for (column, value) in golden.values().enumerate() {
                let values = members.iter().map(|&member| rows[member as usize][column]);
                let expected: BTreeSet<&str> = values.filter(|text| !text.trim().is_empty()).collect();
                let text = value.to_string();
                let found = text.split("; ").filter(|text| !text.trim().is_empty()).collect();
                prop_assert_eq!(expected, found);
            }
            prop_assert_eq!(survivor, members[0]);
            merged += dedupe.crosswalk(&records, members, survivor).count();
        }
        prop_assert_eq!(merged + clusters.survivors(), rows.len());
        prop_assert!(dedupe.counts().columns.iter().all(|column| column.dropped == 0));
    }
}

#[test]
fn the_crosswalk_leads_from_key_to_key() {
    let schema = Schema::text(["id", "email"]).unwrap();
    let mut records = Records::new(schema.clone());
    for row in [["K1", "x"], ["K2", "y"], ["K3", "x"]] {
        let mut record = Record::of(schema.clone(), row).unwrap();
        record.set_key(0);
        records.push(&record).unwrap();
    }
    let mut dedupe = Dedupe::by(ExactKeys::on(["email"])).bind(&schema, &["crm"]).unwrap();
    let clusters = dedupe.find(&records).unwrap();
    let members = clusters.iter().next().unwrap();
    let mut golden = Record::new(schema);
    let survivor = dedupe.merge(&records, members, &mut golden).unwrap();
    assert_eq!(golden.key(), Some("K1"));
    assert_eq!(golden.value(0), Value::Text("K1; K3"));
    let rows: Vec<CrosswalkRow> =
        dedupe.crosswalk(&records, members, survivor).collect::<Result<_, _>>().unwrap();
    let keys =
        rows.iter().map(|row| (row.merged.source, row.merged.key.as_deref(), row.survivor.key.as_deref()));
    assert_eq!(keys.collect::<Vec<_>>(), [("crm", Some("K3"), Some("K1"))]);
}

#[test]
fn a_threshold_is_a_probability() {
    for threshold in [f64::NAN, -0.1, 1.1] {
        let bound = Dedupe::by(ExactKeys::on(["email"])).threshold(threshold).bind(&schema(), &["crm"]);
        let message = bound.err().map(|error| error.to_string());
        assert_eq!(message.as_deref(), Some("the threshold is not a probability from 0 to 1"));
    }
}

#[test]
fn values_are_compared_as_a_rule_writes_them_and_kept_as_they_are() {
    let schema = Schema::text(["email", "name"]).unwrap();
    let mut records = Records::new(schema.clone());
    for row in [["A@x.cn", "1"], [" a@X.CN", "2"], ["a", "3"], ["a", "4"], ["", "5"]] {
        records.push(&Record::of(schema.clone(), row).unwrap()).unwrap();
    }
    let lower = handover::normalize::sequence(
        "key",
        [handover::normalize::trim(), handover::normalize::email(), handover::normalize::lowercase()],
    );
    let keys = ExactKeys::on(["email"]).compared_by(lower);
    let found = Dedupe::by(keys).bind(&schema, &["crm"]).unwrap().find(&records).unwrap();
    assert_eq!(found.iter().collect::<Vec<_>>(), [[0, 1]], "what the rule refuses says nothing");
}

#[cfg(feature = "csv")]
mod memory {
    use super::*;
    use std::io::Cursor;

    use handover::{CsvSink, CsvSource, Pipeline, Rejects};

    /// Customers in an order in which duplicates stand far from each other.
    fn export(rows: usize) -> String {
        let row = |row: usize| {
            let person = row * 7 % (rows * 3 / 4);
            let phone = if row.is_multiple_of(3) { format!("138{person:08}") } else { String::new() };
            format!("K{row},客户 {person},customer.{person}@example.cn,{phone},note {row}\n")
        };
        let header = "id,name,email,phone,remark\n".to_owned();
        header + &(0..rows).map(row).collect::<String>()
    }

    #[test]
    fn what_comes_out_does_not_depend_on_the_memory_that_held_records_may_take() {
        const ROWS: usize = 20_000;
        let (export, disk) = (export(ROWS), tempfile::tempdir().unwrap());
        let run = |name: &str, budget: Option<usize>| {
            let [out, crosswalk, rejects] =
                ["out", "crosswalk", "rejects"].map(|file| disk.path().join(format!("{name}.{file}.csv")));
            let mut pipeline =
                Pipeline::from(CsvSource::reader("crm.csv", Cursor::new(export.clone())).key("id"))
                    .normalize("remark", handover::normalize::uppercase())
                    .dedupe(Dedupe::by(ExactKeys::on(["email"]).or_on(["phone"])))
                    .crosswalk(&crosswalk)
                    .rejects(Rejects::csv(&rejects))
                    .to(CsvSink::path(&out));
            if let Some(budget) = budget {
                pipeline = pipeline.held_memory(budget);
            }
            let merges = pipeline.run().unwrap().merges.unwrap();
            (merges, [out, crosswalk].map(|path| std::fs::read_to_string(path).unwrap()))
        };
        let (merges, files) = run("all", None);
        assert_eq!((merges.clusters, merges.bytes_spilled), (ROWS as u64 / 4, 0));
        for (name, budget) in [("none", 0), ("small", 1 << 20)] {
            let (told, spilled) = run(name, Some(budget));
            assert!(spilled == files, "{name}");
            assert!(told.bytes_spilled > 0 && told.bytes_held <= (1 << 20), "{told:?}");
            assert_eq!((told.clusters, told.dropped), (merges.clusters, merges.dropped.clone()));
        }
    }
}
