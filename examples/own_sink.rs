//! A sink of one's own: an SQL script, all of it or nothing. What the target's
//! column cannot hold is refused, and goes to the rejects.

use std::borrow::Cow;

use handover::{CsvSource, Fault, Pipeline, Rejects, Result, Rows, RunError, SinkWriter, Value};

const PEOPLE: &str = "\
id,name,city
007,Conan O'Brien,New York
008,王伟,
009,Hubert Blaine Wolfeschlegelsteinhausenbergerdorff,Philadelphia
";

struct SqlScript {
    table: &'static str,
    longest: usize,
    script: String,
}

impl SinkWriter for SqlScript {
    fn name(&self) -> Cow<'_, str> {
        self.table.into()
    }

    fn write(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        let mut script = String::from("BEGIN;\n");
        while let Some(record) = rows.next()? {
            if record.values().any(|value| value.to_string().chars().count() > self.longest) {
                rows.refuse(Fault::new(format!("longer than {} characters", self.longest)).rule("length"))?;
                continue;
            }
            let literals: Vec<String> = record.values().map(literal).collect();
            script += &format!("INSERT INTO {} VALUES ({});\n", self.table, literals.join(", "));
        }
        self.script = script + "COMMIT;\n";
        Ok(())
    }
}

fn literal(value: Value<'_>) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(_) | Value::Float(_) | Value::Decimal(_) => value.to_string(),
        text => format!("'{}'", text.to_string().replace('\'', "''")),
    }
}

fn main() -> Result<(), RunError> {
    let mut sink = SqlScript { table: "customers", longest: 40, script: String::new() };
    let report = Pipeline::from(CsvSource::reader("people.csv", PEOPLE.as_bytes()))
        .rejects(Rejects::csv(std::env::temp_dir().join("own_sink.rejects.csv")))
        .to(&mut sink)
        .run()?;
    print!("{}", sink.script);
    eprintln!("\n{report}");
    Ok(())
}
