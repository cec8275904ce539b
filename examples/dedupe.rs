//! Finds the records that are the same customer, in one file or between two.
//!
//! ```sh
//! cargo run --release --example dedupe                     # the customers beside this program
//! cargo run --release --example dedupe -- RECORDS.csv [RIGHT.csv] --id id --out OUT.csv [OPTIONS]
//! cargo run --release --example dedupe -- --help           # the options
//! ```
//!
//! What the columns hold, which pairs were compared and what was learnt is told on the standard
//! error, an explanation on the standard output. Every file appears whole or not at all, OUT last. Rows that cannot be read stand in
//! OUT.rejects.csv, those of RIGHT in OUT.right.rejects.csv.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::sync::{Arc, Mutex};

use handover::dedupe::matching::{Matcher, Matching, Model, Role};
use handover::dedupe::{
    ClusterTable, Clusters, Decisions, Gather, GoldenTable, LinkTable, Links, Records, Review, ReviewTable,
    Rule, Survivorship,
};
use handover::{
    Cancel, CsvSink, CsvSource, Error, ErrorKind, Pipeline, Rejects, Result, Schema, SinkWriter, SourceReader,
};

const USAGE: &str =
    "usage: dedupe RECORDS.csv [RIGHT.csv] --out OUT.csv [--id COLUMN] [OPTIONS]; dedupe --help tells more";

const HELP: &str = "
OUT.csv has the columns id and cluster, a row for every record: a cluster is called by the smallest
id in it. Between two files it has id_a, id_b and probability, a row for every link.

  --id COLUMN         the records' own id; said twice, that of RECORDS.csv and that of RIGHT.csv.
                      Without it records go by their row, from 1
  --role COLUMN=ROLE  what a column holds, instead of a guess
  --threshold P       from which probability on two records are one customer
  --pairs FILE        all pairs that came close, with probability and weight in bits
  --golden FILE       the records, with one made of all in place of each cluster
  --review FILE       the doubtful pairs side by side, the most valuable first: fill in the column
                      decision with same, different or unsure
  --decisions FILE    decisions to be obeyed: a review that was filled in
  --model FILE        the model: used if the file is there, else learnt and written
  --explain A,B       why two records are one customer or not; B is of RIGHT.csv, if there is one
";

/// From which probability on two records are one customer, unless it is said.
const THRESHOLD: f64 = Matcher::THRESHOLD;
/// Pairs that are less probable are not worth somebody's time.
const DOUBTFUL: f64 = 0.1;
/// What the two inputs are called in decisions and reviews, whatever the files are called.
const INPUTS: [&str; 2] = ["left", "right"];

#[derive(Default)]
struct Arguments {
    files: Vec<PathBuf>,
    ids: Vec<String>,
    roles: Vec<(String, Role)>,
    threshold: f64,
    out: PathBuf,
    pairs: Option<PathBuf>,
    golden: Option<PathBuf>,
    review: Option<PathBuf>,
    decisions: Option<PathBuf>,
    model: Option<PathBuf>,
    explain: Option<String>,
}

impl Arguments {
    /// Fails with what is wrong with them.
    fn parse(mut arguments: impl Iterator<Item = OsString>) -> std::result::Result<Self, String> {
        let mut parsed = Arguments { threshold: THRESHOLD, ..Arguments::default() };
        while let Some(argument) = arguments.next() {
            let Some(option) = argument.to_str().filter(|text| text.starts_with("--")).map(str::to_owned)
            else {
                parsed.files.push(argument.into());
                continue;
            };
            let value = arguments.next().ok_or(USAGE)?;
            let text = || value.to_str().ok_or(USAGE);
            match &*option {
                "--id" => parsed.ids.push(text()?.to_owned()),
                "--role" => {
                    let (column, role) = text()?.rsplit_once('=').ok_or("--role wants COLUMN=ROLE")?;
                    let role = role.parse().map_err(|error: Error| error.to_string())?;
                    parsed.roles.push((column.to_owned(), role));
                }
                "--threshold" => {
                    let threshold = text()?.parse().ok().filter(|p| (0.0..=1.0).contains(p));
                    parsed.threshold = threshold.ok_or("--threshold wants a probability from 0 to 1")?;
                }
                "--out" => parsed.out = value.into(),
                "--pairs" => parsed.pairs = Some(value.into()),
                "--golden" => parsed.golden = Some(value.into()),
                "--review" => parsed.review = Some(value.into()),
                "--decisions" => parsed.decisions = Some(value.into()),
                "--model" => parsed.model = Some(value.into()),
                "--explain" => parsed.explain = Some(text()?.to_owned()),
                _ => return Err(format!("no option {option}\n{USAGE}")),
            }
        }
        let complete = matches!(parsed.files.len(), 1 | 2) && parsed.out != Path::new("");
        if !complete || parsed.ids.len() > parsed.files.len() {
            return Err(USAGE.to_owned());
        }
        if parsed.ids.is_empty() && (parsed.review.is_some() || parsed.decisions.is_some()) {
            return Err("what is decided is kept by id: say which column that is, --id COLUMN".to_owned());
        }
        Ok(parsed)
    }

