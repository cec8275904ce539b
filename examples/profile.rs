//! Tells what is in a file before anybody maps it, and proposes the mapping.
//!
//! ```sh
//! cargo run --release --example profile -- FILE… [--json] [--no-values] [--mapping OUT.toml] [--accept-above 0.75]
//! ```
//!
//! FILE is delimited text, a workbook, JSON, JSON Lines, a database or a `postgres://` URL, as the
//! library's features go. Without one, the export beside this program is told about. The most frequent
//! values are shown, which are somebody's data: `--no-values` leaves them out. The mapping, to the
//! canonical customer model, is written to be corrected by hand.

use std::path::PathBuf;
use std::process::ExitCode;

use handover::profile::{ACCEPTED, Proposal, Target};
use handover::{Mapping, Profile, source};
use serde::Serialize;

const USAGE: &str = "usage: profile FILE… [--json] [--no-values] [--mapping OUT.toml] [--accept-above 0.75]";
const EXPORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/legacy_crm_export.csv");

struct Arguments {
    files: Vec<PathBuf>,
    json: bool,
    values: bool,
    mapping: Option<PathBuf>,
    accept_above: f64,
}

impl Arguments {
    /// None where they make no sense.
    fn parse(mut arguments: impl Iterator<Item = std::ffi::OsString>) -> Option<Self> {
        let mut parsed =
            Arguments { files: Vec::new(), json: false, values: true, mapping: None, accept_above: ACCEPTED };
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--json") => parsed.json = true,
                Some("--no-values") => parsed.values = false,
                Some("--mapping") => parsed.mapping = Some(arguments.next()?.into()),
                Some("--accept-above") => {
                    let score = arguments.next()?.to_str()?.parse().ok()?;
                    parsed.accept_above = Some(score).filter(|score| (0.0..=1.0).contains(score))?;
                }
                Some(unknown) if unknown.starts_with("--") => return None,
                _ => parsed.files.push(argument.into()),
            }
        }
        if parsed.files.is_empty() {
            parsed.files.push(EXPORT.into());
        }
        // One mapping is of one file.
        (parsed.mapping.is_none() || parsed.files.len() == 1).then_some(parsed)
    }
}

#[derive(Serialize)]
struct Told {
    profile: Profile,
    mapping: Proposal,
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let mut told = Vec::new();
    for file in &arguments.files {
        let profile = Profile::of(source::open(file)?)?;
        let mapping = Mapping::propose(&profile, &Target::customer()).accept_above(arguments.accept_above);
        if let Some(path) = &arguments.mapping {
            std::fs::write(path, mapping.to_toml())
                .map_err(|error| format!("{}: cannot write: {error}", path.display()))?;
        }
        let profile = if arguments.values { profile } else { profile.without_values() };
        if !arguments.json {
            println!("{profile}\n{mapping}");
        }
        told.push(Told { profile, mapping });
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&told)?);
    }
    Ok(())
}

fn main() -> ExitCode {
    let Some(arguments) = Arguments::parse(std::env::args_os().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
