//! Whole transfers, as ratios to a bare loop over `csv::ByteRecord` on the same file.
//!
//! `cargo bench --bench throughput [-- ROWS [ROUNDS]]`, a million rows (about
//! 160 MB) and five rounds unless said otherwise.

#[allow(dead_code)]
mod common;
#[path = "common/contest.rs"]
mod contest;

use std::path::Path;

use contest::{Contest, Entry, Outcome};
use handover::dedupe::{Dedupe, ExactKeys, Rule, Survivorship};
use handover::normalize::{Chain, OnFault, email, fold_width, nfc, phone, trim};
use handover::sink::csv::CsvSink;
use handover::source::csv::CsvSource;
use handover::{Columns, Pipeline, Rejects};

const TRANSFERS: [Contest; 1] = [Contest {
    name: "CSV to CSV",
    input: common::customers,
    share: 1.0,
    entries: &[
        Entry { name: "bare loop", against: None, run: bare },
        Entry { name: "bare loop, synced", against: Some(("bare loop", f64::INFINITY)), run: bare_synced },
        Entry { name: "plain transfer", against: Some(("bare loop", 1.5)), run: plain },
        Entry { name: "normalized", against: Some(("bare loop", 6.0)), run: normalized },
        Entry { name: "deduplicated", against: Some(("plain transfer", 3.0)), run: deduplicated },
    ],
}];

fn main() -> Outcome {
    contest::main(&TRANSFERS, 1_000_000, 5)
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