    /// The customers beside this program.
    fn demonstration() -> Self {
        let project = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let output = project.join("target/handover");
        // What fails here is told when the output is created.
        let _ = std::fs::create_dir_all(&output);
        Arguments {
            files: vec![project.join("examples/data/customers.csv")],
            ids: vec!["id".to_owned()],
            threshold: THRESHOLD,
            out: output.join("customers.clusters.csv"),
            ..Arguments::default()
        }
    }

    fn sources(&self) -> Vec<CsvSource> {
        let ids = self.ids.iter().chain(self.ids.last()).map(Some).chain([None; 2]);
        let source = |(file, id): (&PathBuf, Option<&String>)| match id {
            Some(id) => CsvSource::path(file).key(id),
            None => CsvSource::path(file),
        };
        self.files.iter().zip(ids).map(source).collect()
    }

    /// Everything that is to be written.
    fn results(&self) -> Vec<&Path> {
        let model = self.model.as_ref().filter(|model| !model.exists());
        let options = [&self.pairs, &self.golden, &self.review].map(Option::as_ref);
        options.into_iter().chain([model, Some(&self.out)]).flatten().map(PathBuf::as_path).collect()
    }

    fn rejects(&self, input: usize) -> PathBuf {
        self.out.with_extension(["rejects.csv", "right.rejects.csv"][input])
    }

    fn inputs(&self) -> &'static [&'static str] {
        &INPUTS[..self.files.len()]
    }
}

/// Ends the program on Ctrl-C: at once, or where a pipeline is at work, when it has left everything
/// as it was.
#[derive(Clone, Default)]
struct Stop {
    cancel: Cancel,
    at_work: Arc<Mutex<()>>,
}

impl Stop {
    fn listen(&self) -> Result<()> {
        let stop = self.clone();
        let asked = move || {
            let again = stop.cancel.is_cancelled();
            stop.cancel.cancel();
            // Nobody starts to write while this is held.
            let idle = stop.at_work.try_lock();
            if again || idle.is_ok() {
                eprintln!("error: stopped on request");
                process::exit(130);
            }
        };
        ctrlc::set_handler(asked).map_err(|error| Error::other("cannot listen for Ctrl-C").caused_by(error))
    }

    fn run(&self, pipeline: Pipeline<'_>) -> Result<u64> {
        let _at_work = self.at_work.lock();
        let report = pipeline.cancel(self.cancel.clone()).run()?;
        Ok(report.counts.rejected)
    }
}

/// All records, under the columns of all files.
fn read(arguments: &Arguments, stop: &Stop) -> Result<Records> {
    let mut sources = arguments.sources();
    let mut records = Records::for_sources(&mut sources)?;
    for (input, source) in sources.into_iter().enumerate() {
        let (name, rejects) = (source.name().into_owned(), arguments.rejects(input));
        let gather = Gather::to(&mut records).input(input as u32).results(arguments.results());
        let rejected = stop.run(Pipeline::from(source).rejects(Rejects::csv(&rejects)).to(gather))?;
        if rejected > 0 {
            eprintln!("{name}: rows that cannot be read: {rejected}, which stand in {}", rejects.display());
        }
    }
    if !arguments.ids.is_empty() {
        let names: Vec<_> = arguments.files.iter().map(|file| file.display().to_string()).collect();
        let hint = |_: &Error| eprintln!("An id tells records apart; without --id they go by their row.");
        records.check_keys(&names).inspect_err(hint)?;
    }
    Ok(records)
}

fn matching(arguments: &Arguments, records: &Records) -> Result<Matching> {
    let mut matcher = Matcher::new();
    for id in &arguments.ids {
        matcher = matcher.role(id, Role::Ignore);
    }
    for (column, role) in &arguments.roles {
        matcher = matcher.role(column, *role);
    }
    if arguments.files.len() == 2 {
        matcher = matcher.across_sources();
    }
    if let Some(path) = arguments.model.as_ref().filter(|path| path.exists()) {
        matcher = matcher.model(Model::load(path)?);
    }
    matcher.matching(records)
}

/// What was found, and what was decided.
fn links(arguments: &Arguments, records: &Records, matching: &Matching) -> Result<Links> {
    let mut links = Links::default();
    matching.report(&mut links);
    if let Some(path) = &arguments.decisions {
        let decisions = match arguments.files.len() {
            1 => Decisions::read(CsvSource::path(path))?,
            _ => Decisions::read_between(INPUTS, CsvSource::path(path))?,
        };
        let applied = decisions.apply(records, arguments.inputs(), &mut links)?;
        let [obeyed, absent, against] = [applied.obeyed, applied.absent, decisions.contradictions().len()];
        eprintln!("decisions: {obeyed} obeyed, {absent} about records that are not there");
        if against > 0 {
            eprintln!(
                "{against} pairs are different although others make them the same: they are kept apart"
            );
        }
    }
    Ok(links)
}

