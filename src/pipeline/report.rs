//! What a run did, for people and for machines.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::details::Details;
use crate::error::{Finding, Severity};
use crate::figures::{grouped, many, plural};
use crate::pipeline::books::Counts;
use crate::pipeline::observer::Phase;
use crate::sink::Output;

/// What a run did.
///
/// `Display` is a page for people; serde gives everything to machines.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// How the run ended.
    pub outcome: Outcome,
    /// How many records ended in which way, over all inputs.
    pub counts: Counts,
    /// The inputs, in the order in which they were read.
    pub inputs: Vec<InputReport>,
    /// What the sink wrote; empty if it was rolled back.
    pub outputs: Vec<Output>,
    /// Why records were left out, and how many each time.
    pub filtered: BTreeMap<String, u64>,
    /// What was found, by column and rule.
    pub findings: Vec<Tally>,
    /// What was changed, by column and rule.
    pub changes: Vec<Change>,
    /// What rules concluded of their columns before the run.
    pub learnt: Vec<Learnt>,
    /// What merging duplicates did, if they were looked for.
    pub merges: Option<Merges>,
    /// The first findings, as examples.
    pub examples: Vec<String>,
    /// Where the rejected records are, if there are any.
    pub rejects: Option<String>,
    /// How long each phase took.
    pub phases: Vec<(Phase, Duration)>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Outcome {
    /// Everything was read, and the books balance.
    Completed,
    /// The run was stopped from outside.
    Stopped,
    /// The run failed.
    Failed,
}

/// One input of a run.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct InputReport {
    /// Its name.
    pub name: String,
    /// How its records ended.
    pub counts: Counts,
    /// More about it.
    pub details: Details,
}

/// How often a rule found something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// The column; empty where no single one is to blame.
    pub column: String,
    /// The rule.
    pub rule: String,
    /// Whether it rejects.
    pub severity: Severity,
    /// How often.
    pub count: u64,
}

/// How often a rule changed a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// The column.
    pub column: String,
    /// The rule.
    pub rule: String,
    /// How many values it changed.
    pub count: u64,
}

/// What a rule concluded of the values it was shown before the run: the order
/// of day and month, the decimal separator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Learnt {
    /// The column.
    pub column: String,
    /// The rule.
    pub rule: String,
    /// What it concluded, and why.
    pub what: String,
}

/// What merging duplicates did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Merges {
    /// How many groups of duplicates there were.
    pub clusters: u64,
    /// How many records the largest group had.
    pub largest: u64,
    /// Values that a survivorship rule dropped, by column.
    pub dropped: Vec<(String, u64)>,
    /// Memory that the records took while they were held, in bytes.
    pub bytes_held: u64,
    /// Bytes of held records that were on disk, because
    /// [`held_memory`](crate::Pipeline::held_memory) had no room for them.
    pub bytes_spilled: u64,
    /// The crosswalk file, if one was asked for.
    pub crosswalk: Option<String>,
}

impl Report {
    /// Time from the first record to the last.
    pub fn elapsed(&self) -> Duration {
        self.phases.iter().map(|(_, time)| *time).sum()
    }

    /// Records read a second; 0 when no time has passed.
    pub fn records_per_second(&self) -> f64 {
        let seconds = self.elapsed().as_secs_f64();
        if seconds > 0.0 { self.counts.read as f64 / seconds } else { 0.0 }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline(f)?;
        self.books(f)?;
        self.ends(f)?;
        self.details(f)
    }
}

