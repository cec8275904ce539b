//! Whole transfers, as ratios to a bare loop over `csv::ByteRecord` on the same file.
//!
//! `cargo bench --bench throughput [-- ROWS [ROUNDS]]`, a million rows (about
//! 160 MB) and five rounds unless said otherwise. Every measurement is a process of its
//! own, so that its peak memory is its own too; the rounds take turns, and the
//! median of the ratios counts, because machines are noisy.

#[allow(dead_code)]
mod common;

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use handover::dedupe::{Dedupe, ExactKeys, Rule, Survivorship};
use handover::normalize::{Chain, OnFault, email, fold_width, nfc, phone, trim};
use handover::sink::csv::CsvSink;
use handover::source::csv::CsvSource;
use handover::{Columns, Pipeline, Rejects};

type Outcome = Result<(), Box<dyn Error>>;

/// What is measured: its name, what it may cost, and what it does.
type Transfer = (&'static str, f64, fn(&Path, &Path) -> Outcome);

const TRANSFERS: [Transfer; 5] = [
    ("bare loop", 1.0, bare),
    ("bare loop, synced", f64::INFINITY, bare_synced),
    ("plain transfer", 1.5, plain),
    ("normalized", 6.0, normalized),
    ("deduplicated", f64::INFINITY, deduplicated),
];

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["once", name, input] => once(name, Path::new(input)),
        [] => compare(1_000_000, 5),
        [rows] => compare(rows.parse()?, 5),
        [rows, rounds, ..] => compare(rows.parse()?, rounds.parse()?),
    }
}

fn compare(rows: u64, rounds: usize) -> Outcome {
    let input = common::customers(rows);
    let megabytes = std::fs::metadata(&input)?.len() as f64 / 1e6;
    println!("{rows} rows, {megabytes:.0} MB, {rounds} rounds; ratios to the bare loop of the same round");
    println!(
        "{:<20}{:>9}{:>9}{:>9}{:>9}{:>12}{:>12}",
        "", "seconds", "ratio", "min", "max", "at most", "peak MiB"
    );
    let mut measured = vec![Vec::new(); TRANSFERS.len()];
    for _ in 0..=rounds {
        for (transfer, measured) in TRANSFERS.iter().zip(&mut measured) {
            measured.push(measure(transfer.0, &input)?);
        }
    }
    // The first round warms up.
    for rounds in &mut measured {
        rounds.remove(0);
    }
    for (number, (name, most, _)) in TRANSFERS.iter().enumerate() {
        let ratios = measured[number].iter().zip(&measured[0]).map(|(own, bare)| own.0 / bare.0);
        let (ratios, seconds) = (sorted(ratios), sorted(measured[number].iter().map(|own| own.0)));
        let peak = measured[number].iter().map(|own| own.1).fold(0.0, f64::max);
        let middle = ratios.len() / 2;
        println!(
            "{name:<20}{:>9.2}{:>9.2}{:>9.2}{:>9.2}{most:>12}{peak:>12.1}",
            seconds[middle],
            ratios[middle],
            ratios[0],
            ratios[ratios.len() - 1]
        );
    }
    let [.., plain, _, deduplicated] = &measured[..] else { return Ok(()) };
    let ratios = sorted(deduplicated.iter().zip(plain).map(|(deduplicated, plain)| deduplicated.0 / plain.0));
    println!("deduplicated to plain transfer: {:.2}, at most 3", ratios[ratios.len() / 2]);
    Ok(())
}

fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

/// Seconds and peak memory in MiB of one transfer in a process of its own.
fn measure(name: &str, input: &Path) -> Result<(f64, f64), Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?).args(["once", name]).arg(input).output()?;
    if !output.status.success() {
        return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let printed = String::from_utf8(output.stdout)?;
    let mut numbers = printed.split_whitespace().map(str::parse::<f64>);
    Ok((numbers.next().ok_or("no time")??, numbers.next().ok_or("no memory")??))
}

fn once(name: &str, input: &Path) -> Outcome {
    let (_, _, transfer) = TRANSFERS.iter().find(|known| known.0 == name).ok_or("unknown transfer")?;
    let folder = tempfile::tempdir_in(input.parent().ok_or("no folder")?)?;
    let start = Instant::now();
    transfer(input, &folder.path().join("out.csv"))?;
    println!("{} {}", start.elapsed().as_secs_f64(), peak_memory());
    Ok(())
}

/// The most memory that this process has held, in MiB; 0 where the system does not tell.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

fn bare(input: &Path, output: &Path) -> Outcome {
    let mut reader = csv::Reader::from_path(input)?;
    let mut writer = csv::Writer::from_path(output)?;
    writer.write_byte_record(reader.byte_headers()?)?;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        writer.write_byte_record(&record)?;
    }
    Ok(writer.flush()?)
}

fn bare_synced(input: &Path, output: &Path) -> Outcome {
    bare(input, output)?;
    Ok(std::fs::File::open(output)?.sync_all()?)
}

fn plain(input: &Path, output: &Path) -> Outcome {
    Pipeline::from(CsvSource::path(input)).to(CsvSink::path(output)).run()?;
    Ok(())
}

fn normalized(input: &Path, output: &Path) -> Outcome {
    Pipeline::from(CsvSource::path(input))
        .normalize(Columns::All, [trim(), nfc(), fold_width()])
        .normalize("email", Chain::from(email()).on_fault(OnFault::Keep))
        .normalize("phone", Chain::from(phone("CN")).on_fault(OnFault::Keep))
        .rejects(Rejects::csv(output.with_extension("rejects.csv")))
        .to(CsvSink::path(output))
        .run()?;
    Ok(())
}

fn deduplicated(input: &Path, output: &Path) -> Outcome {
    let survivorship = Survivorship::new().rest(Rule::first());
    let report = Pipeline::from(CsvSource::path(input))
        .dedupe(Dedupe::by(ExactKeys::on(["email"]).or_on(["phone"])).survivorship(survivorship))
        .to(CsvSink::path(output))
        .run()?;
    if let Some(merges) = report.merges {
        let held = merges.bytes_held / report.counts.read.max(1);
        eprintln!("{held} bytes held a record, {:?}", report.phases);
    }
    Ok(())
}
