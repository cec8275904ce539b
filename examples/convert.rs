//! Carries customers from any format to any other, and accounts for every one of them.
//!
//! ```sh
//! cargo run --release --features full --example convert                       # CSV to XLSX to JSON to SQLite
//! cargo run --release --features full --example convert -- IN OUT [OPTIONS]
//! ```
//!
//! IN is CSV, TSV, XLSX, XLS, XLSB, ODS, JSON, JSON Lines, SQLite or a `postgres://` URL; OUT is
//! CSV, TSV, XLSX, JSON, JSON Lines, SQLite or a URL. Text may be compressed (`.gz`, `.zst`), and
//! `-` is the standard input or output. The options:
//!
//! ```text
//! --sheet NAME    the sheet of a workbook, at whichever end it is
//! --table NAME    the table of a database, at whichever end it is
//! --key COLUMN    the column of the key
//! --mode MODE     what happens to rows that are there: insert (as usual), update, upsert or skip
//! ```
//!
//! What is rejected stands in OUT.rejects.csv, and in handover.rejects.csv where OUT is no file.
//! A database keeps what earlier runs wrote, so what they rejected is kept too: it must be taken
//! away before the next run.
//! The exit status is 0 only if the run was completed and its books balance.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, process};

use handover::sink::Create;
use handover::sink::table::Table;
use handover::source::Open;
use handover::{Cancel, Error, ErrorKind, Pipeline, ProgressBar, Rejects, Result, RunError};

const USAGE: &str = "usage: convert IN OUT [--sheet NAME] [--table NAME] [--key COLUMN] \
                     [--mode insert|update|upsert|skip]";

#[derive(Default)]
struct Arguments {
    paths: Vec<PathBuf>,
    sheet: Option<String>,
    table: Option<String>,
    key: Option<String>,
    mode: Option<String>,
}

impl Arguments {
    /// None where they make no sense.
    fn parse(mut arguments: impl Iterator<Item = std::ffi::OsString>) -> Option<Self> {
        let mut parsed = Arguments::default();
        while let Some(argument) = arguments.next() {
            let option = match argument.to_str() {
                Some("--sheet") => &mut parsed.sheet,
                Some("--table") => &mut parsed.table,
                Some("--key") => &mut parsed.key,
                Some("--mode") => &mut parsed.mode,
                Some(unknown) if unknown.starts_with("--") => return None,
                _ => {
                    parsed.paths.push(argument.into());
                    continue;
                }
            };
            *option = Some(arguments.next()?.into_string().ok()?);
        }
        Some(parsed).filter(|parsed| matches!(parsed.paths.len(), 0 | 2))
    }

    fn pipeline(&self, input: &Path, output: &Path) -> Result<Pipeline<'static>> {
        let mut source = Open::new(input);
        let mut sink = Create::new(output);
        if let Some(sheet) = &self.sheet {
            source = if is_workbook(input) { source.sheet(sheet) } else { source };
            sink = if is_workbook(output) { sink.sheet(sheet) } else { sink };
        }
        // A database may be called anything where it is read.
        let tells_source = is_database(input) || !is_database(output);
        if let Some(table) = self.table.as_ref().filter(|_| tells_source) {
            source = source.table(table);
        }
        if let Some(key) = &self.key {
            source = source.key(key);
        }
        if is_database(output) {
            sink = sink.table(self.target(output)?);
        } else if self.mode.is_some() {
            return Err(Error::bind("a file is written anew: --mode is for databases"));
        }
        let mut rejects = if is_file(output) { output.as_os_str().to_owned() } else { "handover".into() };
        rejects.push(".rejects.csv");
        if is_database(output) && Path::new(&rejects).exists() {
            let message = "holds what an earlier run rejected: repair it, and take it away";
            return Err(Error::bind(message).at(Path::new(&rejects).display()));
        }
        Ok(Pipeline::from(source.open()?).rejects(Rejects::csv(rejects)).to(sink.create()?))
    }

    /// The table to write into; it is made if it is not there.
    fn target(&self, output: &Path) -> Result<Table> {
        let stem = || output.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = match &self.table {
            Some(table) => table.clone(),
            None if is_file(output) => stem(),
            None => return Err(Error::bind("name the table to write into: --table NAME")),
        };
        let table = Table::named(name).create();
        let key = || self.key.clone().ok_or_else(|| Error::bind("name the column of the key: --key COLUMN"));
        match self.mode.as_deref() {
            None | Some("insert") => Ok(table),
            Some("update") => Ok(table.update(key()?)),
            Some("upsert") => Ok(table.upsert(key()?)),
            Some("skip") => Ok(table.skip_existing(key()?)),
            Some(_) => Err(Error::bind("the modes are insert, update, upsert and skip")),
        }
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|own| endings.iter().any(|ending| own.eq_ignore_ascii_case(ending)))
}

fn is_workbook(path: &Path) -> bool {
    has_ending(path, &["xlsx", "xlsm", "xlsb", "xls", "ods"])
}

fn is_database(path: &Path) -> bool {
    is_url(path) || has_ending(path, &["db", "db3", "sqlite", "sqlite3"])
}

fn is_url(path: &Path) -> bool {
    path.to_string_lossy().contains("://")
}

fn is_file(path: &Path) -> bool {
    path != Path::new("-") && !is_url(path)
}

/// The export of an old CRM, from one format to the next.
fn demonstration() -> Result<Vec<[PathBuf; 2]>> {
    env::set_current_dir(env!("CARGO_MANIFEST_DIR")).map_err(|e| Error::io("cannot enter the project", e))?;
    fs::create_dir_all("target/handover").map_err(|e| Error::io("cannot create target/handover", e))?;
    // A table that is there would be written into.
    let _ = fs::remove_file("target/handover/converted.db");
    let stops =
        ["xlsx", "json", "db"].map(|ending| PathBuf::from(format!("target/handover/converted.{ending}")));
    let starts = [PathBuf::from("examples/data/legacy_crm_export.csv")].into_iter().chain(stops.clone());
    Ok(starts.zip(stops).map(|(start, stop)| [start, stop]).collect())
}

fn main() -> ExitCode {
    let Some(arguments) = Arguments::parse(env::args_os().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
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
    let steps = match &arguments.paths[..] {
        [input, output] => Ok(vec![[input.clone(), output.clone()]]),
        _ => demonstration(),
    };
    let convert = |[input, output]: [PathBuf; 2]| {
        let pipeline = arguments.pipeline(&input, &output)?;
        let result = pipeline.observe(ProgressBar::new()).cancel(cancel.clone()).run();
        if let Some(report) = result.as_ref().map_or_else(RunError::report, Some) {
            eprint!("{report}");
        }
        result.map(drop).map_err(Error::from)
    };
    match steps.and_then(|steps| steps.into_iter().try_for_each(convert)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(if error.kind() == ErrorKind::Stopped { 130 } else { 1 })
}
