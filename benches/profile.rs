//! Profiles, as ratios to a bare read of the same file by `csv`, and the memory they take.
//!
//! `cargo bench --bench profile [-- ROWS [ROUNDS]]`, a million rows (about 160 MB) and
//! five rounds unless said otherwise. At most 4 times the bare read, and 256 MiB.

#[allow(dead_code)]
mod common;
#[path = "common/contest.rs"]
mod contest;

use std::path::Path;

use contest::{Contest, Entry, Outcome};
use handover::profile::Target;
use handover::{CsvSource, Mapping, Profile};

const PROFILES: [Contest; 1] = [Contest {
    name: "profile",
    input: common::customers,
    share: 1.0,
    entries: &[
        Entry { name: "bare read", against: None, run: bare },
        Entry { name: "profile and mapping", against: Some(("bare read", 4.0)), run: profile },
    ],
}];

fn main() -> Outcome {
    contest::main(&PROFILES, 1_000_000, 5)
}

fn bare(input: &Path, _output: &Path) -> Outcome {
    let mut reader = csv::Reader::from_path(input)?;
    let mut record = csv::ByteRecord::new();
    let mut fields = 0;
    while reader.read_byte_record(&mut record)? {
        fields += record.len();
    }
    std::hint::black_box(fields);
    Ok(())
}

fn profile(input: &Path, output: &Path) -> Outcome {
    let profile = Profile::of(CsvSource::path(input))?;
    let proposal = Mapping::propose(&profile, &Target::customer());
    Ok(std::fs::write(output, format!("{profile}\n{}", proposal.to_toml()))?)
}
