//! A duplicate detector of one's own: the sorted neighbourhood (Hernández and
//! Stolfo 1995). Records are sorted by a key in which the same customers stand
//! near each other, and only neighbours are compared.

use handover::dedupe::{Dedupe, DuplicateDetector, Links, Records, Rule, Survivorship};
use handover::{CsvSink, CsvSource, Pipeline, Result, RunError, Schema};

const COMPANIES: &str = "\
company,phone
Bluewater GmbH,+493023125039
Harbor Systems Ltd.,+442079460083
Blue Water GmbH,
\"Harbour Systems, Ltd\",+442079460018
Redwood LLC,+12125550186
";

struct SortedNeighbourhood {
    column: &'static str,
    window: usize,
    position: usize,
}

impl DuplicateDetector for SortedNeighbourhood {
    fn bind(&mut self, schema: &Schema) -> Result<()> {
        self.position = schema.index(self.column)?;
        Ok(())
    }

    fn detect(&mut self, records: &Records, links: &mut Links) -> Result<()> {
        let mut keys = Vec::with_capacity(records.len());
        for (record, row) in records.rows(0..records.len()).enumerate() {
            let text = row?.value(self.position).to_string().to_lowercase();
            keys.push((text.chars().filter(|c| c.is_alphanumeric()).collect::<String>(), record));
        }
        keys.sort();
        for (at, (one, a)) in keys.iter().enumerate() {
            for (other, b) in keys[at + 1..].iter().take(self.window) {
                links.maybe(*a, *b, strsim::normalized_levenshtein(one, other));
            }
        }
        Ok(())
    }
}

fn main() -> Result<(), RunError> {
    let near = SortedNeighbourhood { column: "company", window: 3, position: 0 };
    let golden = Survivorship::new().field("company", Rule::longest());
    let report = Pipeline::from(CsvSource::reader("companies.csv", COMPANIES.as_bytes()))
        .dedupe(Dedupe::by(near).threshold(0.9).survivorship(golden))
        .to(CsvSink::stdout())
        .run()?;
    eprintln!("\n{report}");
    Ok(())
}
