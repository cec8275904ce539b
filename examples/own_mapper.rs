//! A mapper of one's own: a row for each company becomes a row for each of its contacts.

use std::sync::Arc;

use handover::map::Mapped;
use handover::{CsvSink, CsvSource, Fault, FieldMapper, Pipeline, Record, Result, RunError, Schema};

const COMPANIES: &str = "\
company,contact 1,contact 2,contact 3
云海科技,王伟,李娜,
Bluewater GmbH,Anna Weber,,Lars Krüger
Harbor Ltd,,,
";

/// Where the columns stand, once they are bound.
#[derive(Default)]
struct RowForEachContact {
    company: usize,
    contacts: Vec<usize>,
}

impl FieldMapper for RowForEachContact {
    fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>> {
        self.company = input.index("company")?;
        self.contacts = (1..).map_while(|number| input.find(&format!("contact {number}"))).collect();
        Schema::text(["company", "contact"])
    }

    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        let contacts = self.contacts.iter().map(|column| input.value(*column));
        let mut contacts = contacts.filter(|contact| !contact.is_blank()).peekable();
        if contacts.peek().is_none() {
            output.filter("no contact");
        }
        for contact in contacts {
            let row = output.record();
            row.set_value(0, input.value(self.company));
            row.set_value(1, contact);
        }
        Ok(())
    }
}

fn main() -> Result<(), RunError> {
    let report = Pipeline::from(CsvSource::reader("companies.csv", COMPANIES.as_bytes()))
        .map(RowForEachContact::default())
        .to(CsvSink::stdout())
        .run()?;
    eprintln!("\n{report}");
    Ok(())
}
