//! What each column holds, declared or found out.

use std::fmt;
use std::sync::Arc;

use super::evidence::{Evidence, Witness};
use super::mapping::Mapping;
use super::rule::from;
use super::{FieldMapper, Mapped};
use crate::error::{Fault, Result};
use crate::record::Record;
use crate::schema::{Kind, Schema};
use crate::source::SourceReader;
use crate::source::within::read_within;

/// Gives columns their kinds, as a mapper that leaves everything else as it is.
///
/// Values are read strictly, as by [`Value::parse`](crate::Value::parse);
/// decimals keep every digit. One that does not fit rejects its record, under
/// the rule `kind`. Empty text is no value.
///
/// ```
/// use handover::map::{FieldMapper, Kinds};
/// use handover::{Kind, Schema};
///
/// let mut kinds = Kinds::new().set("amount", Kind::Decimal).set("born", Kind::Date);
/// let schema = kinds.bind(&Schema::text(["name", "amount", "born"])?)?;
/// assert_eq!(schema.fields()[1].kind(), Kind::Decimal);
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Kinds {
    kinds: Vec<(Arc<str>, Kind)>,
    evidence: Vec<Evidence>,
    /// What does it, once the columns are known.
    mapping: Mapping,
}

impl Kinds {
    /// Every column stays what it is.
    pub fn new() -> Self {
        Kinds::default()
    }

    /// Declares what a column holds. What was declared or found out before is replaced.
    #[must_use]
    pub fn set(mut self, column: &str, kind: Kind) -> Self {
        self.kinds.retain(|(known, _)| **known != *column);
        self.kinds.push((column.into(), kind));
        self
    }

    /// Finds out what each column holds, from all of its values: a whole
    /// source is read for it, once. What the source itself rejects is set aside.
    ///
    /// A column has a kind if every value fits it, as strictly as
    /// [`set`](Self::set) would read it. Text stays text where a number would
    /// lose something: leading zeros, plus signs, more than 15 digits; and
    /// where whole numbers are rather names of something: because the column
    /// is called so (`id`, `phone`, `邮编`), because they have 10 digits or more, or
    /// because all have the same number of digits, 5 or more. The
    /// [evidence](Self::evidence) can be looked at, and what was concluded
    /// be replaced by [`set`](Self::set).
    ///
    /// ```
    /// use handover::map::Kinds;
    /// use handover::{Record, Schema, source::Memory};
    ///
    /// let schema = Schema::text(["zip", "amount"])?;
    /// let rows = [["01067", "12.50"], ["80331", "7"]].map(|row| Record::of(schema.clone(), row));
    /// let source = Memory::new("old.csv", schema.clone(), rows.into_iter().collect::<Result<Vec<_>, _>>()?);
    ///
    /// let kinds = Kinds::infer(source)?;
    /// assert_eq!(
    ///     kinds.to_string(),
    ///     "zip: text, 2 values, of which 1 fit int, the first that does not at old.csv:row 1\n\
    ///      amount: decimal, all 2 values fit\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn infer(mut source: impl SourceReader) -> Result<Self> {
        let name: Arc<str> = source.name().into();
        let schema = source.schema().map_err(|error| error.within(&name))?;
        let mut witnesses: Vec<Witness> = schema.fields().iter().map(Witness::new).collect();
        read_within(&mut source, &schema, |pushed| {
            if !pushed.rejected {
                for (witness, value) in witnesses.iter_mut().zip(pushed.record.values()) {
                    witness.see(value, || pushed.place());
                }
            }
            Ok(())
        })?;
        let evidence: Vec<Evidence> = witnesses.into_iter().map(Witness::conclude).collect();
        let found = evidence.iter().filter(|evidence| evidence.was_found());
        let kinds = found.map(|evidence| (evidence.column.as_str().into(), evidence.kind)).collect();
        Ok(Kinds { kinds, evidence, mapping: Mapping::default() })
    }

    /// What was found out of each column, in order; nothing where nothing was asked.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
}

