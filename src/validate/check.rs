//! A rule as a closure over the whole record.

use std::borrow::Cow;
use std::fmt;

use super::Validator;
use super::rule::graded;
use crate::error::{Fault, Findings, Severity};
use crate::record::Record;

/// A rule of the given name that a closure checks. A fault can name the column to blame.
///
/// ```
/// use handover::{Fault, Record, validate};
///
/// let rule = validate::check("a way to reach them", |record: &Record| {
///     match record.get("phone")?.is_blank() && record.get("email")?.is_blank() {
///         true => Err(Fault::new("neither phone nor e-mail")),
///         false => Ok(()),
///     }
/// });
/// ```
pub fn check<F>(name: impl Into<Cow<'static, str>>, check: F) -> Check<F>
where
    F: Fn(&Record) -> Result<(), Fault> + Send + Sync,
{
    Check { name: name.into(), check, severity: None }
}

/// The rule that [`check`] makes.
#[derive(Clone)]
pub struct Check<F> {
    name: Cow<'static, str>,
    check: F,
    severity: Option<Severity>,
}

impl<F> Check<F> {
    /// The same rule, whose faults are worth knowing but reject no record.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Some(Severity::Warning);
        self
    }
}

impl<F: Fn(&Record) -> Result<(), Fault> + Send + Sync> Validator for Check<F> {
    fn validate(&self, record: &Record, findings: &mut Findings) {
        if let Err(fault) = (self.check)(record) {
            findings.push(graded(fault, self.severity).rule(self.name.clone()));
        }
    }
}

impl<F> fmt::Debug for Check<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn the_fault_is_the_closures_own_under_the_rules_name() {
        let record = Record::new(Schema::text(["v"]).unwrap());
        let mut findings = Findings::default();
        let never = |_: &Record| Err(Fault::new("never right").column("v"));
        check("never", never).validate(&record, &mut findings);
        check("never", never).warning().validate(&record, &mut findings);
        check("always", |_: &Record| Ok(())).validate(&record, &mut findings);
        let fault = Fault::new("never right").column("v").rule("never");
        assert_eq!(findings.take(), [fault.clone(), fault.severity(Severity::Warning)]);
    }
}