fn run(arguments: &Arguments, stop: &Stop) -> Result<(Records, Clusters)> {
    for path in arguments.results() {
        // Found out now, and not when all is computed.
        CsvSink::path(path).bind(&Schema::text(["id"])?)?;
    }
    let records = read(arguments, stop)?;
    let matching = matching(arguments, &records)?;
    eprintln!("{matching}\n");
    let links = links(arguments, &records, &matching)?;
    let clusters = Matcher::clustering().threshold(arguments.threshold).cluster(&records, &links)?;
    eprintln!(
        "{} records are {} customers, of whom {} have several",
        records.len(),
        clusters.survivors(),
        clusters.count()
    );
    let write =
        |table: &mut dyn SourceReader, sink: CsvSink| stop.run(Pipeline::from(table).to(sink)).map(drop);
    if let Some(path) = &arguments.pairs {
        write(&mut LinkTable::of_pairs(&records, &matching), CsvSink::path(path))?;
    }
    if let Some(path) = &arguments.golden {
        let rules = survivorship(arguments);
        write(&mut GoldenTable::of(&records, &clusters, &rules, arguments.inputs())?, CsvSink::path(path))?;
    }
    if let Some(path) = &arguments.review {
        let questions = Review::from(DOUBTFUL).questions(&links, &clusters);
        let schema = Arc::clone(records.schema());
        let columns = schema.names().filter(|name| !arguments.ids.iter().any(|id| id == name));
        let table = ReviewTable::of(&questions, &records, arguments.inputs());
        let mut table = table.columns(columns.map(str::to_owned).collect::<Vec<_>>())?;
        write(&mut table, CsvSink::path(path).guard_formulas())?;
    }
    if let Some(path) = arguments.model.as_ref().filter(|path| !path.exists()) {
        let _at_work = stop.at_work.lock();
        matching.model().save(path)?;
    }
    if let Some(pair) = &arguments.explain {
        println!("{}", explained(pair, arguments, &records, &matching, &clusters)?);
    }
    let sink = CsvSink::path(&arguments.out);
    match arguments.files.len() {
        1 => write(&mut ClusterTable::of(&records, &clusters)?, sink)?,
        _ => write(&mut LinkTable::of(&records, &links, arguments.threshold).across_sources()?, sink)?,
    }
    Ok((records, clusters))
}

/// No value is lost, and the golden record of a cluster has the id that the cluster is called by.
fn survivorship(arguments: &Arguments) -> Survivorship {
    let smallest =
        Rule::own("smallest", |ids| (0..ids.len()).min_by_key(|place| ids[*place].value().to_string()));
    match (&arguments.ids[..], arguments.files.len()) {
        ([id], 1) => Survivorship::new().field(id, smallest),
        _ => Survivorship::new(),
    }
}

/// Why two records, `A,B`, are one customer or not, and what holds them together or keeps them apart.
fn explained(
    pair: &str,
    arguments: &Arguments,
    records: &Records,
    matching: &Matching,
    clusters: &Clusters,
) -> Result<String> {
    let other = arguments.files.len() as u32 - 1;
    // An id may hold a comma itself.
    for (comma, _) in pair.match_indices(',') {
        let (a, b) = (pair[..comma].trim(), pair[comma + 1..].trim());
        let (Some(a), Some(b)) = (records.position(0, a)?, records.position(other, b)?) else { continue };
        let why = matching.explain(a, b, records)?;
        let first = clusters.first_of(a);
        let cluster = clusters.iter().position(|members| members[0] as usize == first);
        let refused = clusters.refused().iter().find(|it| (it.a, it.b) == (a.min(b) as u32, a.max(b) as u32));
        let together = match (cluster, refused) {
            (Some(cluster), _) if clusters.first_of(b) == first => {
                matching.why_together(clusters, cluster, records)?.unwrap_or_default()
            }
            (_, Some(refused)) => format!("They are kept apart: {}.", refused.why),
            _ => "They are not in one cluster.".to_owned(),
        };
        return Ok(format!("{why}\n{together}"));
    }
    Err(Error::bind("--explain wants the ids of two records, A,B, and there are no such records"))
}

/// Prints the records of each cluster below each other.
fn show(records: &Records, clusters: &Clusters) -> Result<()> {
    for members in clusters.iter() {
        for member in members {
            let row = records.row(*member as usize)?;
            println!("{}", row.values().map(|value| value.to_string()).collect::<Vec<_>>().join(" | "));
        }
        println!();
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        let roles: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
        println!("{USAGE}\n{HELP}\nThe roles: {}", roles.join(", "));
        return ExitCode::SUCCESS;
    }
    let is_demonstration = arguments.is_empty();
    let parsed = match is_demonstration {
        true => Ok(Arguments::demonstration()),
        false => Arguments::parse(arguments.into_iter()),
    };
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let stop = Stop::default();
    let done = stop.listen().and_then(|()| run(&arguments, &stop));
    let shown = done.and_then(|(records, clusters)| match is_demonstration {
        true => show(&records, &clusters),
        false => Ok(()),
    });
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(if error.kind() == ErrorKind::Stopped { 130 } else { 1 })
        }
    }
}
