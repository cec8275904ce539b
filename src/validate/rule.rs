//! What the rules about single values have in common.

use std::sync::Arc;

use super::Validator;
use crate::error::{Fault, Findings, Result, Severity};
use crate::names::Names;
use crate::record::{Record, Value};
use crate::schema::Schema;

/// Judges one value, without knowing where it stands.
///
/// ```
/// use handover::validate::{Judge, Rule};
/// use handover::{Fault, Value};
///
/// struct Even;
///
/// impl Judge for Even {
///     const NAME: &'static str = "even";
///
///     fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
///         match value {
///             Value::Int(number) if number % 2 == 0 => Ok(()),
///             _ => Err(Fault::new("not an even number")),
///         }
///     }
/// }
/// let rule = Rule::new(["left", "right"], Even).warning();
/// ```
pub trait Judge: Send + Sync {
    /// The rule's name in reports.
    const NAME: &'static str;

    /// Whether null is judged too; otherwise it is passed over.
    const JUDGES_NULL: bool = false;

    /// Fails if the rule itself makes no sense, before the first record.
    fn bind(&mut self) -> Result<()> {
        Ok(())
    }

    /// Says what is wrong with the value.
    fn judge(&self, value: Value<'_>) -> Result<(), Fault>;
}

/// A [`Judge`] for the values of one or more columns.
#[derive(Debug, Clone)]
pub struct Rule<J> {
    pub(super) judge: J,
    columns: Names,
    positions: Vec<usize>,
    severity: Option<Severity>,
}

impl<J: Judge> Rule<J> {
    /// A rule that holds for each of the columns.
    pub fn new(columns: impl Into<Names>, judge: J) -> Self {
        Rule { judge, columns: columns.into(), positions: Vec::new(), severity: None }
    }

    /// The same rule, whose faults are worth knowing but reject no record.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Some(Severity::Warning);
        self
    }
}

impl<J: Judge> Validator for Rule<J> {
    fn bind(&mut self, schema: &Schema) -> Result<()> {
        let named = |error: crate::Error| error.at(J::NAME);
        self.judge.bind().map_err(named)?;
        self.positions = schema.indexes(self.columns.as_slice()).map_err(named)?;
        Ok(())
    }

    fn validate(&self, record: &Record, findings: &mut Findings) {
        debug_assert_eq!(self.positions.len(), self.columns.as_slice().len(), "bind comes first");
        for (&position, column) in self.positions.iter().zip(self.columns.iter()) {
            let value = record.value(position);
            if value.is_null() && !J::JUDGES_NULL {
                continue;
            }
            if let Err(fault) = self.judge.judge(value) {
                findings.push(graded(fault, self.severity).column(Arc::clone(column)).rule(J::NAME));
            }
        }
    }
}

/// The fault, as bad as a rule says, where it says.
pub(super) fn graded(fault: Fault, severity: Option<Severity>) -> Fault {
    match severity {
        Some(severity) => fault.severity(severity),
        None => fault,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Kind;
    use crate::validate::{kind, required};

    /// What a rule about the column `v` says of a value.
    pub fn says<'v>(mut rule: impl Validator, value: impl Into<Value<'v>>) -> Option<String> {
        let schema = Schema::text(["v"]).unwrap();
        rule.bind(&schema).unwrap();
        let mut findings = Findings::default();
        rule.validate(&Record::of(schema, [value]).unwrap(), &mut findings);
        let mut faults = findings.take().into_iter().map(|fault| {
            assert_eq!(fault.column_name(), Some("v"));
            format!("{}: {fault}", fault.rule_name())
        });
        assert!(faults.len() <= 1);
        faults.next()
    }

    /// The same, of a rule that cannot be bound.
    pub fn refuses(mut rule: impl Validator) -> String {
        rule.bind(&Schema::text(["v", "w"]).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn a_column_that_is_not_there_fails_before_the_first_record() {
        assert_eq!(
            refuses(kind(["v", "V2"], Kind::Int)),
            "kind: no column `V2`, did you mean `v`? The columns are: v, w"
        );
    }

    #[test]
    fn every_column_is_judged_as_severely_as_said() {
        let schema = Schema::text(["v", "w"]).unwrap();
        let record = Record::new(schema.clone());
        let mut findings = Findings::default();
        for mut rule in [required(vec!["w", "v"]), required("v".to_owned()).warning()] {
            rule.bind(&schema).unwrap();
            rule.validate(&record, &mut findings);
        }
        let found: Vec<_> = findings.iter().map(|f| (f.column_name().unwrap(), f.is_error())).collect();
        assert_eq!(found, [("w", true), ("v", true), ("v", false)]);
    }
}
