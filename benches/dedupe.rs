//! What duplicates cost, and how good what is found is.
//!
//! `cargo bench --bench dedupe [-- RECORDS]`: nanoseconds and bytes a record for equal keys, on one
//! million customers of ten columns and 160 bytes, one in ten a duplicate; then matching by
//! likeness on the sets of known duplicates in `../shared/data/dedupe`.
//!
//! `cargo bench --bench dedupe -- --records FILE [--truth FILE]`: matching by likeness on a file
//! whose first column is the id, on one thread and on two.
//!
//! Every measurement of matching is a process of its own, so that its peak memory is its own too.

#[path = "../tests/common/known.rs"]
mod known;
#[path = "common/memory.rs"]
mod memory;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use handover::dedupe::matching::Matcher;
use handover::dedupe::{Clusters, Dedupe, DuplicateDetector, ExactKeys, Links, Records};
use handover::{Record, Result, Schema};
use known::{Known, Outcome, Quality};
use memory::peak_memory;

const COLUMNS: [&str; 10] =
    ["id", "name", "company", "email", "phone", "street", "city", "country", "created", "notes"];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1).map(PathBuf::from)
    };
    let threads = after("--threads").and_then(|threads| threads.to_str()?.parse().ok());
    if let (Some(folder), Some(threads)) = (after("--folder"), threads) {
        return measure(&Known::folder(&folder), threads);
    }
    match (after("--records"), threads) {
        (Some(records), Some(threads)) => {
            measure(&Known { files: vec![records], truth: after("--truth") }, threads)
        }
        (Some(_), None) => [1, 2].into_iter().try_for_each(|threads| apart(&arguments, threads)),
        (None, _) => {
            exact(arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000))?;
            scoring()?;
            sets()
        }
    }
}

/// How fast one thread scores persons: all pairs of a set, by a model that was learnt before.
fn scoring() -> Outcome<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/dedupe/febrl3");
    if !folder.exists() {
        println!("\nskipped: {} is not here", folder.display());
        return Ok(());
    }
    let (records, matcher) = Known::folder(&folder).records()?;
    let model = matcher.clone().matching(&records)?.model().clone();
    let matcher = matcher.model(model).threads(1);
    let matched = |budget: u64| -> Outcome<(u64, Duration)> {
        let start = Instant::now();
        let matching = matcher.clone().budget(budget).matching(&records)?;
        Ok((matching.compared(), start.elapsed()))
    };
    // What is left of the time without that of preparing the records.
    let (few, prepared) = matched(1)?;
    let (all, whole) = matched(u64::MAX)?;
    let scoring = whole.saturating_sub(prepared).as_secs_f64();
    println!(
        "\n{} pairs of persons scored on one thread: {:.1} million a second",
        all - few,
        (all - few) as f64 / scoring / 1e6
    );
    Ok(())
}

/// The sets of known duplicates, each on two threads.
fn sets() -> Outcome<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/dedupe");
    let Ok(entries) = folder.read_dir() else {
        println!("\nskipped: {} is not here", folder.display());
        return Ok(());
    };
    let mut sets = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    sets.sort();
    for set in sets {
        println!("\n{}", set.file_name().unwrap_or_default().to_string_lossy());
        apart(&["--folder".to_owned(), set.display().to_string()], 2)?;
    }
    Ok(())
}

/// The same program with these arguments, in a process of its own.
fn apart(arguments: &[String], threads: usize) -> Outcome<()> {
    let mut program = Command::new(std::env::current_exe()?);
    let status = program.args(arguments).args(["--threads", &threads.to_string()]).status()?;
    if status.success() { Ok(()) } else { Err(format!("the measurement ended with {status}").into()) }
}

/// Matches a set, and prints what it took and how good it is.
fn measure(known: &Known, threads: usize) -> Outcome<()> {
    let start = Instant::now();
    let (records, matcher) = known.records()?;
    let read = start.elapsed();
    let start = Instant::now();
    let matching = matcher.threads(threads).matching(&records)?;
    let matched = start.elapsed();
    let start = Instant::now();
    let mut links = Links::default();
    matching.report(&mut links);
    let found = known.found(&records, &links, Matcher::THRESHOLD)?;
    let clustered = start.elapsed();
    let [read, matched, clustered] = [read, matched, clustered].map(|time| time.as_secs_f64());
    let per_second = matching.compared() as f64 / matched / 1e6;
    println!(
        "{} records on {threads} threads: read {read:.2} s, matched {matched:.2} s, clusters {clustered:.2} s, \
         {:.0} MiB; {} pairs compared, {per_second:.2} million a second of matching",
        records.len(),
        peak_memory(),
        matching.compared()
    );
    if known.truth.is_none() {
        return Ok(());
    }
    let truth = known.truth(&records)?;
    tell_quality("default threshold", Matcher::THRESHOLD, Quality::of(&found, &truth));
    let mut best = (Matcher::THRESHOLD, Quality::of(&found, &truth));
    for bits in -4..=20 {
        let threshold = 1.0 / (1.0 + f64::from(-bits).exp2());
        let quality = Quality::of(&known.found(&records, &links, threshold)?, &truth);
        if quality.f1() > best.1.f1() {
            best = (threshold, quality);
        }
    }
    tell_quality("best, a bit apart", best.0, best.1);
    Ok(())
}

fn tell_quality(name: &str, threshold: f64, quality: Quality) {
    let Quality { precision, recall } = quality;
    let f1 = quality.f1();
    println!("  {name:17} {threshold:.4}: precision {precision:.4}, recall {recall:.4}, F1 {f1:.4}");
}

/// Equal keys: nanoseconds a record.
fn exact(count: usize) -> Result<()> {
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
