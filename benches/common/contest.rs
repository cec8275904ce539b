//! Measures programs against each other: every measurement is a process of its own, so that
//! its peak memory is its own too; the rounds take turns, and the median of the ratios counts,
//! because machines are noisy.

#[path = "memory.rs"]
mod memory;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Instant;

use memory::peak_memory;

pub type Outcome = Result<(), Box<dyn Error>>;

static PREPARED: OnceLock<Instant> = OnceLock::new();

/// What was done before was preparation, and does not count.
#[allow(dead_code)]
pub fn prepared() {
    let _ = PREPARED.set(Instant::now());
}

/// What is measured.
pub struct Entry {
    pub name: &'static str,
    /// The entry of the same contest that it is measured against, and how many times its time it may take.
    pub against: Option<(&'static str, f64)>,
    /// Reads the input, writes the output.
    pub run: fn(&Path, &Path) -> Outcome,
}

/// Entries that are measured on the same input.
pub struct Contest {
    pub name: &'static str,
    /// The input for so many rows.
    pub input: fn(u64) -> PathBuf,
    /// How many rows for each that was asked for.
    pub share: f64,
    pub entries: &'static [Entry],
}

#[derive(Clone, Copy)]
struct Measured {
    seconds: f64,
    mebibytes: f64,
}

/// `[-- ROWS [ROUNDS [CONTEST]]]`, or one measurement in this process.
pub fn main(contests: &[Contest], rows: u64, rounds: usize) -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["once", contest, entry, input] = arguments[..] {
        let known = contests.iter().find(|known| known.name == contest).ok_or("unknown contest")?;
        return known.once(entry, Path::new(input));
    }
    let rows = arguments.first().map_or(Ok(rows), |rows| rows.parse())?;
    let rounds = arguments.get(1).map_or(Ok(rounds), |rounds| rounds.parse())?;
    for contest in
        contests.iter().filter(|known| arguments.get(2).is_none_or(|name| known.name.contains(name)))
    {
        contest.hold((rows as f64 * contest.share) as u64, rounds)?;
    }
    Ok(())
}

impl Contest {
    fn hold(&self, rows: u64, rounds: usize) -> Outcome {
        let input = (self.input)(rows);
        let megabytes = std::fs::metadata(&input)?.len() as f64 / 1e6;
        println!("\n{}: {rows} rows, {megabytes:.0} MB, {rounds} rounds", self.name);
        println!(
            "{:<24}{:>9}{:>9}{:>9}{:>9}{:>9}{:>10}  against",
            "", "seconds", "ratio", "min", "max", "at most", "peak MiB"
        );
        // The first round warms up.
        let mut measured = vec![Vec::new(); self.entries.len()];
        for round in 0..=rounds {
            for (entry, measured) in self.entries.iter().zip(&mut measured) {
                let result = self.measure(entry.name, &input)?;
                if round > 0 {
                    measured.push(result);
                }
            }
        }
        for (entry, own) in self.entries.iter().zip(&measured) {
            self.print(entry, own, &measured);
        }
        Ok(())
    }

    fn print(&self, entry: &Entry, own: &[Measured], all: &[Vec<Measured>]) {
        let peak = own.iter().map(|own| own.mebibytes).fold(0.0, f64::max);
        let seconds = sorted(own.iter().map(|own| own.seconds));
        print!("{:<24}{:>9.2}", entry.name, seconds[seconds.len() / 2]);
        let base = entry.against.and_then(|(name, most)| {
            Some((self.entries.iter().position(|other| other.name == name)?, name, most))
        });
        match base {
            None => println!("{:>36}{peak:>10.1}", ""),
            Some((base, name, most)) => {
                let ratios = sorted(own.iter().zip(&all[base]).map(|(own, base)| own.seconds / base.seconds));
                let (middle, last) = (ratios[ratios.len() / 2], ratios[ratios.len() - 1]);
                println!("{middle:>9.2}{:>9.2}{last:>9.2}{most:>9}{peak:>10.1}  {name}", ratios[0]);
            }
        }
    }

    /// One measurement in a process of its own.
    fn measure(&self, entry: &str, input: &Path) -> Result<Measured, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        let output = command.args(["once", self.name, entry]).arg(input).output()?;
        if !output.status.success() {
            return Err(format!("{entry}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let printed = String::from_utf8(output.stdout)?;
        let mut numbers = printed.split_whitespace().map(str::parse::<f64>);
        let mut next = || numbers.next().ok_or("no number");
        Ok(Measured { seconds: next()??, mebibytes: next()?? })
    }

    fn once(&self, entry: &str, input: &Path) -> Outcome {
        let entry = self.entries.iter().find(|known| known.name == entry).ok_or("unknown entry")?;
        let folder = tempfile::tempdir_in(input.parent().ok_or("no folder")?)?;
        let start = Instant::now();
        (entry.run)(input, &folder.path().join("out"))?;
        let start = PREPARED.get().copied().unwrap_or(start);
        println!("{} {}", start.elapsed().as_secs_f64(), peak_memory());
        Ok(())
    }
}

fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}
