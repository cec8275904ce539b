//! Rules that a record must keep. They judge and never edit.
//!
//! The stock rules are functions: [`required`], [`length`], [`pattern`],
//! [`one_of`], [`range`], [`kind`] look at the values of one column or several;
//! [`check`] takes a closure that looks at the whole record. Only `required`
//! objects to a missing value, the others pass null over. Every fault rejects
//! its record, unless the rule is a `.warning()`.
//!
//! ```
//! use handover::validate::{self, Validator};
//! use handover::{Fault, Findings, Record, Schema};
//!
//! let mut rules: Vec<Box<dyn Validator>> = vec![
//!     Box::new(validate::required(["name", "email"])),
//!     Box::new(validate::length("name").chars(..=80)),
//!     Box::new(validate::pattern("code", r"^\d{6}$").warning()),
//!     Box::new(validate::one_of("stage", ["lead", "won", "lost"])),
//!     Box::new(validate::range("age", 0..=150)),
//!     Box::new(validate::check("won needs a code", |record: &Record| {
//!         match (record.text("stage")?, record.text("code")?) {
//!             ("won", "") => Err(Fault::new("won, but without a code").column("code")),
//!             _ => Ok(()),
//!         }
//!     })),
//! ];
//!
//! let schema = Schema::text(["name", "email", "code", "stage", "age"])?;
//! let record = Record::of(schema.clone(), ["王伟", "", "12", "gone", "151"])?;
//! let mut findings = Findings::default();
//! for rule in &mut rules {
//!     rule.bind(&schema)?;
//!     rule.validate(&record, &mut findings);
//! }
//! let found: Vec<_> = findings.iter().map(|f| format!("{}: {f}", f.column_name().unwrap())).collect();
//! assert_eq!(found, [
//!     "email: missing",
//!     "code: does not match the pattern",
//!     "stage: not one of the 3 allowed values",
//!     "age: above 150",
//! ]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod birthday;
mod check;
mod contact;
mod ids;
mod mojibake;
#[cfg(any(feature = "phone", feature = "phonenumber"))]
mod phone;
mod range;
mod rule;
mod stock;

use crate::error::{Findings, Result};
use crate::record::Record;
use crate::schema::Schema;

pub use birthday::{Birthday, birthday};
pub use check::{Check, check};
pub use contact::{EmailTypo, NoPlaceholder, email_typo, placeholder};
pub use ids::{IsCreditCode, IsResidentId, credit_code, resident_id};
pub use mojibake::{NoMojibake, mojibake};
#[cfg(any(feature = "phone", feature = "phonenumber"))]
pub use phone::{IsPhoneKind, phone_kind};
pub use range::{Range, range};
pub use rule::{Judge, Rule};
pub use stock::{IsKind, Length, OneOf, Pattern, Required, kind, length, one_of, pattern, required};

/// Judges a record.
pub trait Validator: Send + Sync {
    /// Resolves the columns, once, before the first record.
    fn bind(&mut self, _schema: &Schema) -> Result<()> {
        Ok(())
    }

    /// Adds a fault for everything that is wrong with the record.
    fn validate(&self, record: &Record, findings: &mut Findings);
}

impl<V: Validator + ?Sized> Validator for Box<V> {
    fn bind(&mut self, schema: &Schema) -> Result<()> {
        (**self).bind(schema)
    }

    fn validate(&self, record: &Record, findings: &mut Findings) {
        (**self).validate(record, findings);
    }
}
