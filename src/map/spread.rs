//! One value into several columns.

use std::borrow::Cow;
use std::sync::Arc;

use super::{FieldMapper, Mapped};
use crate::error::{Error, Fault, Result};
use crate::names::Names;
use crate::normalize::Splitter;
use crate::record::{Record, Value};
use crate::schema::{Field, Kind, Schema};

/// Takes the values of a column apart into columns of their own, which are
/// added behind the others. The column itself stays as it is.
///
/// A value that makes more values than there are columns is a fault, and so is
/// what the splitter finds fault with.
///
/// ```
/// use handover::map::{FieldMapper, Spread};
/// use handover::normalize::Splitter;
/// use handover::{Fault, Schema};
///
/// struct AtSlash;
///
/// impl Splitter for AtSlash {
///     fn split(&self, text: &str, values: &mut Vec<String>) -> Result<(), Fault> {
///         values.extend(text.split('/').map(|part| part.trim().to_owned()));
///         Ok(())
///     }
/// }
/// let mut spread = Spread::new("phones", AtSlash, ["phone", "phone_2"]);
/// let schema = spread.bind(&Schema::text(["name", "phones"])?)?;
/// assert_eq!(schema.names().collect::<Vec<_>>(), ["name", "phones", "phone", "phone_2"]);
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Spread<S> {
    column: Arc<str>,
    splitter: S,
    into: Names,
    position: usize,
}

impl<S: Splitter> Spread<S> {
    /// Takes apart what stands in `column`.
    pub fn new(column: &str, splitter: S, into: impl Into<Names>) -> Self {
        Spread { column: column.into(), splitter, into: into.into(), position: 0 }
    }

    fn values(&self, value: Value<'_>) -> Result<Vec<String>, Fault> {
        let mut values = Vec::new();
        let text = match value {
            Value::Null => return Ok(values),
            Value::Text(text) => Cow::Borrowed(text),
            other => Cow::Owned(other.to_string()),
        };
        self.splitter.split(&text, &mut values)?;
        let room = self.into.as_slice().len();
        match values.len() > room {
            true => Err(Fault::new(format!("{} values for {room} columns", values.len()))),
            false => Ok(values),
        }
    }
}

impl<S: Splitter> FieldMapper for Spread<S> {
    fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>> {
        self.position = input.index(&self.column)?;
        if let Some(taken) = self.into.iter().find(|name| input.find(name).is_some()) {
            return Err(Error::bind(format!("column `{taken}` is there already")));
        }
        let added = self.into.iter().map(|name| Field::new(Arc::clone(name), Kind::Text));
        Schema::new(input.fields().iter().cloned().chain(added))
    }

    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        let values = self
            .values(input.value(self.position))
            .map_err(|fault| fault.rule(self.splitter.name()).column(Arc::clone(&self.column)))?;
        let record = output.record();
        let parts = values.iter().map(|value| match value.is_empty() {
            true => Value::Null,
            false => Value::Text(value),
        });
        for (position, value) in input.values().chain(parts).enumerate() {
            record.set_value(position, value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{run, texts};
    use super::*;

    struct AtSlash;

    impl Splitter for AtSlash {
        fn split(&self, text: &str, values: &mut Vec<String>) -> Result<(), Fault> {
            values.extend(text.split('/').map(str::to_owned));
            Ok(())
        }
    }

    fn spread() -> Spread<AtSlash> {
        Spread::new("tel", AtSlash, ["a", "b"])
    }

    #[test]
    fn values_stand_behind_the_columns_that_were_there() {
        assert_eq!(texts(&run(spread(), &["tel", "x"], &["1/2", "y"])), ["1/2|y|1|2"]);
        assert_eq!(texts(&run(spread(), &["tel", "x"], &["1", "y"])), ["1|y|1|"]);
        assert_eq!(texts(&run(spread(), &["tel", "x"], &["", "y"])), ["|y||"]);
    }

    #[test]
    fn more_values_than_columns_is_a_fault() {
        assert_eq!(run(spread(), &["tel"], &["1/2/3"]).faults, ["error tel AtSlash: 3 values for 2 columns"]);
    }

    #[test]
    fn a_column_that_is_taken_fails_before_the_first_record() {
        let error = spread().bind(&Schema::text(["tel", "b"]).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "column `b` is there already");
    }
}
