//! What exact duplicates cost: one million customers of ten columns and 160
//! bytes, one in ten a duplicate, found by e-mail or phone and merged.
//!
//! `cargo bench --bench dedupe [-- RECORDS]` prints nanoseconds and bytes a record.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use handover::dedupe::{Clusters, Dedupe, DuplicateDetector, ExactKeys, Links, Records};
use handover::{Record, Result, Schema};

const COLUMNS: [&str; 10] =
    ["id", "name", "company", "email", "phone", "street", "city", "country", "created", "notes"];

fn main() -> Result<()> {
    let count: usize = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(1_000_000);
    let schema = Schema::text(COLUMNS)?;
    let mut records = Records::new(schema.clone());
    let (mut push, mut text) = (Duration::ZERO, 0);
    for start in (0..count).step_by(1000) {
        let customers: Vec<_> = (start..count.min(start + 1000)).map(customer).collect();
        text += customers.iter().flatten().map(String::len).sum::<usize>();
        let batch: Vec<Record> = customers.iter().map(|values| record(&schema, values)).collect();
        let start = Instant::now();
        batch.iter().try_for_each(|record| records.push(record))?;
        push += start.elapsed();
    }
    println!("{count} records, {} bytes of text each, {} held", text / count, records.bytes() / count);
    tell("push", push, count);

    let mut keys = ExactKeys::on(["email"]).or_on(["phone"]);
    keys.bind(&schema)?;
    let mut links = Links::default();
    time("detect", count, || keys.detect(&records, &mut links))?;
    let clusters = time("cluster", count, || Clusters::of(records.len(), &links, 0.99))?;

    let mut golden = Record::new(schema.clone());
    let mut dedupe = Dedupe::by(keys).bind(&schema, &["crm"])?;
    time("merge", count, || {
        for members in clusters.iter() {
            dedupe.merge(&records, members, &mut golden)?;
            black_box(&golden);
        }
        Ok(())
    })?;
    println!("{} clusters, {} records left", clusters.count(), clusters.survivors());
    Ok(())
}

fn time<T>(name: &str, count: usize, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let made = work()?;
    tell(name, start.elapsed(), count);
    Ok(made)
}

fn tell(name: &str, time: Duration, count: usize) {
    println!("{name:8} {:6.0} ns a record", time.as_nanos() as f64 / count as f64);
}

fn record(schema: &Arc<Schema>, values: &[String]) -> Record {
    let mut record = Record::new(schema.clone());
    values.iter().enumerate().for_each(|(column, value)| record.set_value(column, value));
    record
}

/// A customer; every tenth is an earlier one with another id and name.
fn customer(number: usize) -> [String; 10] {
    let person = if number % 10 == 9 { scatter(number) % number } else { number };
    [
        format!("C{number:08}"),
        format!("Customer {number}"),
        format!("Company {} Ltd", person % 5000),
        format!("customer.{person}@example-{}.com", person % 100),
        format!("+8613{person:09}"),
        format!("{} Long Street, Building {}", person % 1000, person % 37),
        "Shanghai".to_owned(),
        "China".to_owned(),
        "2024-02-29".to_owned(),
        "met at the fair, call back in spring".to_owned(),
    ]
}

/// A fixed pseudo-random number of a number (the finalizer of SplitMix64).
fn scatter(number: usize) -> usize {
    let mut z = number as u64;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as usize
}
