//! Carries customers from one CSV file to another, and accounts for every one of them.
//!
//! ```sh
//! cargo run --release --example csv_to_csv                     # a CRM's export: mapped, cleaned, merged
//! cargo run --release --example csv_to_csv -- IN.csv OUT.csv   # any encoding and delimiter to UTF-8 and commas
//! ```
//!
//! In place of a file, `-` is the standard input or output. The exit status is
//! 0 only if the run was completed and its books balance.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io, process};

use handover::dedupe::{Dedupe, ExactKeys, Rule, Survivorship};
use handover::normalize::phone::Several;
use handover::normalize::{
    Chain, OnFault, Phone, collapse_space, email, empty_to_null, lowercase, phone, rule, strip_control, trim,
};
use handover::validate::{kind, required};
use handover::{
    Cancel, Columns, CsvSink, CsvSource, Error, ErrorKind, Kind, Mapping, Pipeline, ProgressBar, Rejects,
    Result, RunError,
};

/// The export of an old CRM, made ready for a new one.
fn legacy_crm() -> Result<Pipeline<'static>> {
    env::set_current_dir(env!("CARGO_MANIFEST_DIR")).map_err(|e| Error::io("cannot enter the project", e))?;
    fs::create_dir_all("target/handover").map_err(|e| Error::io("cannot create target/handover", e))?;

    let same = ExactKeys::on(["email"]).or_on(["phone", "name"]);
    let golden = Survivorship::new()
        .field("stage", Rule::most_recent("last_contact"))
        .field("last_contact", Rule::most_recent("last_contact"))
        .field("remark", Rule::join_distinct("; "))
        .rest(Rule::fill());

    let mobile = Phone::region("CN").several(Several::Refuse);

    Ok(Pipeline::from(CsvSource::path("examples/data/legacy_crm_export.csv").key("客户编号"))
        .map(Mapping::load("examples/data/legacy_crm_mapping.toml")?)
        .normalize(Columns::All, [strip_control(), trim(), empty_to_null()])
        .normalize(["name", "company", "city", "address"], collapse_space())
        .normalize("email", [email(), lowercase()])
        .normalize("phone", Chain::from(mobile).keep_original("phone_raw"))
        .normalize("landline", Chain::from(phone("CN")).on_fault(OnFault::Keep))
        .normalize(["created_at", "last_contact"], rule("hyphens", |text| Ok(text.replace('/', "-").into())))
        .validate(required("name"))
        .validate(kind(["created_at", "last_contact"], Kind::DateTime))
        .dedupe(Dedupe::by(same).survivorship(golden))
        .crosswalk("target/handover/customers.crosswalk.csv")
        .rejects(Rejects::csv("target/handover/customers.rejects.csv"))
        .to(CsvSink::path("target/handover/customers.csv")))
}

/// Any CSV file, unchanged but for how it is written.
fn transfer(input: &Path, output: &Path) -> Pipeline<'static> {
    let source = if is_stream(input) { CsvSource::stdin() } else { CsvSource::path(input) };
    match is_stream(output) {
        true => Pipeline::from(source).to(CsvSink::stdout()),
        false => Pipeline::from(source)
            .rejects(Rejects::csv(output.with_extension("rejects.csv")))
            .to(CsvSink::path(output)),
    }
}

fn is_stream(path: &Path) -> bool {
    path == Path::new("-")
}

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let pipeline = match &arguments[..] {
        [] => legacy_crm(),
        [input, output] => Ok(transfer(input, output)),
        _ => {
            eprintln!("usage: csv_to_csv [IN.csv OUT.csv]");
            return ExitCode::from(2);
        }
    };
    let cancel = Cancel::new();
    let on_ctrl_c = cancel.clone();
    let stop = move || match on_ctrl_c.is_cancelled() {
        // Asked again, it waits no longer for an input that sends nothing.
        true => process::exit(130),
        false => on_ctrl_c.cancel(),
    };
    if let Err(error) = ctrlc::set_handler(stop) {
        return fail(&Error::other("cannot listen for Ctrl-C").caused_by(error));
    }
    let result = match pipeline {
        Ok(pipeline) => pipeline.observe(ProgressBar::new()).cancel(cancel).run(),
        Err(error) => return fail(&error),
    };
    if let Some(report) = result.as_ref().map_or_else(RunError::report, Some) {
        // Whether anybody still reads it changes nothing about the run.
        let _ = match arguments.last() {
            Some(output) if is_stream(output) => write!(io::stderr(), "{report}"),
            _ => write!(io::stdout(), "{report}"),
        };
    }
    result.map_or_else(|failed| fail(failed.error()), |_| ExitCode::SUCCESS)
}

fn fail(error: &Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(if error.kind() == ErrorKind::Stopped { 130 } else { 1 })
}
