//! A comparator of one's own, for what no role knows: number plates, on which
//! O and 0, I and 1, B and 8 are taken for each other. And a blocking rule.

use handover::dedupe::matching::{Comparator, Level, Matcher, Role};
use handover::dedupe::{Dedupe, Rule, Survivorship};
use handover::{CsvSink, CsvSource, Pipeline, Result, RunError};

const CARS: &str = "\
plate,owner,city
HH-BO 108,Anna Weber,Hamburg
hh bo 1O8,Weber Anna,Hamburg
M-IL 4711,Lars Krüger,München
B-XY 88,Mia Lang,Berlin
K-AB 123,Ole Brandt,Köln
M-1L 47II,L. Krüger,München
F-ZZ 900,Ida Busch,Frankfurt
";

struct Plate;

impl Comparator for Plate {
    fn levels(&self) -> &'static [Level] {
        &[
            Level { name: "different", same: 0.05, chance: 0.99 },
            Level { name: "taken for each other", same: 0.25, chance: 0.0001 },
            Level { name: "same", same: 0.7, chance: 0.0001 },
        ]
    }

    fn compare(&self, a: &str, b: &str) -> Option<usize> {
        Some(if a == b { 2 } else { usize::from(self.key(a) == self.key(b)) })
    }

    fn key(&self, text: &str) -> Option<String> {
        let kept = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase);
        let plain = |c| match c {
            'O' => '0',
            'I' => '1',
            'B' => '8',
            c => c,
        };
        Some(kept.map(plain).collect())
    }
}

fn main() -> Result<(), RunError> {
    let matcher = Matcher::new().role("owner", Role::PersonName).compare(["plate"], Plate).block_on(
        "city and initial",
        ["city", "owner"],
        |values| Some(format!("{} {}", values[0], values[1].chars().next()?)),
    );
    let report = Pipeline::from(CsvSource::reader("cars.csv", CARS.as_bytes()))
        .dedupe(Dedupe::by(matcher).threshold(0.9).survivorship(Survivorship::new().rest(Rule::longest())))
        .to(CsvSink::stdout())
        .run()?;
    eprintln!("\n{report}");
    Ok(())
}
