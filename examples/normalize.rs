//! Writes the values of one column the standard way, and says why where it cannot.
//!
//! ```sh
//! cargo run --release --example normalize                  # the phone numbers of the old CRM's export
//! cargo run --release --example normalize -- IN.csv OUT.csv --column C --as KIND[:OPTION,…] [--region-column R]
//! cargo run --release --example normalize -- --help        # the kinds, with an example each
//! ```
//!
//! OUT holds every row of IN, with the columns `normalized` and `fault` added, of which one at most
//! is filled. Rows that cannot be read as rows stand in OUT.rejects.csv. Where the whole column
//! decides (the order of day and month), IN is read twice, and what was found out is told.

use std::borrow::Cow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use handover::map::Mapped;
use handover::normalize::{apply_in, catalogue, learn, named_in};
use handover::{
    Cancel, CsvSink, CsvSource, Error, Fault, Field, FieldMapper, Kind, Normalizer, Pipeline, Record,
    Rejects, Result, Schema, Value,
};

const USAGE: &str = "usage: normalize IN.csv OUT.csv --column C --as KIND[:OPTION,…] [--region-column R]
       normalize --help";

#[derive(Default)]
struct Arguments {
    paths: Vec<PathBuf>,
    column: Option<String>,
    kind: Option<String>,
    region_column: Option<String>,
}

impl Arguments {
    /// The phone numbers of the old CRM.
    fn demonstration() -> Self {
        let project = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let output = project.join("target/handover");
        // What fails here is told when the output is created.
        let _ = std::fs::create_dir_all(&output);
        Arguments {
            paths: vec![
                project.join("examples/data/legacy_crm_export.csv"),
                output.join("customers.phones.csv"),
            ],
            column: Some("电话/Tel".to_owned()),
            kind: Some("phone:CN".to_owned()),
            region_column: None,
        }
    }

    /// None where they make no sense.
    fn parse(mut arguments: impl Iterator<Item = std::ffi::OsString>) -> Option<Self> {
        let mut parsed = Arguments::default();
        while let Some(argument) = arguments.next() {
            let option = match argument.to_str() {
                Some("--column") => &mut parsed.column,
                Some("--as") => &mut parsed.kind,
                Some("--region-column") => &mut parsed.region_column,
                Some(unknown) if unknown.starts_with("--") => return None,
                _ => {
                    parsed.paths.push(argument.into());
                    continue;
                }
            };
            *option = Some(arguments.next()?.into_string().ok()?);
        }
        Some(parsed)
    }
}

/// Adds two columns: what becomes of a value, or what is wrong with it.
struct Column {
    name: Arc<str>,
    rule: Box<dyn Normalizer>,
    region_column: Option<Arc<str>>,
    position: usize,
}

impl FieldMapper for Column {
    fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>> {
        self.position = input.index(&self.name)?;
        if let Some(column) = &self.region_column {
            // A rule that looks at no region would not miss it.
            input.index(column)?;
        }
        self.rule.bind(input)?;
        let added = ["normalized", "fault"].map(|name| Field::new(name, Kind::Text));
        Schema::new(input.fields().iter().cloned().chain(added))
    }

    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        let text = match input.value(self.position) {
            Value::Null => Cow::Borrowed(""),
            Value::Text(text) => Cow::Borrowed(text),
            other => Cow::Owned(other.to_string()),
        };
        let result = apply_in(std::slice::from_ref(&self.rule), &text, input);
        let (normalized, fault) = match &result {
            Ok(normalized) => (Some(&**normalized).filter(|text| !text.is_empty()), None),
            Err(fault) => (None, Some(fault.to_string())),
        };
        let record = output.record();
        for (position, value) in input.values().enumerate() {
            record.set_value(position, value);
        }
        record.set_value(input.len(), normalized);
        record.set_value(input.len() + 1, fault.as_deref());
        Ok(())
    }
}

fn run(arguments: &Arguments) -> std::result::Result<(), String> {
    let ([input, output], Some(column), Some(kind)) =
        (&arguments.paths[..], &arguments.column, &arguments.kind)
    else {
        return Err(USAGE.to_owned());
    };
    let text = |error: Error| error.to_string();
    let mut rule = named_in(kind, arguments.region_column.as_deref()).map_err(text)?;
    learn(&mut *rule, CsvSource::path(input), column).map_err(text)?;
    if let Some(learnt) = rule.learnt() {
        eprintln!("{column}: {learnt}");
    }
    let region_column = arguments.region_column.as_deref().map(Arc::from);
    let mut rejects = output.clone().into_os_string();
    rejects.push(".rejects.csv");
    let cancel = Cancel::new();
    let on_ctrl_c = cancel.clone();
    ctrlc::set_handler(move || on_ctrl_c.cancel()).map_err(|error| error.to_string())?;
    let report = Pipeline::from(CsvSource::path(input))
        .cancel(cancel)
        .map(Column { name: column.as_str().into(), rule, region_column, position: 0 })
        .rejects(Rejects::csv(rejects))
        .to(CsvSink::path(output))
        .run()
        .map_err(|error| error.to_string())?;
    eprintln!("{report}");
    Ok(())
}

fn help() {
    println!("{USAGE}\n\nThe kinds:");
    for entry in catalogue() {
        let [asked, input, output] = entry.example;
        println!("\n{}: {}", entry.name, entry.about);
        if !entry.options.is_empty() {
            println!("    options: {}", entry.options);
        }
        println!("    --as {asked}:  {input:?}  becomes  {output:?}");
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        help();
        return ExitCode::SUCCESS;
    }
    let parsed = match arguments.is_empty() {
        true => Some(Arguments::demonstration()),
        false => Arguments::parse(arguments.into_iter()),
    };
    match parsed.map_or_else(|| Err(USAGE.to_owned()), |arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
