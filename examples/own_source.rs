//! A source of one's own: the contacts of a mobile phone, as vCards.

use std::borrow::Cow;
use std::sync::Arc;

use handover::normalize::phone;
use handover::{CsvSink, Feed, Pipeline, Result, RunError, Schema, SourceReader};

const CONTACTS: &str = "\
BEGIN:VCARD
FN:王伟
TEL;TYPE=CELL:138 0013 8000
END:VCARD
BEGIN:VCARD
FN:Anna Weber
ORG:Bluewater GmbH
TEL:+49 30 23125 039
NOTE:met at the fair
END:VCARD
";

struct VCards(&'static str);

impl SourceReader for VCards {
    fn name(&self) -> Cow<'_, str> {
        "contacts.vcf".into()
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Schema::text(["FN", "ORG", "TEL"])
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let schema = self.schema()?;
        let mut lines = (1..).zip(self.0.lines());
        while let Some((number, _)) = lines.find(|(_, line)| *line == "BEGIN:VCARD") {
            let record = feed.record();
            record.set_position(number, None);
            for (_, line) in lines.by_ref().take_while(|(_, line)| *line != "END:VCARD") {
                let Some((property, value)) = line.split_once(':') else { continue };
                let name = property.split(';').next().unwrap_or(property);
                if let Some(column) = schema.find(name) {
                    record.set_value(column, value);
                }
            }
            feed.push()?;
        }
        Ok(())
    }
}

fn main() -> Result<(), RunError> {
    let report =
        Pipeline::from(VCards(CONTACTS)).normalize("TEL", phone("CN")).to(CsvSink::stdout()).run()?;
    eprintln!("\n{report}");
    Ok(())
}
