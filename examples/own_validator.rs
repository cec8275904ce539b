//! A validator of one's own: warns of e-mail domains that are one slip of the
//! finger away from a well-known one.

use handover::{
    CsvSink, CsvSource, Fault, Findings, Pipeline, Record, Result, RunError, Schema, Validator, Value,
};

const PEOPLE: &str = "\
name,email
王伟,wang@qq.con
Anna Weber,weber@gmial.com
Lars Krüger,krueger@gmail.com
李娜,li@example.cn
";

const KNOWN: [&str; 6] = ["gmail.com", "outlook.com", "yahoo.com", "qq.com", "163.com", "126.com"];

struct LikelyTypo {
    column: &'static str,
    position: usize,
}

impl Validator for LikelyTypo {
    fn bind(&mut self, schema: &Schema) -> Result<()> {
        self.position = schema.index(self.column)?;
        Ok(())
    }

    fn validate(&self, record: &Record, findings: &mut Findings) {
        let Value::Text(email) = record.value(self.position) else { return };
        let Some((_, domain)) = email.rsplit_once('@') else { return };
        if KNOWN.contains(&domain) {
            return;
        }
        // Two neighbours swapped, one letter too many, too few, or another.
        if let Some(known) = KNOWN.iter().find(|known| strsim::osa_distance(known, domain) == 1) {
            let message = format!("the domain looks like a slip for {known}");
            findings.push(Fault::warning(message).rule("likely typo").column(self.column));
        }
    }
}

fn main() -> Result<(), RunError> {
    let report = Pipeline::from(CsvSource::reader("people.csv", PEOPLE.as_bytes()))
        .validate(LikelyTypo { column: "email", position: 0 })
        .to(CsvSink::stdout())
        .run()?;
    eprintln!("\n{report}");
    Ok(())
}