impl Report {
    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.outcome {
            Outcome::Completed => "Completed: ",
            Outcome::Stopped => "Stopped on request: ",
            Outcome::Failed => "Failed: ",
        })?;
        write!(f, "{} read", many(self.counts.read, "record"))?;
        let elapsed = self.elapsed();
        if !elapsed.is_zero() {
            let pace = grouped(self.records_per_second() as u64);
            write!(f, " in {} ({pace} a second)", duration(elapsed))?;
        }
        writeln!(f)
    }

    fn books(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.counts;
        let some = |label, count| (count > 0).then_some((label, count));
        let written = match counts.updated + counts.unchanged {
            0 => [Some(("= written", counts.created)), None, None],
            _ => [
                Some(("= created", counts.created)),
                Some(("+ updated", counts.updated)),
                Some(("+ unchanged", counts.unchanged)),
            ],
        };
        let came_in = [Some(("  read", counts.read)), some("+ split off", counts.split)];
        let set_aside = [
            Some(("+ merged", counts.merged)),
            Some(("+ rejected", counts.rejected)),
            Some(("+ filtered", counts.filtered)),
            some("+ in doubt", counts.in_doubt),
            some("+ unfinished", counts.unfinished),
        ];
        writeln!(f)?;
        for (label, count) in came_in.into_iter().chain(written).chain(set_aside).flatten() {
            writeln!(f, "  {label:<13}{:>COUNT$}", grouped(count))?;
        }
        let verdict = if counts.balanced() { "The books balance." } else { "THE BOOKS DO NOT BALANCE." };
        writeln!(f, "  {verdict}")
    }

    fn ends(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        for input in &self.inputs {
            end(f, "from", &input.name, input.counts.read, &input.details)?;
        }
        for output in &self.outputs {
            end(f, "to", &output.name, output.rows, &output.details)?;
        }
        if let Some(crosswalk) = self.merges.as_ref().and_then(|merges| merges.crosswalk.as_ref()) {
            writeln!(f, "  merged   {crosswalk}: where {} went", many(self.counts.merged, "record"))?;
        }
        match &self.rejects {
            Some(rejects) => {
                writeln!(f, "  rejects  {rejects}: {} to repair", many(self.counts.rejected, "record"))
            }
            None => Ok(()),
        }
    }

    fn details(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        section(f, "Rejected for", self.tallies(Severity::Error))?;
        section(f, "Warnings", self.tallies(Severity::Warning))?;
        section(f, "Filtered", self.filtered.iter().map(|(reason, count)| (reason.clone(), *count)))?;
        section(f, "Changed", self.changes.iter().map(|c| (label(&c.column, &c.rule), c.count)))?;
        if !self.learnt.is_empty() {
            writeln!(f, "\nDecided by the whole column")?;
        }
        for Learnt { column, rule, what } in &self.learnt {
            writeln!(f, "  {}: {what}", label(column, rule))?;
        }
        if let Some(merges) = &self.merges {
            let groups = match merges.clusters {
                0 => "groups".to_owned(),
                n => format!("{}, the largest of {}", plural(n, "group"), many(merges.largest, "record")),
            };
            let dropped = merges.dropped.iter().map(|(column, count)| (label(column, "dropped"), *count));
            section(f, "Duplicates", std::iter::once((groups, merges.clusters)).chain(dropped))?;
        }
        if !self.examples.is_empty() {
            writeln!(f, "\nFirst findings")?;
        }
        self.examples.iter().try_for_each(|example| writeln!(f, "  {example}"))
    }

    fn tallies(&self, severity: Severity) -> impl Iterator<Item = (String, u64)> {
        let of_severity = self.findings.iter().filter(move |tally| tally.severity == severity);
        of_severity.map(|tally| (label(&tally.column, &tally.rule), tally.count))
    }
}

/// How wide a count is printed.
const COUNT: usize = 12;

fn label(column: &str, rule: &str) -> String {
    match (column, rule) {
        ("", "") => "a rule without a name".to_owned(),
        ("", only) | (only, "") => only.to_owned(),
        _ => format!("{column}: {rule}"),
    }
}

fn end(f: &mut fmt::Formatter<'_>, way: &str, name: &str, rows: u64, details: &Details) -> fmt::Result {
    write!(f, "  {way:<8} {name}: {}", many(rows, "record"))?;
    if let Some(bytes) = details.bytes {
        write!(f, ", {}", size(bytes))?;
    }
    for (fact, value) in &details.facts {
        write!(f, ", {fact} {value}")?;
    }
    writeln!(f)?;
    let sha256 = details.sha256.iter().map(|sha256| format!("sha256 {sha256}"));
    sha256.chain(details.notes.iter().cloned()).try_for_each(|note| writeln!(f, "           {note}"))
}

fn section(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    rows: impl Iterator<Item = (String, u64)>,
) -> fmt::Result {
    let mut rows = rows.peekable();
    if rows.peek().is_some() {
        writeln!(f, "\n{title}")?;
    }
    rows.into_iter().try_for_each(|(label, count)| writeln!(f, "{:>COUNT$}  {label}", grouped(count)))
}

fn duration(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        1..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => many(bytes, "byte"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

/// Counts findings by column and rule, and keeps the first as examples.
#[derive(Default)]
pub(crate) struct Tallies {
    counts: BTreeMap<(Severity, String, String), u64>,
    pub examples: Vec<String>,
}

impl Tallies {
    const EXAMPLES: usize = 5;

    pub fn add(&mut self, finding: &Finding) {
        let column = finding.place.column.as_deref().unwrap_or_default();
        let key = (finding.severity, column.to_owned(), finding.rule.to_string());
        *self.counts.entry(key).or_default() += 1;
        if self.examples.len() < Self::EXAMPLES {
            self.examples.push(finding.to_string());
        }
    }

    pub fn rows(&self) -> Vec<Tally> {
        let row = |((severity, column, rule), count): (&(Severity, String, String), &u64)| Tally {
            column: column.clone(),
            rule: rule.clone(),
            severity: *severity,
            count: *count,
        };
        self.counts.iter().map(row).collect()
    }
}