impl FieldMapper for Kinds {
    fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>> {
        let places = self.kinds.iter().map(|(column, kind)| Ok((input.index(column)?, *kind)));
        let kinds = places.collect::<Result<Vec<(usize, Kind)>>>()?;
        let mapping = input.names().enumerate().fold(Mapping::new(), |mapping, (at, name)| {
            match kinds.iter().find(|(place, _)| *place == at) {
                Some((_, kind)) => mapping.field(name, from(name).kind(*kind)),
                None => mapping.copy(name),
            }
        });
        self.mapping = mapping;
        self.mapping.bind(input)
    }

    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        self.mapping.map(input, output)
    }

    fn counters(&self) -> Vec<(String, String)> {
        self.mapping.counters()
    }
}

/// The evidence, a line for each column; without any, what is declared.
impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.evidence.is_empty() {
            return self.kinds.iter().try_for_each(|(column, kind)| writeln!(f, "{column}: {kind}, as set"));
        }
        self.evidence.iter().try_for_each(|evidence| writeln!(f, "{evidence}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{run, run_record, texts};
    use super::*;
    use crate::record::{Decimal, Value};
    use crate::schema::Field;
    use crate::source::Memory;

    /// What is concluded of columns of these values; an empty one is null.
    fn inferred(columns: &[&str], rows: &[&[&str]]) -> Vec<String> {
        let schema = Schema::text(columns.iter().copied()).unwrap();
        let values = |row: &&[&str]| {
            let values = row.iter().map(|value| Some(*value).filter(|value| !value.is_empty()));
            Record::of(schema.clone(), values).unwrap()
        };
        let records: Vec<Record> = rows.iter().map(values).collect();
        let kinds = Kinds::infer(Memory::new("m", schema.clone(), records)).unwrap();
        kinds.to_string().lines().map(str::to_owned).collect()
    }

    /// What is concluded of one column of these values.
    fn column(name: &str, values: &[&str]) -> String {
        let rows: Vec<[&str; 1]> = values.iter().map(|value| [*value]).collect();
        inferred(&[name], &rows.iter().map(|row| &row[..]).collect::<Vec<_>>()).concat()
    }

    #[test]
    fn a_declared_kind_is_read_strictly_and_all_faults_are_told() {
        let kinds = || Kinds::new().set("n", Kind::Int).set("d", Kind::Decimal);
        let outcome = run(kinds(), &["d", "x", "n"], &["-1.50", "007", "42"]);
        assert_eq!(texts(&outcome), ["-1.50|007|42"]);
        let found: Vec<_> = outcome.records[0].values().map(|value| value.kind()).collect();
        assert_eq!(found, [Some(Kind::Decimal), Some(Kind::Text), Some(Kind::Int)]);
        let outcome = run(kinds(), &["d", "x", "n"], &["1,5", "", "4.2"]);
        assert_eq!(
            outcome.faults,
            ["error d kind: not a decimal number", "error n kind: not a whole number"]
        );
        let error = kinds().bind(&Schema::text(["n"]).unwrap()).unwrap_err().to_string();
        assert_eq!(error, "no column `d`. The columns are: n");
    }

    #[test]
    fn typed_values_become_the_kind_that_was_declared() {
        let schema = Schema::new(["a", "b", "c"].map(|name| Field::new(name, Kind::Any))).unwrap();
        let values = [Value::Int(5), Value::Decimal(Decimal::parse("5.0").unwrap()), Value::Float(0.25)];
        let record = Record::of(schema, values).unwrap();
        let kinds = Kinds::new().set("a", Kind::Decimal).set("b", Kind::Text).set("c", Kind::Decimal);
        let outcome = run_record(kinds, &record);
        assert_eq!(texts(&outcome), ["5|5.0|0.25"]);
        let found: Vec<_> = outcome.records[0].values().map(|value| value.kind()).collect();
        assert_eq!(found, [Some(Kind::Decimal), Some(Kind::Text), Some(Kind::Decimal)]);
    }

    #[test]
    fn a_kind_is_found_where_every_value_fits() {
        let rows: &[&[&str]] = &[
            &["true", "1", "1.5", "2024-02-29", "2024-02-29 08:30", ""],
            &["false", "-20", "0.05", "2024-03-01", "2024-02-29T08:30:05Z", ""],
            &["", "300", "7", "", "", ""],
        ];
        let found = inferred(&["b", "n", "d", "day", "time", "none"], rows);
        let expected = [
            "b: bool, all 2 values fit",
            "n: int, all 3 values fit",
            "d: decimal, all 3 values fit",
            "day: date, all 2 values fit",
            "time: datetime, all 2 values fit",
            "none: text, no values",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn text_stays_text_where_a_number_would_lose_something() {
        let misfit = |values: &[&str], fit: usize, row: usize| {
            let count = values.len();
            let expected = format!(
                "n: text, {count} values, of which {fit} fit int, the first that does not at m:row {row}"
            );
            assert_eq!(column("n", values), expected);
        };
        misfit(&["1", "007"], 1, 2);
        misfit(&["+49301234", "5"], 1, 1);
        misfit(&["5", "1234567890123456"], 1, 2);
        misfit(&["5", "x", "6", "y"], 2, 2);
        assert_eq!(column("n", &["x", "y"]), "n: text, 2 values");
        assert_eq!(
            column("n", &["1.50", "01.5"]),
            "n: text, 2 values, of which 1 fit decimal, the first that does not at m:row 2"
        );
    }

    #[test]
    fn whole_numbers_that_name_something_stay_text() {
        let named = "text, all 2 values fit int, but the column is called like an identifier";
        for name in ["id", "Customer ID", "customerId", "Phone", "手机号", "邮编", "zip_code", "Kundennummer"]
        {
            assert_eq!(column(name, &["1", "20"]), format!("{name}: {named}"));
        }
        for name in ["paid", "amount", "width", "visits", "valid"] {
            assert_eq!(column(name, &["1", "20"]), format!("{name}: int, all 2 values fit"));
        }
        let long = "n: text, all 2 values fit int, but some have 10 digits or more";
        assert_eq!(column("n", &["13800138000", "5"]), long);
        let alike = "n: text, all 2 values fit int, but all have the same 5 digits or more";
        assert_eq!(column("n", &["80331", "10115"]), alike);
        assert_eq!(column("n", &["80331", "-10115"]), alike);
        assert_eq!(column("n", &["80331", "9000"]), "n: int, all 2 values fit");
    }

    #[test]
    fn what_was_concluded_can_be_replaced() {
        let schema = Schema::text(["id", "n"]).unwrap();
        let records = [Record::of(schema.clone(), ["7", "8"]).unwrap()];
        let kinds = Kinds::infer(Memory::new("m", schema.clone(), records)).unwrap();
        let bound = kinds.clone().bind(&schema).unwrap();
        assert_eq!(bound.fields().iter().map(Field::kind).collect::<Vec<_>>(), [Kind::Text, Kind::Int]);
        let bound = kinds.set("id", Kind::Int).set("n", Kind::Text).bind(&schema).unwrap();
        assert_eq!(bound.fields().iter().map(Field::kind).collect::<Vec<_>>(), [Kind::Int, Kind::Text]);
    }

    #[test]
    fn kinds_that_a_source_says_are_kept() {
        let schema = Schema::new([Field::new("a", Kind::Any), Field::new("b", Kind::Any)]).unwrap();
        let rows = [[Value::Int(10_000_000_000), Value::Int(1)], [Value::Int(7), Value::Text("x")]];
        let records = rows.map(|row| Record::of(schema.clone(), row).unwrap());
        let kinds = Kinds::infer(Memory::new("m", schema.clone(), records)).unwrap();
        let said = "a: int, all 2 values fit\nb: any, 2 values, of which 1 fit int, the first that does not at m:row 2\n";
        assert_eq!(kinds.to_string(), said);
    }
}
